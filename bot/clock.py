"""Clocks: where the time comes from, read once at the door and passed on as an argument.

Lesson time drives cues and the times of responses and may be scaled or stepped.
Machine time drives leases, rates and timeouts and is the system's, except where all is stepped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...

    def seconds_until(self, at: datetime) -> float:
        """Real seconds until the clock shows ``at``: 0 if it does, infinity if it stands still."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def seconds_until(self, at: datetime) -> float:
        """Real seconds until ``at``, at least 0."""
        return max(0.0, (at - self.now()).total_seconds())


class ScaledClock:
    """A clock that runs ``rate`` times as fast as the machine's, and has a hand to turn it."""

    def __init__(self, start: datetime, rate: float) -> None:
        self._base = start
        self._mark = time.monotonic()
        self._rate = rate
        self._stopped = False
        self._turned: list[Callable[[], None]] = []

    @property
    def rate(self) -> float:
        """How many times as fast as the machine's clock it runs when it runs."""
        return self._rate

    @property
    def stopped(self) -> bool:
        """Whether it stands still."""
        return self._stopped

    def now(self) -> datetime:
        """This moment on the scaled clock, aware, in UTC."""
        if self._stopped:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._mark) * self._rate)

    def seconds_until(self, at: datetime) -> float:
        """Real seconds until the clock shows ``at`` at today's rate; infinity while stopped."""
        left = (at - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        return float("inf") if self._stopped else left / self._rate

    def on_turn(self, turned: Callable[[], None]) -> None:
        """Call ``turned`` whenever the hand was used."""
        self._turned.append(turned)

    def stop(self) -> None:
        """Stand still."""
        self._turn(stopped=True)

    def go(self) -> None:
        """Run on."""
        self._turn(stopped=False)

    def set_rate(self, rate: float) -> None:
        """Run ``rate`` times as fast as the machine's clock; ``rate`` is above 0."""
        if rate <= 0:
            raise ValueError("a clock's rate is above 0")
        self._turn(rate=rate)

    def jump_to(self, at: datetime) -> None:
        """Show ``at`` now; never goes back."""
        self._turn(at=at)

    def _turn(
        self,
        *,
        stopped: bool | None = None,
        rate: float | None = None,
        at: datetime | None = None,
    ) -> None:
        now = self.now()
        self._base = max(now, at) if at else now
        self._mark = time.monotonic()
        self._stopped = self._stopped if stopped is None else stopped
        self._rate = rate or self._rate
        for turned in self._turned:
            turned()


class IncreasingClock:
    """Another clock, whose every moment is later than the one it gave before.

    What is heard by it has an order, even while the other clock stands still or is set back.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The other clock's moment, or the next microsecond if that one was given already."""
        self._last = max(self._clock.now(), self._last + timedelta(microseconds=1))
        return self._last

    def seconds_until(self, at: datetime) -> float:
        """As the other clock says."""
        return self._clock.seconds_until(at)


class SteppedClock:
    """A clock that moves only when it is told: for headless runs and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment it was last told, aware, in UTC."""
        return self._now

    def seconds_until(self, at: datetime) -> float:
        """0 if ``at`` has come, else infinity: no waiting brings it nearer."""
        return 0.0 if at <= self._now else float("inf")

    def step_to(self, at: datetime) -> None:
        """Show ``at``; never goes back."""
        self._now = max(self._now, at)
