"""Lanes and the deliveries that travel in them: claiming, beginning, ending, editing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from bot.chat.address import PostRef
from bot.service.store import Delivery, DeliveryState
from bot.storage.reading import Lessons, SqlReading, is_held, is_of_others, is_sendable
from bot.storage.tables import (
    deliveries,
    in_state,
    is_pending,
    is_stale,
    lanes,
    openings,
)

_d, _l = deliveries.c, lanes.c

MARKED = ("waiting", "sending", "sent", "uncertain")
"""States of deliveries that are, or may yet be, a post that shows the state of the run."""


def is_free(now: datetime) -> ColumnElement[bool]:
    """That nobody holds the lane and nothing bids it wait."""
    return _l.busy_until.is_(None) | (_l.busy_until <= now)


def lane_with_posts(
    lesson_now: datetime, now: datetime, without: Collection[str] = ()
) -> Select[tuple[str]]:
    """The free lane whose delivery has been due longest."""
    return (
        select(_l.id)
        .select_from(deliveries.join(lanes, _d.lane == _l.id))
        .where(is_sendable(deliveries), _d.due_at <= lesson_now, is_free(now))
        .where(*is_of_others(_l.id, without))
        .order_by(_d.due_at, _d.id)
        .limit(1)
        .with_for_update(of=lanes, skip_locked=True)
    )


def lane_with_edits(now: datetime, without: Collection[str] = ()) -> Select[tuple[str]]:
    """The free lane with a dirty post that was served longest ago."""
    return (
        select(_l.id)
        .select_from(deliveries.join(lanes, _d.lane == _l.id))
        .where(is_stale(deliveries), is_free(now), *is_of_others(_l.id, without))
        .order_by(_l.claimed_at, _l.id)
        .limit(1)
        .with_for_update(of=lanes, skip_locked=True)
    )


def lanes_to_rest(now: datetime) -> Select[tuple[str]]:
    """Lanes whose lease or pause has run out."""
    return (
        select(_l.id)
        .where(_l.busy_until.is_not(None), _l.busy_until <= now)
        .with_for_update(skip_locked=True)
    )


class SqlLanes(SqlReading):
    """The part of `bot.service.store.Transaction` that sending uses."""

    def __init__(self, connection: AsyncConnection, lessons: Lessons) -> None:
        super().__init__(connection, lessons)
        self.gives_work = False
        """Whether somebody should be woken when this is committed."""
        self._dirty_openings: set[str] = set()
        self._dirty_runs: set[str] = set()
        self._dirty_about: set[tuple[str, str]] = set()

    def mark_dirty(
        self, openings: Iterable[str], runs: Iterable[str], about: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Have `write_marks` mark the posts of these openings, these runs' own posts, and what is
        ``about`` a part of an opening, which is marked by nothing else."""
        self._dirty_openings.update(openings)
        self._dirty_runs.update(runs)
        self._dirty_about.update(about)

    async def write_marks(self) -> None:
        """Mark dirty what is to be marked; to be called before the commit.

        The marks are kept for last and set in one order, because everybody who answers the same
        opening queues here until the commit: so nobody waits long, or in a circle. Even posts
        that bear the mark are locked, as its clearing must wait for what this transaction wrote.
        """
        if not (self._dirty_openings or self._dirty_runs or self._dirty_about):
            return
        which = (
            select(_d.id)
            .where(
                (_d.opening.in_(self._dirty_openings) & (_d.about == ""))
                | (_d.run.in_(self._dirty_runs) & (_d.opening == ""))
                | tuple_(_d.opening, _d.about).in_(sorted(self._dirty_about)),
                in_state(deliveries, *MARKED),
            )
            .order_by(_d.id)
            .with_for_update()
        )
        await self._connection.execute(
            update(deliveries).where(_d.id.in_(which)).values(dirty=True)
        )
        self._dirty_openings.clear()
        self._dirty_runs.clear()
        self._dirty_about.clear()

    def _delivery_of(self, row: RowMapping) -> Delivery:
        delivery = super()._delivery_of(row)
        owed = delivery.owed
        if owed.about:
            dirty = (owed.opening, owed.about) in self._dirty_about
        elif owed.opening:
            dirty = owed.opening in self._dirty_openings
        else:
            dirty = owed.run in self._dirty_runs
        return replace(delivery, dirty=True) if dirty and delivery.state in MARKED else delivery

    async def _changed(self, statement: Executable) -> bool:
        """Whether the statement changed a row."""
        result: Any = await self._connection.execute(statement)
        return bool(result.rowcount)

    async def claim_lane(
        self,
        owner: str,
        *,
        lesson_now: datetime,
        now: datetime,
        lease: timedelta,
        without: Collection[str] = (),
    ) -> str | None:
        await self.write_marks()
        lane = await self._value(lane_with_posts(lesson_now, now, without))
        if lane is None:
            lane = await self._value(lane_with_edits(now, without))
        if lane is None:
            # Nothing can be done in them now, so that their pause is no moment to wake at.
            await self._connection.execute(
                update(lanes).where(_l.id.in_(lanes_to_rest(now))).values(owner="", busy_until=None)
            )
            return None
        await self._connection.execute(
            update(lanes)
            .where(_l.id == lane)
            .values(owner=owner, busy_until=now + lease, claimed_at=now)
        )
        return str(lane)

    async def release_lane(self, lane: str, owner: str, *, free_at: datetime | None = None) -> None:
        await self._connection.execute(
            update(lanes)
            .where(_l.id == lane, _l.owner == owner)
            .values(owner="", busy_until=free_at)
        )

    async def interrupted(self, lane: str, owner: str) -> Delivery | None:
        row = await self._first(
            select(deliveries)
            .join(lanes, _l.id == _d.lane)
            .where(
                _l.id == lane,
                _l.owner == owner,
                is_pending(deliveries),
                in_state(deliveries, "sending"),
            )
            .order_by(_d.due_at, _d.id)
            .limit(1)
        )
        return self._delivery_of(row) if row else None

    async def head(self, lane: str, *, lesson_now: datetime) -> Delivery | None:
        row = await self._first(
            select(deliveries)
            .where(
                _d.lane == lane,
                is_pending(deliveries),
                in_state(deliveries, "waiting"),
                _d.due_at <= lesson_now,
                ~is_held(deliveries),
            )
            .order_by(_d.due_at, _d.id)
            .limit(1)
        )
        return self._delivery_of(row) if row else None

    async def begin(
        self, key: str, owner: str, *, now: datetime, lease: timedelta
    ) -> Delivery | None:
        """As promised, and so is one left ``sending``; that one keeps its mark, because nobody
        knows yet which state its post shows."""
        await self.write_marks()
        lane = select(_d.lane).where(_d.key == key).scalar_subquery()
        held = await self._changed(
            update(lanes).where(_l.id == lane, _l.owner == owner).values(busy_until=now + lease)
        )
        if not held:
            return None
        row = await self._first(
            update(deliveries)
            .where(_d.key == key, is_pending(deliveries))
            .values(
                state="sending",
                owner=owner,
                attempt=_d.attempt + 1,
                dirty=_d.dirty & in_state(deliveries, "sending"),
            )
            .returning(deliveries)
        )
        return self._delivery_of(row) if row else None

    async def finish(
        self,
        key: str,
        owner: str,
        attempt: int,
        state: DeliveryState,
        *,
        ref: PostRef | None = None,
        sent_at: datetime | None = None,
        problem: str = "",
    ) -> bool:
        return await self._changed(
            update(deliveries)
            .where(
                _d.key == key,
                _d.owner == owner,
                _d.attempt == attempt,
                in_state(deliveries, "sending"),
            )
            .values(
                state=state,
                owner="",
                ref="" if ref is None else str(ref),
                sent_at=sent_at,
                problem=problem,
            )
        )

    async def settle(self, key: str, state: DeliveryState, *, ref: PostRef | None = None) -> bool:
        values: dict[str, Any] = {"state": state}
        unsettled = in_state(deliveries, "uncertain")
        if state == "waiting":
            unsettled |= in_state(deliveries, "failed")
        if state == "sent" and ref is not None:
            values["ref"] = str(ref)
            unsettled |= in_state(deliveries, "sent") & (_d.ref == "")
        settled = await self._changed(
            update(deliveries).where(_d.key == key, unsettled).values(values)
        )
        # Replies in its thread may go on, and a mark that it bore may be edited now.
        self.gives_work |= settled
        return settled

    async def dirty_post(self, lane: str) -> Delivery | None:
        """As promised, but for posts that somebody is marking right now: whoever sends may hold
        a later post and must not wait for one who waits for that. Their commit wakes us."""
        await self.write_marks()
        open_last = case((openings.c.closed_at.is_not(None), 0), else_=1)
        row = await self._first(
            select(deliveries)
            .select_from(deliveries.outerjoin(openings, openings.c.id == _d.opening))
            .where(_d.lane == lane, is_stale(deliveries))
            .order_by(open_last, _d.turn, _d.id)
            .limit(1)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        return self._delivery_of(row) if row else None

    async def clean(self, key: str) -> bool:
        await self.write_marks()
        lane = select(_d.lane).where(_d.key == key).scalar_subquery()
        turn = select(_l.turn + 1).where(_l.id == _d.lane).scalar_subquery()
        cleaned = await self._changed(
            update(deliveries).where(_d.key == key, _d.dirty).values(dirty=False, turn=turn)
        )
        if cleaned:
            await self._connection.execute(
                update(lanes).where(_l.id == lane).values(turn=_l.turn + 1)
            )
        return cleaned

    async def edited(self, key: str) -> None:
        await self._connection.execute(
            update(deliveries).where(_d.key == key).values(edits=_d.edits + 1)
        )

    async def soil(self, key: str) -> None:
        await self._connection.execute(update(deliveries).where(_d.key == key).values(dirty=True))
