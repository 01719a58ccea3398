"""Flow 1, second half: what is owed is posted, once and in order, lane by lane.

A lane is claimed by one worker at a time. Each delivery is begun in the database before its post
and finished after it under the same attempt, so that a worker that was stopped too long changes
nothing. What was begun and never finished is read back by its key where the platform can.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.address import Recipient, platform_of_lane
from bot.chat.message import Message
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.failing import where
from bot.service.calling import (
    Calls,
    Edit,
    LetGo,
    NoSuchPlatform,
    Outcome,
    Post,
    ReadBack,
    Task,
    Timing,
)
from bot.service.scenes import CannotDraw, is_late, message_of
from bot.service.store import Delivery, Store, Transaction
from bot.service.trouble import report_trouble
from bot.words import t

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=1)
"""How long a lane rests at most because of edits: posts that come due meanwhile go first."""


@dataclass(frozen=True, slots=True)
class _Stint:
    """A lane that ``owner`` claimed at ``since`` (machine time)."""

    lane: str
    owner: str
    since: datetime


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
        """``owner`` names this worker among all; ``width`` lanes of each platform are worked side
        by side, so that one that hangs takes no hand from another."""
        self._store = store
        self._lesson = lesson
        self._machine = machine
        self._owner = owner
        self._width = width
        self._timing = timing or Timing()
        self._calls = Calls(platforms, machine, self._timing)
        self._hands: dict[int, asyncio.Task[int]] = {}
        self._most_hands = width * max(1, len(platforms))
        self._looking = asyncio.Lock()
        self._worked: Counter[str] = Counter()
        self._failures: list[BaseException] = []
        self._done = 0

    def take_on(self) -> None:
        """Have an idle hand look for a lane, if one is idle; it works while others call."""
        number = next((n for n in range(self._most_hands) if n not in self._hands), None)
        if number is None:
            return
        # Each hand is an owner of its own: it must not take another's lane.
        hand = asyncio.create_task(self._work(f"{self._owner}.{number}"))
        self._hands[number] = hand
        hand.add_done_callback(lambda done: self._put_down(number, done))

    def _put_down(self, number: int, hand: asyncio.Task[int]) -> None:
        del self._hands[number]
        if not hand.cancelled() and (failure := hand.exception()):
            self._failures.append(failure)

    @property
    def full(self) -> frozenset[str]:
        """The platforms of which no further lane is worked now."""
        return frozenset(name for name, count in self._worked.items() if count >= self._width)

    def failure(self) -> BaseException | None:
        """What kept a hand from going on, told once."""
        return self._failures.pop() if self._failures else None

    async def send_due(self) -> int:
        """Work every lane that has something to do now; how many calls to platforms that were.

        Raises what kept a hand from going on, after the others have done their work.
        """
        before = self._done
        self.take_on()
        try:
            while self._hands:
                await asyncio.wait(list(self._hands.values()))
                # What a hand leaves behind is put down in the next round of the loop.
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            await self.stop()
            raise
        failure = self.failure()
        self._failures.clear()
        if failure:
            raise failure
        return self._done - before

    async def stop(self, within: float = 0.0) -> None:
        """Let the hands end, for so many seconds; then they are stopped where they are."""
        if self._hands and within:
            await asyncio.wait(list(self._hands.values()), timeout=within)
        hands = list(self._hands.values())
        for hand in hands:
            hand.cancel()
        await asyncio.gather(*hands, return_exceptions=True)

    async def _work(self, owner: str) -> int:
        """Work lane after lane. Only where there was one is the next hand taken on to look for
        another: a look is a transaction, for which somebody's vote has to wait."""
        done = 0
        while True:
            # One hand looks at a time: what it finds counts for the next.
            async with self._looking:
                stint, task = await self._look(owner)
                if stint is None:
                    return done
                platform = platform_of_lane(stint.lane)
                self._worked[platform] += 1
            self.take_on()
            try:
                done += await self._work_lane(stint, task)
            finally:
                self._worked[platform] -= 1

    async def _look(self, owner: str) -> tuple[_Stint | None, Task | None]:
        """Claim a lane, if there is one to be worked, and see what is first to do there."""
        since = self._machine.now()
        async with self._store.transaction() as tx:
            lane = await tx.claim_lane(
                owner,
                lesson_now=self._lesson.now(),
                now=since,
                lease=self._timing.lease,
                without=self.full,
            )
            if lane is None:
                return None, None
            stint = _Stint(lane, owner, since)
            return stint, await self._pick(tx, stint, claimed=True)

    async def _work_lane(self, stint: _Stint, task: Task | None) -> int:
        """Do what is to be done in a lane, beginning with this; how many calls that were."""
        done = 0
        while task is not None:
            outcome = await self._calls.do(task)
            # By itself, so that nothing about the next one can undo it.
            async with self._store.transaction() as tx:
                await self._settle(tx, stint, task, outcome)
            # What the platform asks to wait for edits holds up edits only.
            rest = None if isinstance(task, Edit) else outcome.wait
            async with self._store.transaction() as tx:
                task = await self._pick(tx, stint, rest=rest)
            done += 1
            self._done += 1
        return done

    # -- what to do next, in one transaction

    async def _pick(
        self,
        tx: Transaction,
        stint: _Stint,
        *,
        claimed: bool = False,
        rest: timedelta | None = None,
    ) -> Task | None:
        """The lane's next task; without one the lane is given back."""
        now = self._machine.now()
        free_at = now + rest if rest else None
        task: Task | None = None
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
    ) -> tuple[Task | None, datetime | None]:
        """The next task, or until when there is none (machine time)."""
        if claimed and (left := await tx.interrupted(stint.lane, stint.owner)):
            return await self._next_read_back(tx, left, stint.owner), None
        if head := await tx.head(stint.lane, lesson_now=self._lesson.now()):
            room_at = await tx.spend(self._calls.lane(head).posts, now=now)
            return None if room_at else await self._next_post(tx, head, stint.owner), room_at
        if dirty := await tx.dirty_post(stint.lane):
            room_at = await tx.spend(self._calls.edit_rates(dirty), now=now)
            if room_at:
                return None, min(room_at, now + LOOK_AGAIN)
            return await self._next_edit(tx, dirty), None
        return None, None

    async def _next_read_back(self, tx: Transaction, left: Delivery, owner: str) -> Task | None:
        begun = await self._begin(tx, left, owner)
        return ReadBack(begun, await self._to(tx, begun)) if begun else None

    async def _next_post(self, tx: Transaction, head: Delivery, owner: str) -> Task | None:
        begun_at = self._machine.now()
        begun = await self._begin(tx, head, owner)
        if begun is None:
            return None
        if await is_late(tx, begun.owed, self._lesson.now()):
            return LetGo(begun, "late")
        try:
            # Drawn after the mark was cleared: whatever changes from here on sets it again.
            message = await message_of(tx, begun, self._calls.capabilities)
        except CannotDraw as failure:
            log.error("%s cannot be drawn: %s", begun.owed.key, where(failure))
            return LetGo(begun, "failed", t("it could not be drawn"))
        if message is None:
            return LetGo(begun, "cancelled")
        return Post(begun, await self._to(tx, begun), message, begun_at)

    async def _next_edit(self, tx: Transaction, dirty: Delivery) -> Task | None:
        message = await self._drawn_again(tx, dirty)
        if message is None:
            await tx.clean(dirty.owed.key)
            return None
        assert dirty.ref, "what has no address keeps its mark"
        # The mark stays until the edit is made: whoever follows a killed worker makes it then.
        return Edit(dirty, dirty.ref, message)

    async def _drawn_again(self, tx: Transaction, delivery: Delivery) -> Message | None:
        if not self._calls.capabilities(delivery.owed.to.platform).edits:
            return None
        try:
            return await message_of(tx, delivery, self._calls.capabilities)
        except CannotDraw as failure:
            log.error("%s cannot be drawn again: %s", delivery.owed.key, where(failure))
            return None

    async def _to(self, tx: Transaction, delivery: Delivery) -> Recipient:
        parent = await tx.delivery(delivery.owed.parent) if delivery.owed.parent else None
        return parent.ref.thread if parent and parent.ref else delivery.owed.to

    async def _begin(self, tx: Transaction, delivery: Delivery, owner: str) -> Delivery | None:
        return await tx.begin(
            delivery.owed.key, owner, now=self._machine.now(), lease=self._timing.lease
        )

    # -- what came of it, in one transaction

    async def _settle(self, tx: Transaction, stint: _Stint, task: Task, outcome: Outcome) -> None:
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
        if isinstance(task, Edit):
            await self._settle_edit(tx, stint, task, outcome)
        elif outcome.soil and ended:
            await tx.soil(owed.key)
        if outcome.limited and outcome.wait:
            posts = self._calls.lane(task.delivery).posts
            rates = self._calls.edit_rates(task.delivery) if isinstance(task, Edit) else posts
            # The narrowest: who else shares the wider ones hears from the platform itself.
            await tx.block(rates[:1], until=self._machine.now() + outcome.wait)
        if trouble and ended:
            await report_trouble(tx, owed, now, gone=outcome.gone)

    async def _settle_edit(
        self, tx: Transaction, stint: _Stint, task: Edit, outcome: Outcome
    ) -> None:
        key = task.delivery.owed.key
        if outcome.edited:
            await tx.edited(key)
        # After the lease somebody else may have drawn the post, and this edit covered theirs.
        over = self._machine.now() >= stint.since + self._timing.lease
        if not outcome.soil and not over:
            # Cleared first and compared then: what changes from here on sets the mark again.
            await tx.clean(key)
            now = await self._drawn_again(tx, task.delivery) if outcome.edited else None
            if now is None or now == task.message:
                return
        await tx.soil(key)
