"""The platform in memory keeps the port's promises, and breaks them when told to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import (
    Commanded,
    FormRequested,
    FormSubmitted,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.message import Form, Message
from bot.chat.plain import plain
from bot.chat.platform import (
    Capabilities,
    Gone,
    Limited,
    PlatformFailure,
    Rejected,
    Uncertain,
)
from bot.chat.text import UserText
from bot.platforms.memory import MemoryPlatform
from tests.conformance.driving import HELLO, Driver, Ear
from tests.conformance.platform import PlatformContract

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class MemoryDriver(Driver):
    """People who have only their words: what they write in threads is kept here."""

    def __init__(self, capabilities: Capabilities) -> None:
        self.ear = Ear()
        self.memory = MemoryPlatform(capabilities, self.ear)
        self.platform = self.memory
        self.place = self.memory.place("main")
        self.elsewhere = self.memory.place("other")
        self._threads: dict[PostRef, str] = {}
        self._before: dict[Person, tuple[str, Form | None, Mapping[str, tuple[str, ...]]]] = {}
        self._count = 0

    async def comes_in(self, name: str) -> Person:
        person = self.memory.person(f"u{self._next()}")
        self.memory.come(self.place, person, name)
        return person

    async def pick(
        self, person: Person, ref: PostRef, callback: str, options: tuple[str, ...] = ()
    ) -> None:
        post = self.memory.at(ref)
        assert post is not None
        place = None if isinstance(post.to, Person) else self._seen(ref.place)
        event = Picked(
            id=self._next(),
            at=NOW,
            who=person,
            place=place,
            callback=callback,
            options=options,
            post=ref,
        )
        self._meets(person, await self.memory.say(event))

    async def open(self, person: Person, ref: PostRef, callback: str) -> None:
        event = FormRequested(
            id=self._next(), at=NOW, who=person, place=self.place, callback=callback
        )
        self._meets(person, await self.memory.say(event))

    async def submit(self, person: Person, fields: Mapping[str, tuple[str, ...]]) -> None:
        _, form, before = self._before[person]
        assert form is not None
        filled = {**before, **fields}
        event = FormSubmitted(
            id=self._next(),
            at=NOW,
            who=person,
            place=self.place,
            callback=form.callback,
            fields=filled,
        )
        self._meets(person, await self.memory.say(event), form, filled)

    async def reply(self, person: Person, ref: PostRef, text: str) -> None:
        reply = PostRef(ref.thread, f"r{self._next()}")
        self._threads[reply] = text
        await self.memory.say(
            Replied(
                id=self._next(),
                at=NOW,
                who=person,
                place=self._seen(ref.place),
                post=ref,
                reply=reply,
                text=UserText(text),
            )
        )

    async def edit_reply(self, person: Person, reply: PostRef, text: str) -> None:
        self._threads[reply] = text
        await self.memory.say(
            ReplyEdited(
                id=self._next(),
                at=NOW,
                who=person,
                place=self._seen(reply.place),
                post=PostRef(reply.place.root, reply.place.thread),
                reply=reply,
                text=UserText(text),
            )
        )

    async def delete_reply(self, person: Person, reply: PostRef) -> None:
        del self._threads[reply]
        await self.memory.say(
            ReplyDeleted(
                id=self._next(),
                at=NOW,
                who=person,
                place=self._seen(reply.place),
                post=PostRef(reply.place.root, reply.place.thread),
                reply=reply,
            )
        )

    async def command(self, person: Person, text: str) -> None:
        event = Commanded(id=self._next(), at=NOW, who=person, place=self.place, text=text)
        self._meets(person, await self.memory.say(event))

    async def sees(self, person: Person) -> str:
        posts = [
            plain(post.message)
            for post in self.memory.posts
            if post.to == person
            or (isinstance(post.to, Place) and await self._can_read(person, post.to.root))
        ]
        said, form, fields = self._before.get(person, ("", None, {}))
        inside = [value for values in fields.values() for value in values]
        shown = [plain(form), *inside] if form else []
        return "\n".join((*posts, *self._threads.values(), said, *shown))

    async def _can_read(self, person: Person, place: Place) -> bool:
        there = await self.memory.members(place) if self.memory.opened(place) else ()
        return place == self.place or person in {member.person for member in there}

    def _seen(self, place: Place) -> Place | None:
        return None if self.memory.opened(place) else place.root

    def _meets(
        self,
        person: Person,
        answer: Answer,
        form: Form | None = None,
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        match answer:
            case Saved(said):
                self._before[person] = (said, None, {})
            case Refused(said) | NotSaved(said):
                self._before[person] = (said, form, fields or {})
            case Correct(errors):
                self._before[person] = ("\n".join(errors.values()), form, fields or {})
            case Show(Form() as shown):
                self._before[person] = ("", shown, {})
            case Show(Message() as message):
                self._before[person] = (plain(message), None, {})

    def _next(self) -> str:
        self._count += 1
        return str(self._count)


class TestMemoryPlatform(PlatformContract):
    """Everything that it can do."""

    @pytest.fixture
    async def driver(self) -> Driver:
        return MemoryDriver(Capabilities())


class TestPoorerMemoryPlatform(PlatformContract):
    """As a platform that can do little."""

    @pytest.fixture
    async def driver(self) -> Driver:
        poor = dict.fromkeys(Capabilities.__slots__, False)
        return MemoryDriver(Capabilities(**poor))


@pytest.mark.parametrize(
    "failure", [Limited(timedelta(seconds=3)), Uncertain(), Gone(), Rejected()], ids=repr
)
async def test_it_fails_as_told_once_and_sends_nothing(failure: PlatformFailure) -> None:
    memory = MemoryPlatform()
    place = memory.place("main")
    memory.fail_next(failure)
    with pytest.raises(type(failure)):
        await memory.post(place, HELLO, key="k1")
    assert memory.posts == []
    await memory.post(place, HELLO, key="k1")
    assert [post.key for post in memory.posted(place)] == ["k1"]


async def test_it_can_fail_after_it_did_what_it_was_asked() -> None:
    memory = MemoryPlatform()
    place = memory.place("main")
    memory.fail_next(Uncertain(), call="post", received=True)
    with pytest.raises(Uncertain):
        await memory.post(place, HELLO, key="k1")
    assert await memory.find(place, "k1") is not None


async def test_a_fault_meant_for_one_call_leaves_the_others_alone() -> None:
    memory = MemoryPlatform()
    place = memory.place("main")
    memory.fail_next(Rejected(), call="edit", times=2)
    ref = await memory.post(place, HELLO, key="k1")
    for _ in range(2):
        with pytest.raises(Rejected):
            await memory.edit(ref, replace(HELLO, summary="Bye"))
    await memory.edit(ref, replace(HELLO, summary="Bye"))
    post = memory.at(ref)
    assert post is not None
    assert (post.message.summary, post.edits) == ("Bye", 1)


async def test_a_closed_place_is_gone() -> None:
    memory = MemoryPlatform()
    place = memory.place("main")
    ref = await memory.post(place, HELLO, key="k1")
    memory.close(place)
    with pytest.raises(Gone):
        await memory.post(ref.thread, HELLO, key="k2")
    with pytest.raises(Gone):
        await memory.edit(ref, HELLO)


async def test_what_it_declares_impossible_is_rejected() -> None:
    poor = MemoryPlatform(Capabilities(direct=False, threads=False, edits=False))
    ref = await poor.post(poor.place("main"), HELLO, key="k1")
    with pytest.raises(Rejected):
        await poor.post(poor.person("u1"), HELLO, key="k2")
    with pytest.raises(Rejected):
        await poor.post(ref.thread, HELLO, key="k2")
    with pytest.raises(Rejected):
        await poor.edit(ref, HELLO)
