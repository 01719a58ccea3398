"""The worker: carries out what is due, then sleeps until something is."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from bot.failing import where
from bot.service.cueing import Cueing
from bot.service.sending import Sending
from bot.service.store import Due, Store, StoreUnavailable

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""How long calls that are under way may take when the worker is told to stop."""


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
        """Work until ``stopping`` is set. What fails is logged and tried again.

        Cues never wait for a platform: a slow one holds up its own lanes and nothing else.
        """
        try:
            while not stopping.is_set():
                await self._waker.wait(await self._step())
        finally:
            await self._sending.stop(within=STOP_SECONDS)

    async def _step(self) -> Due:
        """Carry out what is due, have it sent, and say when there is more."""
        due = Due(None, None, None)
        try:
            try:
                await self._cueing.run_due()
            finally:
                # What was owed before goes out, whatever became of the cues.
                self._sending.take_on()
            if failure := self._sending.failure():
                raise failure
            async with self._store.reading() as reading:
                # A platform whose hands are all busy is looked after by whichever is idle first.
                due = await reading.due(without=self._sending.full)
        except StoreUnavailable as down:
            log.warning("the database cannot be used right now: %s", down)
        except Exception as failure:
            log.error("a turn of the worker failed; it goes on: %s", where(failure))
        return due
