"""What people pressed and sent, read back from the ``value`` of the activity that Teams sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

OWN_FORM = "form"
"""The name of a form that is a card of its own, made for one person; one in a post has another."""

FIELDS = "fields"
"""Under this, what sends such a form carries the ids of all fields that can be filled in."""

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

    Of what stands empty, some clients send ``""`` and others nothing; it means the same. In
    somebody's own form, which held what they had given, it is ``()``: they took it out. A form in
    a post holds nothing for anybody, so there it says nothing, and is left out.
    Inputs of other forms and questions on the same card are passed over.
    """
    own = value.get("form") == OWN_FORM
    asked = value.get(FIELDS)
    fields: dict[str, tuple[str, ...]] = {}
    if own and isinstance(asked, list):
        fields = {field: () for field in asked if isinstance(field, str)}
    for key, given in value.items():
        form, _, rest = key.partition(" ")
        kind, _, field = rest.partition(" ")
        if form != value.get("form") or not field:
            continue
        words = (str(given),) if given else ()
        held = _chosen(given) if kind in ("one", "many") else words
        if own or any(map(str.strip, held)):
            fields[field] = held
    return fields


def _chosen(given: object) -> tuple[str, ...]:
    ids = (id.strip() for id in str(given or "").split(","))
    return tuple(unquote(id) for id in ids if id)
