"""The port, filled for Teams: posting, editing.

A post in a channel begins a thread. What of a message takes further cards, such as a tally, goes on
in that thread.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.chat.address import Party, Person, Place, PostRef, Recipient, lane_name
from bot.chat.message import Message
from bot.chat.platform import (
    Capabilities,
    Gone,
    Lane,
    Member,
    Rate,
    Records,
    RecordsUnavailable,
    Rejected,
    Uncertain,
)
from bot.chat.text import UserText
from bot.clock import Clock
from bot.platforms.parts import Payload, Series, digest_of
from bot.platforms.teams.card import card_opens, nodes, render_message, render_page
from bot.platforms.teams.connector import Connector, conversation_of
from bot.platforms.teams.contacts import Contacts, entra_id
from bot.words import t

log = logging.getLogger(__name__)

NAME = "teams"
PARTS = "teams-parts"
"""The kind of record that holds the posts of a message, by the address of the first."""

CARDS = "teams-card"
"""The kind of record that holds what stands in a post, by tenant, conversation and post."""

CARDS_KEPT = timedelta(days=30)
"""How long one finds back to what was posted with a key, in a channel or to one person; on an older
one other buttons go on working."""

SHOWN_KEPT = timedelta(days=1)
"""Likewise to what answers one person, which may hold their words: it is needed for minutes, and is
forgotten in the night after."""

RATES = (
    (3, timedelta(seconds=1)),
    (4, timedelta(seconds=2)),
    (30, timedelta(seconds=30)),
    (900, timedelta(hours=1)),
)
"""Messages in one channel or talk. Teams allows twice as many cards: 7, 8, 60 and 1,800 (its page
"Optimize your bot with rate limiting"); most messages take one or two."""

_ASKS = "asks "
"""How what a card reads begins that has something to fill in."""

TENANT_RATE = (15, timedelta(seconds=1))
"""Messages in one tenant, of which Teams takes 30 cards."""


class TeamsPlatform:
    """All teams of the tenant that Fivefold was added to, and the talks with their people."""

    def __init__(
        self,
        connector: Connector,
        contacts: Contacts,
        records: Records,
        capabilities: Capabilities,
        machine: Clock,
    ) -> None:
        self.connector = connector
        self.records = records
        self._contacts = contacts
        self._capabilities = capabilities
        self.now = machine.now
        self._series = Series(records, PARTS, reads_of, reads_the_same)

    @property
    def name(self) -> str:
        """``teams``."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """What Teams can do with what the teams' owners are asked for."""
        return self._capabilities

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post; where the message takes several cards, the first stands for all of them.

        What has no key is never edited.
        """
        cards = render_message(message) if key else render_page(message)
        url = await self._contacts.service_url(to.tenant)
        if isinstance(to, Person):
            ref = await self._to_person(url, to, cards[0])
        elif to.thread or is_talk(to):
            where = conversation_of(to.channel, to.thread)
            ref = PostRef(to, await self.connector.say(url, to.tenant, where, cards[0]))
        else:
            ref = PostRef(to, await self.connector.begin(url, to.tenant, to.channel, cards[0]))
        hand = _Hand(self, url, ref, keyed=bool(key))
        await hand.keep(ref.id, cards[0])
        await self._series.begin(hand, key, cards)
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post, and those in which it goes on, read ``message``.

        A card in which something can be filled in stays as it is for as long as it asks the same:
        to edit it would take from people what they have half written.
        """
        kept = await self._series.of(ref)
        cards = render_message(message, apart=len(kept.posts) > 1)
        url = await self._contacts.service_url(ref.place.tenant)
        await self._series.edit(_Hand(self, url, ref, keyed=True), cards)

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """Teams does not let a bot read: raises Uncertain."""
        raise Uncertain("no right to read")

    async def members(self, place: Place) -> tuple[Member, ...]:
        """Everybody in the channel's team."""
        found = []
        for one in await self._contacts.members(place.tenant, place.channel):
            if id := entra_id(one):
                person = Person(NAME, place.tenant, id)
                found.append(Member(person, UserText(str(one.get("name") or ""))))
        return tuple(found)

    async def open_place(self, party: Party) -> Place:
        """Teams lets a bot open no place for several people: raises Rejected."""
        raise Rejected(t("Fivefold cannot open places for groups in Teams"))

    def lane(self, to: Recipient) -> Lane:
        """One lane a channel, its threads included, and one a person; a tenant's share.

        Edits count as posts do.
        """
        target = lane_name(to)
        rates = (
            *(Rate(f"{target} calls", count, per) for count, per in RATES),
            Rate(f"{NAME}/{to.tenant} calls", *TENANT_RATE),
        )
        return Lane(target, posts=rates, edits=rates)

    async def knows(self, post: PostRef) -> bool:
        """Whether this post is one of ours. Raises RecordsUnavailable."""
        return await self._series.knows(post)

    async def show(self, person: Person, card: Payload) -> None:
        """Post a card in the talk with somebody, that is no message. Raises as `post` does."""
        url = await self._contacts.service_url(person.tenant)
        ref = await self._to_person(url, person, card)
        await _Hand(self, url, ref, keyed=False).keep(ref.id, card)

    async def instead(self, tenant: str, talk: str, id: str, card: Payload) -> None:
        """Let a post in a talk show this card. Raises as `edit` does."""
        url = await self._contacts.service_url(tenant)
        ref = PostRef(Place(NAME, tenant, talk), id)
        await _Hand(self, url, ref, keyed=False).update(id, card)

    async def card(self, tenant: str, conversation: str, id: str) -> dict[str, Any] | None:
        """The card that stands in this post; ``None`` where it is not known."""
        kept = await self.records.get(CARDS, _key(tenant, conversation, id))
        return dict(json.loads(kept)["card"]) if kept else None

    async def sweep(self) -> None:
        """Forget what stood in posts that were not touched for long. Raises RecordsUnavailable."""
        now = self.now()
        for key in await self.records.keys(CARDS):
            kept = await self.records.get(CARDS, key)
            if kept is None:
                continue
            held = json.loads(kept)
            lasts = CARDS_KEPT if held.get("keyed") else SHOWN_KEPT
            if held["at"] < (now - lasts).isoformat():
                await self.records.delete(CARDS, key)

    async def _to_person(self, url: str, to: Person, card: Payload) -> PostRef:
        talk = await self._contacts.talk(to)
        try:
            id = await self.connector.say(url, to.tenant, talk, card)
        except Gone:
            # They may have taken the app away and added it again since: that is another talk.
            await self._contacts.forget_talk(to)
            again = await self._contacts.talk(to)
            if again == talk:
                raise
            talk, id = again, await self.connector.say(url, to.tenant, again, card)
        return PostRef(Place(NAME, to.tenant, talk), id)


@dataclass(frozen=True, slots=True)
class _Hand:
    """What `bot.platforms.parts` asks for; ``keyed`` where the message was posted with a key."""

    platform: TeamsPlatform
    service_url: str
    ref: PostRef
    keyed: bool

    @property
    def _tenant(self) -> str:
        return self.ref.place.tenant

    @property
    def _conversation(self) -> str:
        """The thread that the post is in or begins, or the talk."""
        place = self.ref.place
        root = "" if is_talk(place) else place.thread or self.ref.id
        return conversation_of(place.channel, root)

    async def post(self, payload: Payload, key: str, part: int) -> str:
        say = self.platform.connector.say
        id = await say(self.service_url, self._tenant, self._conversation, payload)
        await self.keep(id, payload)
        return id

    async def update(self, id: str, payload: Payload) -> None:
        change = self.platform.connector.change
        await change(self.service_url, self._tenant, self._conversation, id, payload)
        await self.keep(id, payload)

    async def delete(self, id: str) -> None:
        remove = self.platform.connector.remove
        try:
            await remove(self.service_url, self._tenant, self._conversation, id)
        except Gone:
            return

    async def keep(self, id: str, card: Payload) -> None:
        """Keep what stands there, if something can be looked at in its place, to find back to."""
        key = _key(self._tenant, self._conversation, id)
        kept = {"at": self.platform.now().isoformat(), "keyed": self.keyed, "card": card}
        try:
            # What could be pressed on it once may still be looked at by somebody.
            if card_opens(card) or await self.platform.records.get(CARDS, key) is not None:
                await self.platform.records.put(CARDS, key, json.dumps(kept).encode())
        except RecordsUnavailable:
            # It was posted all the same; only the way back to it is missing.
            log.warning("what stands in a post could not be kept")

    async def later(self, key: str) -> Sequence[str] | None:
        return None


def _key(tenant: str, conversation: str, id: str) -> str:
    return f"{tenant}/{conversation}/{id}"


def is_talk(place: Place) -> bool:
    """Whether it is a talk with one person: only channels have ids like ``19:…``."""
    return not place.channel.startswith("19:")


def reads_of(card: Payload) -> str:
    """What a card reads, as a digest; of one with something to fill in, what it asks for."""
    inputs = (node for node in nodes(card) if str(node.get("type")).startswith("Input."))
    # But for what stands in them.
    asks = ({name: held for name, held in one.items() if name != "value"} for one in inputs)
    asked = sorted({digest_of(one)[:16] for one in asks})
    return _ASKS + " ".join(asked) if asked else digest_of(card)


def reads_the_same(reads: str, shall_read: str) -> bool:
    """Whether a card that reads this need not be edited to read that: for as long as something of
    what it asks for can still be filled in, an edit would take half-written words away."""
    if not (reads.startswith(_ASKS) and shall_read.startswith(_ASKS)):
        return reads == shall_read
    return set(shall_read.split()) <= set(reads.split())
