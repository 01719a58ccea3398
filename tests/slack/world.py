"""A whole Slack for a test: workspaces, the gateway in front of them, and their people."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.chat.address import Person, Place
from bot.platforms.slack.config import SlackConfig, scopes_for
from tests.slack.delivery import Deliver, HttpDelivery
from tests.slack.finding import slack_link
from tests.slack.gateway import Gateway, gateway
from tests.slack.hands import Hands
from tests.slack.workspace import CLIENT_ID, CLIENT_SECRET, Workspace, workspace

SECRET = "the signing secret of the tests"
PUBLIC = "https://fivefold.test"
TEAMS = {"T0FIRST": "Acme", "T0SECOND": "Globex"}
EVERYTHING = frozenset({"history", "groups"})


@dataclass(frozen=True, slots=True)
class World:
    """``allow`` is what the installers let the bot do, in the words of `SlackConfig`."""

    gateway: Gateway
    allow: frozenset[str]

    @property
    def first(self) -> Workspace:
        """The only workspace, or the first of several."""
        return next(iter(self.gateway.workspaces.values()))

    def person(self, handle: str, team: str = "") -> Person:
        """Who has this handle, in the first workspace where no team is named."""
        return (self.gateway.workspaces[team] if team else self.first).person(handle)

    def place(self, channel: str, team: str = "") -> Place:
        """The channel of this name, likewise."""
        return (self.gateway.workspaces[team] if team else self.first).place(channel)

    def config(self, *, oauth: bool = False) -> SlackConfig:
        """How the bot is connected: by OAuth, or with the first workspace's token by hand."""
        return SlackConfig(
            signing_secret=SECRET,
            client_id=CLIENT_ID if oauth else "",
            client_secret=CLIENT_SECRET if oauth else "",
            bot_token="" if oauth else self.first.token,
            api_url=self.gateway.api_url,
            allow=self.allow,
            public_url=PUBLIC,
        )

    def people(
        self,
        bot: httpx.AsyncClient | Deliver,
        *,
        now: Callable[[], float] = time.time,
    ) -> Hands:
        """The people, who reach the bot by this client or in this other way."""
        deliver = HttpDelivery(bot, SECRET) if isinstance(bot, httpx.AsyncClient) else bot
        return Hands(self.gateway, deliver, now=now)

    async def installs(
        self, bot: httpx.AsyncClient, team: str = "", *, who: str = "admin"
    ) -> httpx.Response:
        """Somebody follows the bot's install page through Slack and back: the page they end on.

        The client keeps cookies, as a browser would.
        """
        where = self.gateway.workspaces[team] if team else self.first
        page = await bot.get("/slack/install")
        address = page.headers.get("location") or slack_link(page.text)
        return await bot.get(await self.gateway.authorise(where, address, where.people[who]))


@asynccontextmanager
async def slack_world(
    *,
    teams: int = 1,
    allow: Collection[str] = EVERYTHING,
    enterprise: str = "",
    org_wide: bool = False,
) -> AsyncIterator[World]:
    """A Slack with one or two workspaces, in an ``enterprise`` if an id of one is given.

    Raises AssertionError in the end if the bot sent what Slack refuses; a test that means to
    clears `Gateway.refused`.
    """
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(
                workspace(
                    team,
                    name,
                    scopes=scopes_for(allow),
                    redirect=f"{PUBLIC}/slack/oauth_redirect",
                    enterprise=enterprise,
                    org_wide=org_wide,
                )
            )
            for team, name in list(TEAMS.items())[:teams]
        ]
        front = await stack.enter_async_context(gateway(made))
        yield World(front, frozenset(allow))
        assert front.refused == [], "Slack refused what the bot sent"
