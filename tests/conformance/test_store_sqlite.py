"""The store on SQLite, and what only SQLite can do wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.facilitation.changes import Changes
from bot.service.store import StoreUnavailable
from bot.storage import engine
from bot.storage.migrate import migrate
from bot.storage.store import SqlStore, open_store
from tests.conformance.store import StoreContract
from tests.conformance.values import a_response, a_run, an_opening, lane_of


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A migrated database."""
    await migrate(f"sqlite:///{tmp_path}/fivefold.db")
    return tmp_path / "fivefold.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


class TestStoreOnSqlite(StoreContract):
    """All that a store promises."""


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    async with open_store(url, lane_of=lane_of) as store:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))
        yield store


async def vote(store: SqlStore, *owners: str) -> None:
    responses = tuple(a_response(owner, 1, "a", f"e-{owner}") for owner in owners)
    async with store.transaction() as tx:
        await tx.apply(Changes(responses=responses))


async def test_a_full_disk_is_told_and_what_was_saved_stays(store: SqlStore, file: Path) -> None:
    await vote(store, "before")
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=1")
    with pytest.raises(StoreUnavailable, match="disk that holds the database is full"):
        await vote(store, *(f"{n} {'long' * 50}" for n in range(400)))
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=100000")
    await vote(store, "after")
    async with store.reading() as reading:
        owners = [response.owner for response in await reading.responses("r1-poll-1")]
    assert owners == ["after", "before"]


async def test_a_database_that_another_process_keeps_locked_is_told(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    async with open_store(url, lane_of=lane_of) as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="busy"):
                await vote(store, "p1")


async def test_a_database_that_may_not_be_written_is_told(store: SqlStore) -> None:
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(StoreUnavailable, match="can be read but not written"):
        await vote(store, "p1")


async def test_a_reading_cannot_write(store: SqlStore) -> None:
    with pytest.raises(StoreUnavailable, match="can be read but not written"):
        async with store.database.reading() as connection:
            await connection.exec_driver_sql("DELETE FROM heard")


async def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="run `fivefold migrate`"):
        async with open_store(f"sqlite:///{tmp_path}/none.db", lane_of=lane_of):
            pass
    assert not (tmp_path / "none.db").exists()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be read as one " * 20)
    with pytest.raises(StoreUnavailable, match="not a SQLite database"):
        await migrate(f"sqlite:///{tmp_path}/notes.txt")


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check that its folder is there"):
        await migrate(f"sqlite:///{tmp_path}/none/fivefold.db")


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "fivefold.db", "://", ""]
)
def test_a_url_of_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="database"):
        engine.parse_url(url)
