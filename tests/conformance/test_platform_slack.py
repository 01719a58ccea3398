"""Slack keeps the port's promises, towards an emulator of Slack and the people in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from bot.chat.address import Person, Place, PostRef
from bot.clock import IncreasingClock, SystemClock
from bot.platforms.slack.connection import Slack, open_slack
from bot.storage.engine import Database
from bot.storage.migrate import migrate
from bot.storage.vault import Vault
from bot.web.server import build_web
from tests.conformance.driving import Driver, Ear
from tests.conformance.platform import PlatformContract
from tests.slack.world import EVERYTHING, PUBLIC, World, slack_world

pytestmark = pytest.mark.peers


class SlackDriver(Driver):
    """People at Slack's own client."""

    def __init__(
        self, world: World, slack: Slack, ear: Ear, http: httpx.AsyncClient, place: Place
    ) -> None:
        self.world = world
        self.slack = slack
        self.platform = slack.platform
        self.ear = ear
        self.people = world.people(http)
        self.place = place
        self.elsewhere = world.place("other")

    async def comes_in(self, name: str) -> Person:
        who = await self.people.comes_in(self.place, name)
        await self._done()
        return who

    async def pick(
        self, person: Person, ref: PostRef, callback: str, options: tuple[str, ...] = ()
    ) -> None:
        await self.people.press(person, callback, *options, at=ref)
        await self._done()

    async def open(self, person: Person, ref: PostRef, callback: str) -> None:
        await self.people.press(person, callback, at=ref)
        await self._done()

    async def submit(self, person: Person, fields: Mapping[str, tuple[str, ...]]) -> None:
        for field, values in fields.items():
            await self.people.fill(person, field, *values)
        await self.people.submit(person)
        await self._done()

    async def reply(self, person: Person, ref: PostRef, text: str) -> None:
        await self.people.say(person, ref.thread, text)
        await self._done()

    async def edit_reply(self, person: Person, reply: PostRef, text: str) -> None:
        await self.people.edit(person, reply, text)
        await self._done()

    async def delete_reply(self, person: Person, reply: PostRef) -> None:
        await self.people.delete(person, reply)
        await self._done()

    async def command(self, person: Person, text: str) -> None:
        await self.people.command(person, text, self.place)
        await self._done()

    async def sees(self, person: Person) -> str:
        return await self.people.sees(person)

    async def _done(self) -> None:
        await self.slack.listeners.reception.settled()


class _SlackContract(PlatformContract):
    allow: frozenset[str]

    @pytest.fixture
    async def driver(self, tmp_path: Path) -> AsyncIterator[Driver]:
        url, ear = f"sqlite:///{tmp_path}/slack.db", Ear()
        await migrate(url)
        async with slack_world(allow=self.allow) as world:
            database, clock = Database(url), SystemClock()
            records = Vault(database, [bytes(32)])
            async with open_slack(
                world.config(), records, ear, IncreasingClock(clock), clock
            ) as slack:
                transport = httpx.ASGITransport(build_web(slack.routes))
                async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
                    place = await world.first.open_channel("empty")
                    yield SlackDriver(world, slack, ear, http, place)
            await database.close()


class TestSlackPlatform(_SlackContract):
    """Where the installer allows all that is asked for."""

    allow = EVERYTHING


class TestSlackPlatformWithLeastScopes(_SlackContract):
    """Where the installer allows no more than is needed."""

    allow = frozenset()
