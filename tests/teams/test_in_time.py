"""A press is answered before Teams gives up, and what takes longer comes into the talk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.event import Event
from bot.chat.platform import RecordsUnavailable
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams import doors, under_way
from tests.conformance.driving import ASKING, FORM, Ear
from tests.core.making import START
from tests.records import MemoryRecords
from tests.teams.answering import CLOSED, hears, notices, posted, sees, sends, talk
from tests.teams.opened import Opened, hearing
from tests.teams.people import Acknowledged
from tests.teams.world import teams_world

LONGER = "This takes longer than usual: I will tell you in our chat."


@dataclass
class SlowEar(Ear):
    """Hears only once the gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def __call__(self, event: Event) -> Answer:
        await self.gate.wait()
        if self.fails:
            raise RecordsUnavailable("The database is away: please try again.")
        return await super().__call__(event)


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    """Whoever presses is answered at once, heard or not."""
    ear, clock, records = SlowEar(), SteppedClock(START), MemoryRecords()
    async with (
        teams_world() as world,
        hearing(world, records, ear, IncreasingClock(clock), clock) as (teams, people),
    ):
        made = Opened(world, teams, people, ear, records, clock)
        ear.gate.set()
        await people.adds_bot(world.person("fay"), made.lesson)
        await teams.settled()
        ear.events.clear()
        ear.gate.clear()
        monkeypatch.setattr(doors, "PRESS_SECONDS", 0.05)
        yield made
        ear.gate.set()


async def press(port: Opened, what: str = "I am done") -> Acknowledged | None:
    ref = await posted(port, ASKING)
    return await port.people.press(port.world.person("ana"), what, at=ref)


async def opens(port: Opened) -> None:
    """What was slow is done."""
    assert isinstance(port.ear, SlowEar)
    port.ear.gate.set()
    await port.teams.settled()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Saved(CLOSED), CLOSED),
        (Saved(CLOSED, again=True), CLOSED),
        (Saved(), "Saved."),
        (Refused(CLOSED), CLOSED),
        (Correct({"why": CLOSED}), CLOSED),
    ],
)
async def test_what_takes_long_is_promised_and_told_in_the_talk(
    port: Opened, answer: Answer, told: str
) -> None:
    hears(port, answer)
    await press(port)
    assert notices(port) == [LONGER]
    assert (talk(port), port.events) == ([], [])
    await opens(port)
    assert len(port.events) == 1
    (said,) = talk(port)
    assert told in said


async def test_a_form_that_takes_long_comes_into_the_talk_and_can_be_sent_there(
    port: Opened,
) -> None:
    hears(port, Show(FORM, "Noted."))
    await press(port, "In my words")
    assert notices(port) == [LONGER]
    await opens(port)
    assert "Why is that?" in await sees(port)
    hears(port, Saved(CLOSED))
    await sends(port)
    assert CLOSED in await sees(port)


async def test_what_is_not_saved_in_the_end_is_told_so(port: Opened) -> None:
    assert isinstance(port.ear, SlowEar)
    port.ear.fails = True
    await press(port)
    await opens(port)
    (said,) = talk(port)
    assert "The database is away" in said


async def test_who_goes_back_and_must_wait_is_asked_to_try_again(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(port, Show(FORM))
    monkeypatch.setattr(doors, "PRESS_SECONDS", 4.0)
    assert isinstance(port.ear, SlowEar)
    port.ear.gate.set()
    await press(port, "In my words")
    monkeypatch.setattr(doors, "PRESS_SECONDS", 0.05)

    async def hangs(kind: str, key: str) -> bytes | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(port.records, "get", hangs)
    answer = await port.people.press(port.world.person("ana"), "Back")
    monkeypatch.undo()
    assert answer
    assert "please try again" in answer.body["value"]


async def test_what_never_ends_does_not_keep_fivefold_from_ending(
    port: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_way, "CLOSING", 0.05)
    await press(port)
    with caplog.at_level(logging.WARNING):
        await port.teams.under_way.close()
    assert "ends before all was said" in caplog.text
    await port.teams.settled()
    assert port.events == []


def test_there_is_time_for_what_teams_waits_for() -> None:
    """Five seconds for a press; a server that ends has mostly thirty."""
    assert doors.PRESS_SECONDS < 5
    assert under_way.CLOSING < 30
