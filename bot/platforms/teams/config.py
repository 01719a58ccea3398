"""How Fivefold is connected to Teams: its app, the organisation's tenant, and their cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.chat.platform import Capabilities

CHANNEL = "msteams"
"""What Microsoft calls Teams among the places in which a bot may be."""

MESSAGES_PATH = "/api/messages"
"""Where Teams sends everything; the address that the bot is registered with ends so."""

ALLOWS = frozenset({"replies"})
"""What a team's owner may allow besides: ``replies`` to hear what is written in its channels
without a mention of the bot (the consent ``ChannelMessage.Read.Group``)."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where a Microsoft cloud has its doors. Addresses have no slash at their end.

    ``login`` gives tokens for ``scope``; what comes is signed by ``issuer`` with one of the keys
    that ``keys_url`` leads to. ``service_url`` is where the bot speaks before it has been told.
    ``hosts`` are those that it may be told, or, with a dot first, the ends of their names.
    """

    name: str
    login: str
    scope: str
    issuer: str
    keys_url: str
    service_url: str
    hosts: tuple[str, ...]


_PUBLIC = Cloud(
    name="public",
    login="https://login.microsoftonline.com",
    scope="https://api.botframework.com/.default",
    issuer="https://api.botframework.com",
    keys_url="https://login.botframework.com/v1/.well-known/openidconfiguration",
    service_url="https://smba.trafficmanager.net/teams",
    hosts=("smba.trafficmanager.net", ".teams.microsoft.com"),
)
CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "public": _PUBLIC,
        "gcc": Cloud(
            name="gcc",
            login=_PUBLIC.login,
            scope=_PUBLIC.scope,
            issuer=_PUBLIC.issuer,
            keys_url=_PUBLIC.keys_url,
            service_url="https://smba.infra.gcc.teams.microsoft.com/gcc",
            hosts=_PUBLIC.hosts,
        ),
        "gcc-high": Cloud(
            name="gcc-high",
            login="https://login.microsoftonline.us",
            scope="https://api.botframework.us/.default",
            issuer="https://api.botframework.us",
            keys_url="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
            service_url="https://smba.infra.gov.teams.microsoft.us/gcch",
            hosts=(".teams.microsoft.us",),
        ),
    }
)
"""The clouds by their names in ``FIVEFOLD_TEAMS_CLOUD``; GCC is registered in the public Azure."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class TeamsConfig:
    """One Teams app of one tenant. ``public_url`` has no slash at its end.

    With ``local`` there is no app: nothing that comes carries a token, and nothing that goes does;
    what comes may only lead back to this machine. Raises ValueError where there is neither.
    """

    app_id: str = ""
    secret: str = field(default="", repr=False)
    tenant: str = ""
    cloud: Cloud = _PUBLIC
    allow: frozenset[str] = frozenset()
    public_url: str = ""
    local: bool = False

    def __post_init__(self) -> None:
        # The SDK takes an empty app id for "let everybody in".
        if not self.local and not (self.app_id and self.secret and self.tenant):
            raise ValueError("a Teams app has an id, a secret and a tenant")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be spoken to, as in `Cloud.hosts`."""
        return LOOPBACK if self.local else self.cloud.hosts

    @property
    def capabilities(self) -> Capabilities:
        """What Teams can do with what is allowed."""
        return Capabilities(
            hears_replies="replies" in self.allow,
            read_back=False,
            open_place=False,
            attendance=False,
        )
