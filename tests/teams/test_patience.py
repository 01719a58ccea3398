"""What people have to be told is told though Teams asks to wait, and nobody is told it twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.chat.answer import Refused
from bot.chat.platform import Limited, Uncertain
from bot.platforms.teams import patience
from bot.platforms.teams.patience import AT_ONCE, PATIENCE, Patience
from tests.teams.answering import CLOSED, hears, posted, presses, talk
from tests.teams.faults import Fault
from tests.teams.opened import Opened, opened

SAY = "/v3/conversations/*/activities"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited each time, which takes no time."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(patience, "sleep", sleep)
    return waited


@pytest.fixture
async def port(waits: list[float]) -> AsyncIterator[Opened]:
    async with opened() as made:
        await made.people.whisper(made.world.person("ana"), "hi")
        await made.teams.settled()
        made.events.clear()
        yield made


async def test_whoever_wrote_is_told_when_teams_takes_it(port: Opened, waits: list[float]) -> None:
    ref = await posted(port)
    hears(port, Refused(CLOSED))
    port.world.connector.fail("POST", SAY, Fault(retry_after=7), times=2)
    await port.people.say(port.world.person("ana"), ref.thread, "My answer")
    await port.teams.settled()
    assert waits == [7, 7]
    assert sum(CLOSED in one for one in talk(port)) == 1


async def test_whoever_pressed_on_an_old_client_is_told_when_teams_takes_it(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Refused(CLOSED))
    port.world.connector.fail("POST", SAY, Fault(retry_after=1))
    await presses(port, "I am done", old=True, ref=ref)
    assert sum(CLOSED in one for one in talk(port)) == 1


async def test_who_could_not_be_told_is_told_when_it_comes_again(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Refused(CLOSED), Refused(CLOSED))
    port.world.connector.fail("POST", SAY, Fault(retry_after=60))
    await port.people.say(port.world.person("ana"), ref.thread, "My answer")
    await port.teams.settled()
    assert not any(CLOSED in one for one in talk(port))
    for _ in range(2):
        await port.people.tell_again(new_id=True)
        await port.teams.settled()
        assert sum(CLOSED in one for one in talk(port)) == 1


async def test_who_may_have_been_told_is_not_told_again(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Refused(CLOSED), Refused(CLOSED))
    port.world.connector.fail("POST", SAY, Fault(status=502, reached=True))
    await port.people.say(port.world.person("ana"), ref.thread, "My answer")
    await port.teams.settled()
    await port.people.tell_again(new_id=True)
    await port.teams.settled()
    assert sum(CLOSED in one for one in talk(port)) == 1


async def test_only_a_few_go_out_at_once(waits: list[float]) -> None:
    out = most = 0

    async def send() -> None:
        nonlocal out, most
        out += 1
        most = max(most, out)
        await asyncio.sleep(0)
        out -= 1

    going = Patience()
    await asyncio.gather(*(going.give(send) for _ in range(4 * AT_ONCE)))
    assert most == AT_ONCE


async def test_patience_comes_to_an_end(waits: list[float]) -> None:
    async def send() -> None:
        raise Limited(timedelta(seconds=8))

    with pytest.raises(Limited):
        await Patience().give(send)
    assert waits == [8, 8]
    assert sum(waits) <= PATIENCE.total_seconds()


async def test_what_is_in_doubt_is_not_sent_again(waits: list[float]) -> None:
    tried = 0

    async def send() -> None:
        nonlocal tried
        tried += 1
        raise Uncertain("")

    with pytest.raises(Uncertain):
        await Patience().give(send)
    assert (tried, waits) == (1, [])
