"""Work that waits together shares a transaction, and none of it suffers for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from bot.service.group_commit import GroupCommit
from bot.service.store import Store, StoreUnavailable, Transaction

DOWN = StoreUnavailable("The database is busy with something else: try again in a moment.")


class Ledger:
    """A store of lines: what a transaction wrote is kept only if it commits."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.transactions = 0
        self.at_commit: list[Exception] = []
        self.gate: asyncio.Event | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[list[str]]:
        """All or nothing."""
        self.transactions += 1
        written: list[str] = []
        if self.gate:
            await self.gate.wait()
        await asyncio.sleep(0)
        yield written
        await asyncio.sleep(0)
        if self.at_commit:
            raise self.at_commit.pop(0)
        self.kept += written


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def commits(ledger: Ledger) -> GroupCommit:
    return GroupCommit(cast(Store, ledger), most=10)


Work = Callable[[Transaction], Awaitable[str]]


def write(line: str, failure: BaseException | None = None) -> Work:
    """Work that writes a line, and then perhaps fails."""

    async def work(tx: Any) -> str:
        tx.append(line)
        await asyncio.sleep(0)
        if failure:
            raise failure
        return line.upper()

    return work


async def gather(*waiting: Awaitable[str]) -> list[str | BaseException]:
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_work_that_waits_together_shares_a_transaction(
    ledger: Ledger, commits: GroupCommit
) -> None:
    lines = [f"line {n}" for n in range(25)]
    results = await gather(*(commits.run(write(line)) for line in lines))
    assert results == [line.upper() for line in lines]
    assert sorted(ledger.kept) == sorted(lines)
    assert ledger.transactions == 3


async def test_work_of_a_batch_is_done_in_its_order(ledger: Ledger, commits: GroupCommit) -> None:
    orders = [("b", "1"), ("a", "2"), ("b", "0"), ("a", "1")]
    await gather(*(commits.run(write("/".join(order)), order=order) for order in orders))
    assert ledger.kept == ["a/1", "a/2", "b/0", "b/1"]


async def test_work_without_an_order_is_done_as_it_came(
    ledger: Ledger, commits: GroupCommit
) -> None:
    await gather(*(commits.run(write(line)) for line in "zyxw"))
    assert ledger.kept == list("zyxw")


async def test_nothing_is_answered_before_it_is_committed(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.gate = asyncio.Event()
    waiting = asyncio.create_task(commits.run(write("one")))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not waiting.done()
    assert ledger.kept == []
    ledger.gate.set()
    assert await waiting == "ONE"


async def test_what_comes_during_a_commit_shares_the_next(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.gate = asyncio.Event()
    first = asyncio.create_task(commits.run(write("first")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(commits.run(write(f"later {n}"))) for n in range(5)]
    await asyncio.sleep(0)
    ledger.gate.set()
    await gather(first, *later)
    assert ledger.transactions == 2
    assert ledger.kept[0] == "first"


async def test_one_failure_is_its_own_and_the_others_are_kept(
    ledger: Ledger, commits: GroupCommit
) -> None:
    results = await gather(
        commits.run(write("a")),
        commits.run(write("b", ZeroDivisionError("odd"))),
        commits.run(write("c")),
    )
    assert results[0] == "A"
    assert isinstance(results[1], ZeroDivisionError)
    assert results[2] == "C"
    assert ledger.kept == ["a", "c"]
    assert ledger.transactions == 4


async def test_a_commit_that_fails_unexpectedly_is_tried_one_by_one(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.at_commit = [ValueError("odd")]
    assert await gather(commits.run(write("a")), commits.run(write("b"))) == ["A", "B"]
    assert ledger.kept == ["a", "b"]


async def test_a_database_that_is_down_is_told_to_all_at_once(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.at_commit = [DOWN]
    results = await gather(*(commits.run(write(line)) for line in "abc"))
    assert results == [DOWN] * 3
    assert ledger.kept == []
    assert ledger.transactions == 1, "three tries of a database that is down help nobody"
    assert await commits.run(write("again")) == "AGAIN"


async def test_a_waiter_that_was_cancelled_disturbs_no_other(
    ledger: Ledger, commits: GroupCommit
) -> None:
    """Whoever closes the browser too early has voted nonetheless."""
    ledger.gate = asyncio.Event()
    tasks = [asyncio.create_task(commits.run(write(line))) for line in "abc"]
    for _ in range(5):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    ledger.gate.set()
    results = await gather(*tasks)
    assert (results[0], results[2]) == ("A", "C")
    assert isinstance(results[1], asyncio.CancelledError)
    assert ledger.kept == ["a", "b", "c"]


async def test_a_waiter_that_was_cancelled_and_failed_disturbs_no_other(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.gate = asyncio.Event()
    works = [write("a"), write("b", ZeroDivisionError()), write("c")]
    tasks = [asyncio.create_task(commits.run(work)) for work in works]
    for _ in range(5):
        await asyncio.sleep(0)
    tasks[1].cancel()
    ledger.gate.set()
    results = await gather(*tasks)
    assert (results[0], results[2]) == ("A", "C")
    assert ledger.kept == ["a", "c"]


async def test_when_the_process_ends_nobody_waits_for_ever(
    ledger: Ledger, commits: GroupCommit
) -> None:
    ledger.gate = asyncio.Event()
    waiting = asyncio.create_task(commits.run(write("a")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert commits._task
    commits._task.cancel()
    async with asyncio.timeout(5):
        (result,) = await gather(waiting)
    assert isinstance(result, asyncio.CancelledError)
    assert ledger.kept == []
