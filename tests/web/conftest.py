"""Houses to visit."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.web.rooms import House, a_house
from tests.web.showroom import Showroom, a_showroom, furnish


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with the rooms ``main`` and ``other``."""
    async with a_house(tmp_path) as made:
        yield made


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser that runs scripts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def showroom(tmp_path: Path) -> AsyncIterator[Showroom]:
    """A room with one of everything, at an address."""
    async with a_showroom(tmp_path) as made:
        await furnish(made.house)
        yield made
