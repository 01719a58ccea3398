"""The cohort at work: it sees what was posted, plans what everybody does, and does it in time."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from bot.chat.address import PostRef
from bot.chat.answer import Answer, NotSaved, Saved, Show
from bot.clock import Clock
from bot.facilitation.activities import KINDS
from bot.facilitation.state import LOBBY, Opening, Run
from bot.facilitation.timeline import scene_of
from bot.rehearsal.acting import Act, EditReply, Pick, Reply, Submit, acts, arrival
from bot.rehearsal.personas import Persona
from bot.rehearsal.stage import Stage
from bot.service.scenes import ACTIVITY, CapabilitiesOf
from bot.service.store import Delivery, Store, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How long a live cohort waits at most before it looks again (real seconds)."""

_AT_ONCE = 32


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """What somebody is to do; without an ``act``, to come in."""

    at: datetime
    who: str
    n: int
    persona: Persona = field(compare=False)
    act: Act | None = field(default=None, compare=False)
    post: PostRef | None = field(default=None, compare=False)


class Cohort:
    """Personas in one run. It keeps nothing: after a restart it plans and does all of it again,
    under the same ids, so that what was done already stays as it is.

    ``saved`` and ``refused`` count the answers that people got to what they gave, ``not_saved``
    those that said that something of ours had failed.
    """

    def __init__(
        self,
        store: Store,
        stage: Stage,
        personas: Sequence[Persona],
        run_id: str,
        seed: int,
        capabilities_of: CapabilitiesOf,
    ) -> None:
        self._store = store
        self._stage = stage
        self._personas = tuple(personas)
        self._run_id = run_id
        self._seed = seed
        self._capabilities_of = capabilities_of
        self._due: list[_Due] = []
        self._planned: set[str] = set()
        self._arrivals: dict[str, datetime] = {}
        self.saved = 0
        self.refused = 0
        self.not_saved = 0

    async def look(self) -> None:
        """Plan for what was posted since the last look. Raises StoreUnavailable."""
        async with self._store.reading() as reading:
            openings = await reading.openings(self._run_id)
            fresh = [opening for opening in openings if opening.id not in self._planned]
            if not fresh:
                return
            run = await reading.run(self._run_id)
            cues = await reading.cues(self._run_id)
            posts = {
                delivery.owed.opening: delivery
                for delivery in await reading.deliveries(self._run_id)
                if delivery.owed.purpose == ACTIVITY
            }
        if run is None:
            return
        if not self._arrivals:
            self._plan_arrivals(openings[0].opened_at, max(cue.at for cue in cues))
            # Its welcome asks nothing of anybody.
            self._planned.update(o.id for o in openings if o.activity == LOBBY)
        for opening in fresh:
            delivery = posts.get(opening.post)
            if delivery and delivery.ref:
                self._plan(run, opening, delivery, delivery.ref)

    def next_at(self) -> datetime | None:
        """When somebody acts next, as far as is planned; it may have passed."""
        return self._due[0].at if self._due else None

    async def act_until(self, now: datetime) -> int:
        """Do all that is due, one after the other in the order of time and person; how much."""
        due = self._take_due(now)
        for each in due:
            await self._perform(each)
        return len(due)

    async def live(self, clock: Clock, stopping: asyncio.Event) -> None:
        """Act as the clock goes, until ``stopping`` is set. Those due together act together."""
        while not stopping.is_set():
            try:
                await self.look()
            except StoreUnavailable as down:
                log.warning("the cohort cannot look right now: %s", down)
            await self._act_together(self._take_due(clock.now()))
            next_at = self.next_at()
            seconds = min(LOOK_SECONDS, clock.seconds_until(next_at) if next_at else LOOK_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), seconds)

    # -- planning

    def _plan_arrivals(self, start: datetime, end: datetime) -> None:
        for persona in self._personas:
            at = arrival(persona, start, end - start)
            self._arrivals[persona.person.id] = at
            heappush(self._due, _Due(at, persona.person.id, -1, persona))

    def _plan(self, run: Run, opening: Opening, delivery: Delivery, post: PostRef) -> None:
        # As it was when it opened, whenever this is planned: later it shows what others gave.
        scene = scene_of(
            run,
            replace(opening, closed_at=None),
            capabilities=self._capabilities_of(run.main.platform),
            delivery=delivery.owed.key,
        )
        kind = KINDS[scene.activity.kind]
        message, asks = kind.say(scene), bool(kind.questions(scene.spec))
        for persona in self._personas:
            who = persona.person.id
            planned = acts(
                persona,
                opening.id,
                message,
                asks,
                opening.opened_at,
                opening.closes_at,
                self._seed,
            )
            if planned and planned[0].at > self._arrivals[who]:
                for n, act in enumerate(planned):
                    heappush(self._due, _Due(act.at, who, n, persona, act, post))
        self._planned.add(opening.id)

    # -- acting

    def _take_due(self, now: datetime) -> list[_Due]:
        taken = []
        while self._due and self._due[0].at <= now:
            taken.append(heappop(self._due))
        return taken

    async def _act_together(self, due: Iterable[_Due]) -> None:
        by_person: dict[str, list[_Due]] = defaultdict(list)
        for each in due:
            by_person[each.who].append(each)
        hands = asyncio.Semaphore(_AT_ONCE)

        async def one_by_one(mine: list[_Due]) -> None:
            async with hands:
                for each in mine:
                    await self._perform(each)

        async with asyncio.TaskGroup() as group:
            for mine in by_person.values():
                group.create_task(one_by_one(mine))

    async def _perform(self, due: _Due) -> None:
        if due.act is None or due.post is None:
            await self._stage.join(due.persona, due.at)
            return
        match await self._act(due.persona, due.act, due.post):
            case Saved() | Show():
                self.saved += 1
            case NotSaved():
                self.not_saved += 1
            case _:
                self.refused += 1

    async def _act(self, persona: Persona, act: Act, post: PostRef) -> Answer:
        id, at = act.event_id, act.at
        match act.does:
            case Pick(callback, options):
                return await self._stage.pick(persona, callback, options, id, at)
            case Submit(callback, fields):
                return await self._stage.submit(persona, callback, fields, id, at)
            case Reply(text):
                return await self._stage.reply(persona, post, text, id, at)
            case EditReply(reply, text):
                return await self._stage.edit_reply(persona, post, reply, text, id, at)
