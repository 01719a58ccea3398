"""The alarm: wakes the worker in time, always, and never without pause."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot import alarm as alarms
from bot.alarm import Alarm
from bot.clock import ScaledClock, SystemClock
from bot.service.store import Due

NOTHING = Due(None, None, None)
LONG = 30.0
"""Far longer than any of these tests may take."""


@pytest.fixture
async def alarm(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Alarm]:
    """An alarm that looks around so rarely that only its other reasons to ring can be seen."""
    monkeypatch.setattr(alarms, "LOOK_SECONDS", LONG)
    async with Alarm(SystemClock(), SystemClock()) as alarm:
        yield alarm


def ahead(seconds: float) -> datetime:
    """So many seconds from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def slept(alarm: Alarm, due: Due) -> float:
    """How many seconds it slept; far less than it looks around after."""
    begun = time.monotonic()
    async with asyncio.timeout(LONG / 3):
        await alarm.wait(due)
    return time.monotonic() - begun


@pytest.mark.parametrize("which", ["cue_at", "delivery_at", "lane_at"])
async def test_it_rings_at_the_next_due_moment(alarm: Alarm, which: str) -> None:
    moments = {"cue_at": ahead(60), "delivery_at": ahead(60), "lane_at": ahead(60)}
    assert await slept(alarm, Due(**(moments | {which: ahead(0.03)}))) >= 0.02


async def test_it_rings_when_it_is_woken(alarm: Alarm) -> None:
    waiting = asyncio.create_task(slept(alarm, NOTHING))
    await asyncio.sleep(0)
    alarm.wake()
    await waiting


async def test_it_does_not_forget_that_it_was_woken_before(alarm: Alarm) -> None:
    alarm.wake()
    alarm.wake()
    await slept(alarm, NOTHING)


async def test_being_woken_counts_once(alarm: Alarm) -> None:
    alarm.wake()
    await slept(alarm, NOTHING)
    waiting = asyncio.create_task(slept(alarm, NOTHING))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    alarm.wake()
    await waiting


async def test_it_looks_around_after_a_while_even_if_nothing_is_due(
    alarm: Alarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alarms.LOOK_SECONDS > 1
    monkeypatch.setattr(alarms, "LOOK_SECONDS", 0.02)
    await slept(alarm, NOTHING)
    await slept(alarm, Due(ahead(60), None, None))


async def test_a_ring_that_was_lost_costs_no_more_than_the_next_look(
    alarm: Alarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the system's clock is put back by an hour."""
    monkeypatch.setattr(alarms, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(alarm._scheduler, "add_job", lambda *args, **options: None)
    await slept(alarm, Due(ahead(0.01), None, None))


async def test_it_rings_however_late_it_comes_to(alarm: Alarm) -> None:
    """A machine that slept, or was busy for long, finds the moment long past."""
    waiting = asyncio.create_task(slept(alarm, Due(ahead(0.02), None, None)))
    await asyncio.sleep(0)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        await waiting


async def test_what_is_due_and_cannot_be_done_does_not_spin_the_worker(alarm: Alarm) -> None:
    overdue = Due(ahead(-60), ahead(-60), ahead(-60))
    naps = [await slept(alarm, overdue) for _ in range(2)]
    assert min(naps) >= alarms.BREATH_SECONDS / 2


async def test_a_fast_clock_is_waited_for_in_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarms, "LOOK_SECONDS", LONG)
    clock = ScaledClock(datetime(2026, 1, 5, tzinfo=UTC), 60_000)
    async with Alarm(clock, SystemClock()) as alarm:
        hour = Due(clock.now() + timedelta(minutes=30), None, None)
        assert await slept(alarm, hour) >= 0.02


async def test_a_stopped_clock_is_waited_for_until_it_is_turned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarms, "LOOK_SECONDS", LONG)
    clock = ScaledClock(datetime(2026, 1, 5, tzinfo=UTC), 60)
    clock.stop()
    async with Alarm(clock, SystemClock()) as alarm:
        clock.on_turn(alarm.wake)
        waiting = asyncio.create_task(
            slept(alarm, Due(clock.now() + timedelta(seconds=1), None, None))
        )
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        clock.go()
        await waiting


async def test_it_does_the_nightly_work_at_three() -> None:
    nights = 0

    async def tidy() -> None:
        nonlocal nights
        nights += 1

    async with Alarm(SystemClock(), SystemClock(), nightly=tidy) as alarm:
        (job,) = alarm._scheduler.get_jobs()
        assert (job.next_run_time.hour, job.next_run_time.tzinfo) == (3, UTC)
        await job.func()
    assert nights == 1


def test_by_default_it_looks_around_every_second() -> None:
    assert alarms.LOOK_SECONDS == 1
    assert alarms.BREATH_SECONDS < 0.1
