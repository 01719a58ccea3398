"""Flow 1, second half: what is owed is posted, once and in order, lane by lane.

A lane is claimed by one worker at a time. Each delivery is begun in the database before its post
and finished after it under the same attempt, so that a worker that was stopped too long changes
nothing. What was begun and never finished is read back by its key where the platform can.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.address import Person, Place, PostRef
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Lane,
    Limited,
    Platform,
    PlatformFailure,
    Rate,
    Rejected,
)
from bot.clock import Clock
from bot.service.failing import where
from bot.service.scenes import CannotDraw, is_late, message_of
from bot.service.store import Delivery, DeliveryState, Store, Transaction
from bot.service.trouble import report_trouble
from bot.words import t

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=1)
"""How long a lane rests at most because of edits: posts that come due meanwhile go first."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in machine time.

    ``lease`` is longer than ``call`` (one platform call at most) and ``settle`` (until an
    unanswered call surely has or has not had its effect) together, with room for clock skew.
    """

    lease: timedelta = timedelta(seconds=90)
    call: timedelta = timedelta(seconds=30)
    settle: timedelta = timedelta(seconds=5)

    @property
    def stint(self) -> timedelta:
        """How long after the lease began a call may still be made."""
        return self.lease - self.call - self.settle


@dataclass(frozen=True, slots=True)
class _Stint:
    """A lane that ``owner`` claimed at ``since`` (machine time)."""

    lane: str
    owner: str
    since: datetime


@dataclass(frozen=True, slots=True)
class _Post:
    """A delivery that was begun at ``begun_at`` (machine time) and is to be posted."""

    delivery: Delivery
    to: Place | Person
    message: Message
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class _Edit:
    """A post that is to be drawn again."""

    delivery: Delivery
    ref: PostRef
    message: Message


@dataclass(frozen=True, slots=True)
class _ReadBack:
    """A delivery that somebody began and nobody finished."""

    delivery: Delivery
    to: Place | Person


@dataclass(frozen=True, slots=True)
class _LetGo:
    """A delivery that is not to be posted any more, or cannot be."""

    delivery: Delivery
    state: DeliveryState
    problem: str = ""


_Task = _Post | _Edit | _ReadBack | _LetGo


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a task. ``state`` is the delivery's, ``None`` where it keeps the one it has.

    ``wait`` is how long the platform asked to wait, or an unanswered call takes to settle.
    ``gone`` says that the recipient is out of reach.
    """

    state: DeliveryState | None = None
    ref: PostRef | None = None
    problem: str = ""
    gone: bool = False
    soil: bool = False
    edited: bool = False
    limited: bool = False
    wait: timedelta | None = None


class NoSuchPlatform(Exception):
    """Something is owed on a platform that is not set up here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the platform {name} is not set up here")


class Sending:
    """One worker's hands: they claim lanes, post and edit."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        *,
        lesson: Clock,
        machine: Clock,
        owner: str,
        width: int = 8,
        timing: Timing | None = None,
    ) -> None:
        """``owner`` names this worker among all; ``width`` lanes are worked side by side."""
        self._store = store
        self._platforms = platforms
        self._lesson = lesson
        self._machine = machine
        self._owner = owner
        self._width = width
        self._timing = timing or Timing()

    async def send_due(self) -> int:
        """Work every lane that has something to do now; how many calls to platforms that were.

        Raises what kept a hand from going on, after the others have done their work.
        """
        # Each hand is an owner of its own: it must not take another's lane.
        hands = [self._work(f"{self._owner}.{number}") for number in range(self._width)]
        ended = await asyncio.gather(*hands, return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return sum(each for each in ended if isinstance(each, int))

    async def _work(self, owner: str) -> int:
        done = 0
        while True:
            since = self._machine.now()
            task: _Task | None = None
            async with self._store.transaction() as tx:
                lane = await tx.claim_lane(
                    owner, lesson_now=self._lesson.now(), now=since, lease=self._timing.lease
                )
                if lane is None:
                    return done
                stint = _Stint(lane, owner, since)
                task = await self._pick(tx, stint, claimed=True)
            while task is not None:
                outcome = await self._do(task)
                # By itself, so that nothing about the next one can undo it.
                async with self._store.transaction() as tx:
                    await self._settle(tx, stint, task, outcome)
                # What the platform asks to wait for edits holds up edits only.
                rest = None if isinstance(task, _Edit) else outcome.wait
                async with self._store.transaction() as tx:
                    task = await self._pick(tx, stint, rest=rest)
                done += 1

    # -- what to do next, in one transaction

    async def _pick(
        self,
        tx: Transaction,
        stint: _Stint,
        *,
        claimed: bool = False,
        rest: timedelta | None = None,
    ) -> _Task | None:
        """The lane's next task; without one the lane is given back."""
        now = self._machine.now()
        free_at = now + rest if rest else None
        task: _Task | None = None
        # Edits do not renew the lease, so a lane with many is claimed again in time.
        if free_at is None and now < stint.since + self._timing.stint:
            try:
                task, free_at = await self._choose(tx, stint, now, claimed)
            except NoSuchPlatform as missing:
                log.error("nothing can be sent to %s: %s", stint.lane, missing)
                free_at = now + self._timing.lease
        if task is None:
            await tx.release_lane(stint.lane, stint.owner, free_at=free_at)
        return task

    async def _choose(
        self, tx: Transaction, stint: _Stint, now: datetime, claimed: bool
    ) -> tuple[_Task | None, datetime | None]:
        """The next task, or until when there is none (machine time)."""
        if claimed and (left := await tx.interrupted(stint.lane, stint.owner)):
            return await self._next_read_back(tx, left, stint.owner), None
        if head := await tx.head(stint.lane, lesson_now=self._lesson.now()):
            room_at = await tx.spend(self._lane(head).posts, now=now)
            return None if room_at else await self._next_post(tx, head, stint.owner), room_at
        if dirty := await tx.dirty_post(stint.lane):
            room_at = await tx.spend(self._edit_rates(dirty), now=now)
            if room_at:
                return None, min(room_at, now + LOOK_AGAIN)
            return await self._next_edit(tx, dirty), None
        return None, None

    async def _next_read_back(self, tx: Transaction, left: Delivery, owner: str) -> _Task | None:
        begun = await self._begin(tx, left, owner)
        return _ReadBack(begun, await self._to(tx, begun)) if begun else None

    async def _next_post(self, tx: Transaction, head: Delivery, owner: str) -> _Task | None:
        begun_at = self._machine.now()
        begun = await self._begin(tx, head, owner)
        if begun is None:
            return None
        if await is_late(tx, begun.owed, self._lesson.now()):
            return _LetGo(begun, "late")
        try:
            # Drawn after the mark was cleared: whatever changes from here on sets it again.
            message = await message_of(tx, begun, self._capabilities)
        except CannotDraw as failure:
            log.error("%s cannot be drawn: %s", begun.owed.key, where(failure))
            return _LetGo(begun, "failed", t("it could not be drawn"))
        if message is None:
            return _LetGo(begun, "cancelled")
        return _Post(begun, await self._to(tx, begun), message, begun_at)

    async def _next_edit(self, tx: Transaction, dirty: Delivery) -> _Task | None:
        await tx.clean(dirty.owed.key)
        if not self._capabilities(dirty.owed.to.platform).edits:
            return None
        try:
            message = await message_of(tx, dirty, self._capabilities)
        except CannotDraw as failure:
            log.error("%s cannot be drawn again: %s", dirty.owed.key, where(failure))
            return None
        return _Edit(dirty, dirty.ref, message) if message and dirty.ref else None

    async def _to(self, tx: Transaction, delivery: Delivery) -> Place | Person:
        parent = await tx.delivery(delivery.owed.parent) if delivery.owed.parent else None
        return parent.ref.thread if parent and parent.ref else delivery.owed.to

    async def _begin(self, tx: Transaction, delivery: Delivery, owner: str) -> Delivery | None:
        return await tx.begin(
            delivery.owed.key, owner, now=self._machine.now(), lease=self._timing.lease
        )

    # -- the call, outside of any transaction

    async def _do(self, task: _Task) -> _Outcome:
        latest = self._timing.stint
        if isinstance(task, _Post) and self._machine.now() >= task.begun_at + latest:
            # Nothing was sent, and by the time it was somebody else might have the lane.
            return _Outcome("waiting")
        try:
            async with asyncio.timeout(self._timing.call.total_seconds()):
                return await self._call(task)
        except Limited as limited:
            keep = isinstance(task, _ReadBack)
            state: DeliveryState | None = "waiting" if isinstance(task, _Post) else None
            soil = isinstance(task, _Edit)
            return _Outcome(state, soil=soil, limited=not keep, wait=limited.after)
        except (Gone, Rejected) as refused:
            if isinstance(task, _Edit):
                key = task.delivery.owed.key
                kind = type(refused).__name__
                log.warning("the post of %s can no longer be edited: %s", key, kind)
                return _Outcome()
            return _Outcome("failed", problem=str(refused), gone=isinstance(refused, Gone))
        except Exception as failure:
            if not isinstance(failure, PlatformFailure | TimeoutError):
                key = task.delivery.owed.key
                log.error("a call for %s ended in an unexpected way: %s", key, where(failure))
            return self._unanswered(task)

    async def _call(self, task: _Task) -> _Outcome:
        platform = self._platform(task.delivery.owed.to.platform)
        match task:
            case _Post(delivery, to, message):
                ref = await platform.post(to, message, key=delivery.owed.key)
                return _Outcome("sent", ref=ref)
            case _Edit(_, ref, message):
                await platform.edit(ref, message)
                return _Outcome(edited=True)
            case _ReadBack(delivery, to):
                found = await platform.find(to, delivery.owed.key)
                # What was posted then may not be what stands now, so it is drawn again.
                state: DeliveryState = "sent" if found else "waiting"
                return _Outcome(state, ref=found, soil=found is not None)
            case _LetGo(_, state, problem):
                return _Outcome(state, problem=problem)

    def _unanswered(self, task: _Task) -> _Outcome:
        """Nobody knows whether the call was carried out: asking comes before repeating."""
        if isinstance(task, _Edit):
            return _Outcome(soil=True, limited=True, wait=self._timing.settle)
        reads_back = self._capabilities(task.delivery.owed.to.platform).read_back
        if isinstance(task, _Post) and reads_back:
            # It stays "sending": the lane's next owner reads it back once it has settled.
            return _Outcome(wait=self._timing.settle)
        return _Outcome("dropped" if task.delivery.owed.on_doubt == "drop" else "uncertain")

    # -- what came of it, in one transaction

    async def _settle(self, tx: Transaction, stint: _Stint, task: _Task, outcome: _Outcome) -> None:
        owed = task.delivery.owed
        now = self._lesson.now()
        trouble = outcome.state in ("uncertain", "dropped", "failed", "late")
        if trouble:
            # Runs are locked before deliveries, everywhere, so that nobody waits in a circle.
            await tx.lock_run(owed.run)
        ended = outcome.state is None or await tx.finish(
            owed.key,
            stint.owner,
            task.delivery.attempt,
            outcome.state,
            ref=outcome.ref,
            sent_at=now if outcome.state == "sent" else None,
            problem=outcome.problem,
        )
        if outcome.edited:
            await tx.edited(owed.key)
        # After the lease somebody else may have drawn the post, and this edit covered theirs.
        over = isinstance(task, _Edit) and self._machine.now() >= stint.since + self._timing.lease
        if (outcome.soil and ended) or over:
            await tx.soil(owed.key)
        if outcome.limited and outcome.wait:
            posts = self._lane(task.delivery).posts
            rates = self._edit_rates(task.delivery) if isinstance(task, _Edit) else posts
            await tx.block(rates, until=self._machine.now() + outcome.wait)
        if trouble and ended:
            await report_trouble(tx, owed, now, gone=outcome.gone)

    def _lane(self, delivery: Delivery) -> Lane:
        return self._platform(delivery.owed.to.platform).lane(delivery.owed.to)

    def _edit_rates(self, delivery: Delivery) -> tuple[Rate, ...]:
        """The budgets of the lane's edits; where it has none, one that waits can be written to."""
        lane = self._lane(delivery)
        return lane.edits or (Rate(f"edits/{lane.id}", 1, timedelta(0)),)

    def _capabilities(self, platform: str) -> Capabilities:
        return self._platform(platform).capabilities

    def _platform(self, name: str) -> Platform:
        try:
            return self._platforms[name]
        except KeyError:
            raise NoSuchPlatform(name) from None
