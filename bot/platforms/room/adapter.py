"""The room as a platform: the port's calls, and the links by which people come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import blake2s
from urllib.parse import quote

from bot.chat.address import Party, Person, Place, PostRef, Recipient
from bot.chat.message import Message
from bot.chat.platform import Capabilities, Gone, Hear, Lane, Member, Rate, Rejected, Uncertain
from bot.clock import Clock
from bot.pages.signing import Signer
from bot.pages.stream import Bell
from bot.platforms.room.board import Board, BoardUnavailable, Post
from bot.platforms.room.clock_hand import ClockHand
from bot.words import t

NAME = "room"
TENANT = "local"
FACILITATOR = "facilitator"
"""The person id that an open entrance offers to whoever wants to see the facilitator's side."""

_EDITS_PER = timedelta(seconds=1)
_CHANNEL = re.compile(r"[A-Za-z0-9_-]{1,80}")


class RoomPlatform:
    """The browser room of one tenant, ``local``.

    ``secret`` (32 bytes or more, the same in every process) signs links, cookies and forms.
    ``https`` says that people come over TLS, so that cookies are kept to it.
    ``open_entry`` lets anybody in without a link, as a learner or as the person `FACILITATOR`:
    for demos on loopback only. ``clock_hand`` puts the demo's clock on the page.
    `bot.platforms.room.routes.room_routes` makes its pages.
    """

    def __init__(
        self,
        board: Board,
        hear: Hear,
        clock: Clock,
        secret: bytes,
        *,
        https: bool = False,
        open_entry: bool = False,
        clock_hand: ClockHand | None = None,
    ) -> None:
        self.board = board
        self.hear = hear
        self.clock = clock
        self.signer = Signer(secret)
        self.https = https
        self.open_entry = open_entry
        self.clock_hand = clock_hand
        self.bell = Bell(board.versions)

    @property
    def name(self) -> str:
        """``room``."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """Everything, but whoever has the link may come in under any name, and nobody is led from
        the one page that a cohort has to another."""
        return Capabilities(knows_people=False, open_place=False)

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post; the same key in the same place again is the same post. Gone: no such channel."""
        ref = _ref(to, key)
        channel = ref.place.channel
        post = Post(
            id=ref.id,
            channel=channel,
            thread=ref.place.thread,
            author=None,
            body=message,
            at=self.clock.now(),
            seq=0,
            changed=0,
        )
        with _in_doubt():
            if isinstance(to, Person):
                await self.board.open_channel(channel, "")
            if not await self.board.put(post):
                raise Gone(f"there is no room {channel}")
        self.bell.ring(channel)
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Make the post read ``message``. Gone if there is no such post."""
        with _in_doubt():
            if not await self.board.change(ref.place.channel, ref.id, message):
                raise Gone(f"there is no post {ref}")
        self.bell.ring(ref.place.channel)

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """The post with this key."""
        ref = _ref(to, key)
        with _in_doubt():
            return ref if await self.board.post(ref.place.channel, ref.id) else None

    async def members(self, place: Place) -> tuple[Member, ...]:
        """Everybody who is in the channel, in the order of joining."""
        with _in_doubt():
            people = await self.board.people(place.channel)
        return tuple(Member(person(p.id), p.name) for p in people if p.here)

    async def open_place(self, party: Party) -> Place:
        """There are none."""
        raise Rejected(t("the room has no places for groups of their own"))

    def lane(self, to: Recipient) -> Lane:
        """One lane a channel, its threads included; edits at most once a second in each."""
        channel = to.key if isinstance(to, Party) else _channel(to)
        return Lane(f"{NAME}/{channel}", edits=(Rate(f"{NAME} edits {channel}", 1, _EDITS_PER),))

    async def open_channel(self, channel: str, title: str) -> Place:
        """Have a room with exactly this id: letters, digits, ``-`` and ``_``, at most 80.

        One that exists gets the title. Raises ValueError for another id.
        """
        if not _CHANNEL.fullmatch(channel):
            raise ValueError(f"a room's id is letters, digits, - and _, not {channel!r}")
        await self.board.open_channel(channel, title)
        self.bell.ring(channel)
        return place(channel)

    def entry_link(self, channel: str, person_id: str | None = None) -> str:
        """The path by which a cohort comes in, or exactly this person; it holds 256 bits.

        Whoever has it gets in, for as long as the secret stays the same.
        """
        token = self.signer.token("entry", channel, person_id or "")
        path = f"/room/{channel}/enter/{token}"
        return f"{path}?as={quote(person_id, safe='')}" if person_id else path


@contextmanager
def _in_doubt() -> Iterator[None]:
    """A database that fails may or may not have kept what it was given."""
    try:
        yield
    except BoardUnavailable as error:
        raise Uncertain(str(error)) from error


def place(channel: str, thread: str = "") -> Place:
    """A channel of the room, or a thread in it."""
    return Place(NAME, TENANT, channel, thread)


def person(id: str) -> Person:
    """Somebody in the room."""
    return Person(NAME, TENANT, id)


def private_channel(person_id: str) -> str:
    """The channel that holds a person's private column."""
    return f"@{person_id}"


def _channel(to: Place | Person) -> str:
    return to.channel if isinstance(to, Place) else private_channel(to.id)


def _ref(to: Place | Person, key: str) -> PostRef:
    """A post's id comes from its channel and key, so that one key is one post."""
    at = to if isinstance(to, Place) else place(private_channel(to.id))
    id = blake2s(f"{at.channel}\n{key}".encode(), digest_size=10).hexdigest()
    return PostRef(at, id)
