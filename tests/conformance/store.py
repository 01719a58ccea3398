"""What every store promises. A suite for one database derives from `StoreContract`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage.store import SqlStore, open_store
from tests.conformance.store_dealing import KeepsWhatIsDealt
from tests.conformance.store_keeping import KeepsWhatItIsGiven
from tests.conformance.store_racing import SettlesRaces
from tests.conformance.store_sending import SendsOnceInOrder
from tests.conformance.values import lane_of


class StoreContract(KeepsWhatItIsGiven, KeepsWhatIsDealt, SendsOnceInOrder, SettlesRaces):
    """All of it. The suite has a fixture ``url`` that names a database newly migrated."""

    @pytest.fixture
    async def store(self, url: str) -> AsyncIterator[SqlStore]:
        """The store under test, empty."""
        async with open_store(url, lane_of=lane_of) as store:
            yield store
