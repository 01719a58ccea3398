"""Each of the lessons, in one sitting and over days, for few and for many: it ends, everybody is
asked, and it stays as quiet as was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.app import invoke
from bot.cli.errors import guarded
from bot.lessons.script import AFTER, BEFORE
from tests.e2e.demos import REPOSITORY, evidence

LESSONS = sorted(path.parent.name for path in REPOSITORY.glob("lesson_content/*/plan.md"))
PACES = ("live", "daily")
SOME = 7
SIZES = (1, 3, 24, 40)
MANY = 24
"""So many that some of them surely review, whatever kind of people they are."""
POSTS_A_PHASE = 5
Told = dict[str, Any]


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIVEFOLD_DATABASE", raising=False)
    monkeypatch.chdir(REPOSITORY)


def held(out: Path, lesson: str, pace: str, people: int) -> Told:
    """The evidence of a lesson that was held headless."""
    words = ["demo", lesson, "--headless", "--pace", pace, "--people", str(people)]
    assert guarded(lambda: invoke([*words, "--out", str(out)])) == 0
    return evidence(out)


def sent(told: Told) -> Iterator[tuple[Told, bool]]:
    """Each message that was posted, and whether to a channel rather than to one person."""
    for delivery in told["deliveries"]:
        assert delivery["state"] == "sent", delivery
        yield delivery, "channel" in delivery["owed"]["to"]


def phase_of(told: Told, delivery: Told) -> str:
    """The phase that a post belongs to; the frame counts with the first and the last."""
    phases = {o["id"]: a["phase"] for a in told["activities"] for o in a["openings"]}
    own = [a["phase"] for a in told["activities"] if a["phase"] not in (BEFORE, AFTER)]
    around = {"welcome": own[0], "closing": own[-1]}
    owed = delivery["owed"]
    return str(phases.get(owed["opening"]) or around.get(owed["purpose"], BEFORE))


def keeps_quiet(told: Told, pace: str) -> None:
    """The noise rule: live by phase, over days by date. No learner gets more than one message."""
    led = {person["id"] for person in told["run"]["facilitators"]}
    posts: Counter[str] = Counter()
    private: Counter[tuple[str, str]] = Counter()
    for delivery, to_channel in sent(told):
        date = delivery["sent_at"][:10]
        when = date if pace == "daily" else phase_of(told, delivery)
        if to_channel:
            posts[when] += 1
        elif delivery["owed"]["to"]["id"] not in led:
            private[when, delivery["owed"]["to"]["id"]] += 1
    most = 1 if pace == "daily" else POSTS_A_PHASE
    assert {when: count for when, count in posts.items() if count > most} == {}
    assert {who: count for who, count in private.items() if count > 1} == {}
    assert sum(posts.values()) >= 5


def is_whole(told: Told, people: int) -> None:
    """It ended, without troubles, everything was opened and closed, and people answered."""
    assert told["run"]["status"] == "ended"
    assert told["troubles"] == []
    assert {cue["state"] for cue in told["cues"]} == {"done"}
    for activity in told["activities"]:
        assert [bool(o["closed_at"]) for o in activity["openings"]] == [True], activity["id"]
    learners = [who for who in told["participants"] if who["role"] == "learner"]
    assert len(learners) == people
    asking = {a["id"] for a in told["activities"] if a["questions"] or a["kind"] == "discussion"}
    answered = {answer["activity"] for answer in told["answers"] if answer["stands"]}
    assert answered
    if people >= SOME:
        assert asking - answered == set()


def is_reviewed(told: Told, people: int) -> None:
    """People work in groups, and the work of each is reviewed by those of others alone."""
    kinds = {activity["kind"] for activity in told["activities"]}
    assert {"groups", "submission", "peer_review"} <= kinds
    group = {a["participant"]: a["of"] for a in told["allotted"] if a["what"] == "group"}
    assert set(group) <= {who["id"] for who in told["participants"] if who["role"] == "learner"}
    assert len(set(group.values())) > 1
    works = {a["participant"] for a in told["answers"] if a["table"] == "submissions"}
    peers = [review for review in told["reviews"] if review["said_by"] == "peer"]
    assert {review["author"] for review in peers} <= works & set(group.values())
    assert [r for r in peers if group.get(r["reviewer"]) == r["author"]] == []
    assert all(review["released"] for review in told["reviews"] if review["stands"])
    assert peers or people < MANY


def test_there_are_three_lessons() -> None:
    assert len(LESSONS) == 3


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_ends_whatever_it_asks_is_answered_and_it_is_quiet(
    lesson: str, pace: str, tmp_path: Path
) -> None:
    told = held(tmp_path, lesson, pace, SOME)
    is_whole(told, SOME)
    is_reviewed(told, SOME)
    keeps_quiet(told, pace)


@pytest.mark.long
@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_so_it_is_for_few_and_for_many(lesson: str, pace: str, people: int, tmp_path: Path) -> None:
    told = held(tmp_path, lesson, pace, people)
    is_whole(told, people)
    if people >= SOME:
        is_reviewed(told, people)
    keeps_quiet(told, pace)
