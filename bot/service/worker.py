"""The worker: carries out what is due, then sleeps until something is."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from bot.service.cueing import Cueing
from bot.service.failing import where
from bot.service.sending import Sending
from bot.service.store import Due, Store, StoreUnavailable

log = logging.getLogger(__name__)


class Waker(Protocol):
    """Wakes the worker."""

    async def wait(self, due: Due) -> None:
        """Return when something is due, when somebody wakes, or after a short while anyhow."""
        ...


class Worker:
    """One worker process's share of the work; any number of them share a database."""

    def __init__(self, store: Store, cueing: Cueing, sending: Sending, waker: Waker) -> None:
        self._store = store
        self._cueing = cueing
        self._sending = sending
        self._waker = waker

    async def turn(self) -> bool:
        """Do all that is due now; whether there was anything."""
        try:
            cues = await self._cueing.run_due()
        finally:
            # What was owed before goes out, whatever became of the cues.
            sent = await self._sending.send_due()
        return bool(cues or sent)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping`` is set. A failing turn is logged and tried again."""
        while not stopping.is_set():
            due = Due(None, None, None)
            try:
                if await self.turn():
                    continue
                async with self._store.reading() as reading:
                    due = await reading.due()
            except StoreUnavailable as down:
                log.warning("the database cannot be used right now: %s", down)
            except Exception as failure:
                log.error("a turn of the worker failed; it goes on: %s", where(failure))
            await self._waker.wait(due)
