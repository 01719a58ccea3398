"""The Store port: what the service asks of a database.

A `Transaction` sees its own writes, holds its locks to the end and is all or nothing.
Lesson moments and machine moments are told apart by name: ``at``, ``due_at`` are lesson time,
``now``, ``lease_until``, ``free_at`` machine time. All are aware UTC.
A database that cannot take a write raises `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.chat.address import Person, Place, PostRef
from bot.chat.platform import Rate
from bot.facilitation.changes import Changes
from bot.facilitation.state import (
    Assignment,
    Audit,
    Cue,
    Opening,
    Owed,
    Participant,
    Response,
    Run,
)

DeliveryState = Literal[
    "waiting",  # owed, not yet begun
    "sending",  # begun by ``owner``; after its lease ran out, in doubt
    "sent",  # confirmed; where only a person said so, ``ref`` is known once somebody uses it
    "uncertain",  # nobody knows; a facilitator is asked
    "dropped",  # in doubt and not worth a question (a reminder)
    "cancelled",  # no longer wanted before it was sent
    "late",  # its time had passed before it could be sent
    "failed",  # refused by the platform for good; ``problem`` says why
]


class StoreUnavailable(Exception):
    """The database is down, locked, full or read-only; nothing of this transaction was kept."""


class Conflict(StoreUnavailable):
    """Two transactions stood in each other's way, and this one was undone: do it once more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message owed and what became of it.

    ``attempt`` counts beginnings and fences their endings. ``ref`` is set once it is known where
    it stands. ``dirty`` means that the post no longer shows the state.
    """

    id: int
    owed: Owed
    lane: str
    state: DeliveryState
    attempt: int = 0
    ref: PostRef | None = None
    sent_at: datetime | None = None
    dirty: bool = False
    edits: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The next moments at which there is something to do, or ``None``."""

    cue_at: datetime | None
    """Lesson time: the earliest waiting cue of a run that is not paused or ended."""
    delivery_at: datetime | None
    """Lesson time: the earliest waiting delivery."""
    lane_at: datetime | None
    """Machine time: when a lane with something due or dirty is next free."""


class Reading(Protocol):
    """What can be asked. Each object is reached through its run, so that none leaks to another."""

    async def run(self, run: str) -> Run | None: ...
    async def runs(self) -> tuple[Run, ...]:
        """All runs, latest start first."""
        ...

    async def runs_at(self, place: Place) -> tuple[Run, ...]:
        """Runs in this channel (a thread counts as its channel), latest start first."""
        ...

    async def runs_of(self, person: Person) -> tuple[Run, ...]:
        """Runs that this person takes part in or facilitates, latest start first."""
        ...

    async def rehearsals(self) -> tuple[Run, ...]:
        """Rehearsals that have not ended, latest start first."""
        ...

    async def cues(self, run: str) -> tuple[Cue, ...]:
        """By ``seq``."""
        ...

    async def opening(self, opening: str) -> Opening | None: ...
    async def openings(self, run: str) -> tuple[Opening, ...]:
        """In the order of opening."""
        ...

    async def participant(self, run: str, person: Person) -> Participant | None: ...
    async def participants(self, run: str) -> tuple[Participant, ...]:
        """In the order of joining."""
        ...

    async def responses(self, opening: str) -> tuple[Response, ...]:
        """Those that stand, withdrawn ones included, by (owner, item)."""
        ...

    async def responses_of(self, opening: str, owner: str) -> tuple[Response, ...]:
        """Those of one owner that stand, withdrawn ones included, by item."""
        ...

    async def assignments(self, opening: str) -> tuple[Assignment, ...]:
        """What was dealt in it, in the order of dealing."""
        ...

    async def assignments_of(self, opening: str, who: str) -> tuple[Assignment, ...]:
        """What one participant was dealt in it, by ``n``."""
        ...

    async def versions(self, run: str) -> tuple[Response, ...]:
        """Every version of every response of the run, by (at, event)."""
        ...

    async def delivery(self, key: str) -> Delivery | None: ...
    async def delivery_at(self, ref: PostRef) -> Delivery | None:
        """The delivery that became this post."""
        ...

    async def deliveries(self, run: str) -> tuple[Delivery, ...]:
        """By id, which is the order in which they were owed."""
        ...

    async def audits(self, run: str) -> tuple[Audit, ...]:
        """In order."""
        ...

    async def runs_with_due_cues(self, at: datetime) -> tuple[str, ...]:
        """Ids of runs, neither paused nor ended, with a waiting cue due at this lesson moment."""
        ...

    async def heard(self, tenant: str, event: str) -> bool:
        """Whether `Transaction.first_time` was told of this event."""
        ...

    async def due(self, *, without: Collection[str] = ()) -> Due:
        """When there is next something to do; a moment that has passed means now. Lanes of the
        platforms ``without`` do not count."""
        ...


class Transaction(Reading, Protocol):
    """What can be written."""

    # -- flow 1: cues
    async def lock_run(self, run: str, *, wait: bool = True) -> Run | None:
        """The run, locked to the end of the transaction; ``None`` if unknown (or, without
        ``wait``, if another transaction has it)."""
        ...

    # -- flow 1: deliveries
    async def claim_lane(
        self,
        owner: str,
        *,
        lesson_now: datetime,
        now: datetime,
        lease: timedelta,
        without: Collection[str] = (),
    ) -> str | None:
        """Take a lane that is free at ``now`` and has something to do: a delivery that waits and
        is due, one left ``sending`` by a dead owner, or a dirty post. Lanes with posts come before
        lanes with edits only, longest due first. Those of the platforms ``without`` are let be."""
        ...

    async def release_lane(self, lane: str, owner: str, *, free_at: datetime | None = None) -> None:
        """Give the lane back; nobody takes it before ``free_at``."""
        ...

    async def interrupted(self, lane: str, owner: str) -> Delivery | None:
        """A delivery of the lane that ``owner``, who holds it now, finds left ``sending``."""
        ...

    async def head(self, lane: str, *, lesson_now: datetime) -> Delivery | None:
        """The lane's first waiting delivery that is due; those of an uncertain post's thread
        wait for it."""
        ...

    async def begin(
        self, key: str, owner: str, *, now: datetime, lease: timedelta
    ) -> Delivery | None:
        """Mark it ``sending`` by ``owner``, attempt one higher, its dirty mark cleared, and
        renew the owner's lease of its lane; ``None`` if it was cancelled or the lane was lost."""
        ...

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
        """End what `begin` began, if ``owner`` and ``attempt`` are still its own; else False.
        With ``state`` "waiting" it is to be tried again."""
        ...

    async def settle(self, key: str, state: DeliveryState, *, ref: PostRef | None = None) -> bool:
        """A person or an event says what became of an ``uncertain`` delivery, asks for one that
        ``failed`` to be tried again ("waiting"), or shows where one stands that was ``sent``
        without its ``ref``; False if it is none of these."""
        ...

    async def dirty_post(self, lane: str) -> Delivery | None:
        """The lane's post that is dirty and was edited longest ago; closed openings' first. One
        without its ``ref`` is not among them, and keeps its mark until that is known."""
        ...

    async def clean(self, key: str) -> bool:
        """Clear the dirty mark, just before the post is drawn again; False if it had none."""
        ...

    async def edited(self, key: str) -> None:
        """Count an edit that was made."""
        ...

    async def soil(self, key: str) -> None:
        """Set the dirty mark again: the edit did not succeed."""
        ...

    async def spend(self, rates: Sequence[Rate], *, now: datetime) -> datetime | None:
        """Take one call from each budget and answer ``None``, or take none and answer when
        there will be room."""
        ...

    async def block(self, rates: Sequence[Rate], *, until: datetime) -> None:
        """The platform said so: no call on these budgets before ``until``."""
        ...

    # -- flow 2
    async def first_time(self, tenant: str, event: str, *, at: datetime) -> bool:
        """Keep the event's id; False if it was kept already."""
        ...

    async def hold_opening(self, opening: str) -> Opening | None:
        """The opening, kept from being closed until the end of the transaction; answers of
        others go on."""
        ...

    async def enrol(self, participant: Participant) -> Participant:
        """Keep the participant, or answer the one that this person already is in the run."""
        ...

    async def rename(self, participant: Participant) -> None:
        """Store the participant's changed name or leaving."""
        ...

    # -- all flows
    async def add_run(self, run: Run, cues: Sequence[Cue]) -> None: ...
    async def apply(self, changes: Changes) -> None:
        """Record the changes. Owed messages whose key is known are not owed again, and their
        lane is the one that `Store.lane_of` names. Whoever waits for work is woken."""
        ...


class Store(Protocol):
    """A database. ``lane_of`` and the wake-up are given when it is built."""

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """A consistent view; nothing is written."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """All or nothing: commits at the end of the block, rolls back on any exception."""
        ...

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` (quick, not a coroutine) after a commit, here or in another process,
        that left something to do or to show."""
        ...
