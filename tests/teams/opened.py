"""Teams opened before a connector that can fail, with an ear in the place of the service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from aiohttp import web

from bot.chat.address import Place
from bot.chat.event import Event
from bot.chat.platform import Hear
from bot.clock import Clock, IncreasingClock, SteppedClock
from bot.platforms.teams.connection import Teams, open_teams
from bot.web.server import build_web
from tests.conformance.driving import Ear
from tests.core.making import START
from tests.records import MemoryRecords
from tests.teams.faults import Fault
from tests.teams.hands import Hands
from tests.teams.people import Acknowledged
from tests.teams.world import EVERYTHING, PUBLIC, World, teams_world

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(Fault):
    """An answer that is not Teams' own; ``status`` is that of HTTP."""

    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self, request: web.Request) -> web.Response:
        """The body as it is."""
        return web.Response(
            status=self.status, body=self.body, content_type=self.kind, headers=self.headers
        )


@dataclass
class Opened:
    """Everything together; ``clock`` is the machine's, and with the ear's also the lesson's."""

    world: World
    teams: Teams
    people: Hands
    ear: Ear
    records: MemoryRecords
    clock: SteppedClock

    @property
    def events(self) -> list[Event]:
        """What was heard."""
        return self.ear.events

    @property
    def lesson(self) -> Place:
        """The channel of the lesson."""
        return self.world.place("lesson")

    async def tell(self, told: Json) -> Acknowledged:
        """Teams tells the bot of something; what follows it has arrived."""
        answer = await self.people.tell(told)
        await self.teams.settled()
        return answer

    async def said_to(self, handle: str) -> list[str]:
        """What the bot said to somebody in their talk, message by message, as its cards read."""
        who = self.world.person(handle)
        talk = self.people.talk(who).id
        there = self.world.organisation.standing(talk)
        return [json.dumps(one.cards) for one in there if not one.author]


@asynccontextmanager
async def opened(*, allow: Collection[str] = EVERYTHING) -> AsyncIterator[Opened]:
    """The bot is in the first team, to which Fay added it."""
    ear, clock = Ear(), SteppedClock(START)
    records = MemoryRecords()
    async with (
        teams_world(allow=allow) as world,
        hearing(world, records, ear, IncreasingClock(clock), clock) as (teams, people),
    ):
        made = Opened(world, teams, people, ear, records, clock)
        await people.adds_bot(world.person("fay"), made.lesson)
        await teams.settled()
        ear.events.clear()
        world.connector.calls.clear()
        yield made


@asynccontextmanager
async def hearing(
    world: World, records: MemoryRecords, hear: Hear, lesson: Clock, machine: Clock
) -> AsyncIterator[tuple[Teams, Hands]]:
    """Teams as it is served, and the people who reach it."""

    def now() -> float:
        at: datetime = machine.now()
        return at.timestamp()

    async with open_teams(world.config(), records, hear, lesson, machine) as teams:
        transport = httpx.ASGITransport(build_web(teams.routes))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
            yield teams, world.people(http, now=now)
