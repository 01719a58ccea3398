"""Markdown → a flat list of blocks that keep the author's source text and line numbers.

The one file that knows markdown-it-py. Only its block rules run: they are linear in the text, and
inline source (emphasis, links, code) is to be kept as written anyway. Link reference definitions
are off, because they would vanish from the tokens.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt

_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}(?=\S)|[ \t]?)")
_QUOTED = re.compile(r"\s{0,3}> ?")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its text without the marker, and the source with it."""

    text: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, the delimiter row left out."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the document at its outermost level.

    `text` is the source, except for a heading, where it is the title, and for a quote, where the
    `>` are gone. `source` is always what stands in the file. `line` counts from 1.
    """

    kind: Literal["heading", "text", "quote", "list", "table", "code", "html"]
    text: str
    source: str
    line: int
    level: int = 0
    items: tuple[Item, ...] = ()
    rows: tuple[Row, ...] = ()


def read_blocks(text: str, first_line: int = 1) -> list[Block]:
    """Every block of `text` in order; each non-blank line is in one of them, rules (`---`) apart.

    `first_line` is the number of its first line in the file.

    Never raises on any str; time is linear in its length.
    """
    # What markdown-it does to line ends and NUL, done here first so that its line numbers hold.
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    blocks: list[Block] = []
    covered = 0
    items: list[Item] = []
    for token in _parser().parse(text):
        if token.map is None or token.level > 1:
            continue
        first, last = token.map
        if token.level == 1:
            if token.type == "list_item_open":
                items.append(_item(lines[first:last], first + 1))
            continue
        if items:
            blocks[-1] = _with_items(blocks[-1], items)
            items = []
        if first > covered:
            blocks.extend(_left_over(lines, covered, first))
        covered = max(covered, last)
        source = "\n".join(lines[first:last]).strip("\n")
        line = first + 1
        match token.type:
            case "heading_open":
                title = _title(lines[first:last], token.markup)
                blocks.append(Block("heading", title, source, line, level=int(token.tag[1:])))
            case "bullet_list_open" | "ordered_list_open":
                blocks.append(Block("list", source, source, line))
            case "blockquote_open":
                quoted = "\n".join(_QUOTED.sub("", one, count=1) for one in lines[first:last])
                blocks.append(Block("quote", quoted.strip("\n"), source, line))
            case "table_open":
                rows = tuple(
                    Row(_cells(lines[n]), n + 1) for n in range(first, last) if n != first + 1
                )
                blocks.append(Block("table", source, source, line, rows=rows))
            case "fence":
                blocks.append(Block("code", source, source, line))
            case "html_block":
                blocks.append(Block("html", source, source, line))
            case "hr":
                pass
            case _:
                blocks.append(Block("text", source, source, line))
    if items:
        blocks[-1] = _with_items(blocks[-1], items)
    blocks.extend(_left_over(lines, covered, len(lines)))
    return blocks


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable("reference")
    parser.core.ruler.enableOnly(["block"])
    return parser


def _with_items(block: Block, items: list[Item]) -> Block:
    return replace(block, items=tuple(items)) if block.kind == "list" else block


def _item(lines: list[str], line: int) -> Item:
    source = "\n".join(lines).rstrip()
    marker = _MARKER.match(source)
    width = marker.end() if marker else 0
    first, *rest = source.split("\n")
    rest = [one[min(width, len(one) - len(one.lstrip())) :] for one in rest]
    return Item("\n".join([first[width:], *rest]).strip(), source, line)


def _title(lines: list[str], markup: str) -> str:
    if markup in "=-":
        return " ".join(one.strip() for one in lines[:-1])
    title = lines[0].strip().lstrip("#")
    closing = title.rstrip().rstrip("#")
    # A closing sequence of # counts only after a space.
    return (closing if closing != closing.rstrip() or not closing else title).strip()


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a row, all of them: markdown-it drops those beyond the header's."""
    cells = [cell.strip() for cell in _PIPE.split(line.strip())]
    if cells and not cells[0]:
        cells = cells[1:]
    if cells and not cells[-1]:
        cells = cells[:-1]
    return tuple(cells)


def _left_over(lines: list[str], first: int, last: int) -> list[Block]:
    """Lines that no token covers, so that no rule of markdown-it's can lose any."""
    source = "\n".join(lines[first:last])
    return [Block("text", source.strip("\n"), source, first + 1)] if source.strip() else []
