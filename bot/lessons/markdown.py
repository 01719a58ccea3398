"""Text → Plan. What the reader cannot place is kept in `more` and told as a problem."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.lessons.blocks import Block, read_document
from bot.lessons.fields import ONE_LINE, read_fields, split_label
from bot.lessons.gather import Parts, source_of
from bot.lessons.judge import judge
from bot.lessons.minutes import find_length, read_length
from bot.lessons.names import (
    PHASE_PARTS,
    SECTIONS,
    has_step,
    is_break,
    normal,
    part_named,
    phase_named,
    without_ordinal,
)
from bot.lessons.openings import agenda, with_openings
from bot.lessons.phases import Opened, read_phases
from bot.lessons.plan import PhasePlan, Plan, Section
from bot.lessons.problem import Problem
from bot.lessons.titles import bracketed_length, without_length


def read_plan(text: str) -> tuple[Plan, tuple[Problem, ...]]:
    """Read a lesson plan in Markdown.

    Never raises on any str; time is linear in its length. Every word of the text other than the
    names of known parts and the numbers before headings is found again in the Plan. The problems
    come in the order of the lines, those about the whole file last; only an error keeps the plan
    from being run.
    """
    blocks, phase_names = with_openings(read_document(text))
    parts = Parts()
    opened = _Outline(phase_names, parts).read(blocks)
    plan = _plan(parts, read_phases(opened, agenda(blocks, phase_names), parts))
    problems = sorted(
        [*parts.problems, *judge(plan)], key=lambda one: (one.line is None, one.line or 0)
    )
    return plan, tuple(problems)


def _plan(parts: Parts, phases: tuple[PhasePlan, ...]) -> Plan:
    durations = parts.items.get("duration", [])
    lengths = filter(None, map(read_length, durations))
    in_title = bracketed_length(parts.title)
    if in_title and not durations:
        durations = [parts.title[in_title.start : in_title.end]]
    total = next(lengths, None) or in_title
    listed = {part: tuple(parts.items.get(part, ())) for part in _LISTS}
    return Plan(
        title=parts.title,
        duration_minutes=total.minutes if total else None,
        duration="\n".join(durations),
        audience="\n".join(parts.items.get("audience", ())),
        phases=phases,
        more=tuple(parts.more),
        **listed,
    )


class _Outline:
    """Which heading opens a phase, which a part of the plan, and what stands below each."""

    def __init__(self, phase_names: Mapping[str, str], parts: Parts) -> None:
        self.phase_names = phase_names
        self.parts = parts

    def read(self, blocks: Sequence[Block]) -> list[Opened]:
        """Give every heading and what stands below it its place; the phases in their order."""
        parts = self.parts
        opened: list[Opened] = []
        level = self.level_of_phases(blocks)
        structure: int | None = None
        phase: Opened | None = None
        section: tuple[str, int] | None = None
        for heading, body in _parted(blocks):
            if heading is None:
                phase = section = None
                parts.header(body)
                continue
            title = without_ordinal(heading.text)
            name, length = without_length(title)
            shown = title[length.start : length.end] if length else ""
            part, inside = part_named(name, SECTIONS)
            named = phase_named(name, self.phase_names)
            opens = heading.kind == "phase"
            deeper = phase and heading.level > phase.heading.level and not opens
            if phase and deeper and normal(name) not in self.phase_names:
                phase.body += [heading, *body]
                continue
            if structure is not None and heading.level <= structure:
                structure = None
            first = heading.level == 1 and not parts.title and not opened
            if not opens and not (first and level != 1) and (named or not part):
                opens = bool(named) or self.is_step(heading, body, level, structure is not None)
            if opens:
                phase = Opened(heading, named or name or title, length, shown, body)
                opened.append(phase)
                section = None
                continue
            phase = None
            part = _role(name, section, heading.level) or part
            if part and not (first and (part == "structure" or (part == "title" and not body))):
                structure = heading.level if part == "structure" else structure
                self.beside(part, heading, inside, shown)
                section = (part, heading.level)
                parts.section(part, body, heading)
            elif not parts.title and (heading.level == 1 or not (parts.items or opened)):
                parts.title = _titled(heading.text)
                parts.header(body)
            elif section and heading.level > section[1] and section[0] in _NAMED_GROUPS:
                parts.group(section[0], heading, body)
            elif not opened and any(one.part in ONE_LINE for one in read_fields(body, SECTIONS)):
                parts.unplaced(heading.text, heading.level, "", heading.line)
                parts.header(body)
            else:
                parts.unplaced(heading.text, heading.level, source_of(body), heading.line)
        return opened

    def level_of_phases(self, blocks: Iterable[Block]) -> int | None:
        """The level of most headings that name a phase."""
        levels = Counter(
            block.level
            for block in blocks
            if block.kind == "heading"
            and phase_named(without_length(without_ordinal(block.text))[0], self.phase_names)
        )
        return max(levels, key=lambda one: (levels[one], one)) if levels else None

    def is_step(
        self, heading: Block, body: Sequence[Block], level: int | None, in_structure: bool
    ) -> bool:
        """True for a heading that opens a phase though its name is none of 5E's."""
        if level is not None and heading.level < level:
            return False
        if in_structure or has_step(heading.text):
            return True
        if heading.level != level:
            return False
        timed = find_length(heading.text) or is_break(heading.text)
        return bool(timed) or any(one.part == "duration" for one in read_fields(body, PHASE_PARTS))

    def beside(self, part: str, heading: Block, inside: str, shown: str) -> None:
        """What a heading of a part says besides its name."""
        if part == "structure" and shown:
            self.parts.add("duration", shown, heading.line)
        elif beside := inside or shown:
            self.parts.more.append(Section(heading.text, heading.level, "", heading.line))
            self.parts.say("note", heading.line, f"“{beside}” in the heading is kept but not used.")


_NAMED_GROUPS = frozenset({"assessments", "differentiation"})
_REFLECTIONS = {"learner": "reflection_learners", "facilitator": "reflection_facilitator"}
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


def _role(name: str, section: tuple[str, int] | None, level: int) -> str:
    """The questions of those whom a heading names below or beside other questions."""
    if section is None or not section[0].startswith("reflection"):
        return ""
    below = level > section[1] or (level == section[1] and section[0] != "reflection")
    return _REFLECTIONS.get(normal(name).removeprefix("for "), "") if below else ""


def _titled(heading: str) -> str:
    """The title of a plan without the word for it: `I. Topic: Bees` is about bees."""
    label = split_label(without_ordinal(heading))
    named = label and label.value and part_named(label.label, SECTIONS)[0] == "title"
    return label.value if label and named else heading


def _parted(blocks: Iterable[Block]) -> list[tuple[Block | None, list[Block]]]:
    """Each heading with the blocks up to the next; what belongs to none has None."""
    parts: list[tuple[Block | None, list[Block]]] = []
    for block in blocks:
        if block.kind in ("heading", "phase"):
            parts.append((block, []))
            continue
        if not parts or block.kind == "end":
            parts.append((None, []))
        if block.kind != "end":
            parts[-1][1].append(block)
    return parts
