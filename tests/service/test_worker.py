"""The worker: does what is due, sleeps until something is, and survives what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from bot.service.cueing import Cueing
from bot.service.sending import Sending
from bot.service.store import Due, StoreUnavailable
from bot.service.worker import Worker
from tests.service.house import MOST_STEPS, House

DOWN = StoreUnavailable("The disk that holds the database is full: make room, then try again.")


class Script:
    """Stands for cueing and sending: each turn does what its line says."""

    def __init__(self, *lines: int | Exception) -> None:
        self.lines = list(lines)
        self.turns = 0

    async def run_due(self) -> int:
        """As the next line says, and nothing after the last."""
        self.turns += 1
        line = self.lines.pop(0) if self.lines else 0
        if isinstance(line, Exception):
            raise line
        return line

    send_due = run_due


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
            """Jump to the next moment."""
            ahead = [at for at in (due.cue_at, due.delivery_at, due.lane_at) if at]
            self.left -= 1
            if not ahead or not self.left:
                stopping.set()
            else:
                house.step(max(min(ahead) - house.now, timedelta(milliseconds=20)))

    await Worker(house.store, house.cueing, house.sending, Jumps()).run(stopping)
    assert (await house.run()).status == "ended"
    assert {d.state for d in await house.deliveries()} == {"sent"}


async def test_a_worker_sleeps_only_when_there_is_nothing_to_do(house: House) -> None:
    cues, sends, naps = Script(1, 0, 0), Script(0, 3, 0), Naps(1)
    await a_worker(house, cues, sends, naps).run(naps.stopping)
    assert (cues.turns, sends.turns) == (3, 3)


async def test_a_worker_goes_on_after_a_turn_that_failed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    cues, sends, naps = Script(ZeroDivisionError("secret words"), 0), Script(), Naps(2)
    await a_worker(house, cues, sends, naps).run(naps.stopping)
    assert cues.turns == 2
    assert sends.turns == 2, "what was owed goes out whatever became of the cues"
    assert "ZeroDivisionError < test_worker.py" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_database_that_is_down_is_told_in_a_sentence(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps(2)
    await a_worker(house, Script(), Script(DOWN, 0), naps).run(naps.stopping)
    assert "the database cannot be used right now: The disk that holds the database" in caplog.text
    assert "Traceback" not in caplog.text
    assert naps.taken[0] == Due(None, None, None)


async def test_a_worker_that_is_to_stop_finishes_its_turn(house: House) -> None:
    cues, sends, naps = Script(*[1] * 5), Script(), Naps(1)
    turn = Script.run_due

    async def stop_in_the_third(self: Script) -> int:
        if self is sends and self.turns == 2:
            naps.stopping.set()
        return await turn(self)

    sends.run_due = sends.send_due = stop_in_the_third.__get__(sends)  # type: ignore[method-assign]
    await a_worker(house, cues, sends, naps).run(naps.stopping)
    assert (cues.turns, sends.turns) == (3, 3)
    assert naps.taken == []


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
