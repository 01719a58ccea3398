"""Looking at an activity: many who look at once share one reading of it.

After a vote everybody looks at the results, and each look reads what everybody gave. Who comes
while an opening is being read waits for the next reading, which then serves all who wait: so each
sees what they gave themselves, and the readings do not grow with the number who look.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bot.facilitation.activities.scene import Scene
from bot.facilitation.state import Opening, Run
from bot.service.scenes import CapabilitiesOf, activity_scene, capabilities_in
from bot.service.store import Store

_Key = tuple[str, str]
_Read = asyncio.Task[Scene[Any]]


class Looking:
    """Reads scenes of openings for whoever looks."""

    def __init__(self, store: Store, capabilities_of: CapabilitiesOf) -> None:
        self._store = store
        self._capabilities_of = capabilities_of
        self._under_way: dict[_Key, _Read] = {}
        self._next: dict[_Key, _Read] = {}

    async def scene(self, run: Run, opening: Opening, delivery: str) -> Scene[Any]:
        """The scene with everything that stood when this was asked, drawn for this delivery."""
        key = (opening.id, delivery)
        if key not in self._next:
            before = self._under_way.get(key)
            self._next[key] = asyncio.create_task(self._read(key, before, run, opening))
        # One who gives up must not take the reading from the others.
        return await asyncio.shield(self._next[key])

    async def _read(
        self, key: _Key, before: _Read | None, run: Run, opening: Opening
    ) -> Scene[Any]:
        if before:
            await asyncio.wait({before})
        # From here on whoever comes may have given something that this reading does not see.
        self._under_way[key] = self._next.pop(key)
        try:
            async with self._store.reading() as reading:
                capabilities = capabilities_in(run, self._capabilities_of)
                return await activity_scene(reading, run, opening, capabilities, key[1])
        finally:
            if self._under_way.get(key) is asyncio.current_task():
                del self._under_way[key]
