"""Made-up people for the rehearsals that are going on: who comes, and for how long.

Any number of processes may let them act in one rehearsal: the same act is heard once.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.chat.platform import Hear
from bot.clock import Clock
from bot.facilitation.rehearsing import PERSONAS
from bot.facilitation.state import Run
from bot.failing import where
from bot.rehearsal.cohort import Cohort
from bot.rehearsal.personas import cast
from bot.rehearsal.stage import HeardStage
from bot.service.scenes import CapabilitiesOf
from bot.service.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How long it waits before it looks for rehearsals again (real seconds)."""

MOST = 20
"""In how many rehearsals made-up people act at once; later ones wait for theirs."""


class Attending:
    """Lets a cohort take part in each rehearsal, and in no other run."""

    def __init__(
        self, store: Store, hear: Hear, capabilities_of: CapabilitiesOf, clock: Clock
    ) -> None:
        self._store = store
        self._hear = hear
        self._capabilities_of = capabilities_of
        self._clock = clock
        self._going: dict[str, tuple[asyncio.Task[None], asyncio.Event]] = {}

    @property
    def attended(self) -> set[str]:
        """The runs in which people act now."""
        return set(self._going)

    def cohort(self, run: Run) -> Cohort:
        """The people of a rehearsal, the same ones whenever they are called."""
        people = cast(run.seed, PERSONAS, run.main.platform, run.main.tenant)
        stage = HeardStage(self._hear, run.main)
        return Cohort(self._store, stage, people, run.id, run.seed, self._capabilities_of)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look after all rehearsals until ``stopping`` is set. What fails is logged and tried
        again."""
        try:
            while not stopping.is_set():
                try:
                    await self.look()
                except StoreUnavailable as down:
                    log.warning("rehearsals cannot be looked for right now: %s", down)
                except Exception as failure:
                    log.error("looking for rehearsals failed: %s", where(failure))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
        finally:
            await self._dismiss(set(self._going))

    async def look(self) -> None:
        """Send people to the rehearsals that go on, and away from those that are over."""
        async with self._store.reading() as reading:
            found = await reading.rehearsals()
        # Nobody's people are taken away for a rehearsal that began later.
        runs = sorted(found, key=lambda run: run.id not in self._going)[:MOST]
        failed = {id for id, (task, _) in self._going.items() if task.done()}
        await self._dismiss(failed | (self._going.keys() - {run.id for run in runs}))
        for run in runs:
            if run.id not in self._going:
                enough = asyncio.Event()
                self._going[run.id] = (asyncio.create_task(self._attend(run, enough)), enough)

    async def _attend(self, run: Run, enough: asyncio.Event) -> None:
        try:
            await self.cohort(run).live(self._clock, enough)
        except Exception as failure:
            log.error("the people of rehearsal %s failed: %s", run.id, where(failure))

    async def _dismiss(self, runs: set[str]) -> None:
        leaving = [self._going.pop(run) for run in runs]
        for _, enough in leaving:
            enough.set()
        await asyncio.gather(*(task for task, _ in leaving))
