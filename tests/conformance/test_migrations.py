"""Migrations: what they make, and that they are safe to run by everybody at once."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.service.store import StoreUnavailable
from bot.storage.engine import parse_url, sqlite_engine
from bot.storage.migrate import Migrated, migrate, scripts
from bot.storage.room_tables import room_channels
from bot.storage.store import open_store
from bot.storage.tables import REVISION, metadata
from tests.conformance.postgres import Postgres
from tests.conformance.values import lane_of

# Whoever imports the room's tables adds them to the others.
assert room_channels.metadata is metadata

PROCESSES = 6
MIGRATE = "import asyncio, sys; from bot.storage.migrate import migrate; " + (
    "print(asyncio.run(migrate(sys.argv[1])).before)"
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/fivefold.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    async with postgres.database(migrated=False) as url:
        yield url


def differences(connection: Connection) -> list[object]:
    """What separates the database from the tables in the code."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def indexes(connection: Connection) -> set[str]:
    """The indexes as the database writes them, conditions and all."""
    if connection.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found = {str(sql) for sql in connection.execute(text(query)).scalars()}
    return {sql for sql in found if "alembic" not in sql}


async def test_migrations_and_tables_agree(url: str) -> None:
    await migrate(url)
    engine = create_async_engine(parse_url(url), poolclass=NullPool)
    async with engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(indexes)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert await connection.run_sync(indexes) == migrated
    await engine.dispose()


async def test_many_processes_migrate_together_and_none_fails(url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, url, stdout=PIPE, stderr=PIPE
        )
        for _ in range(PROCESSES)
    ]
    said = [await process.communicate() for process in processes]
    assert [error for _, error in said if error] == []
    found = sorted(out.decode().strip() for out, _ in said)
    assert found == [REVISION] * (PROCESSES - 1) + ["None"]
    async with open_store(url, lane_of=lane_of):
        pass


async def test_migrating_again_changes_nothing(url: str) -> None:
    assert await migrate(url) == Migrated(None, REVISION)
    assert await migrate(url) == Migrated(REVISION, REVISION)


async def test_a_database_of_a_later_version_is_left_alone(url: str) -> None:
    await migrate(url)
    engine = create_async_engine(parse_url(url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreUnavailable, match="use the newest Fivefold"):
        await migrate(url)
    with pytest.raises(StoreUnavailable, match="9999"):
        async with open_store(url, lane_of=lane_of):
            pass


async def test_a_file_with_something_in_it_is_copied_first(tmp_path: Path) -> None:
    file = tmp_path / "fivefold.db"
    with closing(sqlite3.connect(file)) as before:
        before.execute("CREATE TABLE notes (text)")
        before.execute("INSERT INTO notes VALUES ('kept')")
        before.commit()
    migrated = await migrate(f"sqlite:///{file}")
    assert migrated.backup is not None
    with closing(sqlite3.connect(migrated.backup)) as copy:
        assert copy.execute("SELECT text FROM notes").fetchall() == [("kept",)]
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("SELECT text FROM notes").fetchall() == [("kept",)]


async def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "fivefold.db"
    with closing(sqlite3.connect(file)) as before:
        before.execute("CREATE TABLE runs (id)")
    with pytest.raises(StoreUnavailable, match="table runs already exists"):
        await migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as after:
        tables = after.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("runs",)]


async def test_the_runs_of_before_are_no_rehearsals(tmp_path: Path) -> None:
    file = tmp_path / "fivefold.db"
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    engine = sqlite_engine(parse_url(f"sqlite:///{file}"), begin="BEGIN", pragmas={}, size=1)

    def first_tables(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async with engine.begin() as connection:
        await connection.run_sync(first_tables)
    await engine.dispose()
    with closing(sqlite3.connect(file)) as before:
        before.execute("INSERT INTO lessons (hash, json) VALUES ('h', '{}')")
        before.execute(
            "INSERT INTO runs (id, lesson, main, channel, zone, start, seed, status, revision, "
            "pause_reason) VALUES ('r1', 'h', 'm', 'm', 'UTC', 0, 0, 'running', 1, '')"
        )
        before.commit()
    assert (await migrate(f"sqlite:///{file}")).before == "0001"
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("SELECT id, rehearsal FROM runs").fetchall() == [("r1", 0)]


def test_the_newest_migration_is_the_one_that_the_code_needs() -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]
