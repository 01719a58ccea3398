"""Builds everything from the settings; the one file that knows every package."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette

from bot.alarm import Alarm
from bot.chat.address import Person, Place
from bot.chat.platform import Capabilities, Platform
from bot.clock import Clock, IncreasingClock, ScaledClock, SystemClock
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.routes import room_routes
from bot.service.cueing import GRACE, Cueing
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing, NewId
from bot.service.managing import Managing
from bot.service.scenes import CapabilitiesOf
from bot.service.sending import Sending
from bot.service.worker import Worker
from bot.settings import Settings, load_secret
from bot.storage.room_board import SqlBoard
from bot.storage.store import SqlStore, open_store
from bot.web.server import build_web

HEARD_FOR = timedelta(days=7)
"""How long the id of an event is remembered; no platform redelivers later than that."""


@dataclass(frozen=True, slots=True)
class App:
    """Fivefold, put together and open."""

    settings: Settings
    store: SqlStore
    room: RoomPlatform
    hearing: Hearing
    managing: Managing
    worker: Worker
    alarm: Alarm
    lesson: Clock
    capabilities_of: CapabilitiesOf

    def web(self) -> Starlette:
        """The web server's application."""
        return build_web(room_routes(self.room), https=self.room.https)


def random_id(run: str, person: Person) -> str:
    """A surrogate id that says nothing of the person."""
    return secrets.token_hex(8)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    lesson: Clock | None = None,
    machine: Clock | None = None,
    grace: timedelta = GRACE,
    new_id: NewId = random_id,
    width: int = 8,
    open_entry: bool = False,
) -> AsyncIterator[App]:
    """Everything, closed at the end of the block.

    ``lesson`` and ``machine`` are the two clocks, by default the system's.
    ``open_entry`` opens the room to everybody: loopback only.
    Raises StoreUnavailable.
    """
    lesson = lesson or SystemClock()
    machine = machine or SystemClock()
    platforms: dict[str, Platform] = {}

    def lane_of(to: Place | Person) -> str:
        return platforms[to.platform].lane(to).id

    def capabilities_of(platform: str) -> Capabilities:
        return platforms[platform].capabilities

    async with open_store(settings.database, lane_of=lane_of) as store:
        managing = Managing(store, lesson)
        hearing = Hearing(store, GroupCommit(store), managing, capabilities_of, new_id)

        room = RoomPlatform(
            SqlBoard(store.database),
            hearing.hear,
            IncreasingClock(lesson),
            load_secret(settings),
            https=settings.public_url.startswith("https://"),
            open_entry=open_entry,
        )
        platforms[room.name] = room

        async def forget_old_events() -> None:
            await store.prune(datetime.now(UTC) - HEARD_FOR)

        async with Alarm(lesson, machine, nightly=forget_old_events) as alarm:
            store.on_change(alarm.wake)
            if isinstance(lesson, ScaledClock):
                lesson.on_turn(alarm.wake)
            sending = Sending(
                store,
                platforms,
                lesson=lesson,
                machine=machine,
                owner=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
                width=width,
            )
            worker = Worker(store, Cueing(store, lesson, grace), sending, alarm)
            yield App(
                settings, store, room, hearing, managing, worker, alarm, lesson, capabilities_of
            )
