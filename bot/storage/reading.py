"""What can be asked of the database: `Reading`, statement by statement."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, RowMapping, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from bot.chat.address import Person, Place, PostRef
from bot.facilitation.state import Assignment, Audit, Cue, Opening, Participant, Response, Run
from bot.lessons.lesson import Lesson
from bot.service.store import Delivery, Due
from bot.storage import rows
from bot.storage.tables import (
    EPOCH,
    assignments,
    audits,
    cues,
    deliveries,
    facilitators,
    heard,
    in_state,
    is_going_rehearsal,
    is_pending,
    is_stale,
    lanes,
    lessons,
    openings,
    participants,
    response_versions,
    responses,
    runs,
)


def is_live(run: ColumnElement[str]) -> ColumnElement[bool]:
    """That the run of this id is neither paused nor ended."""
    return (
        select(runs.c.id)
        .where(runs.c.id == run, runs.c.status.in_(("scheduled", "running")))
        .exists()
    )


def is_held(delivery: FromClause) -> ColumnElement[bool]:
    """That a reply waits until it is known what became of the post that its thread hangs on."""
    parent = deliveries.alias()
    undecided = in_state(parent, "waiting", "sending", "uncertain")
    return and_(
        delivery.c.parent != "",
        select(parent.c.id).where(parent.c.key == delivery.c.parent, undecided).exists(),
    )


def is_sendable(delivery: FromClause) -> ColumnElement[bool]:
    """That a delivery is to be sent in its time, or was being sent when its worker was lost."""
    return and_(is_pending(delivery), or_(in_state(delivery, "sending"), ~is_held(delivery)))


def is_of_others(lane: ColumnElement[str], without: Collection[str]) -> list[ColumnElement[bool]]:
    """That the lane of this id is of none of these platforms: all of it has to hold."""
    return [~lane.startswith(f"{name}/", autoescape=True) for name in sorted(without)]


class Lessons:
    """Lessons already read, by hash: the few that run now."""

    SIZE = 16

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Lesson] = OrderedDict()

    async def get(self, connection: AsyncConnection, hash_: str) -> Lesson:
        """The lesson of this hash, read from the database if it was not of late."""
        lesson = self._kept.get(hash_)
        if lesson is None:
            found = await connection.execute(select(lessons.c.json).where(lessons.c.hash == hash_))
            lesson = Lesson.from_json(found.scalar_one())
            self._kept[hash_] = lesson
            if len(self._kept) > self.SIZE:
                self._kept.popitem(last=False)
        self._kept.move_to_end(hash_)
        return lesson


class SqlReading:
    """Implements `bot.service.store.Reading`, which says what each method promises."""

    def __init__(self, connection: AsyncConnection, lessons: Lessons) -> None:
        self._connection = connection
        self._lessons = lessons

    def _delivery_of(self, row: RowMapping) -> Delivery:
        return rows.delivery_of(row)

    async def _all(self, statement: Executable) -> list[RowMapping]:
        return list((await self._connection.execute(statement)).mappings())

    async def _first(self, statement: Executable) -> RowMapping | None:
        return (await self._connection.execute(statement)).mappings().first()

    async def _value(self, statement: Executable) -> Any:
        return (await self._connection.execute(statement)).scalar()

    async def _runs(self, which: ColumnElement[bool] | None = None) -> tuple[Run, ...]:
        latest_first = select(runs).order_by(runs.c.start.desc(), runs.c.id)
        found = await self._all(latest_first if which is None else latest_first.where(which))
        return tuple([await self._run_of(row) for row in found])

    async def _run_of(self, row: RowMapping) -> Run:
        persons = await self._connection.execute(
            select(facilitators.c.person)
            .where(facilitators.c.run == row["id"])
            .order_by(facilitators.c.position)
        )
        lesson = await self._lessons.get(self._connection, row["lesson"])
        return rows.run_of(row, lesson, persons.scalars().all())

    async def run(self, run: str) -> Run | None:
        row = await self._first(select(runs).where(runs.c.id == run))
        return await self._run_of(row) if row else None

    async def runs(self) -> tuple[Run, ...]:
        return await self._runs()

    async def runs_at(self, place: Place) -> tuple[Run, ...]:
        return await self._runs(runs.c.channel == str(place.root))

    async def runs_of(self, person: Person) -> tuple[Run, ...]:
        takes_part = select(participants.c.run).where(participants.c.person == str(person))
        facilitates = select(facilitators.c.run).where(facilitators.c.person == str(person))
        return await self._runs(runs.c.id.in_(takes_part.union(facilitates)))

    async def rehearsals(self) -> tuple[Run, ...]:
        return await self._runs(is_going_rehearsal(runs))

    async def cues(self, run: str) -> tuple[Cue, ...]:
        found = await self._all(select(cues).where(cues.c.run == run).order_by(cues.c.seq))
        return tuple(map(rows.cue_of, found))

    async def opening(self, opening: str) -> Opening | None:
        row = await self._first(select(openings).where(openings.c.id == opening))
        return rows.opening_of(row) if row else None

    async def openings(self, run: str) -> tuple[Opening, ...]:
        found = await self._all(
            select(openings)
            .where(openings.c.run == run)
            .order_by(openings.c.opened_at, openings.c.number)
        )
        return tuple(map(rows.opening_of, found))

    async def participant(self, run: str, person: Person) -> Participant | None:
        row = await self._first(
            select(participants).where(
                participants.c.run == run, participants.c.person == str(person)
            )
        )
        return rows.participant_of(row) if row else None

    async def participants(self, run: str) -> tuple[Participant, ...]:
        found = await self._all(
            select(participants)
            .where(participants.c.run == run)
            .order_by(participants.c.joined_at, participants.c.number)
        )
        return tuple(map(rows.participant_of, found))

    async def responses(self, opening: str) -> tuple[Response, ...]:
        found = await self._all(
            select(responses)
            .where(responses.c.opening == opening)
            .order_by(responses.c.owner, responses.c.item)
        )
        return tuple(map(rows.response_of, found))

    async def responses_of(self, opening: str, owner: str) -> tuple[Response, ...]:
        found = await self._all(
            select(responses)
            .where(responses.c.opening == opening, responses.c.owner == owner)
            .order_by(responses.c.item)
        )
        return tuple(map(rows.response_of, found))

    async def assignments(self, opening: str) -> tuple[Assignment, ...]:
        found = await self._all(
            select(assignments)
            .where(assignments.c.opening == opening)
            .order_by(assignments.c.at, assignments.c.who, assignments.c.n)
        )
        return tuple(map(rows.assignment_of, found))

    async def assignments_of(self, opening: str, who: str) -> tuple[Assignment, ...]:
        found = await self._all(
            select(assignments)
            .where(assignments.c.opening == opening, assignments.c.who == who)
            .order_by(assignments.c.n)
        )
        return tuple(map(rows.assignment_of, found))

    async def versions(self, run: str) -> tuple[Response, ...]:
        v = response_versions.c
        found = await self._all(
            select(response_versions).where(v.run == run).order_by(v.at, v.event, v.number)
        )
        return tuple(map(rows.response_of, found))

    async def delivery(self, key: str) -> Delivery | None:
        row = await self._first(select(deliveries).where(deliveries.c.key == key))
        return self._delivery_of(row) if row else None

    async def delivery_at(self, ref: PostRef) -> Delivery | None:
        row = await self._first(select(deliveries).where(deliveries.c.ref == str(ref)))
        return self._delivery_of(row) if row else None

    async def deliveries(self, run: str) -> tuple[Delivery, ...]:
        found = await self._all(
            select(deliveries).where(deliveries.c.run == run).order_by(deliveries.c.id)
        )
        return tuple(map(self._delivery_of, found))

    async def audits(self, run: str) -> tuple[Audit, ...]:
        found = await self._all(select(audits).where(audits.c.run == run).order_by(audits.c.number))
        return tuple(map(rows.audit_of, found))

    async def runs_with_due_cues(self, at: datetime) -> tuple[str, ...]:
        due = (
            select(cues.c.run)
            .where(in_state(cues, "waiting"), cues.c.at <= at, is_live(cues.c.run))
            .group_by(cues.c.run)
            .order_by(func.min(cues.c.at), cues.c.run)
        )
        return tuple((await self._connection.execute(due)).scalars())

    async def heard(self, tenant: str, event: str) -> bool:
        known = select(heard.c.at).where(heard.c.tenant == tenant, heard.c.event == event)
        return await self._value(known) is not None

    async def due(self, *, without: Collection[str] = ()) -> Due:
        """As promised. A lane at rest counts by its deliveries' moments, a busy one by its own:
        until it is free there is nothing to do about what is due in it."""
        stale_at_rest = await self._value(stale_lane_at_rest(without))
        busy = first_busy_lane(without)
        return Due(
            cue_at=await self._value(first_cue()),
            delivery_at=await self._value(first_delivery(without)),
            lane_at=await self._value(busy) if stale_at_rest is None else EPOCH,
        )


def first_cue() -> Select[tuple[datetime]]:
    """The moment of the earliest waiting cue of a live run."""
    return (
        select(cues.c.at)
        .where(in_state(cues, "waiting"), is_live(cues.c.run))
        .order_by(cues.c.at)
        .limit(1)
    )


def first_delivery(without: Collection[str] = ()) -> Select[tuple[datetime]]:
    """The moment of the earliest sendable delivery of a lane at rest."""
    d = deliveries.c
    at_rest = select(lanes.c.id).where(lanes.c.id == d.lane, lanes.c.busy_until.is_(None))
    return (
        select(d.due_at)
        .where(is_sendable(deliveries), at_rest.exists(), *is_of_others(d.lane, without))
        .order_by(d.due_at, d.id)
        .limit(1)
    )


def first_busy_lane(without: Collection[str] = ()) -> Select[tuple[datetime]]:
    """The moment when a busy lane with something to send or to edit is free."""
    in_lane = deliveries.c.lane == lanes.c.id
    work = or_(
        select(deliveries.c.id).where(in_lane, is_sendable(deliveries)).exists(),
        select(deliveries.c.id).where(in_lane, is_stale(deliveries)).exists(),
    )
    return (
        select(lanes.c.busy_until)
        .where(lanes.c.busy_until.is_not(None), work, *is_of_others(lanes.c.id, without))
        .order_by(lanes.c.busy_until)
        .limit(1)
    )


def stale_lane_at_rest(without: Collection[str] = ()) -> Select[tuple[str]]:
    """A lane that could be claimed at once for an edit."""
    return (
        select(deliveries.c.lane)
        .join(lanes, lanes.c.id == deliveries.c.lane)
        .where(is_stale(deliveries), lanes.c.busy_until.is_(None))
        .where(*is_of_others(lanes.c.id, without))
        .limit(1)
    )
