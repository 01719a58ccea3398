"""Text → Plan. What the reader cannot place is kept in `more` and told as a problem."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from bot.lessons.blocks import Block, read_blocks
from bot.lessons.fields import Field, read_fields
from bot.lessons.judge import judge
from bot.lessons.minutes import Length, find_length, read_length
from bot.lessons.names import (
    PHASE_PARTS,
    PHASES,
    SECTIONS,
    has_step,
    normal,
    phase_named,
    without_ordinal,
)
from bot.lessons.parts import BRACKETED, is_bloom, read_assessment, read_objective, read_support
from bot.lessons.plan import Objective, PhasePlan, Plan, Section
from bot.lessons.problem import Problem, Severity

_UNKNOWN = "is kept but not used: rename it to a part of a lesson plan, or leave it out"


def read_plan(text: str) -> tuple[Plan, tuple[Problem, ...]]:
    """Read a lesson plan in Markdown.

    Never raises on any str; time is linear in its length. Every word of the text other than the
    names of known parts and the numbers before headings is found again in the Plan. The problems
    come in the order of the lines, those about the whole file last; only an error keeps the plan
    from being run.
    """
    reader = _Reader()
    reader.read(read_blocks(text))
    plan = reader.plan()
    problems = sorted(
        [*reader.problems, *judge(plan)], key=lambda one: (one.line is None, one.line or 0)
    )
    return plan, tuple(problems)


@dataclass(slots=True)
class _Phase:
    heading: Block
    name: str
    length: Length | None
    body: list[Block] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.title = ""
        self.parts: dict[str, list[Any]] = {}
        self.phases: list[_Phase] = []
        self.more: list[Section] = []
        self.problems: list[Problem] = []

    # Where each heading belongs.

    def read(self, blocks: Sequence[Block]) -> None:
        """Give every heading and what stands below it its place."""
        structure: int | None = None
        phase: _Phase | None = None
        section: tuple[str, int] | None = None
        for heading, body in _parted(blocks):
            if heading is None:
                self.header(body)
                continue
            title = without_ordinal(heading.text)
            name, length = _without_length(title)
            part, inside = self.part_named(name)
            named = phase_named(name)
            if phase and heading.level > phase.heading.level and normal(name) not in PHASES:
                phase.body += [heading, *body]
                continue
            if structure is not None and heading.level <= structure:
                structure = None
            step = has_step(heading.text) or structure is not None
            if named or (step and not part):
                phase = _Phase(heading, named or name or title, length, body)
                self.phases.append(phase)
                section = None
                continue
            phase = None
            if part:
                self.keep_bracket(
                    heading, inside or (title[length.start : length.end] if length else "")
                )
                structure = heading.level if part == "structure" else structure
                section = (part, heading.level)
                self.section(part, body, heading)
            elif not self.title and (heading.level == 1 or not self.parts):
                self.title = heading.text
                self.header(body)
            elif section and heading.level > section[1] and section[0] in _NAMED_GROUPS:
                self.group(section[0], heading, body)
            else:
                self.unplaced(heading.text, heading.level, _source(body), heading.line)

    def part_named(self, name: str) -> tuple[str, str]:
        """The part that a heading names, and what it adds in brackets."""
        part = SECTIONS.get(normal(name), "")
        bracketed = None if part else BRACKETED.match(name)
        if bracketed:
            return SECTIONS.get(normal(bracketed["name"]), ""), bracketed["inside"]
        return part, ""

    def keep_bracket(self, heading: Block, inside: str) -> None:
        if inside:
            self.more.append(Section(heading.text, heading.level, "", heading.line))
            self.say("note", heading.line, f"“{inside}” in the heading is kept but not used.")

    # The parts of a plan.

    def header(self, body: Sequence[Block]) -> None:
        for one in read_fields(body, SECTIONS):
            if one.part and one.part != "structure":
                self.section(one.part, read_blocks(one.text, one.line), one)
            else:
                self.unplaced(one.label, one.level, one.text, one.line)

    def section(self, part: str, body: Sequence[Block], named: Block | Field) -> None:
        match part:
            case "structure":
                for one in read_fields(body, {"duration": "duration"}):
                    if one.part:
                        self.add("duration", one.text, one.line)
                    else:
                        self.unplaced(one.label, 0, one.text, one.line)
            case "duration" | "audience":
                self.add(part, _source(body), named.line)
            case "objectives":
                self.objectives(body)
            case "reflection":
                if body:
                    self.say(
                        "note",
                        named.line,
                        "The reflection questions are taken to be for learners: put those for the "
                        "facilitator under a heading “For Facilitator”.",
                    )
                self.items("reflection_learners", body)
            case _:
                self.items(part, body)

    def items(self, part: str, body: Sequence[Block]) -> None:
        for block, after in zip_longest(body, body[1:]):
            introduces = block.text.rstrip().endswith(":") and after and after.kind == "list"
            if block.kind == "html" or introduces:
                self.unplaced("", 0, block.source, block.line)
            elif block.kind == "list":
                for item in block.items:
                    self.add(part, item.text, item.line)
            else:
                self.add(part, block.source, block.line)

    def objectives(self, body: Sequence[Block]) -> None:
        self.items("objectives", [block for block in body if block.kind != "table"])
        for block in body:
            if block.kind != "table":
                continue
            header, *rows = block.rows
            names = [normal(cell) for cell in header.cells]
            bloom = next((n for n, one in enumerate(names) if is_bloom(one)), None)
            text = next((n for n in range(len(names)) if n != bloom), 0)
            for row in filter(lambda one: any(one.cells), rows):
                cells = dict(enumerate(row.cells))
                level = cells.get(bloom, "") if bloom is not None else ""
                objective = Objective(cells.get(text, ""), level)
                self.parts.setdefault("objectives", []).append(objective)
            understood = all(n == bloom or names[n] in SECTIONS for n in range(len(names)))
            if not understood or any(len(row.cells) > len(names) for row in rows):
                self.unplaced("", 0, block.source, block.line)

    def group(self, part: str, heading: Block, body: Sequence[Block]) -> None:
        """A heading below Assessment or Differentiation names a type or a kind of learner."""
        for text in _items(body) or [""]:
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
            case "duration" | "audience" if part in self.parts:
                self.say("warning", line, f"The {part} is given twice: keep one of them.")
            case "duration":
                self.length_note(read_length(text), line)
        if text or heading:
            self.parts.setdefault(part, []).append(item)

    def unplaced(self, title: str, level: int, text: str, line: int) -> None:
        self.more.append(Section(title, level, text, line))
        self.say_unknown(title, text, line)

    # The plan.

    def plan(self) -> Plan:
        """Everything read, as a Plan."""
        duration = "\n".join(self.parts.get("duration", ()))
        total = read_length(duration)
        listed = {part: tuple(self.parts.get(part, ())) for part in _LISTS}
        return Plan(
            title=self.title,
            duration_minutes=total.minutes if total else None,
            duration=duration,
            audience="\n".join(self.parts.get("audience", ())),
            phases=tuple(self.phase(one) for one in self.phases),
            more=tuple(self.more),
            **listed,
        )

    def phase(self, phase: _Phase) -> PhasePlan:
        parts: dict[str, list[str]] = {}
        more: list[Section] = []
        for one in read_fields(phase.body, PHASE_PARTS):
            if not one.part:
                more.append(Section(one.label, one.level, one.text, one.line))
                self.say_unknown(one.label, one.text, one.line)
            elif one.text:
                if one.part in parts:
                    self.say("note", one.line, f"“{one.label}” is there twice: both are kept.")
                parts.setdefault(one.part, []).append(one.text)
        texts = {part: "\n\n".join(given) for part, given in parts.items()}
        written = texts.pop("duration", "")
        in_heading = phase.length
        length = read_length(written) or in_heading
        self.length_note(length, phase.heading.line)
        if in_heading:
            found = find_length(phase.heading.text)
            shown = phase.heading.text[found.start : found.end] if found else ""
            written = "\n".join(one for one in (shown, written) if one)
        return PhasePlan(
            name=phase.name,
            minutes=length.minutes if length else None,
            duration=written,
            more=tuple(more),
            line=phase.heading.line,
            **texts,
        )

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


_NAMED_GROUPS = frozenset({"assessments", "differentiation"})
_LISTS = (
    "objectives",
    "assessments",
    "differentiation",
    "key_concepts",
    "prior_knowledge",
    "materials",
    "connections",
    "applications",
    "metacognition",
    "extensions",
    "safety",
    "reflection_learners",
    "reflection_facilitator",
    "virtual",
    "resources",
)


def _parted(blocks: Iterable[Block]) -> list[tuple[Block | None, list[Block]]]:
    """Each heading with the blocks up to the next; what stands before the first has None."""
    parts: list[tuple[Block | None, list[Block]]] = []
    for block in blocks:
        if block.kind == "heading":
            parts.append((block, []))
        else:
            if not parts:
                parts.append((None, []))
            parts[-1][1].append(block)
    return parts


def _without_length(title: str) -> tuple[str, Length | None]:
    """A heading without the duration in it, and that duration."""
    length = find_length(title)
    if length is None:
        return title, None
    before = title[: length.start].rstrip(" \t([–—:,-*_")
    after = title[length.end :].lstrip(" \t)].*_")
    return f"{before} {after}".strip(), length


def _source(blocks: Iterable[Block]) -> str:
    return "\n\n".join(block.source for block in blocks)


def _items(blocks: Iterable[Block]) -> list[str]:
    return [
        text
        for block in blocks
        for text in ([item.text for item in block.items] if block.items else [block.source])
    ]
