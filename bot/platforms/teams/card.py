"""Messages and forms as Adaptive Cards 1.5: one exhaustive match over the blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from math import ceil
from typing import Any, assert_never

from bot.chat.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Deadline,
    Divider,
    Form,
    Heading,
    Listing,
    Message,
    Note,
    People,
    PeopleField,
    PlaceField,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
    TextField,
    TimeField,
)
from bot.chat.pieces import Run, shortened
from bot.chat.plain import percent
from bot.chat.platform import Rejected
from bot.chat.text import UserText
from bot.platforms.teams.inputs import (
    action_sets,
    button_titles,
    choices,
    field,
    send,
    submit,
)
from bot.platforms.teams.runs import (
    Json,
    inline,
    line,
    link,
    own_time,
    rich_texts,
    size,
    text_block,
    words,
)
from bot.words import t, tn

CARD_BYTES = 80_000
"""Teams refuses a card above 100 KB of UTF-16; we stay well below."""

_BODY_BYTES = 70_000
_SHOWN_FORM_BYTES = 40_000
_TABLE_BYTES = 30_000
_BAR = 12
_SIZES = {1: "ExtraLarge", 2: "Large", 3: "Medium"}
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[,.:;!?’–—-]| (?=\S))*")
"""Text in which no reader of Markdown finds anything to change."""


def render_message(message: Message) -> tuple[Json, ...]:
    """The cards that say this message, in order; mostly one. None is larger than `CARD_BYTES`.

    Where the message asks for something to be filled in or ticked, tallies stand in cards of
    their own after the others: a card that is edited loses what people have half filled in, so
    while the question is open only cards that do not `hold_inputs` are edited.
    Nothing is cut: what is too long for one card goes on in the next.
    Raises Rejected for a question with more options than a card can hold.
    """
    drawn = [_separated(message.blocks, n) for n in range(len(message.blocks))]
    tallies = [isinstance(block, Tally) for block in message.blocks]
    if holds_inputs(drawn):
        first = [e for e, tally in zip(drawn, tallies, strict=True) if not tally]
        last = [e for e, tally in zip(drawn, tallies, strict=True) if tally]
        bodies = _bodies(first) + _bodies(last)
    else:
        bodies = _bodies(drawn)
    bodies = bodies or _bodies([rich_texts(words(message.summary or "…"))])
    summary = shortened(message.summary, 300) or "…"
    return tuple(_card(body, fallbackText=summary, speak=summary) for body in bodies)


def render_form(form: Form) -> Json:
    """The form as a card of its own.

    Raises Rejected where it is larger than a card may be; what is saved stays saved.
    """
    card = _card(_form(form, "form"), fallbackText=shortened(form.title, 300) or "…")
    if size(card) > CARD_BYTES:
        raise Rejected(t("This form is too long for a card in Teams; what is saved stays saved."))
    return card


def holds_inputs(drawn: object) -> bool:
    """Whether a card, or anything in one, has something to fill in or tick."""
    if isinstance(drawn, Mapping):
        return str(drawn.get("type", "")).startswith("Input.") or holds_inputs(list(drawn.values()))
    return isinstance(drawn, list) and any(map(holds_inputs, drawn))


def _card(body: list[Json], **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, **more}


def _bodies(drawn: list[list[Json]]) -> list[list[Json]]:
    """The elements in as many cards as their size asks for."""
    bodies: list[list[Json]] = []
    room = 0
    for element in chain.from_iterable(drawn):
        own = size(element) + 4
        if own > room:
            bodies.append([])
            room = _BODY_BYTES
        bodies[-1].append(element)
        room -= own
    return bodies


def _separated(blocks: tuple[Block, ...], index: int) -> list[Json]:
    """The block's elements; a divider before it becomes the line above its first."""
    elements = draw(blocks[index], str(index))
    if elements and index and isinstance(blocks[index - 1], Divider):
        elements[0] = {**elements[0], "separator": True, "spacing": "Medium"}
    return elements


def draw(block: Block, name: str) -> list[Json]:
    """One block as card elements. ``name`` tells its inputs from those of other blocks."""
    match block:
        case Heading(text, level):
            return _heading(text, level)
        case Text(parts):
            return line(parts)
        case Note(parts):
            return line(parts, size="Small", isSubtle=True)
        case Listing(items, ordered):
            marks = (f"{n}. " if ordered else "• " for n in range(1, len(items) + 1))
            return [e for mark, item in zip(marks, items, strict=True) for e in line(item, mark)]
        case Preformatted(text):
            return rich_texts(words(_spaced(text), fontType="Monospace"))
        case Table():
            return _table(block)
        case Quote(said, by):
            return _quote(said, by)
        case Choices():
            return choices(block, name)
        case Tally():
            return _tally(block)
        case Deadline():
            return [_deadline(block)]
        case People(label, names):
            return rich_texts(_people(label, names))
        case Buttons(buttons):
            return _buttons(buttons, name)
        case Resource(label, url, detail):
            return rich_texts(link(label, url) + words(f" – {detail}" if detail else ""))
        case Divider():
            return []
        case _:
            assert_never(block)


def _heading(text: str, level: int) -> list[Json]:
    """A text block, which screen readers know as a heading, where Markdown cannot change it."""
    look = {"size": _SIZES[level], "weight": "Bolder"}
    if _PLAIN.fullmatch(text) and len(text) <= 200 and "www" not in text.lower():
        return [text_block(text, style="heading", **look)]
    return rich_texts(words(text, **look))


def _spaced(text: str) -> str:
    """Text whose spacing stays: clients draw a row of ordinary spaces as one."""
    return re.sub(r"(?m)^ | (?= )|(?<= ) ", "\u00a0", text)


def _cell(elements: list[Json]) -> Json:
    return {"type": "TableCell", "items": elements}


def _table(table: Table) -> list[Json]:
    """A table, in several where it is large; with very large rows, lines with bars."""
    head = [_cell(rich_texts(words(column, weight="Bolder"))) for column in table.columns]
    rows = [[_cell(line(cell)) for cell in row] for row in table.rows]
    if not head or any(size(row) > _TABLE_BYTES // 2 for row in (head, *rows)):
        heads = rich_texts(words(" | ".join(table.columns), weight="Bolder"))
        bars = ((line(cell, " | " if n else "") for n, cell in enumerate(r)) for r in table.rows)
        return heads + [e for row in bars for cell in row for e in cell]
    tables: list[Json] = []
    room = 0
    for row in rows or [[]]:
        own = size(row) + 60
        if own > room:
            tables.append(_rows(head))
            room = _TABLE_BYTES - size(head)
        if row:
            tables[-1]["rows"].append({"type": "TableRow", "cells": row})
        room -= own
    return tables


def _rows(head: list[Json]) -> Json:
    return {
        "type": "Table",
        "columns": [{"width": 1} for _ in head],
        "firstRowAsHeader": True,
        "rows": [{"type": "TableRow", "cells": head}],
    }


def _quote(said: UserText, by: UserText | None) -> list[Json]:
    elements = [
        {"type": "Container", "style": "emphasis", "items": [part]}
        for part in rich_texts(words(said.text))
    ]
    return (rich_texts(words(by.text, weight="Bolder")) if by else []) + elements


def _tally(tally: Tally) -> list[Json]:
    answered = tn("{count} person answered", "{count} people answered", tally.people)
    elements = rich_texts(words(tally.label, weight="Bolder") + words(f" ({answered})"))
    for bar in tally.bars:
        share = min(bar.count / tally.people, 1) if tally.people else 0
        full = ceil(share * _BAR)
        drawn = words(full * "█", color="Accent") + words((_BAR - full) * "░", isSubtle=True)
        numbers = f" {bar.count} ({percent(bar.count, tally.people)}%)"
        elements += rich_texts([*inline(bar.label), *words("\n"), *drawn, *words(numbers)])
    return elements


def _deadline(deadline: Deadline) -> Json:
    when = own_time(deadline.at, "date_time")
    match deadline.state:
        case "open":
            return text_block(t("Open until {when}", when=when))
        case "closed":
            return text_block(t("Closed {when}", when=when))
        case "moved":
            return text_block(t("Moved to {when}", when=when))
        case _:
            assert_never(deadline.state)


def _people(label: str, names: tuple[UserText, ...]) -> list[Run]:
    runs = words(label, weight="Bolder") + words(": ")
    for number, name in enumerate(names):
        runs += words(", " if number else "") + words(name.text)
    return runs


def _buttons(buttons: tuple[Button, ...], name: str) -> list[Json]:
    above, titles = button_titles(buttons)
    actions = [
        _button(button, title, f"{name}.{n}")
        for n, (button, title) in enumerate(zip(buttons, titles, strict=True))
    ]
    return above + action_sets(actions)


def _button(button: Button, title: str, name: str) -> Json:
    """The button; one that opens a form holds it, unless the form would be most of a card."""
    if button.form:
        body = _form(button.form, name)
        if size(body) <= _SHOWN_FORM_BYTES:
            return {"type": "Action.ShowCard", "title": title, "card": _card(body)}
    data = {"fivefold": button.callback, "does": button.does}
    return submit(title, data, inputs=False, style=button.style)


def _form(form: Form, name: str) -> list[Json]:
    elements = _heading(form.title, 2)
    for number, part in enumerate(form.parts):
        match part:
            case (
                TextField()
                | ChoiceField()
                | DateField()
                | TimeField()
                | PeopleField()
                | PlaceField()
            ):
                elements += field(part, name)
            case _:
                elements += draw(part, f"{name}.{number}")
    data = {"fivefold": form.callback, "does": "form", "form": name}
    return elements + send(form.submit, data)
