"""Small lessons, runs and openings for tests, built by hand: no file, no reader, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.address import Person, Place, PostRef
from bot.chat.callback import Callback
from bot.chat.event import (
    Event,
    FormRequested,
    FormSubmitted,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Asked, Scene, Verdict
from bot.facilitation.changes import Changes
from bot.facilitation.pace import days_of
from bot.facilitation.planning import plan_daily, plan_live
from bot.facilitation.seeing import activity_of, scene_of
from bot.facilitation.state import Cue, Given, Opening, Owed, Participant, Response, Role, Run
from bot.facilitation.timeline import opening_id
from bot.lessons.lesson import Lesson
from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script, ScriptPhase

HELPS = frozenset({"Ask privately", "I’m stuck", "My part"})
"""The buttons that every post that asks for writing has beside its own."""

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MAIN = Place("memory", "town", "C1")
ADA = Person("memory", "town", "ada")

SPECS: dict[str, dict[str, Any]] = {
    "prompt": {"text": "Read the **case** of the parking permits."},
    "discussion": {"question": "What went wrong in the *parking* case?"},
    "poll": {
        "question": "Which part failed first?",
        "options": [
            {"id": "data", "label": "The data"},
            {"id": "model", "label": "The model"},
            {"id": "people", "label": "The people"},
        ],
    },
    "reflection": {
        "questions": [
            {"id": "q1", "text": "What will you **change**?"},
            {"id": "q2", "text": "What is still unclear?"},
        ],
    },
    "groups": {"size": 2},
    "submission": {"task": "Hand in your **design**."},
    "peer_review": {
        "rubric": [
            {"id": "whole", "title": "It is whole", "levels": {4: "All parts are there."}},
            {"id": "clear", "title": "It is clear"},
        ],
    },
}


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def an_activity(
    kind: str = "prompt", *, id: str = "", phase: str = "Engage", minutes: int = 10, **spec: Any
) -> Activity:
    """An activity of a kind, with the kind's spec from `SPECS` unless told otherwise."""
    return Activity(id or f"{phase}.{kind}", phase, kind, minutes, False, SPECS[kind] | spec)


def a_phase(name: str, *activities: Activity, notes: str = "", days: int = 0) -> ScriptPhase:
    """A phase as long as its activities."""
    return ScriptPhase(name, sum(a.minutes for a in activities), notes, activities, days)


def a_lesson(*phases: ScriptPhase, title: str = "Permits for everybody", **script: Any) -> Lesson:
    """A lesson of these phases, or of one with every kind; further fields are the script's."""
    default = a_phase("Engage", *(an_activity(kind) for kind in SPECS), notes="Keep it short.")
    whole = Script(phases or (default,), **script)
    return Lesson.of("permits", Plan(title, whole.minutes()), whole)


def a_run(lesson: Lesson | None = None, **changed: Any) -> Run:
    """A scheduled run of the lesson in `MAIN`, led by `ADA`."""
    run = Run("run1", lesson or a_lesson(), MAIN, (ADA,), "Europe/Berlin", START)
    return replace(run, **changed)


def cues_of(run: Run) -> tuple[Cue, ...]:
    """The run's cues as they were planned."""
    if run.pace is None:
        return plan_live(run.id, run.lesson, run.start)
    days = days_of(run.lesson.script)
    return plan_daily(run.id, run.lesson, run.start.date(), run.zone, run.pace, days)


def an_opening(run: Run, activity: str = "", n: int = 1, **changed: Any) -> Opening:
    """An opening of an activity (the first one if unnamed), at the run's start, for 10 minutes."""
    name = activity or run.lesson.script.activities()[0].id
    closes_at = run.start + minutes(10)
    opening = Opening(opening_id(run, name, n), run.id, name, n, run.start, closes_at)
    return replace(opening, **changed)


def a_participant(name: str, role: Role = "learner", **changed: Any) -> Participant:
    """Somebody who is in the run from its start; the id is made from the name."""
    person = ADA if role == "facilitator" else Person("memory", "town", name)
    who = Participant(f"p-{name}", "run1", person, UserText(name.title()), role, START)
    return replace(who, **changed)


class Desk:
    """One opening of one activity, and what people have given to it, as a database keeps it.

    Time passes by a second with each event. What stands of an item is its newest version.
    """

    def __init__(self, kind: str, capabilities: Capabilities | None = None, **spec: Any) -> None:
        self.run = a_run(a_lesson(a_phase("Engage", an_activity(kind, **spec))), status="running")
        self.opening = an_opening(self.run)
        self.kind = KINDS[kind]
        self.activity = activity_of(self.run, self.opening.activity)
        self.spec = scene_of(self.run, self.opening).spec
        self.capabilities = capabilities or Capabilities()
        self.people: dict[str, Participant] = {}
        self.versions: list[Response] = []
        self.now = START
        self.dirty = 0
        self.owed: list[Owed] = []
        self.redrawn: list[tuple[str, str]] = []

    def join(self, name: str, role: Role = "learner") -> Participant:
        """The participant of this name, new or known."""
        return self.people.setdefault(name, a_participant(name, role))

    def close(self) -> None:
        """The opening closes now."""
        self.opening = replace(self.opening, closed_at=self.now)

    def standing(self) -> tuple[Response, ...]:
        """The newest version of each (owner, item)."""
        newest: dict[tuple[str, str], Response] = {}
        for version in sorted(self.versions, key=lambda v: v.at):
            newest[version.owner, version.item] = version
        return tuple(newest.values())

    def given(self, name: str, item: str) -> Given | None:
        """What stands of somebody's answer to an item."""
        owner = f"p-{name}"
        return next((r.given for r in self.standing() if (r.owner, r.item) == (owner, item)), None)

    def scene(self) -> Scene[Any]:
        """What can be seen of the activity now."""
        return scene_of(
            self.run,
            self.opening,
            responses=self.standing(),
            participants=tuple(self.people.values()),
            capabilities=self.capabilities,
            delivery="0a1b2c3d4e5f60718293",
        )

    def hear(self, name: str, event: Event, callback: str = "") -> Verdict:
        """Let somebody do something, and keep what it leads to."""
        who = self.join(name)
        verdict = self.kind.hear(
            Asked(
                run=self.run,
                activity=self.activity,
                spec=self.spec,
                opening=self.opening,
                who=who,
                mine=tuple(r for r in self.standing() if r.owner == who.id),
                event=event,
                callback=Callback.decode(callback) if callback else None,
                capabilities=self.scene().capabilities,
            )
        )
        self.versions.extend(verdict.changes.responses)
        self.dirty += len(verdict.changes.dirty)
        self.owed += verdict.changes.owed
        self.redrawn += verdict.changes.dirty_about
        return verdict

    def _head(self, name: str) -> dict[str, Any]:
        self.now += timedelta(seconds=1)
        who = self.join(name).person
        return {"id": f"e{self.now:%H%M%S}", "at": self.now, "who": who, "place": MAIN}

    def pick(self, name: str, *options: str, verb: str = "vote") -> Verdict:
        """Somebody picks options in the post."""
        callback = self.scene().callback(verb)
        event = Picked(**self._head(name), callback=callback, options=options)
        return self.hear(name, event, callback)

    def submit(self, name: str, verb: str, **fields: str) -> Verdict:
        """Somebody sends a form."""
        callback = self.scene().callback(verb)
        texts = {key: (text,) for key, text in fields.items()}
        event = FormSubmitted(**self._head(name), callback=callback, fields=texts)
        return self.hear(name, event, callback)

    def look(self, name: str, verb: str) -> Any:
        """What opens for somebody who presses a button."""
        callback = self.scene().callback(verb)
        FormRequested(**self._head(name), callback=callback)
        return self.kind.view(self.scene(), self.join(name), Callback.decode(callback))

    def reply(self, name: str, text: str, *, id: str = "r1", late_by: int = 0) -> Verdict:
        """Somebody replies in the thread; it was written ``late_by`` seconds ago."""
        return self._said(name, Replied, id, late_by, text=UserText(text))

    def edit(self, name: str, text: str, *, id: str = "r1") -> Verdict:
        """Somebody rewords their reply."""
        return self._said(name, ReplyEdited, id, 0, text=UserText(text))

    def delete(self, name: str, *, id: str = "r1") -> Verdict:
        """Somebody takes their reply back."""
        return self._said(name, ReplyDeleted, id, 0)

    def _said(self, name: str, made: Any, id: str, late_by: int, **more: Any) -> Verdict:
        head = self._head(name)
        head["at"] -= timedelta(seconds=late_by)
        post = PostRef(MAIN, "post1")
        return self.hear(name, made(**head, post=post, reply=PostRef(post.thread, id), **more))


def applied(
    changes: Changes, cues: Iterable[Cue], openings: Iterable[Opening]
) -> tuple[tuple[Cue, ...], tuple[Opening, ...]]:
    """Cues and openings with the changes in place, as a database keeps them."""
    by_seq = {cue.seq: cue for cue in cues} | {cue.seq: cue for cue in changes.cues}
    by_id = {each.id: each for each in openings} | {each.id: each for each in changes.openings}
    return tuple(by_seq[seq] for seq in sorted(by_seq)), tuple(by_id.values())


def waiting(cues: Sequence[Cue]) -> list[Cue]:
    """The cues still to come, in the order in which they come."""
    left = [cue for cue in cues if cue.state == "waiting"]
    return sorted(left, key=lambda cue: (cue.at, cue.seq))
