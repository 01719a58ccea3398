"""Groups in places of their own, from the deal to what is said there, on the memory platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer, Saved, Show
from bot.chat.event import FormRequested, FormSubmitted, Replied, ReplyDeleted, ReplyEdited
from bot.chat.message import Form
from bot.chat.plain import plain
from bot.chat.platform import Capabilities, Gone, Limited, Rate, Rejected, Uncertain
from bot.chat.text import UserText
from bot.facilitation.state import Given
from bot.lessons.lesson import Lesson
from bot.platforms.memory import MemoryPost
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import NO_READ_BACK, House, buttons, minutes, open_house, seconds

NAMES = ("ada", "ben", "cem", "dan")
LEASE = seconds(90)


def lesson(meet: str = "places", size: int = 2) -> Lesson:
    """Groups that hand in together, in the middle of a lesson."""
    return a_lesson(
        a_phase("Engage", an_activity("prompt", id="prompt")),
        a_phase(
            "Elaborate",
            an_activity("groups", id="groups", size=size, meet=meet),
            an_activity("submission", id="submission", by="group"),
        ),
        a_phase("Evaluate", an_activity("prompt", id="last")),
    )


async def begin(house: House, meet: str = "places", size: int = 2, *, work: bool = True) -> None:
    """The groups are dealt and, unless told otherwise, all that is owed is posted."""
    await house.schedule(lesson(meet, size))
    await house.work()
    for name in NAMES:
        await house.join(name, name.title())
    if work:
        await house.run_for(minutes(10))
    else:
        house.step(minutes(10))
        await house.cueing.run_due()


def places(house: House) -> dict[Place, set[str]]:
    """The places that were opened, and who is in them."""
    found: dict[Place, set[str]] = {}
    for place, people in house.stage._people.items():
        if house.stage.opened(place):
            found[place] = {person.id for person in people}
    return found


async def told(house: House) -> list[MemoryPost]:
    """The messages to groups as they stand, oldest first."""
    keys = {delivery.owed.key for delivery in await house.owed("group")}
    return [post for post in house.stage.posts if post.key in keys]


async def current(house: House, who: str) -> MemoryPost:
    """The newest message to somebody's group."""
    own = {place for place, people in places(house).items() if who in people}
    return [post for post in await told(house) if post.ref.place in own][-1]


async def move(house: House, who: str) -> None:
    """Somebody changes groups."""
    callback = await house.callback("groups", "move")
    async with house.store.reading() as reading:
        opening = await house.opening("groups")
        dealt = await reading.assignments_of(opening.id, (await house.people())[who].id)
    other = "g2" if dealt[-1].what == "g1" else "g1"
    event = FormSubmitted(**house.head(who), callback=callback, fields={"group": (other,)})
    assert isinstance(await house.hear(event), Saved)


async def reply(house: House, who: str, post: MemoryPost, words: str, id: str = "m1") -> Answer:
    """Somebody replies where the bot sees no place."""
    said = PostRef(post.ref.thread, id)
    head = house.head(who, place=None)
    return await house.hear(
        Replied(**head, post=post.ref, reply=said, text=UserText(words), ours=True)
    )


async def opened(house: House, who: str, post: MemoryPost, label: str) -> Form:
    """The form behind a button."""
    callback = buttons(post.message)[label]
    answer = await house.hear(FormRequested(**house.head(who, place=None), callback=callback))
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Form)
    return answer.what


@pytest.fixture
async def placeless_house(url: str) -> AsyncIterator[House]:
    """A house on a platform that opens no places."""
    async with open_house(url, capabilities=Capabilities(open_place=False)) as house:
        yield house


async def test_each_group_gets_one_message_in_a_place_of_its_own(either_house: House) -> None:
    house = either_house
    await begin(house)
    posts = await told(house)
    assert len(posts) == 2
    assert len(places(house)) == 2
    assert {post.ref.place for post in posts} == set(places(house))
    there = sorted(who for people in places(house).values() for who in people)
    assert there == ["ada", "ben", "cem", "dan", "fay", "fay"]
    for post in posts:
        group = places(house)[post.ref.place] - {"fay"}
        assert all(name.title() in plain(post.message) for name in group)
    assert {d.state for d in await house.deliveries()} == {"sent"}


async def test_what_is_handed_in_from_there_is_the_groups(house: House) -> None:
    await begin(house)
    assert "Hand in" not in buttons((await current(house, "ada")).message)
    await house.run_for(minutes(10))
    post = await current(house, "ada")
    form = await opened(house, "ada", post, "Hand in")
    head = house.head("ada", place=None)
    sent = FormSubmitted(**head, callback=form.callback, fields={"text": ("Our plan",)})
    assert isinstance(await house.hear(sent), Saved)
    (work,) = await house.responses("submission")
    assert work.given == Given(text=UserText("Our plan"))
    assert work.owner in ("g1", "g2")
    assert work.by == (await house.people())["ada"].id


async def test_what_is_said_there_is_kept_as_its_authors_and_can_be_changed(house: House) -> None:
    await begin(house)
    post, ada = await current(house, "ada"), (await house.people())["ada"].id
    assert await reply(house, "ada", post, "A door first") == Saved()
    said = PostRef(post.ref.thread, "m1")

    async def standing() -> list[tuple[str, Given | None]]:
        return [(r.owner, r.given) for r in await house.responses("groups")]

    assert await standing() == [(ada, Given(text=UserText("A door first")))]
    head: dict[str, Any] = house.head("ada", place=None)
    await house.hear(ReplyEdited(**head, post=post.ref, reply=said, text=UserText("A bell")))
    assert await standing() == [(ada, Given(text=UserText("A bell")))]
    house.step(seconds(1))
    head = house.head("ada", place=None)
    await house.hear(ReplyDeleted(**head, post=post.ref, reply=said))
    assert await standing() == [(ada, None)]


async def test_what_a_group_says_after_the_deal_is_not_late(house: House) -> None:
    await begin(house)
    post = await current(house, "ada")
    await house.run_for(minutes(10))
    await reply(house, "ada", post, "Nearly there")
    (said,) = await house.responses("groups")
    assert not said.late


async def test_a_stranger_there_takes_no_part(house: House) -> None:
    await begin(house)
    await reply(house, "zoe", await current(house, "ada"), "Hello?")
    assert await house.responses("groups") == ()
    assert "zoe" not in await house.people()


async def test_whoever_moves_is_met_with_the_new_group_and_the_old_message_says_so(
    house: House,
) -> None:
    await begin(house)
    before = await told(house)
    await move(house, "ada")
    await house.work()
    after = await told(house)
    assert after[:2] == before
    assert len(after) == 4
    for post in before:
        assert "goes on in a newer message" in plain(post.message)
        assert post.edits == 1
    now = [people - {"fay"} for people in places(house).values()]
    assert sorted(map(len, now)) == [1, 3]
    assert "Ada" in plain((await current(house, "ada")).message)


async def test_a_message_to_a_group_that_changed_before_it_was_sent_is_not_sent(
    house: House,
) -> None:
    await begin(house, work=False)
    await move(house, "ada")
    await house.work()
    states = [delivery.state for delivery in await house.owed("group")]
    assert sorted(states) == ["cancelled", "cancelled", "sent", "sent"]
    assert len(await told(house)) == 2


async def test_without_places_the_groups_have_threads(placeless_house: House) -> None:
    house = placeless_house
    await begin(house)
    posts = await told(house)
    assert [post.to for post in posts] == [house.main, house.main]
    said = PostRef(posts[0].ref.thread, "m1")
    head = house.head("zoe")
    event = Replied(**head, post=posts[0].ref, reply=said, text=UserText("Here"), ours=True)
    assert await house.hear(event) == Saved()
    assert [r.given for r in await house.responses("groups")] == [Given(text=UserText("Here"))]
    await move(house, "ada")
    await house.work()
    assert [post.edits for post in await told(house)] == [1, 1]


async def test_while_the_platform_asks_to_wait_nothing_is_posted_and_later_it_is(
    house: House,
) -> None:
    house.stage.fail_next(Limited(seconds(30)), call="open_place", times=2)
    await begin(house)
    assert await told(house) == []
    assert {delivery.state for delivery in await house.owed("group")} == {"waiting"}
    await house.run_for(minutes(1))
    assert len(await told(house)) == 2


async def test_waiting_for_one_place_holds_up_nobody_elses_posts(url: str) -> None:
    rates = (Rate("all posts", 100, minutes(1)),)
    async with open_house(url, post_rates=rates) as house:
        house.stage.fail_next(Limited(seconds(30)), call="open_place")
        await begin(house)
        assert len(await told(house)) == 1
        await house.run_for(minutes(1))
        assert len(await told(house)) == 2


@pytest.mark.parametrize("failure", [Gone("no scope"), Rejected("too many")])
async def test_a_place_that_cannot_be_opened_is_told_to_the_facilitator(
    house: House, failure: Gone | Rejected
) -> None:
    """The lesson goes on: its own channel is there."""
    house.stage.fail_next(failure, call="open_place")
    await begin(house)
    assert len(await told(house)) == 1
    assert "The message to a group" in plain(house.trouble().message)
    assert (await house.run()).status == "running"


@pytest.mark.parametrize("reads_back", [True, False], ids=["reads back", "cannot read back"])
@pytest.mark.parametrize("received", [True, False], ids=["opened", "not opened"])
async def test_a_place_that_may_have_been_opened_is_opened_once(
    url: str, received: bool, reads_back: bool
) -> None:
    able = Capabilities() if reads_back else NO_READ_BACK
    async with open_house(url, capabilities=able) as house:
        house.stage.fail_next(Uncertain(), call="open_place", received=received, times=2)
        await begin(house)
        await house.run_for(minutes(1))
        assert len(places(house)) == len(await told(house)) == 2
        assert {delivery.state for delivery in await house.owed("group")} == {"sent"}


async def test_a_post_there_that_may_have_arrived_is_read_back_there(house: House) -> None:
    async def lose(to: Place | Person) -> None:
        if isinstance(to, Place) and house.stage.opened(to):
            raise Uncertain

    await begin(house, work=False)
    house.stage.after = lose
    await house.work()
    house.stage.after = None
    await house.run_for(minutes(1))
    assert len(await told(house)) == 2
    assert {delivery.state for delivery in await house.owed("group")} == {"sent"}


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("received", [True, False], ids=["after the post", "before the post"])
async def test_a_worker_that_dies_there_loses_and_doubles_nothing(
    house: House, received: bool
) -> None:
    await begin(house, work=False)

    async def die(to: Place | Person) -> None:
        if isinstance(to, Place) and house.stage.opened(to):
            raise Crash

    if received:
        house.stage.after = die
    else:
        house.stage.before = die
    with pytest.raises(Crash):
        await house.another_sending("w1", width=1).send_due()
    house.stage.before = house.stage.after = None
    house.machine.step_to(house.machine.now() + LEASE)
    await house.another_sending("w2", width=1).send_due()
    assert len(places(house)) == 2
    assert len(await told(house)) == len({post.key for post in await told(house)}) == 2
    assert {delivery.state for delivery in await house.owed("group")} == {"sent"}
