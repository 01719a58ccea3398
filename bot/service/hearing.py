"""Flow 2: something was heard; it is decided, recorded, committed, and only then answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.chat.address import Person
from bot.chat.answer import Answer, NotSaved, Refused, Saved, Show
from bot.chat.callback import BadCallback, Callback
from bot.chat.event import (
    Commanded,
    Event,
    FormRequested,
    FormSubmitted,
    Heard,
    Installed,
    Joined,
    Left,
    Picked,
    Removed,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.message import Form
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Asked, Verdict
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.gate import refusal
from bot.facilitation.state import Opening, Participant, Run
from bot.facilitation.timeline import activity_of, scene_of
from bot.service.failing import where
from bot.service.group_commit import GroupCommit
from bot.service.managing import Managing
from bot.service.scenes import CapabilitiesOf, activity_scene, tenant_of
from bot.service.store import Delivery, Reading, Store, StoreUnavailable, Transaction
from bot.service.trouble import confirm
from bot.words import t

log = logging.getLogger(__name__)

NewId = Callable[[str, Person], str]
"""From the run and the person to the id under which the run knows them."""

RUN_VERBS = ("run", "resend", "there")
Reply = Replied | ReplyEdited | ReplyDeleted


@dataclass(frozen=True, slots=True)
class _Meant:
    """What an event is about."""

    run: Run
    opening: Opening
    callback: Callback | None = None


class Hearing:
    """Answers every event; nothing that it says is saved can be lost."""

    def __init__(
        self,
        store: Store,
        commits: GroupCommit,
        managing: Managing,
        capabilities_of: CapabilitiesOf,
        new_id: NewId,
    ) -> None:
        """``new_id`` makes the surrogate id of a new participant."""
        self._store = store
        self._commits = commits
        self._managing = managing
        self._capabilities_of = capabilities_of
        self._new_id = new_id

    async def hear(self, event: Event) -> Answer:
        """What the person gets back. Never raises: a failure of ours is a `NotSaved`."""
        try:
            return await self._dispatch(event)
        except BadCallback:
            return Refused(t("That button is not in use any more."))
        except StoreUnavailable as down:
            log.warning("an event could not be kept: %s", down)
        except Exception as failure:
            log.error("hearing a %s failed: %s", type(event).__name__, where(failure))
        return NotSaved(t("That was not saved. Please try again in a moment."))

    async def _dispatch(self, event: Event) -> Answer:
        match event:
            case Commanded():
                return await self._managing.said(event)
            case FormRequested():
                return await self._show(event, Callback.decode(event.callback))
            case Picked() | FormSubmitted():
                callback = Callback.decode(event.callback)
                if callback.verb in RUN_VERBS and isinstance(event, Picked):
                    return await self._managing.pressed(event, callback)
                return await self._keep(event, callback)
            case Replied() | ReplyEdited() | ReplyDeleted():
                return await self._keep(event, None)
            case Joined() | Left():
                return await self._commits.run(
                    lambda tx: self._move(tx, event), order=_order(event)
                )
            case Installed() | Removed():
                return Saved()

    # -- answers to activities

    async def _keep(
        self, event: Picked | FormSubmitted | Reply, callback: Callback | None
    ) -> Answer:
        verdict, meant = await self._commits.run(
            lambda tx: self._record(tx, event, callback), order=_order(event)
        )
        if verdict.then and meant:
            return await self._view(event, meant, verdict)
        return verdict.answer

    async def _record(
        self, tx: Transaction, event: Picked | FormSubmitted | Reply, callback: Callback | None
    ) -> tuple[Verdict, _Meant | None]:
        meant = await self._meant(tx, event, callback)
        if meant is None:
            # A reply to a post that is not ours is nobody's answer and none of our business.
            stale = t("That is not in use any more.")
            return Verdict(Saved() if callback is None else Refused(stale)), None
        opening = await tx.hold_opening(meant.opening.id)
        tenant = tenant_of(event.who)
        if opening is None or await tx.heard(tenant, event.id):
            return Verdict(Saved(t("Saved already."))), None
        run = meant.run
        closed = refusal(run, opening, event)
        if closed:
            return Verdict(Refused(closed)), None
        known = await tx.participant(run.id, event.who)
        who = _seen(known, event) if known else self._newcomer(run, event)
        if who is None:
            return Verdict(Refused(t("This lesson is for the people of its channel."))), None
        meant = replace(meant, opening=opening)
        verdict = await _decide(tx, meant, who, event)
        if verdict.changes != NOTHING:
            # Only now: whoever was refused everything so far has no part in the run yet.
            enrolled = await self._enrol(tx, known, who)
            if enrolled.id != who.id:
                verdict = await _decide(tx, meant, enrolled, event)
            await tx.first_time(tenant, event.id, at=event.at)
            await tx.apply(verdict.changes)
        if isinstance(event, Replied | ReplyEdited) and verdict.answer == Saved():
            verdict = replace(verdict, answer=Saved(await _overheard(tx, meant)))
        if callback and isinstance(event, Picked | FormSubmitted):
            await confirm(tx, callback.delivery, event.post, run=run.id, opening=opening.post)
        return verdict, meant

    async def _view(self, event: Heard, meant: _Meant, verdict: Verdict) -> Answer:
        """What the activity shows after the commit; what was saved stays said if that fails."""
        callback = Callback(verdict.then, meant.opening.id)
        try:
            shown = await self._look(event, meant.run, meant.opening, callback)
        except Exception as failure:
            log.error("showing %s failed: %s", verdict.then, where(failure))
            return verdict.answer
        return shown if isinstance(shown, Show) else verdict.answer

    async def _show(self, event: FormRequested, callback: Callback) -> Answer:
        async with self._store.reading() as reading:
            meant = await self._opening_meant(reading, event, callback)
            if meant is None:
                return Refused(t("That is not in use any more."))
            known = await reading.participant(meant.run.id, event.who)
        if known is None and not _may_join(event, meant.run):
            return Refused(t("This lesson is for the people of its channel."))
        shown = await self._look(event, meant.run, meant.opening, callback)
        closed = refusal(meant.run, meant.opening, event)
        if closed and isinstance(shown, Show) and isinstance(shown.what, Form):
            return Refused(closed)
        return shown

    async def _look(self, event: Heard, run: Run, opening: Opening, callback: Callback) -> Answer:
        async with self._store.reading() as reading:
            who = await reading.participant(run.id, event.who) or _guest(run, event)
            capabilities = self._capabilities_of(run.main.platform)
            scene = await activity_scene(reading, run, opening, capabilities, callback.delivery)
        return KINDS[scene.activity.kind].view(scene, who, callback)

    # -- what is meant, and by whom

    async def _meant(
        self,
        reading: Reading,
        event: Picked | FormSubmitted | Reply,
        callback: Callback | None,
    ) -> _Meant | None:
        if callback is not None:
            return await self._opening_meant(reading, event, callback)
        assert isinstance(event, Replied | ReplyEdited | ReplyDeleted)
        delivery = await reading.delivery_at(event.post) or await _unconfirmed(reading, event)
        if delivery is None or not delivery.owed.opening:
            return None
        run = await reading.run(delivery.owed.run)
        opening = await reading.opening(delivery.owed.opening)
        return _Meant(run, opening) if run and opening else None

    async def _opening_meant(
        self, reading: Reading, event: Heard, callback: Callback
    ) -> _Meant | None:
        opening = await reading.opening(callback.target)
        run = await reading.run(opening.run) if opening else None
        if opening is None or run is None or not _belongs(event, run):
            return None
        return _Meant(run, opening, callback)

    def _newcomer(self, run: Run, event: Heard) -> Participant | None:
        """Somebody unknown who may take part: who is seen in the channel, or leads the run."""
        guest = _guest(run, event) if _may_join(event, run) else None
        return replace(guest, id=self._new_id(run.id, event.who)) if guest else None

    async def _enrol(
        self, tx: Transaction, known: Participant | None, who: Participant
    ) -> Participant:
        """The participant as kept, perhaps under the id that another process gave just now."""
        if known is None:
            return await tx.enrol(who)
        if known != who:
            await tx.rename(who)
        return who

    async def _move(self, tx: Transaction, event: Joined | Left) -> Answer:
        if event.place is None:
            return Saved()
        if not await tx.first_time(tenant_of(event.who), event.id, at=event.at):
            return Saved()
        for run in await tx.runs_at(event.place):
            if run.status == "ended":
                continue
            known = await tx.participant(run.id, event.who)
            here = _seen(known, event) if known else self._newcomer(run, event)
            if here is None or (known is None and isinstance(event, Left)):
                continue
            await self._enrol(tx, known, here)
            await tx.apply(Changes(dirty_run=run.id))
        return Saved()


def _order(event: Heard) -> tuple[str, ...]:
    """By person: what is written is theirs, so that processes never wait for each other in a
    circle."""
    return str(event.who), str(event.place)


async def _decide(
    tx: Transaction, meant: _Meant, who: Participant, event: Picked | FormSubmitted | Reply
) -> Verdict:
    """What the activity's kind makes of it."""
    activity = activity_of(meant.run, meant.opening.activity)
    return KINDS[activity.kind].hear(
        Asked(
            run=meant.run,
            activity=activity,
            spec=scene_of(meant.run, meant.opening).spec,
            opening=meant.opening,
            who=who,
            mine=await tx.responses_of(meant.opening.id, who.id),
            event=event,
            callback=meant.callback,
        )
    )


async def _overheard(reading: Reading, meant: _Meant) -> str:
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


def _belongs(event: Heard, run: Run) -> bool:
    """Whether an event can be about a run: same platform and tenant, and its own place."""
    same = (event.who.platform, event.who.tenant) == (run.main.platform, run.main.tenant)
    return same and (event.place is None or event.place.root == run.main.root)


def _may_join(event: Heard, run: Run) -> bool:
    """Whether somebody unknown may take part: who is seen in the channel, or leads the run."""
    return event.place is not None or event.who in run.facilitators


def _seen(known: Participant, event: Heard) -> Participant:
    """The participant after this event: here or gone, and under the name they have now.

    Whatever they did before they left does not bring them back, however late it is heard.
    """
    named = replace(known, name=event.name or known.name)
    if isinstance(event, Left):
        return replace(named, left_at=max(event.at, known.left_at or event.at))
    back = known.left_at is not None and event.at >= known.left_at
    return replace(named, left_at=None) if back else named


def _guest(run: Run, event: Heard) -> Participant:
    return Participant(
        id="",
        run=run.id,
        person=event.who,
        name=event.name or UserText(event.who.id),
        role="facilitator" if event.who in run.facilitators else "learner",
        joined_at=event.at,
    )


async def _unconfirmed(reading: Reading, event: Reply) -> Delivery | None:
    """The post that a reply can only belong to: one on its way whose address is not known yet.

    Only where the platform says that the bot wrote it; people's own threads are nobody's answer.
    """
    if event.place is None or not isinstance(event, Replied) or not event.ours:
        return None
    found: Delivery | None = None
    for run in await reading.runs_at(event.place):
        if run.status == "ended":
            continue
        for delivery in await reading.deliveries(run.id):
            if delivery.state in ("sending", "uncertain") and delivery.owed.to == run.main:
                found = delivery
    return found
