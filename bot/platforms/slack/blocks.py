"""Messages as Block Kit: one exhaustive match over the blocks, then as many posts as needed."""

from __future__ import annotations

from math import ceil
from typing import assert_never

from bot.chat.message import (
    Block,
    Buttons,
    Choices,
    Deadline,
    Divider,
    Heading,
    Listing,
    Live,
    Message,
    Note,
    People,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
)
from bot.chat.pieces import Run, shortened, units
from bot.chat.plain import percent
from bot.chat.text import Code, Emphasis, Line, Strong, UserText
from bot.platforms.slack import limits
from bot.platforms.slack.options import button_rows, choices
from bot.platforms.slack.rich_text import (
    Json,
    date,
    groups,
    inline,
    line,
    link,
    numbered,
    paragraphs,
    plain_text,
    rich_text,
    section,
    words,
)
from bot.words import t, tn

_BAR = 12


def render_message(message: Message) -> tuple[Json, ...]:
    """The payloads of ``chat.postMessage`` that say this message, in order; mostly one.

    Each has ``text`` (the summary, escaped, for notifications), ``blocks`` and the two
    ``unfurl`` switches, and keeps every limit of `limits`. Nothing is cut: what is too long for
    one post goes on in the next. Raises Rejected for a question with too many options.
    """
    table = next((block for block in message.blocks if isinstance(block, Table)), None)
    drawn = [
        piece
        for index, block in enumerate(message.blocks)
        for piece in draw(block, str(index), tables=block is table)
    ]
    parts = _posts(drawn or paragraphs(words(message.summary or "…")))
    summary = _escaped(shortened(message.summary, limits.FALLBACK)) or "…"
    marks = [f" ({n}/{len(parts)})" if n > 1 else "" for n in range(1, len(parts) + 1)]
    return tuple(
        {
            "text": f"{summary}{mark}",
            "blocks": part,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        for mark, part in zip(marks, parts, strict=True)
    )


def draw(block: Block, name: str, *, tables: bool = False) -> list[Json]:
    """One block as Block Kit blocks. ``name`` tells its parts from those of other blocks.

    ``tables``: whether a table may be a table block; a message may hold one, a modal none.
    """
    match block:
        case Heading(text, level):
            return _heading(text, level)
        case Text(parts):
            return paragraphs(line(parts))
        case Note(parts):
            return _note(parts)
        case Listing(items, ordered):
            return numbered(map(line, items), ordered=ordered)
        case Preformatted(text):
            return paragraphs(words(text), "rich_text_preformatted")
        case Table():
            return _table(block) if tables and _is_small(block) else _rows(block)
        case Quote(said, by):
            author = paragraphs(words(by.text, bold=True)) if by else []
            return author + paragraphs(words(said.text), "rich_text_quote")
        case Choices():
            return choices(block, name)
        case Tally():
            return paragraphs(_tally(block))
        case Deadline():
            return paragraphs(_deadline(block))
        case People(label, names):
            return paragraphs(_people(label, names))
        case Buttons(buttons):
            return button_rows(buttons, name)
        case Resource(label, url, detail):
            return paragraphs(link(label, url) + words(f" – {detail}" if detail else ""))
        case Divider():
            return [{"type": "divider"}]
        case Live(blocks):
            return [e for n, each in enumerate(blocks) for e in draw(each, f"{name}.{n}")]
        case _:
            assert_never(block)


def _heading(text: str, level: int) -> list[Json]:
    if level < 3 and text.strip() and "\n" not in text and units(text) <= limits.HEADER:
        return [{"type": "header", "text": plain_text(text)}]
    return paragraphs(words(text, bold=True))


def _note(parts: Line) -> list[Json]:
    """A context block, which is small but cannot hold links or moments; else a paragraph."""
    texts = [_bare(part) for part in parts if isinstance(part, _Bare)]
    whole = "".join(texts)
    if len(texts) == len(parts) and whole.strip() and units(whole) <= limits.TEXT:
        return [{"type": "context", "elements": [plain_text(whole)]}]
    return paragraphs(line(parts))


_Bare = str | UserText | Strong | Emphasis | Code


def _bare(part: _Bare) -> str:
    return part if isinstance(part, str) else part.text


def _cells(table: Table) -> list[list[list[Run]]]:
    heads = [words(column, bold=True) for column in table.columns]
    return [heads, *([line(cell) for cell in row] for row in table.rows)]


def _is_small(table: Table) -> bool:
    cells = [groups(cell) for row in _cells(table) for cell in row]
    weight = sum(25 + _weight(cell) for cell in cells)
    return (
        1 <= len(table.columns) <= limits.TABLE_COLUMNS
        and len(table.rows) < limits.TABLE_ROWS
        and all(len(row) == len(table.columns) for row in table.rows)
        and all(len(cell) <= 1 for cell in cells)
        and weight <= limits.TABLE_WEIGHT
    )


def _table(table: Table) -> list[Json]:
    rows = [[rich_text(section(cell or words(" "))) for cell in row] for row in _cells(table)]
    wrapped = [{"is_wrapped": True} for _ in table.columns]
    return [{"type": "table", "rows": rows, "column_settings": wrapped}]


def _rows(table: Table) -> list[Json]:
    """A table as lines, its cells apart by bars."""
    runs: list[Run] = []
    for row in _cells(table):
        for number, cell in enumerate(row):
            runs += words(" | " if number else "") + cell
        runs += words("\n")
    return paragraphs(runs)


def _tally(tally: Tally) -> list[Run]:
    answered = tn("{count} person answered", "{count} people answered", tally.people)
    runs = words(tally.label, bold=True) + words(f" ({answered})")
    for bar in tally.bars:
        share = min(bar.count / tally.people, 1) if tally.people else 0
        full = ceil(share * _BAR)
        drawn = "█" * full + "░" * (_BAR - full)
        numbers = f" {bar.count} ({percent(bar.count, tally.people)}%)"
        runs += words("\n") + inline(bar.label) + words(f"\n{drawn}{numbers}")
    return runs


def _deadline(deadline: Deadline) -> list[Run]:
    match deadline.state:
        case "open":
            sentence = t("Open until {when}")
        case "closed":
            sentence = t("Closed {when}")
        case "moved":
            sentence = t("Moved to {when}")
        case _:
            assert_never(deadline.state)
    before, after = sentence.split("{when}")
    return [*words(before), date(deadline.at, "date_time"), *words(after)]


def _people(label: str, names: tuple[UserText, ...]) -> list[Run]:
    runs = words(label, bold=True) + words(": ")
    for number, name in enumerate(names):
        runs += words(", " if number else "") + words(name.text)
    return runs


def _escaped(text: str) -> str:
    """Text for the one place that Slack reads as markup: the fallback of a post."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _weight(value: object) -> int:
    """What a block weighs in a message: every text and address in it, and its elements."""
    if isinstance(value, dict):
        own = sum(units(value[key]) for key in _TEXTS if isinstance(value.get(key), str))
        return own + sum(map(_weight, value.values())) + (25 if "style" in value else 5)
    if isinstance(value, list):
        return sum(map(_weight, value))
    return 0


_TEXTS = ("text", "url", "fallback")


def _posts(blocks: list[Json]) -> list[list[Json]]:
    """The blocks in as many posts as needed; a heading stays with what it is about."""
    posts: list[list[Json]] = [[]]
    weight = 0
    for block in blocks:
        own = _weight(block) + limits.BLOCK_WEIGHT
        post = posts[-1]
        if post and (weight + own > limits.MESSAGE_WEIGHT or len(post) == limits.MESSAGE_BLOCKS):
            kept = [post.pop()] if len(post) > 1 and post[-1]["type"] == "header" else []
            posts.append(kept)
            weight = sum(_weight(one) + limits.BLOCK_WEIGHT for one in kept)
        posts[-1].append(block)
        weight += own
    return posts
