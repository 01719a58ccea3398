"""Lines as rich text elements: the one form in which text is sent to Slack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never
from urllib.parse import urlsplit

from bot.chat.pieces import Run, flow, units
from bot.chat.plain import moment
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong, UserText, When, WhenStyle
from bot.platforms.slack import limits

Json = dict[str, Any]

_FORMATS: dict[WhenStyle, str] = {
    "time": "{time}",
    "date": "{date_long}",
    "date_time": "{date_long}, {time}",
}


def plain_text(text: str) -> Json:
    """A plain text object; ``:words:`` in it stay words. Slack refuses an empty one."""
    return {"type": "plain_text", "text": text, "emoji": False}


def words(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> list[Run]:
    """The text as rich text elements: one, or none for an empty text, which Slack refuses."""
    style = {"bold": bold, "italic": italic, "code": code}
    on = {name: True for name, wanted in style.items() if wanted}
    return [{"type": "text", "text": text, **({"style": on} if on else {})}] if text else []


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
        and units(url) <= limits.URL
    )


def link(text: str, url: str) -> list[Run]:
    """A link to a web address; any other address is shown as text."""
    if _is_web(url):
        return [{"type": "link", "url": url, "text": text or url}]
    return words(f"{text} ({url})" if text != url else url)


def date(at: datetime, style: WhenStyle) -> Run:
    """A moment that Slack shows in the reader's own zone, in UTC where it can't."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": _FORMATS[style],
        "fallback": moment(at, style),
    }


def inline(part: Inline) -> list[Run]:
    """One inline part as rich text elements."""
    match part:
        case str(text) | UserText(text):
            return words(text)
        case Strong(text):
            return words(text, bold=True)
        case Emphasis(text):
            return words(text, italic=True)
        case Code(text):
            return words(text, code=True)
        case Link(text, url):
            return link(text, url)
        case When(at, style):
            return [date(at, style)]
        case _:
            assert_never(part)


def line(parts: Line) -> list[Run]:
    """A line as rich text elements."""
    return [run for part in parts for run in inline(part)]


def run_weight(run: Run) -> int:
    """What a rich text element weighs beside its text."""
    return 25 + units(run.get("url", "")) + units(run.get("fallback", ""))


def groups(runs: Iterable[Run]) -> list[list[Run]]:
    """The elements in groups, each as long as one block may be."""
    return flow(runs, limits.TEXT, units, run_weight)


def section(runs: list[Run]) -> Json:
    """Elements side by side."""
    return {"type": "rich_text_section", "elements": runs}


def rich_text(*parts: Json) -> Json:
    """A block of sections, lists, quotes or preformatted parts."""
    return {"type": "rich_text", "elements": list(parts)}


def paragraphs(runs: Iterable[Run], kind: str = "rich_text_section") -> list[Json]:
    """The elements in as many blocks of this kind as their length asks for."""
    return [rich_text({"type": kind, "elements": group}) for group in groups(runs)]


def numbered(items: Iterable[list[Run]], *, ordered: bool) -> list[Json]:
    """A list; an item too long for one block goes on below it, and the numbers go on too."""
    style = "ordered" if ordered else "bullet"
    blocks: list[Json] = []
    room = 0
    for number, runs in enumerate(items):
        head, *rest = groups(runs or words(" "))
        weight = sum(run_weight(run) + units(run.get("text", "")) for run in head)
        if weight > room:
            offset = {"offset": number} if ordered and number else {}
            blocks.append(
                rich_text({"type": "rich_text_list", "style": style, "elements": [], **offset})
            )
            room = limits.TEXT
        blocks[-1]["elements"][0]["elements"].append(section(head))
        room -= weight
        if rest:
            blocks.extend(rich_text(section(group)) for group in rest)
            room = 0
    return blocks
