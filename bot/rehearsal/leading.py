"""A facilitator for a rehearsal, who goes on wherever the lesson waits for one."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.facilitation.controls import Command
from bot.facilitation.seeing import activity_of
from bot.service.managing import Managing
from bot.service.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""How long a live facilitator waits before they look again (real seconds)."""
READY_AFTER = timedelta(minutes=1)
"""How long the lesson waits: a visitor who leads may go on sooner (lesson time)."""


class Leader:
    """Resumes one run after each wait that its author asked for; no other pause is ended."""

    def __init__(self, store: Store, managing: Managing, run_id: str) -> None:
        self._store = store
        self._managing = managing
        self._run_id = run_id

    async def ready_at(self) -> datetime | None:
        """When they go on, if the lesson waits for that."""
        async with self._store.reading() as reading:
            run = await reading.run(self._run_id)
            if run is None or run.status != "paused" or run.paused_at is None:
                return None
            done = [audit.what for audit in await reading.audits(run.id)]
            ahead = [c for c in await reading.cues(run.id) if c.state == "waiting"]
        # Whoever paused it last; one that was to begin on call pauses as if its author asked.
        waits = [what for what in done if what in ("wait", "pause")][-1:] == ["wait"]
        coming = next((c for c in ahead if c.kind == "open" and c.at == run.paused_at), None)
        asked = coming is not None and activity_of(run, coming.activity).wait
        return run.paused_at + READY_AFTER if waits and asked else None

    async def live(self, clock: Clock, stopping: asyncio.Event) -> None:
        """Go on as the clock goes, until ``stopping`` is set."""
        while not stopping.is_set():
            try:
                await self.go_on(clock.now())
            except StoreUnavailable as down:
                log.warning("the facilitator cannot look right now: %s", down)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)

    async def go_on(self, now: datetime) -> bool:
        """Resume if they are ready by ``now``; whether they did."""
        at = await self.ready_at()
        if at is None or at > now:
            return False
        await self._managing.carry_out(self._run_id, Command("resume"), by="facilitator")
        return True
