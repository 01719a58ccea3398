"""What goes on after something was acknowledged: work that nobody at the door waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.chat.platform import PlatformFailure, RecordsUnavailable
from bot.failing import where

log = logging.getLogger(__name__)

T = TypeVar("T")

CLOSING = 15.0
"""How many seconds it has at the end."""


class UnderWay:
    """The work that goes on."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let this go on, whoever waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def beside(self, work: Coroutine[Any, Any, None], until: float = 0) -> None:
        """Do this with the acknowledgement where there is time for it, else after it; ``until`` is
        in the loop's time. What somebody should have seen may fail without what they gave being
        lost."""
        task = self.begin(_quietly(work))
        if (left := left_until(until)) > 0:
            await asyncio.wait({task}, timeout=left)

    async def settled(self) -> None:
        """Wait for all of it."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Likewise, but not for longer than `CLOSING`."""
        try:
            async with asyncio.timeout(CLOSING):
                await self.settled()
        except TimeoutError:
            left = tuple(self._tasks)
            log.warning("Fivefold ends before all was said in Teams: %d left", len(left))
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def left_until(until: float) -> float:
    """The seconds that are left until then, in the loop's time."""
    return max(0.0, until - asyncio.get_running_loop().time())


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except (PlatformFailure, RecordsUnavailable) as failure:
        log.warning("an answer did not reach its person: %s", type(failure).__name__)
    except Exception as failure:
        log.error("an answer could not be given: %s", where(failure))
