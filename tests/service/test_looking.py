"""Many who look at one activity at once share a reading, and each sees what they gave."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat.answer import Show
from bot.chat.plain import plain
from bot.service.scenes import activity_scene
from tests.service.house import House, minutes, of_each_kind

CROWD = 60


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The openings that are read, one after the other."""
    read: list[str] = []

    async def counted(reading: Any, run: Any, opening: Any, *rest: Any) -> Any:
        read.append(opening.id)
        return await activity_scene(reading, run, opening, *rest)

    monkeypatch.setattr("bot.service.looking.activity_scene", counted)
    return read


async def test_a_crowd_that_votes_at_once_is_shown_results_by_a_few_readings(
    house: House, readings: list[str]
) -> None:
    await house.schedule(of_each_kind(results="after"))
    await house.run_for(minutes(11))
    answers = await asyncio.gather(*(house.vote(f"p{n}", "data") for n in range(CROWD)))
    assert all(isinstance(answer, Show) for answer in answers)
    assert len(readings) <= CROWD / 4


async def test_whoever_votes_alone_sees_their_own_vote(house: House) -> None:
    await house.schedule(of_each_kind(results="after"))
    await house.run_for(minutes(11))
    for n in (1, 2, 3):
        answer = await house.vote(f"p{n}", "data")
        assert isinstance(answer, Show)
        assert f"({n} answered)" in plain(answer.what)


async def test_a_reading_that_fails_fails_for_those_who_waited_for_it_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.schedule(of_each_kind(results="after"))
    await house.run_for(minutes(11))
    failures = [True]

    async def failing(*given: Any) -> Any:
        if failures:
            failures.pop()
            raise ConnectionError
        return await activity_scene(*given)

    monkeypatch.setattr("bot.service.looking.activity_scene", failing)
    first = await house.vote("p1", "data")
    second = await house.vote("p2", "data")
    assert not isinstance(first, Show)
    assert isinstance(second, Show)
