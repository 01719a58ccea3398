"""Fivefold as it is served, in a Slack: the whole app, on clocks that a test steps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bot.app import open_app
from bot.clock import SteppedClock
from bot.settings import Settings, SlackSettings
from bot.storage.migrate import migrate
from tests.core.making import START
from tests.slack.hands import Hands
from tests.slack.world import PUBLIC, World
from tests.stepping import Stepping


@dataclass
class Running(Stepping):
    """``people`` reach the app as Slack does, ``browser`` its pages."""

    world: World
    people: Hands
    browser: httpx.AsyncClient


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
            assert app.slack
            settle = app.slack.listeners.reception.settled
            yield Running(app, lesson, machine, settle, world, world.people(http), http)
