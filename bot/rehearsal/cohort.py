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

from bot.chat.address import Person, PostRef
from bot.chat.answer import Answer, NotSaved, Saved, Show
from bot.chat.message import Message
from bot.clock import Clock
from bot.facilitation.activities import KINDS
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import LOBBY, Cue, Opening, Run
from bot.rehearsal.acting import (
    Act,
    Come,
    Doing,
    Leave,
    Open,
    Pick,
    Stay,
    Submit,
    acts,
    ends,
    stay,
)
from bot.rehearsal.personas import Persona
from bot.rehearsal.stage import Stage
from bot.rehearsal.subject import Subject, subject_of
from bot.rehearsal.walking import Given, Walk, begin, step
from bot.service.scenes import ACTIVITY, CapabilitiesOf, capabilities_in, message_of
from bot.service.store import Delivery, Reading, Store, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How long a live cohort waits at most before it looks again (real seconds)."""

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class _Matter:
    """What an act is about: the post, until when it is open, and its topics."""

    post: PostRef
    ends: datetime
    near: str


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """What somebody is to do, perhaps on a ``walk``; ``n`` orders what is due at one moment."""

    at: datetime
    who: str
    n: int
    persona: Persona = field(compare=False)
    act: Act = field(compare=False)
    matter: _Matter | None = field(default=None, compare=False)
    walk: Walk | None = field(default=None, compare=False)


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
        self._people = {persona.person: persona for persona in self._personas}
        self._seen: tuple[tuple[str, bool], ...] = ()
        self._awaits = True
        self._stays: dict[str, Stay] = {}
        self._given: Given = {}
        self._subject = Subject()
        self.saved = 0
        self.refused = 0
        self.not_saved = 0

    async def look(self) -> None:
        """Plan for what was posted since the last look, in the place or to somebody in private.

        Raises StoreUnavailable.
        """
        async with self._store.reading() as reading:
            openings = await reading.openings(self._run_id)
            seen = tuple((opening.id, opening.is_open) for opening in openings)
            if not openings or (seen == self._seen and not self._awaits):
                return
            run = await reading.run(self._run_id)
            deliveries = await reading.deliveries(self._run_id)
            if run is None:
                return
            if not self._stays:
                # Whoever does everything again does it when it was done.
                versions = await reading.versions(self._run_id)
                self._given = {version.event: version.at for version in versions}
                self._subject = subject_of(run.lesson)
                self._plan_stays(openings[0].opened_at, await reading.cues(self._run_id))
            for delivery in deliveries:
                await self._plan_private(reading, delivery)
        posts = {d.owed.opening: d for d in deliveries if d.owed.purpose == ACTIVITY}
        # The welcome asks nothing of anybody.
        asking = [o for o in openings if o.activity != LOBBY and o.id not in self._planned]
        for opening in asking:
            delivery_of = posts.get(opening.post)
            if delivery_of and delivery_of.ref:
                self._plan(run, opening, delivery_of, delivery_of.ref)
        self._seen = seen
        self._awaits = any(opening.id not in self._planned for opening in asking) or any(
            delivery.state in ("waiting", "sending") and delivery.owed.to in self._people
            for delivery in deliveries
        )

    def next_at(self) -> datetime | None:
        """When somebody acts next, as far as is planned; it may have passed."""
        return self._due[0].at if self._due else None

    async def act_until(self, now: datetime) -> int:
        """Do all that is due, one after the other in the order of time and person; how much."""
        done = 0
        while self._due and self._due[0].at <= now:
            await self._perform(heappop(self._due))
            done += 1
        return done

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

    def _plan_stays(self, start: datetime, cues: Sequence[Cue]) -> None:
        # As it was promised first: a lesson that takes longer changes nobody's plans.
        promised = [cue.planned for cue in cues if cue.kind != "notes"]
        length = max(promised) - min(promised)
        for persona in self._personas:
            who = persona.person.id
            mine = self._stays[who] = stay(persona, start, length)
            moves: tuple[tuple[datetime | None, Doing, str], ...] = (
                (mine.comes, Come(), "joins"),
                (mine.leaves, Leave(), "leaves"),
                (mine.returns, Come(), "returns"),
            )
            for n, (at, does, how) in enumerate(moves):
                if at:
                    act = Act(at, f"{self._stage.place.channel}-{who}-{how}", does)
                    heappush(self._due, _Due(at, who, n - len(moves), persona, act))

    def _plan(self, run: Run, opening: Opening, delivery: Delivery, post: PostRef) -> None:
        # As it was when it opened, whenever this is planned: later it shows what others gave.
        scene = scene_of(
            run,
            replace(opening, closed_at=None),
            capabilities=capabilities_in(run, self._capabilities_of),
            delivery=delivery.owed.key,
        )
        kind = KINDS[scene.activity.kind]
        message, asks = kind.say(scene), bool(kind.questions(scene.spec))
        for persona in self._personas:
            self._plan_for(
                persona, opening.id, message, asks, opening.opened_at, opening.closes_at, post
            )
        self._planned.add(opening.id)

    async def _plan_private(self, reading: Reading, delivery: Delivery) -> None:
        owed, post = delivery.owed, delivery.ref
        persona = self._people.get(owed.to) if isinstance(owed.to, Person) else None
        if persona is None or post is None or owed.key in self._planned:
            return
        message = await message_of(reading, delivery, self._capabilities_of)
        if message:
            self._plan_for(persona, owed.key, message, False, owed.due_at, None, post)
        self._planned.add(owed.key)

    def _plan_for(
        self,
        persona: Persona,
        id: str,
        message: Message,
        asks: bool,
        at: datetime,
        closes_at: datetime | None,
        post: PostRef,
    ) -> None:
        matter = _Matter(post, ends(at, closes_at), "\n".join(self._subject.topics_of(message)))
        who = persona.person.id
        planned = acts(persona, id, message, asks, at, closes_at, self._seed, self._subject)
        # Whoever was away for the first of it does not do the rest, which goes back to that.
        for n, act in enumerate(planned):
            if not self._stays[who].has(act.at):
                break
            heappush(self._due, _Due(act.at, who, n, persona, act, matter))

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
        post = due.matter.post if due.matter else PostRef(self._stage.place, "")
        answers = [
            await self._stage.act(due.persona, due.act, post)
            for _ in range(2 if due.act.twice else 1)
        ]
        self._count(due.act, answers)
        if due.matter:
            self._go_on(due, due.matter, answers[0])

    def _count(self, act: Act, answers: Sequence[Answer]) -> None:
        """What was asked for or is no answer is not counted."""
        if isinstance(act.does, Come | Leave | Open):
            return
        for answer in answers:
            match answer:
                case Saved() | Show():
                    self.saved += 1
                case NotSaved():
                    self.not_saved += 1
                case _:
                    self.refused += 1

    def _go_on(self, due: _Due, matter: _Matter, answer: Answer) -> None:
        """Plan the next step, where the answer leads to one."""
        if not isinstance(due.act.does, Open | Pick | Submit):
            return
        walk = due.walk or begin(due.persona, due.act, matter.ends, matter.near, self._given)
        further = step(walk, answer, self._given, self._seed, self._subject)
        if further and self._stays[due.who].has(further[0].at):
            act, gone = further
            heappush(self._due, _Due(act.at, due.who, gone.steps, due.persona, act, matter, gone))
