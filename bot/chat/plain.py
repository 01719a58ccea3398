"""A message or form as plain text: for terminals, notifications, previews and tests.

Nothing is left out: every character of text that a block carries stands in the result.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.chat.message import (
    Block,
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
    Message,
    Note,
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
from bot.chat.text import (
    Code,
    Emphasis,
    Inline,
    Line,
    Link,
    Strong,
    UserText,
    When,
    WhenStyle,
)

_UTC = ZoneInfo("UTC")
_FORMATS: dict[WhenStyle, str] = {
    "time": "%H:%M %Z",
    "date": "%a %d %b %Y",
    "date_time": "%a %d %b %Y, %H:%M %Z",
}

_DEADLINES = {"open": "Open until", "closed": "Closed", "moved": "Moved to"}


def moment(at: datetime, style: WhenStyle = "date_time", zone: ZoneInfo = _UTC) -> str:
    """An aware moment on a reader's clock, with the zone named: ``Mon 05 Jan 2026, 09:00 UTC``."""
    return at.astimezone(zone).strftime(_FORMATS[style])


def inline(part: Inline, zone: ZoneInfo = _UTC) -> str:
    """One inline part as text."""
    match part:
        case str():
            return part
        case UserText(text) | Strong(text) | Emphasis(text) | Code(text):
            return text
        case Link(text, url):
            return f"{text} ({url})" if text != url else url
        case When(at, style):
            return moment(at, style, zone)
        case _:
            assert_never(part)


def plain_line(line: Line, zone: ZoneInfo = _UTC) -> str:
    """A line as text."""
    return "".join(inline(part, zone) for part in line)


def percent(count: int, people: int) -> int:
    """How many of a hundred; 0 where nobody answered."""
    return round(100 * count / people) if people else 0


def _block(block: Block | Part, zone: ZoneInfo) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}"
        case Text(line) | Note(line):
            return plain_line(line, zone)
        case Listing(items, ordered):
            marks = (f"{n}." if ordered else "-" for n in range(1, len(items) + 1))
            rows = zip(marks, items, strict=True)
            return "\n".join(f"{mark} {plain_line(item, zone)}" for mark, item in rows)
        case Preformatted(text):
            return text
        case Table(columns, rows_):
            body = [" | ".join(plain_line(cell, zone) for cell in row) for row in rows_]
            return "\n".join((" | ".join(columns), *body))
        case Quote(said, by):
            return f"{by.text}: {said.text}" if by else f"“{said.text}”"
        case Choices(_, options, label, multiple, submit):
            mark = "[ ]" if multiple else "( )"
            rows__ = [f"{mark} {o.label}{f' – {o.detail}' if o.detail else ''}" for o in options]
            return "\n".join((label, *rows__, *((f"[{submit}]",) if multiple else ())))
        case Tally(label, bars, people):
            head = f"{label} ({people} answered)"
            return "\n".join(
                (
                    head,
                    *(
                        f"{inline(bar.label, zone)}: {bar.count} ({percent(bar.count, people)}%)"
                        for bar in bars
                    ),
                )
            )
        case Deadline(at, state):
            return f"{_DEADLINES[state]} {moment(at, 'date_time', zone)}"
        case People(label, names):
            return f"{label}: {', '.join(name.text for name in names)}"
        case Buttons(buttons):
            return " ".join(f"[{button.label}]" for button in buttons)
        case Resource(label, url, detail):
            return f"{label} ({url}){f' – {detail}' if detail else ''}"
        case Divider():
            return "---"
        case Live(inner):
            return "\n\n".join(_block(each, zone) for each in inner)
        case TextField(_, label, hint, value):
            filled = value.text if value else "…"
            return f"{label}{f' ({hint})' if hint else ''}: {filled}"
        case ChoiceField(_, label, options, multiple, value):
            empty, full = ("[ ]", "[x]") if multiple else ("( )", "(x)")
            marks_ = (full if o.id in value else empty for o in options)
            picks = zip(marks_, options, strict=True)
            return "\n".join(
                (
                    label,
                    *(
                        f"{mark} {o.label}{f' – {o.detail}' if o.detail else ''}"
                        for mark, o in picks
                    ),
                )
            )
        case DateField(_, label, day):
            return f"{label}: {day.isoformat() if day else 'yyyy-mm-dd'}"
        case TimeField(_, label, clock):
            return f"{label}: {clock.strftime('%H:%M') if clock else 'hh:mm'}"
        case PeopleField(_, label, chosen):
            return f"{label}: {', '.join(chosen) or '…'}"
        case PlaceField(_, label, chosen_place):
            return f"{label}: {chosen_place or '…'}"
        case _:
            assert_never(block)


def plain(what: Message | Form, zone: ZoneInfo = _UTC) -> str:
    """The whole message or form as text, blocks apart by an empty line; times in ``zone``."""
    match what:
        case Message(_, blocks):
            return "\n\n".join(_block(block, zone) for block in blocks)
        case Form(title, _, parts, submit):
            body = (_block(part, zone) for part in parts)
            return "\n\n".join((f"# {title}", *body, f"[{submit}]"))
        case _:
            assert_never(what)
