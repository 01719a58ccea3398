"""Replies in threads, and who takes part: what is heard in any order comes out right."""

from __future__ import annotations

import pytest

from bot.chat.address import PostRef
from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.event import Replied, ReplyDeleted, ReplyEdited
from bot.chat.plain import plain
from bot.chat.platform import Capabilities, Uncertain
from bot.chat.text import UserText
from bot.facilitation.controls import Command
from tests.service.house import RUN, House, minutes, of_each_kind, one_of, seconds


@pytest.fixture
async def talking(house: House) -> House:
    """A discussion is open and posted."""
    await house.schedule(one_of("discussion"))
    await house.work()
    return house


async def said(house: House) -> list[str | None]:
    """What stands in the discussion, ``None`` for what was taken back."""
    return [
        r.given.text.text if r.given and r.given.text else None
        for r in await house.responses("discussion")
    ]


async def test_each_reply_is_an_answer_of_its_own(talking: House) -> None:
    house = talking
    await house.reply("ann", "One.", id="m1")
    await house.reply("ann", "Two.", id="m2")
    await house.reply("bob", "Three.", id="m3")
    assert await said(house) == ["One.", "Two.", "Three."]


async def test_an_edit_stands_in_place_of_what_was_said_first(talking: House) -> None:
    house = talking
    await house.reply("ann", "Frist.")
    house.step(seconds(1))
    await house.edit_reply("ann", "First.")
    assert await said(house) == ["First."]
    assert len(await house.versions()) == 2


async def test_an_edit_may_arrive_before_the_reply_itself(talking: House) -> None:
    house = talking
    reply = await house.a_reply("ann", "Frist.", "discussion", "m1")
    house.step(seconds(1))
    assert isinstance(await house.edit_reply("ann", "First."), Saved)
    assert isinstance(await house.hear(reply), Saved)
    assert await said(house) == ["First."]
    assert len(await house.versions()) == 2


async def test_what_was_taken_back_stays_so_whatever_comes_late(talking: House) -> None:
    house = talking
    reply = await house.a_reply("ann", "Forget it.", "discussion", "m1")
    house.step(seconds(1))
    await house.delete_reply("ann")
    await house.hear(reply)
    assert await said(house) == [None]


async def test_a_reply_can_be_taken_back_even_after_the_end(talking: House) -> None:
    house = talking
    await house.reply("ann", "Oh.")
    await house.run_for(minutes(20))
    assert (await house.run()).status == "ended"
    assert isinstance(await house.delete_reply("ann"), Saved)
    assert await said(house) == [None]
    assert isinstance(await house.edit_reply("ann", "But."), Refused)


async def test_replies_to_the_welcome_and_to_the_other_posts_are_kept(house: House) -> None:
    await house.schedule(of_each_kind())
    await house.run_for(minutes(31))
    for number, post in enumerate(house.stage.posted(house.main)):
        event = Replied(
            **house.head("ann"),
            post=post.ref,
            reply=PostRef(post.ref.thread, f"m{number}"),
            text=UserText(f"To {number}."),
        )
        assert isinstance(await house.hear(event), Saved)
    kept = [v.given.text.text for v in await house.versions() if v.given and v.given.text]
    assert kept == [f"To {number}." for number in range(5)]


async def test_a_reply_to_somebody_elses_post_is_not_kept(talking: House) -> None:
    house = talking
    post = PostRef(house.main, "lunch")
    reply = PostRef(post.thread, "m1")
    text = UserText("Pizza!")
    for event in (
        Replied(**house.head("ann"), post=post, reply=reply, text=text, ours=True),
        ReplyEdited(**house.head("ann"), post=post, reply=reply, text=text),
        ReplyDeleted(**house.head("ann"), post=post, reply=reply),
    ):
        assert await house.hear(event) == Saved()
    assert await house.versions() == ()
    assert await house.people() == {}


async def test_a_reply_to_a_private_message_of_ours_is_no_answer(talking: House) -> None:
    house = talking
    panel = house.panel().ref
    reply = PostRef(panel.thread, "m1")
    event = Replied(**house.head("fay"), post=panel, reply=reply, text=UserText("Thanks."))
    assert await house.hear(event) == Saved()
    assert await house.versions() == ()


async def test_a_reply_while_its_post_is_being_sent_is_kept(house: House) -> None:
    await house.schedule(one_of("discussion"))
    answers: list[Answer] = []

    async def reply_at_once(to: object) -> None:
        posted = house.stage.posted(house.main)
        if len(posted) == 2 and not answers:
            ref = posted[-1].ref
            event = Replied(
                **house.head("ann"),
                post=ref,
                reply=PostRef(ref.thread, "m1"),
                text=UserText("So quick!"),
                ours=True,
            )
            answers.append(await house.hear(event))

    house.stage.after = reply_at_once
    await house.work()
    assert isinstance(answers[0], Saved)
    assert await said(house) == ["So quick!"]


async def test_a_post_in_doubt_in_a_run_that_ended_claims_nobodys_words(
    deaf_house: House,
) -> None:
    house = deaf_house
    await house.schedule(one_of("discussion"))
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", times=9)
    await house.run_for(minutes(20))
    assert "uncertain" in {d.state for d in await house.deliveries()}
    post = PostRef(house.main, "lunch")
    reply = PostRef(post.thread, "m1")
    event = Replied(**house.head("ann"), post=post, reply=reply, text=UserText("Pizza!"))
    assert await house.hear(event) == Saved()


# -- who takes part


async def test_who_comes_goes_and_comes_back_is_one_participant(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.join("ann", "Ann")
    (ann,) = (await house.people()).values()
    assert (ann.name.text, ann.role, ann.left_at) == ("Ann", "learner", None)
    house.step(seconds(1))
    await house.leave("ann")
    assert (await house.people())["ann"].left_at == house.now
    house.step(seconds(1))
    await house.join("ann", "Anna")
    (again,) = (await house.people()).values()
    assert (again.id, again.name.text, again.left_at) == (ann.id, "Anna", None)


async def test_who_votes_takes_part_without_having_been_seen_to_come(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.vote("ann", "data")
    assert (await house.people())["ann"].name.text == "ann"
    await house.vote("ann", "model", name=UserText("Ann"))
    assert (await house.people())["ann"].name.text == "Ann"


async def test_who_votes_after_leaving_is_back(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.join("ann")
    house.step(seconds(1))
    await house.leave("ann")
    house.step(seconds(1))
    await house.vote("ann", "data")
    assert (await house.people())["ann"].left_at is None


async def test_what_somebody_did_before_they_left_does_not_bring_them_back(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.join("ann", id="joins")
    vote = await house.a_vote("ann", "data")
    came = house.now
    house.step(seconds(1))
    await house.leave("ann")
    assert isinstance(await house.hear(vote), Saved | object)
    await house.join("ann", id="joins", at=came)
    await house.join("ann", at=came)
    assert (await house.people())["ann"].left_at == house.now
    assert len(await house.responses("poll")) == 1


async def test_a_leaving_heard_twice_does_not_undo_a_coming_back(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.join("ann")
    house.step(seconds(1))
    await house.leave("ann", id="leaves", at=house.now)
    left = house.now
    house.step(seconds(1))
    await house.join("ann")
    await house.leave("ann", id="leaves", at=left)
    assert (await house.people())["ann"].left_at is None


async def test_who_left_unseen_is_no_participant(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.leave("ann")
    assert await house.people() == {}


async def test_a_facilitator_counts_as_no_learner(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.work()
    await house.join("fay", "Fay")
    await house.join("ann", "Ann")
    assert (await house.people())["fay"].role == "facilitator"
    await house.submit("fay", "reflection", q1="My own.")
    await house.work()
    assert "0 of 1 has answered" in await house.text("reflection")
    status = await house.managing.carry_out(RUN, Command("status"), by="cli")
    assert isinstance(status, Show)
    assert "0 of 1 has answered" in plain(status.what)


async def test_where_nobody_comes_in_first_post_and_panel_count_those_who_answered(
    house: House,
) -> None:
    house.stage.capabilities = Capabilities(attendance=False)
    await house.schedule(one_of("reflection"))
    await house.work()
    await house.submit("ann", "reflection", q1="Mine.")
    await house.work()
    status = await house.managing.carry_out(RUN, Command("status"), by="cli")
    assert isinstance(status, Show)
    panel = await house.say("fay", "panel")
    assert isinstance(panel, Show)
    for said in (await house.text("reflection"), plain(status.what), plain(panel.what)):
        assert "1 person has answered" in said
        assert "1 of 1" not in said


async def test_a_comment_below_a_poll_is_kept_and_how_to_vote_told_once(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    first = await house.reply("bo", "In writing, always", "poll", "m1")
    assert isinstance(first, Saved)
    assert "To vote" in first.note
    assert await house.reply("bo", "Really", "poll", "m2") == Saved("")
    part = await house.say("bo", "my part")
    assert isinstance(part, Show)
    due, mine = plain(part.what).split("What I gave")
    assert "Nothing is waiting" not in due
    assert "In writing, always" in mine
    await house.work()
    assert "0 of 1 has answered" in await house.text("poll")


async def test_who_left_is_not_waited_for(house: House) -> None:
    await house.schedule(one_of("reflection"))
    await house.work()
    for who in ("ann", "bob", "cleo"):
        await house.join(who)
    await house.leave("bob", at=house.now + seconds(1))
    await house.submit("ann", "reflection", q1="Mine.")
    await house.work()
    assert "1 of 2 have answered" in await house.text("reflection")


async def test_coming_into_a_channel_whose_lesson_has_ended_makes_nobody_a_participant(
    house: House,
) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(15))
    await house.join("ann")
    assert await house.people() == {}


async def test_a_pause_is_not_undone_by_somebody_coming(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.work()
    await house.say("fay", "pause")
    await house.join("ann")
    assert (await house.run()).status == "paused"


async def test_whoever_is_deactivated_leaves_every_lesson_that_goes_on(house: House) -> None:
    other = house.stage.place("C2")
    await house.schedule(one_of("poll"))
    await house.schedule(one_of("poll"), id="r2", main=other)
    for who in ("ann", "bob"):
        await house.join(who)
        await house.join(who, place=other)
    await house.work()
    await house.leave("ann", place=None)
    await house.run_for(minutes(1))
    for run in (RUN, "r2"):
        people = await house.people(run)
        assert people["ann"].left_at
        assert people["bob"].left_at is None
        assert "0 of 1 has answered" in plain((await house.post("poll", run)).message)


async def test_a_lesson_that_has_ended_keeps_whoever_is_deactivated_later(house: House) -> None:
    await house.schedule(one_of("poll"))
    await house.join("ann")
    await house.run_for(minutes(15))
    await house.leave("ann", place=None)
    assert (await house.people())["ann"].left_at is None


async def test_somebody_in_no_lesson_who_is_deactivated_is_nothing_to_us(house: House) -> None:
    assert await house.leave("zoe", place=None) == Saved()
