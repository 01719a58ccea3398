"""Groups in Slack: group messages, private channels, or threads, as the installer allows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.platform import Capabilities
from bot.facilitation.activities import KINDS
from bot.facilitation.state import Response
from bot.service.scenes import activity_scene
from tests.core.making import a_lesson, a_phase, an_activity
from tests.slack.faults import Fault
from tests.slack.hands import Hands
from tests.slack.running import Running, running
from tests.slack.world import EVERYTHING, World, slack_world

pytestmark = pytest.mark.peers

GROUP = "Work here, together."
THREAD = "Work here, in this thread."


@dataclass
class Groups:
    """A lesson whose groups meet somewhere, led by Fay, and what became of them in Slack."""

    house: Running
    place: Place

    @property
    def hands(self) -> Hands:
        """Everybody."""
        return self.house.people

    @property
    def world(self) -> World:
        """Where they are."""
        return self.house.world

    async def begin(self, count: int, *, size: int) -> list[Person]:
        """So many people come into the lesson, and it comes to its groups."""
        lesson = a_lesson(
            a_phase("Engage", an_activity("prompt", id="prompt")),
            a_phase(
                "Elaborate",
                an_activity("groups", id="groups", size=size, meet="places"),
                an_activity("submission", id="submission", by="group"),
            ),
            a_phase("Evaluate", an_activity("prompt", id="last")),
        )
        await self.house.app.managing.schedule(
            lesson,
            run_id="r1",
            main=self.place,
            facilitators=(self.world.person("fay"),),
            zone="UTC",
            start=self.house.lesson.now(),
        )
        people = await self.newcomers(count)
        await self.house.run_for(10.2)
        return people

    async def newcomers(self, count: int) -> list[Person]:
        """So many people come into the channel."""
        found = [await self.hands.comes_in(self.place, f"Guest {n}") for n in range(count)]
        await self.house.settle()
        return found

    async def join(self, *people: Person) -> None:
        """They press “Show my group”, and those concerned are told."""
        post = await self.posted(people[0], "Show my group")
        for who in people:
            await self.hands.press(who, "Show my group", at=post)
            await self.house.settle()
            await self.hands.close(who)
        await self.house.run_for(0.2)

    async def posted(self, who: Person, words: str) -> PostRef:
        """The newest message that somebody can read with these words in it."""
        found = [ref for ref, message in await self.hands.posts(who) if words in str(message)]
        assert found, f"nothing says {words!r}"
        return found[-1] if len(found) == 1 else max(found, key=lambda ref: float(ref.id))

    async def people_in(self, place: Place) -> set[str]:
        """Who is there beside the bot, by their ids."""
        listed = await self.world.first.ask("conversations.members", channel=place.channel)
        bot = (await self.world.first.ask("auth.test"))["user_id"]
        return set(listed["members"]) - {bot}

    async def groups(self) -> list[set[str]]:
        """Who is with whom in the lesson, by their ids."""
        async with self.house.app.store.reading() as reading:
            run = await reading.run("r1")
            opened = [o for o in await reading.openings("r1") if o.activity == "groups"]
            assert run
            scene = await activity_scene(reading, run, opened[-1], Capabilities())
            people = {p.id: p.person.id for p in await reading.participants("r1")}
        held = [each for each in KINDS["groups"].allotted(scene) if each.assignment.state == "held"]
        names = sorted({each.of for each in held})
        return [{people[e.assignment.who] for e in held if e.of == name} for name in names]

    async def said(self, activity: str = "groups") -> list[Response]:
        """What was kept in an activity."""
        async with self.house.app.store.reading() as reading:
            opened = [o for o in await reading.openings("r1") if o.activity == activity]
            return list(await reading.responses(opened[-1].id))

    async def states(self) -> list[str]:
        """What became of the messages to groups, oldest first."""
        async with self.house.app.store.reading() as reading:
            owed = await reading.deliveries("r1")
        return [delivery.state for delivery in owed if delivery.owed.purpose == "group"]


@asynccontextmanager
async def grouping(tmp_path: Path, allow: Collection[str] = EVERYTHING) -> AsyncIterator[Groups]:
    """A Slack and the app in it, where nobody has done anything yet."""
    lessons = tmp_path / "lessons"
    lessons.mkdir()
    async with slack_world(allow=allow) as world, running(world, tmp_path, lessons) as house:
        yield Groups(house, await world.first.open_channel("empty"))


@pytest.fixture
async def lesson(tmp_path: Path) -> AsyncIterator[Groups]:
    """Where the installer allows everything."""
    async with grouping(tmp_path) as made:
        yield made


async def hand_in(lesson: Groups, who: Person, at: PostRef, words: str) -> None:
    """Hand in from the message to the group."""
    await lesson.hands.press(who, "Hand in", at=at)
    await lesson.house.settle()
    await lesson.hands.fill(who, "text", words)
    await lesson.hands.submit(who)
    await lesson.house.settle()
    assert "Saved" in await lesson.hands.sees(who)


async def used(lesson: Groups, who: Person, ref: PostRef) -> None:
    """Somebody uses all that there is in the place of their group."""
    said = await lesson.hands.say(who, ref.thread, "A bell at the door")
    (kept,) = await lesson.said()
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "A bell at the door"
    await lesson.hands.edit(who, said, "Two bells")
    (kept,) = await lesson.said()
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "Two bells"
    await lesson.hands.say(who, ref.place, "Off the record")
    assert len(await lesson.said()) == 1
    await lesson.hands.press(who, "My part", at=ref)
    await lesson.house.settle()
    assert "Your groups" in await lesson.hands.sees(who)
    await lesson.hands.close(who)
    await lesson.house.run_for(10)
    await hand_in(lesson, who, ref, "One door")
    (work,) = await lesson.said("submission")
    assert (work.owner, work.given.text.text if work.given and work.given.text else "") == (
        "g1",
        "One door",
    )


async def test_a_few_get_a_group_message_with_the_facilitator(lesson: Groups) -> None:
    people = await lesson.begin(3, size=3)
    ref = await lesson.posted(people[0], GROUP)
    fay, outside = lesson.world.person("fay"), lesson.world.person("ana")
    assert await lesson.people_in(ref.place) == {who.id for who in (*people, fay)}
    assert GROUP not in await lesson.hands.sees(outside)
    assert lesson.world.gateway.sent("conversations.create") == []
    await used(lesson, people[0], ref)


async def test_many_get_a_private_channel_named_for_lesson_and_group(lesson: Groups) -> None:
    people = await lesson.begin(9, size=9)
    ref = await lesson.posted(people[0], GROUP)
    fay = lesson.world.person("fay")
    assert await lesson.people_in(ref.place) == {who.id for who in (*people, fay)}
    (made,) = lesson.world.gateway.sent("conversations.create")
    assert (made["name"], made["is_private"]) == ("permits-group-1", True)
    await used(lesson, people[0], ref)


async def test_whoever_comes_later_is_brought_into_the_private_channel(lesson: Groups) -> None:
    people = await lesson.begin(9, size=9)
    before = await lesson.posted(people[0], GROUP)
    (late,) = await lesson.newcomers(1)
    await lesson.join(late)
    ref = await lesson.posted(late, GROUP)
    assert ref.place == before.place
    assert ref != before
    assert late.id in await lesson.people_in(ref.place)
    assert "goes on in a newer message" in await lesson.hands.sees(people[0])
    assert len(lesson.world.gateway.sent("conversations.create")) == 1


async def test_whoever_moves_is_met_in_another_group_message(lesson: Groups) -> None:
    people = await lesson.begin(4, size=2)
    mover = people[0]
    before = await lesson.posted(mover, GROUP)
    post = await lesson.posted(mover, "Change my group")
    await lesson.hands.press(mover, "Change my group", at=post)
    await lesson.house.settle()
    mine = next(n for n, there in enumerate(await lesson.groups()) if mover.id in there)
    await lesson.hands.fill(mover, "group", f"g{2 - mine}")
    await lesson.hands.submit(mover)
    await lesson.house.run_for(0.2)
    fay = {lesson.world.person("fay").id}
    ref = await lesson.posted(mover, GROUP)
    assert ref.place != before.place
    together = next(there for there in await lesson.groups() if mover.id in there)
    assert len(together) == 3
    assert await lesson.people_in(ref.place) == together | fay
    old = dict(await lesson.hands.posts(mover))[before]
    assert "goes on in a newer message" in str(old)
    assert await lesson.states() == ["sent"] * 4


async def test_without_the_scope_for_places_the_groups_have_threads(tmp_path: Path) -> None:
    async with grouping(tmp_path, {"history"}) as lesson:
        people = await lesson.begin(3, size=3)
        ref = await lesson.posted(people[0], THREAD)
        assert ref.place == lesson.place
        assert lesson.world.gateway.sent("conversations.open") == []
        await used(lesson, people[0], ref)


async def test_where_replies_are_not_heard_the_places_are_there_all_the_same(
    tmp_path: Path,
) -> None:
    async with grouping(tmp_path, {"groups"}) as lesson:
        people = [lesson.world.person(handle) for handle in ("ana", "bo", "cy")]
        lesson.place = lesson.world.place("lesson")
        await lesson.begin(0, size=3)
        await lesson.join(*people)
        ref = await lesson.posted(people[0], GROUP)
        assert "It is not kept with the lesson." in await lesson.hands.sees(people[0])
        await lesson.house.run_for(10)
        await hand_in(lesson, people[1], ref, "One door")
        assert len(await lesson.said("submission")) == 1


@pytest.mark.parametrize("count", [3, 9], ids=["a group message", "a private channel"])
@pytest.mark.parametrize("reached", [True, False], ids=["opened", "not opened"])
async def test_a_line_that_breaks_while_a_place_is_opened_posts_nothing_twice(
    lesson: Groups, count: int, reached: bool
) -> None:
    opening = "conversations.open" if count == 3 else "conversations.create"
    for method in (opening, "conversations.invite"):
        lesson.world.gateway.fail(method, Fault(drop=True, reached=reached))
    people = await lesson.begin(count, size=count)
    await lesson.house.run_for(1)
    said = [
        ref
        for ref, message in await lesson.hands.posts(people[0])
        if GROUP in str(message) and ref.place != lesson.place
    ]
    assert len(said) == 1
    fay = lesson.world.person("fay")
    assert await lesson.people_in(said[0].place) == {who.id for who in (*people, fay)}
    assert await lesson.states() == ["sent"]


async def test_a_name_that_somebody_else_has_is_no_obstacle(lesson: Groups) -> None:
    await lesson.world.first.open_channel("permits-group-1")
    people = await lesson.begin(9, size=9)
    names = [made["name"] for made in lesson.world.gateway.sent("conversations.create")]
    assert names == ["permits-group-1", "permits-group-1-2"]
    await lesson.posted(people[0], GROUP)


async def test_another_process_knows_the_places_that_one_has_opened(lesson: Groups) -> None:
    people = await lesson.begin(9, size=9)
    ref = await lesson.posted(people[0], GROUP)
    assert lesson.house.app.slack
    places = lesson.house.app.slack.platform.places
    places._ours.clear()
    assert await places.knows(ref.place.tenant, ref.place.channel)
    assert not await places.knows(ref.place.tenant, lesson.place.channel)
    places._ours.clear()
    await used(lesson, people[0], ref)
