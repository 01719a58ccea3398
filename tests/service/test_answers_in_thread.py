"""Where replies are not heard, what people write by form stands in the thread, in one reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.address import Person, Place
from bot.chat.answer import Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted
from bot.chat.message import Quote
from bot.chat.plain import plain
from bot.chat.platform import Capabilities, Rate, Uncertain
from bot.facilitation.controls import Command
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson
from bot.platforms.memory import MemoryPost
from tests.core.making import START, a_lesson, a_phase, an_activity
from tests.service.house import RUN, House, minutes, one_of, open_house, seconds

DEAF = Capabilities(hears_replies=False)
CROWD = [f"n{n:03}" for n in range(80)]


@pytest.fixture
async def unheard(either_url: str) -> AsyncIterator[House]:
    """A discussion is open and posted on a platform with threads that nobody listens to."""
    async with open_house(either_url, capabilities=DEAF) as house:
        await house.schedule(one_of("discussion"))
        await house.work()
        yield house


@pytest.fixture
async def deaf(url: str) -> AsyncIterator[House]:
    """Such a platform, with nothing scheduled."""
    async with open_house(url, capabilities=DEAF) as house:
        yield house


async def in_thread(house: House, activity: str = "discussion") -> list[MemoryPost]:
    """What stands in the thread of the post in which an activity stands."""
    return list(house.stage.posted((await house.post(activity)).ref.thread))


def quoted(post: MemoryPost) -> list[tuple[str, str]]:
    """Who said what in a post, in its order."""
    quotes = [block for block in post.message.blocks if isinstance(block, Quote)]
    return [(quote.by.text if quote.by else "", quote.said.text) for quote in quotes]


async def test_with_the_first_answer_the_thread_has_a_reply_and_not_before(unheard: House) -> None:
    house = unheard
    assert await in_thread(house) == []
    before = len(house.stage.posted(house.main))
    assert isinstance(await house.submit("ann", "discussion", answer="The data"), Saved)
    await house.work()
    (reply,) = await in_thread(house)
    assert quoted(reply) == [("ann", "The data")]
    assert len(house.stage.posted(house.main)) == before
    assert {delivery.state for delivery in await house.deliveries()} == {"sent"}


async def test_it_is_one_reply_that_reads_as_the_answers_stand(unheard: House) -> None:
    house = unheard
    for who, text in (("ann", "One"), ("ben", "Two"), ("cem", "Three")):
        await house.submit(who, "discussion", answer=text)
        await house.work()
        house.step(seconds(1))
    await house.submit("ben", "discussion", answer="Two, and more")
    await house.submit("cem", "discussion", "withdraw")
    await house.work()
    (reply,) = await in_thread(house)
    assert quoted(reply) == [("ann", "One"), ("ben", "Two, and more")]


async def test_a_reply_that_was_heard_is_read_with_the_others(unheard: House) -> None:
    """Where only mentions are heard, whoever mentions the bot in the thread is heard."""
    house = unheard
    assert isinstance(await house.reply("eve", "By a mention"), Saved)
    await house.work()
    assert await in_thread(house) == []
    house.step(seconds(1))
    await house.submit("ann", "discussion", answer="By form")
    await house.work()
    (reply,) = await in_thread(house)
    assert quoted(reply) == [("eve", "By a mention"), ("ann", "By form")]
    shown = await house.open_form("ben", "discussion", "answers")
    assert isinstance(shown, Show)
    assert "By a mention" in plain(shown.what)
    house.step(seconds(1))
    await house.edit_reply("eve", "By a mention, and more")
    await house.work()
    assert quoted(reply) == [("ann", "By form"), ("eve", "By a mention, and more")]
    await house.delete_reply("eve")
    await house.work()
    assert quoted(reply) == [("ann", "By form")]


async def test_once_everything_was_taken_back_the_next_answer_stands_there_again(
    unheard: House,
) -> None:
    house = unheard
    await house.submit("ann", "discussion", answer="One")
    await house.submit("ann", "discussion", answer="")
    await house.work()
    (reply,) = await in_thread(house)
    assert "taken back" in plain(reply.message)
    house.step(seconds(1))
    await house.submit("ben", "discussion", answer="Two")
    await house.work()
    assert quoted(reply) == [("ben", "Two")]


async def test_a_crowd_that_answers_at_once_has_one_reply_and_hardly_an_edit(
    unheard: House,
) -> None:
    house = unheard
    await asyncio.gather(*(house.submit(who, "discussion", answer=f"By {who}") for who in CROWD))
    await house.work()
    (reply,) = await in_thread(house)
    assert sorted(quoted(reply)) == [(who, f"By {who}") for who in CROWD]
    assert reply.edits <= 1
    assert len(await house.owed("in-thread")) == 1


async def test_a_crowd_that_answers_all_the_time_keeps_within_the_budget_of_edits(url: str) -> None:
    rates = (Rate("edits", 1, seconds(10)),)
    async with open_house(url, capabilities=DEAF, edit_rates=rates) as house:
        await house.schedule(one_of("discussion"))
        await house.work()
        for who in CROWD[:40]:
            await house.submit(who, "discussion", answer=f"By {who}")
            await house.run_for(seconds(1))
        await house.run_for(seconds(60))
        (reply,) = await in_thread(house)
        assert quoted(reply) == [(who, f"By {who}") for who in CROWD[:40]]
        assert house.stage.calls.count("edit") <= 11
        assert reply.edits <= 5


async def test_other_changes_of_the_post_leave_the_reply_alone(unheard: House) -> None:
    house = unheard
    await house.submit("ann", "discussion", answer="The data")
    await house.work()
    (reply,) = await in_thread(house)
    await house.managing.carry_out(RUN, Command("close"), by="cli")
    await house.work()
    assert "Closed" in await house.text("discussion")
    assert house.stage.calls.count("edit") >= 1
    assert (await house.owed("in-thread"))[0].edits == 0
    await house.submit("ben", "discussion", answer="Late")
    await house.work()
    assert ("ben", "Late") in quoted(reply)


async def test_it_waits_for_its_post_while_nobody_knows_whether_that_one_arrived(
    url: str,
) -> None:
    able = Capabilities(hears_replies=False, read_back=False)
    async with open_house(url, capabilities=able) as house:

        async def lose_sight(to: Place | Person) -> None:
            if to == house.main and len(house.stage.posted(house.main)) == 2:
                raise Uncertain

        house.stage.after = lose_sight
        await house.schedule(one_of("discussion"))
        await house.work()
        assert (await house.delivery("discussion")).state == "uncertain"
        fields = {"answer": ("The data",)}
        # As from somebody's own part, which tells nothing of the post.
        callback = Callback("answer", (await house.opening("discussion")).id).encode()
        await house.hear(FormSubmitted(**house.head("ann"), callback=callback, fields=fields))
        await house.work()
        assert [d.state for d in await house.owed("in-thread")] == ["waiting"]
        # Whoever presses its button shows that it is there, and where.
        (post,) = house.posts((await house.delivery("discussion")).owed.key)
        head = house.head("ben") | {"post": post.ref}
        callback = await house.callback("discussion", "answer")
        await house.hear(FormSubmitted(**head, callback=callback, fields=fields))
        await house.work()
        (reply,) = await in_thread(house)
        assert quoted(reply) == [("ann", "The data"), ("ben", "The data")]


async def test_it_stands_in_the_thread_of_a_post_that_somebody_said_is_there(url: str) -> None:
    able = Capabilities(hears_replies=False, read_back=False)
    async with open_house(url, capabilities=able) as house:

        async def lose_sight(to: Place | Person) -> None:
            if to == house.main and len(house.stage.posted(house.main)) == 2:
                raise Uncertain

        house.stage.after = lose_sight
        await house.schedule(one_of("discussion"))
        await house.work()
        await house.press("fay", house.trouble(), "It’s there")
        await house.work()
        assert (await house.delivery("discussion")).ref is None
        (post,) = house.posts((await house.delivery("discussion")).owed.key)
        callback = await house.callback("discussion", "answer")
        head, fields = house.head("ann") | {"post": post.ref}, {"answer": ("The data",)}
        await house.hear(FormSubmitted(**head, callback=callback, fields=fields))
        await house.work()
        (reply,) = await in_thread(house)
        assert reply.ref.place == post.ref.thread
        assert quoted(reply) == [("ann", "The data")]


async def test_each_question_has_a_reply_of_its_own(deaf: House) -> None:
    house = deaf
    acts = [an_activity("discussion", id=id) for id in ("first", "second")]
    await house.schedule(a_lesson(a_phase("Engage", *acts)))
    for activity in ("first", "second"):
        await house.work()
        await house.submit("ann", activity, answer=f"To the {activity}")
        await house.run_for(minutes(10))
    for activity in ("first", "second"):
        (reply,) = await in_thread(house, activity)
        assert quoted(reply) == [("ann", f"To the {activity}")]


async def test_it_is_named_where_it_could_not_be_posted(unheard: House) -> None:
    house = unheard
    house.stage.close(house.main)
    await house.submit("ann", "discussion", answer="The data")
    await house.work()
    assert "What people wrote, in the thread" in plain(house.trouble().message)


async def test_what_is_for_the_facilitator_only_is_nowhere_to_be_read(deaf: House) -> None:
    house = deaf
    await house.schedule(one_of("reflection"))
    await house.work()
    await house.submit("ann", "reflection", q1="A secret")
    await house.work()
    assert not await house.owed("in-thread")
    assert "A secret" not in "".join(plain(post.message) for post in house.stage.posts)


def a_day() -> Lesson:
    """A day of a poll and two discussions, of which the first has the thread."""
    kinds = ("poll", "discussion", "discussion")
    acts = [an_activity(kind, id=f"{kind}{n}") for n, kind in enumerate(kinds)]
    return a_lesson(a_phase("Engage", *acts, days=1), welcome="Hello.", closing="Goodbye.")


async def test_over_days_it_stands_in_the_thread_of_the_days_one_post(deaf: House) -> None:
    house = deaf
    await house.managing.schedule_daily(
        a_day(),
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        first=START.date(),
        pace=Pace(),
    )
    await house.run_for(minutes(600))
    assert (await house.opening("discussion2")).shown_in
    for activity in ("discussion1", "discussion2"):
        await house.submit("ann", activity, answer=f"To {activity}")
    await house.work()
    (post,) = house.stage.posted(house.main)
    (reply,) = house.stage.posted(post.ref.thread)
    assert quoted(reply) == [("ann", "To discussion1")]
    # The thread is that of the first; what others ask in the same post is read behind a button.
    shown = await house.open_form("ben", "discussion2", "answers")
    assert isinstance(shown, Show)
    assert "To discussion2" in plain(shown.what)


async def test_where_there_are_no_threads_or_they_are_heard_nothing_is_put_there(
    house: House,
) -> None:
    await house.schedule(one_of("discussion"))
    await house.work()
    await house.submit("ann", "discussion", answer="The data")
    house.stage.capabilities = Capabilities(threads=False, hears_replies=False)
    await house.submit("ben", "discussion", answer="The people")
    await house.work()
    assert not await house.owed("in-thread")
    assert "The people" in await house.text("discussion")
