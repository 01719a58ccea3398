"""Flow 1, first half: a cue comes due, is claimed, and what it leads to is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.clock import Clock
from bot.facilitation.controls import pause_for_facilitator, pause_for_late_cue
from bot.facilitation.seeing import name_of
from bot.facilitation.timeline import concerned, is_too_late, next_due, perform
from bot.service.scenes import CapabilitiesOf, capabilities_in, known_of
from bot.service.store import Store, StoreUnavailable, Transaction

GRACE = timedelta(minutes=2)
"""How late a live run's cue may still be carried out without asking."""


class Cueing:
    """Carries out due cues, each in a transaction of its own, in order within a run."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        capabilities_of: CapabilitiesOf,
        grace: timedelta = GRACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._capabilities_of = capabilities_of
        self._grace = grace

    async def run_due(self) -> int:
        """Carry out all that is due now; how many cues that were.

        A run that fails holds up no other; what it raised is raised when all have had their turn.
        """
        async with self._store.reading() as reading:
            runs = await reading.runs_with_due_cues(self._clock.now())
        done = 0
        failures: list[Exception] = []
        for run in runs:
            try:
                while await self._one(run):
                    done += 1
            except StoreUnavailable:
                raise
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return done

    async def _one(self, run_id: str) -> bool:
        async with self._store.transaction() as tx:
            return await self._claim(tx, run_id)

    async def _claim(self, tx: Transaction, run_id: str) -> bool:
        run = await tx.lock_run(run_id, wait=False)
        if run is None or run.status not in ("scheduled", "running"):
            return False
        now = self._clock.now()
        cues = await tx.cues(run_id)
        cue = next_due(cues, now)
        if cue is None:
            return False
        if cue.waits:
            name = name_of(run, cue.activity)
            await tx.apply(pause_for_facilitator(run, cue, name, now))
        elif is_too_late(cue, run, cues, now, self._grace):
            await tx.apply(pause_for_late_cue(run, cue, now))
        else:
            openings = await tx.openings(run_id)
            known = await known_of(tx, run, openings, concerned(cue, run, cues, openings, now))
            known = replace(known, capabilities=capabilities_in(run, self._capabilities_of))
            await tx.apply(perform(cue, run, cues, openings, now, known))
        return True
