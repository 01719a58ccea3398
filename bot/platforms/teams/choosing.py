"""What there is to choose from in a form: channels, and people of the teams they are in."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.chat.message import Option
from bot.chat.platform import PlatformFailure
from bot.clock import Clock
from bot.platforms.teams.channels import Channels
from bot.platforms.teams.contacts import Contacts, entra_id
from bot.platforms.teams.inputs import Known

SECONDS = 2.0
"""How long somebody who opens a form waits for the list of people; without it they type."""

KEPT = timedelta(minutes=10)


class Choosing:
    """Knows the channels and people of a tenant."""

    def __init__(self, contacts: Contacts, channels: Channels, machine: Clock) -> None:
        self._contacts = contacts
        self._channels = channels
        self._machine = machine
        self._people: dict[str, tuple[datetime, tuple[Option, ...]]] = {}

    async def known(self, tenant: str, places: bool, people: bool) -> Known:
        """What can be chosen, of what is asked for. Raises RecordsUnavailable."""
        teams = await self._channels.all(tenant)
        channels = tuple(
            Option(channel.id, f"{team.name}: {channel.name}" if team.name else channel.name)
            for team in teams
            for channel in team.channels
        )
        ids = tuple(team.id for team in teams)
        return Known(channels if places else (), await self._of(tenant, ids) if people else ())

    async def _of(self, tenant: str, teams: tuple[str, ...]) -> tuple[Option, ...]:
        now = self._machine.now()
        until, found = self._people.get(tenant, (now, ()))
        if until > now:
            return found
        try:
            async with asyncio.timeout(SECONDS):
                found = await self._listed(tenant, teams)
        except (PlatformFailure, TimeoutError):
            return ()
        self._people[tenant] = (now + KEPT, found)
        return found

    async def _listed(self, tenant: str, teams: tuple[str, ...]) -> tuple[Option, ...]:
        names: dict[str, str] = {}
        for team in teams:
            for member in await self._contacts.members(tenant, team):
                if id := entra_id(member):
                    names[id] = str(member.get("name") or id)
        return tuple(
            Option(id, name)
            for id, name in sorted(names.items(), key=lambda one: one[1].casefold())
        )
