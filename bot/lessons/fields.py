"""Labelled fields (`**Duration:** 30 minutes`) out of blocks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from bot.lessons.blocks import Block, Item
from bot.lessons.minutes import Length, find_length
from bot.lessons.names import PHASE_PARTS, SECTIONS, normal, part_named, without_ordinal
from bot.lessons.tables import table_pairs

_LABEL = re.compile(
    r"\s*(?:[-*+] +)?(?:[^\w\s!-~]{1,8} {1,2}(?=[*_]{2}))?"
    r"(?P<open>[*_]{0,3})(?P<label>[^\s*_:：|][^*_:：|]{0,119})"
    r"(?P<inner>[:：]?)(?P<close>[*_]{0,3})(?P<outer> ?[:：])?\s*(?P<value>.*)",
    re.DOTALL,
)
_WHOLE = re.compile(
    r"\s{0,3}(?:[-*+] )?(?P<mark>[*_]{1,3})(?P<inner>[^*_]{1,300})(?P=mark)\s{0,3}\Z"
)
_DASHED = re.compile(
    r"\s{0,3}(?P<label>[^\s–—:|*_-][^–—:|*_-]{0,59}) [–—-] (?P<value>.*)", re.DOTALL
)
_DEFINES = re.compile(r" {0,3}: {1,3}(?=\S)")
_NUMBER = re.compile(r"\s{0,3}\d[\d.,½ –—-]{0,12}")
_BETWEEN = re.compile(r"[ \t]{1,3}[|·•][ \t]{1,3}|\t{1,3}")
_MOST_LABELS = 8
_AROUND = frozenset("about approx approximately around ca circa total time in all".split())

ONE_LINE = frozenset({"duration", "audience", "title"})
"""Fields that end with their paragraph: what follows is not part of them."""


@dataclass(frozen=True, slots=True)
class Label:
    """How a line begins that may be `**Label:** value`."""

    label: str
    value: str
    bold: bool
    colon: bool


def split_label(line: str) -> Label | None:
    """Take a line apart at its label, or None where nothing looks like one."""
    found = _LABEL.match(line)
    if found is None or found["open"] != found["close"]:
        return None
    bold = len(found["open"]) > 1
    colon = bool(found["inner"] or found["outer"])
    if not bold and not colon:
        return None
    return Label(found["label"].strip(), found["value"], bold, colon)


@dataclass(slots=True)
class Field:
    """A part of a section: `part` is what its label names ("" if unknown), `label` as written.

    Text that stands before the first label has neither.
    """

    part: str
    label: str
    line: int
    level: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The author's source, without the label; one line's hard break has nothing to break."""
        text = "\n".join(self.lines).strip()
        return text.rstrip("\\ ") if self.part in ONE_LINE else text


def read_fields(blocks: Iterable[Block], names: Mapping[str, str]) -> list[Field]:
    """Cut blocks at their labels and at their headings; every line lands in one field.

    A label in `names` (normalised name → part) is one wherever a line begins with it. Any other
    is one only in bold, with a colon, and where it cannot be part of the field before; so is the
    name of another part of a plan that begins a line outside of lists.
    """
    return _Cutter(names).cut(blocks)


class _Cutter:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.timed = "duration" in names.values()
        self.fields: list[Field] = []
        self.asides: list[Field] = []
        self.opened_in: Block | None = None

    def cut(self, blocks: Iterable[Block]) -> list[Field]:
        for block in blocks:
            if self.fields and self.fields[-1].part in ONE_LINE and self.fields[-1].text:
                self.fields.append(Field("", "", block.line))
            elif self.fields:
                self.fields[-1].lines.append("")
            match block.kind:
                case "heading":
                    part, inside = part_named(without_ordinal(block.text), self.names)
                    self.fields.append(Field(part, block.text, block.line, block.level))
                    self.fields[-1].lines += [f"({inside})"] if inside else []
                    self.opened_in = None
                case "text":
                    self.text(block)
                case "quote":
                    source = block.source.split("\n")
                    for number, line in enumerate(block.text.split("\n")):
                        ended = bool(self.fields) and self.fields[-1].part in ONE_LINE
                        if not self.label(line, block.line + number, block, ended):
                            empty = ended and not line.strip()
                            self.add("" if empty else source[number], block.line + number)
                case "list":
                    for item in block.items:
                        self.item(item, block)
                case "table":
                    self.table(block)
                case "pairs":
                    for row in block.rows:
                        self.start(row.cells[0], row.line, block, row.cells[1])
                case "html":
                    self.asides.append(Field("", "", block.line, lines=[block.source]))
                case "code":
                    self.add(block.source, block.line)
        return [one for one in self.fields if one.label or one.text] + self.asides

    def text(self, block: Block) -> None:
        lines = block.text.split("\n")
        if len(lines) == 1 and self.is_name(lines[0]):
            # A name that stands alone is a label without any mark.
            self.start(lines[0].strip(), block.line, block, "")
            return
        defining = False
        for number, (line, after) in enumerate(zip_longest(lines, lines[1:]), block.line):
            meaning = _DEFINES.match(line) if defining else None
            if meaning:
                self.add(line[meaning.end() :], number)
                continue
            defining = bool(_DEFINES.match(after or "")) and normal(line[:80]) in self.names
            if defining:
                self.start(line.strip(" *_"), number, block, "")
                continue
            for piece in split_labels(line, self.names):
                self.line(piece, number, block, may_be_unknown=True)

    def is_name(self, line: str) -> bool:
        return len(line) < 80 and normal(line) in self.names and not split_known(line)

    def item(self, item: Item, block: Block) -> None:
        first, *rest = item.text.split("\n")
        of_this_list = not self.fields or self.opened_in is block
        if self.label(first, item.line, block, of_this_list):
            for number, line in enumerate(rest, item.line + 1):
                self.line(line, number, block, may_be_unknown=False)
        else:
            for number, line in enumerate(item.source.split("\n"), item.line):
                self.line(line, number, block, may_be_unknown=False)

    def table(self, block: Block) -> None:
        """A table that has labels for its first column or its header is read as fields."""
        pairs = table_pairs(block, self.names)
        for label, value, line in pairs:
            self.start(label, line, block, value)
        if not pairs:
            self.add(block.source, block.line)

    def line(self, line: str, number: int, block: Block, *, may_be_unknown: bool) -> None:
        if not self.label(line, number, block, may_be_unknown):
            self.add(line, number)

    def label(self, line: str, number: int, block: Block, may_be_unknown: bool) -> bool:
        found = split_known(line)
        part = part_named(found.label, self.names)[0] if found else ""
        if not part and not self.fields and self.timed and _only_length(line):
            self.fields.append(Field("duration", "", number, lines=[line]))
            return True
        if found is None:
            return False
        under_heading = bool(self.fields and self.fields[-1].level)
        bold = found.bold and found.colon and not under_heading
        elsewhere = found.colon and block.kind == "text" and normal(found.label) in SECTIONS
        if not part and not (may_be_unknown and (bold or elsewhere)):
            return False
        self.start(found.label, number, block, found.value)
        return True

    def start(self, label: str, line: int, block: Block, value: str) -> None:
        part, inside = part_named(label, self.names)
        self.fields.append(Field(part, label, line))
        self.opened_in = block
        # What the label says in brackets belongs to what it says.
        self.fields[-1].lines.append(_with_bracket(part, inside, value) if inside else value)

    def add(self, line: str, number: int) -> None:
        if not self.fields:
            self.fields.append(Field("", "", number))
        self.fields[-1].lines.append(line)


def split_known(line: str) -> Label | None:
    """As `split_label`; the whole line may be in bold, or a dash stand behind a known label."""
    whole = _WHOLE.match(line)
    if whole and (inner := split_label(whole["inner"])):
        return replace(inner, bold=True)
    dashed = _DASHED.match(line)
    if dashed and normal(dashed["label"]) in PHASE_PARTS:
        return Label(dashed["label"].strip(), dashed["value"], False, True)
    return split_label(line)


def _with_bracket(part: str, inside: str, value: str) -> str:
    if part not in ONE_LINE:
        return f"({inside}) {value}"
    number = _NUMBER.match(value)
    end = number.end() if number and not find_length(value) else len(value)
    return f"{value[:end].rstrip()} ({inside}){value[end:]}"


def split_labels(line: str, names: Mapping[str, str]) -> list[str]:
    """`**Time:** 20 min | **For:** nurses` as its labels with their values, other lines whole."""
    pieces = _BETWEEN.split(line, _MOST_LABELS)
    if len(pieces) < 2:
        return pieces
    labels = [split_known(piece) for piece in pieces]
    known = [one and part_named(one.label, names)[0] for one in labels]
    return pieces if all(labels) and any(known) else [line]


def _only_length(line: str) -> bool:
    """True for a line that says how long and nothing else."""
    length = find_length(line)
    return bool(length) and set(normal(_outside(line, length)).split()) <= _AROUND


def _outside(line: str, length: Length | None) -> str:
    return line[: length.start] + " " + line[length.end :] if length else line
