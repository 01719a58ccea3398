"""Who takes part in a run: coming, leaving, and being enrolled by what they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from bot.chat.address import Person
from bot.chat.answer import Answer, Saved
from bot.chat.event import Heard, Joined, Left
from bot.facilitation.changes import Changes
from bot.facilitation.state import Participant, Run
from bot.failing import where
from bot.service.group_commit import GroupCommit
from bot.service.meaning import guest_of, may_join, seen_as
from bot.service.scenes import tenant_of
from bot.service.store import Transaction

log = logging.getLogger(__name__)

NewId = Callable[[str, Person], str]
"""From the run and the person to the id under which the run knows them."""

PATIENCE = 1.0
"""For how many seconds an answer waits until somebody is enrolled; it is the same without."""


class Attending:
    """Enrols whoever asks for their part in the place of a lesson: who is there takes part."""

    def __init__(self, commits: GroupCommit, new_id: NewId) -> None:
        self._commits = commits
        self._new_id = new_id
        self._under_way = set[asyncio.Task[None]]()

    async def came(self, event: Heard, run: Run, known: Participant | None) -> None:
        """Somebody looked into the run, in which they are ``known`` as this: so they are there.

        Whoever asks in private is known, or else has not been seen there. Never raises, and takes
        at most `PATIENCE`; what takes longer goes on.
        """
        here = known is not None and known.left_at is None
        if here or event.place is None or run.status == "ended":
            return
        task = asyncio.create_task(self._enrol(event, run))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=PATIENCE)

    async def _enrol(self, event: Heard, run: Run) -> None:
        async def once(tx: Transaction) -> None:
            now = await tx.run(run.id)
            known = await tx.participant(run.id, event.who)
            here = seen_as(known, event) if known else newcomer(run, event, self._new_id)
            if here and now and now.status != "ended":
                await enrolled_as(tx, known, here)
                await _count_anew(tx, now)

        try:
            await self._commits.run(once, order=by_person(event))
        except Exception as failure:
            log.warning("somebody who asked for their part is not enrolled: %s", where(failure))


def by_person(event: Heard) -> tuple[str, ...]:
    """The order of what is written at once: it is theirs, so that processes never wait for each
    other in a circle."""
    return str(event.who), str(event.place)


def newcomer(run: Run, event: Heard, new_id: NewId) -> Participant | None:
    """Somebody unknown who may take part: who is seen in the channel, or leads the run."""
    guest = guest_of(run, event) if may_join(event, run) else None
    return replace(guest, id=new_id(run.id, event.who)) if guest else None


async def enrolled_as(tx: Transaction, known: Participant | None, who: Participant) -> Participant:
    """The participant as kept, perhaps under the id that another process gave just now."""
    if known is None:
        return await tx.enrol(who)
    if known != who:
        await tx.rename(who)
    return who


async def moved(tx: Transaction, event: Joined | Left, new_id: NewId) -> Answer:
    """Somebody is here or gone, in every run of the place; without a place, gone from all."""
    if event.place:
        runs = await tx.runs_at(event.place)
    else:
        runs = await tx.runs_of(event.who) if isinstance(event, Left) else ()
    if not runs or not await tx.first_time(tenant_of(event.who), event.id, at=event.at):
        return Saved()
    for run in runs:
        if run.status == "ended":
            continue
        known = await tx.participant(run.id, event.who)
        here = seen_as(known, event) if known else newcomer(run, event, new_id)
        if here is None or (known is None and isinstance(event, Left)):
            continue
        await enrolled_as(tx, known, here)
        await _count_anew(tx, run)
    return Saved()


async def _count_anew(tx: Transaction, run: Run) -> None:
    """How many are asked stands in every post that is open."""
    posts = {o.post: None for o in await tx.openings(run.id) if o.is_open}
    await tx.apply(Changes(dirty=tuple(posts), dirty_run=run.id))
