"""The alarm clock: APScheduler wakes the worker at the next due time. It keeps no truth.

What is due stands in the database; a lost alarm costs at most the second until the next look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.service.store import Due

LOOK_SECONDS = 1.0
"""How long the worker sleeps at most, for what other processes did unseen."""

BREATH_SECONDS = 0.02
"""How long it sleeps at least: what is due and cannot be done yet must not spin the worker."""


class Alarm:
    """Sleeps on two clocks at once, and can be woken."""

    def __init__(
        self, lesson: Clock, machine: Clock, nightly: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """``nightly`` runs once a night, at 03:00 UTC."""
        self._lesson = lesson
        self._machine = machine
        self._ring = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        if nightly is not None:
            self._scheduler.add_job(
                nightly, "cron", hour=3, id="nightly", coalesce=True, misfire_grace_time=None
            )

    async def __aenter__(self) -> Alarm:
        self._scheduler.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._scheduler.shutdown(wait=False)

    def wake(self) -> None:
        """End the present sleep, or the next one."""
        self._ring.set()

    async def wait(self, due: Due) -> None:
        """Sleep until the first due moment, a wake-up, or `LOOK_SECONDS`."""
        seconds = max(BREATH_SECONDS, min([LOOK_SECONDS, *self._seconds(due)]))
        # A real moment: APScheduler knows no clock but the system's. However late it comes to
        # ring, it rings.
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        self._scheduler.add_job(
            self._ring.set,
            "date",
            run_date=at,
            id="wake",
            replace_existing=True,
            misfire_grace_time=None,
        )
        # The system's clock may be turned while it waits; this one cannot.
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._ring.wait()
        self._ring.clear()

    def _seconds(self, due: Due) -> list[float]:
        lesson = [at for at in (due.cue_at, due.delivery_at) if at]
        machine = [due.lane_at] if due.lane_at else []
        return [
            *(self._lesson.seconds_until(at) for at in lesson),
            *(self._machine.seconds_until(at) for at in machine),
        ]
