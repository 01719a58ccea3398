"""Teams, put together: the platform, the door through which it is heard, and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from starlette.routing import BaseRoute

from bot.chat.platform import Hear, Records, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.teams.about import about_route
from bot.platforms.teams.adapter import TeamsPlatform
from bot.platforms.teams.answers import Answering
from bot.platforms.teams.auth import TokenCheck
from bot.platforms.teams.channels import Channels
from bot.platforms.teams.choosing import Choosing
from bot.platforms.teams.comings import Comings
from bot.platforms.teams.config import MESSAGES_PATH, TeamsConfig
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.doors import Doors
from bot.platforms.teams.offers import Offers
from bot.platforms.teams.planners import Planners
from bot.platforms.teams.rosters import Rosters
from bot.platforms.teams.routes import messages_route
from bot.platforms.teams.tokens import Tokens
from bot.platforms.teams.under_way import UnderWay
from bot.words import t


@dataclass(frozen=True, slots=True)
class Teams:
    """One Teams app, open."""

    config: TeamsConfig
    platform: TeamsPlatform
    channels: Channels
    routes: tuple[BaseRoute, ...]
    doors: Doors
    under_way: UnderWay
    offers: Offers

    @property
    def how(self) -> str:
        """By which way Teams is heard, for whoever starts it."""
        return t("at {url}", url=f"{self.config.public_url}{MESSAGES_PATH}")

    async def where(self) -> str:
        """In which teams Fivefold is, or why that cannot be said; one sentence."""
        if self.config.local:
            return t("The Playground is heard {how}; nothing else can be.", how=self.how)
        try:
            teams = await self.channels.all(self.config.tenant)
        except RecordsUnavailable:
            return t("Teams is heard {how}; the database does not say now where.", how=self.how)
        if not teams:
            return t("Teams is heard {how}, and Fivefold is in no team yet.", how=self.how)
        *others, last = [team.name or team.id for team in teams]
        known = t("{others} and {last}", others=", ".join(others), last=last) if others else last
        return t("Teams is heard {how}, in {known}.", how=self.how, known=known)

    async def sweep(self) -> None:
        """Forget what is kept for a time only. Raises RecordsUnavailable."""
        await self.platform.sweep()
        await self.offers.sweep()

    async def settled(self) -> None:
        """Wait for whatever still goes out to people."""
        await self.under_way.settled()


@asynccontextmanager
async def open_teams(
    config: TeamsConfig, records: Records, hear: Hear, lesson: Clock, machine: Clock
) -> AsyncIterator[Teams]:
    """Teams, closed at the end of the block; what still goes out to people goes first, where that
    is soon done."""
    # Agencies let their servers out through a proxy, which the environment names.
    async with aiohttp.ClientSession(trust_env=True) as session:
        connector = Connector(config, Tokens(config, session, machine), session)
        channels = Channels(connector, records)
        contacts = Contacts(config, connector, records, channels, machine)
        platform = TeamsPlatform(connector, contacts, records, config.capabilities, machine)
        choosing = Choosing(channels, Rosters(contacts, machine))
        answering, under_way = Answering(platform, choosing), UnderWay()
        comings = Comings(contacts, channels, choosing, answering, under_way, hear, lesson, machine)
        planners = Planners(contacts, choosing, local=config.local)
        offers = Offers(records, machine)
        doors = Doors(platform, comings, planners, offers, answering, under_way, hear, lesson)
        check = TokenCheck(config, session, machine)
        routes = (messages_route(check, doors), about_route(config))
        teams = Teams(config, platform, channels, routes, doors, under_way, offers)
        try:
            yield teams
        finally:
            await under_way.close()
