"""Who is in each team, and in each private or shared channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.platforms.teams.contacts import Contacts, entra_id
from bot.platforms.teams.sharing import Shared

Roster = Mapping[str, str]
"""Names by their ids in Entra."""

KEPT = timedelta(minutes=10)
AT_ONCE = 5
"""How many are asked for at a time."""


class Rosters:
    """Asks for each, and keeps it for a while."""

    def __init__(self, contacts: Contacts, machine: Clock) -> None:
        self._contacts = contacts
        self._machine = machine
        self._kept: dict[tuple[str, str], tuple[datetime, Roster]] = {}
        self._asking: Shared[Roster] = Shared()
        self._out = asyncio.Semaphore(AT_ONCE)

    async def of(self, tenant: str, conversation: str) -> Roster:
        """Everybody in a team, by its id, or in a channel. Raises as the port does."""
        key = tenant, conversation
        until, roster = self._kept.get(key, (None, {}))
        if until and until > self._machine.now():
            return roster
        return await self._asking.get(key, lambda: self._ask(tenant, conversation))

    def forget(self, tenant: str, conversation: str) -> None:
        """Somebody came or went."""
        self._kept.pop((tenant, conversation), None)

    async def _ask(self, tenant: str, conversation: str) -> Roster:
        async with self._out:
            members = await self._contacts.members(tenant, conversation)
        roster = {id: str(one.get("name") or id) for one in members if (id := entra_id(one))}
        self._kept[tenant, conversation] = self._machine.now() + KEPT, roster
        return roster
