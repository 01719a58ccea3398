"""Sealed records: kept, bound to where they stand, and worth nothing without the secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.chat.platform import RecordsUnavailable
from bot.storage.engine import Database
from bot.storage.migrate import migrate
from bot.storage.tables import records
from bot.storage.vault import Unreadable, Vault

SECRET, NEXT = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of each kind."""
    if request.param == "postgres":
        async with request.getfixturevalue("postgres").database() as url:
            database = Database(url)
            yield database
            await database.close()
        return
    url = f"sqlite:///{tmp_path}/either.db"
    await migrate(url)
    database = Database(url)
    yield database
    await database.close()


async def test_a_record_is_kept_replaced_and_forgotten(database: Database) -> None:
    vault = Vault(database, [SECRET])
    assert await vault.get("install", "T1") is None
    await vault.put("install", "T1", b"xoxb-1")
    await vault.put("install", "T2", b"")
    await vault.put("install", "T1", b"xoxb-2")
    assert await vault.get("install", "T1") == b"xoxb-2"
    assert await vault.get("install", "T2") == b""
    assert await vault.get("reference", "T1") is None
    assert await vault.delete("install", "T1")
    assert not await vault.delete("install", "T1")
    assert await vault.get("install", "T1") is None


async def test_the_keys_of_one_kind_are_told_in_order(either: Database) -> None:
    vault = Vault(either, [SECRET])
    assert await vault.keys("install") == ()
    for kind, key in (("install", "T2"), ("install", "T1"), ("state", "T3")):
        await vault.put(kind, key, b"")
    assert await vault.keys("install") == ("T1", "T2")
    await vault.delete("install", "T1")
    assert await vault.keys("install") == ("T2",)


async def test_of_those_who_delete_a_record_at_once_exactly_one_had_it(either: Database) -> None:
    vault = Vault(either, [SECRET])
    for number in range(20):
        await vault.put("state", str(number), b"")
        had_it = await asyncio.gather(*(vault.delete("state", str(number)) for _ in range(2)))
        assert sorted(had_it) == [False, True]


async def test_a_database_that_fails_says_so_as_records_do(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    vault = Vault(database, [SECRET])
    with pytest.raises(RecordsUnavailable, match="fivefold migrate"):
        await vault.put("install", "T1", b"")
    with pytest.raises(RecordsUnavailable, match="fivefold migrate"):
        await vault.get("install", "T1")
    await database.close()


@pytest.mark.parametrize("moved_to", [{"key": "T2"}, {"kind": "reference"}])
async def test_a_record_moved_to_another_row_is_refused(
    database: Database, moved_to: dict[str, str]
) -> None:
    vault = Vault(database, [SECRET])
    await vault.put("install", "T1", b"xoxb-1")
    async with database.writing() as connection:
        await connection.execute(update(records).values(**moved_to))
    with pytest.raises(Unreadable, match="changed from outside"):
        await vault.get(moved_to.get("kind", "install"), moved_to.get("key", "T1"))


async def test_every_changed_byte_is_noticed(database: Database) -> None:
    vault = Vault(database, [SECRET])
    await vault.put("install", "T1", b"xoxb-1")
    async with database.reading() as connection:
        row = (await connection.execute(records.select())).mappings().one()
    for column in ("nonce", "sealed"):
        for place in range(len(row[column])):
            changed = bytearray(row[column])
            changed[place] ^= 1
            async with database.writing() as connection:
                values = {"nonce": row["nonce"], "sealed": row["sealed"], column: bytes(changed)}
                await connection.execute(update(records).values(values))
            with pytest.raises(Unreadable):
                await vault.get("install", "T1")


async def test_a_new_secret_seals_while_the_old_one_still_opens(database: Database) -> None:
    await Vault(database, [SECRET]).put("install", "old", b"1")
    both = Vault(database, [NEXT, SECRET])
    await both.put("install", "new", b"2")
    assert await both.get("install", "old") == b"1"
    only_next = Vault(database, [NEXT])
    assert await only_next.get("install", "new") == b"2"
    with pytest.raises(Unreadable, match="another secret"):
        await only_next.get("install", "old")


async def test_neither_value_nor_secret_stands_in_the_file(
    database: Database, tmp_path: Path
) -> None:
    await Vault(database, [SECRET]).put("install", "T1", b"xoxb-canary")
    await database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())  # noqa: ASYNC240
    assert b"install" in kept
    assert b"xoxb" not in kept
    assert SECRET not in kept


@pytest.mark.parametrize("secrets", [[], [b"short"], [SECRET, b""], [bytes(33)]])
def test_a_secret_of_another_length_is_refused(database: Database, secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(database, secrets)
