"""How personas act on a platform: as people do there, so that people see it and it is heard.

Every act has an event id, and the same id again is the same act again: nothing stands twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol, assert_never

from bot.chat.address import Place, PostRef
from bot.chat.answer import Answer, NotSaved, Saved, Show
from bot.chat.event import (
    Event,
    FormRequested,
    FormSubmitted,
    Joined,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.platform import Hear
from bot.chat.text import UserText
from bot.platforms.memory import MemoryPlatform
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.board import BoardUnavailable, Post
from bot.rehearsal.acting import (
    Act,
    Come,
    DeleteReply,
    EditReply,
    Leave,
    Open,
    Pick,
    Reply,
    Submit,
)
from bot.rehearsal.personas import Persona
from bot.words import t


class Stage(Protocol):
    """One place on one platform."""

    @property
    def place(self) -> Place:
        """Where it is."""
        ...

    async def act(self, persona: Persona, act: Act, post: PostRef) -> Answer:
        """Let the persona do this, at its lesson time, with a post of the place; doing it again is
        doing it once."""
        ...


class _EventStage(ABC):
    """Makes each act an event, as a platform does with what it receives."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def place(self) -> Place:
        return self._place

    async def act(self, persona: Persona, act: Act, post: PostRef) -> Answer:
        return await self._do(self._event(persona, act, post))

    @abstractmethod
    async def _do(self, event: Event) -> Answer:
        """Let it be heard and, once that is saved, be seen."""

    def _event(self, persona: Persona, act: Act, post: PostRef) -> Event:
        head: dict[str, Any] = {
            "id": act.event_id,
            "at": act.at,
            "who": persona.person,
            "place": self._place,
            "name": persona.name,
        }
        match act.does:
            case Come():
                return Joined(**head)
            case Leave():
                return Left(**head)
            case Pick(callback, options):
                return Picked(**head, callback=callback, options=options)
            case Open(callback):
                return FormRequested(**head, callback=callback)
            case Submit(callback, fields):
                return FormSubmitted(**head, callback=callback, fields=fields)
            case Reply(text):
                reply = PostRef(post.thread, act.event_id)
                return Replied(**head, post=post, reply=reply, text=text, ours=True)
            case EditReply(id, text):
                return ReplyEdited(**head, post=post, reply=PostRef(post.thread, id), text=text)
            case DeleteReply(id):
                return ReplyDeleted(**head, post=post, reply=PostRef(post.thread, id))
            case _:
                assert_never(act.does)


class HeardStage(_EventStage):
    """A place that is on no platform: what is done there is heard, and nobody sees it."""

    def __init__(self, hear: Hear, place: Place) -> None:
        super().__init__(place)
        self._hear = hear

    async def _do(self, event: Event) -> Answer:
        return await self._hear(event)


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
            case Left(who=who):
                await board.leave(channel, who.id)
            case ReplyEdited(reply=reply, text=text):
                await board.change(channel, reply.id, text, edited=True)
            case ReplyDeleted(reply=reply):
                await board.change(channel, reply.id, UserText(""), deleted=True)
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
                case ReplyDeleted(reply=reply):
                    self.replies.pop(reply, None)
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
