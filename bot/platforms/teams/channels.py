"""The channels of the teams that the bot was added to, so that somebody can choose one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.chat.platform import Records
from bot.platforms.teams.connector import Connector
from bot.words import t

TEAM = "teams-team"
"""The kind of record that holds a team and its channels, by tenant and team."""

STANDARD = "standard"
"""What Teams calls a channel whose members are those of its team; others have members of their
own."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a team; ``kind`` is "standard", "private" or "shared"."""

    id: str
    name: str
    kind: str = STANDARD


@dataclass(frozen=True, slots=True)
class Team:
    """A team that the bot is in. Its id is that of its first channel, "General"."""

    id: str
    name: str
    channels: tuple[Channel, ...] = ()


class Channels:
    """What is known of teams."""

    def __init__(self, connector: Connector, records: Records) -> None:
        self._connector = connector
        self._records = records

    async def learn(self, service_url: str, tenant: str, team: str, name: str) -> None:
        """The bot is in this team: ask for its channels, and keep them. Raises as the port does."""
        said = await self._connector.get(service_url, "teams", team, "conversations")
        if not name:
            about = await self._connector.get(service_url, "teams", team)
            name = str(about.get("name") or "") if isinstance(about, dict) else ""
        found = Team(team, name, _channels(said, team))
        await self._records.put(TEAM, _key(tenant, team), json.dumps(asdict(found)).encode())

    async def forget(self, tenant: str, team: str) -> None:
        """The bot is there no more."""
        await self._records.delete(TEAM, _key(tenant, team))

    async def of(self, tenant: str, team: str) -> tuple[str, ...]:
        """The ids of the channels whose members are those of the team, as far as they are known."""
        kept = await self._records.get(TEAM, _key(tenant, team)) if team else None
        channels = _read(kept).channels if kept else ()
        return tuple(one.id for one in channels if one.kind == STANDARD)

    async def teams(self, tenant: str) -> tuple[str, ...]:
        """The ids of the teams that the bot is in."""
        return tuple(team.id for team in await self.all(tenant))

    async def all(self, tenant: str) -> tuple[Team, ...]:
        """The teams that the bot is in, by name. Raises RecordsUnavailable."""
        found = []
        for key in await self._records.keys(TEAM):
            if key.startswith(_key(tenant, "")) and (kept := await self._records.get(TEAM, key)):
                found.append(_read(kept))
        return tuple(sorted(found, key=lambda team: (team.name.casefold(), team.id)))


def _read(kept: bytes) -> Team:
    read = json.loads(kept)
    channels = tuple(Channel(**one) for one in read["channels"])
    return Team(read["id"], read["name"], channels)


def _channels(said: Any, team: str) -> tuple[Channel, ...]:
    listed = said.get("conversations") if isinstance(said, dict) else None
    found = []
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            # The first channel of each team has no name of its own.
            general = t("General") if one["id"] == team else one["id"]
            kind = str(one.get("type") or one.get("channelType") or STANDARD).lower()
            found.append(Channel(one["id"], str(one.get("name") or general), kind))
    return tuple(found)


def _key(tenant: str, team: str) -> str:
    return f"{tenant}/{team}"
