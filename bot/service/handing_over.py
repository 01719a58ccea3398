"""The evidence handed over to whoever leads the run, by a link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bot.chat.address import Person
from bot.chat.answer import Answer, NotSaved, Refused, Show
from bot.chat.event import Commanded, FormRequested, Heard
from bot.chat.platform import RecordsUnavailable
from bot.facilitation.state import Run
from bot.facilitation.taking_home import evidence_by_hand, evidence_link
from bot.service.store import Reading, Store
from bot.words import t

LASTS = timedelta(minutes=10)
"""How long a link works."""


class Links(Protocol):
    """Makes links to what a run has gathered."""

    async def issue(self, run: str, person: Person) -> str | None:
        """A link that works once and for `LASTS`, for as long as the person leads the run;
        ``None`` where there is no page that it could lead to. Raises RecordsUnavailable."""
        ...


class HandingOver:
    """Answers whoever asks for evidence. Without ``links`` it says how to get it by hand."""

    def __init__(self, store: Store, links: Links | None) -> None:
        self._store = store
        self._links = links

    async def asked(self, event: Commanded | FormRequested, run_id: str = "") -> Answer:
        """The link to the evidence of this run or, without one, of the run that they mean."""
        async with self._store.reading() as reading:
            run = await (reading.run(run_id) if run_id else _led(reading, event))
        if run is None or event.who not in run.facilitators:
            # The same whether there is such a run or not.
            return Refused(t("Only those who lead a lesson can get its evidence."))
        try:
            url = await self._links.issue(run.id, event.who) if self._links else None
        except RecordsUnavailable:
            return NotSaved(t("No link could be made just now. Please try again in a moment."))
        minutes = int(LASTS.total_seconds()) // 60
        return Show(evidence_link(run, url, minutes) if url else evidence_by_hand(run))


async def _led(reading: Reading, event: Heard) -> Run | None:
    """The run of theirs that they most likely mean: here before elsewhere, and one that has
    gathered something before one that is still to come."""
    led = [run for run in await reading.runs_of(event.who) if event.who in run.facilitators]
    here = [run for run in led if event.place and run.main.root == event.place.root]
    return _fullest(here) or _fullest(led)


def _fullest(runs: Sequence[Run]) -> Run | None:
    order = ("running", "paused", "ended", "scheduled")
    return min(runs, key=lambda run: (order.index(run.status), run.rehearsal), default=None)
