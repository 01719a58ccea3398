"""Calls to platforms: what is to be done, and what came of it. No database is known here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.chat.address import Party, Person, Place, PostRef, Recipient
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Incomplete,
    Lane,
    Limited,
    Platform,
    PlatformFailure,
    Rate,
    Rejected,
)
from bot.clock import Clock
from bot.failing import where
from bot.service.store import Delivery, DeliveryState

log = logging.getLogger(__name__)


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
class Post:
    """A delivery that was begun at ``begun_at`` (machine time) and is to be posted."""

    delivery: Delivery
    to: Recipient
    message: Message
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """A post that is to be drawn again."""

    delivery: Delivery
    ref: PostRef
    message: Message


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A delivery that somebody began and nobody finished."""

    delivery: Delivery
    to: Recipient


@dataclass(frozen=True, slots=True)
class LetGo:
    """A delivery that is not to be posted any more, or cannot be."""

    delivery: Delivery
    state: DeliveryState
    problem: str = ""


Task = Post | Edit | ReadBack | LetGo


@dataclass(frozen=True, slots=True)
class Outcome:
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


T = TypeVar("T")


class NoSuchPlatform(Exception):
    """Something is owed on a platform that is not set up here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the platform {name} is not set up here")


class Calls:
    """The platforms there are, and calls to them."""

    def __init__(self, platforms: Mapping[str, Platform], machine: Clock, timing: Timing) -> None:
        self._platforms = platforms
        self._machine = machine
        self._timing = timing

    async def do(self, task: Task) -> Outcome:
        """What comes of it. Whatever a platform raises is an outcome, too."""
        party = _party_of(task)
        if party and isinstance(task, Post | ReadBack):
            place = await self._tried(task, lambda: self._opened(party))
            if isinstance(place, Outcome):
                return place
            task = replace(task, to=place)
        return await self._tried(task, lambda: self._call(task))

    async def _tried(self, task: Task, call: Callable[[], Awaitable[T]]) -> T | Outcome:
        """What the call gives or, where it fails, what comes of that."""
        latest = self._timing.stint
        if isinstance(task, Post) and self._machine.now() >= task.begun_at + latest:
            # Nothing was sent, and by the time it was somebody else might have the lane.
            return Outcome("waiting")
        try:
            async with asyncio.timeout(self._timing.call.total_seconds()):
                return await call()
        except Limited as limited:
            # What is not the limit of posts holds up this lane only.
            keep = isinstance(task, ReadBack) or _party_of(task) is not None
            state: DeliveryState | None = "waiting" if isinstance(task, Post) else None
            soil = isinstance(task, Edit)
            return Outcome(state, soil=soil, limited=not keep, wait=limited.after)
        except Incomplete as incomplete:
            return Outcome("sent", ref=incomplete.ref, soil=True)
        except (Gone, Rejected) as refused:
            if isinstance(task, Edit):
                key = task.delivery.owed.key
                kind = type(refused).__name__
                log.warning("the post of %s can no longer be edited: %s", key, kind)
                return Outcome()
            return Outcome("failed", problem=str(refused), gone=isinstance(refused, Gone))
        except Exception as failure:
            if not isinstance(failure, PlatformFailure | TimeoutError):
                key = task.delivery.owed.key
                log.error("a call for %s ended in an unexpected way: %s", key, where(failure))
            return self._unanswered(task)

    async def _opened(self, party: Party) -> Place:
        return await self.platform(party.platform).open_place(party)

    async def _call(self, task: Task) -> Outcome:
        platform = self.platform(task.delivery.owed.to.platform)
        match task:
            case Post(delivery, Place() | Person() as to, message):
                ref = await platform.post(to, message, key=delivery.owed.key)
                return Outcome("sent", ref=ref)
            case Edit(_, ref, message):
                await platform.edit(ref, message)
                return Outcome(edited=True)
            case ReadBack(delivery, Place() | Person() as to):
                found = await platform.find(to, delivery.owed.key)
                # What was posted then may not be what stands now, so it is drawn again.
                state: DeliveryState = "sent" if found else "waiting"
                return Outcome(state, ref=found, soil=found is not None)
            case LetGo(_, state, problem):
                return Outcome(state, problem=problem)
            case Post() | ReadBack():
                raise TypeError("a party is met in a place")

    def _unanswered(self, task: Task) -> Outcome:
        """Nobody knows whether the call was carried out: asking comes before repeating."""
        if isinstance(task, Edit):
            return Outcome(soil=True, limited=True, wait=self._timing.settle)
        if _party_of(task):
            # Nothing was posted, and opening once more finds the place if there is one by now.
            return Outcome("waiting" if isinstance(task, Post) else None, wait=self._timing.settle)
        reads_back = self.capabilities(task.delivery.owed.to.platform).read_back
        if isinstance(task, Post) and reads_back:
            # It stays "sending": the lane's next owner reads it back once it has settled.
            return Outcome(wait=self._timing.settle)
        match task.delivery.owed.on_doubt:
            case "ask":
                return Outcome("uncertain")
            case "drop":
                return Outcome("dropped")
            case "again":
                return Outcome("waiting", wait=self._timing.settle)

    def lane(self, delivery: Delivery) -> Lane:
        """The lane that it travels in. Raises NoSuchPlatform, as all of these do."""
        return self.platform(delivery.owed.to.platform).lane(delivery.owed.to)

    def edit_rates(self, delivery: Delivery) -> tuple[Rate, ...]:
        """The budgets of the lane's edits; where it has none, one that waits can be written to."""
        lane = self.lane(delivery)
        return lane.edits or (Rate(f"edits/{lane.id}", 1, timedelta(0)),)

    def capabilities(self, platform: str) -> Capabilities:
        """What the platform of this name can do."""
        return self.platform(platform).capabilities

    def platform(self, name: str) -> Platform:
        """The platform of this name."""
        try:
            return self._platforms[name]
        except KeyError:
            raise NoSuchPlatform(name) from None


def _party_of(task: Task) -> Party | None:
    """Whom it is for, where their place is not known yet."""
    return task.to if isinstance(task, Post | ReadBack) and isinstance(task.to, Party) else None
