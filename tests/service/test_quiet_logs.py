"""Nothing that learners wrote appears in the logs, whatever fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.platform import Rejected
from bot.chat.text import UserText
from bot.service.store import Transaction
from bot.service.worker import Worker
from tests.service.house import House, minutes, of_each_kind
from tests.service.test_worker import Naps

CANARY = "Kanarienvogel"
WORDS = f"My secret {CANARY} sings."


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged from INFO on, and ours from DEBUG on, is looked through."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="bot")
    yield caplog
    # By now the fixture's own records are those of the end of the test alone.
    records = caplog.get_records("call")
    told = "".join(f"{r.getMessage()} {r.args} {r.exc_text} {r.__dict__}" for r in records)
    assert CANARY not in told


async def everything_is_said(house: House) -> list[object]:
    """Each way in which people can write something."""
    return [
        await house.join("ann", CANARY),
        await house.submit("ann", "poll", "other", other=WORDS),
        await house.submit("ann", "discussion", answer=WORDS),
        await house.submit("ann", "reflection", q1=WORDS),
        await house.reply("ann", WORDS, "discussion"),
        await house.edit_reply("ann", WORDS + "!", "discussion"),
        await house.reply("ann", WORDS, "prompt", "m2"),
        await house.open_form("ann", "reflection"),
        await house.say("ann", WORDS),
        await house.say("fay", WORDS),
        await house.vote("ann", CANARY),
        await house.vote("ann", "data", callback=CANARY),
        await house.vote("ann", "data", name=UserText(CANARY)),
    ]


@pytest.fixture
async def talking(house: House) -> House:
    """Everything is open but the poll, which takes words too while it is."""
    await house.schedule(of_each_kind(other=True, results="live"))
    await house.run_for(minutes(31))
    return house


async def test_when_all_goes_well(talking: House) -> None:
    await everything_is_said(talking)
    await talking.run_for(minutes(20))


async def test_when_nothing_can_be_saved(talking: House, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction = talking.store.transaction

    @asynccontextmanager
    async def fail() -> AsyncIterator[Transaction]:
        async with transaction() as tx:
            yield tx
            raise RuntimeError(f"cannot store {WORDS}")

    monkeypatch.setattr(talking.store, "transaction", fail)
    await everything_is_said(talking)


@pytest.mark.parametrize("method", ["hear", "view"])
async def test_when_an_activity_fails(
    talking: House, monkeypatch: pytest.MonkeyPatch, method: str, logs: pytest.LogCaptureFixture
) -> None:
    def fail(kind: object, *args: object) -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as missing:
            raise ValueError(f"odd: {args}") from missing

    for name in ("poll.Poll", "discussion.Discussion", "reflection.Reflection"):
        monkeypatch.setattr(f"bot.facilitation.activities.{name}.{method}", fail)
    await everything_is_said(talking)
    assert "ValueError < test_quiet_logs.py" in logs.text
    assert "because of KeyError < test_quiet_logs.py" in logs.text


async def test_when_a_post_cannot_be_drawn(
    talking: House, monkeypatch: pytest.MonkeyPatch, logs: pytest.LogCaptureFixture
) -> None:
    def fail(kind: object, scene: object) -> None:
        raise ValueError(f"odd: {scene}")

    monkeypatch.setattr("bot.facilitation.activities.discussion.Discussion.say", fail)
    await everything_is_said(talking)
    await talking.work()
    assert "cannot be drawn again: CannotDraw" in logs.text


@pytest.mark.parametrize("error", [ValueError, Rejected])
async def test_when_the_platform_fails(
    house: House, error: type[Exception], logs: pytest.LogCaptureFixture
) -> None:
    await house.schedule(of_each_kind(other=True, results="live"))
    await house.run_for(minutes(19.8))

    async def refuse(ref: PostRef, message: Message) -> None:
        raise error(f"cannot draw {WORDS} {plain(message)}")

    async def fail(to: Place | Person) -> None:
        raise ValueError(WORDS)

    house.stage.edit = refuse  # type: ignore[method-assign]
    house.stage.before = fail
    await house.submit("ann", "poll", "other", other=WORDS)
    await house.work()
    assert error.__name__ in logs.text
    await house.run_for(minutes(0.3))
    assert "ended in an unexpected way" in logs.text


async def test_when_a_turn_of_the_worker_fails(
    talking: House, monkeypatch: pytest.MonkeyPatch, logs: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise ValueError(f"odd: {WORDS}")

    await everything_is_said(talking)
    monkeypatch.setattr("bot.service.cueing.perform", fail)
    talking.step(minutes(10))
    naps = Naps(1)
    await Worker(talking.store, talking.cueing, talking.sending, naps).run(naps.stopping)
    assert "a turn of the worker failed" in logs.text


async def test_when_people_do_not_wait_for_their_answer(talking: House) -> None:
    events = [await talking.a_reply("ann", WORDS, "discussion", f"m{n}") for n in range(5)]
    hearing = [asyncio.create_task(talking.hear(event)) for event in events]
    await asyncio.sleep(0)
    for task in hearing:
        task.cancel()
    await asyncio.gather(*hearing, return_exceptions=True)
    await talking.reply("bob", WORDS, "discussion", "m9")
    assert len(await talking.responses("discussion")) == 6
