"""Places that the bot opens for a few people: group messages, and private channels for more.

What people do there is done in private: Slack's events tell it only in part, so that it is kept
which places these are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.address import Party
from bot.chat.platform import Gone, Records, Rejected
from bot.clock import Clock
from bot.platforms.slack.calls import Api, told

GROUP_MESSAGE = 8
"""The most people in a group message beside the bot."""

MADE = "slack-channel"
"""The kind of record that holds the private channel of a party, by tenant and key."""

OPENED = "slack-opened"
"""The kind of record that says that a channel was opened here, by tenant and channel."""

NAMES = 20
"""How many names are tried for a channel before it is given up."""

LONGEST = 80
"""Characters of a channel's name."""

AGAIN = timedelta(minutes=1)
"""For how long a channel is taken for one that somebody else made."""


@dataclass(frozen=True, slots=True)
class _Channel:
    """A private channel that was made, and who was brought into it."""

    id: str
    people: tuple[str, ...] = ()


class Places:
    """Opens them, and knows them again."""

    def __init__(self, api: Api, records: Records, machine: Clock) -> None:
        self._api = api
        self._records = records
        self._machine = machine
        self._ours: set[str] = set()
        self._others: dict[str, datetime] = {}

    async def open(self, party: Party) -> str:
        """The channel of these people, as the port promises. Raises like `told`."""
        client = await self._api.of(party.tenant)
        ids = tuple(person.id for person in party.people)
        made = await self._made(party)
        if made is None and len(ids) <= GROUP_MESSAGE:
            opened = await told(client.conversations_open(users=list(ids)))
            channel = str(opened["channel"]["id"])
            await self._remember(party.tenant, channel)
            return channel
        if made is None:
            made = _Channel(await self._make(client, party))
            await self._keep(party, made)
        await self._remember(party.tenant, made.id)
        await _move(client, made, ids)
        await self._keep(party, _Channel(made.id, ids))
        return made.id

    async def knows(self, tenant: str, channel: str) -> bool:
        """Whether it was opened here for several. Raises RecordsUnavailable."""
        if not channel or channel.startswith("D"):
            return False
        key, now = _key(tenant, channel), self._machine.now()
        if key in self._ours or self._others.get(key, now) > now:
            return key in self._ours
        if await self._records.get(OPENED, key) is None:
            self._others[key] = now + AGAIN
            return False
        self._ours.add(key)
        return True

    async def _remember(self, tenant: str, channel: str) -> None:
        key = _key(tenant, channel)
        if key not in self._ours:
            await self._records.put(OPENED, key, b"1")
            self._ours.add(key)
            self._others.pop(key, None)

    async def _make(self, client: AsyncWebClient, party: Party) -> str:
        """A new private channel; one that was made and never heard of keeps its name."""
        for number in range(1, NAMES + 1):
            name = channel_name(party.name, number)
            try:
                made = await told(client.conversations_create(name=name, is_private=True))
            except Rejected as refused:
                if str(refused) != "name_taken" or number == NAMES:
                    raise
            else:
                return str(made["channel"]["id"])
        raise AssertionError("the last name is either free or refused")

    async def _made(self, party: Party) -> _Channel | None:
        kept = await self._records.get(MADE, _key(party.tenant, party.key))
        if kept is None:
            return None
        read = json.loads(kept)
        return _Channel(read["id"], tuple(read["people"]))

    async def _keep(self, party: Party, made: _Channel) -> None:
        value = json.dumps(asdict(made)).encode()
        await self._records.put(MADE, _key(party.tenant, party.key), value)


async def _move(client: AsyncWebClient, made: _Channel, people: Collection[str]) -> None:
    """Bring in who is new, and take out whoever was brought in and belongs here no more."""
    new = [id for id in people if id not in made.people]
    if new:
        try:
            # With force those who can come do, whoever else cannot.
            await told(client.conversations_invite(channel=made.id, users=new, force=True))
        except Rejected as refused:
            if str(refused) != "already_in_channel":
                raise
    for id in made.people:
        if id not in people:
            try:
                await told(client.conversations_kick(channel=made.id, user=id))
            except (Gone, Rejected):
                # They went by themselves, or the workspace lets nobody be taken out.
                continue


def channel_name(name: str, number: int = 1) -> str:
    """A name as Slack takes it: lower-case letters, digits and hyphens; or the next one to try."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "fivefold"
    if number == 1:
        return word[:LONGEST]
    return f"{word[: LONGEST - len(str(number)) - 1]}-{number}"


def _key(tenant: str, name: str) -> str:
    return f"{tenant}/{name}"
