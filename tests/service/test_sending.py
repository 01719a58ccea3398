"""Posts: once, in order, lane by lane; and every way in which a platform can refuse one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.address import Person, Place
from bot.chat.platform import Limited, Rate, Rejected
from bot.facilitation.controls import Command
from bot.storage.store import open_store
from tests.service.house import House, keys, minutes, of_each_kind, one_of, open_house, seconds

TO_MAIN = ["welcome", "prompt", "poll", "discussion", "reflection", "closing"]


async def main_posts(house: House, id: str = "r1") -> list[str]:
    """What stands in the main channel, in order: activities by name, notices by purpose."""
    names = {}
    for delivery in await house.deliveries(id):
        owed = delivery.owed
        is_activity = owed.purpose == "activity"
        activities = [a.id for a in (await house.run(id)).lesson.script.activities()]
        names[owed.key] = (
            activities[int(owed.opening.split("-")[1]) - 1] if is_activity else owed.purpose
        )
    return [names[key] for key in keys(house.stage.posted((await house.run(id)).main))]


async def test_a_whole_lesson_is_posted_once_and_in_order(either_house: House) -> None:
    house = either_house
    await house.schedule()
    await house.run_for(minutes(60))
    assert await main_posts(house) == TO_MAIN
    assert len(set(keys(house.stage.posts))) == len(house.stage.posts)
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert (await house.run()).status == "ended"
    private = [d.owed.purpose for d in await house.deliveries() if d.owed.to == house.fay]
    assert sorted(private) == ["notes", "panel", "report"]


async def test_each_message_is_posted_at_its_moment(house: House) -> None:
    start = house.now
    await house.schedule()
    await house.run_for(minutes(60))
    sent = [d.sent_at for d in await house.deliveries() if d.owed.purpose == "activity"]
    assert sent == [start + minutes(10 * n) for n in range(4)]


async def test_any_number_of_workers_post_once_and_in_order(either_house: House) -> None:
    house = either_house
    places = [house.stage.place(f"C{n}") for n in range(1, 4)]
    for number, place in enumerate(places, start=1):
        await house.schedule(id=f"r{number}", main=place)
    house.stage.before = house.stage.after = breathe
    workers = [house.another_sending(f"w{n}", width=2) for n in range(3)]
    for _ in range(5):
        await house.cueing.run_due()
        while any(await asyncio.gather(*(worker.send_due() for worker in workers))):
            pass
        house.step(minutes(10))
    for number in range(1, 4):
        assert await main_posts(house, f"r{number}") == TO_MAIN
    assert set(house.stage.most_at_once.values()) == {1}


async def breathe(to: Place | Person) -> None:
    """Let others go on for a while."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_lane_that_is_held_up_holds_up_no_other(house: House) -> None:
    other = house.stage.place("C2")
    gate, others_done = asyncio.Event(), asyncio.Event()

    async def hold(to: Place | Person) -> None:
        if to == house.main:
            await gate.wait()

    async def count(to: Place | Person) -> None:
        if len(house.stage.posts) == 6:
            others_done.set()

    house.stage.before, house.stage.after = hold, count
    await house.schedule()
    await house.schedule(id="r2", main=other)
    await house.cueing.run_due()
    working = asyncio.create_task(house.sending.send_due())
    async with asyncio.timeout(10):
        await others_done.wait()
        assert len(house.stage.posted(other)) == 2
        assert not house.stage.posted(house.main)
        gate.set()
        await working
    assert await main_posts(house) == TO_MAIN[:2]


async def test_a_platform_that_asks_to_wait_delays_that_lane_by_so_much(house: House) -> None:
    house.stage.fail_next(Limited(seconds(30)), call="post")
    await house.schedule(one_of("poll"))
    await house.work()
    lane = house.stage.posted(house.main) or house.stage.posted(house.fay)
    assert lane, "the other lane went on"
    house.step(seconds(29.9))
    await house.work()
    before = len(house.stage.posts)
    house.step(seconds(0.1))
    await house.work()
    assert len(house.stage.posts) > before
    assert len(set(keys(house.stage.posts))) == len(house.stage.posts)
    assert {d.state for d in await house.deliveries()} == {"sent"}


@pytest.fixture
async def strict_house(url: str) -> AsyncIterator[House]:
    """A platform that allows one post a second in its whole workspace."""
    async with open_house(url, post_rates=(Rate("workspace", 1, seconds(1)),)) as house:
        yield house


async def test_a_wait_counts_for_every_lane_of_the_same_budget(strict_house: House) -> None:
    house = strict_house
    house.stage.fail_next(Limited(seconds(30)), call="post")
    await house.schedule(one_of("poll"))
    await house.work()
    house.step(seconds(29.9))
    await house.work()
    assert not house.stage.posts
    await house.run_for(seconds(20))
    assert len(house.stage.posts) == 4


async def test_posts_keep_within_their_budget(strict_house: House) -> None:
    house = strict_house
    counts = []
    await house.schedule()
    for _ in range(8):
        await house.work()
        counts.append(len(house.stage.posts))
        house.step(seconds(1))
    assert counts == [1, 2, 3, 4, 4, 4, 4, 4]


async def test_a_channel_out_of_reach_pauses_the_run_and_the_facilitators_are_told(
    house: House,
) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    house.stage.close(house.main)
    await house.run_for(minutes(6))
    run = await house.run()
    assert run.status == "paused"
    assert run.pause_reason == "I cannot post in the channel, so I paused the lesson."
    assert "the platform refused it" in "".join(house.told())
    assert await house.audits() == ["pause"]
    await house.run_for(minutes(60))
    assert (await house.run()).status == "paused"


async def test_what_a_channel_did_not_take_is_posted_when_it_is_asked_for(house: House) -> None:
    await house.schedule(one_of("poll"))
    house.stage.close(house.main)
    await house.run_for(minutes(1))
    assert house.posts((await house.delivery("poll")).owed.key) == []
    house.stage.reopen(house.main)
    await house.press("fay", house.trouble(), "Post now: Engage: Quick poll")
    await house.work()
    assert "Quick poll" in await house.text("poll")


async def test_a_person_out_of_reach_is_reported_and_the_lesson_goes_on(house: House) -> None:
    gus = house.stage.person("gus")
    await house.managing.schedule(
        of_each_kind(),
        run_id="r1",
        main=house.main,
        facilitators=(house.fay, gus),
        zone="UTC",
        start=house.now,
    )
    house.stage.close(gus)
    await house.run_for(minutes(60))
    assert await main_posts(house) == TO_MAIN
    assert (await house.run()).status == "ended"
    assert house.told(gus) == []
    assert "the platform refused it" in "".join(house.told())


async def test_a_post_that_the_platform_rejects_is_listed_and_the_lesson_goes_on(
    house: House,
) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    house.stage.fail_next(Rejected("too many blocks"), call="post")
    await house.run_for(minutes(60))
    assert await main_posts(house) == ["welcome", "prompt", "discussion", "reflection", "closing"]
    assert (await house.delivery("poll")).state == "failed"
    assert "the platform refused it (too many blocks)" in "".join(house.told())
    assert (await house.run()).status == "ended"
    assert await house.audits() == []


async def test_a_facilitator_who_cannot_be_told_of_trouble_is_not_told_of_that(
    house: House,
) -> None:
    await house.schedule()
    house.stage.close(house.fay)
    await house.run_for(minutes(60))
    assert [d.state for d in await house.owed("trouble")] == ["failed"]
    assert await main_posts(house) == TO_MAIN


async def test_a_run_without_facilitators_goes_on_though_nobody_can_be_told(house: House) -> None:
    await house.managing.schedule(
        of_each_kind(), run_id="r1", main=house.main, facilitators=(), zone="UTC", start=house.now
    )
    house.stage.fail_next(Rejected("no"), call="post")
    await house.run_for(minutes(60))
    assert await main_posts(house) == TO_MAIN[1:]


async def test_an_activity_that_closed_before_it_could_be_posted_is_listed(house: House) -> None:
    house.stage.fail_next(Limited(minutes(11)), call="post", times=2)
    await house.schedule()
    await house.run_for(minutes(60))
    assert (await house.delivery("prompt")).state == "late"
    assert "its time had passed" in "".join(house.told())
    assert await main_posts(house) == ["welcome", "poll", "discussion", "reflection", "closing"]


async def test_a_message_past_its_time_is_held_back_and_listed(house: House) -> None:
    """A day is long enough for a welcome."""
    gate = Limited(minutes(60 * 24 + 1))
    house.stage.fail_next(gate, call="post", times=2)
    await house.schedule(one_of("poll"))
    await house.work()
    await house.managing.carry_out("r1", Command("pause"), by="cli")
    await house.run_for(minutes(60 * 24 + 2))
    assert [d.state for d in await house.owed("welcome")] == ["late"]
    assert "The welcome: its time had passed" in "".join(house.told())
    assert await main_posts(house) == ["poll"]


async def test_an_opening_closed_before_its_post_went_out_is_not_posted(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.cueing.run_due()
    await house.managing.carry_out("r1", Command("close"), by="cli")
    await house.work()
    assert (await house.delivery("poll")).state == "cancelled"
    assert await main_posts(house) == ["welcome"]
    assert await house.owed("trouble") == []


async def test_time_that_was_given_is_time_to_post_in(house: House) -> None:
    house.stage.fail_next(Limited(minutes(12)), call="post", times=2)
    await house.schedule(one_of("poll"))
    await house.work()
    await house.managing.carry_out("r1", Command("extend", 5), by="cli")
    await house.run_for(minutes(13))
    assert (await house.delivery("poll")).state == "sent"


async def test_time_stands_still_for_what_is_owed_during_a_pause(house: House) -> None:
    house.stage.fail_next(Limited(minutes(12)), call="post", times=2)
    await house.schedule(one_of("poll"))
    await house.work()
    await house.managing.carry_out("r1", Command("pause"), by="cli")
    await house.run_for(minutes(13))
    assert (await house.delivery("poll")).state == "sent"
    assert "paused" in await house.text("poll")


async def test_what_cannot_be_drawn_is_reported_and_holds_up_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(poll: object, scene: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("bot.facilitation.activities.poll.Poll.say", fail)
    await house.schedule()
    await house.run_for(minutes(60))
    assert (await house.delivery("poll")).state == "failed"
    assert "it could not be drawn" in "".join(house.told())
    assert await main_posts(house) == ["welcome", "prompt", "discussion", "reflection", "closing"]


async def test_a_platform_that_was_taken_away_holds_up_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    other = Place("elsewhere", "local", "C9")
    await house.schedule()
    async with open_store(house.url, lane_of=str) as store:
        elsewhere = House(house.url, store, house.stage, house.lesson)
        await elsewhere.schedule(id="r2", main=other)
        await elsewhere.cueing.run_due()
    await house.work()
    assert await main_posts(house) == TO_MAIN[:2]
    assert (
        "nothing can be sent to elsewhere/local/C9/: the platform elsewhere is not set up here"
        in caplog.text
    )
    caplog.clear()
    house.step(seconds(89))
    await house.work()
    assert not caplog.text
