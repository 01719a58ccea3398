"""The demo's clock, in the visitors' hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ScaledClock
from bot.platforms.room.clock_hand import FASTEST, SLOWEST, ScaledHand
from tests.web.rooms import START, House, a_house


async def in_ten_minutes() -> datetime | None:
    return START + timedelta(minutes=10)


@pytest.fixture
def clock() -> ScaledClock:
    clock = ScaledClock(START, 20)
    clock.stop()
    return clock


@pytest.fixture
async def house(tmp_path: Path, clock: ScaledClock) -> AsyncIterator[House]:
    async with a_house(tmp_path, clock_hand=ScaledHand(clock, in_ten_minutes)) as made:
        yield made


async def test_a_visitor_turns_the_clock_without_javascript(
    house: House, clock: ScaledClock
) -> None:
    browser = await house.visitor("Ada")
    page = await browser.get("/room/main")
    assert "standing still" in page.text
    form = page.form(ends="/clock/go")
    assert "20× real time" in (await browser.send(form, button="Run")).text
    await browser.send(form, button="Faster")
    assert clock.rate == 40
    await browser.send(form, button="Slower")
    assert clock.rate == 20
    await browser.send(form, button="Pause")
    assert clock.stopped
    await browser.send(form, button="Next step")
    assert clock.now() == START + timedelta(minutes=10)


async def test_where_there_is_no_hand_there_is_no_clock_to_turn(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    async with a_house(folder) as house:
        browser = await house.visitor("Ada")
        page = await browser.get("/room/main")
        assert "The demo's clock" not in page.text
        fields = {"csrf": page.form(ends="/say").value("csrf")}
        assert (await browser.post("/room/main/clock/go", fields.items())).status == 404


async def test_a_clock_knows_no_other_turns(house: House, clock: ScaledClock) -> None:
    browser = await house.visitor("Ada")
    fields = {"csrf": (await browser.get("/room/main")).form(ends="/say").value("csrf")}
    before = clock.now()
    assert (await browser.post("/room/main/clock/back", fields.items())).status == 404
    assert clock.now() == before


def test_the_pace_has_its_limits(clock: ScaledClock) -> None:
    hand = ScaledHand(clock, in_ten_minutes)
    for _ in range(20):
        hand.faster()
    assert hand.describe().rate == FASTEST
    for _ in range(20):
        hand.slower()
    assert hand.describe().rate == SLOWEST


async def test_with_nothing_to_come_the_clock_stays_where_it_is(clock: ScaledClock) -> None:
    async def never() -> datetime | None:
        return None

    before = clock.now()
    await ScaledHand(clock, never).next_cue()
    assert clock.now() == before
