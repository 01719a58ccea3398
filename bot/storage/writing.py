"""What can be written: the rest of `Transaction`, beside what sending uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Table, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Recipient
from bot.chat.platform import Rate
from bot.facilitation.changes import Changes
from bot.facilitation.state import Assignment, Cue, Opening, Owed, Participant, Response, Run
from bot.storage import budgets, rows
from bot.storage.engine import insert
from bot.storage.lanes import SqlLanes
from bot.storage.reading import Lessons
from bot.storage.tables import (
    assignments,
    audits,
    cues,
    deliveries,
    facilitators,
    heard,
    in_state,
    lanes,
    lessons,
    openings,
    participants,
    response_versions,
    responses,
    runs,
)

LaneOf = Callable[[Recipient], str]


class SqlTransaction(SqlLanes):
    """Implements `bot.service.store.Transaction`, which says what each method promises."""

    def __init__(self, connection: AsyncConnection, lessons: Lessons, lane_of: LaneOf) -> None:
        super().__init__(connection, lessons)
        self._lane_of = lane_of

    async def lock_run(self, run: str, *, wait: bool = True) -> Run | None:
        # Not the strongest lock: what others record about the run refers to its row.
        row = await self._first(
            select(runs)
            .where(runs.c.id == run)
            .with_for_update(key_share=True, skip_locked=not wait)
        )
        return await self._run_of(row) if row else None

    async def spend(self, rates: Sequence[Rate], *, now: datetime) -> datetime | None:
        return await budgets.spend(self._connection, rates, now)

    async def block(self, rates: Sequence[Rate], *, until: datetime) -> None:
        await budgets.block(self._connection, rates, until)

    async def first_time(self, tenant: str, event: str, *, at: datetime) -> bool:
        return await self._changed(
            insert(self._connection, heard)
            .values(tenant=tenant, event=event, at=at)
            .on_conflict_do_nothing()
        )

    async def hold_opening(self, opening: str) -> Opening | None:
        row = await self._first(
            select(openings).where(openings.c.id == opening).with_for_update(read=True)
        )
        return rows.opening_of(row) if row else None

    async def enrol(self, participant: Participant) -> Participant:
        await self._connection.execute(
            insert(self._connection, participants)
            .values(rows.participant_values(participant))
            .on_conflict_do_nothing(index_elements=["run", "person"])
        )
        enrolled = await self.participant(participant.run, participant.person)
        return enrolled or participant

    async def rename(self, participant: Participant) -> None:
        await self._connection.execute(
            update(participants)
            .where(participants.c.id == participant.id)
            .values(name=participant.name.text, left_at=participant.left_at)
        )

    async def add_run(self, run: Run, cues: Sequence[Cue]) -> None:
        """As promised; raises ValueError for a lesson without its hash."""
        await self._keep_lesson(run)
        await self._connection.execute(runs.insert(), rows.run_values(run))
        await self._insert(facilitators, rows.facilitator_values(run))
        await self._keep_cues(cues)
        self.gives_work = True

    async def apply(self, changes: Changes) -> None:
        """As promised. A cue that is cancelled takes its waiting deliveries with it."""
        if changes.run:
            await self._keep_run(changes.run)
        await self._keep_cues(changes.cues)
        await self._keep_openings(changes.openings)
        await self._keep_responses(changes.responses)
        await self._keep_assignments(changes.assignments)
        await self._owe(changes.owed)
        await self._insert(audits, [rows.audit_values(audit) for audit in changes.audits])
        runs_ = (changes.dirty_run,) if changes.dirty_run else ()
        self.mark_dirty(changes.dirty, runs_, changes.dirty_about)
        self.gives_work |= bool(
            changes.run
            or changes.cues
            or changes.openings
            or changes.owed
            or changes.dirty
            or changes.dirty_about
            or changes.dirty_run
        )

    async def _insert(self, table: Table, values: Sequence[rows.Values]) -> None:
        if values:
            await self._connection.execute(table.insert(), values)

    async def _keep_lesson(self, run: Run) -> None:
        if not run.lesson.hash:
            raise ValueError("a lesson is kept under its hash, and this one has none")
        known = select(lessons.c.hash).where(lessons.c.hash == run.lesson.hash)
        if await self._value(known) is None:
            await self._connection.execute(
                insert(self._connection, lessons)
                .values(hash=run.lesson.hash, json=run.lesson.to_json())
                .on_conflict_do_nothing()
            )

    async def _keep_run(self, run: Run) -> None:
        values = rows.run_values(run)
        await self._keep_lesson(run)
        await self._connection.execute(update(runs).where(runs.c.id == run.id).values(values))
        before = await self._all(
            select(facilitators)
            .where(facilitators.c.run == run.id)
            .order_by(facilitators.c.position)
        )
        after = rows.facilitator_values(run)
        if [dict(row) for row in before] != after:
            await self._connection.execute(delete(facilitators).where(facilitators.c.run == run.id))
            await self._insert(facilitators, after)

    async def _keep_cues(self, changed: Iterable[Cue]) -> None:
        values = [rows.cue_values(cue) for cue in changed]
        if not values:
            return
        keep = insert(self._connection, cues)
        await self._connection.execute(
            keep.on_conflict_do_update(
                index_elements=["run", "seq"],
                set_={name: keep.excluded[name] for name in values[0]},
            ),
            values,
        )
        for cue in (cue for cue in changed if cue.state == "cancelled"):
            await self._connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.run == cue.run,
                    deliveries.c.cue == cue.seq,
                    in_state(deliveries, "waiting"),
                )
                .values(state="cancelled")
            )

    async def _keep_openings(self, changed: Iterable[Opening]) -> None:
        values = [rows.opening_values(opening) for opening in changed]
        if not values:
            return
        keep = insert(self._connection, openings)
        # What is closed stays so, as of when it was closed first.
        await self._connection.execute(
            keep.on_conflict_do_update(
                index_elements=["id"],
                set_={name: keep.excluded[name] for name in ("closes_at", "closed_at")},
                where=openings.c.closed_at.is_(None),
            ),
            values,
        )

    async def _keep_responses(self, given: Iterable[Response]) -> None:
        # In one order, so that two transactions never wait for each other.
        versions = sorted(given, key=lambda r: (r.opening, r.owner, r.item, r.at, r.event))
        if not versions:
            return
        values = [rows.response_values(version) for version in versions]
        await self._connection.execute(
            insert(self._connection, response_versions).on_conflict_do_nothing(
                index_elements=["opening", "owner", "item", "event"]
            ),
            values,
        )
        keep = insert(self._connection, responses)
        newer = tuple_(keep.excluded.at, keep.excluded.event) > tuple_(
            responses.c.at, responses.c.event
        )
        await self._connection.execute(
            keep.on_conflict_do_update(
                index_elements=["opening", "owner", "item"],
                set_={name: keep.excluded[name] for name in ("at", "given", "event", "late", "by")},
                where=newer,
            ),
            values,
        )

    async def _keep_assignments(self, dealt: Iterable[Assignment]) -> None:
        values = [rows.assignment_values(one) for one in dealt]
        if values:
            keep = insert(self._connection, assignments)
            await self._connection.execute(
                keep.on_conflict_do_update(
                    index_elements=["opening", "who", "n"], set_={"state": keep.excluded.state}
                ),
                values,
            )

    async def _owe(self, owed: Iterable[Owed]) -> None:
        values = [rows.delivery_values(one, self._lane_of(one.to)) for one in owed]
        if not values:
            return
        names = sorted({value["lane"] for value in values})
        await self._connection.execute(
            insert(self._connection, lanes).on_conflict_do_nothing(),
            [rows.lane_values(name) for name in names],
        )
        await self._connection.execute(
            insert(self._connection, deliveries).on_conflict_do_nothing(index_elements=["key"]),
            values,
        )
