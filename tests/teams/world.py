"""A whole Teams for a test: a tenant, the connector in front of it, and its people."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx

from bot.chat.address import Person, Place
from bot.platforms.teams.config import CLOUDS, Cloud, TeamsConfig
from tests.teams.connector import Connector, connector
from tests.teams.entra import APP_ID, SECRET, Entra
from tests.teams.hands import Hands
from tests.teams.keys import KeyServer, key_server
from tests.teams.organisation import Organisation

PUBLIC = "https://fivefold.test"
EVERYTHING = frozenset({"replies"})


@dataclass(frozen=True, slots=True)
class World:
    """``allow`` is what the teams' owners let the bot do, in the words of `TeamsConfig`."""

    connector: Connector
    keys: KeyServer
    cloud: Cloud
    allow: frozenset[str]

    @property
    def organisation(self) -> Organisation:
        """Everybody and everything in the tenant."""
        return self.connector.organisation

    def person(self, handle: str) -> Person:
        """Who has this handle."""
        return self.organisation.person(handle)

    def place(self, channel: str, team: str = "") -> Place:
        """The channel of this name, of this team or of the first that has one."""
        return self.organisation.place(channel, team)

    def config(self) -> TeamsConfig:
        """How the bot is connected."""
        return TeamsConfig(
            app_id=APP_ID,
            secret=SECRET,
            tenant=self.organisation.tenant,
            cloud=self.cloud,
            allow=self.allow,
            public_url=PUBLIC,
        )

    def people(self, bot: httpx.AsyncClient, *, now: Callable[[], float] = time.time) -> Hands:
        """The people, who reach the bot by this client. ``now`` gives the seconds of what they
        do, and of the tokens that it is signed with."""
        self.organisation.now = now
        return Hands(self.connector, self.keys, bot, hears="replies" in self.allow, now=now)


@asynccontextmanager
async def teams_world(*, allow: Collection[str] = EVERYTHING) -> AsyncIterator[World]:
    """A Teams with one tenant and two teams, in which the bot is not yet.

    Raises AssertionError in the end if the bot sent what Teams refuses, or edited what somebody
    may have been writing in; a test that means to clears `Connector.refused` or
    `Connector.edited_while_open`.
    """
    async with (
        key_server() as keys,
        connector(Organisation(), Entra()) as front,
    ):
        cloud = replace(
            CLOUDS["public"],
            login=front.url,
            keys_url=keys.keys_url,
            service_url=f"{front.url}/teams",
            hosts=("127.0.0.1",),
        )
        yield World(front, keys, cloud, frozenset(allow))
        assert front.refused == [], "Teams refused what the bot sent"
        assert front.edited_while_open == [], "a card was edited while somebody could write in it"
