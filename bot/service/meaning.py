"""What an event is about: which opening of which run, and whose it can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.chat.address import PostRef
from bot.chat.callback import Callback
from bot.chat.event import (
    FormSubmitted,
    Heard,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import reply_item
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import Opening, Participant, Run
from bot.service.store import Delivery, Reading
from bot.words import t

ADOPT = "adopt"
"""The verb with which somebody adds what they wrote in the place itself as their answer."""

Reply = Replied | ReplyEdited | ReplyDeleted
Acted = Picked | FormSubmitted | Reply


@dataclass(frozen=True, slots=True)
class Meant:
    """What an event is about."""

    run: Run
    opening: Opening
    callback: Callback | None = None


async def meant_by(
    reading: Reading,
    event: Acted,
    callback: Callback | None,
) -> Meant | None:
    """What somebody acted on; None where that is nothing of ours."""
    if isinstance(event, Replied) and callback is not None:
        return await _adopted(reading, event, callback)
    if callback is not None:
        return await opening_meant(reading, event, callback)
    assert isinstance(event, Replied | ReplyEdited | ReplyDeleted)
    delivery = await reading.delivery_at(event.post) or await _unconfirmed(reading, event)
    if delivery is None:
        return None if isinstance(event, Replied) else await _kept_elsewhere(reading, event)
    if not delivery.owed.opening:
        return None
    run = await reading.run(delivery.owed.run)
    opening = await reading.opening(delivery.owed.opening)
    return Meant(run, opening) if run and opening else None


async def _adopted(reading: Reading, event: Replied, callback: Callback) -> Meant | None:
    """The activity to which its author adds what they wrote in the place itself."""
    meant = await opening_meant(reading, event, callback)
    if meant is None or callback.verb != ADOPT or callback.item != item_of(event.reply):
        return None
    scene = scene_of(meant.run, meant.opening)
    return meant if KINDS[scene.activity.kind].talks(scene.spec) else None


async def _kept_elsewhere(reading: Reading, event: ReplyEdited | ReplyDeleted) -> Meant | None:
    """Where something of theirs is kept that was said in no thread of ours, if it is."""
    item = reply_item(event.reply)
    for run in await reading.runs_at(event.post.place):
        known = await reading.participant(run.id, event.who)
        for opening in await reading.openings(run.id) if known else ():
            mine = await reading.responses_of(opening.id, known.id) if known else ()
            if any(response.item == item for response in mine):
                return Meant(run, opening)
    return None


async def opening_meant(reading: Reading, event: Heard, callback: Callback) -> Meant | None:
    opening = await reading.opening(callback.target)
    run = await reading.run(opening.run) if opening else None
    if opening is None or run is None or not belongs(event, run):
        return None
    return Meant(run, opening, callback)


def item_of(post: PostRef) -> str:
    """A post's id as a callback carries it."""
    return post.id.replace(".", "-")


def adopted_note(meant: Meant) -> str:
    """That it is an answer now."""
    scene = scene_of(meant.run, meant.opening)
    title = KINDS[scene.activity.kind].title(scene.spec)
    return t("Added as your answer to “{title}”.", title=title)


async def overheard_beside(reading: Reading, meant: Meant) -> str:
    """What somebody who replied is to know of whatever stands in the post beside its lead.

    The thread of an activity that talks is for that one's answers.
    """
    run, lead = meant.run, scene_of(meant.run, meant.opening)
    if KINDS[lead.activity.kind].talks(lead.spec):
        return ""
    for opening in await reading.openings(run.id):
        scene = scene_of(run, opening)
        note = KINDS[scene.activity.kind].overheard(scene.spec)
        if note and opening.post == lead.opening.id:
            return note
    return ""


def belongs(event: Heard, run: Run) -> bool:
    """Whether an event can be about a run: same platform and tenant, and its own place."""
    same = (event.who.platform, event.who.tenant) == (run.main.platform, run.main.tenant)
    return same and (event.place is None or event.place.root == run.main.root)


def may_join(event: Heard, run: Run) -> bool:
    """Whether somebody unknown may take part: who is seen in the channel, or leads the run."""
    return event.place is not None or event.who in run.facilitators


def seen_as(known: Participant, event: Heard) -> Participant:
    """The participant after this event: here or gone, and under the name they have now.

    Whatever they did before they left does not bring them back, however late it is heard.
    """
    named = replace(known, name=event.name or known.name)
    if isinstance(event, Left):
        return replace(named, left_at=max(event.at, known.left_at or event.at))
    back = known.left_at is not None and event.at >= known.left_at
    return replace(named, left_at=None) if back else named


def guest_of(run: Run, event: Heard) -> Participant:
    return Participant(
        id="",
        run=run.id,
        person=event.who,
        name=event.name or UserText(event.who.id),
        role="facilitator" if event.who in run.facilitators else "learner",
        joined_at=event.at,
    )


async def _unconfirmed(reading: Reading, event: Reply) -> Delivery | None:
    """The post that a reply can only belong to: one whose address is not known yet.

    Only where the platform says that the bot wrote it; people's own threads are nobody's answer.
    """
    if event.place is None or not isinstance(event, Replied) or not event.ours:
        return None
    found: Delivery | None = None
    for run in await reading.runs_at(event.place):
        if run.status == "ended":
            continue
        for delivery in await reading.deliveries(run.id):
            stands = delivery.ref is None and delivery.state in ("sending", "uncertain", "sent")
            if stands and delivery.owed.to == run.main:
                found = delivery
    return found
