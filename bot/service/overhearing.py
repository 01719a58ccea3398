"""What is said where no answer is expected: offered to its author as one, or kept by hand."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.address import PostRef
from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Kept, Said
from bot.chat.message import Button, Buttons, Message, Text
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import reply_item
from bot.facilitation.changes import Changes
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import LOBBY, Given, Opening, Participant, Response, Run
from bot.service.attending import NewId, enrolled_as, newcomer
from bot.service.choosing import nearest_first
from bot.service.meaning import ADOPT, belongs, item_of, may_join
from bot.service.scenes import CapabilitiesOf, capabilities_in, tenant_of
from bot.service.store import Reading, Store, Transaction
from bot.words import t


class Overhearing:
    """Nothing is kept of what people say among themselves unless one of them, or a facilitator,
    wants it."""

    def __init__(self, store: Store, capabilities_of: CapabilitiesOf, new_id: NewId) -> None:
        self._store = store
        self._capabilities_of = capabilities_of
        self._new_id = new_id

    async def said(self, event: Said) -> Answer:
        """Whoever may have meant it as an answer is asked, in private."""
        if not event.text.text.strip():
            return Saved()
        async with self._store.reading() as reading:
            for run in await reading.runs_at(event.post.place):
                if run.status not in ("running", "paused") or event.who in run.facilitators:
                    continue
                known = await reading.participant(run.id, event.who)
                openings = await reading.openings(run.id)
                talked = _talked_of(run, openings) if known or may_join(event, run) else None
                if talked and belongs(event, run) and self._hears(run):
                    return _offer(run, talked, event)
        return Saved()

    async def kept(self, tx: Transaction, event: Kept) -> Answer:
        """A facilitator keeps what somebody said as a response of whoever said it."""
        run = await _led(tx, event)
        if run is None:
            return Refused(t("Only those who lead a lesson here can add to its evidence."))
        if not event.text.text.strip():
            return Refused(t("There are no words in that message to keep."))
        saved = Saved(t("Kept in the evidence."))
        if await tx.heard(tenant_of(event.who), event.id):
            return saved
        openings = await tx.openings(run.id)
        opening = await _where(tx, run, openings, event)
        leader = await self._leader(tx, run, event) if opening else None
        if opening is None or leader is None:
            return Refused(t("The lesson has not begun yet, so it has no evidence to add to."))
        author = await self._author(tx, run, event) or leader
        item = reply_item(event.post)
        for each in openings:
            for response in await tx.responses_of(each.id, author.id):
                if response.item == item:
                    return _is_there(response)
        await tx.first_time(tenant_of(event.who), event.id, at=event.at)
        response = Response(
            run=run.id,
            opening=opening.id,
            owner=author.id,
            item=item,
            at=event.at,
            given=Given(text=event.text),
            event=event.id,
            by=leader.id if leader.id != author.id else "",
        )
        shows = KINDS[scene_of(run, opening).activity.kind].shows_replies
        await tx.apply(
            Changes(responses=(response,), dirty=(opening.post,) if shows else (), dirty_run=run.id)
        )
        return saved

    def _hears(self, run: Run) -> bool:
        return capabilities_in(run, self._capabilities_of).hears_replies

    async def _leader(self, tx: Transaction, run: Run, event: Kept) -> Participant | None:
        known = await tx.participant(run.id, event.who)
        here = known or newcomer(run, event, self._new_id)
        return await enrolled_as(tx, known, here) if here else None

    async def _author(self, tx: Transaction, run: Run, event: Kept) -> Participant | None:
        """Whoever said it, who was seen in the place; None where they cannot be in the lesson."""
        known = await tx.participant(run.id, event.by)
        if known:
            return known
        theirs = Said(
            id=event.id,
            at=event.at,
            who=event.by,
            place=event.post.place.root,
            name=event.by_name,
            post=event.post,
            text=event.text,
        )
        here = newcomer(run, theirs, self._new_id) if belongs(theirs, run) else None
        return await tx.enrol(here) if here else None


def _offer(run: Run, opening: Opening, event: Said) -> Answer:
    scene = scene_of(run, opening)
    title = KINDS[scene.activity.kind].title(scene.spec)
    why = t(
        "This is in the channel, not in the thread of “{title}”, so it is not kept as an answer "
        "yet.",
        title=title,
    )
    try:
        callback = Callback(ADOPT, opening.id, item_of(event.post)).encode()
    except ValueError:
        # Not every platform's posts have ids that a button can carry.
        return Saved()
    add = Button(t("Add this as your answer"), callback, style="primary")
    return Show(Message(why, (Text((why,)), Buttons((add,))), invites_replies=False))


def _is_there(response: Response) -> Answer:
    if response.given is None:
        return Refused(t("Whoever said it has taken it back, so it is not kept."))
    return Saved(t("That is in the evidence already."))


async def _led(reading: Reading, event: Kept) -> Run | None:
    """The run of the place that this person leads."""
    runs = nearest_first(await reading.runs_at(event.post.place))
    led = (run for run in runs if event.who in run.facilitators and belongs(event, run))
    return next(led, None)


async def _where(
    reading: Reading, run: Run, openings: Sequence[Opening], event: Kept
) -> Opening | None:
    """The opening in whose thread it was said, or else what is talked of now, or the lobby."""
    thread = event.post.place.thread
    if thread:
        root = event.post.place.root
        delivery = await reading.delivery_at(PostRef(root, thread))
        if delivery and delivery.owed.run == run.id and delivery.owed.opening:
            return await reading.opening(delivery.owed.opening)
    around = [opening for opening in openings if opening.activity == LOBBY]
    return _talked_of(run, openings) or (around[-1] if around else None)


def _talked_of(run: Run, openings: Sequence[Opening]) -> Opening | None:
    """The newest of what is open and has its answers in its thread."""
    for opening in reversed(openings):
        if opening.is_open and not opening.shown_in and opening.activity != LOBBY:
            scene = scene_of(run, opening)
            if KINDS[scene.activity.kind].talks(scene.spec):
                return opening
    return None
