"""The port that every platform fills: posting, editing, finding, and how each can fail.

A platform is built with ``hear``, the coroutine that it calls with each verified `Event`;
the `Answer` it gets back is what the person sees, and arrives only after the commit.
A platform never retries a post by itself: whether something was sent is for its caller to judge.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.chat.address import Party, Person, Place, PostRef, Recipient
from bot.chat.answer import Answer
from bot.chat.event import Event
from bot.chat.message import Message
from bot.chat.text import UserText

Hear = Callable[[Event], Awaitable[Answer]]


class PlatformFailure(Exception):
    """A call to a platform did not end well; the subclasses say what that means."""


class Limited(PlatformFailure):
    """Too fast; nothing was sent. Nothing may be sent this way for ``after``."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"the platform asks to wait {after.total_seconds():g} s")
        self.after = after


class Uncertain(PlatformFailure):
    """The call may or may not have been carried out: never blindly repeat it."""


class Incomplete(PlatformFailure):
    """The message stands in ``ref``, but surely not all that it takes: an edit posts the rest."""

    def __init__(self, ref: PostRef) -> None:
        super().__init__("a part of it is missing")
        self.ref = ref


class Gone(PlatformFailure):
    """The place, the person or the right to reach them is gone; nothing was sent."""


class Rejected(PlatformFailure):
    """The platform will not take this, now or later; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. Tests skip only what is declared here as impossible.

    ``knows_people`` says that it vouches for who somebody is, so that they may schedule lessons;
    ``attendance`` that whoever takes part has come in first, so that how many they are is known;
    ``own_places`` that the places it offers in a form are those that the bot is in.
    """

    threads: bool = True
    hears_replies: bool = True
    edits: bool = True
    forms: bool = True
    direct: bool = True
    read_back: bool = True
    open_place: bool = True
    lists_members: bool = True
    knows_people: bool = True
    attendance: bool = True
    own_places: bool = True


@dataclass(frozen=True, slots=True)
class Rate:
    """A budget of calls under ``name``: at most ``count`` in each ``per``."""

    name: str
    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Lane:
    """What must be sent one after the other, and the budgets that posts and edits draw on, the
    narrowest first: a `Limited` stops that one. ``id`` begins with the platform's name and a
    slash."""

    id: str
    posts: tuple[Rate, ...] = ()
    edits: tuple[Rate, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is in a place."""

    person: Person
    name: UserText
    is_bot: bool = False


class Platform(Protocol):
    """One chat platform, for every tenant of it that we serve."""

    @property
    def name(self) -> str:
        """The word in `Person.platform` and `Place.platform`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this platform can do."""
        ...

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post, in a place or privately to a person; ``key`` is kept with the post for `find`.

        Raises Limited, Gone or Rejected when nothing was sent, Uncertain when nobody knows, and
        Incomplete.
        """
        ...

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post read ``message``; doing it twice is doing it once. Raises like `post`."""
        ...

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """The post with this key, or ``None`` if there surely is none.

        Raises Uncertain when that cannot be known, on platforms without ``read_back`` always.
        """
        ...

    async def members(self, place: Place) -> tuple[Member, ...]:
        """Everybody in the place; empty where the platform does not tell."""
        ...

    async def open_place(self, party: Party) -> Place:
        """The place of these people, opened where there is none; what is heard there has no place.

        The same key and people are the same place again, also after a failure. Of the same key with
        others the place is theirs from then on, or they have another. Raises like `post`, Uncertain
        where something may have been opened that the next call finds or does without.
        """
        ...

    def lane(self, to: Recipient) -> Lane:
        """The lane that posts to this recipient travel in."""
        ...


class RecordsUnavailable(Exception):
    """What is kept cannot be read or written just now; the text says why, in a sentence."""


class Records(Protocol):
    """Sealed storage for what a platform must remember: installs, tokens, references.

    Values are encrypted at rest and bound to their kind and key; kinds and keys stand in clear.
    Each call raises RecordsUnavailable where it cannot do its work.
    """

    async def get(self, kind: str, key: str) -> bytes | None:
        """The value, or ``None``."""
        ...

    async def keys(self, kind: str) -> tuple[str, ...]:
        """The keys of all values of this kind, in order."""
        ...

    async def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep the value, in place of an earlier one."""
        ...

    async def delete(self, kind: str, key: str) -> bool:
        """Forget the value; whether there was one. Of several who delete it, one hears that."""
        ...
