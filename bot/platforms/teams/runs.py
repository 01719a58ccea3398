"""Lines as text runs, and the size of what is made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, assert_never
from urllib.parse import urlsplit

from bot.chat.pieces import Run, flow
from bot.chat.plain import moment
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong, UserText, When, WhenStyle
from bot.words import t

Json = dict[str, Any]

_LONGEST = 8_000
"""How much JSON the text of one rich text block may be, in UTF-16 units: a tenth of a card."""

_SHORT = 1_000
_URL = 2_000
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[,.:;!?'\"’‘“”„()/%…–—-]| (?=\S))*")
_ADDRESS = re.compile(r"www|\w\.\w|//", re.IGNORECASE)
_MACRO = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\([^(){}]*\)\}\})")
_OPENS, _SHUTS = "\x02", "\x03"
_STAYS_A_STAR = re.compile(f"\\w{_OPENS}\\W|\\W{_SHUTS}\\w|{_SHUTS}{_OPENS}")
"""Where ``**`` between a letter and a sign does not begin or end anything."""

_JOINER = "\u2060"
"""It is not seen, takes no room, and parts what Markdown would take together."""

_LIVE = re.compile(r"\](?=[(\[:])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|:(?=//)|www(?=\.)", re.IGNORECASE)
"""What begins a link, a tag or a sign by its name in Markdown, up to where it can be parted."""


def size(value: object) -> int:
    """The bytes of a value as JSON in UTF-16, as Teams counts them."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def _weight(char: str) -> int:
    """The UTF-16 units of one character in JSON, or a little more."""
    if char < " ":
        return 6
    return 2 if char > "\uffff" or char in '"\\' else 1


def _overhead(run: Run) -> int:
    return size({**run, "text": ""}) // 2


def words(text: str, **look: object) -> list[Run]:
    """The text as runs; mostly one, none for an empty text.

    Clients fill ``{{DATE(…)}}`` and ``{{TIME(…)}}`` in runs too: it is parted between its
    braces, so that whoever wrote it reads what they wrote.
    """
    return [{"type": "TextRun", "text": part, **look} for part in _MACRO.split(text) if part]


def undated(text: str) -> str:
    """The text for where no runs can stand: it reads the same, and no client fills in a date."""
    return _MACRO.sub(_JOINER, text)


def unmarked(text: str) -> str:
    """The text for where some clients look for Markdown, as in the title of a choice, and others
    show every sign: nothing in it is a link, a tag or a date, and every sign stays."""
    return _LIVE.sub(rf"\g<0>{_JOINER}", undated(text))


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.netloc)
        and url.isprintable()
        and " " not in url
        and len(url) <= _URL
    )


def link(text: str, url: str, **look: object) -> list[Run]:
    """A link to a web address; any other address is shown as text."""
    if _is_web(url):
        action = {"type": "Action.OpenUrl", "url": url}
        return words(text or url, selectAction=action, underline=True, **look)
    return words(f"{text} ({url})" if text != url else url, **look)


def inline(part: Inline, **look: object) -> list[Run]:
    """One inline part as runs; a moment in UTC, which runs cannot put into the reader's zone."""
    match part:
        case str(text) | UserText(text):
            return words(text, **look)
        case Strong(text):
            return words(text, **{**look, "weight": "Bolder"})
        case Emphasis(text):
            return words(text, **{**look, "italic": True})
        case Code(text):
            return words(text, **{**look, "fontType": "Monospace"})
        case Link(text, url):
            return link(text, url, **look)
        case When(at, style):
            return words(moment(at, style), **look)
        case _:
            assert_never(part)


def rich_texts(runs: Iterable[Run]) -> list[Json]:
    """The runs in as many rich text blocks as their length asks for."""
    return [
        {"type": "RichTextBlock", "inlines": group}
        for group in flow(runs, _LONGEST, _weight, _overhead)
    ]


def own_time(at: datetime, style: WhenStyle) -> str:
    """The words that a text block, and nothing else, shows as the moment in the reader's zone."""
    iso = at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    day, clock = f"{{{{DATE({iso}, SHORT)}}}}", f"{{{{TIME({iso})}}}}"
    match style:
        case "time":
            return clock
        case "date":
            return day
        case "date_time":
            return f"{day}, {clock}"
        case _:
            assert_never(style)


def text_block(text: str, **look: object) -> Json:
    """A text block. It reads Markdown: only for words of ours in which nothing is Markdown."""
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def is_plain(text: str) -> bool:
    """Whether no reader of Markdown finds anything to change in it."""
    return bool(_PLAIN.fullmatch(text)) and not _ADDRESS.search(text)


def _with_own_times(parts: Line, before: str) -> str:
    """The line for a text block, if it has a moment and nothing that Markdown would change."""
    if not any(isinstance(part, When) for part in parts) or before not in ("", "• "):
        return ""
    told, plain, marked = "", "", ""
    for part in parts:
        match part:
            case str(text):
                told, plain, marked = told + text, plain + text, marked + text
            case Strong(text) if text and text == text.strip():
                told, plain = f"{told}**{text}**", plain + text
                marked = f"{marked}{_OPENS}{text}{_SHUTS}"
            case When(at, style):
                told, plain, marked = told + own_time(at, style), f"{plain}x", f"{marked}x"
            case _:
                return ""
    fits = is_plain(plain) and not _STAYS_A_STAR.search(marked) and len(told) <= _SHORT
    return before + told if fits else ""


def line(parts: Line, before: str = "", **look: object) -> list[Json]:
    """A line as elements. Its moments stand in the reader's own zone where all else in it is plain
    words of ours; else in UTC, and below it in the reader's zone."""
    if told := _with_own_times(parts, before):
        return [text_block(told, **look)]
    runs = words(before, **look) + [run for part in parts for run in inline(part, **look)]
    whens = [own_time(part.at, part.style) for part in parts if isinstance(part, When)]
    elements = rich_texts(runs)
    if whens:
        own = t("In your time zone: {when}", when="; ".join(whens))
        elements.append(text_block(own, size="Small", isSubtle=True, spacing="None"))
    return elements
