"""A platform that lives in memory: for tests, rehearsals and runs without people.

It keeps the port's promises like any other and fails when it is told to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.chat.address import Party, Person, Place, PostRef, Recipient, lane_name
from bot.chat.answer import Answer, Saved
from bot.chat.event import Event
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Hear,
    Lane,
    Member,
    PlatformFailure,
    Rate,
    Rejected,
    Uncertain,
)
from bot.chat.text import UserText

TENANT = "local"
Call = Literal["post", "edit", "find", "members", "open_place"]


@dataclass(slots=True)
class MemoryPost:
    """What stands at ``ref``; ``versions`` holds every message it showed, the newest last."""

    ref: PostRef
    to: Place | Person
    key: str
    versions: list[Message]

    @property
    def message(self) -> Message:
        """What it shows now."""
        return self.versions[-1]

    @property
    def edits(self) -> int:
        """How often it was edited."""
        return len(self.versions) - 1


@dataclass(slots=True)
class _Fault:
    failure: PlatformFailure
    call: Call | None
    received: bool
    times: int


@dataclass(slots=True)
class MemoryPlatform:
    """One tenant, ``local``, on the platform ``memory``. Any channel exists until it is `close`d.

    ``posts`` holds all that was posted, in order; ``answers`` what people got back for what
    they did. ``post_rates`` and ``edit_rates`` are declared in every lane and not enforced.
    """

    capabilities: Capabilities = field(default_factory=Capabilities)
    hear: Hear | None = None
    post_rates: tuple[Rate, ...] = ()
    edit_rates: tuple[Rate, ...] = ()
    posts: list[MemoryPost] = field(default_factory=list)
    answers: list[tuple[Person, Answer]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    _people: dict[Place, dict[Person, UserText]] = field(default_factory=dict)
    _opened: dict[str, Place] = field(default_factory=dict)
    _gone: set[Place | Person] = field(default_factory=set)
    _faults: list[_Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        """``memory``."""
        return "memory"

    # -- the port

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post; the same key twice is two posts, as on platforms that do not look at it."""
        able = self.capabilities
        if isinstance(to, Person):
            self._require(able.direct, "private messages")
        elif to.thread:
            self._require(able.threads, "threads")
        fault = self._before("post", to)
        ref = PostRef(self._place_of(to), f"p{len(self.posts) + 1}")
        self.posts.append(MemoryPost(ref, to, key, [message]))
        self._after(fault)
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post read ``message``; Gone if there is no such post."""
        self._require(self.capabilities.edits, "edits")
        fault = self._before("edit", ref.place)
        post = self.at(ref)
        if post is None:
            raise Gone(str(ref))
        if post.message != message:
            post.versions.append(message)
        self._after(fault)

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """The first post there with this key."""
        fault = self._before("find", to)
        if not self.capabilities.read_back:
            raise Uncertain
        self._after(fault)
        return next((post.ref for post in self.posts if (post.to, post.key) == (to, key)), None)

    async def members(self, place: Place) -> tuple[Member, ...]:
        """Everybody who `come`s into the channel, in the order of coming."""
        fault = self._before("members", place)
        self._after(fault)
        if not self.capabilities.lists_members:
            return ()
        people = self._people.get(place.root, {})
        return tuple(Member(person, name) for person, name in people.items())

    async def open_place(self, party: Party) -> Place:
        """A channel a key, called as the party is, with a number where there is one already."""
        self._require(self.capabilities.open_place, "places of its own")
        fault = self._before("open_place", None)
        place = self._opened.get(party.key) or self._unused(party.name)
        self._opened[party.key] = place
        names = {p: n for there in self._people.values() for p, n in there.items()}
        self._people[place] = {p: names.get(p, UserText(p.id)) for p in party.people}
        self._after(fault)
        return place

    def _unused(self, name: str) -> Place:
        place = self.place(name)
        while place in self._people:
            place = self.place(f"{name}-{len(self._people)}")
        return place

    def lane(self, to: Recipient) -> Lane:
        """One lane a channel, its threads included, one a person and one a party."""
        return Lane(lane_name(to), self.post_rates, self.edit_rates)

    # -- what a test or a rehearsal does with it

    def person(self, id: str) -> Person:
        """Somebody of this tenant."""
        return Person(self.name, TENANT, id)

    def place(self, channel: str) -> Place:
        """A channel of this tenant."""
        return Place(self.name, TENANT, channel)

    def come(self, place: Place, person: Person, name: str) -> None:
        """The person is in the place from now on; nothing is heard of it."""
        self._people.setdefault(place.root, {})[person] = UserText(name)

    def opened(self, place: Place) -> bool:
        """Whether it was opened for a party, so that what is done there has no place."""
        return place.root in self._opened.values()

    def close(self, to: Place | Person) -> None:
        """Whatever is sent there from now on meets Gone."""
        self._gone.add(to)

    def reopen(self, to: Place | Person) -> None:
        """What was `close`d is there again."""
        self._gone.discard(to)

    def fail_next(
        self,
        failure: PlatformFailure,
        *,
        call: Call | None = None,
        received: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next ``times`` calls (of this kind) raise; if ``received``, after doing it."""
        self._faults.append(_Fault(failure, call, received, times))

    async def say(self, event: Event) -> Answer:
        """Somebody did this: the answer they get, which is also kept in ``answers``."""
        answer = await self.hear(event) if self.hear else Saved()
        self.answers.append((event.who, answer))
        return answer

    def at(self, ref: PostRef) -> MemoryPost | None:
        """What stands there."""
        return next((post for post in self.posts if post.ref == ref), None)

    def posted(self, to: Place | Person) -> Sequence[MemoryPost]:
        """What was posted to exactly this place, thread or person, in order."""
        return [post for post in self.posts if post.to == to]

    def _place_of(self, to: Place | Person) -> Place:
        return to if isinstance(to, Place) else self.place(f"@{to.id}")

    def _require(self, able: bool, what: str) -> None:
        if not able:
            raise Rejected(f"{self.name} has no {what}")

    def _before(self, call: Call, to: Place | Person | None) -> _Fault | None:
        self.calls.append(call)
        fault = next((f for f in self._faults if f.call in (None, call)), None)
        if fault:
            fault.times -= 1
            if not fault.times:
                self._faults.remove(fault)
            if not fault.received:
                raise fault.failure
        if to in self._gone or (isinstance(to, Place) and to.root in self._gone):
            raise Gone(str(to))
        return fault

    def _after(self, fault: _Fault | None) -> None:
        if fault:
            raise fault.failure
