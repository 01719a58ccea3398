"""The plan: what the author wrote, word for word, sorted into the parts of a 5E lesson.

All text is the author's Markdown source. A part that the author left out is "" or ().
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Something the reader could not place, kept as it was written.

    `title` is its heading or label ("" where it had none), `level` the heading's level (0 for
    text without a heading), `line` where it begins, counted from 1.
    """

    title: str
    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Objective:
    """One learning objective; `bloom` is the author's word for its level, or ""."""

    text: str
    bloom: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment method: `type` as written (Formative, Summative, …), "" if none."""

    type: str
    text: str
    alignment: str


@dataclass(frozen=True, slots=True)
class Support:
    """What the facilitator does for one kind of learner. Never shown to learners."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """One phase in the order of the file.

    `name` is Engage, Explore, Explain, Elaborate or Evaluate where the heading is one of these,
    otherwise the heading as written. `minutes` is None where the author gave no length that could
    be read; `duration` is what they wrote about it. `line` is the heading's, counted from 1.
    """

    name: str
    minutes: int | None
    duration: str = ""
    facilitator_actions: str = ""
    learner_activities: str = ""
    resources: str = ""
    differentiation: str = ""
    technology: str = ""
    more: tuple[Section, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole lesson plan. `duration` is the total as written, `duration_minutes` as read."""

    title: str
    duration_minutes: int | None
    duration: str = ""
    audience: str = ""
    objectives: tuple[Objective, ...] = ()
    key_concepts: tuple[str, ...] = ()
    prior_knowledge: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    phases: tuple[PhasePlan, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    differentiation: tuple[Support, ...] = ()
    connections: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    metacognition: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()
    reflection_learners: tuple[str, ...] = ()
    reflection_facilitator: tuple[str, ...] = ()
    virtual: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    more: tuple[Section, ...] = ()
