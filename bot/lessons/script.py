"""The script: what the bot runs, as plain data.

A script comes from the author's `script.yaml` (`read_script`) or from the plan alone (`derive`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

PaceName = Literal["live", "async"]
"""How a lesson is held: in one sitting, or asynchronously over days."""

BEFORE, AFTER = "before", "after"
"""The names of what runs around a live run, beside those of the phases."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happens in a phase.

    `id` is unique in the script: `Phase.kind`, then `Phase.kind[2]` and so on. `minutes`, those
    of a live run, are at least 1; around one, where they do not matter, they may be 0. `derived`
    is True where the plan's fields were turned into it and no author wrote it. `spec` holds the
    kind's own fields as JSON data; texts are Markdown source. Each kind takes a `"title"` too,
    which stands above the activity; without it the kind's own does:

    - prompt: `{"text"}`
    - discussion: `{"question"}`
    - poll: `{"question", "options": [{"id", "label"}], "multiple": bool, "other": bool,
      "results": "live" | "after" | "close"}`
    - reflection: `{"questions": [{"id", "text"}], "visible": "facilitator" | "everyone"}`

    With `wait` the facilitator opens it in a live run. `read` names handouts that open in private.
    `days` is how long it stays open around a live run; 0 where that is nobody's concern.

    `overrides` says what is different in a pace, "live" or "async": the names of fields (`spec`,
    whole, `minutes`, `wait`, `days`, `read`) and their values there, as JSON data.
    """

    id: str
    phase: str
    kind: str
    minutes: int
    derived: bool
    spec: dict[str, Any]
    wait: bool = False
    read: tuple[str, ...] = ()
    days: int = 0
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)

    def for_pace(self, pace: PaceName) -> "Activity":
        """The activity as it is in this pace, with no overrides left."""
        changed = dict(self.overrides.get(pace, {}))
        if "read" in changed:
            changed["read"] = tuple(changed["read"])
        return replace(self, **changed, overrides={})


@dataclass(frozen=True, slots=True)
class ScriptPhase:
    """One phase: the minutes of its activities add up to `minutes`.

    `notes` are the facilitator's own, sent in private before the phase begins; never shown to
    learners. `days` is how long it takes when the lesson runs over days, 0 where the author does
    not say. `extra` are handouts for some of `Script.who`, open to everybody: pairs of whom they
    are meant for and their name.
    """

    name: str
    minutes: int
    notes: str
    activities: tuple[Activity, ...]
    days: int = 0
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """What runs: `phases` are the plan's, one for one and in its order.

    `welcome` opens the run and `closing` ends it, both for everyone. `notice` is shown before the
    first place to write: what to keep to and what to keep out. `facilitator_questions` are
    asked of the facilitator in private at the end; `facilitator_notes` are theirs before the run.

    `who` are the kinds of learners and `places` what the facilitator fills in at scheduling, each
    as pairs of an id and its label. `before` and `after` run around a live run. `handouts` are the
    texts of the lesson's Markdown files, by name.
    """

    phases: tuple[ScriptPhase, ...]
    notice: str = ""
    welcome: str = ""
    closing: str = ""
    facilitator_notes: str = ""
    facilitator_questions: tuple[str, ...] = ()
    who: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    before: tuple[Activity, ...] = ()
    after: tuple[Activity, ...] = ()
    handouts: tuple[tuple[str, str], ...] = ()

    def parts(self) -> tuple[ScriptPhase, ...]:
        """The phases, with what runs before and after them as two more where there is any."""
        around = [
            ScriptPhase(name, 0, "", activities)
            for name, activities in ((BEFORE, self.before), (AFTER, self.after))
        ]
        before, after = ((part,) if part.activities else () for part in around)
        return (*before, *self.phases, *after)

    def activities(self) -> tuple[Activity, ...]:
        """Every activity in the order in which it runs, before and after included."""
        return tuple(activity for part in self.parts() for activity in part.activities)

    def minutes(self) -> int:
        """The length of the whole."""
        return sum(phase.minutes for phase in self.phases)

    def for_pace(self, pace: PaceName) -> "Script":
        """The script as it is in this pace: what the author overrode applied, none of it left."""

        def paced(activities: Sequence[Activity]) -> tuple[Activity, ...]:
            return tuple(activity.for_pace(pace) for activity in activities)

        return replace(
            self,
            phases=tuple(replace(one, activities=paced(one.activities)) for one in self.phases),
            before=paced(self.before),
            after=paced(self.after),
        )


def phase_keys(phases: Sequence[str]) -> tuple[str, ...]:
    """What each phase is called in `script.yaml`, by the names in their order.

    That is its name; where one comes again, `Name[2]` and so on. No two are the same.
    """
    taken = set(phases)
    keys: list[str] = []
    for name in phases:
        key, n = name, 1
        while key in keys or (n > 1 and key in taken):
            n += 1
            key = f"{name}[{n}]"
        keys.append(key)
    return tuple(keys)
