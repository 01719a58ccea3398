"""The part of the store's contract about many who act at once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from bot.chat.address import Place, PostRef
from bot.facilitation.changes import Changes
from bot.service.store import Store
from bot.storage.store import SqlStore
from tests.conformance.values import LEASE, T0, a_response, a_run, an_opening, an_owed, at, lane_of

VOTERS = 60


class SettlesRaces:
    """What many processes, and many tasks of one, rely on."""

    async def test_what_was_accepted_before_closing_is_what_counts(self, store: Store) -> None:
        accepted = 0

        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))

        async def vote(number: int) -> None:
            nonlocal accepted
            await asyncio.sleep(random.Random(number).random() * 0.05)
            async with store.transaction() as tx:
                opening = await tx.hold_opening("r1-poll-1")
                assert opening
                if not opening.is_open:
                    return
                response = a_response(f"p{number}", 1, "a", f"e{number}")
                await tx.apply(Changes(responses=(response,), dirty=(opening.id,)))
            accepted += 1

        async def close() -> int:
            await asyncio.sleep(0.02)
            async with store.transaction() as tx:
                await tx.apply(Changes(openings=(an_opening(closed_at=at(60)),)))
                return len(await tx.responses("r1-poll-1"))

        tallied, *_ = await asyncio.gather(close(), *(vote(n) for n in range(VOTERS)))
        async with store.reading() as reading:
            assert len(await reading.responses("r1-poll-1")) == tallied == accepted

    async def test_a_lane_is_never_with_two_workers(self, store: Store) -> None:
        places = [Place("memory", "local", f"c{n}") for n in range(5)]
        owed = [an_owed(f"k{n}", to=places[n % 5]) for n in range(40)]
        sent: dict[str, list[str]] = {lane_of(place): [] for place in places}
        held: Counter[str] = Counter()
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(owed=tuple(owed)))

        async def work(owner: str) -> None:
            while True:
                async with store.transaction() as tx:
                    lane = await tx.claim_lane(owner, lesson_now=T0, now=T0, lease=LEASE)
                if lane is None:
                    async with store.reading() as reading:
                        if (await reading.due()).delivery_at is None:
                            return
                    await asyncio.sleep(0)
                    continue
                held[lane] += 1
                assert held[lane] == 1
                async with store.transaction() as tx:
                    head = await tx.head(lane, lesson_now=T0)
                    assert head
                    begun = await tx.begin(head.owed.key, owner, now=T0, lease=LEASE)
                    assert begun
                await asyncio.sleep(0)
                sent[lane].append(begun.owed.key)
                ref = PostRef(places[0], begun.owed.key)
                held[lane] -= 1
                async with store.transaction() as tx:
                    assert await tx.finish(begun.owed.key, owner, begun.attempt, "sent", ref=ref)
                    await tx.release_lane(lane, owner)

        async with asyncio.timeout(30):
            await asyncio.gather(*(work(f"w{n}") for n in range(4)))
        assert sent == {
            lane_of(place): [one.key for one in owed if one.to == place] for place in places
        }

    async def test_a_reading_is_of_one_moment(self, store: Store) -> None:
        async with store.reading() as reading:
            assert await reading.runs() == ()
            async with store.transaction() as tx:
                await tx.add_run(a_run(), ())
            assert await reading.runs() == ()
        async with store.reading() as reading:
            assert await reading.runs() == (a_run(),)

    async def test_an_event_heard_by_two_at_once_is_new_to_one(self, store: Store) -> None:
        async def hear() -> bool:
            async with store.transaction() as tx:
                return await tx.first_time("t", "e", at=T0)

        assert sorted(await asyncio.gather(*(hear() for _ in range(6)))) == [False] * 5 + [True]

    async def test_a_mark_set_while_the_post_is_drawn_is_not_lost(self, store: Store) -> None:
        """Cleaning waits for whoever is just recording, and sees what they recorded."""
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(
                Changes(openings=(an_opening(),), owed=(an_owed("k1", opening="r1-poll-1"),))
            )
            await tx.claim_lane("w1", lesson_now=T0, now=T0, lease=LEASE)
            begun = await tx.begin("k1", "w1", now=T0, lease=LEASE)
            assert begun
            place = Place("memory", "local", "main")
            await tx.finish("k1", "w1", begun.attempt, "sent", ref=PostRef(place, "p"))
        shown = 0

        async def vote(number: int) -> None:
            async with store.transaction() as tx:
                response = a_response(f"p{number}", 1, "a", f"e{number}")
                await tx.apply(Changes(responses=(response,), dirty=("r1-poll-1",)))

        async def draw() -> None:
            nonlocal shown
            async with store.transaction() as tx:
                if await tx.clean("k1"):
                    shown = len(await tx.responses("r1-poll-1"))

        async def keep_drawing() -> None:
            for _ in range(30):
                await draw()
                await asyncio.sleep(0)

        await asyncio.gather(keep_drawing(), *(vote(n) for n in range(30)))
        await draw()
        assert shown == 30

    async def test_voting_closing_and_drawing_never_wait_in_a_circle(self, store: Store) -> None:
        openings = [f"o{n}" for n in range(4)]
        posts = [f"k{n}" for n in range(8)]
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            owed = [an_owed(key, opening=openings[n % 4]) for n, key in enumerate(posts)]
            panel = an_owed("panel", to=a_run().facilitators[0])
            await tx.apply(Changes(openings=tuple(map(an_opening, openings)), owed=(*owed, panel)))
            await tx.claim_lane("w1", lesson_now=T0, now=T0, lease=LEASE)
            for key in posts:
                begun = await tx.begin(key, "w1", now=T0, lease=LEASE)
                assert begun
                ref = PostRef(a_run().main, key)
                await tx.finish(key, "w1", begun.attempt, "sent", ref=ref)

        async def vote(chance: random.Random, event: str) -> None:
            async with store.transaction() as tx:
                await tx.apply(Changes(dirty_run="r1"))
                for opening in sorted(chance.sample(openings, 3)):
                    await tx.hold_opening(opening)
                    response = a_response("p1", 1, "a", event, opening=opening)
                    await tx.apply(Changes(responses=(response,), dirty=(opening,)))

        async def move_deadline(chance: random.Random) -> None:
            async with store.transaction() as tx:
                await tx.lock_run("r1")
                moved = an_opening(chance.choice(openings), closes_at=at(chance.random()))
                await tx.apply(Changes(openings=(moved,), dirty=(moved.id,), dirty_run="r1"))

        async def draw(chance: random.Random) -> None:
            for _ in range(15):
                async with store.transaction() as tx:
                    await tx.edited(chance.choice(posts))
                    if post := await tx.dirty_post(lane_of(a_run().main)):
                        await tx.clean(post.owed.key)

        for turn in range(6):
            chance = random.Random(turn)
            await asyncio.gather(
                *(vote(chance, f"e{turn}-{n}") for n in range(8)),
                *(move_deadline(chance) for _ in range(3)),
                draw(chance),
            )

    async def test_whoever_waits_is_woken_when_there_is_something_to_do(
        self, store: SqlStore
    ) -> None:
        woken = 0

        def wake() -> None:
            nonlocal woken
            woken += 1

        store.on_change(wake)
        if store.wakeups.crosses_processes:
            await store.wakeups.connected.wait()
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
        before = woken
        async with store.transaction() as tx:
            await tx.apply(Changes(responses=(a_response("p1", 1, "a", "e1"),)))
            await tx.first_time("t", "e", at=T0)
        async with store.transaction() as tx:
            await tx.block([], until=T0 + timedelta(1))
        assert woken == before
        async with store.transaction() as tx:
            await tx.apply(Changes(owed=(an_owed("k1"),)))
        assert woken == before + 1

        async def fail() -> None:
            async with store.transaction() as tx:
                await tx.apply(Changes(owed=(an_owed("k2"),)))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert woken == before + 1
