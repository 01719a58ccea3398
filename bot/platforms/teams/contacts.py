"""How Teams is reached: where it is spoken to, and by which address each person.

A person is their id in Entra. Teams writes to them by another, beginning with ``29:``, and in a
talk of its own; both are told by whatever comes from them, or by the members of a team.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat.address import Person
from bot.chat.platform import (
    Gone,
    Limited,
    PlatformFailure,
    Records,
    RecordsUnavailable,
    Uncertain,
)
from bot.chat.text import UserText
from bot.clock import Clock
from bot.platforms.teams.channels import Channels
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.sharing import Shared
from bot.platforms.teams.tokens import WAIT
from bot.words import t

log = logging.getLogger(__name__)

CONTACT = "teams-person"
"""The kind of record that holds a person's address, by the person."""

SERVICE = "teams-service"
"""The kind of record that says where Teams is spoken to, by tenant."""

SECONDS = 1.5
"""How long somebody waits until it is known who they are."""

MOST = 5_000
KEPT = timedelta(minutes=10)
PAGES = 20

TOLD = timedelta(minutes=1)
"""How long it is kept where Teams is spoken to: another process may hear that it moved."""

LISTED = timedelta(minutes=5)
"""How long the members of all teams are not listed again to find who is not among them."""


@dataclass(frozen=True, slots=True)
class Contact:
    """``id`` begins with ``29:``; ``talk`` is their one-to-one talk with the bot."""

    id: str = ""
    talk: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody in a team is."""

    name: UserText
    is_guest: bool = False


class Contacts:
    """The people of all teams that the bot is in.

    Where records cannot be read or written, what was heard since this process began has to do:
    somebody may have to be told just then.
    """

    def __init__(
        self,
        config: TeamsConfig,
        connector: Connector,
        records: Records,
        channels: Channels,
        machine: Clock,
    ) -> None:
        self._config = config
        self._connector = connector
        self._records = records
        self._channels = channels
        self._machine = machine
        self._known: OrderedDict[Person, Contact] = OrderedDict()
        self._unkept: OrderedDict[Person, Contact] = OrderedDict()
        self._profiles: OrderedDict[Person, tuple[datetime, Profile | None]] = OrderedDict()
        self._met: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._service: dict[str, tuple[datetime, str]] = {}
        self._listed: dict[str, datetime] = {}
        self._listing: Shared[None] = Shared()

    async def service_url(self, tenant: str) -> str:
        """Where Teams said that it is spoken to; the cloud's own address before it said so.

        Raises Gone where there is none, and RecordsUnavailable where nobody said so lately.
        """
        if not (url := self._told(tenant)):
            try:
                kept = await self._records.get(SERVICE, tenant)
            except RecordsUnavailable:
                if tenant not in self._service:
                    raise
                return self._service[tenant][1]
            if kept is None and self._config.local:
                raise Gone(t("nothing was heard from the Playground yet"))
            url = kept.decode() if kept else self._config.cloud.service_url
            self._tell(tenant, url)
        return url

    async def serves(self, tenant: str, url: str) -> None:
        """Teams says that it is spoken to here. The host was looked at by `auth`."""
        if self._told(tenant) == url:
            return
        self._tell(tenant, url)
        try:
            if await self._records.get(SERVICE, tenant) != url.encode():
                await self._records.put(SERVICE, tenant, url.encode())
        except RecordsUnavailable:
            log.warning("where Teams is spoken to could not be kept")

    async def learn(self, person: Person, id: str, talk: str = "") -> None:
        """This is where they are reached."""
        heard = {"id": id, "talk": talk}
        await self._keep(person, {name: value for name, value in heard.items() if value})

    async def talk(self, person: Person) -> str:
        """The one-to-one talk with somebody, begun where there is none. Raises as the port says."""
        contact = await self._contact(person)
        if contact.talk:
            return contact.talk
        url = await self.service_url(person.tenant)
        try:
            id = contact.id or await self._met_as(person)
        except RecordsUnavailable:
            id = ""
        try:
            # Teams itself knows people by their id in Entra, too.
            talk = await self._connector.talk(url, person.tenant, id or person.id)
        except Uncertain:
            # Opened or not, nothing was said in it, and it can be opened once more.
            raise Limited(WAIT) from None
        await self._keep(person, {"id": id, "talk": talk} if id else {"talk": talk})
        return talk

    async def forget_talk(self, person: Person) -> None:
        """That talk is gone: the next post begins it anew."""
        await self._keep(person, {"talk": ""})

    async def profile(self, person: Person, address: str, conversation: str) -> Profile | None:
        """Who somebody in a conversation is, by their ``29:`` id; ``None`` where Teams does not
        say so just now."""
        now = self._machine.now()
        until, known = self._profiles.get(person, (now, None))
        if until > now:
            return known
        path = ("conversations", conversation, "members", address)
        try:
            async with asyncio.timeout(SECONDS):
                said = await self._connector.get(await self.service_url(person.tenant), *path)
        except (PlatformFailure, TimeoutError):
            return None
        found = profile_of(said, person.tenant)
        _put(self._profiles, person, (now + KEPT, found))
        return found

    async def members(self, tenant: str, conversation: str) -> tuple[dict[str, Any], ...]:
        """Everybody in a channel's team, as Teams describes them. Raises as the port says."""
        url = await self.service_url(tenant)
        found: list[dict[str, Any]] = []
        token = ""
        for _ in range(PAGES):
            more = {"continuationToken": token} if token else {}
            page = await self._connector.get(
                url, "conversations", conversation, "pagedmembers", pageSize="500", **more
            )
            listed = page.get("members") if isinstance(page, dict) else None
            if not isinstance(listed, list):
                raise Uncertain("no members")
            for one in listed:
                if isinstance(one, dict):
                    found.append(one)
                    self._meet(tenant, entra_id(one), str(one.get("id") or ""))
            token = str(page.get("continuationToken") or "")
            if not token:
                break
        return tuple(found)

    async def _met_as(self, person: Person) -> str:
        """The ``29:`` id of somebody who never said anything yet, by the members of the teams that
        the bot is in; ``""`` where it is not known."""
        key = person.tenant, person.id
        if key not in self._met:
            await self._listing.get(person.tenant, lambda: self._list(person.tenant))
        return self._met.get(key, "")

    async def _list(self, tenant: str) -> None:
        """Meet the members of all teams, unless that was done just now."""
        now = self._machine.now()
        if self._listed.get(tenant, now) > now:
            return
        teams = await self._channels.teams(tenant)
        self._listed[tenant] = now + LISTED
        for team in teams:
            try:
                await self.members(tenant, team)
            except PlatformFailure:
                continue

    def _meet(self, tenant: str, entra: str, id: str) -> None:
        if entra and id:
            _put(self._met, (tenant, entra), id)

    def _told(self, tenant: str) -> str:
        """Where Teams is spoken to, if that is known well enough; else ``""``."""
        now = self._machine.now()
        until, url = self._service.get(tenant, (now, ""))
        return url if until > now else ""

    def _tell(self, tenant: str, url: str) -> None:
        self._service[tenant] = self._machine.now() + TOLD, url

    async def _contact(self, person: Person) -> Contact:
        """How they are reached, as far as that is known."""
        try:
            return await self._kept(person)
        except RecordsUnavailable:
            return self._unkept.get(person, Contact())

    async def _kept(self, person: Person) -> Contact:
        """How they are reached, as it is kept. Raises RecordsUnavailable."""
        if person not in self._known:
            kept = await self._records.get(CONTACT, str(person))
            _put(self._known, person, Contact(**json.loads(kept)) if kept else Contact())
        return self._known[person]

    async def _keep(self, person: Person, told: Mapping[str, str]) -> None:
        """Keep what was heard of how they are reached, beside what is kept of it."""
        try:
            known = await self._kept(person)
        except RecordsUnavailable:
            # What cannot be read is not written over: what they do next has it kept.
            _put(self._unkept, person, replace(self._unkept.get(person, Contact()), **told))
            return
        contact = replace(known, **told)
        if contact == known:
            return
        try:
            await self._records.put(CONTACT, str(person), json.dumps(asdict(contact)).encode())
        except RecordsUnavailable:
            log.warning("where somebody is reached could not be kept")
            # Not as known: what they do next has it kept.
            self._known.pop(person, None)
            _put(self._unkept, person, contact)
        else:
            self._unkept.pop(person, None)
            _put(self._known, person, contact)


def entra_id(member: dict[str, Any]) -> str:
    """A member's id in Entra; ``""`` for whoever has none."""
    return str(member.get("aadObjectId") or member.get("objectId") or "").lower()


def profile_of(member: Any, tenant: str) -> Profile | None:
    """What Teams says of a member. People of other tenants, in a shared channel, are guests."""
    if not isinstance(member, dict):
        return None
    home = str(member.get("tenantId") or tenant).lower()
    role = str(member.get("userRole") or "user").lower()
    return Profile(UserText(str(member.get("name") or "")), role != "user" or home != tenant)


def _put(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    known[key] = value
    while len(known) > MOST:
        known.popitem(last=False)
