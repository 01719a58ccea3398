"""A facilitator of a rehearsal goes on where an author's lesson waits for one, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.chat.answer import Show
from bot.clock import SteppedClock
from bot.facilitation.controls import Command
from bot.rehearsal.leading import READY_AFTER, Leader
from bot.storage.migrate import migrate
from tests.core.making import START, a_lesson, a_phase, an_activity
from tests.service.house import RUN, House, minutes, open_house, seconds

WAITING = a_lesson(
    a_phase(
        "Engage",
        an_activity("prompt", id="prompt"),
        replace(an_activity("poll", id="poll"), wait=True),
        an_activity("discussion", id="talk"),
    )
)
"""Ten minutes each; the poll waits for the facilitator."""


class OneLook(SteppedClock):
    """Whoever looks at it is told to stop."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.stopping = asyncio.Event()

    def now(self) -> datetime:
        self.stopping.set()
        return super().now()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path / 'fivefold.db'}"
    await migrate(url)
    async with open_house(url) as house:
        yield house


@pytest.fixture
async def leader(house: House) -> Leader:
    """A leader of a run that begins now."""
    await house.schedule(WAITING)
    return Leader(house.store, house.managing, RUN)


async def say(house: House, verb: str) -> None:
    await house.managing.carry_out(RUN, Command(verb), by="cli")  # type: ignore[arg-type]
    await house.work()


async def test_they_go_on_a_minute_after_the_lesson_began_to_wait(
    house: House, leader: Leader
) -> None:
    await house.run_for(minutes(5))
    assert await leader.ready_at() is None
    await house.run_for(minutes(5))
    assert await leader.ready_at() == START + minutes(10) + READY_AFTER
    assert not await leader.go_on(START + minutes(11) - seconds(1))
    assert (await house.run()).status == "paused"
    house.step(READY_AFTER)
    assert await leader.go_on(house.now)
    await house.work()
    assert (await house.opening("poll")).opened_at == START + minutes(11)
    assert not await leader.go_on(house.now + minutes(60))


async def test_a_visitor_who_leads_may_go_on_sooner(house: House, leader: Leader) -> None:
    await house.run_for(minutes(10))
    await say(house, "resume")
    assert (await house.opening("poll")).is_open
    assert await leader.ready_at() is None


async def test_asking_how_it_stands_while_it_waits_does_not_stop_them(
    house: House, leader: Leader
) -> None:
    await house.run_for(minutes(10))
    assert await house.audits() == ["wait"]
    status = await house.managing.carry_out(RUN, Command("status"), by="cli")
    assert isinstance(status, Show)
    assert await leader.go_on(house.now + READY_AFTER)


@pytest.mark.parametrize("after", [5, 10])
async def test_a_pause_of_the_facilitators_own_is_theirs_to_end(
    house: House, leader: Leader, after: int
) -> None:
    """After ten minutes it had waited, and was gone on with."""
    await house.run_for(minutes(after))
    if after == 10:
        await say(house, "resume")
    await say(house, "pause")
    assert await leader.ready_at() is None
    assert not await leader.go_on(house.now + minutes(60))


async def test_a_pause_of_the_bot_itself_is_for_a_person_to_end(
    house: House, leader: Leader
) -> None:
    await house.run_for(minutes(10))
    await house.managing.carry_out(RUN, Command("resume"), by="cli")
    # It had waited for the facilitator, and then was away when the poll was to open.
    house.step(minutes(30))
    await house.work()
    assert "could not run for 30 min" in (await house.run()).pause_reason
    assert await leader.ready_at() is None
    assert not await leader.go_on(house.now + minutes(60))


async def test_a_run_that_begins_when_it_is_told_to_is_not_begun_by_them(house: House) -> None:
    await house.managing.schedule(
        WAITING,
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now,
        by_itself=False,
    )
    assert not await Leader(house.store, house.managing, RUN).go_on(house.now + minutes(60))


async def test_a_lesson_on_call_after_what_comes_before_it_is_not_begun_by_them(
    house: House,
) -> None:
    entry = (an_activity("prompt", id="entry", phase="before"),)
    lesson = a_lesson(a_phase("Engage", an_activity("prompt", id="prompt")), before=entry)
    await house.managing.schedule(
        lesson,
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now,
        by_itself=False,
    )
    await house.run_for(minutes(60 * 48))
    assert (await house.run()).status == "paused"
    assert not await Leader(house.store, house.managing, RUN).go_on(house.now + minutes(60))


async def test_a_run_that_is_none_is_waited_for(house: House) -> None:
    assert await Leader(house.store, house.managing, "none").ready_at() is None


async def test_on_a_clock_they_look_until_they_are_told_to_stop(
    house: House, leader: Leader
) -> None:
    await house.run_for(minutes(10))
    clock = OneLook(house.now + READY_AFTER)
    await asyncio.wait_for(leader.live(clock, clock.stopping), 60)
    assert (await house.run()).status == "running"
