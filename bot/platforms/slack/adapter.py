"""The port, filled for Slack: posting, editing, finding.

A message too long for one post goes on in further ones. Which posts these are, and what each of
them reads, is kept under the address of the first, which stands for all of them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.address import Party, Person, Place, PostRef, Recipient, lane_name
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Lane,
    Limited,
    Member,
    Rate,
    Records,
    Rejected,
    Uncertain,
)
from bot.clock import Clock
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
PATIENCE = timedelta(seconds=20)
"""How long the further posts of a long message wait, all together, for Slack to take them."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One post of a message.

    ``id`` is ``""`` where nobody knows whether it was posted. ``reads`` is the digest of what it
    surely reads, or ``""``.
    """

    id: str = ""
    reads: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """All posts of a message, in order."""

    key: str
    posts: tuple[_Part, ...]


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
        self._records = records
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
        first, *rest = render_message(message)
        client = await self._api.of(to.tenant)
        channel, thread = await self._where(client, to)
        place, id = await self._post(client, to, channel, thread, first, key, 1)
        ref = PostRef(place, id)
        parts = _Parts(key, (_Part(id, _digest(first)),))
        await self._keep(ref, parts)
        try:
            await self._go_on(client, ref, parts, rest)
        except (Limited, Gone, Rejected):
            raise Uncertain("a part of it") from None
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post, and those in which it goes on, read ``message``."""
        payloads = render_message(message)
        client = await self._api.of(ref.place.tenant)
        kept = await self._parts(ref)
        posts = await self._redraw(client, ref, await self._cleared(client, ref, kept), payloads)
        for surplus in posts[len(payloads) :]:
            await _delete(client, ref, surplus.id)
        parts = _Parts(kept.key, posts[: len(payloads)])
        if parts != kept:
            await self._keep(ref, parts)
        await self._go_on(client, ref, parts, payloads[len(parts.posts) :])

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
                if await self._records.get(PARTS, str(ref)) is None:
                    # Whether it goes on somewhere is looked up by the edit that follows.
                    await self._keep(ref, _Parts(key, (_Part(ref.id), _Part())))
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

    async def _post(
        self,
        client: AsyncWebClient,
        to: Place | Person,
        channel: str,
        thread: str,
        payload: Json,
        key: str,
        part: int,
    ) -> tuple[Place, str]:
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

    async def _redraw(
        self, client: AsyncWebClient, ref: PostRef, parts: _Parts, payloads: Sequence[Json]
    ) -> tuple[_Part, ...]:
        """Let the posts that stand read this; gives them without those that somebody deleted."""
        posts = list(parts.posts)
        at = 0
        while at < min(len(posts), len(payloads)):
            id, payload = posts[at].id, payloads[at]
            reads = _digest(payload)
            if id and posts[at].reads != reads:
                if posts[at].reads:
                    # If the answer is lost, nobody will know which of the two it reads.
                    posts[at] = _Part(id)
                    await self._keep(ref, _Parts(parts.key, tuple(posts)))
                try:
                    await _update(client, ref, id, payload)
                except Gone as gone:
                    if at == 0 or str(gone) not in DELETED:
                        raise
                    del posts[at]
                    continue
                posts[at] = _Part(id, reads)
            at += 1
        return tuple(posts)

    async def _go_on(
        self, client: AsyncWebClient, ref: PostRef, parts: _Parts, rest: Sequence[Json]
    ) -> None:
        """Post what does not stand yet, and keep where. Raises like `post`."""
        for payload in rest:
            # It is kept before, so that it is not posted again where the answer is lost.
            await self._keep(ref, _Parts(parts.key, (*parts.posts, _Part())))
            try:
                id = await self._patiently(client, ref, payload, parts.key, len(parts.posts) + 1)
            except (Limited, Gone, Rejected):
                await self._keep(ref, parts)
                raise
            parts = _Parts(parts.key, (*parts.posts, _Part(id, _digest(payload))))
            await self._keep(ref, parts)

    async def _patiently(
        self, client: AsyncWebClient, ref: PostRef, payload: Json, key: str, part: int
    ) -> str:
        """Post a further part, which nobody else will; a moment's wait is waited for."""
        place, patience = ref.place, PATIENCE
        while True:
            try:
                _, id = await self._post(
                    client, place, place.channel, place.thread, payload, key, part
                )
            except Limited as limited:
                patience -= limited.after
                if patience < timedelta(0):
                    raise
                await asyncio.sleep(limited.after.total_seconds())
            else:
                return id

    async def _cleared(self, client: AsyncWebClient, ref: PostRef, parts: _Parts) -> _Parts:
        """The posts that stand, read back where nobody knows of one whether it was posted.

        What cannot be read back stays in doubt and is never posted again: that a part may be
        missing is better than that it may stand there twice.
        """
        known = {post.id: post for post in parts.posts}
        if "" not in known or not parts.key or not self._capabilities.read_back:
            return parts
        try:
            since = self._said(client, ref.place, ref.id)
            later = [str(said["ts"]) async for said in since if _part_of(said, parts.key) > 1]
        except _TooMuch:
            return parts
        posts = [known.get(id, _Part(id)) for id in (ref.id, *sorted(later))]
        return _Parts(parts.key, tuple(posts))

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

    async def _parts(self, ref: PostRef) -> _Parts:
        kept = await self._records.get(PARTS, str(ref))
        if kept is None:
            return _Parts("", (_Part(ref.id),))
        read = json.loads(kept)
        return _Parts(read["key"], tuple(_Part(**post) for post in read["posts"]))

    async def _keep(self, ref: PostRef, parts: _Parts) -> None:
        await self._records.put(PARTS, str(ref), json.dumps(asdict(parts)).encode())


async def _update(client: AsyncWebClient, ref: PostRef, id: str, payload: Json) -> None:
    blocks, text = payload["blocks"], payload["text"]
    await told(client.chat_update(channel=ref.place.channel, ts=id, text=text, blocks=blocks))


async def _delete(client: AsyncWebClient, ref: PostRef, id: str) -> None:
    if not id:
        return
    try:
        await told(client.chat_delete(channel=ref.place.channel, ts=id))
    except Gone:
        return


def _digest(payload: Json) -> str:
    return sha256(json.dumps(payload).encode()).hexdigest()


def _part_of(message: Json, key: str) -> int:
    """Which part of the message with this key it is, from 1; 0 if of none."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    ours = metadata.get("event_type") == METADATA and payload.get("key") == key
    part = payload.get("part")
    return part if ours and isinstance(part, int) and part > 0 else 0
