"""Builds everything from the settings; the one file that knows every package."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from bot.alarm import Alarm
from bot.chat.address import Person, Recipient, lane_name
from bot.chat.platform import Capabilities, Hear, Platform, Records
from bot.clock import Clock, IncreasingClock, ScaledClock, SystemClock
from bot.facilitation.activities import KINDS
from bot.lessons.library import CONTENT, Library
from bot.platforms.room.adapter import NAME as ROOM
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.routes import room_routes
from bot.rehearsal.attending import Attending
from bot.service.attending import NewId
from bot.service.cueing import GRACE, Cueing
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing
from bot.service.managing import Managing
from bot.service.scenes import CapabilitiesOf
from bot.service.sending import Sending
from bot.service.worker import Worker
from bot.settings import Settings, load_secret
from bot.storage.room_board import SqlBoard
from bot.storage.store import SqlStore, open_store
from bot.storage.vault import Vault
from bot.web.evidence import EvidenceLinks, evidence_routes
from bot.web.server import build_web

if TYPE_CHECKING:
    from bot.platforms.slack.connection import Slack
    from bot.platforms.teams.config import TeamsConfig
    from bot.platforms.teams.connection import Teams

HEARD_FOR = timedelta(days=7)
"""How long the id of an event is remembered; no platform redelivers later than that."""


@dataclass(frozen=True, slots=True)
class App:
    """Fivefold, put together and open. ``slack`` and ``teams`` are there where the settings have
    them."""

    settings: Settings
    store: SqlStore
    room: RoomPlatform
    hearing: Hearing
    managing: Managing
    worker: Worker
    alarm: Alarm
    lesson: Clock
    capabilities_of: CapabilitiesOf
    links: EvidenceLinks
    attending: Attending
    slack: Slack | None = None
    teams: Teams | None = None

    def web(self) -> Starlette:
        """The web server's application."""
        evidence = evidence_routes(self.links, self.store)
        chats = (chat.routes for chat in (self.slack, self.teams) if chat)
        routes = [*room_routes(self.room), *evidence, *chain.from_iterable(chats)]
        return build_web(routes, https=self.room.https)


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

    def lane_of(to: Recipient) -> str:
        if to.platform in platforms:
            return platforms[to.platform].lane(to).id
        # It waits until a process comes that has this platform.
        return lane_name(to)

    def capabilities_of(platform: str) -> Capabilities:
        return platforms[platform].capabilities if platform in platforms else Capabilities()

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database, lane_of=lane_of))
        records = Vault(store.database, [record_secret(settings)])
        links = EvidenceLinks(records, machine, settings.public_url, at_home=frozenset({ROOM}))
        managing = Managing(store, lesson, capabilities_of)
        library = Library(settings.lessons or CONTENT, lambda: KINDS)
        hearing = Hearing(
            store, GroupCommit(store), managing, capabilities_of, new_id, library, links
        )

        room = RoomPlatform(
            SqlBoard(store.database),
            hearing.hear,
            IncreasingClock(lesson),
            load_secret(settings),
            https=settings.public_url.startswith("https://"),
            open_entry=open_entry,
        )
        platforms[room.name] = room

        async def forget() -> None:
            await store.prune(datetime.now(UTC) - HEARD_FOR)
            await links.sweep()
            if teams:
                await teams.sweep()

        slack = None
        if settings.slack:
            slack = await stack.enter_async_context(
                _open_slack(settings, records, hearing.hear, lesson, machine)
            )
            platforms[slack.platform.name] = slack.platform
        teams = None
        if settings.teams:
            teams = await stack.enter_async_context(
                _open_teams(settings, records, hearing.hear, lesson, machine)
            )
            platforms[teams.platform.name] = teams.platform

        async with Alarm(lesson, machine, nightly=forget) as alarm:
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
            worker = Worker(store, Cueing(store, lesson, capabilities_of, grace), sending, alarm)
            yield App(
                settings,
                store,
                room,
                hearing,
                managing,
                worker,
                alarm,
                lesson,
                capabilities_of,
                links,
                Attending(store, hearing.hear, capabilities_of, lesson),
                slack,
                teams,
            )


def record_secret(settings: Settings) -> bytes:
    """The secret that seals what platforms remember. Raises SettingsError."""
    return hashlib.sha256(b"fivefold sealed records\n" + load_secret(settings)).digest()


def _open_slack(
    settings: Settings, records: Records, hear: Hear, lesson: Clock, machine: Clock
) -> AbstractAsyncContextManager[Slack]:
    # Its SDK is only loaded where it is used.
    from bot.platforms.slack.config import SlackConfig
    from bot.platforms.slack.connection import open_slack

    assert settings.slack
    given = {name: getattr(settings.slack, name) for name in settings.slack.__slots__}
    config = SlackConfig(**given, public_url=settings.public_url)
    return open_slack(config, records, hear, IncreasingClock(lesson), machine)


def _open_teams(
    settings: Settings, records: Records, hear: Hear, lesson: Clock, machine: Clock
) -> AbstractAsyncContextManager[Teams]:
    from bot.platforms.teams.connection import open_teams

    return open_teams(teams_config(settings), records, hear, IncreasingClock(lesson), machine)


def teams_config(settings: Settings) -> TeamsConfig:
    """How Teams is connected, where the settings have it."""
    from bot.platforms.teams.config import CLOUDS, TeamsConfig

    assert settings.teams
    given = {name: getattr(settings.teams, name) for name in settings.teams.__slots__}
    cloud = CLOUDS[given.pop("cloud")]
    return TeamsConfig(**given, cloud=cloud, public_url=settings.public_url)
