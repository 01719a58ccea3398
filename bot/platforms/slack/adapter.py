"""The port, filled for Slack: posting, editing, finding."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.address import Party, Person, Place, PostRef, Recipient, lane_name
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Lane,
    Member,
    Rate,
    Records,
    Rejected,
    Uncertain,
)
from bot.clock import Clock
from bot.platforms.parts import Deleted, Payload, Series
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.calls import Api, told
from bot.platforms.slack.places import Places
from bot.platforms.slack.profiles import Profiles
from bot.platforms.slack.rich_text import Json
from bot.words import t

NAME = "slack"
METADATA = "fivefold_post"
"""The type of the metadata that a post's key travels in. Everybody there can read it."""

PARTS = "slack-parts"
"""The kind of record that holds the posts of a message, by the address of the first."""

DELETED = frozenset({"message_not_found", "cant_update_message"})
"""What Slack says of a post that somebody deleted; the second where a thread hangs on it."""

POSTS_A_SECOND = 1
"""In each channel."""

POSTS_A_MINUTE = 200
"""Of "several hundred messages a minute" that a workspace takes; Slack says no number."""

EDITS_A_MINUTE = 50
"""Slack's tier 3, which a workspace's edits share."""

LOOK_BACK = timedelta(days=2)
"""Longer than any message is still worth posting."""

PAGE, PAGES = 200, 10


class _TooMuch(Uncertain):
    """More was said since than is read."""


class SlackPlatform:
    """All workspaces that installed Fivefold."""

    def __init__(
        self,
        api: Api,
        records: Records,
        profiles: Profiles,
        capabilities: Capabilities,
        machine: Clock,
    ) -> None:
        """``machine`` is the real time, by which Slack's posts are looked for."""
        self._api = api
        self._series = Series(records, PARTS)
        self._profiles = profiles
        self.places = Places(api, records, machine)
        self._capabilities = capabilities
        self._machine = machine
        self._talks: dict[Person, str] = {}

    @property
    def name(self) -> str:
        """``slack``."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """What the scopes allow that are asked for when Fivefold is installed."""
        return self._capabilities

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post; where the message takes several posts, the first stands for all of them."""
        payloads = render_message(message)
        client = await self._api.of(to.tenant)
        channel, thread = await self._where(client, to)
        place, id = await self.post_part(client, to, channel, thread, payloads[0], key, 1)
        ref = PostRef(place, id)
        await self._series.begin(_Hand(self, client, ref), key, payloads)
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post, and those in which it goes on, read ``message``."""
        payloads = render_message(message)
        client = await self._api.of(ref.place.tenant)
        await self._series.edit(_Hand(self, client, ref), payloads)

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """The post with this key among those of the last two days. Raises Uncertain, too."""
        if not self._capabilities.read_back:
            raise Uncertain("no right to read")
        client = await self._api.of(to.tenant)
        channel, thread = await self._where(client, to, opened=True)
        place = Place(NAME, to.tenant, channel, thread)
        since = f"{(self._machine.now() - LOOK_BACK).timestamp():.6f}"
        async for message in self._said(client, place, since):
            if _part_of(message, key) == 1:
                ref = PostRef(place, str(message["ts"]))
                await self._series.found(ref, key)
                return ref
        return None

    async def members(self, place: Place) -> tuple[Member, ...]:
        """Everybody in the channel, where the installer lets us see that."""
        if not self._capabilities.lists_members:
            return ()
        client = await self._api.of(place.tenant)
        ids: list[str] = []
        cursor = ""
        for _ in range(PAGES):
            ask: dict[str, Any] = {"channel": place.channel, "limit": PAGE}
            page = await told(client.conversations_members(**ask, cursor=cursor or None))
            ids += page.get("members", ())
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        people = [Person(NAME, place.tenant, id) for id in ids]
        known = [(person, await self._profiles.of(person)) for person in people]
        return tuple(Member(person, who.name, who.is_bot) for person, who in known if who)

    async def open_place(self, party: Party) -> Place:
        """A group message for up to eight people, a private channel for more."""
        if not self._capabilities.open_place:
            raise Rejected(t("Fivefold was not given the right to open places for groups"))
        return Place(NAME, party.tenant, await self.places.open(party))

    def lane(self, to: Recipient) -> Lane:
        """One lane a channel, its threads included, one a person and one a party; a workspace's
        share."""
        target = lane_name(to)
        workspace = f"{NAME}/{to.tenant}"
        return Lane(
            target,
            posts=(
                Rate(f"{target} posts", POSTS_A_SECOND, timedelta(seconds=1)),
                Rate(f"{workspace} posts", POSTS_A_MINUTE, timedelta(minutes=1)),
            ),
            edits=(Rate(f"{workspace} edits", EDITS_A_MINUTE, timedelta(minutes=1)),),
        )

    # -- the pieces

    async def _where(
        self, client: AsyncWebClient, to: Place | Person, *, opened: bool = False
    ) -> tuple[str, str]:
        """The channel and thread. A post to a person can name the person, until one is known."""
        if isinstance(to, Place):
            return to.channel, to.thread
        if to in self._talks or not opened:
            return self._talks.get(to, to.id), ""
        return await self._talk(client, to), ""

    async def _talk(self, client: AsyncWebClient, to: Person) -> str:
        talk = await told(client.conversations_open(users=[to.id]))
        self._talks[to] = str(talk["channel"]["id"])
        return self._talks[to]

    async def post_part(
        self,
        client: AsyncWebClient,
        to: Place | Person,
        channel: str,
        thread: str,
        payload: Payload,
        key: str,
        part: int,
    ) -> tuple[Place, str]:
        """Post one part of a message; where it stands then, and its id."""
        metadata = {"event_type": METADATA, "event_payload": {"key": key, "part": part}}
        within = {"thread_ts": thread} if thread else {}
        ask = {**payload, **within, **({"metadata": metadata} if key else {})}
        try:
            posted = await told(client.chat_postMessage(channel=channel, **ask))
        except Gone:
            if not isinstance(to, Person) or channel != to.id:
                raise
            # Slack opens the talk with a person by itself where it can; not everywhere.
            talk = await self._talk(client, to)
            posted = await told(client.chat_postMessage(channel=talk, **ask))
        at = str(posted["channel"])
        if isinstance(to, Person):
            self._talks[to] = at
        return Place(NAME, to.tenant, at, thread), str(posted["ts"])

    async def later(self, client: AsyncWebClient, ref: PostRef, key: str) -> Sequence[str] | None:
        """The further parts of the message with this key, where they can be read back."""
        if not self._capabilities.read_back:
            return None
        try:
            since = self._said(client, ref.place, ref.id)
            return sorted([str(said["ts"]) async for said in since if _part_of(said, key) > 1])
        except _TooMuch:
            return None

    async def _said(self, client: AsyncWebClient, place: Place, since: str) -> AsyncIterator[Json]:
        """What the bot said there after this moment. Raises _TooMuch."""
        # Others can write what they like into their metadata.
        ours = (await told(client.auth_test())).get("user_id")
        cursor = ""
        for _ in range(PAGES):
            ask: dict[str, Any] = {
                "channel": place.channel,
                "include_all_metadata": True,
                "oldest": since,
                "limit": PAGE,
                **({"cursor": cursor} if cursor else {}),
            }
            page = await told(
                client.conversations_replies(ts=place.thread, **ask)
                if place.thread
                else client.conversations_history(**ask)
            )
            for message in page.get("messages", ()):
                if message.get("user") == ours:
                    yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise _TooMuch("too much was said since")


@dataclass(frozen=True, slots=True)
class _Hand:
    """What `bot.platforms.parts` asks for."""

    platform: SlackPlatform
    client: AsyncWebClient
    ref: PostRef

    async def post(self, payload: Payload, key: str, part: int) -> str:
        place, posting = self.ref.place, self.platform.post_part
        _, id = await posting(self.client, place, place.channel, place.thread, payload, key, part)
        return id

    async def update(self, id: str, payload: Payload) -> None:
        blocks, text = payload["blocks"], payload["text"]
        channel = self.ref.place.channel
        try:
            await told(self.client.chat_update(channel=channel, ts=id, text=text, blocks=blocks))
        except Gone as gone:
            if str(gone) in DELETED:
                raise Deleted(*gone.args) from None
            raise

    async def delete(self, id: str) -> None:
        try:
            await told(self.client.chat_delete(channel=self.ref.place.channel, ts=id))
        except Gone:
            return

    async def later(self, key: str) -> Sequence[str] | None:
        return await self.platform.later(self.client, self.ref, key)


def _part_of(message: Json, key: str) -> int:
    """Which part of the message with this key it is, from 1; 0 if of none."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    ours = metadata.get("event_type") == METADATA and payload.get("key") == key
    part = payload.get("part")
    return part if ours and isinstance(part, int) and part > 0 else 0
