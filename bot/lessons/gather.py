"""The parts of a plan that are not phases, gathered under their names, with what is to be told."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any

from bot.lessons.blocks import Block, read_blocks
from bot.lessons.fields import Field, read_fields
from bot.lessons.minutes import Length, read_length
from bot.lessons.names import SECTIONS, normal, part_named
from bot.lessons.parts import (
    is_understood,
    read_assessment,
    read_assessments,
    read_objective,
    read_objectives,
    read_rows,
    read_support,
    read_supports,
)
from bot.lessons.plan import Section
from bot.lessons.problem import Problem, Severity

_UNKNOWN = "is kept but not used: rename it to a part of a lesson plan, or leave it out"
_ASKED = {
    "learner": "reflection_learners",
    "for learner": "reflection_learners",
    "facilitator": "reflection_facilitator",
    "for facilitator": "reflection_facilitator",
}
_TABLES: dict[str, Callable[[Block], Sequence[Any]]] = {
    "objectives": read_objectives,
    "assessments": read_assessments,
    "differentiation": read_supports,
}


class Parts:
    """What has been read so far: `items` by part, what has no place in `more`, and `problems`."""

    def __init__(self) -> None:
        self.title = ""
        self.items: dict[str, list[Any]] = {}
        self.more: list[Section] = []
        self.problems: list[Problem] = []

    def header(self, body: Sequence[Block]) -> None:
        for one in read_fields(body, SECTIONS):
            if one.part and one.part != "structure":
                self.section(one.part, read_blocks(one.text, one.line), one)
            else:
                self.unplaced(one.label, one.level, one.text, one.line)

    def section(self, part: str, body: Sequence[Block], named: Block | Field) -> None:
        match part:
            case "title" if not self.title or part_named(self.title, SECTIONS)[0]:
                # “5E Lesson Plan” above a whole plan names its form, not the lesson.
                if self.title and normal(self.title) not in SECTIONS:
                    self.unplaced(self.title, 1, "", named.line)
                self.title = " ".join(source_of(body).split()).strip("*_ ")
            case "title":
                self.unplaced("Title", 0, source_of(body), named.line)
            case "structure":
                for one in read_fields(body, {"duration": "duration"}):
                    if one.part:
                        self.add("duration", one.text, one.line)
                    else:
                        self.unplaced(one.label, 0, one.text, one.line)
            case "duration" | "audience":
                self.add(part, source_of(body), named.line)
            case "reflection":
                self.reflection(body, named.line)
            case _:
                self.all_of(part, body)

    def reflection(self, body: Sequence[Block], line: int) -> None:
        fields = read_fields(body, _ASKED)
        if any(one.part for one in fields):
            for one in fields:
                self.all_of(one.part or "reflection_learners", read_blocks(one.text, one.line))
                if not one.part and one.label:
                    self.unplaced(one.label, 0, "", one.line)
            return
        if body:
            self.say(
                "note",
                line,
                "The reflection questions are taken to be for learners: put those for the "
                "facilitator under a heading “For Facilitator”.",
            )
        self.all_of("reflection_learners", body)

    def all_of(self, part: str, body: Sequence[Block]) -> None:
        for block, after in zip_longest(body, body[1:]):
            introduces = block.text.rstrip().endswith(":") and after and after.kind == "list"
            if block.kind == "html" or introduces:
                self.unplaced("", 0, block.source, block.line)
            elif block.kind == "list":
                for item in block.items:
                    self.add(part, item.text, item.line)
            elif block.kind == "table":
                self.table(part, block)
            else:
                self.add(part, block.source, block.line)

    def table(self, part: str, block: Block) -> None:
        rows = _TABLES.get(part, read_rows)(block)
        self.items.setdefault(part, []).extend(rows)
        if not is_understood(block, part):
            whole = block.source if part == "objectives" else " | ".join(block.rows[0].cells)
            self.unplaced("", 0, whole, block.line)

    def group(self, part: str, heading: Block, body: Sequence[Block]) -> None:
        """A heading below Assessment or Differentiation names a type or a kind of learner."""
        for text in _texts(body) or [""]:
            self.add(part, text, heading.line, heading.text)

    def add(self, part: str, text: str, line: int, heading: str = "") -> None:
        """Keep one item of a part, in the part's own type."""
        item: Any = text
        match part:
            case "objectives":
                item = read_objective(text)
            case "assessments":
                item = read_assessment(text, heading)
            case "differentiation":
                item = read_support(text, heading)
            case "duration" | "audience" if part in self.items:
                given = self.items[part][0]
                again = set(normal(text).split()) <= set(normal(given).split())
                same = again if part == "audience" else _same_length(text, given)
                if same and again:
                    return
                if not same:
                    self.say("warning", line, f"The {part} is given twice: keep one of them.")
            case "duration":
                self.length_note(read_length(text), line)
        if text or heading:
            self.items.setdefault(part, []).append(item)

    def unplaced(self, title: str, level: int, text: str, line: int) -> None:
        self.more.append(Section(title, level, text, line))
        self.say_unknown(title, text, line)

    # What the author should know.

    def length_note(self, length: Length | None, line: int) -> None:
        if length and length.note:
            self.say("note", line, f"A duration: {length.note}.")

    def say_unknown(self, title: str, text: str, line: int) -> None:
        words = (title or text).split()
        shown = " ".join(words[:8]) + (" …" if len(words) > 8 else "")
        self.say("warning" if title else "note", line, f"“{shown[:80]}” {_UNKNOWN}.")

    def say(self, severity: Severity, line: int | None, message: str) -> None:
        self.problems.append(Problem(severity, line, message))


def source_of(blocks: Iterable[Block]) -> str:
    """The author's source of several blocks."""
    return "\n\n".join(block.source for block in blocks)


def _same_length(one: str, another: str) -> bool:
    lengths = read_length(one), read_length(another)
    return bool(lengths[0] and lengths[1] and lengths[0].minutes == lengths[1].minutes)


def _texts(blocks: Iterable[Block]) -> list[str]:
    return [
        text
        for block in blocks
        for text in ([item.text for item in block.items] if block.items else [block.source])
    ]
