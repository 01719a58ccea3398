"""What a message says: every text in it, in order, to be looked for in what was drawn of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import assert_never

from bot.chat.message import (
    Block,
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Deadline,
    Divider,
    Field,
    Heading,
    Listing,
    Live,
    Message,
    Note,
    Option,
    Part,
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
from bot.chat.text import Inline, Line, Link, When, WhenStyle

Moment = Callable[[datetime, WhenStyle], str]


def _inline(part: Inline, moment: Moment) -> Iterator[str]:
    match part:
        case str():
            yield part
        case Link(text, url):
            yield from _linked(text, url)
        case When(at, style):
            yield moment(at, style)
        case _:
            yield part.text


def _linked(text: str, url: str) -> Iterator[str]:
    yield text
    if url != text:
        yield url


def _line(line: Line, moment: Moment) -> Iterator[str]:
    for part in line:
        yield from _inline(part, moment)


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        yield option.label
        if option.detail.strip():
            yield option.detail


def said(block: Block | Part, moment: Moment) -> Iterator[str]:
    """The texts of a block or of a form's part, without the values that fields hold."""
    match block:
        case Heading(text) | Preformatted(text):
            yield text
        case Text(line) | Note(line):
            yield from _line(line, moment)
        case Listing(items):
            for item in items:
                yield from _line(item, moment)
        case Table(columns, rows):
            yield from columns
            for row in rows:
                for cell in row:
                    yield from _line(cell, moment)
        case Quote(words, by):
            yield by.text if by else ""
            yield words.text
        case Choices(_, options, label, multiple, submit):
            yield label
            yield from _options(options)
            yield submit if multiple and options else ""
        case Tally(label, bars):
            yield label
            for bar in bars:
                yield from _inline(bar.label, moment)
                yield str(bar.count)
        case Deadline(at):
            yield moment(at, "date_time")
        case People(label, names):
            yield label
            yield from (name.text for name in names)
        case Buttons(buttons):
            yield from (button.label for button in buttons)
        case Resource(label, url, detail):
            yield from _linked(label, url)
            yield detail
        case Divider():
            pass
        case Live(blocks):
            for each in blocks:
                yield from said(each, moment)
        case TextField(_, label, hint):
            yield label
            yield hint if hint.strip() else ""
        case ChoiceField(_, label, options):
            yield label
            yield from _options(options)
        case (
            DateField(_, label) | TimeField(_, label) | PeopleField(_, label) | PlaceField(_, label)
        ):
            yield label
        case _:
            assert_never(block)


def lost(texts: Iterable[str], drawn: str) -> list[str]:
    """The texts not found in ``drawn``, each looked for behind the one before it."""
    missing, at = [], 0
    for text in texts:
        found = drawn.find(text, at)
        if found < 0:
            missing.append(text)
        else:
            at = found + len(text)
    return missing


def told_once(texts: Sequence[str], links: Collection[str]) -> list[str]:
    """The texts, where of links side by side to one address only the last tells the address: of a
    long link that is drawn in pieces nobody could tell it from two. What is empty is not drawn."""
    there = [text for text in texts if text]
    pairs = zip_longest(there, there[2:])
    return [text for text, later in pairs if text != later or text not in links]


def addresses(message: Message) -> set[str]:
    """Every web address that the author linked; no other may be live."""

    def inlines(block: Block) -> Iterator[Inline]:
        match block:
            case Text(line) | Note(line):
                yield from line
            case Listing(items):
                yield from (part for item in items for part in item)
            case Table(_, rows):
                yield from (part for row in rows for cell in row for part in cell)
            case Tally(_, bars):
                yield from (bar.label for bar in bars)
            case Live(blocks):
                for each in blocks:
                    yield from inlines(each)

    linked = {
        part.url
        for block in (*message.blocks, *_form_texts(message))
        for part in inlines(block)
        if isinstance(part, Link)
    }
    return linked | {block.url for block in message.blocks if isinstance(block, Resource)}


def _form_texts(message: Message) -> list[Block]:
    return [
        part
        for block in message.blocks
        if isinstance(block, Buttons)
        for button in block.buttons
        if button.form
        for part in button.form.parts
        if not isinstance(part, Field)
    ]
