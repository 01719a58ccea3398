"""What people have to be told is told though Teams asks to wait: later, and not all at once."""

from __future__ import annotations

from asyncio import Semaphore, sleep
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.chat.platform import Limited

T = TypeVar("T")

PATIENCE = timedelta(seconds=20)
"""How long, all in all, is waited for Teams to take one of them."""

AT_ONCE = 5
"""How many are on their way at a time; of a tenant, Teams takes 30 a second."""


class Patience:
    """Lets a few out at a time, and waits where Teams asks to."""

    def __init__(self) -> None:
        self._out = Semaphore(AT_ONCE)

    async def give(self, send: Callable[[], Awaitable[T]]) -> T:
        """Send it, once more after each `Limited`. Raises as the port does."""
        patience = PATIENCE
        while True:
            try:
                async with self._out:
                    return await send()
            except Limited as limited:
                patience -= limited.after
                if patience < timedelta(0):
                    raise
                await sleep(limited.after.total_seconds())
