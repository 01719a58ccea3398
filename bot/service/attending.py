"""Who takes part in a run: coming, leaving, and being enrolled by what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.chat.address import Person
from bot.chat.answer import Answer, Saved
from bot.chat.event import Heard, Joined, Left
from bot.facilitation.changes import Changes
from bot.facilitation.state import Participant, Run
from bot.service.meaning import guest_of, may_join, seen_as
from bot.service.scenes import tenant_of
from bot.service.store import Transaction

NewId = Callable[[str, Person], str]
"""From the run and the person to the id under which the run knows them."""


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
        # How many are asked stands in every post that is open.
        posts = {o.post: None for o in await tx.openings(run.id) if o.is_open}
        await tx.apply(Changes(dirty=tuple(posts), dirty_run=run.id))
    return Saved()
