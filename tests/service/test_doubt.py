"""Posts of which nobody knows whether they arrived: read back, or asked about; never doubled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Refused, Saved
from bot.chat.callback import Callback
from bot.chat.event import Picked
from bot.chat.plain import plain
from bot.chat.platform import Limited, Uncertain
from bot.service.calling import Calls, Outcome, Task, Timing
from bot.service.sending import Sending
from bot.storage.tables import deliveries
from tests.service.house import House, buttons, minutes, of_each_kind, one_of, seconds

SETTLED = timedelta(seconds=5)
LEASE = timedelta(seconds=90)


async def to_the_poll(house: House) -> None:
    """Everything is posted but the poll, which comes next."""
    await house.schedule()
    await house.run_for(minutes(9.9))


@pytest.mark.parametrize("failure", [Uncertain(), ConnectionResetError("reset")])
@pytest.mark.parametrize("received", [True, False], ids=["it arrived", "it did not arrive"])
async def test_a_post_in_doubt_is_read_back_and_stands_once(
    house: House, received: bool, failure: Exception
) -> None:
    await to_the_poll(house)
    house.stage.fail_next(failure, call="post", received=received)  # type: ignore[arg-type]
    await house.run_for(minutes(0.1))
    assert (await house.delivery("poll")).state == "sending"
    calls = house.stage.calls.count("find")
    house.step(SETTLED - seconds(0.1))
    await house.work()
    assert house.stage.calls.count("find") == calls
    house.step(seconds(0.1))
    await house.work()
    assert house.stage.calls.count("find") == calls + 1
    delivery = await house.delivery("poll")
    assert delivery.state == "sent"
    assert delivery.ref == (await house.post("poll")).ref
    assert await house.owed("trouble") == []


async def test_what_was_found_is_drawn_as_things_stand_now(house: House) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", received=True, times=2)
    await house.work()
    await house.vote("ann", "data")
    await house.run_for(SETTLED * 2)
    assert "The data: 1 (100%)" in await house.text("poll")


async def test_reading_back_waits_when_it_is_asked_to(house: House) -> None:
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post", received=True)
    house.stage.fail_next(Limited(seconds(60)), call="find")
    await house.run_for(minutes(0.9))
    assert (await house.delivery("poll")).state == "sending"
    await house.run_for(minutes(1))
    assert (await house.delivery("poll")).state == "sent"
    await house.post("poll")


async def test_where_nothing_can_be_read_back_the_facilitators_are_asked(
    deaf_house: House,
) -> None:
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post")
    await house.run_for(minutes(0.1))
    assert (await house.delivery("poll")).state == "uncertain"
    asked = house.trouble()
    assert "I do not know whether" in plain(asked.message)
    assert list(buttons(asked.message)) == ["It’s there", "Resend"]
    await house.run_for(minutes(15))
    assert (await house.delivery("discussion")).state == "sent", "the lane is free"
    assert (await house.delivery("poll")).state == "uncertain", "nothing is resent blindly"


async def test_the_question_itself_is_asked_again_where_it_may_not_have_arrived(
    deaf_house: House,
) -> None:
    """Nobody can be asked about the question: it may stand there twice, but not be missing."""
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post", times=3)
    await house.run_for(minutes(0.1))
    assert [one.state for one in await house.owed("trouble")] == ["waiting"]
    await house.run_for(SETTLED * 3)
    assert [one.state for one in await house.owed("trouble")] == ["sent"]
    assert list(buttons(house.trouble().message)) == ["It’s there", "Resend"]
    assert (await house.delivery("poll")).state == "uncertain"


async def test_resend_posts_it_again(deaf_house: House) -> None:
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post")
    await house.run_for(minutes(0.1))
    assert isinstance(await house.press("fay", house.trouble(), "Resend"), Saved)
    again = await house.press("fay", house.trouble(), "Resend")
    assert again == Saved("That was settled already.")
    await house.work()
    assert (await house.delivery("poll")).state == "sent"
    await house.post("poll")
    assert "All settled" in plain(house.trouble().message)


async def test_it_is_there_leaves_it_as_it_is(deaf_house: House) -> None:
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    assert isinstance(await house.press("fay", house.trouble(), "It’s there"), Saved)
    await house.work()
    assert (await house.delivery("poll")).state == "sent"
    await house.post("poll")
    assert "All settled" in plain(house.trouble().message)


async def it_is_there(house: House, activity: str = "poll", at: float = 10, **poll: str) -> None:
    """The activity's post stands, and fay has said so, which tells nobody where."""
    await house.schedule(of_each_kind(**poll))
    await house.run_for(minutes(at - 0.1))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    await house.press("fay", house.trouble(), "It’s there")
    await house.work()
    delivery = await house.delivery(activity)
    assert (delivery.state, delivery.ref) == ("sent", None)


async def test_whoever_uses_what_is_there_shows_where_and_it_is_drawn_from_then_on(
    deaf_house: House,
) -> None:
    house = deaf_house
    await it_is_there(house, results="live")
    await house.vote("ann", "data")
    await house.work()
    assert (await house.delivery("poll")).dirty, "it waits for somebody to show where it stands"
    assert "The data: 1" not in await house.text("poll")
    post = (await house.post("poll")).ref
    await house.vote("bob", "data", post=post)
    assert (await house.delivery("poll")).ref == post
    await house.work()
    assert "The data: 2 (100%)" in await house.text("poll")
    await house.run_for(minutes(10))
    assert "Closed" in await house.text("poll")
    assert not (await house.delivery("poll")).dirty


async def test_even_a_vote_that_comes_too_late_shows_where_a_post_stands(
    deaf_house: House,
) -> None:
    house = deaf_house
    await it_is_there(house)
    await house.run_for(minutes(15))
    assert "Closed" not in await house.text("poll")
    post = (await house.post("poll")).ref
    assert isinstance(await house.vote("ann", "data", post=post), Refused)
    await house.work()
    assert "Closed" in await house.text("poll")
    assert await house.responses("poll") == ()


async def test_of_two_copies_the_one_that_is_used_is_drawn_as_things_stand_now(
    deaf_house: House,
) -> None:
    """The first shows less than the one that was sent again after it."""
    house = deaf_house
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(9.9))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    elsewhere = Callback("vote", (await house.opening("poll")).id).encode()
    await house.vote("ann", "data", callback=elsewhere)
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.press("fay", house.trouble(), "Resend")
    await house.work()
    first, second = house.posts((await house.delivery("poll")).owed.key)
    assert "The data: 1" not in plain(first.message)
    assert "The data: 1" in plain(second.message)
    assert isinstance(await house.vote("bob", "nothing", post=first.ref), Refused)
    await house.work()
    first, _ = house.posts((await house.delivery("poll")).owed.key)
    assert "The data: 1 (100%)" in plain(first.message)


@pytest.mark.parametrize("said", [False, True], ids=["in doubt", "said to be there"])
async def test_what_a_post_leads_to_in_private_is_not_taken_for_the_post(
    deaf_house: House, said: bool
) -> None:
    house = deaf_house
    await house.schedule()
    await house.run_for(minutes(9.9))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    if said:
        await house.press("fay", house.trouble(), "It’s there")
    await house.join("ann")
    private = PostRef(house.stage.place("talk-with-ann"), "p99")
    await house.vote("ann", "data", post=private, place=None)
    assert len(await house.responses("poll")) == 1
    delivery = await house.delivery("poll")
    assert (delivery.state, delivery.ref) == ("sent", None), "it arrived, and nobody said where"


async def test_a_private_post_is_not_taken_for_one_in_the_channel(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule()
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", received=True, times=4)
    await house.work()
    callback, elsewhere = buttons(house.panel().message)["Pause"], PostRef(house.main, "p99")
    await house.hear(Picked(**house.head("fay"), callback=callback, post=elsewhere))
    (panel,) = await house.owed("panel")
    assert (panel.state, panel.ref) == ("sent", None)


async def test_a_panel_that_is_there_is_drawn_again_once_it_is_used(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule()
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", received=True, times=4)
    await house.work()
    for _ in range(4):
        await house.press("fay", house.trouble(), "It’s there")
        await house.work()
    (panel,) = await house.owed("panel")
    assert (panel.state, panel.ref) == ("sent", None)
    await house.say("fay", "pause")
    await house.work()
    assert "Paused" not in plain(house.panel().message)
    await house.press("fay", house.panel(), "Status")
    await house.work()
    assert "Paused" in plain(house.panel().message)


async def test_a_reply_to_a_post_that_is_said_to_be_there_is_kept(deaf_house: House) -> None:
    house = deaf_house
    await it_is_there(house, "discussion", at=20)
    await house.reply("ann", "I see it.")
    (kept,) = await house.responses("discussion")
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "I see it."


@pytest.mark.parametrize("same", [True, False], ids=["told again", "pressed twice"])
@pytest.mark.parametrize("label", ["Resend", "It’s there"])
async def test_a_button_about_one_attempt_says_nothing_of_the_next(
    deaf_house: House, label: str, same: bool
) -> None:
    """It comes twice, and the second time the post was sent again and is in doubt once more."""
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    shown = buttons(house.trouble().message)
    pressed = Picked(**house.head("fay", place=None), callback=shown["Resend"])
    await house.hear(pressed)
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.work()
    assert (await house.delivery("poll")).state == "uncertain"
    again = replace(pressed, callback=shown[label], id=pressed.id if same else "another")
    assert await house.hear(again) == Saved("That was settled already.")
    await house.work()
    delivery = await house.delivery("poll")
    assert (delivery.state, delivery.attempt) == ("uncertain", 2)
    assert len(house.posts(delivery.owed.key)) == 2
    await house.press("fay", house.trouble(), "Resend")
    await house.work()
    delivery = await house.delivery("poll")
    assert (delivery.state, delivery.attempt) == ("sent", 3), "its own button does"


async def test_only_a_facilitator_settles_what_is_in_doubt(deaf_house: House) -> None:
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post")
    await house.run_for(minutes(0.1))
    assert isinstance(await house.press("ann", house.trouble(), "Resend"), Refused)
    assert (await house.delivery("poll")).state == "uncertain"


async def test_a_second_doubt_grows_the_same_message(deaf_house: House) -> None:
    house = deaf_house
    await to_the_poll(house)
    house.stage.fail_next(Uncertain(), call="post")
    await house.run_for(minutes(0.1))
    house.stage.fail_next(Uncertain(), call="post")
    await house.run_for(minutes(10))
    text = plain(house.trouble().message)
    assert text.count("[It’s there] [Resend]") == 2
    assert len(await house.owed("trouble")) == 1


async def test_a_vote_in_a_post_in_doubt_confirms_it(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(9.9))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    assert (await house.delivery("poll")).state == "uncertain"
    post = await house.post("poll")
    assert isinstance(await house.vote("ann", "data", post=post.ref), Saved)
    delivery = await house.delivery("poll")
    assert (delivery.state, delivery.ref) == ("sent", post.ref)
    await house.work()
    assert "The data: 1 (100%)" in await house.text("poll")
    assert "All settled" in plain(house.trouble().message)


async def test_a_vote_that_names_another_post_confirms_no_address(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(9.9))
    house.stage.fail_next(Uncertain(), call="post", received=True)
    await house.run_for(minutes(0.1))
    other = await house.post("prompt")
    before = plain(other.message)
    assert isinstance(await house.vote("ann", "data", post=other.ref), Saved)
    assert (await house.delivery("poll")).state == "sent"
    await house.work()
    assert await house.text("prompt") == before
    poll = await house.post("poll")
    assert isinstance(await house.vote("bo", "data", post=poll.ref), Saved)
    await house.work()
    assert (await house.delivery("poll")).ref == poll.ref
    assert "The data: 2 (100%)" in await house.text("poll")


async def test_a_button_of_a_panel_in_doubt_confirms_it(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule()
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", received=True, times=4)
    await house.work()
    (panel,) = await house.owed("panel")
    assert panel.state == "uncertain"
    assert isinstance(await house.press("fay", house.panel(), "Pause"), Saved)
    (panel,) = await house.owed("panel")
    assert (panel.state, panel.ref) == ("sent", house.panel().ref)
    await house.work()
    assert "Paused" in plain(house.panel().message)


async def test_a_reply_to_a_post_in_doubt_is_kept(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule(one_of("discussion"))
    await house.cueing.run_due()
    house.stage.fail_next(Uncertain(), call="post", received=True, times=9)
    await house.work()
    await house.reply("ann", "I see it.")
    (kept,) = await house.responses("discussion")
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "I see it."


async def test_a_reminder_in_doubt_is_dropped_and_listed(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule(one_of("poll"))
    await house.cueing.run_due()
    await set_on_doubt(house, "drop")
    house.stage.fail_next(Uncertain(), call="post", received=True, times=9)
    await house.work()
    assert {d.state for d in await house.deliveries()} >= {"dropped"}


async def set_on_doubt(house: House, what: str) -> None:
    """Nothing that a run owes today may be dropped, so let it."""
    async with house.store.database.writing() as connection:
        await connection.execute(update(deliveries).values(on_doubt=what))


# -- workers that stop, and come back


class Stopped:
    """A worker that stops at its first post to the main channel, before or after it lands."""

    def __init__(self, house: House, *, landed: bool) -> None:
        self.house = house
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        if landed:
            house.stage.after = self._hold
        else:
            house.stage.before = self._hold

    async def _hold(self, to: Place | Person) -> None:
        if to == self.house.main and not self.reached.is_set():
            self.reached.set()
            await self.gate.wait()

    async def work(self, sending: Sending) -> asyncio.Task[int]:
        """Let a worker work until it stops."""
        task = asyncio.create_task(sending.send_due())
        async with asyncio.timeout(10):
            await self.reached.wait()
        return task


@pytest.mark.parametrize("landed", [True, False], ids=["after posting", "before posting"])
async def test_what_a_lost_worker_began_is_finished_by_another(
    either_house: House, landed: bool
) -> None:
    house = either_house
    await house.schedule()
    await house.cueing.run_due()
    task = await Stopped(house, landed=landed).work(house.another_sending("w1", width=1))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = house.another_sending("w2")
    house.machine.step_to(house.machine.now() + LEASE - seconds(1))
    await other.send_due()
    assert len(house.stage.posted(house.main)) == landed, "the lease is respected"
    house.machine.step_to(house.machine.now() + seconds(1))
    await other.send_due()
    assert len(house.stage.posted(house.main)) == 2
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert len({post.key for post in house.stage.posts}) == len(house.stage.posts)


async def test_a_worker_stopped_past_its_lease_changes_nothing(either_house: House) -> None:
    house = either_house
    await house.schedule()
    await house.cueing.run_due()
    stopped = Stopped(house, landed=True)
    task = await stopped.work(house.another_sending("w1", width=1))
    house.machine.step_to(house.machine.now() + LEASE)
    await house.another_sending("w2").send_due()
    before = await house.deliveries()
    assert {d.state for d in before} == {"sent"}
    posts = len(house.stage.posts)
    stopped.gate.set()
    await task
    assert await house.deliveries() == before
    assert len(house.stage.posts) == posts


async def test_a_worker_stopped_before_it_sent_does_not_send_after_its_lease(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the commit of the beginning and the call, the machine may sleep."""
    await house.schedule(one_of("poll"))
    await house.cueing.run_due()
    do = Calls.do

    async def sleep_first(self: Calls, task: Task) -> Outcome:
        house.machine.step_to(house.machine.now() + LEASE)
        monkeypatch.setattr(Calls, "do", do)
        return await do(self, task)

    monkeypatch.setattr(Calls, "do", sleep_first)
    await house.another_sending("w1", width=1).send_due()
    await house.run_for(minutes(3))
    assert len({post.key for post in house.stage.posts}) == len(house.stage.posts) == 4


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("received", [True, False], ids=["after the call", "before the call"])
@pytest.mark.parametrize("number", range(4))
async def test_a_worker_that_dies_at_any_call_loses_and_doubles_nothing(
    house: House, number: int, received: bool
) -> None:
    await house.schedule(one_of("poll"))
    await house.cueing.run_due()
    calls = 0

    async def die(to: Place | Person) -> None:
        nonlocal calls
        calls += 1
        if calls == number + 1:
            raise Crash

    if received:
        house.stage.after = die
    else:
        house.stage.before = die
    with pytest.raises(Crash):
        await house.another_sending("w1", width=1).send_due()
    house.machine.step_to(house.machine.now() + LEASE)
    await house.another_sending("w2", width=1).send_due()
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert len({post.key for post in house.stage.posts}) == len(house.stage.posts) == 4


def test_a_lease_outlasts_a_call_and_its_settling() -> None:
    assert Timing().stint > timedelta(seconds=10)
