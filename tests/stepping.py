"""The whole app on clocks that a test steps from each moment at which something is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app import App
from bot.clock import SteppedClock
from bot.facilitation.state import Run

MOST_STEPS = 2_000
"""More moments than any run of a test has."""


@dataclass
class Stepping:
    """``settle`` returns when what follows the platforms' acknowledgements has arrived."""

    app: App
    lesson: SteppedClock
    machine: SteppedClock
    settle: Callable[[], Awaitable[None]]

    async def work(self) -> None:
        """Do all that can be done now, and let what is said beside it arrive."""
        for _ in range(MOST_STEPS):
            if not await self.app.worker.turn():
                await self.settle()
                return
        raise AssertionError("there is no end to what is to be done at one moment")

    async def run_to(self, moment: datetime) -> None:
        """Work from each moment at which something is due to the next, until this one."""
        for _ in range(MOST_STEPS):
            await self.work()
            if self.lesson.now() >= moment:
                return
            ahead = [wait for wait in await self._waits() if wait > timedelta(0)]
            by = min([moment - self.lesson.now(), *ahead])
            self.lesson.step_to(self.lesson.now() + by)
            self.machine.step_to(self.machine.now() + by)
        raise AssertionError(f"the run does not come to {moment}")

    async def run_for(self, minutes: float) -> None:
        """`run_to` so much later."""
        await self.run_to(self.lesson.now() + timedelta(minutes=minutes))

    async def _waits(self) -> list[timedelta]:
        async with self.app.store.reading() as reading:
            due = await reading.due()
        lesson = [at - self.lesson.now() for at in (due.cue_at, due.delivery_at) if at]
        machine = [due.lane_at - self.machine.now()] if due.lane_at else []
        return lesson + machine

    async def runs(self) -> list[Run]:
        """All runs, latest start first."""
        async with self.app.store.reading() as reading:
            return list(await reading.runs())
