"""How Fivefold is connected to Slack: its secrets, and what the installer allows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urljoin

from bot.chat.platform import Capabilities

API = "https://slack.com/api/"

ALWAYS = frozenset({"chat:write", "commands", "im:write", "users:read"})
"""The scopes without which nothing works."""

ALLOWS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "history": frozenset(
            {
                "channels:history",
                "channels:read",
                "groups:history",
                "groups:read",
                "im:history",
                "mpim:history",
            }
        ),
        "groups": frozenset({"groups:write", "mpim:read", "mpim:write"}),
    }
)
"""What an installer may allow besides, and the scopes that it takes: ``history`` to hear replies,
to see who is in a channel and to look up what was posted; ``groups`` to open places for groups."""


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """One Slack app. What is not set is ``""``.

    With ``app_token`` Slack is heard over Socket Mode, else over HTTP, which takes
    ``signing_secret``. ``bot_token`` is of the one workspace that was connected by hand; with
    ``client_id`` and ``client_secret`` workspaces are connected by OAuth. ``api_url`` ends with a
    slash, ``public_url`` has none at its end.
    """

    signing_secret: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    api_url: str = API
    allow: frozenset[str] = frozenset()
    public_url: str = ""

    @property
    def authorize_url(self) -> str:
        """The page of Slack on which a workspace's admin says yes."""
        return urljoin(self.api_url, "/oauth/v2/authorize")

    @property
    def scopes(self) -> tuple[str, ...]:
        """The bot scopes that are asked for, in the order of the alphabet."""
        return scopes_for(self.allow)

    @property
    def capabilities(self) -> Capabilities:
        """What Slack can do with these scopes."""
        history = "history" in self.allow
        return Capabilities(
            hears_replies=history,
            read_back=history,
            lists_members=history,
            open_place="groups" in self.allow,
            attendance=False,
            own_places=False,
        )


def scopes_for(allow: Iterable[str]) -> tuple[str, ...]:
    """The bot scopes for what is allowed, in the order of the alphabet.

    Raises KeyError for a word that is not in `ALLOWS`.
    """
    return tuple(sorted(ALWAYS.union(*(ALLOWS[word] for word in allow))))
