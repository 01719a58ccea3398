"""Where phases begin that have no heading: in bold lines, in lists, in tables, in plain lines.

A plan is taken to write its phases in one way. `with_openings` finds out in which, and gives the
phases of that way blocks of their own; whatever else the plan has stays as it was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import dedent
from typing import Literal

from bot.lessons.blocks import Block, Item, read_blocks
from bot.lessons.fields import ONE_LINE, split_known, split_labels
from bot.lessons.minutes import Length, read_length
from bot.lessons.names import (
    KOLB,
    PHASE_PARTS,
    PHASES,
    SECTIONS,
    begins_around,
    is_around,
    is_break,
    mentions,
    normal,
    part_named,
    phase_named,
    without_ordinal,
)
from bot.lessons.tables import table_phases
from bot.lessons.titles import LONGEST, Opening, read_opening, without_length

ENOUGH = 3
"""So many different phases in one way of writing settle that it is the plan's."""

MOST = 100
"""What seems to open more phases than this is no lesson written in that way."""

_Way = Literal["bold", "lists", "tables", "lines"]
_WAYS: tuple[_Way, ...] = ("bold", "lists", "tables", "lines")


def with_openings(blocks: Sequence[Block]) -> tuple[list[Block], Mapping[str, str]]:
    """The blocks with a block of kind `phase` wherever one begins that has no heading, and the
    names of phases that the plan keeps to: those of 5E and 7E, or those of Kolb.

    Headings come first where they name three phases; else what names the most.
    """
    plain = list(blocks)
    count, found = _best(plain, PHASES)
    if count < ENOUGH:
        of_kolb, another = _best(plain, KOLB)
        if of_kolb >= ENOUGH:
            return another, KOLB
    return found, PHASES


def _best(blocks: list[Block], phases: Mapping[str, str]) -> tuple[int, list[Block]]:
    best: tuple[int, _Way | None, list[Block]] = _headings(blocks, phases), None, blocks
    for way in _WAYS:
        if best[0] >= ENOUGH:
            break
        tried = _unfolded(blocks, phases) if way == "lists" else blocks
        names = list(_named(tried, phases, way))
        count = len(set(names)) if len(names) <= MOST else 0
        if count > max(best[0], way != "bold"):
            best = count, way, tried
    count, chosen, tried = best
    return count, _Walk(phases, chosen).through(tried) if chosen else blocks


def _named(blocks: Iterable[Block], phases: Mapping[str, str], way: _Way) -> Iterator[str]:
    """The name of each phase that begins in this way of writing."""
    for block in blocks:
        match block.kind, way:
            case "table", "tables":
                found = table_phases(block, phases)
                lines = [title for title, _, _ in found.phases] if found else []
            case "list", "lists":
                lines = [item.text.split("\n", 1)[0] for item in block.items]
            case "text", "bold" | "lines":
                lines = block.text.split("\n")
            case _:
                continue
        for line in lines:
            opening = read_opening(line, phases) if mentions(line, phases) else None
            if opening and opening.name and (opening.bold or way != "bold"):
                yield opening.name


def _headings(blocks: Sequence[Block], phases: Mapping[str, str]) -> int:
    titles = [without_ordinal(block.text) for block in blocks if block.kind == "heading"]
    return len({name for one in titles if (name := phase_named(without_length(one)[0], phases))})


def _unfolded(blocks: Sequence[Block], phases: Mapping[str, str]) -> list[Block]:
    """The blocks; a list whose phases stand one level deeper gives its items' blocks instead."""
    unfolded: list[Block] = []
    for block in blocks:
        deeper = False
        pieces: list[Block] = []
        if block.kind == "list" and not any(_named([block], phases, "lists")):
            for item in block.items:
                nested = any(mentions(line, phases) for line in item.text.split("\n")[1:])
                inner = read_blocks(item.text, item.line) if nested else []
                within = len(list(_named(inner, phases, "lists"))) > 1
                pieces += inner if within else [_alone(item)]
                deeper = deeper or within
        unfolded += pieces if deeper else [block]
    return unfolded


def _may_open(line: str, phases: Mapping[str, str]) -> bool:
    """A quick no for most lines."""
    return mentions(line, phases) or is_break(line) or begins_around(line)


def _alone(item: Item) -> Block:
    return Block("list", item.source, item.source, item.line, items=(item,))


def agenda(blocks: Sequence[Block], phases: Mapping[str, str]) -> dict[str, Length]:
    """The durations that a table gives for phases that have headings of their own, by name."""
    lengths: dict[str, Length] = {}
    for block in blocks:
        found = table_phases(block, phases) if block.kind == "table" else None
        for title, pairs, _ in found.phases if found else ():
            name, length = without_length(without_ordinal(title))
            for label, value in (row.cells for row in pairs):
                if part_named(label, PHASE_PARTS)[0] == "duration":
                    length = length or read_length(value)
            if length:
                name = phase_named(name, phases) or name
                lengths.setdefault(normal(name), replace(length, note=""))
    return lengths


class _Walk:
    """One way of writing phases, tried on a whole plan."""

    def __init__(self, phases: Mapping[str, str], way: _Way) -> None:
        self.phases, self.way = phases, way
        self.out: list[Block] = []
        self.level = 1
        self.inside = False

    def through(self, blocks: Sequence[Block]) -> list[Block]:
        if not any(block.kind == "heading" for block in blocks):
            blocks = list(_with_title(blocks))
        for block in blocks:
            match block.kind:
                case "heading":
                    if not self.inside or block.level < self.level:
                        self.level = block.level + 1
                        self.inside = False
                    self.out.append(block)
                case "text":
                    self.text(block)
                case "list" if self.way == "lists":
                    self.list(block)
                case "table" if self.way == "tables":
                    self.table(block)
                case _:
                    self.out.append(block)
        return self.out

    def text(self, block: Block) -> None:
        waiting: list[str] = []
        line = block.line
        pieces = (
            (piece, number)
            for number, one in enumerate(block.text.split("\n"), block.line)
            for piece in split_labels(one, SECTIONS)
        )
        for piece, number in pieces:
            opened = self.opened(piece, number)
            if opened is None:
                line = line if waiting else number
                waiting.append(piece)
                continue
            self.keep(waiting, line)
            head, rest = opened
            self.out.append(head)
            waiting, line = [rest] if rest.strip() else [], number
            if waiting and part_named(head.text, SECTIONS)[0] in ONE_LINE:
                self.keep(waiting, line)
                self.end(block)
                waiting = []
        self.keep(waiting, line)

    def keep(self, lines: list[str], line: int) -> None:
        text = "\n".join(lines)
        if text.strip():
            self.out.append(Block("text", text, text, line))

    def opened(self, line: str, number: int) -> tuple[Block, str] | None:
        """The phase or the part of the plan that a line opens, and the rest of the line."""
        opening = None
        if self.way in ("bold", "lines") and _may_open(line, self.phases):
            opening = read_opening(line, self.phases)
        if opening and (opening.bold or self.way == "lines"):
            timed, length = without_length(without_ordinal(opening.head))
            a_break = self.inside and length and is_break(opening.head)
            if opening.name or a_break or (length and is_around(timed)):
                return self.phase(opening, line, number), opening.rest
        label = split_known(line)
        name = label.label if label else line
        if not label and (line.strip() != line or len(line) > LONGEST):
            return None
        part = part_named(name, SECTIONS)[0] if label else SECTIONS.get(normal(line), "")
        if not part or (self.inside and part_named(name, PHASE_PARTS)[0]):
            return None
        self.inside = False
        return Block("heading", name, line, number, self.level), label.value if label else ""

    def phase(self, opening: Opening, source: str, line: int) -> Block:
        self.inside = True
        return Block("phase", opening.head, source, line, self.level)

    def list(self, block: Block) -> None:
        openings = [read_opening(item.text.split("\n", 1)[0], self.phases) for item in block.items]
        named = sum(bool(one and one.name) for one in openings)
        if not named:
            self.out.append(block)
            return
        for item, opening in zip(block.items, openings, strict=True):
            timed = opening and opening.length and (named > 1 or is_break(opening.head))
            if not opening or not (opening.name or timed):
                self.out.append(_alone(item))
                continue
            first, _, rest = item.text.partition("\n")
            self.out.append(self.phase(opening, first, item.line))
            self.keep([opening.rest], item.line)
            self.out += read_blocks(dedent(rest), item.line + 1)
        if named > 1:
            self.end(block)

    def table(self, block: Block) -> None:
        found = table_phases(block, self.phases)
        if found is None:
            self.out.append(block)
            return
        for title, pairs, line in found.phases:
            opening = read_opening(title, self.phases)
            head = opening if opening and (opening.name or opening.length) else None
            head = head or Opening(title, "", None, None, False)
            self.out.append(self.phase(head, title, line))
            self.keep([head.rest], line)
            self.out.append(replace(block, kind="pairs", text="", source="", line=line, rows=pairs))
        self.end(block)
        self.keep([found.rest], block.line)

    def end(self, block: Block) -> None:
        self.inside = False
        self.out.append(Block("end", "", "", block.line, self.level))


def _with_title(blocks: Sequence[Block]) -> Iterator[Block]:
    """Where nothing is a heading, the first line is the title, unless it is a label or a phase."""
    first = next((block for block in blocks if block.kind != "pairs"), None)
    for block in blocks:
        line, _, rest = block.text.partition("\n")
        label = split_known(line)
        name = label.label if label else line
        part = part_named(name, SECTIONS)[0] or part_named(name, PHASE_PARTS)[0]
        opening = read_opening(line, PHASES)
        title = line.strip(" \t*_") if part != "title" or not label else label.value
        taken = (part not in ("", "title", "structure")) or (opening and opening.name)
        if block is not first or block.kind != "text" or taken or not 0 < len(title) <= 120:
            yield block
            continue
        yield Block("heading", title, line, block.line, 1)
        if rest.strip():
            yield Block("text", rest, rest, block.line + 1)
