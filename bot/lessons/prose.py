"""An author's Markdown as message blocks: prompts, handouts, notes.

HTML in it stays what it is, text. Links keep their address; images become links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.chat.message import (
    Divider,
    Heading,
    Listing,
    Preformatted,
    Table,
    Text,
)
from bot.chat.plain import plain_line
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong

Prose = Heading | Text | Listing | Preformatted | Table | Divider

_DEEPEST = 20
# A line such as "[Guide]: https://…" is something to read here, never a hidden definition, and
# what was struck out stays marked as struck out.
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False, "maxNesting": _DEEPEST})
_MARKDOWN.disable(["reference", "strikethrough"])

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_BARE_URL = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?'()\[\]])", re.IGNORECASE)
_INDENT = "\u2003"


KEPT = 512
"""How many texts are kept as read: a lesson's are drawn again with every answer."""


@lru_cache(maxsize=KEPT)
def prose(markdown: str) -> tuple[Prose, ...]:
    """The blocks of a Markdown text, in order; nothing of its wording is left out."""
    tokens = _MARKDOWN.parse(markdown)
    if any(token.nesting == 1 and token.level >= _DEEPEST - 1 for token in tokens):
        # Beyond its limit the parser drops what it reads: better unformatted than lost.
        return (Text((markdown,)),)
    blocks: list[Prose] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        match token.type:
            case "heading_open":
                text = _text(tokens[at + 1])
                blocks += [Heading(text, 2 if token.tag in ("h1", "h2") else 3)] if text else []
                at += 2
            case "bullet_list_open" | "ordered_list_open":
                items, at = _items(tokens, at)
                blocks += _listing(token, items)
            case "table_open":
                table, at = _table(tokens, at)
                blocks.append(table)
            case "fence" | "code_block":
                code = _code(token)
                blocks += [Preformatted(code)] if code.strip() else []
            case "hr":
                blocks.append(Divider())
            case "inline":
                line = _inlines(token.children or ())
                blocks += [Text(line)] if plain_line(line).strip() else []
        at += 1
    return tuple(blocks)


@lru_cache(maxsize=KEPT)
def prose_line(markdown: str) -> Line:
    """A Markdown text as one line: what is inside its lines is formatted, blocks are not."""
    return tuple(part for token in _MARKDOWN.parseInline(markdown) for part in _line(token))


def _line(token: Token) -> Line:
    return _inlines(token.children or ())


def _text(token: Token) -> str:
    return " ".join(plain_line(_line(token)).split())


def _inlines(tokens: Sequence[Token]) -> Line:
    parts: list[Inline] = []
    style: list[str] = []
    link: Token | None = None
    label = ""
    for token in tokens:
        match token.type:
            case "strong_open" | "em_open":
                style.append(token.tag)
            case "strong_close" | "em_close":
                style.pop()
            case "link_open":
                link, label = token, ""
            case "link_close" if link:
                parts += _link(label, link, "href")
                link = None
            case "image":
                parts += _link(token.content or "picture", token, "src")
            case "softbreak" | "hardbreak" if link:
                label += " "
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case _ if link:
                label += token.content
            case "code_inline":
                parts.append(Code(token.content))
            case _ if token.content:
                parts += _words(token.content, style[-1] if style else "")
    return tuple(parts)


def _words(text: str, style: str) -> list[Inline]:
    parts: list[Inline] = []
    for n, piece in enumerate(_BARE_URL.split(text)):
        if n % 2:
            parts.append(Link(piece, piece))
        elif piece and style == "strong":
            parts.append(Strong(piece))
        elif piece:
            parts.append(Emphasis(piece) if style == "em" else piece)
    return parts


def _link(text: str, token: Token, address: str) -> list[Inline]:
    url, title = str(token.attrGet(address) or ""), str(token.attrGet("title") or "")
    more = [f" ({title})"] if title else []
    # Only what a person can safely follow stays a link; anything else is shown as it was written.
    if _WEB.match(url):
        return [Link(text or url, url), *more]
    shown = text if url in ("", text, f"mailto:{text}") else f"{text} ({url})"
    return [shown, *more]


def _code(token: Token) -> str:
    code, info = token.content.rstrip("\n"), token.info.strip()
    # One word after the fence names a language; more is something the author said.
    said = info if " " in info or not code.strip() else ""
    return "\n".join(part for part in (said, code) if part)


def _items(tokens: Sequence[Token], start: int) -> tuple[list[Line], int]:
    """The items of the list that opens at ``start``, and where it ends.

    What is nested in an item stands below it, on indented lines of the same item.
    """
    items: list[list[Inline]] = []
    numbers: list[int | None] = []
    mark = ""
    for at in range(start, len(tokens)):
        token = tokens[at]
        match token.type:
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(_first_number(token))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                if not numbers:
                    return [tuple(item) for item in items], at
            case "list_item_open":
                number = numbers[-1]
                mark = "– " if number is None else f"{number}. "
                numbers[-1] = None if number is None else number + 1
                if len(numbers) == 1:
                    items.append([])
                    mark = ""
            case "inline" | "fence" | "code_block":
                line = _line(token) if token.type == "inline" else (Code(_code(token)),)
                indent = _INDENT * (len(numbers) - 1) + mark
                items[-1] += ["\n"] if items[-1] else []
                items[-1] += [indent, *line] if indent else line
                mark = ""
    raise AssertionError("a list that never closes")


def _first_number(token: Token) -> int:
    start = token.attrGet("start")
    return 1 if start is None else int(start)


def _listing(token: Token, items: Sequence[Line]) -> list[Prose]:
    if not any(items):
        return []
    if token.type == "bullet_list_open":
        return [Listing(tuple(items))]
    first = _first_number(token)
    if first == 1:
        return [Listing(tuple(items), ordered=True)]
    # A list that goes on after an interruption keeps its numbers.
    return [Text((f"{number}. ", *item)) for number, item in enumerate(items, first)]


def _table(tokens: Sequence[Token], start: int) -> tuple[Table, int]:
    rows: list[list[Token]] = []
    at = start
    while tokens[at].type != "table_close":
        if tokens[at].type == "tr_open":
            rows.append([])
        elif tokens[at].type == "inline":
            rows[-1].append(tokens[at])
        at += 1
    head, *body = rows
    columns = tuple(_text(cell) for cell in head)
    return Table(columns, tuple(tuple(_line(cell) for cell in row) for row in body)), at
