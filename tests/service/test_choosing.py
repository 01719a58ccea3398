"""Where somebody leads several lessons, it is asked which one they mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.answer import Answer, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Picked
from bot.chat.message import Message
from bot.chat.plain import plain
from tests.service.house import House, buttons, minutes, of_each_kind, one_of


@pytest.fixture
async def two(house: House) -> House:
    """Fay leads a lesson of each kind in C1 and one of the same title in C2; both are running."""
    await house.schedule(of_each_kind())
    await house.run_for(minutes(1))
    await house.schedule(of_each_kind(), id="r2", main=house.stage.place("C2"))
    await house.work()
    return house


def question(answer: Answer) -> Message:
    """The question which lesson is meant."""
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Message)
    assert "Which lesson?" in plain(answer.what)
    return answer.what


def choices(message: Message) -> dict[str, str]:
    """What each button carries, by the run that it is for."""
    pressed = [b.callback for block in message.blocks for b in getattr(block, "buttons", ())]
    return {Callback.decode(callback).target: callback for callback in pressed}


async def to_come(house: House, n: int) -> None:
    """Fay leads a further lesson, in so many days."""
    await house.managing.schedule(
        of_each_kind(),
        run_id=f"r{n}",
        main=house.stage.place(f"C{n}"),
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now + timedelta(days=n),
    )


async def press(house: House, callback: str) -> Answer:
    """Fay presses it in her private talk."""
    return await house.hear(Picked(**house.head("fay", place=None), callback=callback))


@pytest.mark.parametrize("words", ["pause", "+5", "next", "Next, please", "close", "end"])
async def test_a_word_in_private_that_fits_two_lessons_does_nothing_but_ask(
    two: House, words: str
) -> None:
    before = await two.run("r1"), await two.run("r2")
    asked = question(await two.say("fay", words, place=None))
    assert set(choices(asked)) == {"r1", "r2"}
    assert (await two.run("r1"), await two.run("r2")) == before
    assert not await two.audits("r1") + await two.audits("r2")


async def test_pause_is_for_the_one_that_is_going_on(house: House) -> None:
    await house.schedule(of_each_kind())
    await house.run_for(minutes(1))
    await to_come(house, 2)
    assert isinstance(await house.say("fay", "pause", place=None), Saved)
    assert (await house.run("r1")).status == "paused"
    assert (await house.run("r2")).status == "scheduled"


async def test_the_button_carries_the_word_out_for_that_lesson(two: House) -> None:
    ways = choices(question(await two.say("fay", "+5", place=None)))
    closes = (await two.opening("prompt", "r2")).closes_at
    assert closes
    assert isinstance(await press(two, ways["r2"]), Saved)
    assert (await two.opening("prompt", "r2")).closes_at == closes + minutes(5)
    assert await two.audits("r1") == []
    assert await two.audits("r2") == ["extend-5"]


async def test_a_question_that_is_out_of_date_shows_where_the_lesson_is(two: House) -> None:
    ways = choices(question(await two.say("fay", "next", place=None)))
    await two.say("fay", "next", place=two.stage.place("C2"))
    answer = await press(two, ways["r2"])
    assert isinstance(answer, Show)
    assert "The lesson has moved on" in plain(answer.what)
    assert await two.audits("r2") == ["next"]


async def test_lessons_of_one_title_are_told_apart(two: House) -> None:
    shown = plain(question(await two.say("fay", "pause", place=None)))
    whens = [line for line in shown.splitlines() if " – " in line]
    assert len(set(whens)) == 2
    assert "Now: " in shown
    assert len(buttons(question(await two.say("fay", "pause", place=None)))) == 1


async def test_what_fits_only_one_of_them_is_carried_out_there(two: House) -> None:
    await two.say("fay", "pause", place=two.main)
    answer = await two.say("fay", "resume", place=None)
    assert isinstance(answer, Saved)
    assert await two.audits("r1") == ["pause", "resume"]
    assert await two.audits("r2") == []


async def test_what_fits_none_is_refused_where_it_is_pressed(two: House) -> None:
    ways = choices(question(await two.say("fay", "resume", place=None)))
    assert not isinstance(await press(two, ways["r1"]), Saved)


async def test_in_a_channel_its_own_lesson_is_meant(two: House) -> None:
    assert isinstance(await two.say("fay", "pause", place=two.stage.place("C2")), Saved)
    assert await two.audits("r2") == ["pause"]


async def test_a_lesson_to_come_counts_and_one_that_has_ended_does_not(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(15))
    assert (await house.run()).status == "ended"
    for n in (2, 3):
        await to_come(house, n)
    asked = question(await house.say("fay", "start", place=None))
    assert list(choices(asked)) == ["r2", "r3"]
    await press(house, choices(asked)["r3"])
    assert await house.audits("r3") == ["start"]


async def test_of_very_many_the_nearest_are_offered(house: House) -> None:
    for n in range(8):
        await house.schedule(one_of("discussion"), id=f"r{n}", main=house.stage.place(f"C{n}"))
    await house.work()
    asked = question(await house.say("fay", "pause", place=None))
    assert len(choices(asked)) == 5
    assert "Or say it in the channel" in plain(asked)


async def test_status_asks_nothing(two: House) -> None:
    answer = await two.say("fay", "status", place=None)
    assert isinstance(answer, Show)
    assert "Your panel" in plain(answer.what)
