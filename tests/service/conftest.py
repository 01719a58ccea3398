"""A house for each test, on SQLite, and where it matters on PostgreSQL too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.storage.migrate import migrate
from tests.conformance.postgres import start_postgres
from tests.service.house import NO_READ_BACK, House, open_house


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, because migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "fivefold.db"
    # In a thread, because it may be wanted while a test's event loop runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(migrate(f"sqlite:///{file}"))).result()
    return file


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'fivefold.db')}"


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    async with open_house(url) as house:
        yield house


@pytest.fixture
async def deaf_house(url: str) -> AsyncIterator[House]:
    """A house on a platform that cannot read back what was posted."""
    async with open_house(url, capabilities=NO_READ_BACK) as house:
        yield house


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A migrated database of the test's own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("url")
    else:
        async with start_postgres().database() as url:
            yield url


@pytest.fixture
async def either_house(either_url: str) -> AsyncIterator[House]:
    """A house on SQLite, and another on PostgreSQL."""
    async with open_house(either_url) as house:
        yield house
