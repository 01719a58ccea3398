"""Sealed records: kept, bound to where they stand, and worth nothing without the secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

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


async def test_a_record_is_kept_replaced_and_forgotten(database: Database) -> None:
    vault = Vault(database, [SECRET])
    assert await vault.get("install", "T1") is None
    await vault.put("install", "T1", b"xoxb-1")
    await vault.put("install", "T2", b"")
    await vault.put("install", "T1", b"xoxb-2")
    assert await vault.get("install", "T1") == b"xoxb-2"
    assert await vault.get("install", "T2") == b""
    assert await vault.get("reference", "T1") is None
    await vault.delete("install", "T1")
    await vault.delete("install", "T1")
    assert await vault.get("install", "T1") is None


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
