"""Houses to visit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.rooms import House, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with the rooms ``main`` and ``other``."""
    async with a_house(tmp_path) as made:
        yield made
