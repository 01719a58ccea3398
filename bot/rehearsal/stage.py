"""How personas act on a platform: as people do there, so that people see it and it is heard.

Every act has an event id, and the same id again is the same act again: nothing stands twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Protocol

from bot.chat.address import Place, PostRef
from bot.chat.answer import Answer, NotSaved, Saved, Show
from bot.chat.event import (
    Event,
    Fields,
    FormSubmitted,
    Joined,
    Picked,
    Replied,
    ReplyEdited,
)
from bot.chat.text import UserText
from bot.platforms.memory import MemoryPlatform
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.board import BoardUnavailable, Post
from bot.rehearsal.personas import Persona
from bot.words import t


class Stage(Protocol):
    """One place on one platform. ``at`` is when the persona acts, in lesson time."""

    async def join(self, persona: Persona, at: datetime) -> Answer:
        """Come in; doing it twice is doing it once."""
        ...

    async def pick(
        self,
        persona: Persona,
        callback: str,
        options: tuple[str, ...],
        event_id: str,
        at: datetime,
    ) -> Answer:
        """Pick options in a post."""
        ...

    async def submit(
        self, persona: Persona, callback: str, fields: Fields, event_id: str, at: datetime
    ) -> Answer:
        """Send a form."""
        ...

    async def reply(
        self, persona: Persona, post: PostRef, text: UserText, event_id: str, at: datetime
    ) -> Answer:
        """Write in the thread of a post."""
        ...

    async def edit_reply(
        self,
        persona: Persona,
        post: PostRef,
        reply: str,
        text: UserText,
        event_id: str,
        at: datetime,
    ) -> Answer:
        """Let the reply that was written there as event ``reply`` read differently."""
        ...


class _EventStage(ABC):
    """Makes each act an event, as a platform does with what it receives."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @abstractmethod
    async def _do(self, event: Event) -> Answer:
        """Let it be heard and, once that is saved, be seen."""

    async def join(self, persona: Persona, at: datetime) -> Answer:
        return await self._do(
            Joined(
                id=f"{self._place.channel}-{persona.person.id}-joins",
                at=at,
                who=persona.person,
                place=self._place,
                name=persona.name,
            )
        )

    async def pick(
        self,
        persona: Persona,
        callback: str,
        options: tuple[str, ...],
        event_id: str,
        at: datetime,
    ) -> Answer:
        return await self._do(
            Picked(
                id=event_id,
                at=at,
                who=persona.person,
                place=self._place,
                name=persona.name,
                callback=callback,
                options=options,
            )
        )

    async def submit(
        self, persona: Persona, callback: str, fields: Fields, event_id: str, at: datetime
    ) -> Answer:
        return await self._do(
            FormSubmitted(
                id=event_id,
                at=at,
                who=persona.person,
                place=self._place,
                name=persona.name,
                callback=callback,
                fields=fields,
            )
        )

    async def reply(
        self, persona: Persona, post: PostRef, text: UserText, event_id: str, at: datetime
    ) -> Answer:
        return await self._do(
            Replied(
                ours=True,
                id=event_id,
                at=at,
                who=persona.person,
                place=self._place,
                name=persona.name,
                post=post,
                reply=PostRef(post.thread, event_id),
                text=text,
            )
        )

    async def edit_reply(
        self,
        persona: Persona,
        post: PostRef,
        reply: str,
        text: UserText,
        event_id: str,
        at: datetime,
    ) -> Answer:
        return await self._do(
            ReplyEdited(
                id=event_id,
                at=at,
                who=persona.person,
                place=self._place,
                name=persona.name,
                post=post,
                reply=PostRef(post.thread, reply),
                text=text,
            )
        )


class RoomStage(_EventStage):
    """A channel of the browser room: personas are among its people, their replies in its threads.

    As at the room's own doors, it is heard first, and only what was taken is shown.
    """

    def __init__(self, room: RoomPlatform, place: Place) -> None:
        super().__init__(place)
        self._room = room

    async def _do(self, event: Event) -> Answer:
        answer = await self._room.hear(event)
        if not isinstance(answer, Saved | Show):
            return answer
        try:
            await self._show(event)
        except BoardUnavailable:
            return NotSaved(t("This was not saved: please try again in a moment."))
        return answer

    async def _show(self, event: Event) -> None:
        board, channel = self._room.board, self._place.channel
        match event:
            case Joined(who=who, name=UserText() as name):
                await board.join(channel, who.id, name)
            case Replied():
                await board.put(_post(event))
            case ReplyEdited(reply=reply, text=text):
                await board.change(channel, reply.id, text, edited=True)
            case _:
                return
        self._room.bell.ring(channel)


class MemoryStage(_EventStage):
    """A channel of the platform in memory. ``replies`` is what its threads hold, by reply."""

    def __init__(self, platform: MemoryPlatform, place: Place) -> None:
        super().__init__(place)
        self._platform = platform
        self.replies: dict[PostRef, UserText] = {}

    async def _do(self, event: Event) -> Answer:
        answer = await self._platform.say(event)
        if isinstance(answer, Saved | Show):
            match event:
                case Joined(who=who, name=UserText(name)):
                    self._platform.come(self._place, who, name)
                case Replied(reply=reply, text=text):
                    self.replies.setdefault(reply, text)
                case ReplyEdited(reply=reply, text=text):
                    self.replies[reply] = text
        return answer


def _post(event: Replied) -> Post:
    return Post(
        id=event.reply.id,
        channel=event.reply.place.channel,
        thread=event.reply.place.thread,
        author=event.who.id,
        body=event.text,
        at=event.at,
        seq=0,
        changed=0,
    )
