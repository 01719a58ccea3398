"""What was not simply delivered is told to the facilitators, in one message that grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.address import Party, Person, Place
from bot.chat.event import FormSubmitted, Picked
from bot.facilitation.changes import Changes
from bot.facilitation.controls import pause
from bot.facilitation.ending import is_ending
from bot.facilitation.owing import LAST_WORD, owe
from bot.facilitation.state import Audit, Owed, Run
from bot.service.store import Delivery, Transaction
from bot.words import t


async def report_trouble(tx: Transaction, owed: Owed, now: datetime, *, gone: bool = False) -> None:
    """Tell the facilitators of a message that did not arrive, or may not have.

    With ``gone`` the place itself is out of reach: a live run then stands still.
    A message about troubles is itself never reported.
    """
    run = await tx.lock_run(owed.run)
    if run is None or owed.purpose == "trouble":
        return
    told = tuple(
        # Nobody could be asked about it but by itself, so that it may come twice.
        replace(owe(run, "trouble", p, now, now + LAST_WORD), on_doubt="again")
        for p in run.facilitators
    )
    changes = Changes(owed=told, dirty_run=run.id)
    stands_still = gone and isinstance(owed.to, Place) and run.status == "running"
    # Whatever cannot be posted, a lesson that is ending has nothing to wait for.
    if stands_still and not is_ending(await tx.cues(run.id)):
        reason = t("I cannot post in the channel, so I paused the lesson.")
        paused = replace(pause(run, now, reason), revision=run.revision + 1)
        audit = Audit(run.id, now, "system", "pause", paused.revision)
        changes = replace(changes, run=paused, audits=(audit,))
    await tx.apply(changes)


def trouble_key(delivery: Delivery) -> str:
    """What a button about a delivery's trouble names: the delivery, and which attempt it means."""
    return f"{delivery.owed.key}-{delivery.attempt}"


async def delivery_in_trouble(tx: Transaction, key: str) -> Delivery | None:
    """The delivery that such a button names, whatever became of it since."""
    return await tx.delivery(key.rpartition("-")[0])


async def confirm(
    tx: Transaction, key: str, event: Picked | FormSubmitted, *, run: Run, opening: str = ""
) -> None:
    """Somebody used a post: so it arrived, and stands where the event says, if it can stand there.

    What their button says of it counts only if it belongs to what they used.
    """
    delivery = await tx.delivery(key) if key else None
    if delivery is None or (delivery.owed.run, delivery.owed.opening) != (run.id, opening):
        return
    if delivery.state == "sent" and delivery.ref:
        return
    ref = event.post if _may_stand(delivery.owed, event, run) else None
    if ref and await tx.delivery_at(ref):
        # Another post stands there, and would be drawn as this one.
        ref = None
    if await tx.settle(key, "sent", ref=ref):
        # What was posted then may not be what stands now, so it is drawn again.
        await tx.soil(key)
        await tx.apply(Changes(dirty_run=run.id))


def _may_stand(owed: Owed, event: Picked | FormSubmitted, run: Run) -> bool:
    """Whether it can have been posted where this was pressed.

    What a press leads to in a private talk has buttons that say the same of their post, and stands
    elsewhere.
    """
    if event.post is None:
        return False
    root = event.post.place.root
    match owed.to:
        case Place() as place:
            return root == place.root
        case Person() as person:
            return root != run.main.root and person == event.who
        case Party(people=people):
            return root != run.main.root and event.who in people
