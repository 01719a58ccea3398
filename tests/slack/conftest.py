"""A Slack with one workspace, and a small bot in it, for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.slack.hands import Hands
from tests.slack.small_bot import SmallBot
from tests.slack.world import PUBLIC, World, slack_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """One workspace, in which the bot may do everything that it ever asks for."""
    async with slack_world() as made:
        yield made


@pytest.fixture
def small_bot(world: World) -> SmallBot:
    """A bot that is there."""
    return SmallBot(world)


@pytest.fixture
async def people(world: World, small_bot: SmallBot) -> AsyncIterator[Hands]:
    """The people, who reach that bot."""
    transport = httpx.MockTransport(small_bot)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        yield world.people(http)
