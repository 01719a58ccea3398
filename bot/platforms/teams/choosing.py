"""What there is to choose from in a form: the channels of somebody's teams, and the people in them.

Private and shared channels have members of their own: lessons are held in standard ones alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping

from bot.chat.address import Person
from bot.chat.message import Option
from bot.chat.platform import Gone, PlatformFailure, Rejected
from bot.platforms.teams.channels import STANDARD, Channels, Team
from bot.platforms.teams.inputs import Known
from bot.platforms.teams.rosters import Roster, Rosters
from bot.words import t

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
        rosters = await self._told(who.tenant, [team.id for team in teams])
        mine = [team for team in teams if who.id in rosters[team.id]]
        channels = tuple(
            Option(channel.id, f"{team.name}: {channel.name}" if team.name else channel.name)
            for team in mine
            for channel in team.channels
            if channel.kind == STANDARD
        )
        # Whoever fills it in leads the lesson in any case.
        others = _options(rosters[team.id] for team in mine) if people else ()
        known = tuple(option for option in others if option.id != who.id)
        return Known(channels if places else (), known)

    async def refusal(self, who: Person, fields: Mapping[str, tuple[str, ...]]) -> str:
        """Why no lesson can be held in a channel that they chose, or wrote the id of, in a form;
        ``""`` where it can, which is in the standard channels of their teams.

        Raises RecordsUnavailable, as the port does, and TimeoutError.
        """
        teams = await self._channels.all(who.tenant)
        homes = {channel.id: (team, channel) for team in teams for channel in team.channels}
        given = {value.strip() for values in fields.values() for value in values}
        chosen = {id for id in given if id in homes or _CONVERSATION.fullmatch(id)}
        async with asyncio.timeout(SECONDS):
            for id in sorted(chosen):
                team, channel = homes.get(id, (None, None))
                if channel and channel.kind != STANDARD:
                    return t("Lessons are held in the standard channels of a team: choose one.")
                if not team or not await self._is_in(who, team):
                    return t("You are not in that team: choose one of your own.")
        return ""

    async def is_anywhere(self, tenant: str) -> bool:
        """Whether there is a team that the bot is in. Raises RecordsUnavailable."""
        return bool(await self._channels.teams(tenant))

    def moved(self, tenant: str, team: str) -> None:
        """Somebody came into a team, or went."""
        self._rosters.forget(tenant, team)

    async def _is_in(self, who: Person, team: Team) -> bool:
        try:
            return who.id in await self._rosters.of(who.tenant, team.id)
        except (Gone, Rejected):
            return False

    async def _told(self, tenant: str, teams: list[str]) -> dict[str, Roster]:
        async def one(team: str) -> Roster:
            try:
                async with asyncio.timeout(SECONDS):
                    return await self._rosters.of(tenant, team)
            except (PlatformFailure, TimeoutError):
                return {}

        return dict(zip(teams, await asyncio.gather(*map(one, teams)), strict=True))


def _options(rosters: Iterable[Roster]) -> tuple[Option, ...]:
    names = {id: name for roster in rosters for id, name in roster.items()}
    ordered = sorted(names.items(), key=lambda one: one[1].casefold())
    return tuple(Option(id, name) for id, name in ordered)
