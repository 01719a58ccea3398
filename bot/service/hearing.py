"""Flow 2: something was heard; it is decided, recorded, committed, and only then answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

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
from bot.facilitation.beginning import PLAN, REHEARSE
from bot.facilitation.changes import NOTHING
from bot.facilitation.controls import parse_command
from bot.facilitation.gate import refusal
from bot.facilitation.home import thanked
from bot.facilitation.mine import MINE
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import Opening, Participant, Run
from bot.facilitation.taking_home import EVIDENCE
from bot.facilitation.wishes import wish
from bot.failing import where
from bot.lessons.library import Library
from bot.service.attending import (
    Attending,
    NewId,
    by_person,
    enrolled_as,
    moved,
    newcomer,
)
from bot.service.group_commit import GroupCommit
from bot.service.handing_over import HandingOver, Links
from bot.service.looking import Looking
from bot.service.managing import Managing
from bot.service.meaning import (
    Acted,
    Meant,
    adopted_note,
    guest_of,
    may_join,
    meant_by,
    opening_meant,
    overheard_beside,
    seen_as,
)
from bot.service.overhearing import Overhearing
from bot.service.rehearsing import Rehearsing
from bot.service.scenes import CapabilitiesOf, activity_scene, capabilities_in, tenant_of
from bot.service.scheduling import Scheduling
from bot.service.showing import Showing
from bot.service.store import (
    Conflict,
    Store,
    StoreUnavailable,
    Transaction,
)
from bot.service.trouble import confirm
from bot.words import t

log = logging.getLogger(__name__)

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
        library: Library,
        links: Links | None = None,
    ) -> None:
        """``new_id`` makes the surrogate id of a new participant; the ``library`` has the lessons
        that people can schedule; ``links`` lead facilitators to the evidence."""
        self._store = store
        self._commits = commits
        self._managing = managing
        self._looking = Looking(store, capabilities_of)
        self._capabilities_of = capabilities_of
        self._new_id = new_id
        attending = Attending(commits, new_id)
        self._showing = Showing(store, self._looking, capabilities_of, attending)
        self._overhearing = Overhearing(store, capabilities_of, new_id)
        self._scheduling = Scheduling(store, managing, library, capabilities_of)
        self._rehearsing = Rehearsing(managing, library, capabilities_of)
        self._handing_over = HandingOver(store, links)

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
                return await self._commanded(event)
            case FormRequested():
                callback = Callback.decode(event.callback)
                if callback.verb == MINE:
                    return await self._showing.my_part(event, callback.target)
                if callback.verb == PLAN:
                    return await self._scheduling.asked(event)
                if callback.verb == REHEARSE:
                    return await self._rehearsing.asked(event)
                if callback.verb == EVIDENCE:
                    return await self._handing_over.asked(event, callback.target)
                return await self._show(event, callback)
            case Picked() | FormSubmitted():
                callback = Callback.decode(event.callback)
                if callback.verb in RUN_VERBS and isinstance(event, Picked):
                    return await self._managing.pressed(event, callback)
                if callback.verb == PLAN and isinstance(event, FormSubmitted):
                    return await self._scheduling.sent(event, callback)
                if callback.verb == REHEARSE and isinstance(event, FormSubmitted):
                    return await self._rehearsing.sent(event, callback)
                return await self._keep(event, callback)
            case Replied():
                return await self._keep(
                    event, Callback.decode(event.callback) if event.callback else None
                )
            case ReplyEdited() | ReplyDeleted():
                return await self._keep(event, None)
            case Said():
                return await self._overhearing.said(event)
            case Kept():
                return await self._once_each(event, lambda tx: self._overhearing.kept(tx, event))
            case Joined() | Left():
                return await self._once_each(event, lambda tx: moved(tx, event, self._new_id))
            case Installed() | Removed():
                return Saved()

    async def _once_each(
        self, event: Heard, once: Callable[[Transaction], Awaitable[Answer]]
    ) -> Answer:
        return await self._commits.run(once, order=by_person(event))

    async def _commanded(self, event: Commanded) -> Answer:
        """What words said to the bot lead to: a page, a form, or that a run is steered."""
        match wish(event.text):
            case "mine":
                return await self._showing.my_part(event)
            case "home":
                return await self._showing.home(event)
            case "panel":
                return await self._showing.panel(event)
            case "help":
                return await self._showing.help(event)
            case "hello":
                return await self._showing.hello(event)
            case "thanks":
                return Show(thanked())
            case "schedule":
                return await self._scheduling.asked(event)
            case "rehearse":
                return await self._rehearsing.asked(event)
            case "evidence":
                return await self._handing_over.asked(event)
        command = parse_command(event.text)
        if command is None:
            return await self._showing.not_kept(event)
        return await self._managing.said(event, command)

    # -- answers to activities

    async def _keep(self, event: Acted, callback: Callback | None) -> Answer:
        if callback and callback.verb in ALONE:
            verdict, meant = await self._record_alone(event, callback)
        else:
            verdict, meant = await self._commits.run(
                lambda tx: self._record(tx, event, callback), order=by_person(event)
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
        if callback and isinstance(event, Picked | FormSubmitted):
            # Even what is refused shows that the post is there.
            await confirm(tx, callback.delivery, event, run=run, opening=opening.post)
        if await tx.heard(tenant, event.id):
            return await self._again(tx, meant, event), meant
        closed = refusal(run, opening, event, callback)
        if closed:
            return Verdict(Refused(closed)), None
        known = await tx.participant(run.id, event.who)
        who = seen_as(known, event) if known else newcomer(run, event, self._new_id)
        if who is None:
            return Verdict(Refused(t("This lesson is for the people of its channel."))), None
        verdict = await self._decide(tx, meant, who, event)
        if verdict.changes != NOTHING:
            # Only now: whoever was refused everything so far has no part in the run yet.
            enrolled = await enrolled_as(tx, known, who)
            if enrolled.id != who.id:
                verdict = await self._decide(tx, meant, enrolled, event)
            await tx.first_time(tenant, event.id, at=event.at)
            await tx.apply(verdict.changes)
        if isinstance(event, Replied | ReplyEdited) and verdict.answer == Saved():
            note = adopted_note(meant) if callback else await overheard_beside(tx, meant)
            verdict = replace(verdict, answer=Saved(note))
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
        capabilities = capabilities_in(meant.run, self._capabilities_of)
        bare = scene_of(meant.run, meant.opening, capabilities=capabilities)
        kind = KINDS[bare.activity.kind]
        seen: Scene[Any] | None = None
        if meant.callback and meant.callback.verb in kind.alone:
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
                capabilities=bare.capabilities,
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
        scene = await self._looking.scene(run, opening, callback.delivery)
        return KINDS[scene.activity.kind].view(scene, who, callback)
