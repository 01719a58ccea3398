"""What the fault tests share: processes that die on order, and databases for them to leave."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import pytest

from bot.storage.migrate import migrate
from tests.conformance.postgres import start_postgres
from tests.faults.nursery import Order

ROOT = Path(__file__).parents[2]


class Nursery:
    """Raises a process for each order, and says how it ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def raise_one(self, order: Order) -> int:
        """The exit code; minus the signal that ended it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(asdict(order))}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more orders."""
        self._process.communicate()


class Databases(Protocol):
    """One kind of database. ``fresh`` is the URL of a new one, gone at the end of the block."""

    name: str

    def fresh(self, folder: Path, *, migrated: bool = True) -> AbstractAsyncContextManager[str]: ...


class SqliteDatabases:
    """Files, each a copy of one that is migrated."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(migrate(f"sqlite:///{self._template}"))

    @asynccontextmanager
    async def fresh(self, folder: Path, *, migrated: bool = True) -> AsyncIterator[str]:
        """A file in this folder."""
        if migrated:
            shutil.copy(self._template, folder / "run.db")
        yield f"sqlite:///{folder / 'run.db'}"


class PostgresDatabases:
    """Databases of one server."""

    name = "postgres"

    def fresh(self, folder: Path, *, migrated: bool = True) -> AbstractAsyncContextManager[str]:
        """A database made from one that is migrated."""
        return start_postgres().database(migrated=migrated)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One for the whole session, as it takes a while to build."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    """Either kind."""
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path_factory.mktemp("template"))
    return PostgresDatabases()
