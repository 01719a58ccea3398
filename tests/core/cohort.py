"""A cohort at work on several activities of one run, as a database and a platform keep them.

What people press comes from what they are shown. Time passes by a second with each event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.chat.address import Person, PostRef
from bot.chat.answer import Answer, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested, FormSubmitted, Picked, Replied
from bot.chat.message import Button, Buttons, Form, Message
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Kind
from bot.facilitation.activities.scene import Asked, Scene, Verdict
from bot.facilitation.changes import Changes
from bot.facilitation.gate import refusal
from bot.facilitation.my_part import my_part
from bot.facilitation.seeing import Known, activity_of, scene_of
from bot.facilitation.state import (
    Assignment,
    Opening,
    Owed,
    Participant,
    Response,
    Role,
)
from bot.lessons.script import Activity
from tests.core.making import (
    MAIN,
    START,
    a_lesson,
    a_participant,
    a_phase,
    a_run,
    an_activity,
    an_opening,
)

FAY = Person("memory", "town", "fay")


class Cohort:
    """People in a running lesson of these activities; one of a kind is called as its kind."""

    def __init__(self, *activities: Activity, people: Sequence[str] = (), seed: int = 0) -> None:
        lesson = a_lesson(a_phase("Elaborate", *activities))
        self.run = a_run(lesson, status="running", seed=seed, facilitators=(FAY,))
        self.now = START
        self.capabilities = Capabilities()
        self.people: dict[str, Participant] = {}
        self.openings: dict[str, Opening] = {}
        self.versions: list[Response] = []
        self.assignments: dict[tuple[str, str, int], Assignment] = {}
        self.owed: dict[str, Owed] = {}
        self.redrawn: list[tuple[str, str]] = []
        self._numbers = count(1)
        for name in people:
            self.join(name)

    # -- people

    def join(self, name: str, role: Role = "learner", **changed: Any) -> Participant:
        """The participant of this name, new or known."""
        return self.people.setdefault(name, a_participant(name, role, **changed))

    def lead(self) -> str:
        """The one who leads the lesson."""
        self.join("fay", "facilitator", person=FAY)
        return "fay"

    def leave(self, name: str) -> None:
        """Somebody leaves the lesson."""
        self.people[name] = replace(self.people[name], left_at=self.now)

    # -- what happens

    def open(self, activity: str, minutes: float = 10) -> Changes:
        """An activity opens."""
        opening = an_opening(
            self.run,
            activity,
            opened_at=self.now,
            closes_at=self.now + timedelta(minutes=minutes),
        )
        self.openings[activity] = opening
        return self._keep(self._kind(activity).open(self.scene(activity)))

    def close(self, activity: str) -> Changes:
        """An activity closes now."""
        self.openings[activity] = replace(self.openings[activity], closed_at=self.now)
        return self._keep(self._kind(activity).close(self.scene(activity)))

    def wake(self, activity: str, share: float = 0.5) -> Changes:
        """An activity looks at how things stand, after this share of its time."""
        return self._keep(self._kind(activity).wake(self.scene(activity), self.now, share))

    def end(self) -> None:
        """The lesson ends."""
        self.run = replace(self.run, status="ended", ended_at=self.now)

    def step(self, minutes: float) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)

    # -- what can be seen

    def known(self) -> Known:
        """All that is known of the run."""
        openings = self.openings.values()
        return Known(
            openings=tuple(openings),
            participants=tuple(self.people.values()),
            responses={o.id: self.standing(o.activity) for o in openings},
            assignments={o.id: self.dealt(o.activity) for o in openings},
            capabilities=self.capabilities,
        )

    def scene(self, activity: str) -> Scene[Any]:
        """What can be seen of an activity now."""
        delivery = "0a1b2c3d4e5f60718293"
        return scene_of(self.run, self.openings[activity], self.known(), delivery=delivery)

    def standing(self, activity: str) -> tuple[Response, ...]:
        """The newest version of each (owner, item) of an activity."""
        opening, newest = self.openings[activity].id, dict[tuple[str, str], Response]()
        for version in sorted(self.versions, key=lambda v: v.at):
            if version.opening == opening:
                newest[version.owner, version.item] = version
        return tuple(newest.values())

    def dealt(self, activity: str, name: str = "") -> tuple[Assignment, ...]:
        """What was dealt in an activity, to everybody or to one."""
        opening, who = self.openings[activity].id, self.people[name].id if name else ""
        return tuple(
            each
            for (of, _, _), each in self.assignments.items()
            if of == opening and (not who or each.who == who)
        )

    def held(self, activity: str, name: str = "") -> list[str]:
        """What of it stands, by what it is."""
        return [each.what for each in self.dealt(activity, name) if each.state == "held"]

    def post(self, activity: str) -> Message:
        """What the activity's post shows now."""
        return self._kind(activity).say(self.scene(activity))

    def private(self, name: str) -> list[Message]:
        """The private messages of activities that somebody has got, as they read now."""
        return [message for _, message in self.told(name)]

    def told(self, name: str, purpose: str = "") -> list[tuple[str, Message]]:
        """Those of a purpose, with what they are about."""
        found = []
        for owed in self.owed.values():
            if owed.to == self.join(name).person and purpose in ("", owed.purpose):
                activity = next(o.activity for o in self.openings.values() if o.id == owed.opening)
                kind = self._kind(activity)
                said = kind.tell(self.scene(activity), owed.purpose, owed.about)
                found.append((owed.about, said))
        return found

    def part(self, name: str) -> Message:
        """Somebody's own part."""
        scenes = [self.scene(activity) for activity in self.openings]
        return my_part(self.run, scenes, self.join(name))

    # -- what people do

    def look(self, name: str, callback: str) -> Answer:
        """Somebody presses a button that opens something."""
        asked = Callback.decode(callback)
        activity, who = self._activity(asked), self.join(name)
        shown = self._kind(activity).view(self.scene(activity), who, asked)
        event = FormRequested(**self._head(name), callback=callback)
        closed = refusal(self.run, self.openings[activity], event, asked)
        if closed and isinstance(shown, Show) and isinstance(shown.what, Form):
            return Refused(closed)
        return shown

    def ask(self, name: str, activity: str, verb: str, item: str = "") -> Answer:
        """Somebody sends a request that may be forged."""
        return self.look(name, self.callback(activity, verb, item))

    def send(self, name: str, to: Form | str, **fields: str) -> Answer:
        """Somebody sends a form, or what a forger makes of one."""
        callback = to if isinstance(to, str) else to.callback
        texts = {key: (text,) for key, text in fields.items()}
        event = FormSubmitted(**self._head(name), callback=callback, fields=texts)
        return self._hear(name, event, Callback.decode(callback))

    def press(self, name: str, callback: str, *options: str) -> Answer:
        """Somebody presses a button that does something, or picks options."""
        event = Picked(**self._head(name), callback=callback, options=options)
        return self._hear(name, event, Callback.decode(callback))

    def callback(self, activity: str, verb: str, item: str = "") -> str:
        """What a button of an activity carries."""
        return Callback(verb, self.openings[activity].id, item).encode()

    def hand_in(self, name: str, text: str = "", **fields: str) -> Answer:
        """Somebody hands in."""
        shown = self.ask(name, "submission", "hand-in")
        if not isinstance(shown, Show):
            return shown
        assert isinstance(shown.what, Form)
        return self.send(name, shown.what, **({"text": text} if text else {}), **fields)

    def take_back(self, name: str) -> Answer:
        """Somebody takes their work back."""
        return self.send(name, self.callback("submission", "withdraw"))

    def review(self, name: str, slot: str, level: str = "3", words: str = "I say why") -> Answer:
        """Somebody does a whole review of theirs."""
        answer = self.ask(name, "peer_review", "review", slot)
        while isinstance(answer, Show) and isinstance(answer.what, Form):
            answer = self.send(name, answer.what, level=level, comment=words, counts="beside")
        return answer

    def review_all(self, name: str, level: str = "3", words: str = "I say why") -> None:
        """Somebody does all of theirs."""
        for each in self.dealt("peer_review", name):
            if each.state != "dropped":
                self.review(name, f"r{each.n}", level, words)

    def reply(self, name: str, activity: str, text: str, id: str = "r1") -> Answer:
        """Somebody replies in the thread of an activity's post."""
        thread = replace(MAIN, thread=self.openings[activity].id)
        post, said = PostRef(MAIN, thread.thread), PostRef(thread, id)
        event = Replied(**self._head(name), post=post, reply=said, text=UserText(text))
        return self._hear(name, event, None, activity)

    def _hear(
        self,
        name: str,
        event: Picked | FormSubmitted | Replied,
        callback: Callback | None,
        activity: str = "",
    ) -> Answer:
        activity = self._activity(callback) if callback else activity
        opening, kind, who = self.openings[activity], self._kind(activity), self.join(name)
        closed = refusal(self.run, opening, event, callback)
        if closed:
            return Refused(closed)
        scene = self.scene(activity)
        verdict: Verdict = kind.hear(
            Asked(
                run=self.run,
                activity=scene.activity,
                spec=scene.spec,
                opening=opening,
                who=who,
                mine=tuple(r for r in scene.responses if r.owner == who.id),
                event=event,
                callback=callback,
                dealt=self.dealt(activity, name) if kind.deals else (),
                scene=scene if callback and callback.verb in kind.alone else None,
            )
        )
        self._keep(verdict.changes)
        if verdict.then:
            then = Callback(verdict.then, opening.id, verdict.then_item)
            shown = kind.view(self.scene(activity), who, then)
            return shown if isinstance(shown, Show) else verdict.answer
        return verdict.answer

    def _keep(self, changes: Changes) -> Changes:
        self.versions.extend(changes.responses)
        for each in changes.assignments:
            self.assignments[each.opening, each.who, each.n] = each
        for owed in changes.owed:
            self.owed.setdefault(owed.key, owed)
        self.redrawn += changes.dirty_about
        return changes

    def _kind(self, activity: str) -> Kind[Any]:
        return KINDS[activity_of(self.run, activity).kind]

    def _activity(self, callback: Callback) -> str:
        found = (o.activity for o in self.openings.values() if o.id == callback.target)
        return next(found)

    def _head(self, name: str) -> dict[str, Any]:
        self.now += timedelta(seconds=1)
        who = self.join(name).person
        return {"id": f"e{next(self._numbers):05}", "at": self.now, "who": who, "place": MAIN}


def of(kind: str, **spec: Any) -> Activity:
    """An activity that is called as its kind."""
    return an_activity(kind, id=kind, phase="Elaborate", **spec)


def reviewing(
    *names: str, work: dict[str, Any] | None = None, seed: int = 0, **review: Any
) -> Cohort:
    """These have handed in, and the reviews are open; ``fay`` leads."""
    activities = of("submission", **(work or {})), of("peer_review", **review)
    cohort = Cohort(*activities, people=names, seed=seed)
    cohort.lead()
    cohort.open("submission")
    for name in names:
        cohort.hand_in(name, f"The work of number {names.index(name)}")
    cohort.open("peer_review")
    return cohort


def message(answer: Answer) -> Message:
    """What was shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Message), answer
    return answer.what


def form(answer: Answer) -> Form:
    """The form that was shown."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Form), answer
    return answer.what


def buttons(shown: Message) -> list[Button]:
    """All buttons of a message."""
    return [b for block in shown.blocks if isinstance(block, Buttons) for b in block.buttons]


def labels(shown: Message) -> list[str]:
    """What is written on them."""
    return [button.label for button in buttons(shown)]


def button(shown: Message, label: str) -> str:
    """What the first button with this label carries."""
    return next(each.callback for each in buttons(shown) if each.label == label)
