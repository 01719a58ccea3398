"""Teams keeps the port's promises, towards a Bot Connector on this machine and its people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from bot.chat.address import Person, PostRef
from bot.clock import IncreasingClock, SystemClock
from bot.platforms.teams.connection import Teams, open_teams
from bot.storage.engine import Database
from bot.storage.migrate import migrate
from bot.storage.vault import Vault
from bot.web.server import build_web
from tests.conformance.driving import Driver, Ear
from tests.conformance.platform import PlatformContract
from tests.teams.world import EVERYTHING, PUBLIC, World, teams_world


class TeamsDriver(Driver):
    """People at Teams' own client, in a team that nobody is in yet."""

    def __init__(
        self, world: World, teams: Teams, ear: Ear, http: httpx.AsyncClient, old_client: bool
    ) -> None:
        self.teams = teams
        self.old_client = old_client
        self.platform = teams.platform
        self.ear = ear
        self.people = world.people(http)
        world.organisation.open_team("Empty", ["empty"])
        self.place = world.place("empty")
        # Whoever is in a team is in all its channels: another channel is another team's.
        self.elsewhere = world.place("other")
        self._owner = world.person("fay")

    async def begins(self) -> None:
        """The bot is added to both teams."""
        for place in (self.place, self.elsewhere):
            await self.people.adds_bot(self._owner, place)
        await self.teams.settled()

    async def comes_in(self, name: str) -> Person:
        who = await self.people.comes_in(self.place, name)
        await self.teams.settled()
        return who

    async def pick(
        self, person: Person, ref: PostRef, callback: str, options: tuple[str, ...] = ()
    ) -> None:
        await self.people.press(person, callback, *options, at=ref, old_client=self.old_client)
        await self.teams.settled()

    async def open(self, person: Person, ref: PostRef, callback: str) -> None:
        await self.people.press(person, callback, at=ref, old_client=self.old_client)
        await self.teams.settled()

    async def submit(self, person: Person, fields: Mapping[str, tuple[str, ...]]) -> None:
        for field, values in fields.items():
            self.people.fill(person, field, *values)
        await self.people.submit(person, old_client=self.old_client)
        await self.teams.settled()

    async def reply(self, person: Person, ref: PostRef, text: str) -> None:
        await self.people.say(person, ref.thread, text)
        await self.teams.settled()

    async def edit_reply(self, person: Person, reply: PostRef, text: str) -> None:
        await self.people.edit(reply, text)
        await self.teams.settled()

    async def delete_reply(self, person: Person, reply: PostRef) -> None:
        await self.people.delete(reply)
        await self.teams.settled()

    async def command(self, person: Person, text: str) -> None:
        await self.people.whisper(person, text)
        await self.teams.settled()

    async def sees(self, person: Person) -> str:
        return await self.people.sees(person)


class _TeamsContract(PlatformContract):
    allow: frozenset[str]
    old_client = False

    @pytest.fixture
    async def driver(self, tmp_path: Path) -> AsyncIterator[Driver]:
        url, ear = f"sqlite:///{tmp_path}/teams.db", Ear()
        await migrate(url)
        async with teams_world(allow=self.allow) as world:
            database, clock = Database(url), SystemClock()
            records = Vault(database, [bytes(32)])
            async with open_teams(
                world.config(), records, ear, IncreasingClock(clock), clock
            ) as teams:
                transport = httpx.ASGITransport(build_web(teams.routes))
                async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
                    driver = TeamsDriver(world, teams, ear, http, self.old_client)
                    await driver.begins()
                    yield driver
            await database.close()


class TestTeamsPlatform(_TeamsContract):
    """Where the team's owner lets the bot hear all that is written in its channels."""

    allow = EVERYTHING


class TestTeamsPlatformWithLeastConsent(_TeamsContract):
    """Where the bot hears only what mentions it."""

    allow = frozenset()


class TestTeamsPlatformForOldClients(_TeamsContract):
    """Where people's clients know no Action.Execute, and answers come into their own talk."""

    allow = EVERYTHING
    old_client = True
