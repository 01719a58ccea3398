"""The script: what the bot runs, as plain data.

A script comes from the author's `script.yaml` (`read_script`) or from the plan alone (`derive`).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happens in a phase.

    `id` is unique in the script: `Phase.kind`, then `Phase.kind[2]` and so on. `minutes` is at
    least 1. `derived` is True where the plan's fields were turned into it and no author wrote it.
    `spec` holds the kind's own fields as JSON data; texts are Markdown source. Each kind takes a
    `"title"` too, which stands above the activity; without it the kind's own does:

    - prompt: `{"text"}`
    - discussion: `{"question"}`
    - poll: `{"question", "options": [{"id", "label"}], "multiple": bool, "other": bool,
      "results": "live" | "after" | "close"}`
    - reflection: `{"questions": [{"id", "text"}], "visible": "facilitator" | "everyone"}`

    With `wait` the facilitator opens it in a live run. `read` names handouts that open in private.
    `days` is how long it stays open around a live run; 0 where that is nobody's concern.
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


@dataclass(frozen=True, slots=True)
class ScriptPhase:
    """One phase: the minutes of its activities add up to `minutes`.

    `notes` are the facilitator's own, sent in private before the phase begins; never shown to
    learners. `days` is how long it takes when the lesson runs over days. `extra` are handouts for
    some of `Script.who`, open to everybody: pairs of whom they are meant for and their name.
    """

    name: str
    minutes: int
    notes: str
    activities: tuple[Activity, ...]
    days: int = 1
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

    def activities(self) -> tuple[Activity, ...]:
        """Every activity in the order in which it runs."""
        return tuple(activity for phase in self.phases for activity in phase.activities)

    def minutes(self) -> int:
        """The length of the whole."""
        return sum(phase.minutes for phase in self.phases)
