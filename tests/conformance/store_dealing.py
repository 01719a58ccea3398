"""The part of the store's contract about what was dealt, given for a group, and told of a part."""

from __future__ import annotations

from dataclasses import replace

from bot.facilitation.changes import Changes
from bot.facilitation.state import Given
from bot.service.store import Store
from tests.conformance.values import (
    ADA,
    BOB,
    EVE,
    a_response,
    a_run,
    an_assignment,
    an_opening,
    an_owed,
    at,
)

OTHER = "r1-poll-2"


class KeepsWhatIsDealt:
    """Assignments, group answers, and the marks of messages about a part of an opening."""

    async def test_what_was_dealt_is_read_in_the_order_of_dealing(self, store: Store) -> None:
        """Together with others' by the moment, then by person and number; one's own by number."""
        first = (an_assignment("p2", 1, "p1"), an_assignment("p2", 2, "p3"))
        second = (an_assignment("p1", 10, "p2", seconds=5), an_assignment("p1", 9, "p3", seconds=5))
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(), an_opening(OTHER, n=2))))
            await tx.apply(Changes(assignments=second))
            elsewhere = an_assignment("p1", 1, "p9", opening=OTHER)
            await tx.apply(Changes(assignments=(*first, elsewhere)))
            assert await tx.assignments("r1-poll-1") == (*first, second[1], second[0])
        async with store.reading() as reading:
            assert await reading.assignments("r1-poll-1") == (*first, second[1], second[0])
            assert await reading.assignments_of("r1-poll-1", "p1") == (second[1], second[0])
            assert await reading.assignments_of("r1-poll-1", "p9") == ()
            assert await reading.assignments(OTHER) == (elsewhere,)
            assert await reading.assignments("r1-poll-3") == ()

    async def test_the_state_of_what_was_dealt_changes_and_nothing_else_of_it(
        self, store: Store
    ) -> None:
        """What stands behind somebody's number never becomes another's work."""
        one, two = an_assignment("p1", 1, "p2"), an_assignment("p1", 2, "p3")
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),), assignments=(one, two)))
        for state in ("lapsed", "dropped", "held", "dropped"):
            async with store.transaction() as tx:
                changed = replace(one, state=state, what="p9", at=at(99))
                await tx.apply(Changes(assignments=(changed,)))
            async with store.reading() as reading:
                kept = await reading.assignments("r1-poll-1")
            assert kept == (replace(one, state=state), two)

    async def test_what_was_dealt_in_a_transaction_that_fails_was_not(self, store: Store) -> None:
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            await tx.apply(Changes(openings=(an_opening(),)))
        try:
            async with store.transaction() as tx:
                await tx.apply(Changes(assignments=(an_assignment("p1", 1, "p2"),)))
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        async with store.reading() as reading:
            assert await reading.assignments("r1-poll-1") == ()

    async def test_who_gave_something_for_a_group_is_kept_with_every_version(
        self, store: Store
    ) -> None:
        """An older one that arrives late changes nothing of who wrote what stands."""
        old = a_response("g1", 10, "", "e1", item="text", given=Given(("a",)), by="p1")
        new = replace(old, at=at(20), event="e2", by="p2")
        newest = replace(old, at=at(30), event="e3", by="", given=None)
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            for response in (new, old):
                await tx.apply(Changes(responses=(response,)))
            assert await tx.responses_of("r1-poll-1", "g1") == (new,)
            await tx.apply(Changes(responses=(newest,)))
        async with store.reading() as reading:
            assert await reading.responses("r1-poll-1") == (newest,)
            assert [version.by for version in await reading.versions("r1")] == ["p1", "p2", ""]

    async def test_a_message_about_a_part_is_marked_by_that_and_by_nothing_else(
        self, store: Store
    ) -> None:
        owed = (
            an_owed("post", opening="r1-poll-1"),
            an_owed("p1", opening="r1-poll-1", to=ADA, about="p1"),
            an_owed("p1-too", opening="r1-poll-1", to=BOB, about="p1"),
            an_owed("p2", opening="r1-poll-1", to=EVE, about="p2"),
            an_owed("other", opening=OTHER, to=ADA, about="p1"),
            an_owed("panel", to=EVE),
        )
        marks = {
            Changes(dirty=("r1-poll-1",)): {"post"},
            Changes(dirty_about=(("r1-poll-1", "p1"),)): {"p1", "p1-too"},
            Changes(dirty_about=((OTHER, "p1"), ("r1-poll-1", "p2"))): {"other", "p2"},
            Changes(dirty_about=(("r1-poll-1", "p9"), ("r1-poll-9", "p1"))): set(),
            Changes(dirty_run="r1"): {"panel"},
            Changes(dirty=("r1-poll-1",), dirty_about=((OTHER, "p1"),)): {"post", "other"},
        }
        async with store.transaction() as tx:
            await tx.add_run(a_run(), ())
            openings = (an_opening(), an_opening(OTHER, n=2))
            await tx.apply(Changes(openings=openings, owed=owed))
            assert [d.owed for d in await tx.deliveries("r1")] == list(owed)
        for changes, expected in marks.items():
            async with store.transaction() as tx:
                await tx.apply(changes)
                seen = {d.owed.key for d in await tx.deliveries("r1") if d.dirty}
                assert seen == expected
            async with store.transaction() as tx:
                kept = {d.owed.key for d in await tx.deliveries("r1") if d.dirty}
                assert kept == expected
                for key in kept:
                    await tx.clean(key)
