"""The part of the store's contract about what is kept and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.chat.address import Person, Place
from bot.chat.text import UserText
from bot.facilitation.changes import Changes
from bot.facilitation.pace import Pace
from bot.facilitation.state import Audit, Given
from bot.service.store import Store
from bot.storage.store import SqlStore
from tests.conformance.values import (
    ADA,
    BOB,
    EVE,
    MAIN,
    T0,
    a_cue,
    a_participant,
    a_response,
    a_run,
    an_opening,
    an_owed,
    at,
)
from tests.strategies import HOSTILE


class KeepsWhatItIsGiven:
    """Runs, cues, openings, people, responses and audits."""

    async def test_a_run_is_found_again_as_it_was_with_its_whole_lesson(self, store: Store) -> None:
        run = a_run(facilitators=(EVE, ADA), seed=2**40, status="paused", paused_at=at(1.000001))
        async with store.transaction() as tx:
            await tx.add_run(run, (a_cue(2, 60), a_cue(1, 30)))
        async with store.reading() as reading:
            assert await reading.run("r1") == run
            assert await reading.cues("r1") == (a_cue(1, 30), a_cue(2, 60))
            assert await reading.run("r2") is None

    @pytest.mark.parametrize(
        "pace",
        [
            None,
            Pace(),
            Pace(time(0), time(23, 59), (0, 6), "US-CA"),
            Pace(time(2, 30), time(2, 31), (5,), "DE"),
        ],
    )
    async def test_a_run_keeps_its_pace_and_so_do_its_changes(
        self, store: Store, pace: Pace | None
    ) -> None:
        run = a_run(pace=pace)
        async with store.transaction() as tx:
            await tx.add_run(run, ())
        changed = replace(run, status="ended", revision=2)
        async with store.transaction() as tx:
            assert await tx.lock_run("r1") == run
            await tx.apply(Changes(run=changed))
        async with store.reading() as reading:
            assert await reading.runs() == (changed,)

    async def test_an_opening_keeps_in_whose_post_it_stands(self, store: Store) -> None:
        """They are read in the order in which they were opened together."""
        lead = an_opening("r1-10-1", activity="talk")
        others = [an_opening(f"r1-{n}-1", activity=f"a{n}", shown_in=lead.id) for n in (0, 2, 11)]
        together = (others[0], others[1], lead, others[2])
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=together))
        async with store.transaction() as tx:
            assert await tx.openings("r1") == together
            assert await tx.hold_opening("r1-2-1") == others[1]
            closed = replace(others[1], closed_at=at(200))
            await tx.apply(Changes(openings=(closed,)))
            assert await tx.opening("r1-2-1") == closed
        assert [each.post for each in together] == [lead.id] * 4

    async def test_runs_are_found_by_channel_and_by_person_latest_first(self, store: Store) -> None:
        elsewhere = Place("memory", "local", "elsewhere")
        first = a_run("r1", facilitators=(EVE,))
        second = a_run("r2", start=at(60), facilitators=(BOB,))
        third = a_run("r3", start=at(90), main=elsewhere, facilitators=(BOB,))
        async with store.transaction() as tx:
            for run in (first, third, second):
                await tx.add_run(run, ())
            await tx.enrol(a_participant("p1", ADA, run="r1"))
            await tx.enrol(a_participant("p2", BOB, run="r1"))
        async with store.reading() as reading:
            assert await reading.runs() == (third, second, first)
            assert await reading.runs_at(replace(MAIN, thread="p7")) == (second, first)
            assert await reading.runs_of(BOB) == (third, second, first)
            assert await reading.runs_of(ADA) == (first,)
            assert await reading.runs_of(Person("memory", "other", "ada")) == ()

    async def test_rehearsals_are_found_until_they_end_latest_first(self, store: Store) -> None:
        going = [a_run(f"r{n}", start=at(n), rehearsal=True) for n in (1, 2)]
        over = a_run("r3", status="ended", rehearsal=True)
        async with store.transaction() as tx:
            for run in (*going, over, a_run("r4")):
                await tx.add_run(run, ())
        async with store.transaction() as tx:
            assert await tx.rehearsals() == (going[1], going[0])
            await tx.apply(Changes(run=replace(going[1], status="ended")))
        async with store.reading() as reading:
            assert await reading.rehearsals() == (going[0],)

    async def test_a_run_is_changed_and_keeps_its_lesson(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
        changed = a_run(status="ended", ended_at=at(9), revision=4, facilitators=(BOB, EVE))
        async with store.transaction() as tx:
            await tx.apply(Changes(run=changed))
            assert await tx.run("r1") == changed
        async with store.reading() as reading:
            assert await reading.runs_of(EVE) == (changed,)

    async def test_an_exception_leaves_nothing_behind(self, store: Store) -> None:
        async def fail() -> None:
            async with store.transaction() as tx:
                await tx.add_run(a_run(), (a_cue(1, 0),))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        async with store.reading() as reading:
            assert await reading.runs() == ()

    async def test_cues_stand_in_place_of_those_with_their_number(self, store: Store) -> None:
        moved = a_cue(1, 90, phase="Engage")
        async with store.transaction() as tx:
            await tx.add_run(a_run(), (a_cue(1, 30), a_cue(2, 60)))
            await tx.apply(Changes(cues=(moved, a_cue(3, 120))))
            assert await tx.cues("r1") == (moved, a_cue(2, 60), a_cue(3, 120))

    async def test_only_waiting_cues_of_live_runs_are_due(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.add_run(a_run("r1"), (a_cue(1, 50),))
            await tx.add_run(a_run("r2"), (a_cue(1, 40, run="r2"), a_cue(2, 41, run="r2")))
            await tx.add_run(a_run("r3", status="paused"), (a_cue(1, 1, run="r3"),))
            await tx.add_run(a_run("r4", status="ended"), (a_cue(1, 2, run="r4"),))
            await tx.add_run(a_run("r5"), (a_cue(1, 3, run="r5", state="done"),))
        async with store.reading() as reading:
            assert await reading.runs_with_due_cues(at(39)) == ()
            assert await reading.runs_with_due_cues(at(60)) == ("r2", "r1")
            assert (await reading.due()).cue_at == at(40)

    async def test_a_cancelled_cue_takes_its_waiting_messages_with_it(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), (a_cue(1, 30), a_cue(2, 60)))
            await tx.apply(Changes(owed=(an_owed("k1", cue=1), an_owed("k2", cue=2))))
            await tx.apply(Changes(cues=(a_cue(1, 30, state="cancelled"),)))
            states = [delivery.state for delivery in await tx.deliveries("r1")]
        assert states == ["cancelled", "waiting"]

    async def test_what_is_closed_stays_closed_as_of_the_first_time(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))
            await tx.apply(Changes(openings=(an_opening(closes_at=at(400)),)))
            assert await tx.opening("r1-poll-1") == an_opening(closes_at=at(400))
            closed = an_opening(closes_at=at(400), closed_at=at(200))
            await tx.apply(Changes(openings=(closed,)))
            await tx.apply(Changes(openings=(an_opening(closed_at=at(250)),)))
            await tx.apply(Changes(openings=(an_opening(),)))
            assert await tx.hold_opening("r1-poll-1") == closed
            again = an_opening("r1-poll-2", n=2, opened_at=at(300))
            await tx.apply(Changes(openings=(again,)))
            assert await tx.openings("r1") == (closed, again)

    async def test_a_person_is_one_participant_of_a_run(self, store: Store) -> None:
        ada, bob = a_participant("p1", ADA), a_participant("p2", BOB)
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            assert await tx.enrol(ada) == ada
            assert await tx.enrol(bob) == bob
            assert await tx.enrol(replace(ada, id="p3", name=UserText("Ada II"))) == ada
            left = replace(ada, name=UserText("Ada II"), left_at=at(5))
            await tx.rename(left)
            assert await tx.participant("r1", ADA) == left
            assert await tx.participant("r2", ADA) is None
            assert await tx.participants("r1") == (left, bob)

    async def test_the_newest_response_stands_and_every_version_is_kept(self, store: Store) -> None:
        """A: an older one that arrives late is an earlier version. B: so is it in one go."""
        old, new = a_response("p1", 10, "a", "e1"), a_response("p1", 20, "b", "e2")
        other = a_response("p2", 15, "c", "e3")
        for responses in (((new,), (old,)), ((new, old, other),)):
            async with store.transaction() as tx:
                if await tx.run("r1") is None:
                    await tx.add_run(a_run(), ())
                for together in responses:
                    await tx.apply(Changes(responses=together))
        async with store.reading() as reading:
            assert await reading.responses("r1-poll-1") == (new, other)
            assert await reading.responses_of("r1-poll-1", "p1") == (new,)
            assert await reading.versions("r1") == (old, other, new)
            assert await reading.versions("r2") == ()

    async def test_of_two_responses_of_one_moment_the_greater_event_stands(
        self, store: Store
    ) -> None:
        first, second = a_response("p1", 10, "a", "A1"), a_response("p1", 10, "b", "a1")
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(responses=(second,)))
            await tx.apply(Changes(responses=(first,)))
            assert await tx.responses("r1-poll-1") == (second,)

    async def test_a_withdrawn_response_stands_as_withdrawn(self, store: Store) -> None:
        given = a_response("p1", 10, "a", "e1")
        withdrawn = replace(given, at=at(20), event="e2", given=None, late=True)
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(responses=(given,)))
            await tx.apply(Changes(responses=(withdrawn,)))
            assert await tx.responses("r1-poll-1") == (withdrawn,)

    async def test_words_are_kept_to_the_letter(self, store: Store) -> None:
        every = [UserText(text) for text in HOSTILE]
        responses = tuple(
            a_response("p1", n, "", f"e{n}", item=f"q{n:03}", given=Given(("a", "b"), words))
            for n, words in enumerate(every)
        )
        names = [a_participant(f"p{n}", Person("memory", "local", f"u{n}")) for n in range(90)]
        named = [replace(who, name=words) for who, words in zip(names, every, strict=False)]
        async with store.transaction() as tx:
            await tx.add_run(a_run(pause_reason=HOSTILE[-3]), ())
            await tx.apply(Changes(responses=responses))
            for who in named:
                await tx.enrol(who)
        async with store.reading() as reading:
            assert await reading.responses("r1-poll-1") == responses
            assert list(await reading.participants("r1")) == named

    async def test_audits_are_kept_in_order(self, store: Store) -> None:
        audits = tuple(Audit("r1", at(-n), "cli", f"pause \x00 {n}", n) for n in range(3))
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(audits=audits))
            assert await tx.audits("r1") == audits

    async def test_an_event_is_new_once(self, store: Store) -> None:
        async with store.transaction() as tx:
            assert not await tx.heard("t1", "e1")
            assert await tx.first_time("t1", "e1", at=T0)
            assert await tx.heard("t1", "e1")
            assert not await tx.first_time("t1", "e1", at=T0)
            assert await tx.first_time("t2", "e1", at=T0)

    async def test_events_heard_long_ago_are_forgotten_nightly(self, store: SqlStore) -> None:
        async with store.transaction() as tx:
            await tx.first_time("t1", "old", at=at(0))
            await tx.first_time("t1", "new", at=at(10))
        assert await store.prune(at(10)) == 1
        async with store.reading() as reading:
            assert not await reading.heard("t1", "old")
            assert await reading.heard("t1", "new")

    async def test_a_naive_moment_is_refused(self, store: Store) -> None:
        with pytest.raises(Exception, match="without a time zone"):
            async with store.transaction() as tx:
                await tx.add_run(a_run(start=T0.replace(tzinfo=None)), ())
