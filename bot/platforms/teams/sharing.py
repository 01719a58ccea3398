"""One attempt at a time: whoever comes while something is asked for gets what it comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Attempts under way, by key."""

    def __init__(self) -> None:
        self._attempts: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What it comes to, or its failure. It goes on though nobody waits for it any more."""
        attempt = self._attempts.get(key)
        if attempt is None:
            attempt = self._attempts[key] = asyncio.create_task(ask())
            attempt.add_done_callback(lambda ended: self._end(key, ended))
        return await asyncio.shield(attempt)

    def _end(self, key: Hashable, ended: asyncio.Task[T]) -> None:
        del self._attempts[key]
        if not ended.cancelled():
            # Else asyncio would log a failure for which nobody waited long enough.
            ended.exception()
