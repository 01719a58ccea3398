"""Looking at what everybody gave: many who look at once share one reading of it.

After a vote everybody looks at the results, and each look reads what everybody gave. Who comes
while something is being read waits for the next reading, which then serves all who wait: so each
sees what they gave themselves, and the readings do not grow with the number who look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.facilitation.activities.scene import Scene
from bot.facilitation.state import Cue, Opening, Run
from bot.service.scenes import CapabilitiesOf, activity_scene, capabilities_in, scenes_of
from bot.service.store import Store

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Whole:
    """A run with all that stands in it."""

    run: Run
    cues: Sequence[Cue]
    openings: Sequence[Opening]
    scenes: Sequence[Scene[Any]]


class Looking:
    """Reads for whoever looks. To be asked by nobody who holds a reading of their own."""

    def __init__(self, store: Store, capabilities_of: CapabilitiesOf) -> None:
        self._store = store
        self._capabilities_of = capabilities_of
        self._scenes = _Shared[Scene[Any]]()
        self._wholes = _Shared[Whole | None]()

    async def scene(self, run: Run, opening: Opening, delivery: str) -> Scene[Any]:
        """An opening's scene with what stood when this was asked, drawn for this delivery."""

        async def read() -> Scene[Any]:
            async with self._store.reading() as reading:
                capabilities = capabilities_in(run, self._capabilities_of)
                return await activity_scene(reading, run, opening, capabilities, delivery)

        return await self._scenes.get((opening.id, delivery), read)

    async def whole(self, id: str) -> Whole | None:
        """The run of this id with what stood when this was asked; ``None`` if there is none."""

        async def read() -> Whole | None:
            async with self._store.reading() as reading:
                run = await reading.run(id)
                if run is None:
                    return None
                openings = await reading.openings(id)
                capabilities = capabilities_in(run, self._capabilities_of)
                scenes = await scenes_of(reading, run, openings, capabilities)
                return Whole(run, await reading.cues(id), openings, scenes)

        return await self._wholes.get((id,), read)


class _Shared(Generic[Read]):
    """Readings by key, one of each at a time."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, ...], asyncio.Task[Read]] = {}
        self._next: dict[tuple[str, ...], asyncio.Task[Read]] = {}

    async def get(self, key: tuple[str, ...], read: Callable[[], Awaitable[Read]]) -> Read:
        """What a reading gives that begins after this was asked."""
        if key not in self._next:
            before = self._under_way.get(key)
            self._next[key] = asyncio.create_task(self._read(key, before, read))
        # One who gives up must not take the reading from the others.
        return await asyncio.shield(self._next[key])

    async def _read(
        self,
        key: tuple[str, ...],
        before: asyncio.Task[Read] | None,
        read: Callable[[], Awaitable[Read]],
    ) -> Read:
        if before:
            await asyncio.wait({before})
        # From here on whoever comes may have given something that this reading does not see.
        self._under_way[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._under_way.get(key) is asyncio.current_task():
                del self._under_way[key]
