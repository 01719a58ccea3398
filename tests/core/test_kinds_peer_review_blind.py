"""Blindness is a law: nothing that a learner can get says who reviews whom, in words or beneath."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.address import Person
from bot.chat.answer import Answer, Show
from bot.chat.codec import dumps
from bot.chat.message import Form, Message
from bot.chat.text import UserText
from bot.facilitation.state import Participant, Role
from tests.core.cohort import Cohort, buttons, of

NAMES = (
    "Quokkabaum", "Zwetschgin", "Xylofenster", "Brombeerjo", "Ypsilante", "Wuchtbrumm", "Jubelfix",
)  # fmt: skip
REVIEW = "peer_review"
Shown = Message | Form


class Watched(Cohort):
    """A cohort of which everything is kept that anybody was ever shown; people have telling names
    and ids, of which nothing is the same."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.shown: list[tuple[str, Shown]] = []
        super().__init__(*args, **more)

    def join(self, name: str, role: Role = "learner", **changed: Any) -> Participant:
        if name in NAMES:
            number = NAMES.index(name)
            changed = {
                "id": f"abcdef{number}5eed",
                "person": Person("memory", "town", f"U{number}PLATFORM"),
            }
        who = super().join(name, role, **changed)
        self.people[name] = replace(who, name=UserText(f"{name} of Somewhere"))
        return self.people[name]

    def look(self, name: str, callback: str) -> Answer:
        return self._watched(name, super().look(name, callback))

    def _hear(self, name: str, *heard: Any, **more: Any) -> Answer:
        return self._watched(name, super()._hear(name, *heard, **more))

    def _watched(self, name: str, answer: Answer) -> Answer:
        if isinstance(answer, Show):
            self.shown.append((name, answer.what))
        return answer

    def traces(self, name: str) -> tuple[str, ...]:
        """What would give somebody away."""
        who = self.people[name]
        return name, who.id, who.person.id

    def walk(self, name: str) -> None:
        """Somebody presses all that can be opened, from all that they can see."""
        posts = [self.post(activity) for activity in self.openings]
        start = [*posts, self.part(name), *self.private(name)]
        self.shown += [(name, each) for each in start]
        queue, pressed = start, set[str]()
        while queue:
            for callback in [c for c in _opens(queue.pop()) if c not in pressed]:
                pressed.add(callback)
                answer = self.look(name, callback)
                if isinstance(answer, Show) and isinstance(answer.what, Message):
                    queue.append(answer.what)
        assert pressed


def _opens(message: Message) -> Iterator[str]:
    return (b.callback for b in buttons(message) if b.does == "open" and ".mine." not in b.callback)


def lesson(seed: int, **review: Any) -> Watched:
    """A cohort that does all sorts of things, and looks at everything again and again."""
    dice = random.Random(seed)
    names = NAMES[: dice.randint(3, 6)]
    cohort = Watched(of("submission"), of(REVIEW, **review), people=names, seed=seed)
    cohort.lead()
    cohort.open("submission")
    for number, name in enumerate(names[:-1]):
        cohort.hand_in(name, f"Work number {number}")
    cohort.open(REVIEW)
    for turn in range(14):
        name = dice.choice(names)
        mine = [a for a in cohort.dealt(REVIEW, name) if a.state == "held"]
        match dice.randint(0, 9):
            case 0:
                cohort.hand_in(name, f"Work anew {turn}")
            case 1:
                cohort.take_back(name)
            case 2 if mine:
                item = f"r{mine[0].n}"
                cohort.send(name, cohort.callback(REVIEW, "problem", item), words="Empty")
            case 3:
                cohort.press(name, cohort.callback(REVIEW, "more"))
            case 4:
                cohort.step(2)
                cohort.wake(REVIEW)
            case 5:
                cohort.send(name, cohort.callback(REVIEW, "ask"), words="What is clear?")
            case 6:
                cohort.review("fay", f"f_{cohort.people[name].id}", words="I am the facilitator")
            case _:
                cohort.review(name, "self")
                cohort.review_all(name, level=str(dice.randint(1, 4)))
        cohort.walk(name)
    for about, _ in cohort.told("fay", "question"):
        cohort.send("fay", cohort.callback(REVIEW, "respond", about), words="All of it")
    cohort.step(3)
    cohort.close(REVIEW)
    cohort.press("fay", cohort.callback(REVIEW, "release"))
    for name in names:
        cohort.send(name, cohort.callback(REVIEW, "change"), words="I will draw it")
        cohort.walk(name)
    return cohort


def found(cohort: Watched) -> set[tuple[str, str]]:
    """Who was shown a trace of whom else."""
    return {
        (name, other)
        for name, shown in cohort.shown
        if name in NAMES
        for text in [dumps(shown)]
        for other in cohort.people
        if other not in (name, "fay") and any(trace in text for trace in cohort.traces(other))
    }


@pytest.mark.parametrize("seed", range(24))
def test_nothing_that_a_learner_gets_has_a_trace_of_anybody_else(seed: int) -> None:
    """No name, no id of the participant, none of the platform: posts, lists, steps, feedback, My
    part, private messages, and what is answered."""
    review = {"self": seed % 2 == 0, "release": ("close", "facilitator")[seed % 3 == 0]}
    cohort = lesson(seed, reviews=1 + seed % 3, **review)
    assert found(cohort) == set()
    learners = {name for name, _ in cohort.shown} & set(NAMES)
    assert learners == set(cohort.people) - {"fay"}
    forms = [shown for name, shown in cohort.shown if name in NAMES and isinstance(shown, Form)]
    assert any("Work number" in dumps(each) for each in forms)


def test_feedback_that_arrived_has_no_trace_either_and_is_not_empty() -> None:
    cohort = Watched(of("submission"), of(REVIEW), people=NAMES[:4])
    cohort.lead()
    cohort.open("submission")
    for name in NAMES[:4]:
        cohort.hand_in(name, "What I made")
    cohort.open(REVIEW)
    for name in NAMES[:4]:
        cohort.review_all(name, words="I say why")
    cohort.close(REVIEW)
    for name in NAMES[:4]:
        cohort.walk(name)
        (message,) = cohort.private(name)
        assert dumps(message).count("I say why") == 6
    assert found(cohort) == set()


def test_open_reviews_do_have_names() -> None:
    """So that it is seen that the law is looked for where names would be."""
    assert found(lesson(1, open=True))
