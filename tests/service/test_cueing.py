"""Cues: each once, in order, and never three phases at once after an absence."""

from __future__ import annotations

import asyncio

import pytest

from bot.facilitation.controls import Command
from bot.facilitation.timeline import perform
from tests.service.house import House, minutes, seconds


async def activity_posts(house: House) -> list[str]:
    """The first lines of what was posted to the channel."""
    return [post.message.summary for post in house.stage.posted(house.main)]


async def test_after_an_absence_the_run_pauses_and_asks(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    before = await activity_posts(house)
    house.step(minutes(40))
    await house.work()
    assert await activity_posts(house) == before
    run = await house.run()
    assert run.status == "paused"
    assert "I could not run for 35 min" in run.pause_reason
    assert run.pause_reason in "".join(house.told())
    assert await house.audits() == ["pause"]


async def test_going_on_gives_everything_after_the_absence_its_full_time(house: House) -> None:
    start = house.now
    await house.schedule()
    await house.run_for(minutes(5))
    house.step(minutes(40))
    await house.work()
    await house.managing.carry_out("r1", Command("resume"), by="cli")
    await house.work()
    opening = await house.opening("poll")
    assert opening.opened_at == start + minutes(45)
    assert opening.closes_at == start + minutes(55)
    await house.run_for(minutes(60))
    sent = [d.sent_at for d in await house.deliveries() if d.owed.purpose == "activity"]
    assert sent == [start + minutes(m) for m in (0, 45, 55, 65)]
    assert (await house.run()).status == "ended"


async def test_a_short_absence_is_made_up_for_without_asking(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    house.step(minutes(7))
    await house.work()
    assert (await house.run()).status == "running"
    assert (await house.delivery("poll")).state == "sent"


async def test_a_start_that_was_missed_waits_for_the_facilitator(house: House) -> None:
    await house.schedule()
    house.step(minutes(30))
    await house.work()
    assert (await house.run()).status == "paused"
    assert not house.stage.posted(house.main)
    await house.managing.carry_out("r1", Command("resume"), by="cli")
    await house.work()
    assert (await house.run()).status == "running"
    assert (await house.delivery("prompt")).state == "sent"


async def test_each_cue_is_carried_out_once_however_many_workers_there_are(
    either_house: House,
) -> None:
    house = either_house
    await house.schedule()
    for _ in range(5):
        await asyncio.gather(*(house.cueing.run_due() for _ in range(6)))
        while await house.cueing.run_due():
            pass
        house.step(minutes(10))
    await house.work()
    async with house.store.reading() as reading:
        cues, openings = await reading.cues("r1"), await reading.openings("r1")
    assert {cue.state for cue in cues} == {"done"}
    assert [opening.activity for opening in openings if opening.activity != "lobby"] == [
        "prompt",
        "poll",
        "discussion",
        "reflection",
    ]


async def test_nothing_happens_while_a_run_is_paused(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    await house.managing.carry_out("r1", Command("pause"), by="cli")
    await house.work()
    posts = len(house.stage.posts)
    await house.run_for(minutes(300))
    assert len(house.stage.posts) == posts


async def test_a_run_that_fails_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_for_one(cue: object, run: object, *rest: object) -> object:
        if run.id == "r1":  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return perform(cue, run, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.service.cueing.perform", fail_for_one)
    await house.schedule()
    await house.schedule(id="r2", main=house.stage.place("C2"))
    with pytest.raises(ZeroDivisionError):
        await house.cueing.run_due()
    assert (await house.run("r2")).status == "running"
    assert (await house.run("r1")).status == "scheduled"


async def test_a_cue_moved_while_it_was_coming_due_is_carried_out_at_its_new_moment(
    house: House,
) -> None:
    await house.schedule()
    await house.run_for(minutes(9))
    await house.managing.carry_out("r1", Command("extend", 5), by="cli")
    await house.run_for(minutes(2))
    assert (await house.opening("prompt")).is_open
    await house.run_for(minutes(4) + seconds(1))
    assert not (await house.opening("prompt")).is_open
