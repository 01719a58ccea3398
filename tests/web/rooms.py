"""A room to test: on a database of its own, behind the web application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.chat.address import Person
from bot.clock import SteppedClock
from bot.platforms.room.adapter import RoomPlatform, person
from bot.platforms.room.clock_hand import ClockHand
from bot.platforms.room.routes import room_routes
from bot.storage.engine import Database
from bot.storage.room_board import SqlBoard
from bot.storage.tables import metadata
from bot.web.server import build_web
from tests.conformance.driving import Ear
from tests.web.browser import Browser

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECRET = b"a secret that is kept for tests only"


@dataclass
class House:
    """A room platform with its application and the one who hears."""

    room: RoomPlatform
    ear: Ear
    app: Starlette
    clock: SteppedClock

    def browser(self) -> Browser:
        """A fresh browser, as of somebody who was never here."""
        return Browser(self.app, https=self.room.https)

    async def visitor(
        self, name: str, channel: str = "main", person_id: str | None = None
    ) -> Browser:
        """Somebody who came in by the cohort's link, or by a link of their own."""
        browser = self.browser()
        await browser.enter(self.room.entry_link(channel, person_id), name)
        return browser

    async def person(self, name: str, channel: str = "main") -> Person:
        """Who goes by this name in the room."""
        people = await self.room.board.people(channel)
        return person(next(p.id for p in people if p.name.text == name))


@asynccontextmanager
async def a_house(
    folder: Path,
    *,
    https: bool = False,
    open_entry: bool = False,
    clock_hand: ClockHand | None = None,
) -> AsyncIterator[House]:
    """A house with two rooms, ``main`` and ``other``, on SQLite in this folder."""
    database = Database(f"sqlite:///{folder / 'room.db'}")
    async with database.writing() as connection:
        await connection.run_sync(metadata.create_all)
    async with a_house_on(
        database, https=https, open_entry=open_entry, clock_hand=clock_hand
    ) as house:
        yield house


@asynccontextmanager
async def a_house_on(
    database: Database,
    *,
    https: bool = False,
    open_entry: bool = False,
    clock_hand: ClockHand | None = None,
) -> AsyncIterator[House]:
    """A house on a database that has its tables; it closes it in the end."""
    ear, clock = Ear(), SteppedClock(START)
    room = RoomPlatform(
        SqlBoard(database),
        ear,
        clock,
        SECRET,
        https=https,
        open_entry=open_entry,
        clock_hand=clock_hand,
    )
    await room.open_channel("main", "The main room")
    await room.open_channel("other", "The other room")
    try:
        yield House(room, ear, build_web(room_routes(room), https=https), clock)
    finally:
        room.bell.close()
        await database.close()
