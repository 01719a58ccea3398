"""Blocks as elements of Adaptive Cards: one exhaustive match, and the forms that buttons hold."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
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
    Live,
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
from bot.chat.pieces import Run
from bot.chat.plain import percent
from bot.chat.text import UserText
from bot.platforms.teams.inputs import (
    NOTHING,
    STYLES,
    Known,
    action_sets,
    button_titles,
    choices,
    field,
    fields_of,
    press,
    send,
)
from bot.platforms.teams.reading import FIELDS, OWN_FORM
from bot.platforms.teams.runs import (
    Json,
    inline,
    is_plain,
    line,
    link,
    own_time,
    rich_texts,
    size,
    text_block,
    words,
)
from bot.words import t, tn

_SHOWN_FORM_BYTES = 40_000
_TABLE_BYTES = 30_000
_BAR = 12
_SIZES = {1: "ExtraLarge", 2: "Large", 3: "Medium"}


def as_card(body: list[Json], **more: Any) -> Json:
    """The elements as a card."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, **more}


def draw(block: Block, name: str, around: Collection[Block] = ()) -> list[Json]:
    """One block as card elements. ``name`` tells its inputs from those of other blocks.

    What is ``around`` it is not said again in a form that it holds.
    """
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
            return _buttons(buttons, name, around)
        case Resource(label, url, detail):
            return rich_texts(link(label, url) + words(f" – {detail}" if detail else ""))
        case Divider():
            return []
        case Live(inner):
            return [e for n, each in enumerate(inner) for e in draw(each, f"{name}.{n}")]
        case _:
            assert_never(block)


def _heading(text: str, level: int) -> list[Json]:
    """A text block, which screen readers know as a heading, where Markdown cannot change it."""
    look = {"size": _SIZES[level], "weight": "Bolder"}
    if is_plain(text) and len(text) <= 200:
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


def _buttons(buttons: tuple[Button, ...], name: str, around: Collection[Block]) -> list[Json]:
    above, titles = button_titles(buttons)
    actions = [
        _button(button, title, f"{name}.{n}", around)
        for n, (button, title) in enumerate(zip(buttons, titles, strict=True))
    ]
    return above + action_sets(actions)


def _button(button: Button, title: str, name: str, around: Collection[Block]) -> Json:
    """The button; one that opens a form holds it, unless the form would be most of a card.

    Teams fills a dangerous one with red: one that only opens something is not that loud.
    """
    loud = button.style if button.style != "danger" or button.does == "pick" else "plain"
    if button.form:
        parts = tuple(part for part in button.form.parts if part not in around)
        body = form_elements(replace(button.form, parts=parts), name)
        if size(body) <= _SHOWN_FORM_BYTES:
            shown = {"title": title, "card": as_card(body), **STYLES[loud]}
            return {"type": "Action.ShowCard", **shown}
    data = {"fivefold": button.callback, "does": button.does}
    return press(title, data, inputs=False, style=loud)


def form_elements(form: Form, name: str, known: Known = NOTHING) -> list[Json]:
    """The form called ``name``, with the button that sends it.

    A title that is also the label of what is asked stands there alone.
    """
    asked = {part.label for part in form.fields}
    elements = [] if form.title in asked else _heading(form.title, 2)
    data: Json = {"fivefold": form.callback, "does": "form", "form": name}
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
                elements += field(part, name, known)
            case Heading(text, level):
                elements += _heading(text, max(level, 3))
            case _:
                elements += draw(part, f"{name}.{number}")
    if name == OWN_FORM:
        data[FIELDS] = fields_of(elements)
    return elements + send(form.submit, data)
