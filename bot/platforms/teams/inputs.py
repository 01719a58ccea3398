"""Things to press, to choose and to fill in, each with the action that sends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never
from urllib.parse import quote

from bot.chat.message import (
    Button,
    ChoiceField,
    Choices,
    DateField,
    Field,
    Option,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.chat.pieces import shortened, units
from bot.chat.platform import Rejected
from bot.platforms.teams.runs import Json, rich_texts, size, words
from bot.words import t

LARGEST = 60_000
"""How many bytes one element may be that cannot be divided."""

_ROW = 6
"""Teams shows no more actions than this side by side."""

_TITLE = 60
"""Longer titles of buttons are shown whole above them: Teams cuts them."""

_BUTTON_TITLE = 40
_EXPANDED = 12
_STYLES: dict[str, Json] = {
    "plain": {},
    "primary": {"style": "positive"},
    "danger": {"style": "destructive"},
}


def label(text: str) -> str:
    """A label that can be seen."""
    return text if text.strip() else f"{text}…"


def short_labels(labels: Sequence[str]) -> list[str]:
    """The labels by number, with their first words while there are not too many."""
    if len(labels) > 100:
        return [str(number) for number in range(1, len(labels) + 1)]
    return [f"{number}. {shortened(text, 40)}" for number, text in enumerate(labels, 1)]


def listed(labels: Sequence[str]) -> list[Json]:
    """Labels shown whole, by number."""
    return [
        element
        for number, text in enumerate(labels, 1)
        for element in rich_texts(words(f"{number}. ") + words(text))
    ]


def submit(title: str, data: Json, *, inputs: bool, style: str = "plain") -> Json:
    """A button that sends ``data``, together with the card's inputs if ``inputs``."""
    return {
        "type": "Action.Submit",
        "title": title,
        "data": data,
        "associatedInputs": "auto" if inputs else "none",
        **_STYLES[style],
    }


def action_sets(actions: Sequence[Json]) -> list[Json]:
    """Actions side by side, in as many rows as their number and size ask for."""
    sets: list[Json] = []
    room = 0
    for action in actions:
        own = size(action)
        if not sets or len(sets[-1]["actions"]) == _ROW or own > room:
            sets.append({"type": "ActionSet", "actions": []})
            room = LARGEST
        sets[-1]["actions"].append(action)
        room -= own
    return sets


def send(title: str, data: Json) -> list[Json]:
    """The row with the button that sends what was filled in; a long title whole below it."""
    button = submit(shortened(label(title), _TITLE), data, inputs=True, style="primary")
    below = rich_texts(words(title)) if units(title) > _TITLE else []
    return [*action_sets([button]), *below]


def menu(
    options: Sequence[Option], id: str, *, multiple: bool, chosen: Collection[str] = ()
) -> tuple[list[Json], Json]:
    """Elements to show above, and the set to choose from; ids travel percent-encoded.

    Raises Rejected where the options are more than a card can hold.
    """
    titles = [label(o.label) + (f" – {o.detail}" if o.detail else "") for o in options]
    compact = len(options) > _EXPANDED
    above: list[Json] = []
    if sum(map(units, titles)) > 6_000 or (compact and any(units(text) > 80 for text in titles)):
        above = listed(titles)
        titles = short_labels(titles)
    element = {
        "type": "Input.ChoiceSet",
        "id": id,
        "choices": [
            {"title": title, "value": quote(option.id, safe="")}
            for title, option in zip(titles, options, strict=True)
        ],
        "isMultiSelect": multiple,
        "style": "compact" if compact else "expanded",
        "wrap": True,
    }
    value = ",".join(quote(option.id, safe="") for option in options if option.id in chosen)
    if value:
        element["value"] = value
    if size(element) > LARGEST:
        raise Rejected(t("A question in Teams cannot have that many options."))
    return above, element


def choices(block: Choices, name: str) -> list[Json]:
    """A question to answer in the post; ``name`` is unique in the message."""
    elements = rich_texts(words(block.label, weight="Bolder"))
    if not block.options:
        return elements
    data: Json = {"fivefold": block.callback, "does": "pick"}
    if not block.multiple and _fit_buttons(block.options):
        return elements + action_sets(
            [
                submit(label(option.label), {**data, "option": option.id}, inputs=False)
                for option in block.options
            ]
        )
    id = f"{name} pick"
    above, element = menu(block.options, id, multiple=block.multiple)
    # Its own label, for screen readers; a container, because a set and its button must not part.
    element["label"] = shortened(label(block.label), 200)
    row, *title = send(block.submit, {**data, "input": id})
    return [*elements, *above, {"type": "Container", "items": [element, row]}, *title]


def _fit_buttons(options: Sequence[Option]) -> bool:
    return len(options) <= _ROW and all(
        units(option.label) <= _BUTTON_TITLE and not option.detail for option in options
    )


def field(part: Field, name: str) -> list[Json]:
    """A field of the form ``name``; its id tells the form, what is filled in, and the field."""
    asked: Json = {"label": label(part.label)}
    if part.required:
        asked |= {"isRequired": True, "errorMessage": t("Please fill this in.")}
    match part:
        case TextField(id, _, hint, value, multiline):
            text = value.text if value else ""
            element = {"type": "Input.Text", "id": f"{name} text {id}", **asked}
            element |= {"isMultiline": multiline or "\n" in text}
            element |= {"value": text} if text else {}
            return [element, *rich_texts(words(hint, size="Small", isSubtle=True))]
        case ChoiceField(id, text, options, multiple, chosen):
            if not options:
                return rich_texts(words(text, weight="Bolder"))
            kind = "many" if multiple else "one"
            above, element = menu(options, f"{name} {kind} {id}", multiple=multiple, chosen=chosen)
            return [*above, {**element, **asked}]
        case DateField(id, _, day):
            initial = {"value": day.isoformat()} if day else {}
            return [{"type": "Input.Date", "id": f"{name} date {id}", **asked, **initial}]
        case TimeField(id, _, clock):
            initial = {"value": clock.strftime("%H:%M")} if clock else {}
            return [{"type": "Input.Time", "id": f"{name} time {id}", **asked, **initial}]
        case PeopleField(id, _, people):
            initial = {"value": ",".join(people)} if people else {}
            return [{"type": "Input.Text", "id": f"{name} many {id}", **asked, **initial}]
        case PlaceField(id, _, place):
            initial = {"value": place} if place else {}
            return [{"type": "Input.Text", "id": f"{name} text {id}", **asked, **initial}]
        case _:
            assert_never(part)


def button_titles(buttons: Sequence[Button]) -> tuple[list[Json], list[str]]:
    """Elements to show above buttons, and their titles."""
    titles = [label(one.label) for one in buttons]
    if all(units(title) <= _TITLE for title in titles):
        return [], titles
    return listed(titles), short_labels(titles)
