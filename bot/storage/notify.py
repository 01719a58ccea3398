"""Waking whoever waits for work: callbacks in this process, LISTEN and NOTIFY across processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "fivefold"
RECONNECT_SECONDS = 1.0


class Wakeups:
    """Callbacks to call when something was committed, here or (on PostgreSQL) elsewhere."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._callbacks: list[Callable[[], None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._origin = uuid4().hex
        self.connected = asyncio.Event()
        """Set while other processes are heard."""

    @property
    def crosses_processes(self) -> bool:
        """Whether other processes can be told and heard; otherwise they look for themselves."""
        return self._url.drivername.startswith("postgresql")

    def add(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` from now on; the first time, begin to listen to other processes."""
        self._callbacks.append(wake)
        if self.crosses_processes and self._listening is None:
            self._listening = asyncio.get_running_loop().create_task(self._listen())

    def call(self) -> None:
        """Wake everybody in this process."""
        for wake in self._callbacks:
            wake()

    async def tell_others(self, connection: AsyncConnection) -> None:
        """Have the database wake the other processes when the transaction commits."""
        if self.crosses_processes:
            await connection.execute(select(func.pg_notify(CHANNEL, self._origin)))

    async def close(self) -> None:
        """Stop listening."""
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def _listen(self) -> None:
        """Listen, and connect again whenever the connection is lost."""
        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen_once(dsn)
            self.connected.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self, dsn: str) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(dsn)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.connected.set()
            # Something may have been said while nobody listened.
            self.call()
            await lost.wait()
        finally:
            if not connection.is_closed():
                await connection.close()

    def _heard(self, connection: object, pid: int, channel: str, origin: object) -> None:
        if origin != self._origin:
            self.call()
