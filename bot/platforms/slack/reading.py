"""What people pressed and sent, read back from what Slack says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.chat.pieces import units
from bot.platforms.slack import limits

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""``state.values`` of a view or message: by block_id, then by action_id."""


@dataclass(frozen=True, slots=True)
class Press:
    """Something was pressed: ``options`` are the ids picked, ``does`` as in `Button`."""

    callback: str
    does: Literal["pick", "open"]
    options: tuple[str, ...] = ()


def read_press(action: Mapping[str, Any], values: Values) -> Press | None:
    """What one action of a ``block_actions`` payload means, with the state sent along.

    ``None`` where nothing is asked yet: a box was ticked, or it is no button of ours.
    """
    verb = str(action.get("action_id", "")).partition(" ")[0]
    block_id = str(action.get("block_id", ""))
    callback = block_id.partition(" ")[2]
    match verb:
        case "pick" | "open":
            return Press(str(action["value"]), "pick" if verb == "pick" else "open")
        case "option":
            return Press(callback, "pick", (str(action["value"]),))
        case "choose":
            return Press(callback, "pick", _given(action))
        case "send":
            ticked = values.get(block_id, {}).values()
            return Press(callback, "pick", tuple(id for state in ticked for id in _given(state)))
        case _:
            return None


def read_form(values: Values) -> dict[str, tuple[str, ...]]:
    """A sent form's values by field id: the one text, day or time, or the ids chosen.

    Nothing given is ``()``. The inverse of `form.render_form`: text that went on in further
    inputs is one again. Where somebody typed on in another input, a line break parts the two.
    """
    fields: dict[str, tuple[str, ...]] = {}
    for block_id, actions in sorted(values.items(), key=lambda item: _order(item[0])):
        prefix, _, field_id = block_id.partition(" ")
        if not all(part.isdecimal() for part in prefix.split(".")):
            continue
        for state in actions.values():
            given = _given(state)
            earlier = fields.get(field_id, ())
            fields[field_id] = (
                (_joined(*earlier, *given),) if earlier and given else earlier + given
            )
    return fields


def _order(block_id: str) -> tuple[int, ...]:
    prefix = block_id.partition(" ")[0].split(".")
    return tuple(int(part) if part.isdecimal() else 0 for part in prefix)


def _joined(first: str, second: str) -> str:
    """Two inputs as one text: those we filled by dividing a text are joined as they were."""
    divided = first[-1:].isspace() or second[:1].isspace() or units(first) >= limits.INPUT - 32
    return first + second if divided else f"{first}\n{second}"


_ONE = ("value", "selected_date", "selected_time", "selected_conversation")


def _given(state: Mapping[str, Any]) -> tuple[str, ...]:
    if "selected_options" in state:
        return tuple(option["value"] for option in state["selected_options"])
    if "selected_users" in state:
        return tuple(state["selected_users"])
    option = state.get("selected_option")
    one = (option and option["value"]) or next((state[key] for key in _ONE if state.get(key)), "")
    return (one,) if one else ()
