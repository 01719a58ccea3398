"""Labelled fields (`**Duration:** 30 minutes`) out of blocks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.lessons.blocks import Block, Item
from bot.lessons.names import normal

_LABEL = re.compile(
    r"\s*(?:[-*+] +)?(?P<open>[*_]{0,3})(?P<label>[^\s*_:|][^*_:|]{0,119})"
    r"(?P<inner>:?)(?P<close>[*_]{0,3})(?P<outer> ?:)?\s*(?P<value>.*)",
    re.DOTALL,
)

_ONE_LINE = frozenset({"duration", "audience"})
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
        """The author's source, without the label."""
        return "\n".join(self.lines).strip()


def read_fields(blocks: Iterable[Block], names: Mapping[str, str]) -> list[Field]:
    """Cut blocks at their labels and at their headings; every line lands in one field.

    A label in `names` (normalised name → part) is one wherever a line begins with it. Any other
    is one only in bold, with a colon, and where it cannot be part of the field before.
    """
    return _Cutter(names).cut(blocks)


class _Cutter:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.fields: list[Field] = []
        self.asides: list[Field] = []
        self.opened_in: Block | None = None

    def cut(self, blocks: Iterable[Block]) -> list[Field]:
        for block in blocks:
            if self.fields and self.fields[-1].part in _ONE_LINE and self.fields[-1].text:
                self.fields.append(Field("", "", block.line))
            elif self.fields:
                self.fields[-1].lines.append("")
            match block.kind:
                case "heading":
                    part = self.names.get(normal(block.text), "")
                    self.fields.append(Field(part, block.text, block.line, block.level))
                    self.opened_in = None
                case "text":
                    for number, line in enumerate(block.text.split("\n"), block.line):
                        self.line(line, number, block, may_be_unknown=True)
                case "quote":
                    source = block.source.split("\n")
                    for number, line in enumerate(block.text.split("\n")):
                        if not self.label(line, block.line + number, block, False):
                            self.add(source[number], block.line + number)
                case "list":
                    for item in block.items:
                        self.item(item, block)
                case "table":
                    self.table(block)
                case "html":
                    self.asides.append(Field("", "", block.line, lines=[block.source]))
                case "code":
                    self.add(block.source, block.line)
        return [one for one in self.fields if one.label or one.text] + self.asides

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
        """A table whose first column holds labels is read as fields, any other kept whole."""
        if not any(self.known(row.cells) for row in block.rows):
            self.add(block.source, block.line)
            return
        for row in block.rows:
            name, *values = row.cells or ("",)
            if self.known(row.cells):
                self.start(self.names[normal(name)], name, row.line, block)
                self.add(" | ".join(values), row.line)
            elif any(row.cells):
                self.start("", name, row.line, block)
                self.add(" | ".join(values), row.line)

    def known(self, cells: tuple[str, ...]) -> bool:
        return len(cells) > 1 and normal(cells[0]) in self.names

    def line(self, line: str, number: int, block: Block, *, may_be_unknown: bool) -> None:
        if not self.label(line, number, block, may_be_unknown):
            self.add(line, number)

    def label(self, line: str, number: int, block: Block, may_be_unknown: bool) -> bool:
        found = split_label(line)
        if found is None:
            return False
        bold, colon = found.bold, found.colon
        part = self.names.get(normal(found.label), "")
        under_heading = bool(self.fields and self.fields[-1].level)
        unknown = may_be_unknown and bold and colon and not under_heading
        if not unknown and not (part and (colon or bold)):
            return False
        self.start(part, found.label, number, block)
        self.fields[-1].lines.append(found.value)
        return True

    def start(self, part: str, label: str, line: int, block: Block) -> None:
        self.fields.append(Field(part, label, line))
        self.opened_in = block

    def add(self, line: str, number: int) -> None:
        if not self.fields:
            self.fields.append(Field("", "", number))
        self.fields[-1].lines.append(line)
