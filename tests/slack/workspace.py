"""One workspace: an emulator, the people in it, and what Slack itself may ask of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.chat.address import Person, Place, PostRef
from tests.slack.emulator import emulator

Json = Any

APP, BOT, BOT_USER = "A0FIVEFOLD", "B0FIVEFOLD", "U0FIVEFOLD"
CLIENT_ID, CLIENT_SECRET = "111.222", "the client secret of the tests"
PEOPLE = {"fay": "Fay Moss", "ana": "Ana Ruiz", "bo": "Bo Lind", "cy": "Cy Okoro"}
CHANNELS = ("lesson", "other")
_OWN_TEAM = "T000000001"
"""The one team that every emulator holds; workspaces are told apart by what it is called here."""

_OURS = "xoxb-the-world-itself"
_ALL = "public_channel,private_channel,im,mpim"


@dataclass
class Workspace:
    """``people`` are the ids of those who have a part by their handle, ``spare`` of those who may
    still come. ``channels`` are ids by name; everybody of ``people`` and the bot are in them.

    The ids of the owner and of the bot are the same in every workspace, as a trap.
    """

    team: str
    name: str
    url: str
    http: httpx.AsyncClient
    enterprise: str = ""
    org_wide: bool = False
    people: dict[str, str] = field(default_factory=dict)
    spare: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What ``users.info`` says of somebody in place of what the emulator knows."""

    handles: dict[str, str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    """The channels that the bot made for a few."""

    @property
    def token(self) -> str:
        """The bot's token, as it would be copied by hand from Slack's page."""
        return f"xoxb-{self.team}"

    @property
    def domain(self) -> str:
        """What stands before ``.slack.com``."""
        return self.name.lower()

    def person(self, handle: str) -> Person:
        """Who has this handle."""
        return Person("slack", self.team, self.people[handle])

    def place(self, channel: str) -> Place:
        """The channel of this name."""
        return Place("slack", self.team, self.channels[channel])

    async def call(self, method: str, token: str, arguments: Json) -> Json:
        """The emulator's answer, its one team called by this workspace's id."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await self.http.post(
            f"{self.url}/api/{method}",
            content=json.dumps(arguments),
            headers={"Content-Type": "application/json", **headers},
        )
        return json.loads(response.text.replace(_OWN_TEAM, self.team))

    async def ask(self, method: str, who: str = "", **arguments: Any) -> Json:
        """What Slack does for a person of this id, or of its own accord. It must succeed."""
        token = f"xoxp-{self.handles[who]}" if who else _OURS
        answer = await self.call(method, token, arguments)
        assert answer["ok"], f"{method}: {answer['error']}"
        return answer

    async def open_channel(self, name: str, users: Sequence[str] = ()) -> Place:
        """A new public channel, with the bot and these people in it."""
        owner = self.people["admin"]
        channel = (await self.ask("conversations.create", owner, name=name))["channel"]["id"]
        coming = [user for user in users if user != owner]
        await self.ask("conversations.invite", owner, channel=channel, users=[*coming, BOT_USER])
        if owner not in users:
            await self.ask("conversations.leave", owner, channel=channel)
        self.channels[name] = channel
        return self.place(name)

    async def direct(self, user: str) -> str:
        """The id of the channel in which this person and the bot talk privately."""
        answer = await self.ask("conversations.open", user, users=BOT_USER)
        return str(answer["channel"]["id"])

    async def seen_channels(self, user: str) -> list[Json]:
        """The channels and talks that this person is in."""
        answer = await self.ask("conversations.list", user, types=_ALL, limit=1000)
        return [channel for channel in answer["channels"] if channel["is_member"]]

    async def messages(self, user: str, channel: str) -> list[Json]:
        """All messages of a channel and its threads that this person can read, oldest first."""
        answer = await self.ask("conversations.history", user, channel=channel, limit=1000)
        roots = sorted(answer["messages"], key=lambda message: str(message["ts"]))
        told = []
        for root in roots:
            told.append(root)
            if root.get("reply_count"):
                thread = await self.ask(
                    "conversations.replies", user, channel=channel, ts=root["ts"]
                )
                told += [reply for reply in thread["messages"] if reply["ts"] != root["ts"]]
        return told

    async def message(self, user: str, ref: PostRef) -> Json:
        """The message as it stands now."""
        channel, root = ref.place.channel, ref.place.thread or ref.id
        answer = await self.ask("conversations.replies", user, channel=channel, ts=root)
        return next(message for message in answer["messages"] if message["ts"] == ref.id)


@asynccontextmanager
async def workspace(
    team: str,
    name: str,
    *,
    scopes: Collection[str],
    redirect: str,
    enterprise: str = "",
    org_wide: bool = False,
) -> AsyncIterator[Workspace]:
    """A workspace where the bot has these scopes and ``redirect`` is its app's OAuth address."""
    handles = [*PEOPLE, *(f"guest{number}" for number in range(1, 13))]
    app = {"app_id": APP, "client_id": CLIENT_ID, "bot_id": BOT, "bot_user_id": BOT_USER}
    ours = {"type": "bot", "user_id": BOT_USER, **app}
    seed = {
        "team": {"name": name, "domain": name.lower()},
        "users": [{"name": handle, "real_name": PEOPLE.get(handle, handle)} for handle in handles],
        "oauth_apps": [
            {
                **app,
                "client_secret": CLIENT_SECRET,
                "name": "Fivefold",
                "bot_name": "fivefold",
                "redirect_uris": [redirect],
            }
        ],
        "tokens": [
            {"token": f"xoxb-{team}", "scopes": sorted(scopes), **ours},
            {"token": _OURS, **ours},
            *({"token": f"xoxp-{handle}", "user": handle} for handle in ("admin", *handles)),
        ],
        "strict_scopes": True,
    }
    async with emulator(seed) as url, httpx.AsyncClient(timeout=30) as http:
        made = Workspace(team, name, url, http, enterprise, org_wide)
        await _fill(made)
        yield made


async def _fill(made: Workspace) -> None:
    listed = await made.ask("users.list", limit=1000)
    made.handles = {member["id"]: member["name"] for member in listed["members"]}
    ids = {handle: user for user, handle in made.handles.items()}
    made.people = {handle: ids[handle] for handle in ("admin", *PEOPLE)}
    made.spare = {handle: user for handle, user in ids.items() if handle.startswith("guest")}
    owner = made.people["admin"]
    coming = [user for user in made.people.values() if user != owner]
    for name in CHANNELS:
        await made.open_channel(name, [owner, *coming])
