"""Edits: a mark carries no content, so that any number of changes between two edits are one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.address import Person, Place
from bot.chat.answer import Answer
from bot.chat.message import Message, Tally
from bot.chat.platform import Capabilities, Gone, Limited, Rate, Uncertain
from bot.facilitation.changes import Changes
from bot.facilitation.controls import Command
from tests.service.house import House, Stage, minutes, of_each_kind, one_of, open_house, seconds


def tally(message: Message) -> dict[str, int]:
    """The counts that a message shows, by label."""
    (found,) = [block for block in message.blocks if isinstance(block, Tally)]
    return {str(bar.label): bar.count for bar in found.bars}


@pytest.fixture
async def polling(house: House) -> House:
    """A poll with live results is open and posted."""
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    return house


async def test_three_hundred_votes_between_two_edits_are_one_edit(polling: House) -> None:
    house = polling
    people = [house.stage.person(f"p{n}") for n in range(300)]
    options = ["data", "model", "people"]
    votes = [await house.a_vote(p.id, options[n % 3]) for n, p in enumerate(people)]
    await asyncio.gather(*(house.hear(vote) for vote in votes))
    await house.work()
    post = await house.post("poll")
    assert post.edits == 1
    assert (await house.delivery("poll")).edits == 1
    assert tally(post.message) == {"The data": 100, "The model": 100, "The people": 100}


async def test_the_last_edit_shows_the_final_tally(polling: House) -> None:
    """Votes that come while a post is being edited are shown by the next edit."""
    house = polling
    numbers = iter(range(20))

    async def vote_meanwhile(stage: Stage) -> None:
        number = next(numbers, None)
        if number is not None:
            await house.vote(f"late{number}", "model")

    slow = SlowEdits(house, vote_meanwhile)
    await house.vote("ann", "data")
    await house.work()
    assert slow.edits == 21
    assert tally((await house.post("poll")).message)["The model"] == 20
    await house.managing.carry_out("r1", Command("close"), by="cli")
    await house.work()
    assert tally((await house.post("poll")).message) == {
        "The data": 1,
        "The model": 20,
        "The people": 0,
    }
    assert "Closed" in await house.text("poll")


class SlowEdits:
    """Lets something happen after each edit was drawn and before it lands."""

    def __init__(self, house: House, meanwhile: object) -> None:
        self.edits = 0
        self._edit = house.stage.edit
        self._meanwhile = meanwhile
        house.stage.edit = self.edit  # type: ignore[method-assign]
        self._stage = house.stage

    async def edit(self, ref: object, message: Message) -> None:
        """Edit, late."""
        self.edits += 1
        await self._meanwhile(self._stage)  # type: ignore[operator]
        await self._edit(ref, message)  # type: ignore[arg-type]


async def test_what_changes_while_a_post_is_being_sent_is_edited_after_it(house: House) -> None:
    await house.schedule(one_of("poll", results="live"))
    voted: list[Answer] = []

    async def vote_at_once(to: Place | Person) -> None:
        if to == house.main and len(house.stage.posted(house.main)) == 2 and not voted:
            voted.append(await house.vote("ann", "data"))

    house.stage.after = vote_at_once
    await house.work()
    assert voted
    post = await house.post("poll")
    assert post.edits == 1
    assert tally(post.message)["The data"] == 1


@pytest.mark.parametrize("failure", [Limited(seconds(9)), Uncertain(), ValueError("odd")])
async def test_an_edit_that_did_not_succeed_is_made_again(house: House, failure: Exception) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    house.stage.fail_next(failure, call="edit")  # type: ignore[arg-type]
    await house.vote("ann", "data")
    await house.work()
    assert (await house.post("poll")).edits == 0
    await house.run_for(seconds(10))
    assert (await house.post("poll")).edits == 1
    assert (await house.delivery("poll")).edits == 1


async def test_an_edit_waits_as_long_as_the_platform_asks(house: House) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    house.stage.fail_next(Limited(seconds(12)), call="edit")
    await house.vote("ann", "data")
    await house.run_for(seconds(11))
    assert (house.stage.calls.count("edit"), (await house.post("poll")).edits) == (1, 0)
    await house.run_for(seconds(2))
    assert (await house.post("poll")).edits == 1


async def test_a_wait_for_edits_holds_up_no_post(house: House) -> None:
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(19.9))
    house.stage.fail_next(Limited(seconds(30)), call="edit")
    await house.vote("ann", "data")
    await house.run_for(seconds(12))
    due = (await house.opening("discussion")).opened_at
    sent = (await house.delivery("discussion")).sent_at
    assert sent
    assert sent - due <= seconds(1)
    await house.run_for(seconds(30))
    assert tally((await house.post("poll")).message)["The data"] == 1


async def test_a_post_that_is_gone_is_not_edited_again(house: House) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    house.stage.fail_next(Gone("deleted"), call="edit")
    await house.vote("ann", "data")
    await house.run_for(minutes(1))
    assert house.stage.calls.count("edit") == 1
    assert (await house.run()).status == "running"


@pytest.fixture
async def strict_house(url: str) -> AsyncIterator[House]:
    """A platform that allows one edit in ten seconds in its whole workspace."""
    async with open_house(url, edit_rates=(Rate("edits", 1, seconds(10)),)) as house:
        yield house


async def test_edits_keep_within_their_budget(strict_house: House) -> None:
    house = strict_house
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    for number in range(9):
        await house.vote(f"p{number}", "data")
        await house.run_for(seconds(2))
    assert house.stage.calls.count("edit") <= 2
    await house.run_for(seconds(21))
    assert tally((await house.post("poll")).message)["The data"] == 9


async def test_a_closed_opening_is_edited_before_an_open_one(strict_house: House) -> None:
    house = strict_house
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(22))
    order = []
    edit = house.stage.edit

    async def watch(ref: object, message: Message) -> None:
        order.append(message.summary)
        await edit(ref, message)  # type: ignore[arg-type]

    house.stage.edit = watch  # type: ignore[method-assign]
    openings = [(await house.opening(activity)).id for activity in ("discussion", "poll")]
    async with house.store.transaction() as tx:
        await tx.apply(Changes(dirty=tuple(openings)))
    await house.run_for(seconds(25))
    assert order == ["Engage: Quick poll", "Engage: Let’s talk"]


async def test_a_platform_without_edits_is_not_asked_for_them(url: str) -> None:
    async with open_house(url, capabilities=Capabilities(edits=False)) as house:
        await house.schedule(one_of("poll", results="live"))
        await house.work()
        await house.vote("ann", "data")
        await house.run_for(minutes(12))
        assert "edit" not in house.stage.calls
        assert (await house.run()).status == "ended"


async def test_a_lane_of_endless_edits_is_claimed_again_before_its_lease_ends(
    house: House,
) -> None:
    """Otherwise another worker would take it, and the two would draw over each other."""
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    claims = []
    number = iter(range(100))

    async def take_long(stage: Stage) -> None:
        house.machine.step_to(house.machine.now() + seconds(4))
        async with house.store.transaction() as tx:
            claims.append(
                await tx.claim_lane(
                    "thief",
                    lesson_now=house.now,
                    now=house.machine.now(),
                    lease=seconds(90),
                )
            )
        if next(number) < 40:
            await house.vote("ann", ("data", "model")[len(claims) % 2])

    SlowEdits(house, take_long)
    await house.vote("ann", "data")
    await house.work()
    assert len(claims) > 40
    assert set(claims) == {None}


async def test_an_edit_that_lands_after_the_lease_is_drawn_again(either_house: House) -> None:
    """A worker stopped in the middle of an edit covers a newer one with older words."""
    house = either_house
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    gate, reached = asyncio.Event(), asyncio.Event()

    async def hold(stage: Stage) -> None:
        if not reached.is_set():
            reached.set()
            await gate.wait()

    SlowEdits(house, hold)
    await house.vote("ann", "data")
    stopped = asyncio.create_task(house.sending.send_due())
    await reached.wait()
    house.machine.step_to(house.machine.now() + seconds(91))
    await house.vote("bob", "data")
    other = house.another_sending("w2")
    await other.send_due()
    assert tally((await house.post("poll")).message)["The data"] == 2
    gate.set()
    await stopped
    await other.send_due()
    assert tally((await house.post("poll")).message)["The data"] == 2
