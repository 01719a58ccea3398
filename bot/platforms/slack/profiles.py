"""Who people are: their names, zones and standing, asked for seldom."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.chat.address import Person
from bot.chat.platform import Limited, PlatformFailure
from bot.chat.text import UserText
from bot.clock import Clock
from bot.platforms.slack.calls import Api, told

FRESH = timedelta(hours=6)
RETRY = timedelta(minutes=1)
"""How long an answer holds that did not come; Slack gives some 100 a minute."""

MOST = 20_000
"""How many are remembered at once."""

SECONDS = 1.0
"""How long somebody who answers may wait for being named."""


@dataclass(frozen=True, slots=True)
class Profile:
    """``zone`` is IANA's, or ``""``. A guest or a stranger is no full member of the tenant.

    ``is_guess``: Slack did not say; it is no more than the name that came along.
    """

    name: UserText
    zone: str = ""
    is_bot: bool = False
    is_guest: bool = False
    is_gone: bool = False
    is_guess: bool = False


class Profiles:
    """What ``users.info`` says, remembered for some hours in this process."""

    def __init__(self, api: Api, machine: Clock) -> None:
        self._api = api
        self._machine = machine
        self._known: OrderedDict[Person, tuple[datetime, Profile | None]] = OrderedDict()
        self._silent_until: dict[str, datetime] = {}

    async def of(self, person: Person) -> Profile | None:
        """The profile; ``None`` where Slack does not say, or not soon enough."""
        now = self._machine.now()
        until, profile = self._known.get(person, (now, None))
        if until > now or self._silent_until.get(person.tenant, now) > now:
            return profile
        try:
            async with asyncio.timeout(SECONDS):
                client = await self._api.of(person.tenant)
                found = await told(client.users_info(user=person.id))
            profile = read_profile(found.get("user") or {}, person.tenant)
        except Limited as limited:
            self._silent_until[person.tenant] = now + limited.after
            return profile
        except (PlatformFailure, TimeoutError):
            # An old answer is better than none.
            self._remember(person, now + RETRY, profile)
            return profile
        self._remember(person, now + FRESH, profile)
        return profile

    def forget(self, person: Person) -> None:
        """Ask anew: something about this person has changed."""
        self._known.pop(person, None)

    def _remember(self, person: Person, until: datetime, profile: Profile | None) -> None:
        self._known[person] = (until, profile)
        while len(self._known) > MOST:
            self._known.popitem(last=False)


def read_profile(user: dict[str, Any], tenant: str) -> Profile:
    """A profile from Slack's user object, as the tenant is told it."""
    profile = user.get("profile") or {}
    names = (
        profile.get("display_name"),
        profile.get("real_name"),
        user.get("real_name"),
        user.get("name"),
        user.get("id"),
    )
    guest = ("is_restricted", "is_ultra_restricted", "is_stranger")
    return Profile(
        name=UserText(next((str(name) for name in names if name), "")),
        zone=str(user.get("tz") or ""),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_guest=any(user.get(flag) for flag in guest) or _is_of_another(user, tenant),
        is_gone=bool(user.get("deleted")),
    )


def _is_of_another(user: dict[str, Any], tenant: str) -> bool:
    """Whether they come from elsewhere, over Slack Connect. ``is_stranger`` does not say it of all.

    A member of an organisation may be of several of its workspaces; one of them is ``team_id``.
    """
    team, member = user.get("team_id"), user.get("enterprise_user") or {}
    homes = (team, member.get("enterprise_id"), *(member.get("teams") or ()))
    return bool(team) and tenant not in homes
