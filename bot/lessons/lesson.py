"""A lesson: plan and script together, read and checked."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.lessons.plan import Plan
from bot.lessons.problem import Problem
from bot.lessons.script import Activity, PaceName, Script, ScriptPhase

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1
"""The shape of `Lesson.to_json`; it rises when that shape changes."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a run is scheduled with and keeps whole.

    `hash` is the SHA-256, in hexadecimal, of everything else in it, so that two lessons are the
    same exactly when their hashes are.
    """

    name: str
    plan: Plan
    script: Script
    problems: tuple[Problem, ...] = ()
    version: int = VERSION
    hash: str = ""

    @classmethod
    def of(
        cls, name: str, plan: Plan, script: Script, problems: tuple[Problem, ...] = ()
    ) -> "Lesson":
        """Put a lesson together and give it its hash."""
        bare = cls(name, plan, script, problems)
        return replace(bare, hash=hashlib.sha256(bare.to_json().encode("ascii")).hexdigest())

    @property
    def runnable(self) -> bool:
        """True when no problem is an error."""
        return all(problem.severity != "error" for problem in self.problems)

    def for_pace(self, pace: PaceName) -> "Lesson":
        """The lesson as it is in this pace."""
        return Lesson.of(self.name, self.plan, self.script.for_pace(pace), self.problems)

    def to_json(self) -> str:
        """The whole lesson as JSON, the same text for the same lesson; `from_json` undoes it."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Lesson":
        """The lesson that `to_json` wrote. Raises ValueError for anything else."""
        return _adapter().validate_python(json.loads(text))


@cache
def _adapter() -> "TypeAdapter[Lesson]":
    # Checking a lesson needs no pydantic, and `fivefold check` is to start quickly.
    from pydantic import TypeAdapter

    return TypeAdapter(Lesson)


def check_report(lesson: Lesson) -> dict[str, Any]:
    """What `fivefold check --json` prints: the plan with its activities and its problems.

    Durations appear twice, as minutes and as written. `more`, in the whole or in a phase, is there
    only where something could not be placed; `who`, `places`, `before` and `after`, and a phase's
    `days` and `extra`, only where the script has them.
    """
    plan = asdict(lesson.plan)
    script = lesson.script
    runs = zip(plan.pop("phases"), script.phases, strict=True)
    phases = [_without_empty_more(phase) | _phase(run) for phase, run in runs]
    learners, facilitator = plan.pop("reflection_learners"), plan.pop("reflection_facilitator")
    around = {
        "who": dict(script.who),
        "places": dict(script.places),
        "before": [_activity(one) for one in script.before],
        "after": [_activity(one) for one in script.after],
    }
    return _without_empty_more(plan) | {
        "phases": phases,
        **{key: value for key, value in around.items() if value},
        "reflection": {"learners": learners, "facilitator": facilitator},
        "problems": [_problem(problem) for problem in lesson.problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    """The problem; its file only where that is not the plan."""
    return {key: value for key, value in asdict(problem).items() if key != "file" or value}


def _without_empty_more(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "more" or value}


def _phase(phase: ScriptPhase) -> dict[str, Any]:
    more = {"days": phase.days, "extra": dict(phase.extra)}
    said = {key: value for key, value in more.items() if value}
    return {**said, "activities": [_activity(one) for one in phase.activities]}


def _activity(activity: Activity) -> dict[str, Any]:
    return activity.spec | {
        "id": activity.id,
        "kind": activity.kind,
        "minutes": activity.minutes,
        "derived": activity.derived,
        "wait": activity.wait,
        "read": list(activity.read),
        "days": activity.days,
        **activity.overrides,
    }
