"""The part of the store's contract about lanes, deliveries, edits and budgets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.address import Party, Place, PostRef
from bot.chat.platform import Rate
from bot.facilitation.changes import Changes
from bot.facilitation.state import Owed
from bot.service.store import Due, Store
from tests.conformance.values import (
    ADA,
    BOB,
    LEASE,
    MAIN,
    MAIN_LANE,
    T0,
    a_run,
    an_opening,
    an_owed,
    at,
    lane_of,
)

REF = PostRef(MAIN, "p1")
OTHER = Place("memory", "local", "other")


async def owe(store: Store, *owed: Owed) -> None:
    """Have a run that owes these."""
    async with store.transaction() as tx:
        if await tx.run("r1") is None:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))
        await tx.apply(Changes(owed=owed))


async def claim(
    store: Store,
    owner: str,
    seconds: float = 0,
    lesson: float = 0,
    without: Collection[str] = (),
) -> str | None:
    """Claim a lane at this machine and lesson second."""
    async with store.transaction() as tx:
        return await tx.claim_lane(
            owner, lesson_now=at(lesson), now=at(seconds), lease=LEASE, without=without
        )


async def begin(store: Store, key: str, owner: str, seconds: float = 0) -> int:
    """Begin a delivery; its attempt, or 0 if that was refused."""
    async with store.transaction() as tx:
        begun = await tx.begin(key, owner, now=at(seconds), lease=LEASE)
    return begun.attempt if begun else 0


async def send(store: Store, key: str, owner: str = "w1", ref: PostRef = REF) -> None:
    """Begin and confirm a delivery in a lane that ``owner`` holds."""
    attempt = await begin(store, key, owner)
    async with store.transaction() as tx:
        assert await tx.finish(key, owner, attempt, "sent", ref=ref, sent_at=T0)


async def release(store: Store, lane: str, owner: str, free_at: float | None = None) -> None:
    """Give a lane back."""
    async with store.transaction() as tx:
        await tx.release_lane(lane, owner, free_at=None if free_at is None else at(free_at))


async def head(store: Store, lane: str = MAIN_LANE, lesson: float = 0) -> str | None:
    """The key of the lane's head."""
    async with store.transaction() as tx:
        found = await tx.head(lane, lesson_now=at(lesson))
    return found.owed.key if found else None


async def due(store: Store) -> Due:
    """When there is next something to do."""
    async with store.reading() as reading:
        return await reading.due()


class SendsOnceInOrder:
    """What sending relies on."""

    async def test_the_same_thing_owed_twice_is_owed_once(self, store: Store) -> None:
        first = an_owed("k1", cue=3, n=2, opening="r1-poll-1", on_doubt="drop", parent="k0")
        await owe(store, first, an_owed("k2", to=ADA))
        await owe(store, an_owed("k1", 99), an_owed("k2"))
        async with store.reading() as reading:
            one, two = await reading.deliveries("r1")
            assert await reading.delivery("k1") == one
            assert await reading.delivery("k9") is None
        assert (one.owed, two.owed) == (first, an_owed("k2", to=ADA))
        assert (one.lane, two.lane) == (MAIN_LANE, lane_of(ADA))
        assert (one.state, one.attempt, one.ref, one.dirty) == ("waiting", 0, None, False)

    async def test_a_party_is_owed_to_as_it_is_and_has_one_lane_whoever_is_of_it(
        self, store: Store
    ) -> None:
        both = Party("memory", ADA.tenant, "r1-groups-1.g/2", "permits-group-2", (ADA, BOB))
        alone = replace(both, people=(ADA,))
        await owe(store, an_owed("k1", to=both, about="g2.2"), an_owed("k2", to=alone))
        async with store.reading() as reading:
            one, two = await reading.deliveries("r1")
        assert (one.owed.to, two.owed.to) == (both, alone)
        assert one.lane == two.lane == lane_of(both)
        assert one.lane not in (MAIN_LANE, lane_of(ADA))
        assert await claim(store, "w1") == one.lane
        assert await claim(store, "w2") is None

    async def test_a_lane_is_claimed_when_something_in_it_is_due(self, store: Store) -> None:
        await owe(store, an_owed("k1", 10))
        assert await claim(store, "w1", lesson=9) is None
        assert await claim(store, "w1", lesson=10) == MAIN_LANE
        assert await claim(store, "w2", lesson=10) is None

    async def test_the_lane_due_longest_comes_first_and_posts_before_edits(
        self, store: Store
    ) -> None:
        await owe(store, an_owed("k1"))
        await claim(store, "w1")
        await send(store, "k1")
        await release(store, MAIN_LANE, "w1")
        async with store.transaction() as tx:
            await tx.apply(Changes(dirty_run=a_run().id))
        await owe(store, an_owed("k2", 6, to=ADA), an_owed("k3", 5, to=OTHER))
        assert await claim(store, "w1", lesson=9) == lane_of(OTHER)
        assert await claim(store, "w2", lesson=9) == lane_of(ADA)
        assert await claim(store, "w3", lesson=9) == MAIN_LANE
        assert await claim(store, "w4", lesson=9) is None

    async def test_lanes_of_a_platform_that_has_hands_enough_are_let_be(self, store: Store) -> None:
        other = Place("memory-2", "local", "main")
        await owe(store, an_owed("k1"), an_owed("k2", 1, to=other))
        async with store.reading() as reading:
            assert (await reading.due(without=["memory"])).delivery_at == at(1)
            assert (await reading.due(without=["memory", "memory-2"])).delivery_at is None
        assert await claim(store, "w1", lesson=1, without=["memory", "memory-2"]) is None
        assert await claim(store, "w1", lesson=1, without=["memory"]) == lane_of(other)
        assert await claim(store, "w1", lesson=1) == MAIN_LANE

    async def test_a_lane_rests_until_it_is_free(self, store: Store) -> None:
        await owe(store, an_owed("k1"))
        assert await claim(store, "w1") == MAIN_LANE
        await release(store, MAIN_LANE, "w2")
        assert await claim(store, "w2") is None
        await release(store, MAIN_LANE, "w1", free_at=5)
        assert await claim(store, "w2", seconds=4) is None
        assert await claim(store, "w2", seconds=5) == MAIN_LANE

    async def test_heads_come_by_their_moment_then_in_the_order_of_owing(
        self, store: Store
    ) -> None:
        await owe(store, an_owed("b", 5), an_owed("a", 5), an_owed("c", 1), an_owed("d", 9))
        await claim(store, "w1", lesson=5)
        order = []
        while key := await head(store, lesson=5):
            order.append(key)
            await send(store, key)
        assert order == ["c", "b", "a"]

    async def test_a_delivery_is_ended_by_the_attempt_that_began_it(self, store: Store) -> None:
        await owe(store, an_owed("k1"))
        await claim(store, "w1")
        attempt = await begin(store, "k1", "w1")
        async with store.transaction() as tx:
            assert not await tx.finish("k1", "w2", attempt, "sent", ref=REF)
            assert not await tx.finish("k1", "w1", attempt + 1, "sent", ref=REF)
            assert await tx.finish("k1", "w1", attempt, "waiting", problem="slow\x00")
            assert not await tx.finish("k1", "w1", attempt, "sent", ref=REF)
        again = await begin(store, "k1", "w1")
        assert again == attempt + 1
        async with store.transaction() as tx:
            assert await tx.finish("k1", "w1", again, "sent", ref=REF, sent_at=at(3))
            sent = await tx.delivery_at(REF)
        assert sent is not None
        assert (sent.owed.key, sent.state, sent.ref) == ("k1", "sent", REF)
        assert (sent.sent_at, sent.problem, sent.attempt) == (at(3), "", again)
        assert await begin(store, "k1", "w1") == 0

    async def test_a_dead_owners_delivery_is_found_and_fenced_off(self, store: Store) -> None:
        await owe(store, an_owed("k1"), an_owed("k2"))
        assert await claim(store, "w1") == MAIN_LANE
        old = await begin(store, "k1", "w1")
        assert await claim(store, "w2", seconds=89) is None
        assert await claim(store, "w2", seconds=90) == MAIN_LANE
        async with store.transaction() as tx:
            assert await tx.interrupted(MAIN_LANE, "w1") is None
            left = await tx.interrupted(MAIN_LANE, "w2")
            assert left is not None
            assert left.owed.key == "k1"
            assert await tx.begin("k1", "w1", now=at(90), lease=LEASE) is None
            assert await tx.begin("k2", "w1", now=at(90), lease=LEASE) is None
            taken = await tx.begin("k1", "w2", now=at(90), lease=LEASE)
            assert taken is not None
            assert not await tx.finish("k1", "w1", old, "sent", ref=REF)
            assert await tx.finish("k1", "w2", taken.attempt, "waiting")
            assert await tx.interrupted(MAIN_LANE, "w2") is None

    async def test_beginning_renews_the_lease(self, store: Store) -> None:
        await owe(store, an_owed("k1"))
        await claim(store, "w1")
        await begin(store, "k1", "w1", seconds=60)
        assert await claim(store, "w2", seconds=149) is None
        assert await claim(store, "w2", seconds=150) == MAIN_LANE

    async def test_an_uncertain_delivery_frees_its_lane_and_holds_only_its_thread(
        self, store: Store
    ) -> None:
        reply = an_owed("reply", parent="k1")
        await owe(store, an_owed("k1"), reply, an_owed("k2"))
        await claim(store, "w1")
        assert await head(store) == "k1"
        attempt = await begin(store, "k1", "w1")
        assert await head(store) == "k2"
        async with store.transaction() as tx:
            assert not await tx.settle("k1", "sent", ref=REF)
            await tx.finish("k1", "w1", attempt, "uncertain")
        assert await head(store) == "k2"
        await send(store, "k2", ref=PostRef(MAIN, "p2"))
        await release(store, MAIN_LANE, "w1")
        assert await claim(store, "w1") is None
        assert await due(store) == Due(None, None, None)
        async with store.transaction() as tx:
            assert await tx.settle("k1", "sent", ref=REF)
            assert not await tx.settle("k1", "waiting")
        assert await claim(store, "w1") == MAIN_LANE
        assert await head(store) == "reply"

    async def test_where_a_post_stands_can_be_told_later_and_once(self, store: Store) -> None:
        await owe(store, an_owed("k1", opening="r1-poll-1"))
        await claim(store, "w1")
        attempt = await begin(store, "k1", "w1")
        async with store.transaction() as tx:
            await tx.finish("k1", "w1", attempt, "uncertain")
            assert await tx.settle("k1", "sent")
            assert not await tx.settle("k1", "sent")
            await tx.apply(Changes(dirty=("r1-poll-1",)))
            assert await tx.dirty_post(MAIN_LANE) is None, "nobody knows what to edit"
        await release(store, MAIN_LANE, "w1")
        assert await claim(store, "w1") is None
        async with store.transaction() as tx:
            assert await tx.settle("k1", "sent", ref=REF)
            assert not await tx.settle("k1", "sent", ref=PostRef(MAIN, "p2"))
            assert not await tx.settle("k1", "waiting")
        assert await claim(store, "w1") == MAIN_LANE
        async with store.transaction() as tx:
            post = await tx.dirty_post(MAIN_LANE)
        assert post
        assert (post.state, post.ref) == ("sent", REF)

    @pytest.mark.parametrize(
        ("outcome", "again"), [("failed", True), ("late", False), ("cancelled", False)]
    )
    async def test_only_what_failed_can_be_asked_for_again(
        self, store: Store, outcome: str, again: bool
    ) -> None:
        await owe(store, an_owed("k1"))
        await claim(store, "w1")
        attempt = await begin(store, "k1", "w1")
        async with store.transaction() as tx:
            await tx.finish("k1", "w1", attempt, outcome)  # type: ignore[arg-type]
            assert not await tx.settle("k1", "sent", ref=REF)
            assert await tx.settle("k1", "waiting") == again
        assert await head(store) == ("k1" if again else None)

    @pytest.mark.parametrize("outcome", ["failed", "late", "dropped", "cancelled"])
    async def test_a_reply_goes_on_when_its_post_will_never_be(
        self, store: Store, outcome: str
    ) -> None:
        await owe(store, an_owed("k1"), an_owed("reply", parent="k1"))
        await claim(store, "w1")
        attempt = await begin(store, "k1", "w1")
        async with store.transaction() as tx:
            await tx.finish("k1", "w1", attempt, outcome)  # type: ignore[arg-type]
        assert await head(store) == "reply"

    async def test_a_mark_lasts_until_the_post_is_drawn_again(self, store: Store) -> None:
        await owe(store, an_owed("k1", opening="r1-poll-1"), an_owed("k2"))
        await claim(store, "w1")
        dirty = Changes(dirty=("r1-poll-1",))
        async with store.transaction() as tx:
            await tx.apply(dirty)
            marked = await tx.delivery("k1")
            assert marked
            assert marked.dirty
            assert await tx.dirty_post(MAIN_LANE) is None
            begun = await tx.begin("k1", "w1", now=T0, lease=LEASE)
            assert begun
            assert not begun.dirty
            await tx.apply(dirty)
        async with store.transaction() as tx:
            assert await tx.finish("k1", "w1", begun.attempt, "sent", ref=REF)
            post = await tx.dirty_post(MAIN_LANE)
            assert post
            assert post.owed.key == "k1"
            assert await tx.clean("k1")
            assert not await tx.clean("k1")
            assert await tx.dirty_post(MAIN_LANE) is None
            await tx.soil("k1")
            assert await tx.clean("k1")
            await tx.edited("k1")
            drawn = await tx.delivery("k1")
        assert drawn
        assert (drawn.dirty, drawn.edits) == (False, 1)

    async def test_a_delivery_taken_over_keeps_its_mark(self, store: Store) -> None:
        """What its post shows, if there is one, is older than the mark."""
        await owe(store, an_owed("k1", opening="r1-poll-1"))
        await claim(store, "w1")
        await begin(store, "k1", "w1")
        async with store.transaction() as tx:
            await tx.apply(Changes(dirty=("r1-poll-1",)))
        await claim(store, "w2", seconds=100)
        async with store.transaction() as tx:
            taken = await tx.begin("k1", "w2", now=at(100), lease=LEASE)
        assert taken
        assert taken.dirty

    async def test_a_runs_own_posts_are_marked_apart_from_its_openings(self, store: Store) -> None:
        await owe(store, an_owed("k1", opening="r1-poll-1"), an_owed("k2", to=ADA))
        async with store.transaction() as tx:
            await tx.apply(Changes(dirty_run=a_run().id))
        async with store.transaction() as tx:
            marks = [delivery.dirty for delivery in await tx.deliveries("r1")]
        assert marks == [False, True]

    async def test_closed_openings_are_edited_first_then_what_was_edited_longest_ago(
        self, store: Store
    ) -> None:
        closed = an_opening("r1-poll-2", closed_at=at(9))
        await owe(
            store,
            an_owed("k1", opening="r1-poll-1"),
            an_owed("k2", opening="r1-poll-1"),
            an_owed("k3", opening="r1-poll-2"),
        )
        await claim(store, "w1")
        for n, key in enumerate(("k1", "k2", "k3")):
            await send(store, key, ref=PostRef(MAIN, f"p{n}"))
        order = []
        async with store.transaction() as tx:
            await tx.apply(Changes(openings=(closed,), dirty=("r1-poll-1", "r1-poll-2")))
            for _ in range(5):
                post = await tx.dirty_post(MAIN_LANE)
                assert post
                order.append(post.owed.key)
                await tx.clean(post.owed.key)
                if post.owed.key != "k3":
                    await tx.soil(post.owed.key)
        assert order == ["k3", "k1", "k2", "k1", "k2"]

    async def test_the_next_moments_are_told(self, store: Store) -> None:
        assert await due(store) == Due(None, None, None)
        await owe(store, an_owed("k1", 10), an_owed("k2", 20, to=BOB))
        assert await due(store) == Due(None, at(10), None)
        await claim(store, "w1", lesson=10)
        assert await due(store) == Due(None, at(20), at(90))
        await release(store, MAIN_LANE, "w1", free_at=30)
        assert await due(store) == Due(None, at(20), at(30))
        assert await claim(store, "w1", seconds=30, lesson=10) == MAIN_LANE
        await send(store, "k1")
        await release(store, MAIN_LANE, "w1")
        assert await due(store) == Due(None, at(20), None)
        async with store.transaction() as tx:
            await tx.soil("k1")
        moment = (await due(store)).lane_at
        assert moment
        assert moment <= T0

    async def test_a_moment_that_has_passed_is_told_only_while_there_is_something_to_do(
        self, store: Store
    ) -> None:
        await owe(store, an_owed("k1"), an_owed("k2", 500))
        await claim(store, "w1")
        await send(store, "k1")
        # Now the worker dies: its lease runs out, and nothing is due in its lane.
        assert await claim(store, "w2", seconds=200) is None
        assert await due(store) == Due(None, at(500), None)
        assert await begin(store, "k2", "w1", seconds=200) == 0

    async def test_a_budget_holds_in_every_window(self, store: Store) -> None:
        fast, slow = Rate("a", 2, timedelta(seconds=1)), Rate("b", 3, timedelta(seconds=10))

        async def spend(seconds: float, *rates: Rate) -> float | None:
            async with store.transaction() as tx:
                room = await tx.spend(rates, now=at(seconds))
            return None if room is None else (room - T0).total_seconds()

        assert await spend(0.0, fast, slow) is None
        assert await spend(0.9, fast, slow) is None
        assert await spend(0.95, fast, slow) == 1.0
        assert await spend(1.0, fast, slow) is None
        assert await spend(1.1, fast) == 1.9
        # Where one has no room, none is spent.
        assert await spend(5.0, fast, slow) == 10.0
        assert await spend(5.0, fast) is None
        assert await spend(5.0, fast) is None
        assert await spend(5.0) is None
        assert await spend(5.1, replace(fast, name="c")) is None

    async def test_a_blocked_budget_has_no_room_until_then(self, store: Store) -> None:
        rate = Rate("a", 9, timedelta(seconds=1))
        async with store.transaction() as tx:
            await tx.block([rate], until=at(30))
            await tx.block([rate], until=at(20))
            assert await tx.spend([rate], now=at(29)) == at(30)
            assert await tx.spend([rate], now=at(30)) is None
