"""What people pressed and sent, read back from the ``value`` of the activity that Teams sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

_DOES: Mapping[str, Literal["pick", "open", "form", "back"]] = {
    "pick": "pick",
    "open": "open",
    "form": "form",
    "back": "back",
}


@dataclass(frozen=True, slots=True)
class Press:
    """Something was pressed: ``options`` are the ids picked; a form's fields are `read_form`'s.

    "back" carries no callback: it leads to what the card said before.
    """

    callback: str
    does: Literal["pick", "open", "form", "back"]
    options: tuple[str, ...] = ()


def read_press(value: Mapping[str, Any]) -> Press | None:
    """What the press of a button means; ``None`` if it is no button of ours."""
    callback, does = value.get("fivefold"), _DOES.get(str(value.get("does")))
    if not isinstance(callback, str) or does is None:
        return None
    if "option" in value:
        return Press(callback, does, (str(value["option"]),))
    return Press(callback, does, _chosen(value.get(str(value.get("input")))))


def read_form(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """A sent form's values by field id: the one text, day or time, or the ids chosen.

    Nothing given is ``()``; a field that Teams left out of the value is left out.
    Inputs of other forms and questions on the same card are passed over.
    """
    fields: dict[str, tuple[str, ...]] = {}
    for key, given in value.items():
        form, _, rest = key.partition(" ")
        kind, _, field = rest.partition(" ")
        if form != value.get("form") or not field:
            continue
        if kind in ("one", "many"):
            fields[field] = _chosen(given)
        else:
            fields[field] = (str(given),) if given else ()
    return fields


def _chosen(given: object) -> tuple[str, ...]:
    ids = (id.strip() for id in str(given or "").split(","))
    return tuple(unquote(id) for id in ids if id)
