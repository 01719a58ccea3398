"""Whoever asks for their part where a lesson is takes part in it from then on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat.answer import Answer, Refused, Show
from bot.chat.event import FormRequested
from bot.chat.plain import plain
from bot.facilitation.mine import MINE
from bot.service import attending
from bot.service.group_commit import GroupCommit
from bot.service.store import StoreUnavailable
from tests.service.house import House, minutes, one_of


@pytest.fixture
async def talking(house: House) -> House:
    """A discussion is open in the channel."""
    await house.schedule(one_of("discussion"))
    await house.work()
    return house


async def press_my_part(house: House, who: str, **more: Any) -> Answer:
    """Somebody presses “My part” on a post of the lesson."""
    return await house.hear(FormRequested(**house.head(who, **more), callback=f"f.{MINE}.r1..."))


async def say_my_part(house: House, who: str, **more: Any) -> Answer:
    """Somebody says “my part”."""
    return await house.say(who, "my part", **more)


async def say_panel(house: House, who: str, **more: Any) -> Answer:
    """Somebody says nothing but the name of the bot."""
    return await house.say(who, "", **more)


def has_part(answer: Answer) -> bool:
    """Whether what is shown is somebody's part."""
    return isinstance(answer, Show) and "Still to do" in plain(answer.what)


@pytest.mark.parametrize("ask", [press_my_part, say_my_part, say_panel])
async def test_whoever_asks_in_the_channel_finds_their_lesson_in_private_from_then_on(
    talking: House, ask: Any
) -> None:
    assert not has_part(await talking.say("zoe", "my part", place=None))
    assert has_part(await ask(talking, "zoe"))
    assert (await talking.people())["zoe"].role == "learner"
    for words in ("my part", "home", ""):
        assert has_part(await talking.say("zoe", words, place=None))


async def test_whoever_asks_counts_in_what_is_open(talking: House) -> None:
    await say_my_part(talking, "zoe")
    await talking.work()
    assert "0 of 1" in await talking.text("discussion")


async def test_asking_often_and_at_once_is_coming_once(talking: House) -> None:
    answers = await asyncio.gather(*(say_my_part(talking, "zoe") for _ in range(5)))
    assert all(map(has_part, answers))
    assert list(await talking.people()) == ["zoe"]


@pytest.mark.parametrize("words", ["my part", "home", ""])
async def test_a_stranger_in_private_is_told_the_way_in_and_that_nothing_is_known(
    talking: House, words: str
) -> None:
    answer = await talking.say("zoe", words, place=None)
    said = answer.why if isinstance(answer, Refused) else ""
    said = plain(answer.what) if isinstance(answer, Show) else said
    assert "I do not know of a lesson of yours yet" in said
    assert "press “My part”" in said
    assert not await talking.people()


async def test_whoever_asks_from_elsewhere_is_not_there(talking: House) -> None:
    for ask in (press_my_part, say_my_part):
        await ask(talking, "zoe", place=None)
        await ask(talking, "zoe", place=talking.stage.place("C9"))
    assert not await talking.people()


@pytest.mark.parametrize("words", ["hello", "thanks", "help", "What a day it was"])
async def test_whoever_says_something_else_has_not_asked(talking: House, words: str) -> None:
    await talking.say("zoe", words)
    assert not await talking.people()


async def test_a_facilitator_is_there_as_one(talking: House) -> None:
    await press_my_part(talking, "fay")
    assert (await talking.people())["fay"].role == "facilitator"


async def test_nobody_comes_into_a_lesson_that_has_ended(talking: House) -> None:
    await talking.run_for(minutes(20))
    assert (await talking.run()).status == "ended"
    await press_my_part(talking, "zoe")
    assert not await talking.people()


async def test_whoever_had_left_is_back(talking: House) -> None:
    await talking.join("zoe")
    await talking.leave("zoe")
    talking.step(minutes(1))
    await say_my_part(talking, "zoe")
    assert (await talking.people())["zoe"].left_at is None


async def test_looking_again_writes_nothing(
    talking: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say_my_part(talking, "zoe")

    async def none(*_: Any, **__: Any) -> None:
        raise AssertionError("nothing is to be written")

    monkeypatch.setattr(GroupCommit, "run", none)
    assert has_part(await say_my_part(talking, "zoe"))


async def test_ones_part_is_shown_also_when_enrolling_fails(
    talking: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(GroupCommit, "run", down)
    assert has_part(await say_my_part(talking, "zoe"))
    assert not await talking.people()


async def test_ones_part_does_not_wait_long_for_it(
    talking: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, done = asyncio.Event(), asyncio.Event()
    run = GroupCommit.run

    async def held(self: GroupCommit, work: Any, **order: Any) -> None:
        await free.wait()
        await run(self, work, **order)
        done.set()

    monkeypatch.setattr(GroupCommit, "run", held)
    monkeypatch.setattr(attending, "PATIENCE", 0)
    assert has_part(await say_my_part(talking, "zoe"))
    assert not await talking.people()
    free.set()
    await asyncio.wait_for(done.wait(), 10)
    assert "zoe" in await talking.people()


async def test_whoever_came_like_this_is_dealt_into_a_group_as_anybody_who_came(
    house: House,
) -> None:
    await house.schedule(one_of("groups"))
    await say_my_part(house, "zoe")
    await house.join("ann")
    await house.work()
    opening = await house.opening("groups")
    async with house.store.reading() as reading:
        dealt = {each.who for each in await reading.assignments(opening.id)}
    assert dealt == {"r1-zoe", "r1-ann"}
