"""What there is to choose from in a form: the channels that somebody is in, and the people of
their teams."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping

from bot.chat.address import Person
from bot.chat.message import Option
from bot.chat.platform import Gone, PlatformFailure, Rejected
from bot.platforms.teams.channels import Channels, Team
from bot.platforms.teams.inputs import Known
from bot.platforms.teams.rosters import Roster, Rosters

SECONDS = 2.0
"""How long somebody waits until it is known where they are; who opens a form types then."""

_CONVERSATION = re.compile(r"19:\S+|(?:a|8|28|29):[\w-]{16,}")
"""What Teams would take for a conversation: a channel, or a talk with one person."""


class Choosing:
    """Knows which channels and people are whose."""

    def __init__(self, channels: Channels, rosters: Rosters) -> None:
        self._channels = channels
        self._rosters = rosters

    async def known(self, who: Person, places: bool, people: bool) -> Known:
        """What they can choose, of what is asked for: what Teams does not tell soon is left out.
        Raises RecordsUnavailable."""
        teams = await self._channels.all(who.tenant)
        rooms = {team.id for team in teams}
        if places:
            rooms |= {team.room(channel.id) for team in teams for channel in team.channels}
        rosters = await self._told(who.tenant, sorted(rooms))
        channels = tuple(
            Option(channel.id, f"{team.name}: {channel.name}" if team.name else channel.name)
            for team in teams
            for channel in team.channels
            if who.id in rosters.get(team.room(channel.id), {})
        )
        mine = [rosters[team.id] for team in teams if who.id in rosters[team.id]]
        return Known(channels if places else (), _options(mine) if people else ())

    async def are_theirs(self, who: Person, fields: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether they are in each channel that they chose, or wrote the id of, in a form.

        Raises RecordsUnavailable, as the port does, and TimeoutError.
        """
        teams = await self._channels.all(who.tenant)
        known = {channel.id for team in teams for channel in team.channels}
        given = {value.strip() for values in fields.values() for value in values}
        chosen = {id for id in given if id in known or _CONVERSATION.fullmatch(id)}
        async with asyncio.timeout(SECONDS):
            for id in sorted(chosen):
                if not await self._is_in(who, _room(teams, id)):
                    return False
        return True

    def moved(self, tenant: str, team: str) -> None:
        """Somebody came into a team, or went."""
        self._rosters.forget(tenant, team)

    async def _is_in(self, who: Person, room: str) -> bool:
        if not room.startswith("19:"):
            return False
        try:
            return who.id in await self._rosters.of(who.tenant, room)
        except (Gone, Rejected):
            return False

    async def _told(self, tenant: str, rooms: list[str]) -> dict[str, Roster]:
        async def one(room: str) -> Roster:
            try:
                async with asyncio.timeout(SECONDS):
                    return await self._rosters.of(tenant, room)
            except (PlatformFailure, TimeoutError):
                return {}

        return dict(zip(rooms, await asyncio.gather(*map(one, rooms)), strict=True))


def _room(teams: Iterable[Team], channel: str) -> str:
    """Whose members are those of a channel; a channel that is not known yet has its own."""
    having = (team for team in teams if any(one.id == channel for one in team.channels))
    return next((team.room(channel) for team in having), channel)


def _options(rosters: Iterable[Roster]) -> tuple[Option, ...]:
    names = {id: name for roster in rosters for id, name in roster.items()}
    ordered = sorted(names.items(), key=lambda one: one[1].casefold())
    return tuple(Option(id, name) for id, name in ordered)
