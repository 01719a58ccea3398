"""Things to press, to choose and to fill in, each with the action that sends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
from bot.platforms.teams.runs import Json, rich_texts, size, undated, unmarked, words
from bot.words import t

LARGEST = 60_000
"""How many bytes one element may be that cannot be divided."""

VERB = "fivefold"
"""What every button of ours is called where it is pressed."""

_ROW = 6
"""Teams shows no more actions than this side by side."""

_TITLE = 60
"""Longer titles of buttons are shown whole above them: Teams cuts them."""

_BUTTON_TITLE = 40
_LABEL = 200
_EXPANDED = 12
_LISTED_TITLE = 100
STYLES: dict[str, Json] = {
    "plain": {},
    "primary": {"style": "positive"},
    "danger": {"style": "destructive"},
}


@dataclass(frozen=True, slots=True)
class Known:
    """The places and the people that a form can offer, by their ids; nothing where not known."""

    places: tuple[Option, ...] = ()
    people: tuple[Option, ...] = ()


NOTHING = Known()


def label(text: str) -> str:
    """A label that can be seen, in which no client fills in a date."""
    return undated(text if text.strip() else f"{text}…")


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


def press(title: str, data: Json, *, inputs: bool, style: str = "plain") -> Json:
    """A button that sends ``data``, together with the card's inputs if ``inputs``.

    Clients that cannot wait for an answer send the same as a message.
    """
    sent: Json = {
        "title": title,
        "data": data,
        "associatedInputs": "auto" if inputs else "none",
        **STYLES[style],
    }
    older = {"type": "Action.Submit", **sent}
    return {"type": "Action.Execute", "verb": VERB, **sent, "fallback": older}


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
    button = press(shortened(label(title), _TITLE), data, inputs=True, style="primary")
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
    element = _choice_set(options, titles, id, multiple=multiple, chosen=chosen)
    element["style"] = "compact" if compact else "expanded"
    if size(element) > LARGEST:
        raise Rejected(t("A question in Teams cannot have that many options."))
    return above, element


def _choice_set(
    options: Sequence[Option],
    titles: Sequence[str],
    id: str,
    *,
    multiple: bool,
    chosen: Collection[str],
) -> Json:
    value = ",".join(quote(option.id, safe="") for option in options if option.id in chosen)
    return {
        "type": "Input.ChoiceSet",
        "id": id,
        "choices": [
            {"title": unmarked(title), "value": quote(option.id, safe="")}
            for title, option in zip(titles, options, strict=True)
        ],
        "isMultiSelect": multiple,
        "wrap": True,
        **({"value": value} if value else {}),
    }


def choices(block: Choices, name: str) -> list[Json]:
    """A question to answer in the post; ``name`` is unique in the message."""
    asked = rich_texts(words(block.label, weight="Bolder"))
    if not block.options:
        return asked
    data: Json = {"fivefold": block.callback, "does": "pick"}
    if not block.multiple and _fit_buttons(block.options):
        return asked + action_sets(
            [
                press(label(option.label), {**data, "option": option.id}, inputs=False)
                for option in block.options
            ]
        )
    id = f"{name} pick"
    above, element = menu(block.options, id, multiple=block.multiple)
    whole = units(block.label) <= _LABEL and not above
    element = {"label": shortened(label(block.label), _LABEL), **element}
    row, *title = send(block.submit, {**data, "input": id})
    # A container, because a set and its button must not part.
    together: Json = {"type": "Container", "items": [element, row]}
    return [*([] if whole else asked), *above, together, *title]


def _fit_buttons(options: Sequence[Option]) -> bool:
    return len(options) <= _ROW and all(
        units(option.label) <= _BUTTON_TITLE and not option.detail for option in options
    )


def field(part: Field, name: str, known: Known) -> list[Json]:
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
            hint = t("Write their user ids in Microsoft Entra, with commas between them.")
            if not known.people:
                nobody = t("I found nobody else in a team that you and I are in.")
                hint = " ".join((nobody, hint))
            typed = {"id": f"{name} many {id}", **asked}
            offered = _offered(known.people, typed["id"], people, multiple=True)
            return _offered_or_typed(offered, typed, ",".join(people), hint)
        case PlaceField(id, _, place):
            hint = t("Write the channel’s id: the part of its link that begins with 19:")
            if not known.places:
                none = t("I found no channel of a team that you and I are in.")
                hint = " ".join((none, hint))
            # Read as a choice is: in a link the id stands percent-encoded.
            typed = {"id": f"{name} one {id}", **asked}
            offered = _offered(known.places, typed["id"], (place,) if place else ())
            return _offered_or_typed(offered, typed, quote(place, safe=":@"), hint)
        case _:
            assert_never(part)


def fields_of(elements: Sequence[Json]) -> list[str]:
    """The ids of the fields that can be filled in among these elements of one form."""
    inputs = (element for element in elements if element["type"].startswith("Input."))
    return [element["id"].split(" ", 2)[-1] for element in inputs]


def _offered(
    known: Sequence[Option], id: str, chosen: Sequence[str], *, multiple: bool = False
) -> Json | None:
    """A set of what is known, and of what was chosen before; None where nothing is known."""
    if not known:
        return None
    strangers = (Option(one, one) for one in chosen)
    options = list({option.id: option for option in (*known, *strangers, *known)}.values())
    titles = [shortened(label(option.label), _LISTED_TITLE) for option in options]
    few = "expanded" if multiple else "compact"
    style = few if len(options) <= _EXPANDED else "filtered"
    return {**_choice_set(options, titles, id, multiple=multiple, chosen=chosen), "style": style}


def _offered_or_typed(offered: Json | None, typed: Json, value: str, hint: str) -> list[Json]:
    """The set to choose from; where there is none, or one too large, words to write."""
    asked = {key: said for key, said in typed.items() if key != "id"}
    if offered and size(offered) <= LARGEST:
        return [{**offered, **asked}]
    if offered:
        hint = " ".join((t("There are too many to choose from here."), hint))
    element: Json = {"type": "Input.Text", **typed, **({"value": value} if value else {})}
    return [element, *rich_texts(words(hint, size="Small", isSubtle=True))]


def button_titles(buttons: Sequence[Button]) -> tuple[list[Json], list[str]]:
    """Elements to show above buttons, which are the long titles whole, and the titles."""
    whole = [label(one.label) for one in buttons]
    titles = [shortened(title, _TITLE) for title in whole]
    long = [title for title in whole if units(title) > _TITLE]
    if len(set(titles)) < len(set(whole)):
        return listed(whole), short_labels(whole)
    return [element for title in long for element in rich_texts(words(title))], titles
