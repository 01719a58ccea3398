"""Slack, put together: the platform, the doors through which it is heard, and the pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from starlette.routing import BaseRoute, Route

from bot.chat.platform import Gone, Hear, Limited, Records, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.reaching import limits
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.calls import Api
from bot.platforms.slack.client import SECONDS
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.install import OAuth
from bot.platforms.slack.installs import Installs
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.platforms.slack.profiles import Profiles
from bot.platforms.slack.routes import events_route
from bot.platforms.slack.sockets import listen
from bot.words import t


@dataclass(frozen=True, slots=True)
class Slack:
    """One Slack app, open."""

    config: SlackConfig
    platform: SlackPlatform
    installs: Installs
    listeners: Listeners
    routes: tuple[BaseRoute, ...]
    api: Api

    @property
    def how(self) -> str:
        """By which way Slack is heard, for whoever starts it."""
        if self.config.app_token:
            return "over Socket Mode"
        return f"at {self.config.public_url}{EVENTS_PATH}"

    async def where(self) -> str:
        """In which workspaces Slack is connected, or why that cannot be said; one sentence."""
        try:
            names = [install.name for install in await self.installs.all()]
        except Gone as gone:
            return t("{why}: run “fivefold doctor”.", why=gone)
        except Limited:
            return t("Slack is heard {how}, but cannot be reached now.", how=self.how)
        except RecordsUnavailable:
            return t("Slack is heard {how}; the database does not say now where.", how=self.how)
        if not names:
            return t("Slack is heard {how}, and Fivefold is installed nowhere yet.", how=self.how)
        *others, last = sorted(names)
        known = t("{others} and {last}", others=", ".join(others), last=last) if others else last
        return t("Slack is heard {how}, in {known}.", how=self.how, known=known)

    async def listen(self, stopping: asyncio.Event) -> None:
        """Hear what comes over Socket Mode until ``stopping`` is set; nothing where it is off."""
        if self.config.app_token:
            await listen(self.config, self.listeners, self.api, stopping)


@asynccontextmanager
async def open_slack(
    config: SlackConfig, records: Records, hear: Hear, lesson: Clock, machine: Clock
) -> AsyncIterator[Slack]:
    """Slack, closed at the end of the block; what still goes out to people goes first."""
    async with aiohttp.ClientSession(timeout=limits(SECONDS)) as session:
        installs = Installs(records, config, machine)

        async def token_of(tenant: str) -> str:
            return (await installs.fresh(tenant)).bot_token

        api = Api(config, token_of, session)
        profiles = Profiles(api, machine)
        platform = SlackPlatform(api, records, profiles, config.capabilities, machine)
        answering = Answering(api, platform)
        listeners = Listeners(installs, api, profiles, answering, hear, lesson)
        doors: list[BaseRoute] = []
        if config.signing_secret:
            doors.append(events_route(config, listeners))
        if config.client_id and config.public_url:
            oauth = OAuth(config, installs, records, hear, machine)
            doors.append(Route(INSTALL_PATH, oauth.install))
            doors.append(Route(REDIRECT_PATH, oauth.oauth_redirect))
        slack = Slack(config, platform, installs, listeners, tuple(doors), api)
        try:
            yield slack
        finally:
            await listeners.reception.settled()
            await installs.settled()
