"""Short ways to write the values that a store keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.address import Person, Place, Recipient, lane_name
from bot.chat.text import UserText
from bot.facilitation.state import (
    Assignment,
    Cue,
    Given,
    Opening,
    Owed,
    Participant,
    Response,
    Run,
)
from bot.lessons.lesson import Lesson
from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script, ScriptPhase

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAIN = Place("memory", "local", "main")
ADA = Person("memory", "local", "ada")
BOB = Person("memory", "local", "bob")
EVE = Person("memory", "local", "eve")
LEASE = timedelta(seconds=90)


def at(seconds: float) -> datetime:
    """So many seconds after the beginning."""
    return T0 + timedelta(seconds=seconds)


def lane_of(to: Recipient) -> str:
    """One lane a channel, one a person and one a party."""
    return lane_name(to)


MAIN_LANE = lane_of(MAIN)

LESSON = Lesson.of(
    "small",
    Plan("A small lesson", 5),
    Script((ScriptPhase("Engage", 5, "", (Activity("poll", "Engage", "poll", 5, False, {}),)),)),
)


def a_run(id: str = "r1", **more: Any) -> Run:
    """A run that goes on in the main place, led by Eve."""
    values: dict[str, Any] = {
        "lesson": LESSON,
        "main": MAIN,
        "facilitators": (EVE,),
        "zone": "Europe/Berlin",
        "start": T0,
        "status": "running",
    }
    return Run(id=id, **(values | more))


def a_cue(seq: int, seconds: float, **more: Any) -> Cue:
    """A cue of the first run."""
    values: dict[str, Any] = {"run": "r1", "kind": "open", "at": at(seconds), "planned": at(0)}
    return Cue(seq=seq, **(values | more))


def an_opening(id: str = "r1-poll-1", **more: Any) -> Opening:
    """An opening of the first run, open from the beginning on."""
    values: dict[str, Any] = {
        "run": "r1",
        "activity": "poll",
        "n": 1,
        "opened_at": T0,
        "closes_at": at(300),
    }
    return Opening(id=id, **(values | more))


def a_participant(id: str, person: Person, **more: Any) -> Participant:
    """A learner of the first run."""
    values: dict[str, Any] = {
        "run": "r1",
        "name": UserText(person.id.title()),
        "role": "learner",
        "joined_at": T0,
    }
    return Participant(id=id, person=person, **(values | more))


def a_response(owner: str, seconds: float, option: str, event: str, **more: Any) -> Response:
    """A vote in the first run's opening."""
    values: dict[str, Any] = {
        "run": "r1",
        "opening": "r1-poll-1",
        "item": "",
        "given": Given((option,)),
    }
    return Response(owner=owner, at=at(seconds), event=event, **(values | more))


def an_owed(key: str, seconds: float = 0, **more: Any) -> Owed:
    """A message owed to the main place."""
    values: dict[str, Any] = {
        "run": "r1",
        "purpose": "activity",
        "to": MAIN,
        "due_at": at(seconds),
        "not_after": at(3600),
    }
    return Owed(key=key, **(values | more))


def an_assignment(
    who: str, n: int, what: str, *, seconds: float = 0, opening: str = "r1-poll-1"
) -> Assignment:
    """Something that was dealt in the first run's opening."""
    return Assignment("r1", opening, who, n, what, at(seconds))
