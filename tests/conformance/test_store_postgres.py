"""The store on PostgreSQL, and what only several processes can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bot.facilitation.changes import Changes
from bot.service.store import StoreUnavailable
from bot.storage.migrate import migrate
from bot.storage.store import open_store
from tests.conformance.postgres import Postgres
from tests.conformance.store import StoreContract
from tests.conformance.values import LEASE, MAIN_LANE, T0, a_run, an_opening, an_owed, lane_of

pytestmark = pytest.mark.postgres


@pytest.fixture
async def url(postgres: Postgres) -> AsyncIterator[str]:
    """A migrated database."""
    async with postgres.database() as url:
        yield url


class TestStoreOnPostgres(StoreContract):
    """All that a store promises."""


async def test_other_processes_are_woken_even_after_the_connection_was_lost(url: str) -> None:
    async with (
        open_store(url, lane_of=lane_of) as here,
        open_store(url, lane_of=lane_of) as there,
    ):
        woken = asyncio.Event()
        there.on_change(woken.set)
        async with asyncio.timeout(10):
            await there.wakeups.connected.wait()
            woken.clear()
            async with here.transaction() as tx:
                await tx.add_run(a_run(), ())
            await woken.wait()

            woken.clear()
            await _cut_listeners(url)
            # Whoever listens again looks at once, as something may have been missed.
            await woken.wait()
            woken.clear()
            async with here.transaction() as tx:
                await tx.apply(Changes(owed=(an_owed("k1"),)))
            await woken.wait()


async def _cut_listeners(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    await connection.close()


async def test_a_run_that_somebody_has_locked_is_passed_over(url: str) -> None:
    async with open_store(url, lane_of=lane_of) as store:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
        async with store.transaction() as first:
            assert await first.lock_run("r1")
            async with store.transaction() as second:
                assert await second.lock_run("r1", wait=False) is None


async def test_a_lane_that_is_being_claimed_is_passed_over(url: str) -> None:
    async with open_store(url, lane_of=lane_of) as store:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(owed=(an_owed("k1"),)))
        async with store.database.writing() as other:
            await other.exec_driver_sql("SELECT * FROM lanes FOR UPDATE")
            async with store.transaction() as tx:
                assert await tx.claim_lane("w", lesson_now=T0, now=T0, lease=LEASE) is None
        async with store.transaction() as tx:
            assert await tx.claim_lane("w", lesson_now=T0, now=T0, lease=LEASE) == MAIN_LANE


async def test_voting_waits_for_nobody_but_closing_waits_for_votes(url: str) -> None:
    async with open_store(url, lane_of=lane_of) as store:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))

        async def close() -> None:
            async with store.transaction() as tx:
                closed = an_opening(closed_at=an_opening().opened_at)
                await tx.apply(Changes(openings=(closed,)))

        async with store.transaction() as first:
            assert await first.hold_opening("r1-poll-1")
            async with asyncio.timeout(5), store.transaction() as second:
                assert await second.hold_opening("r1-poll-1")
            closing = asyncio.create_task(close())
            done, _ = await asyncio.wait([closing], timeout=0.2)
            assert not done
        await closing


async def test_a_server_that_does_not_answer_is_told() -> None:
    nobody = "postgresql://postgres@127.0.0.1:9/none"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1 does not answer"):
        async with open_store(nobody, lane_of=lane_of):
            pass
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1 does not answer"):
        await migrate(nobody)


async def test_a_database_that_is_not_there_is_told(postgres: Postgres) -> None:
    with pytest.raises(StoreUnavailable, match="no database of that name"):
        await migrate(postgres.url("nowhere"))


async def test_a_database_that_was_never_migrated_is_told(postgres: Postgres) -> None:
    async with postgres.database(migrated=False) as url:
        with pytest.raises(StoreUnavailable, match="run `fivefold migrate`"):
            async with open_store(url, lane_of=lane_of):
                pass


async def test_a_database_that_may_not_be_written_is_told(url: str) -> None:
    connection = await asyncpg.connect(url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await connection.close()
    async with open_store(url, lane_of=lane_of) as store:
        with pytest.raises(StoreUnavailable, match="can be read but not written"):
            await store.prune(T0)


async def test_a_connection_lost_within_a_transaction_is_told(url: str) -> None:
    async with open_store(url, lane_of=lane_of) as store:

        async def be_cut_off() -> None:
            async with store.transaction() as tx:
                await tx.add_run(a_run(), ())
                await _cut_writers(url)
                await tx.apply(Changes(openings=(an_opening(),)))

        with pytest.raises(StoreUnavailable):
            await be_cut_off()
        async with store.reading() as reading:
            assert await reading.runs() == ()


async def _cut_writers(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    await connection.close()
