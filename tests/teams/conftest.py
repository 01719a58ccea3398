"""A Teams with one tenant, and a small bot in it, for the tests of the world itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.teams.hands import Hands
from tests.teams.small_bot import SmallBot
from tests.teams.world import PUBLIC, World, teams_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A tenant of which the bot hears everything."""
    async with teams_world() as made:
        yield made


@pytest.fixture
async def bot(world: World) -> AsyncIterator[SmallBot]:
    """A bot that has its token."""
    async with httpx.AsyncClient() as http:
        made = SmallBot(world, http)
        await made.sign_in()
        yield made


@pytest.fixture
async def people(world: World, bot: SmallBot) -> AsyncIterator[Hands]:
    """The people, who have added the bot to their team."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(bot), base_url=PUBLIC) as http:
        made = world.people(http)
        await made.adds_bot(world.person("fay"), world.place("lesson"))
        bot.heard.clear()
        yield made
