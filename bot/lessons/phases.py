"""The phases of a plan from what stands below their headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.lessons.blocks import Block
from bot.lessons.fields import read_fields
from bot.lessons.gather import Parts
from bot.lessons.minutes import Length, read_length
from bot.lessons.names import PHASE_PARTS, normal
from bot.lessons.plan import PhasePlan, Section
from bot.lessons.script import AFTER, BEFORE


@dataclass(slots=True)
class Opened:
    """A phase that a heading opened: the duration in the heading, as read and as shown there."""

    heading: Block
    name: str
    length: Length | None
    shown: str
    body: list[Block] = field(default_factory=list)


def read_phases(
    opened: Sequence[Opened], agenda: Mapping[str, Length], parts: Parts
) -> tuple[PhasePlan, ...]:
    """Every phase in its order; what the author should know is said to `parts`.

    A phase without a duration has the one that the `agenda` gives its name.
    """
    read = [_read(one, parts) for one in opened]
    read = [(phase, length or agenda.get(normal(phase.name))) for phase, length in read]
    lengths = [length for _, length in read]
    if since_the_start := _is_clock(lengths):
        parts.say(
            "note",
            opened[0].heading.line,
            f"“{read[0][0].duration}” and the times of the other phases are taken to count from "
            "the start of the lesson.",
        )
    phases = []
    for phase, length in read:
        if length is None:
            phases.append(phase)
        elif since_the_start:
            phases.append(replace(phase, minutes=length.minutes - (length.low or 0)))
        else:
            if length.note:
                parts.say("note", phase.line, f"A duration: {length.note}.")
            phases.append(replace(phase, minutes=length.minutes))
    return tuple(phases)


def _is_clock(lengths: Sequence[Length | None]) -> bool:
    """True for ranges such as 0–10, 10–25, 25–40 minutes: each goes on where the last ended."""
    if len(lengths) < 2 or not all(one and one.low is not None for one in lengths):
        return False
    ranges = [(one.low or 0, one.minutes) for one in lengths if one]
    joined = all(before[1] == after[0] < after[1] for before, after in pairwise(ranges))
    return ranges[0][0] == 0 and joined


def _read(phase: Opened, parts: Parts) -> tuple[PhasePlan, Length | None]:
    texts: dict[str, list[str]] = {}
    more: list[Section] = []
    for one in read_fields(phase.body, PHASE_PARTS):
        if not one.part:
            more.append(Section(one.label, one.level, one.text, one.line))
            parts.say_unknown(one.label, one.text, one.line)
        elif one.text:
            if one.part in texts:
                parts.say("note", one.line, f"“{one.label}” is there twice: both are kept.")
            texts.setdefault(one.part, []).append(one.text)
    joined = {part: "\n\n".join(given) for part, given in texts.items()}
    written = joined.pop("duration", "")
    below = read_length(written)
    if below and phase.length and below.minutes != phase.length.minutes:
        parts.say(
            "warning",
            phase.heading.line,
            f"{phase.name} has {phase.length.minutes} minutes in its heading and {below.minutes} "
            f"below it: the {below.minutes} are planned. Keep one of them.",
        )
    duration = "\n".join(one for one in (phase.shown, written) if one)
    plan = PhasePlan(
        # Small, these are the names of what runs around the phases.
        name=phase.name.capitalize() if phase.name in (BEFORE, AFTER) else phase.name,
        minutes=None,
        duration=duration,
        more=tuple(more),
        line=phase.heading.line,
        **joined,
    )
    return plan, below or phase.length
