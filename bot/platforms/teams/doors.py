"""What Teams sends, once it is known to be Teams: heard, and answered in time."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

from bot.chat.address import Person, PostRef
from bot.chat.answer import Answer, NotSaved, Refused, Show
from bot.chat.event import Commanded, Event, Picked, Replied, Said
from bot.chat.platform import Hear, PlatformFailure, RecordsUnavailable
from bot.clock import Clock
from bot.failing import where
from bot.platforms.planning import ADOPT, decoded, plans_lessons
from bot.platforms.teams.adapter import TeamsPlatform
from bot.platforms.teams.answers import Answering, sentence
from bot.platforms.teams.channels import Channels
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.incoming import (
    EXECUTE,
    HOME,
    Change,
    Door,
    Json,
    Pressed,
    adopted,
    change_of,
    digest,
    door_of,
    heard,
    moved,
    pressed,
    team_of,
    tenant_of,
)
from bot.words import t

log = logging.getLogger(__name__)

SECONDS = 3.0
"""How long after it came something is acknowledged, whatever goes with that; Teams waits five for a
press, and about fifteen before it sends words again."""

MOST = 1_000


class NotKept(Exception):
    """It was not saved, and nobody could be told: Teams shall send it again."""


class Doors:
    """Takes in activities that `auth` let pass."""

    def __init__(
        self,
        platform: TeamsPlatform,
        contacts: Contacts,
        channels: Channels,
        answering: Answering,
        hear: Hear,
        lesson: Clock,
    ) -> None:
        self._platform = platform
        self._contacts = contacts
        self._channels = channels
        self._answering = answering
        self._hear = hear
        self._lesson = lesson
        self._under_way: set[asyncio.Task[None]] = set()
        self._teams: set[str] = set()
        self._done: OrderedDict[str, None] = OrderedDict()
        self._offered: OrderedDict[tuple[Person, str], Said] = OrderedDict()

    async def settled(self) -> None:
        """Wait for whatever still goes out to people after an acknowledgement."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def take(self, activity: Json) -> Json | None:
        """What it is acknowledged with, if with anything.

        Raises Unreadable for what is not as Microsoft documents it, NotKept for what was not saved.
        """
        until = asyncio.get_running_loop().time() + SECONDS
        kind = activity.get("type")
        if kind in ("conversationUpdate", "installationUpdate"):
            await self._move(activity, until)
            return None
        if kind not in ("message", "messageUpdate", "messageDelete", "invoke"):
            return None
        door = door_of(activity, self._lesson.now())
        # Words are answered in their talk, which is found by what is learnt of them here.
        await self._beside(self._learn(activity, door), 0 if kind == "invoke" else until)
        if (press := pressed(activity, door)) is not None:
            return await self._pressed(press, door, until)
        if kind == "invoke":
            name = str(activity.get("name") or "")
            return sentence(t("That button is not one of mine.")) if name == EXECUTE else None
        await self._said(activity, door, until)
        return None

    # -- what people press and send

    async def _pressed(self, press: Pressed, door: Door, until: float) -> Json | None:
        if not press.at_once:
            await self._pressed_on_an_old_client(press, door, until)
            return None
        try:
            if press.event is None:
                return await self._answering.back(press, door)
            answer = await self._may(press.event, press.press.callback, door)
            answered = await self._answering.to_press(press, door, answer)
        except RecordsUnavailable as unavailable:
            return sentence(str(unavailable))
        await self._beside(self._answering.after_press(press, door, answered), 0)
        return answered.said

    async def _pressed_on_an_old_client(self, press: Pressed, door: Door, until: float) -> None:
        """It comes as a message, and may come again as one: it is answered once."""
        if press.event is None or press.event.id in self._done:
            return
        answer = await self._may(press.event, press.press.callback, door)
        if not isinstance(answer, NotSaved):
            _remember(self._done, press.event.id, None)
        await self._beside(self._answering.to_words(door, answer), until)

    async def _may(self, event: Event, asked: str, door: Door) -> Answer:
        """Hear it, unless it plans a lesson and comes from a guest."""
        if plans_lessons(asked):
            profile = await self._contacts.profile(event.who, door.address, door.talk)
            if profile is None:
                return Refused(
                    t("Teams did not tell me who you are. Please try again in a moment.")
                )
            if profile.is_guest:
                return Refused(t("Only members of your organization can plan a lesson here."))
        callback = decoded(asked)
        if callback and callback.verb == ADOPT and isinstance(event, Picked):
            said = self._offered.get((event.who, callback.item))
            if said is None:
                return Refused(t("I could not read that message: please write it in the thread."))
            return await self._hear(adopted(said, event))
        return await self._hear(event)

    # -- what people write

    async def _said(self, activity: Json, door: Door, until: float) -> None:
        ours = False
        if door.thread is not None and door.thread.thread:
            ours = await self._is_ours(PostRef(door.thread.root, door.thread.thread))
        event = heard(activity, door, ours=ours)
        if event is None or event.id in self._done:
            return
        asked = event.text if isinstance(event, Commanded) else ""
        answer = await self._may(event, asked, door)
        if not isinstance(answer, NotSaved):
            # Whoever was answered is not answered again where Teams hands it over once more.
            _remember(self._done, event.id, None)
        if isinstance(event, Said) and isinstance(answer, Show):
            # Teams lets a bot read nothing again; and nothing is kept that nobody wants kept.
            _remember(self._offered, (event.who, event.post.id), event)
        if isinstance(answer, NotSaved) and isinstance(event, Replied | Said | Commanded):
            await self._tell_or_fail(door, answer, until)
        elif isinstance(answer, NotSaved):
            raise NotKept
        else:
            await self._beside(self._answering.to_words(door, answer), until)

    async def _tell_or_fail(self, door: Door, answer: NotSaved, until: float) -> None:
        """Tell somebody that their words were not kept; where that fails, Teams sends them again,
        for as long as it does."""
        try:
            async with asyncio.timeout_at(until):
                await self._answering.to_words(door, answer)
        except (PlatformFailure, RecordsUnavailable, TimeoutError):
            raise NotKept from None

    async def _is_ours(self, post: PostRef) -> bool:
        try:
            return await self._platform.knows(post)
        except RecordsUnavailable:
            # Whether it is a thread of ours is looked up again by whoever hears it.
            return True

    # -- who comes and goes

    async def _move(self, activity: Json, until: float) -> None:
        change = change_of(activity)
        channels = await self._channels.of(tenant_of(activity), team_of(activity))
        for event in moved(activity, self._lesson.now(), channels):
            if isinstance(await self._hear(event), NotSaved):
                raise NotKept
        await self._beside(self._settle(activity, change), until)

    async def _settle(self, activity: Json, change: Change | None) -> None:
        """Keep where the bot is now, and greet whoever added it."""
        tenant, url = tenant_of(activity), str(activity.get("serviceUrl") or "")
        await self._contacts.serves(tenant, url)
        if change is None:
            return
        if change.team and change.does == "removed":
            self._teams.discard(change.team)
            await self._channels.forget(tenant, change.team)
        elif change.team:
            self._teams.add(change.team)
            await self._channels.learn(url, tenant, change.team, change.name)
        if change.does == "added" and activity.get("type") == "installationUpdate":
            await self._greet(activity)

    async def _greet(self, activity: Json) -> None:
        door = door_of(activity, self._lesson.now())
        id = digest("home", door.who, activity.get("timestamp"))
        if id in self._done:
            return
        _remember(self._done, id, None)
        await self._contacts.learn(door.who, door.address, door.talk if door.private else "")
        head = {**door.head(id, door.now), "place": None}
        answer = await self._hear(Commanded(**head, text=HOME))
        await self._answering.to_words(door, answer)

    async def _learn(self, activity: Json, door: Door) -> None:
        """Keep how whoever acted is reached, and where Teams is."""
        url = str(activity.get("serviceUrl") or "")
        await self._contacts.serves(door.who.tenant, url)
        await self._contacts.learn(door.who, door.address, door.talk if door.private else "")
        id = team_of(activity)
        if id and id not in self._teams:
            self._teams.add(id)
            if id not in await self._channels.teams(door.who.tenant):
                await self._channels.learn(url, door.who.tenant, id, "")

    async def _beside(self, work: Coroutine[Any, Any, None], until: float) -> None:
        """Do this with the acknowledgement where there is time for it, else after it."""
        task = asyncio.create_task(_quietly(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        left = until - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.wait({task}, timeout=left)


def _remember(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    known[key] = value
    while len(known) > MOST:
        known.popitem(last=False)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """What somebody should have seen may fail without what they gave being lost."""
    try:
        await work
    except (PlatformFailure, RecordsUnavailable) as failure:
        log.warning("an answer did not reach its person: %s", type(failure).__name__)
    except Exception as failure:
        log.error("an answer could not be given: %s", where(failure))
