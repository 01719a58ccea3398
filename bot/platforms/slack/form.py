"""Forms as modals. Words too long for one input go on in further inputs, and nothing is cut."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.chat.message import (
    ChoiceField,
    DateField,
    Field,
    Form,
    Part,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.chat.pieces import pieces, shortened, units
from bot.chat.platform import Rejected
from bot.platforms.slack import limits
from bot.platforms.slack.blocks import draw
from bot.platforms.slack.options import actions, button, label, menu
from bot.platforms.slack.rich_text import Json, paragraphs, plain_text, words
from bot.words import t

MOST_BOXES = -(-limits.LONGEST_TEXT // limits.INPUT)
_VIEW_KEYS = ("type", "title", "submit", "private_metadata", "callback_id", "blocks")


def render_form(form: Form) -> Json:
    """The view that ``views.open`` shows; its callback travels as ``private_metadata``.

    A text field is one input of 3,000 characters, or several where its value is longer; under one
    with several lines stands a button that adds another (`more_room`).
    Raises Rejected where not even a modal's 100 blocks and 250 KB hold the form.
    """
    title, submit = label(form.title), label(form.submit)
    blocks = [] if units(title) <= limits.MODAL_TITLE else paragraphs(words(title, bold=True))
    for number, part in enumerate(form.parts):
        blocks += _part(part, number)
    if units(submit) > limits.MODAL_TITLE:
        blocks += paragraphs(words(submit))
    view = {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": form.callback,
        "title": plain_text(shortened(title, limits.MODAL_TITLE)),
        "submit": plain_text(shortened(submit, limits.MODAL_TITLE)),
        "blocks": blocks or paragraphs(words("…")),
    }
    size = len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))
    if len(view["blocks"]) > limits.MODAL_BLOCKS or size > limits.MODAL_BYTES:
        raise Rejected(t("This form is too long for a window in Slack; what is saved stays saved."))
    return view


def _part(part: Part, number: int) -> list[Json]:
    match part:
        case TextField():
            return _text_field(part, number)
        case ChoiceField():
            return _choice_field(part, number)
        case DateField(_, _, day):
            initial = {"initial_date": day.isoformat()} if day else {}
            return _labelled(part, number, {"type": "datepicker", **initial})
        case TimeField(_, _, clock):
            initial = {"initial_time": clock.strftime("%H:%M")} if clock else {}
            return _labelled(part, number, {"type": "timepicker", **initial})
        case PeopleField(_, _, people):
            initial_people = {"initial_users": list(people)} if people else {}
            return _labelled(part, number, {"type": "multi_users_select", **initial_people})
        case PlaceField(_, _, place):
            # Where none is given, the channel in which somebody asked for the form.
            chosen = (
                {"initial_conversation": place}
                if place
                else {"default_to_current_conversation": True}
            )
            only = {"include": ["public", "private"], "exclude_bot_users": True}
            element = {"type": "conversations_select", "filter": only, **chosen}
            return _labelled(part, number, element)
        case _:
            return draw(part, str(number))


def _input(block_id: str, name: str, element: Json, *, required: bool) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(name),
        "element": {"action_id": "value", **element},
        "optional": not required,
    }


def _labelled(field: Field, number: int, element: Json) -> list[Json]:
    """An input under its label, which is shown whole above where it is too long."""
    name = label(field.label)
    above = paragraphs(words(name, bold=True)) if units(name) > limits.LABEL else []
    block_id = f"{number}.1 {field.id}"
    short = shortened(name, limits.LABEL)
    return [*above, _input(block_id, short, element, required=field.required)]


def _choice_field(field: ChoiceField, number: int) -> list[Json]:
    if not field.options:
        return paragraphs(words(field.label, bold=True))
    above, element = menu(field.options, "value", multiple=field.multiple, chosen=field.value)
    return above + _labelled(field, number, element)


def _box(text: str, *, multiline: bool) -> Json:
    initial = {"initial_value": text} if text else {}
    return {
        "type": "plain_text_input",
        "multiline": multiline,
        "max_length": limits.INPUT,
        **initial,
    }


def _text_field(field: TextField, number: int) -> list[Json]:
    text = field.value.text if field.value else ""
    first, *rest = pieces(text, limits.INPUT) or [""]
    multiline = field.multiline or "\n" in text or bool(rest)
    blocks = _labelled(field, number, _box(first, multiline=multiline))
    if field.hint.strip():
        if units(field.hint) <= limits.LABEL:
            blocks[-1]["hint"] = plain_text(field.hint)
        else:
            blocks += paragraphs(words(field.hint))
    for count, piece in enumerate(rest, 2):
        blocks.append(_further(f"{number}.{count} {field.id}", label(field.label), piece))
    if multiline and len(rest) + 1 < MOST_BOXES:
        blocks.append(_room(number, field))
    return blocks


def _further(block_id: str, name: str, text: str = "") -> Json:
    title = t("{label} (continued)", label=shortened(name, 150))
    return _input(block_id, title, _box(text, multiline=True), required=False)


def _room(number: int, field: TextField) -> Json:
    room = button(t("More room"), f"room {number}", shortened(label(field.label), 150))
    return actions([room], f"{number}.room {field.id}")


def more_room(view: Mapping[str, Any], block_id: str) -> Json:
    """The view, as Slack sent it with the press of "More room", with another input for more text.

    ``block_id`` is the pressed button's. What people have typed stays, because every input keeps
    its ids. The button goes once the field holds 40,000 characters or the modal is full.
    """
    prefix, _, field_id = block_id.partition(" ")
    number = prefix.partition(".")[0]
    blocks = list(view["blocks"])
    at = next(n for n, block in enumerate(blocks) if block.get("block_id") == block_id)
    boxes = sum(
        block["type"] == "input" and block["block_id"].startswith(f"{number}.") for block in blocks
    )
    name = blocks[at]["elements"][0]["value"]
    further = _further(f"{number}.{boxes + 1} {field_id}", name)
    full = boxes + 1 >= MOST_BOXES or len(blocks) >= limits.MOST_IN_FORM
    blocks[at : at + full] = [further]
    return {**{key: view[key] for key in _VIEW_KEYS}, "blocks": blocks}
