"""What is said outside a thread, and what a facilitator keeps by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Kept, Replied, ReplyDeleted, ReplyEdited, Said
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.evidence.quotes import quote
from bot.service.reporting import report_run
from tests.service.house import RUN, House, buttons, minutes, of_each_kind, one_of, seconds

TS = "1736240000.000100"


@pytest.fixture
async def talking(house: House) -> House:
    """A discussion is open and posted."""
    await house.schedule(one_of("discussion"))
    await house.work()
    return house


async def say_in_channel(house: House, who: str, text: str, id: str = TS, **more: Any) -> Answer:
    """Somebody writes in the channel, in no thread."""
    post = PostRef(house.main, id)
    return await house.hear(Said(**house.head(who, **more), post=post, text=UserText(text)))


def offered(answer: Answer) -> str:
    """The callback of the button that is offered."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Message)
    return buttons(answer.what)["Add this as your answer"]


async def adopt(house: House, who: str, text: str, callback: str, id: str = TS) -> Answer:
    """Its author presses the button, and the platform reads back what they wrote."""
    post = PostRef(house.main, id)
    head = house.head(who)
    return await house.hear(
        Replied(**head, post=post, reply=post, text=UserText(text), callback=callback)
    )


async def said(house: House, activity: str = "discussion") -> dict[str, str | None]:
    """What stands in an activity, by owner."""
    return {
        r.owner: r.given.text.text if r.given and r.given.text else None
        for r in await house.responses(activity)
    }


# -- beside the thread


async def test_what_is_written_beside_the_thread_is_offered_to_its_author_and_not_kept(
    talking: House,
) -> None:
    answer = await say_in_channel(talking, "ann", "The data was wrong.")
    assert isinstance(answer, Show)
    assert "not in the thread of “Let’s talk”" in plain(answer.what)
    callback = Callback.decode(offered(answer))
    assert callback.verb == "adopt"
    assert callback.item == TS.replace(".", "-")
    assert await talking.versions() == ()
    assert await talking.people() == {}


async def test_pressing_the_button_keeps_it_as_their_answer(talking: House) -> None:
    house = talking
    callback = offered(await say_in_channel(house, "ann", "The *data* was wrong."))
    answer = await adopt(house, "ann", "The *data* was wrong.", callback)
    assert answer == Saved("Added as your answer to “Let’s talk”.")
    assert await said(house) == {"r1-ann": "The *data* was wrong."}
    assert "1 of 1 has answered" in await _redrawn(house)


async def _redrawn(house: House) -> str:
    await house.run_for(minutes(1))
    return await house.text("discussion")


async def test_pressing_it_twice_keeps_it_once(talking: House) -> None:
    house = talking
    callback = offered(await say_in_channel(house, "ann", "Once."))
    for _ in range(2):
        assert isinstance(await adopt(house, "ann", "Once.", callback), Saved)
        house.step(seconds(1))
    assert await said(house) == {"r1-ann": "Once."}


async def test_what_was_added_follows_its_authors_edits_and_goes_when_it_is_deleted(
    talking: House,
) -> None:
    house = talking
    callback = offered(await say_in_channel(house, "ann", "Frist."))
    await adopt(house, "ann", "Frist.", callback)
    post = PostRef(house.main, TS)
    house.step(seconds(1))
    head = house.head("ann")
    await house.hear(ReplyEdited(**head, post=post, reply=post, text=UserText("First.")))
    assert await said(house) == {"r1-ann": "First."}
    house.step(seconds(1))
    await house.hear(ReplyDeleted(**house.head("ann"), post=post, reply=post))
    assert await said(house) == {"r1-ann": None}
    assert len(await house.versions()) == 3


async def test_edits_of_what_nobody_added_are_none_of_our_business(talking: House) -> None:
    house = talking
    await house.join("ann")
    post = PostRef(house.main, TS)
    for who in ("ann", "bob"):
        head = house.head(who)
        edited = ReplyEdited(**head, post=post, reply=post, text=UserText("Private."))
        assert await house.hear(edited) == Saved()
        assert await house.hear(ReplyDeleted(**house.head(who), post=post, reply=post)) == Saved()
    assert await house.versions() == ()


async def test_a_picture_without_words_is_neither_offered_nor_kept(talking: House) -> None:
    assert await say_in_channel(talking, "ann", " ") == Saved()
    assert isinstance(await keep(talking, "fay", "", "ann"), Refused)


async def test_a_facilitator_is_not_asked(talking: House) -> None:
    assert await say_in_channel(talking, "fay", "Welcome!") == Saved()


async def test_nobody_is_asked_where_nothing_is_talked_of(house: House) -> None:
    assert await say_in_channel(house, "ann", "Hello.") == Saved()
    await house.schedule(one_of("poll"))
    await house.work()
    assert await say_in_channel(house, "ann", "Hello.") == Saved()
    assert await say_in_channel(house, "ann", "Hi.", place=house.stage.place("C9")) == Saved()


async def test_nobody_is_asked_when_it_has_closed(talking: House) -> None:
    await talking.run_for(minutes(15))
    assert await say_in_channel(talking, "ann", "Too late?") == Saved()


async def test_nobody_is_asked_where_threads_are_not_heard(house: House) -> None:
    house.stage.capabilities = Capabilities(hears_replies=False)
    await house.schedule(one_of("discussion"))
    await house.work()
    assert await say_in_channel(house, "ann", "Here.") == Saved()


async def test_a_post_whose_id_no_button_can_carry_is_let_be(talking: House) -> None:
    assert await say_in_channel(talking, "ann", "Here.", id="a/b c") == Saved()


@pytest.mark.parametrize(
    ("verb", "item"), [("answer", ""), ("adopt", "1-2"), ("withdraw", ""), ("vote", "")]
)
async def test_only_the_button_of_that_post_adds_it(talking: House, verb: str, item: str) -> None:
    opening = await talking.opening("discussion")
    forged = Callback(verb, opening.id, item or TS.replace(".", "-")).encode()
    assert isinstance(await adopt(talking, "ann", "Mine.", forged), Refused)
    assert await talking.versions() == ()


async def test_nothing_is_added_to_what_is_no_talk(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    opening = await house.opening("poll")
    forged = Callback("adopt", opening.id, TS.replace(".", "-")).encode()
    assert isinstance(await adopt(house, "ann", "Mine.", forged), Refused)


# -- kept by hand


async def keep(
    house: House, who: str, text: str, by: str | Person, id: str = "m9", **more: Any
) -> Answer:
    """A facilitator keeps what somebody said."""
    place: Place = more.pop("at", house.main)
    author = house.stage.person(by) if isinstance(by, str) else by
    return await house.hear(
        Kept(
            **house.head(who, **more),
            post=PostRef(place, id),
            text=UserText(text),
            by=author,
            by_name=UserText(author.id.title()),
        )
    )


async def test_a_facilitator_keeps_what_somebody_said_as_theirs(talking: House) -> None:
    house = talking
    answer = await keep(house, "fay", "  A fine <b>point</b>.\n", "ann")
    assert answer == Saved("Kept in the evidence.")
    (kept,) = await house.responses("discussion")
    assert (kept.owner, kept.by) == ("r1-ann", "r1-fay")
    assert (await house.people())["ann"].name.text == "Ann"
    async with house.store.reading() as reading:
        report = await report_run(reading, RUN)
    (row,) = report.answers
    assert (row.name, row.text) == ("Ann", "  A fine <b>point</b>.\n")
    assert quote(row, report.run).marks == ("kept by fay",)


async def test_only_a_facilitator_of_the_lesson_there_keeps_anything(talking: House) -> None:
    house = talking
    assert isinstance(await keep(house, "ann", "Mine.", "ann"), Refused)
    elsewhere = house.stage.place("C9")
    answer = await keep(house, "fay", "There.", "ann", at=elsewhere, place=elsewhere)
    assert isinstance(answer, Refused)
    assert await house.versions() == ()


async def test_what_is_in_the_evidence_already_is_not_there_twice(talking: House) -> None:
    house = talking
    await house.reply("ann", "Said.", id="m1")
    thread = (await house.post("discussion")).ref.thread
    answer = await keep(house, "fay", "Said.", "ann", id="m1", at=thread)
    assert answer == Saved("That is in the evidence already.")
    await keep(house, "fay", "Beside.", "bob", id="m2")
    await keep(house, "fay", "Beside.", "bob", id="m2")
    assert len(await house.versions()) == 2


async def test_a_reply_that_is_kept_before_it_is_heard_is_there_once(talking: House) -> None:
    house = talking
    thread = (await house.post("discussion")).ref.thread
    reply = await house.a_reply("ann", "Said.", "discussion", "m1")
    house.step(seconds(1))
    await keep(house, "fay", "Said.", "ann", id="m1", at=thread)
    await house.hear(reply)
    assert await said(house) == {"r1-ann": "Said."}


async def test_what_its_author_took_back_is_not_brought_back(talking: House) -> None:
    house = talking
    await house.reply("ann", "Oops.", id="m1")
    house.step(seconds(1))
    await house.delete_reply("ann", id="m1")
    house.step(seconds(1))
    assert isinstance(await keep(house, "fay", "Oops.", "ann", id="m1"), Refused)
    assert await said(house) == {"r1-ann": None}


async def test_its_author_can_take_back_what_was_kept(talking: House) -> None:
    house = talking
    await keep(house, "fay", "A fine point.", "ann")
    post = PostRef(house.main, "m9")
    house.step(seconds(1))
    await house.hear(ReplyDeleted(**house.head("ann"), post=post, reply=post))
    assert await said(house) == {"r1-ann": None}


async def test_what_a_stranger_said_is_the_facilitators_note(talking: House) -> None:
    house = talking
    stranger = Person(house.stage.name, "another-town", "eve")
    await keep(house, "fay", "From outside.", stranger)
    (kept,) = await house.responses("discussion")
    assert (kept.owner, kept.by) == ("r1-fay", "")
    assert set(await house.people()) == {"fay"}


async def test_where_nothing_is_talked_of_it_goes_around_the_lesson(house: House) -> None:
    await house.schedule(of_each_kind())
    await house.work()
    assert isinstance(await keep(house, "fay", "Hello.", "ann"), Saved)
    (kept,) = await house.responses("lobby")
    assert kept.owner == "r1-ann"


async def test_before_the_lesson_there_is_nothing_to_add_to(house: House) -> None:
    await house.schedule(of_each_kind())
    assert isinstance(await keep(house, "fay", "Hello.", "ann"), Refused)
