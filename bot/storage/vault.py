"""Sealed storage: what a platform must remember and nobody else may read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.platform import RecordsUnavailable
from bot.service.store import StoreUnavailable
from bot.storage.engine import Database, insert
from bot.storage.tables import records

_NONCE_BYTES = 12


class Unreadable(RecordsUnavailable):
    """A record was sealed with a secret that is not at hand, or was tampered with."""


class Vault:
    """Implements `bot.chat.platform.Records` with AES-256-GCM.

    Each value is bound to its kind and key: moved to another row it cannot be opened.
    """

    def __init__(self, database: Database, secrets: Sequence[bytes]) -> None:
        """The first of ``secrets`` (32 bytes each) seals, all of them open: to change the secret,
        put the new one first and keep the old one behind it. Raises ValueError for others."""
        if not secrets or any(len(secret) != 32 for secret in secrets):
            raise ValueError("a secret for sealing records has 32 bytes")
        self._database = database
        self._ciphers = {_name_of(secret): AESGCM(secret) for secret in secrets}
        self._current = _name_of(secrets[0])

    async def get(self, kind: str, key: str) -> bytes | None:
        """The value, or ``None``. Raises Unreadable where there is one that cannot be opened."""
        async with _or_unavailable(self._database.reading()) as connection:
            found = await connection.execute(
                select(records).where(records.c.kind == kind, records.c.key == key)
            )
            row = found.mappings().first()
        if row is None:
            return None
        cipher = self._ciphers.get(row["sealed_with"])
        if cipher is None:
            raise Unreadable("A stored record was sealed with another secret: set that one, too.")
        bound = _bound_to(kind, key, row["sealed_with"])
        try:
            return cipher.decrypt(row["nonce"], row["sealed"], bound)
        except InvalidTag:
            raise Unreadable(
                "A stored record was changed from outside: remove it and connect again."
            ) from None

    async def keys(self, kind: str) -> tuple[str, ...]:
        """The keys of all values of this kind, in order."""
        async with _or_unavailable(self._database.reading()) as connection:
            found = await connection.scalars(
                select(records.c.key).where(records.c.kind == kind).order_by(records.c.key)
            )
            return tuple(found)

    async def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep the value, in place of an earlier one."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = _bound_to(kind, key, self._current)
        sealed = self._ciphers[self._current].encrypt(nonce, value, bound)
        values = {"sealed_with": self._current, "nonce": nonce, "sealed": sealed}
        async with _or_unavailable(self._database.writing()) as connection:
            await connection.execute(
                insert(connection, records)
                .values(kind=kind, key=key, **values)
                .on_conflict_do_update(index_elements=["kind", "key"], set_=values)
            )

    async def delete(self, kind: str, key: str) -> bool:
        """Forget the value; whether there was one. Of several who delete it, one hears that."""
        async with _or_unavailable(self._database.writing()) as connection:
            done = await connection.execute(
                delete(records).where(records.c.kind == kind, records.c.key == key)
            )
        return done.rowcount == 1


@asynccontextmanager
async def _or_unavailable(
    transaction: AbstractAsyncContextManager[AsyncConnection],
) -> AsyncIterator[AsyncConnection]:
    try:
        async with transaction as connection:
            yield connection
    except StoreUnavailable as error:
        raise RecordsUnavailable(str(error)) from error


def _name_of(secret: bytes) -> str:
    """A name for the secret that says nothing about it."""
    return hashlib.sha256(b"fivefold sealed records " + secret).hexdigest()[:16]


def _bound_to(kind: str, key: str, sealed_with: str) -> bytes:
    return json.dumps([kind, key, sealed_with]).encode()
