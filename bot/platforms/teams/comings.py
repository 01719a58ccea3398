"""Who comes and goes, the bot itself too, and where everybody is reached."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta

from bot.chat.answer import NotSaved
from bot.chat.event import Commanded
from bot.chat.platform import Hear, Limited, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.acts import digest
from bot.platforms.teams.answers import Answering
from bot.platforms.teams.channels import Channels
from bot.platforms.teams.choosing import Choosing
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.incoming import (
    HOME,
    Change,
    Door,
    Json,
    NotKept,
    change_of,
    door_of,
    moved,
    team_of,
    tenant_of,
)
from bot.platforms.teams.under_way import UnderWay

PAUSE = timedelta(minutes=1)
"""How long a team is not asked again for its channels that did not say them."""

TOGETHER = 200
"""How many of those who come at once, each into every channel, are heard at a time: together they
are kept sooner, and what others say meanwhile need not wait for all of them."""

MOST = 1_000


class Comings:
    """Keeps what is learnt of people and teams."""

    def __init__(
        self,
        contacts: Contacts,
        channels: Channels,
        choosing: Choosing,
        answering: Answering,
        under_way: UnderWay,
        hear: Hear,
        lesson: Clock,
        machine: Clock,
    ) -> None:
        self._contacts = contacts
        self._channels = channels
        self._choosing = choosing
        self._answering = answering
        self._under_way = under_way
        self._hear = hear
        self._lesson = lesson
        self._machine = machine
        self._teams: set[str] = set()
        self._again: dict[str, datetime] = {}
        self._greeted: OrderedDict[str, None] = OrderedDict()

    async def move(self, activity: Json, until: float) -> None:
        """Somebody came or went. Raises Unreadable, NotKept and RecordsUnavailable."""
        tenant, team, change = tenant_of(activity), team_of(activity), change_of(activity)
        self._choosing.moved(tenant, team)
        channels = await self._channels.of(tenant, team)
        events = moved(activity, self._lesson.now(), channels)
        for channel in {event.place.channel for event in events if event.place}:
            self._choosing.moved(tenant, channel)
        for at in range(0, len(events), TOGETHER):
            answers = await asyncio.gather(*map(self._hear, events[at : at + TOGETHER]))
            if any(isinstance(answer, NotSaved) for answer in answers):
                raise NotKept
        await self._under_way.beside(self._settle(activity, change), until)

    async def learn(self, activity: Json, door: Door) -> None:
        """Keep how whoever acted is reached, and where Teams is. Raises as the port does."""
        url, team = str(activity.get("serviceUrl") or ""), team_of(activity)
        await self._contacts.serves(door.who.tenant, url)
        await self._contacts.learn(door.who, door.address, door.talk if door.private else "")
        now = self._machine.now()
        if not team or team in self._teams or self._again.get(team, now) > now:
            return
        failed = team in self._again
        self._again[team] = now + PAUSE
        if failed or team not in await self._channels.teams(door.who.tenant):
            await self._learn_team(url, door.who.tenant, team, "")
        self._know(team)

    async def _settle(self, activity: Json, change: Change | None) -> None:
        """Keep where the bot is now, and greet whoever added it."""
        tenant, url = tenant_of(activity), str(activity.get("serviceUrl") or "")
        await self._contacts.serves(tenant, url)
        if change is None:
            return
        if change.team and change.does == "removed":
            self._teams.discard(change.team)
            self._again.pop(change.team, None)
            await self._channels.forget(tenant, change.team)
        elif change.team:
            await self._learn_team(url, tenant, change.team, change.name)
        if change.does == "added" and activity.get("type") == "installationUpdate":
            await self._greet(activity)

    async def _learn_team(self, url: str, tenant: str, team: str, name: str) -> None:
        """Where this fails, whoever acts there next, but not at once, has it asked again."""
        self._teams.discard(team)
        self._again[team] = self._machine.now() + PAUSE
        await self._channels.learn(url, tenant, team, name)
        self._know(team)

    def _know(self, team: str) -> None:
        self._teams.add(team)
        self._again.pop(team, None)

    async def _greet(self, activity: Json) -> None:
        door = door_of(activity, self._lesson.now())
        id = digest("home", door.who, activity.get("timestamp"))
        if id in self._greeted:
            return
        self._greeted[id] = None
        while len(self._greeted) > MOST:
            self._greeted.popitem(last=False)
        try:
            await self._contacts.learn(door.who, door.address, door.talk if door.private else "")
            head = {**door.head(id, door.now), "place": None}
            answer = await self._hear(Commanded(**head, text=HOME))
            await self._answering.to_words(door, answer)
        except (Limited, RecordsUnavailable):
            self._greeted.pop(id, None)
            raise
