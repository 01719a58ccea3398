"""The store itself: a database that is open, and its readings and transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import delete, text

from bot.service.store import Reading, StoreUnavailable, Transaction
from bot.storage.engine import Database
from bot.storage.failures import NEVER_MIGRATED
from bot.storage.notify import Wakeups
from bot.storage.reading import Lessons, SqlReading
from bot.storage.tables import REVISION, heard
from bot.storage.writing import LaneOf, SqlTransaction


class SqlStore:
    """Implements `bot.service.store.Store` on SQLite and PostgreSQL."""

    def __init__(self, database: Database, lane_of: LaneOf) -> None:
        self.database = database
        self.wakeups = Wakeups(database.url)
        self._lane_of = lane_of
        self._lessons = Lessons()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """A consistent view; nothing is written."""
        async with self.database.reading() as connection:
            yield SqlReading(connection, self._lessons)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing: commits at the end of the block, rolls back on any exception."""
        async with self.database.writing() as connection:
            transaction = SqlTransaction(connection, self._lessons, self._lane_of)
            yield transaction
            await transaction.write_marks()
            if transaction.gives_work:
                await self.wakeups.tell_others(connection)
        if transaction.gives_work:
            self.wakeups.call()

    def on_change(self, wake: Callable[[], None]) -> None:
        """As promised; on PostgreSQL to be called while the event loop runs.

        On SQLite only what this process commits is heard of.
        """
        self.wakeups.add(wake)

    async def prune(self, before: datetime) -> int:
        """Forget the ids of events heard before this moment; answers how many they were."""
        async with self.database.writing() as connection:
            result = await connection.execute(delete(heard).where(heard.c.at < before))
            return int(result.rowcount)


@asynccontextmanager
async def open_store(url: str, *, lane_of: LaneOf) -> AsyncIterator[SqlStore]:
    """The store in the database at ``url``, closed at the end of the block.

    ``lane_of`` names the lane in which messages to a place or person travel.
    Raises ValueError for a URL that is none, StoreUnavailable for a database that cannot be
    reached or was not migrated.
    """
    database = Database(url)
    store = SqlStore(database, lane_of)
    try:
        await _check_migrated(database)
        yield store
    finally:
        await store.wakeups.close()
        await database.close()


async def _check_migrated(database: Database) -> None:
    if database.path is not None and not database.path.exists():
        # Connecting would make an empty file.
        raise StoreUnavailable(NEVER_MIGRATED)
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        revision = found.scalar()
    if revision is None:
        raise StoreUnavailable(NEVER_MIGRATED)
    if revision != REVISION:
        raise StoreUnavailable(
            f"The database is at revision {revision} and this Fivefold needs {REVISION}: "
            "run `fivefold migrate` of the newest Fivefold."
        )
