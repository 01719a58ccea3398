"""The worker: does what is due, sleeps until something is, and survives what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.message import Message
from bot.service.cueing import Cueing
from bot.service.sending import Sending
from bot.service.store import Due, StoreUnavailable
from bot.service.worker import Worker
from tests.service.house import MOST_STEPS, RUN, House

DOWN = StoreUnavailable("The disk that holds the database is full: make room, then try again.")


class Script:
    """Stands for cueing and sending: each turn does what its line says."""

    def __init__(self, *lines: Exception | None) -> None:
        self.lines = list(lines)
        self.turns = 0
        self.stopped = False

    def _next(self) -> Exception | None:
        self.turns += 1
        return self.lines.pop(0) if self.lines else None

    async def run_due(self) -> int:
        """As the next line says, and nothing after the last."""
        if failure := self._next():
            raise failure
        return 0

    full = frozenset[str]()

    def take_on(self) -> None:
        """A hand is taken on; what it meets is told by `failure`."""
        self._met = self._next()

    def failure(self) -> Exception | None:
        """What the last hand met."""
        return self._met

    async def stop(self, within: float = 0.0) -> None:
        """The hands end."""
        self.stopped = True


class Naps:
    """Sleeps so many times, and then ends the work."""

    def __init__(self, most: int, nap: Callable[[Due], None] | None = None) -> None:
        self.stopping = asyncio.Event()
        self.taken: list[Due] = []
        self._most = most
        self._nap = nap

    async def wait(self, due: Due) -> None:
        """Sleep."""
        self.taken.append(due)
        if self._nap:
            self._nap(due)
        if len(self.taken) == self._most:
            self.stopping.set()


def a_worker(house: House, cues: Script, sends: Script, naps: Naps) -> Worker:
    """A worker whose cueing and sending are scripted."""
    return Worker(house.store, cast(Cueing, cues), cast(Sending, sends), naps)


async def test_a_worker_carries_a_lesson_to_its_end(house: House) -> None:
    await house.schedule()
    stopping = asyncio.Event()

    class Jumps:
        """Lets the time pass at once."""

        def __init__(self) -> None:
            self.left = MOST_STEPS

        async def wait(self, due: Due) -> None:
            """Let the hands end, then jump to the next moment."""
            await house.sending.send_due()
            async with house.store.reading() as reading:
                due = await reading.due()
            ahead = [at for at in (due.cue_at, due.delivery_at, due.lane_at) if at]
            self.left -= 1
            if not ahead or not self.left:
                stopping.set()
            else:
                house.step(max(min(ahead) - house.now, timedelta(milliseconds=20)))

    await Worker(house.store, house.cueing, house.sending, Jumps()).run(stopping)
    assert (await house.run()).status == "ended"
    assert {d.state for d in await house.deliveries()} == {"sent"}


async def test_a_platform_that_hangs_holds_up_no_cue_and_no_other_lane(house: House) -> None:
    await house.schedule()
    hung, released = asyncio.Event(), asyncio.Event()
    post = house.stage.post

    async def hang(to: Place | Person, message: Message, *, key: str) -> PostRef:
        if isinstance(to, Place):
            hung.set()
            await released.wait()
        return await post(to, message, key=key)

    house.stage.post = hang  # type: ignore[method-assign]
    naps = Naps(10_000)

    async def done() -> int:
        async with house.store.reading() as reading:
            return sum(cue.state == "done" for cue in await reading.cues(RUN))

    async def nap(due: Due) -> None:
        naps.taken.append(due)
        await asyncio.sleep(0)

    naps.wait = nap  # type: ignore[method-assign]
    worker = asyncio.create_task(
        Worker(house.store, house.cueing, house.sending, naps).run(naps.stopping)
    )
    async with asyncio.timeout(20):
        await hung.wait()
        before = await done()
        house.step(timedelta(minutes=10))
        while await done() <= before:  # noqa: ASYNC110
            await asyncio.sleep(0)
    released.set()
    naps.stopping.set()
    await worker


async def test_a_worker_goes_on_after_a_turn_that_failed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    cues, sends, naps = Script(ZeroDivisionError("secret words")), Script(), Naps(2)
    await a_worker(house, cues, sends, naps).run(naps.stopping)
    assert cues.turns == 2
    assert sends.turns == 2, "what was owed goes out whatever became of the cues"
    assert "ZeroDivisionError < test_worker.py" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_database_that_is_down_is_told_in_a_sentence(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps(2)
    await a_worker(house, Script(), Script(DOWN), naps).run(naps.stopping)
    assert "the database cannot be used right now: The disk that holds the database" in caplog.text
    assert "Traceback" not in caplog.text
    assert naps.taken[0] == Due(None, None, None)


async def test_a_worker_that_is_to_stop_lets_its_hands_end(house: House) -> None:
    sends, naps = Script(), Naps(3)
    await a_worker(house, Script(), sends, naps).run(naps.stopping)
    assert sends.turns == 3
    assert sends.stopped


async def test_a_database_that_fails_while_sending_is_told_as_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many hands a worker has, its caller hears what kept them from going on."""
    await house.schedule()

    def fail() -> None:
        raise DOWN

    monkeypatch.setattr(house.store, "transaction", fail)
    with pytest.raises(StoreUnavailable, match="disk"):
        await house.sending.send_due()
