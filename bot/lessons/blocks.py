"""Markdown → a flat list of blocks that keep the author's source text and line numbers.

The one file that knows markdown-it-py. Only its block rules run: they are linear in the text, and
inline source (emphasis, links, code) is to be kept as written anyway. Link reference definitions
are off, because they would vanish from the tokens.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from textwrap import dedent
from typing import Literal

from markdown_it import MarkdownIt

_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}(?=\S)|[ \t]?)")
_QUOTED = re.compile(r"\s{0,3}> ?")
_MARKS = re.compile(r"^( {0,3}(?:#{1,6}(?=\xa0)|#{2,6}(?=[^\s#])))\xa0?", re.MULTILINE)
"""Headings that lack their space: editors turn it into another one, and authors forget it."""

_INDENTED = re.compile(r"(?:[ \t]*\n)*[ \t]")
_YAML = re.compile(r"\s*\Z|[ \t#-]|[A-Za-z][\w -]{0,60}:(?:\s|\Z)")
_LONGEST_FRONT = 100
_PIPE = re.compile(r"(?<!\\)\|")

MOST_CELLS = 100_000
"""More than the tables of a plan ever have."""


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
    `>` are gone and every line keeps its place. `source` is always what stands in the file. `line`
    counts from 1.

    Three kinds are not Markdown's: `pairs` are labels with their values, two cells a row; a `phase`
    is like a heading that opens a phase wherever it stands, and at an `end` the last phase is over.
    """

    kind: Literal[
        "heading", "text", "quote", "list", "table", "code", "html", "phase", "end", "pairs"
    ]
    text: str
    source: str
    line: int
    level: int = 0
    items: tuple[Item, ...] = ()
    rows: tuple[Row, ...] = ()


def read_document(text: str) -> list[Block]:
    """The blocks of a whole file: its front matter as pairs, then all else as `read_blocks` does.

    A text that is indented as a whole is read as if it were not.
    """
    text = _plain_ends(text)
    if _INDENTED.match(text):
        text = dedent(text)
    lines = text.split("\n")
    first, end = _front_matter(lines)
    if not end:
        return read_blocks(text)
    pairs = Block("pairs", "", "", first + 1, rows=_pairs(lines[first:end], first + 1))
    return [pairs, *read_blocks("\n".join(lines[end + 1 :]), end + 2)]


def read_blocks(text: str, first_line: int = 1) -> list[Block]:
    """Every block of `text` in order; each non-blank line is in one of them, rules (`---`) apart.

    `first_line` is the number of its first line in the file.

    Never raises on any str; time is linear in its length. Where tables could have more than
    `MOST_CELLS`, as short rows are filled up to the widest, they are read as text.
    """
    text = _plain_ends(text)
    lines = text.split("\n")
    blocks: list[Block] = []
    covered = 0
    items: list[Item] = []
    bars = [line.count("|") for line in lines]
    tables = max(bars) * sum(map(bool, bars)) <= MOST_CELLS
    for token in _parser(tables).parse(_MARKS.sub(r"\1 ", text)):
        if token.map is None or token.level > 1:
            continue
        first, last = token.map
        if token.level == 1:
            if token.type == "list_item_open":
                items.append(_item(lines[first:last], first + first_line))
            continue
        if items:
            blocks[-1] = _with_items(blocks[-1], items)
            items = []
        if first > covered:
            blocks.extend(_left_over(lines, covered, first, first_line))
        covered = max(covered, last)
        source = "\n".join(lines[first:last]).strip("\n")
        line = first + first_line
        match token.type:
            case "heading_open":
                title = _title(lines[first:last], token.markup)
                blocks.append(Block("heading", title, source, line, level=int(token.tag[1:])))
            case "bullet_list_open" | "ordered_list_open":
                blocks.append(Block("list", source, source, line))
            case "blockquote_open":
                quoted = "\n".join(_QUOTED.sub("", one, count=1) for one in lines[first:last])
                blocks.append(Block("quote", quoted.rstrip("\n"), source, line))
            case "table_open":
                rows = tuple(
                    Row(_cells(lines[n]), n + first_line)
                    for n in range(first, last)
                    if n != first + 1
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
    blocks.extend(_left_over(lines, covered, len(lines), first_line))
    return blocks


@cache
def _parser(tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").disable("reference")
    if tables:
        parser.enable("table")
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


def _left_over(lines: list[str], first: int, last: int, first_line: int) -> list[Block]:
    """Lines that no token covers, so that no rule of markdown-it's can lose any."""
    source = "\n".join(lines[first:last])
    return [Block("text", source.strip("\n"), source, first + first_line)] if source.strip() else []


def _plain_ends(text: str) -> str:
    # What markdown-it does to line ends, done here first so that its line numbers hold.
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _front_matter(lines: list[str]) -> tuple[int, int]:
    """The lines between `---` and `---` at the top, where all of them look like YAML; or 0, 0."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[first].rstrip() != "---":
        return 0, 0
    for n in range(first + 1, min(len(lines), first + _LONGEST_FRONT)):
        if lines[n].rstrip() in ("---", "..."):
            return (first + 1, n) if n > first + 1 else (0, 0)
        if not _YAML.match(lines[n]):
            return 0, 0
    return 0, 0


def _pairs(lines: list[str], line: int) -> tuple[Row, ...]:
    """The keys of front matter with what stands behind and below them, as written."""
    rows: list[Row] = []
    for number, one in enumerate(lines, line):
        key, colon, value = one.partition(":")
        if colon and not one.startswith((" ", "\t", "-", "#")):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            rows.append(Row((key, value[1:-1] if quoted else value.lstrip("|>")), number))
        elif rows:
            key, value = rows[-1].cells
            rows[-1] = Row((key, f"{value}\n{one.strip()}".strip()), rows[-1].line)
        else:
            rows.append(Row(("", one), number))
    return tuple(rows)
