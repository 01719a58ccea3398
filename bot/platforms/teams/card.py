"""Messages and forms as Adaptive Cards 1.5, and what is said on a card in answer to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from bot.chat.message import (
    Block,
    Buttons,
    Choices,
    Deadline,
    Divider,
    Form,
    Heading,
    Listing,
    Live,
    Message,
    Note,
    Preformatted,
    Quote,
    Table,
    Tally,
    Text,
)
from bot.chat.pieces import shortened
from bot.chat.platform import Rejected
from bot.platforms.teams.blocks import as_card, draw, form_elements
from bot.platforms.teams.inputs import NOTHING, Known, action_sets, press
from bot.platforms.teams.reading import OWN_FORM
from bot.platforms.teams.runs import Json, rich_texts, size, words
from bot.words import t

CARD_BYTES = 80_000
"""Teams refuses a card above 100 KB of UTF-16; we stay well below."""

_BODY_BYTES = 70_000
_Matter = Heading | Text | Note | Listing | Quote | Table | Preformatted
"""What need not be said again in a form that opens beside it."""


def render_message(message: Message, *, apart: bool = False) -> tuple[Json, ...]:
    """The cards that say this message, in order; mostly one. None is larger than `CARD_BYTES`.

    A card that is edited loses what people have half filled in, and what they are reading in its
    place. So where the message asks for something, or where ``apart``, what changes while it is
    open stands in cards after the others: `Live` blocks, tallies and deadlines. The first cards
    then stay as they are until the question itself changes.
    Nothing is cut: what is too long for one card goes on in the next.
    Raises Rejected for a question with more options than a card can hold.
    """
    asked = [block for block in message.blocks if not _is_live(block)]
    first = list(_drawn(asked))
    if apart or holds_inputs(first) or _asks(message.blocks):
        bodies = _bodies(first) + _bodies(_live(message.blocks))
    else:
        bodies = _bodies(_drawn(message.blocks))
    return _cards(message, bodies)


def render_page(message: Message) -> tuple[Json, ...]:
    """The cards that show this to one person, for good; mostly one. None is too large.

    It is not edited, so what could change stands in its place, also where something can be filled
    in. Raises Rejected as `render_message` does.
    """
    return _cards(message, _bodies(_drawn(message.blocks)))


def render_form(form: Form, known: Known = NOTHING) -> Json:
    """The form as a card of its own; ``known`` are the places and people to choose from.

    Raises Rejected where it is larger than a card may be; what is saved stays saved.
    """
    return _fitting(as_card(form_elements(form, OWN_FORM, known), **_told(form.title)))


def said_card(sentence: str, *, back: bool = False) -> Json:
    """A card that says one thing, with a button that leads back where ``back``."""
    card = as_card(rich_texts(words(sentence or "…")), **_told(sentence))
    return with_back(card) if back else card


def with_back(card: Json) -> Json:
    """The card with a button at its end that leads back: its press does "back"."""
    button = press(t("Back"), {"fivefold": "", "does": "back"}, inputs=False)
    return {**card, "body": [*card["body"], *action_sets([button])]}


def noted(card: Json, note: str) -> Json:
    """The card with a note at its head; the same card where the note is empty."""
    if not note:
        return card
    head = {"type": "Container", "style": "emphasis", "items": rich_texts(words(note))}
    return {**card, "body": [head, *card["body"]]}


def corrected(card: Json, errors: Mapping[str, str], values: Mapping[str, Any]) -> Json:
    """A form's card with what was wrong above each field, and with what was sent standing in it.

    ``errors`` are sentences by field id; those of no field of the form stand at its head.
    ``values`` is the data of the press that sent the form, by input id.
    Raises Rejected where the card is too large with all that was written.
    """
    inputs = {_field_of(element): element["id"] for element in card["body"] if _is_input(element)}
    body = [e for field, said in errors.items() if field not in inputs for e in _wrong(said)]
    for element in card["body"]:
        if _is_input(element):
            body += _wrong(errors.get(_field_of(element), ""))
            element = _filled(element, values.get(element["id"]))
        body.append(element)
    return _fitting({**card, "body": body})


def form_in(card: Json, data: Mapping[str, Any]) -> Json | None:
    """The form that this press was sent from, as a card of its own; None where it is not there.

    It is the card itself or one that a button of the card holds.
    """
    if any(_is_from(action, data) for action in _actions(card)):
        return card
    for action in _actions(card):
        held = action.get("card", {"body": []})
        if any(_is_from(inner, data) for inner in _actions(held)):
            return {**card, "body": held["body"]}
    return None


def card_opens(card: Mapping[str, Any]) -> bool:
    """Whether something can be pressed on a card by which another takes its place."""
    return any(action.get("type") == "Action.Execute" for action in nodes(card))


def nodes(drawn: object) -> Iterator[Mapping[str, Any]]:
    """Everything that a card holds, and itself."""
    if isinstance(drawn, Mapping):
        yield drawn
        for value in drawn.values():
            yield from nodes(value)
    elif isinstance(drawn, list):
        for one in drawn:
            yield from nodes(one)


def is_form(card: Mapping[str, Any]) -> bool:
    """Whether a card is a form by itself, not one that a button of it holds."""
    return any(action.get("data", {}).get("does") == "form" for action in _actions(card))


def holds_inputs(drawn: object) -> bool:
    """Whether a card, or anything in one, has something to fill in or tick."""
    return any(map(_is_input, nodes(drawn)))


def _cards(message: Message, bodies: list[list[Json]]) -> tuple[Json, ...]:
    shown = bodies or _bodies(rich_texts(words(message.summary or "…")))
    return tuple(as_card(body, **_told(message.summary)) for body in shown)


def _told(summary: str) -> Json:
    """What is read in place of the card, and aloud."""
    told = shortened(summary, 300) or "…"
    return {"fallbackText": told, "speak": told}


def _fitting(card: Json) -> Json:
    if size(card) > CARD_BYTES:
        raise Rejected(t("This form is too long for a card in Teams; what is saved stays saved."))
    return card


def _asks(blocks: Sequence[Block]) -> bool:
    """Whether something is pressed to answer, or opened, while the rest of the message changes."""
    changes = any(isinstance(block, Live) for block in blocks)
    return changes and any(isinstance(block, Choices | Buttons) for block in blocks)


def _is_live(block: Block) -> bool:
    return isinstance(block, Live | Tally | Deadline)


def _drawn(blocks: Sequence[Block]) -> Iterator[Json]:
    """The elements of blocks; a divider becomes the line above what follows it.

    Inputs and forms are named by the place of their block among those that do not change.
    """
    around = {block for block in blocks if isinstance(block, _Matter)}
    asked = 0
    for n, block in enumerate(blocks):
        elements = draw(block, f"live{n}" if _is_live(block) else str(asked), around)
        asked += not _is_live(block)
        if elements and n and isinstance(blocks[n - 1], Divider):
            elements[0] = {**elements[0], "separator": True, "spacing": "Medium"}
        yield from elements


def _live(blocks: Sequence[Block]) -> Iterator[Json]:
    """What changes; what is under several headings under the last words of each, shortened."""
    groups: list[tuple[str, list[Json]]] = []
    heading = ""
    for n, block in enumerate(blocks):
        if isinstance(block, Heading):
            heading = block.text
        if _is_live(block):
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            groups[-1][1].extend(draw(block, f"live{n}"))
    for n, (above, elements) in enumerate(groups):
        titled = rich_texts(words(shortened(above, 100), weight="Bolder"))
        part = [*(titled if len(groups) > 1 else []), *elements]
        if part and n:
            part[0] = {**part[0], "separator": True, "spacing": "Medium"}
        yield from part


def _bodies(elements: Iterable[Json]) -> list[list[Json]]:
    """The elements in as many cards as their size asks for."""
    bodies: list[list[Json]] = []
    room = 0
    for element in elements:
        own = size(element) + 4
        if own > room:
            bodies.append([])
            room = _BODY_BYTES
        bodies[-1].append(element)
        room -= own
    return bodies


def _actions(card: Mapping[str, Any]) -> list[Json]:
    """The actions of a card, without those of the cards that they hold."""
    return list(chain.from_iterable(element.get("actions", ()) for element in card["body"]))


def _is_from(action: Json, data: Mapping[str, Any]) -> bool:
    sent = action.get("data", {})
    keys = ("fivefold", "does", "form")
    return sent.get("does") == "form" and all(sent.get(key) == data.get(key) for key in keys)


def _is_input(element: Mapping[str, Any]) -> bool:
    return str(element.get("type", "")).startswith("Input.")


def _field_of(element: Json) -> str:
    """The field that an input of a form is of; see `inputs.field`."""
    return str(element["id"]).split(" ", 2)[-1]


def _wrong(said: str) -> list[Json]:
    return rich_texts(words(said, color="Attention", weight="Bolder"))


def _filled(element: Json, value: object) -> Json:
    """The input with this in it; as it was where nothing was sent for it."""
    if not isinstance(value, str):
        return element
    rest = {key: held for key, held in element.items() if key != "value"}
    return {**rest, "value": value} if value else rest
