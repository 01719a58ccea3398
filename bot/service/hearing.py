"""Flow 2: something was heard; it is decided, recorded, committed, and only then answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
    Kept,
    Left,
    Picked,
    Removed,
    Replied,
    ReplyDeleted,
    ReplyEdited,
    Said,
)
from bot.chat.message import Form
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Asked, Scene, Verdict
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.gate import refusal
from bot.facilitation.mine import MINE
from bot.facilitation.my_part import is_my_part, my_part
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import Opening, Participant, Run
from bot.service.failing import where
from bot.service.group_commit import GroupCommit
from bot.service.managing import Managing, run_meant
from bot.service.meaning import (
    Acted,
    Meant,
    belongs,
    guest_of,
    may_join,
    meant_by,
    opening_meant,
    overheard_beside,
    seen_as,
)
from bot.service.scenes import CapabilitiesOf, activity_scene, scenes_of, tenant_of
from bot.service.store import (
    Conflict,
    Store,
    StoreUnavailable,
    Transaction,
)
from bot.service.trouble import confirm
from bot.words import t

log = logging.getLogger(__name__)

NewId = Callable[[str, Person], str]
"""From the run and the person to the id under which the run knows them."""

RUN_VERBS = ("run", "resend", "there")
ALONE = frozenset[str]().union(*(kind.alone for kind in KINDS.values()))
"""What is decided with all of the run in view."""


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
            case Commanded() if is_my_part(event.text):
                return await self._my_part(event)
            case Commanded():
                return await self._managing.said(event)
            case FormRequested():
                callback = Callback.decode(event.callback)
                if callback.verb == MINE:
                    return await self._my_part(event, callback.target)
                return await self._show(event, callback)
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
            case Said() | Kept() | Installed() | Removed():
                return Saved()

    # -- answers to activities

    async def _keep(self, event: Acted, callback: Callback | None) -> Answer:
        if callback and callback.verb in ALONE:
            verdict, meant = await self._record_alone(event, callback)
        else:
            verdict, meant = await self._commits.run(
                lambda tx: self._record(tx, event, callback), order=_order(event)
            )
        if verdict.then and meant:
            return await self._view(event, meant, verdict)
        return verdict.answer

    async def _record_alone(self, event: Acted, callback: Callback) -> tuple[Verdict, Meant | None]:
        """Decide with all of the run in view, and nobody else changing it meanwhile."""

        async def once() -> tuple[Verdict, Meant | None]:
            async with self._store.transaction() as tx:
                opening = await tx.opening(callback.target)
                if opening:
                    await tx.lock_run(opening.run)
                return await self._record(tx, event, callback)

        try:
            return await once()
        except Conflict:
            return await once()

    async def _record(
        self, tx: Transaction, event: Acted, callback: Callback | None
    ) -> tuple[Verdict, Meant | None]:
        meant = await meant_by(tx, event, callback)
        if meant is None:
            # A reply to a post that is not ours is nobody's answer and none of our business.
            stale = t("That is not in use any more.")
            return Verdict(Saved() if callback is None else Refused(stale)), None
        opening = await tx.hold_opening(meant.opening.id)
        tenant = tenant_of(event.who)
        if opening is None:
            return Verdict(Saved(t("Saved already."))), None
        run, meant = meant.run, replace(meant, opening=opening)
        if await tx.heard(tenant, event.id):
            return await self._again(tx, meant, event), meant
        closed = refusal(run, opening, event, callback)
        if closed:
            return Verdict(Refused(closed)), None
        known = await tx.participant(run.id, event.who)
        who = seen_as(known, event) if known else self._newcomer(run, event)
        if who is None:
            return Verdict(Refused(t("This lesson is for the people of its channel."))), None
        verdict = await self._decide(tx, meant, who, event)
        if verdict.changes != NOTHING:
            # Only now: whoever was refused everything so far has no part in the run yet.
            enrolled = await self._enrol(tx, known, who)
            if enrolled.id != who.id:
                verdict = await self._decide(tx, meant, enrolled, event)
            await tx.first_time(tenant, event.id, at=event.at)
            await tx.apply(verdict.changes)
        if isinstance(event, Replied | ReplyEdited) and verdict.answer == Saved():
            verdict = replace(verdict, answer=Saved(await overheard_beside(tx, meant)))
        if callback and isinstance(event, Picked | FormSubmitted):
            await confirm(tx, callback.delivery, event.post, run=run.id, opening=opening.post)
        return verdict, meant

    async def _again(self, tx: Transaction, meant: Meant, event: Acted) -> Verdict:
        """What came twice is kept once; where something is shown next, it is shown again."""
        known = await tx.participant(meant.run.id, event.who)
        saved = Verdict(Saved(t("Saved already.")))
        if known is None:
            return saved
        first = await self._decide(tx, meant, known, event)
        return replace(saved, then=first.then, then_item=first.then_item)

    async def _decide(
        self,
        tx: Transaction,
        meant: Meant,
        who: Participant,
        event: Acted,
    ) -> Verdict:
        """What the activity's kind makes of it."""
        bare = scene_of(meant.run, meant.opening)
        kind = KINDS[bare.activity.kind]
        seen: Scene[Any] | None = None
        if meant.callback and meant.callback.verb in kind.alone:
            capabilities = self._capabilities_of(meant.run.main.platform)
            run, opening = meant.run, meant.opening
            seen = await activity_scene(tx, run, opening, capabilities, newcomer=who)
        dealt = await tx.assignments_of(meant.opening.id, who.id) if kind.deals else ()
        return kind.hear(
            Asked(
                run=meant.run,
                activity=bare.activity,
                spec=bare.spec,
                opening=meant.opening,
                who=who,
                mine=await tx.responses_of(meant.opening.id, who.id),
                event=event,
                callback=meant.callback,
                dealt=dealt,
                scene=seen,
            )
        )

    async def _view(self, event: Heard, meant: Meant, verdict: Verdict) -> Answer:
        """What the activity shows after the commit; what was saved stays said if that fails."""
        callback = Callback(verdict.then, meant.opening.id, verdict.then_item)
        try:
            shown = await self._look(event, meant.run, meant.opening, callback)
        except Exception as failure:
            log.error("showing %s failed: %s", verdict.then, where(failure))
            return verdict.answer
        if not isinstance(shown, Show):
            return verdict.answer
        note = verdict.answer.note if isinstance(verdict.answer, Saved) else ""
        # Some views say themselves what was saved.
        return shown if note in plain(shown.what) else replace(shown, note=note)

    async def _show(self, event: FormRequested, callback: Callback) -> Answer:
        async with self._store.reading() as reading:
            meant = await opening_meant(reading, event, callback)
            if meant is None:
                return Refused(t("That is not in use any more."))
            known = await reading.participant(meant.run.id, event.who)
        if known is None and not may_join(event, meant.run):
            return Refused(t("This lesson is for the people of its channel."))
        shown = await self._look(event, meant.run, meant.opening, callback)
        closed = refusal(meant.run, meant.opening, event, callback)
        if closed and isinstance(shown, Show) and isinstance(shown.what, Form):
            return Refused(closed)
        return shown

    async def _look(self, event: Heard, run: Run, opening: Opening, callback: Callback) -> Answer:
        async with self._store.reading() as reading:
            who = await reading.participant(run.id, event.who) or guest_of(run, event)
            capabilities = self._capabilities_of(run.main.platform)
            scene = await activity_scene(reading, run, opening, capabilities, callback.delivery)
        return KINDS[scene.activity.kind].view(scene, who, callback)

    async def _my_part(self, event: Commanded | FormRequested, run_id: str = "") -> Answer:
        """What one person has to do and has given; a guest has nothing yet."""
        async with self._store.reading() as reading:
            run = await reading.run(run_id) if run_id else await run_meant(reading, event)
            if run is None or not belongs(event, run):
                return Refused(t("There is no lesson of yours here."))
            known = await reading.participant(run.id, event.who)
            if known is None and not may_join(event, run):
                return Refused(t("This lesson is for the people of its channel."))
            openings = await reading.openings(run.id)
            capabilities = self._capabilities_of(run.main.platform)
            scenes = await scenes_of(reading, run, openings, capabilities)
        return Show(my_part(run, scenes, known or guest_of(run, event)))

    # -- what is meant, and by whom

    def _newcomer(self, run: Run, event: Heard) -> Participant | None:
        """Somebody unknown who may take part: who is seen in the channel, or leads the run."""
        guest = guest_of(run, event) if may_join(event, run) else None
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
            here = seen_as(known, event) if known else self._newcomer(run, event)
            if here is None or (known is None and isinstance(event, Left)):
                continue
            await self._enrol(tx, known, here)
            # How many are asked stands in every post that is open.
            posts = {o.post: None for o in await tx.openings(run.id) if o.is_open}
            await tx.apply(Changes(dirty=tuple(posts), dirty_run=run.id))
        return Saved()


def _order(event: Heard) -> tuple[str, ...]:
    """By person: what is written is theirs, so that processes never wait for each other in a
    circle."""
    return str(event.who), str(event.place)
