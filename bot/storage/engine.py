"""Connections to SQLite and PostgreSQL: how they are opened, begun and ended, and how they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.failures import failing_as_unavailable

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another process on SQLite."""

READERS = 5
WRITERS = 10
"""Connections kept to each database at most; SQLite has one writer."""


def parse_url(url: str) -> URL:
    """The URL with the driver that is used: ``sqlite+aiosqlite`` or ``postgresql+asyncpg``.

    Raises ValueError, with a sentence for people, for any other database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(
            "the database URL cannot be read: it looks like sqlite:///fivefold.db or "
            "postgresql://user@host/name"
        ) from None
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+aiosqlite")
    if kind in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise ValueError(f"{kind} is no database for Fivefold: use a SQLite file or PostgreSQL")


def sqlite_engine(url: URL, *, begin: str, pragmas: dict[str, str | int], size: int) -> AsyncEngine:
    """An engine whose transactions open with ``begin``, whatever the driver would do."""
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, record: Any) -> None:
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            for name, value in pragmas.items():
                cursor.execute(f"PRAGMA {name}={value}")
            cursor.close()
        except BaseException:
            # Nobody else would, and the connection has a thread of its own.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ``ON CONFLICT`` as the connection's database says it."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


class Database:
    """A database that is open: connections for reading and for writing.

    Whatever keeps it from doing its work is raised as `StoreUnavailable`, in a sentence.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        self.path = Path(self.url.database or "") if self.is_sqlite else None
        """The file, on SQLite."""
        self._reader, self._writer = self._engines()

    def _engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        if self.is_sqlite:
            common: dict[str, str | int] = {"foreign_keys": "ON", "synchronous": "FULL"}
            reader = sqlite_engine(
                self.url, begin="BEGIN", pragmas=common | {"query_only": "ON"}, size=READERS
            )
            writer = sqlite_engine(
                self.url,
                begin="BEGIN IMMEDIATE",
                pragmas=common | {"journal_mode": "WAL"},
                size=1,
            )
            return reader, writer
        writer = create_async_engine(
            self.url, pool_size=WRITERS, max_overflow=0, pool_pre_ping=True, hide_parameters=True
        )
        # One pool serves both: what is read is a snapshot.
        return (
            writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
            writer,
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which everything is read as of one moment."""
        async with self._transaction(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose work is committed at the end, or rolled back on any exception."""
        async with self._transaction(self._writer) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        connection = engine.connect()
        with failing_as_unavailable(self.url, connecting=True):
            await connection.start()
        try:
            with failing_as_unavailable(self.url, connecting=True):
                await connection.begin()
            with failing_as_unavailable(self.url):
                yield connection
                await connection.commit()
        finally:
            # Closing rolls back what was not committed, and a cancelled task must not leave that.
            await asyncio.shield(connection.close())

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()
