"""What the room must remember: channels, posts with their threads, and who is there.

A channel is a room's, or the private one of a person, whose id is ``@`` and theirs.
Every change in a channel raises its version; live pages ask what changed since the one they know.
A board that cannot read or write raises `BoardUnavailable`; nothing is half done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.message import Message
from bot.chat.text import UserText
from bot.pages.parts import Unavailable


class BoardUnavailable(Unavailable):
    """The board cannot be read or written just now; a sentence for people says why."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A room, or a person's private column. ``version`` rises with every change in it."""

    id: str
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Post:
    """Something said in a channel, or in the ``thread`` of another post of it.

    The bot says messages and has no ``author``; people say `UserText`.
    ``seq`` orders the posts of a channel; ``changed`` is the channel's version of the last change.
    A deleted post keeps its place and loses its words.
    """

    id: str
    channel: str
    thread: str
    author: str | None
    body: Message | UserText
    at: datetime
    seq: int
    changed: int
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """Somebody in a channel, or who was (``here`` is False), by person id."""

    id: str
    name: UserText
    here: bool = True


class Board(Protocol):
    """The room's memory."""

    async def open_channel(self, channel: str, title: str) -> None:
        """Have a channel with this id and title; one that exists gets the title."""
        ...

    async def channels(self) -> tuple[Channel, ...]:
        """All rooms, by title; private columns are not among them."""
        ...

    async def channel(self, channel: str) -> Channel | None:
        """The channel with this id."""
        ...

    async def versions(self, channels: Collection[str]) -> Mapping[str, int]:
        """The versions of those of the channels that exist."""
        ...

    async def put(self, post: Post) -> bool:
        """Keep a new post (its ``seq`` and ``changed`` are set here); keeping one whose id is
        known changes nothing. False if there is no such channel."""
        ...

    async def change(
        self,
        channel: str,
        post: str,
        body: Message | UserText,
        *,
        edited: bool = False,
        deleted: bool = False,
    ) -> bool:
        """Make the post read ``body``; doing it twice is doing it once. False if unknown."""
        ...

    async def post(self, channel: str, post: str) -> Post | None:
        """The post with this id in this channel."""
        ...

    async def posts(self, channel: str, *, since: int = 0) -> tuple[Post, ...]:
        """Those of the channel and its threads that changed after this version, by ``seq``."""
        ...

    async def join(self, channel: str, person: str, name: UserText) -> bool:
        """Have the person there, under this name. False if there is no such channel."""
        ...

    async def leave(self, channel: str, person: str) -> None:
        """The person is there no more; what they said stays."""
        ...

    async def people(self, channel: str) -> tuple[Inhabitant, ...]:
        """Everybody who is or was there, in the order of joining."""
        ...

    async def here(self, channel: str, people: Collection[str]) -> tuple[Inhabitant, ...]:
        """Those of these people who are there now, in the order of joining."""
        ...

    async def name_of(self, person: str) -> UserText | None:
        """The name that the person last came in with, anywhere."""
        ...
