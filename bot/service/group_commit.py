"""Group commit: pieces of work that wait together share one transaction.

One commit for many is what lets hundreds of votes in a second be answered after their commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.service.store import Conflict, Store, StoreUnavailable, Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting:
    order: tuple[str, ...]
    work: Callable[[Transaction], Awaitable[Any]]
    done: asyncio.Future[Any]


class GroupCommit:
    """Runs work in shared transactions, one at a time."""

    def __init__(self, store: Store, *, most: int = 200) -> None:
        self._store = store
        self._most = most
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def run(
        self, work: Callable[[Transaction], Awaitable[T]], *, order: tuple[str, ...] = ()
    ) -> T:
        """What ``work`` returns, once it is committed; what it or the commit raises otherwise.

        Work of one batch is done in the order of ``order``, so that locks are always taken in
        the same order. If a batch fails, each piece is run again in a transaction of its own:
        ``work`` may be called twice and must not act outside the transaction.
        """
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(order, work, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        result: T = await done
        return result

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._together(sorted(batch, key=lambda each: each.order))

    async def _together(self, batch: list[_Waiting]) -> None:
        try:
            async with self._store.transaction() as tx:
                results = [await each.work(tx) for each in batch]
        except BaseException as failure:
            down = isinstance(failure, StoreUnavailable) and not isinstance(failure, Conflict)
            if down or len(batch) == 1 or not isinstance(failure, Exception):
                _fail(batch, failure)
            else:
                for each in batch:
                    await self._together([each])
            if not isinstance(failure, Exception):
                raise
        else:
            for each, result in zip(batch, results, strict=True):
                if not each.done.done():
                    each.done.set_result(result)


def _fail(batch: list[_Waiting], failure: BaseException) -> None:
    for each in batch:
        if not each.done.done():
            each.done.set_exception(failure)
