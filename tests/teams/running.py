"""Fivefold as it is served, in the Playground: the whole app, on clocks that a test steps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app import open_app
from bot.clock import SteppedClock
from bot.platforms.teams.config import MESSAGES_PATH
from bot.settings import Settings, TeamsSettings
from bot.storage.migrate import migrate
from bot.web.server import listen, serve
from tests.core.making import START
from tests.stepping import Stepping
from tests.teams.players import Players
from tests.teams.playground import Playground, playground


@dataclass
class Running(Stepping):
    """``people`` are those of the Playground ``play``, which reaches the app as Teams does."""

    play: Playground
    people: Players


@asynccontextmanager
async def running(
    folder: Path, lessons: Path, *, allow: Collection[str] = (), me: str = "ana"
) -> AsyncIterator[Running]:
    """The app over a database in ``folder``, with the lessons of another to choose from.

    ``me`` sits at the Playground's page.
    """
    with listen("127.0.0.1", 0) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        settings = Settings(
            database=f"sqlite:///{folder}/fivefold.db",
            secret=bytes(range(32)),
            public_url=address,
            lessons=lessons,
            teams=TeamsSettings(local=True, allow=frozenset(allow)),
        )
        await migrate(settings.database)
        lesson, machine = SteppedClock(START), SteppedClock(datetime.now(UTC))
        async with open_app(settings, lesson=lesson, machine=machine) as app:
            serving = asyncio.create_task(serve(app.web(), "", 0, [free]))
            try:
                async with playground(f"{address}{MESSAGES_PATH}", me=me) as play:
                    assert app.teams
                    yield Running(app, lesson, machine, app.teams.settled, play, Players(play))
            finally:
                serving.cancel()
                await asyncio.wait({serving})
