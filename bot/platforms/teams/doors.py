"""What Teams sends, once it is known to be Teams: heard, and answered in time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.chat.address import PostRef
from bot.chat.answer import Answer, NotSaved, Refused, Saved, Show
from bot.chat.event import Commanded, Event, FormRequested, Picked, Replied, Said
from bot.chat.message import Message
from bot.chat.platform import Hear, Limited, PlatformFailure, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.planning import ADOPT, decoded
from bot.platforms.teams.adapter import TeamsPlatform
from bot.platforms.teams.answers import Answered, Answering, sentence
from bot.platforms.teams.comings import Comings
from bot.platforms.teams.incoming import (
    EXECUTE,
    Door,
    Json,
    NotKept,
    Pressed,
    adopted,
    door_of,
    heard,
    is_from_nobody,
    is_picture,
    pressed,
)
from bot.platforms.teams.offers import Offers
from bot.platforms.teams.planners import Planners
from bot.platforms.teams.under_way import UnderWay, left_until
from bot.words import t

SECONDS = 3.0
"""How long after it came something is acknowledged, whatever goes with that; about fifteen after it
was written Teams sends words again."""

PRESS_SECONDS = 4.0
"""How long after it came a press is answered, whatever is still done; Teams waits five."""

AGAIN = 5.0
"""How many seconds later it is tried once more to tell somebody what came of a press."""

MOST = 1_000


class Doors:
    """Takes in activities that `auth` let pass."""

    def __init__(
        self,
        platform: TeamsPlatform,
        comings: Comings,
        planners: Planners,
        offers: Offers,
        answering: Answering,
        under_way: UnderWay,
        hear: Hear,
        lesson: Clock,
    ) -> None:
        self._platform = platform
        self._comings = comings
        self._planners = planners
        self._offers = offers
        self._answering = answering
        self._under_way = under_way
        self._hear = hear
        self._lesson = lesson
        self._done: OrderedDict[str, None] = OrderedDict()

    async def take(self, activity: Json, came: float) -> Json | None:
        """What it is acknowledged with, if with anything; ``came`` is in the loop's time.

        Raises Unreadable for what is not as Microsoft documents it, NotKept for what was not saved.
        """
        until = came + SECONDS
        kind = activity.get("type")
        if kind in ("conversationUpdate", "installationUpdate"):
            await self._comings.move(activity, until)
            return None
        if kind not in ("message", "messageUpdate", "messageDelete", "invoke"):
            return None
        if kind != "invoke" and is_from_nobody(activity):
            return None
        door = door_of(activity, self._lesson.now())
        # Words are answered in their talk, which is found by what is learnt of them here.
        learning = self._comings.learn(activity, door)
        await self._under_way.beside(learning, 0 if kind == "invoke" else until)
        if (press := pressed(activity, door)) is not None:
            if press.at_once:
                return await self._pressed(press, door, came + PRESS_SECONDS)
            await self._pressed_on_an_old_client(press, door, until)
            return None
        if kind == "invoke":
            name = str(activity.get("name") or "")
            return sentence(t("That button is not one of mine.")) if name == EXECUTE else None
        await self._said(activity, door, until)
        return None

    # -- what people press and send

    async def _pressed(self, press: Pressed, door: Door, until: float) -> Json:
        if press.event is None:
            return await self._went_back(press, door, until)
        hearing = self._under_way.begin(self._may(press.event, press.press.callback, door))
        drawing = self._under_way.begin(self._drawn(press, door, hearing))
        await asyncio.wait({drawing}, timeout=left_until(until))
        if not drawing.done():
            drawing.cancel()
            await self._under_way.beside(self._late(press, door, hearing))
            # No promise: to write to them may fail for whatever made this slow.
            return sentence(
                t(
                    "This takes longer than usual. If you hear nothing from me in our chat within "
                    "a minute, please press again."
                )
            )
        try:
            answered = drawing.result()
        except RecordsUnavailable as unavailable:
            return sentence(str(unavailable))
        await self._under_way.beside(self._answering.after_press(press, door, answered))
        return answered.said

    async def _went_back(self, press: Pressed, door: Door, until: float) -> Json:
        try:
            async with asyncio.timeout_at(until):
                return await self._answering.back(press, door)
        except TimeoutError:
            return sentence(t("This takes longer than usual: please try again."))
        except RecordsUnavailable as unavailable:
            return sentence(str(unavailable))

    async def _drawn(self, press: Pressed, door: Door, hearing: asyncio.Task[Answer]) -> Answered:
        return await self._answering.to_press(press, door, await asyncio.shield(hearing))

    async def _late(self, press: Pressed, door: Door, hearing: asyncio.Task[Answer]) -> None:
        """Tell them in their talk what came of it."""
        try:
            answer = await hearing
        except RecordsUnavailable as unavailable:
            answer = NotSaved(str(unavailable))
        answer = _briefly(answer, asked=isinstance(press.event, FormRequested))
        try:
            await self._answering.to_words(door, answer)
        except RecordsUnavailable:
            await asyncio.sleep(AGAIN)
            await self._answering.to_words(door, answer)

    async def _pressed_on_an_old_client(self, press: Pressed, door: Door, until: float) -> None:
        """It comes as a message, and may come again as one: it is answered once."""
        if press.event is None or press.event.id in self._done:
            return
        answer = await self._may(press.event, press.press.callback, door)
        if not isinstance(answer, NotSaved):
            self._remember(press.event.id)
        await self._under_way.beside(self._tell(press.event.id, door, answer), until)

    async def _may(self, event: Event, asked: str, door: Door) -> Answer:
        """Hear it, unless it plans a lesson where they may not."""
        if (refused := await self._planners.refusal(event, asked, door)) is not None:
            return refused
        callback = decoded(asked)
        if callback and callback.verb == ADOPT and isinstance(event, Picked):
            return await self._adopted(event, callback.item)
        return await self._hear(event)

    async def _adopted(self, event: Picked, post: str) -> Answer:
        said = await self._offers.find(event.who, post)
        if said is None:
            return Refused(t("I could not read that message: please write it in the thread."))
        answer = await self._hear(adopted(said, event))
        if not isinstance(answer, NotSaved):
            await self._offers.taken(event.who, post)
        return answer

    # -- what people write

    async def _said(self, activity: Json, door: Door, until: float) -> None:
        ours: bool | None = False
        if door.thread is not None and door.thread.thread:
            ours = await self._is_ours(PostRef(door.thread.root, door.thread.thread))
        # Where that is not known, whoever hears it looks it up again.
        event = heard(activity, door, ours=ours is not False)
        if event is None and ours and is_picture(activity):
            await self._told_of_pictures(door, until)
        if event is None or event.id in self._done:
            return
        asked = event.text if isinstance(event, Commanded) else ""
        answer = await self._may(event, asked, door)
        if not isinstance(answer, NotSaved):
            # Whoever was answered is not answered again where Teams hands it over once more.
            self._remember(event.id)
        if isinstance(event, Said) and isinstance(answer, Show):
            # Nothing else is kept that nobody wants kept.
            await self._offers.offer(event)
        if isinstance(answer, NotSaved) and isinstance(event, Replied | Said | Commanded):
            await self._tell_or_fail(door, answer, until)
        elif isinstance(answer, NotSaved):
            raise NotKept
        else:
            await self._under_way.beside(self._tell(event.id, door, answer), until)

    async def _told_of_pictures(self, door: Door, until: float) -> None:
        """Tell them once what becomes of a picture."""
        key = f"picture {door.who}"
        if key in self._done:
            return
        self._remember(key)
        told = Refused(t("I keep words, not pictures: please say in a few words what yours shows."))
        await self._under_way.beside(self._tell(key, door, told), until)

    async def _tell(self, id: str, door: Door, answer: Answer) -> None:
        try:
            await self._answering.to_words(door, answer)
        except (Limited, RecordsUnavailable):
            # They were told nothing: where it comes again, they are.
            self._done.pop(id, None)
            raise

    async def _tell_or_fail(self, door: Door, answer: NotSaved, until: float) -> None:
        """Tell somebody that their words were not kept; where that fails, Teams sends them again,
        for as long as it does."""
        try:
            async with asyncio.timeout_at(until):
                await self._answering.to_words(door, answer)
        except (PlatformFailure, RecordsUnavailable, TimeoutError):
            raise NotKept from None

    async def _is_ours(self, post: PostRef) -> bool | None:
        """Whether the thread hangs on a post of ours; ``None`` where that is not known just now."""
        try:
            return await self._platform.knows(post)
        except RecordsUnavailable:
            return None

    def _remember(self, id: str) -> None:
        self._done[id] = None
        while len(self._done) > MOST:
            self._done.popitem(last=False)


def _briefly(answer: Answer, *, asked: bool) -> Answer:
    """What is told late, when many may be told at once: of what somebody did, that it is saved and
    not the page to look at that goes with it; what they ``asked`` for, whole."""
    match answer:
        case Saved(note):
            return Saved(note or t("Saved."))
        case Show(Message(), note) if note and not asked:
            return Saved(note)
    return answer
