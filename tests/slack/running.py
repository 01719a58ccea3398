"""Fivefold as it is served, in a Slack: the whole app, on clocks that a test steps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bot.app import App, open_app
from bot.clock import SteppedClock
from bot.facilitation.state import Run
from bot.settings import Settings, SlackSettings
from bot.storage.migrate import migrate
from tests.core.making import START
from tests.slack.hands import Hands
from tests.slack.world import PUBLIC, World

MOST_STEPS = 2_000
"""More moments than any run of a test has."""


@dataclass
class Running:
    """``people`` reach the app as Slack does, ``browser`` its pages."""

    app: App
    world: World
    people: Hands
    browser: httpx.AsyncClient
    lesson: SteppedClock
    machine: SteppedClock

    async def work(self) -> None:
        """Do all that can be done now, and let what is said beside it arrive."""
        for _ in range(MOST_STEPS):
            if not await self.app.worker.turn():
                await self.settle()
                return
        raise AssertionError("there is no end to what is to be done at one moment")

    async def settle(self) -> None:
        """Let what follows an acknowledgement arrive."""
        assert self.app.slack
        await self.app.slack.listeners.reception.settled()

    async def run_to(self, moment: datetime) -> None:
        """Work from each moment at which something is due to the next, until this one."""
        for _ in range(MOST_STEPS):
            await self.work()
            if self.lesson.now() >= moment:
                return
            ahead = [wait for wait in await self._waits() if wait > timedelta(0)]
            by = min([moment - self.lesson.now(), *ahead])
            self.lesson.step_to(self.lesson.now() + by)
            self.machine.step_to(self.machine.now() + by)
        raise AssertionError(f"the run does not come to {moment}")

    async def run_for(self, minutes: float) -> None:
        """`run_to` so much later."""
        await self.run_to(self.lesson.now() + timedelta(minutes=minutes))

    async def _waits(self) -> list[timedelta]:
        async with self.app.store.reading() as reading:
            due = await reading.due()
        lesson = [at - self.lesson.now() for at in (due.cue_at, due.delivery_at) if at]
        machine = [due.lane_at - self.machine.now()] if due.lane_at else []
        return lesson + machine

    async def runs(self) -> list[Run]:
        """All runs, latest start first."""
        async with self.app.store.reading() as reading:
            return list(await reading.runs())


@asynccontextmanager
async def running(
    world: World, folder: Path, lessons: Path, *, oauth: bool = False
) -> AsyncIterator[Running]:
    """The app over a database in ``folder``, with the lessons of another to choose from."""
    config = world.config(oauth=oauth)
    settings = Settings(
        database=f"sqlite:///{folder}/fivefold.db",
        secret=bytes(range(32)),
        public_url=PUBLIC,
        lessons=lessons,
        slack=SlackSettings(
            signing_secret=config.signing_secret,
            client_id=config.client_id,
            client_secret=config.client_secret,
            bot_token=config.bot_token,
            api_url=config.api_url,
            allow=config.allow,
        ),
    )
    await migrate(settings.database)
    lesson, machine = SteppedClock(START), SteppedClock(datetime.now(UTC))
    async with open_app(settings, lesson=lesson, machine=machine) as app:
        transport = httpx.ASGITransport(app.web())
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
            yield Running(app, world, world.people(http), http, lesson, machine)
