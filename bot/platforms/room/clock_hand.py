"""The hand on the demo's clock: a visitor stops it, slows it or goes to the next moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.clock import ScaledClock

SLOWEST, FASTEST = 1.0, 600.0


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What the clock shows: lesson time, and how many times as fast as real time it runs."""

    now: datetime
    rate: float
    stopped: bool


class ClockHand(Protocol):
    """A clock that people may turn."""

    def describe(self) -> ClockFace:
        """What it shows at this moment."""
        ...

    def stop(self) -> None:
        """Let it stand still."""
        ...

    def go(self) -> None:
        """Let it run on."""
        ...

    def slower(self) -> None:
        """Half as fast, down to real time."""
        ...

    def faster(self) -> None:
        """Twice as fast, within reason."""
        ...

    async def next_cue(self) -> None:
        """Go to the next moment at which something happens, if there is one."""
        ...


class ScaledHand:
    """The hand on a `ScaledClock`; ``next_at`` tells the next moment, in lesson time."""

    def __init__(
        self, clock: ScaledClock, next_at: Callable[[], Awaitable[datetime | None]]
    ) -> None:
        self._clock = clock
        self._next_at = next_at

    def describe(self) -> ClockFace:
        """What the clock shows at this moment."""
        return ClockFace(self._clock.now(), self._clock.rate, self._clock.stopped)

    def stop(self) -> None:
        """Let it stand still."""
        self._clock.stop()

    def go(self) -> None:
        """Let it run on."""
        self._clock.go()

    def slower(self) -> None:
        """Half as fast, down to real time."""
        self._clock.set_rate(max(SLOWEST, self._clock.rate / 2))

    def faster(self) -> None:
        """Twice as fast, up to ten minutes a second."""
        self._clock.set_rate(min(FASTEST, self._clock.rate * 2))

    async def next_cue(self) -> None:
        """Go to the next moment at which something happens, if there is one."""
        at = await self._next_at()
        if at is not None:
            self._clock.jump_to(at)
