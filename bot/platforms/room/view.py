"""What a visitor sees: the channel with its threads, the private column, and who is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.chat.message import Message
from bot.chat.text import UserText
from bot.pages.forms import Posted, only
from bot.pages.parts import environment, page
from bot.pages.stream import changes, mark
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.answers import Flash
from bot.platforms.room.board import Inhabitant, Post
from bot.platforms.room.draw import Controls, draw, moment_tag, said, verbatim
from bot.platforms.room.standing import Talk, column, face, heading, hue, talk
from bot.platforms.room.visitor import Doorkeeper, Visitor, not_found

HERE = Path(__file__).parent
_OPEN_THREADS = 2
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as the page shows it; ``mine`` may be edited, ``text`` is what to edit."""

    id: str
    root: str
    at: Markup
    author: Markup | None
    body: Markup
    text: str
    mine: bool
    edited: bool
    deleted: bool
    event: str
    summary: str
    talk: Talk
    title: str
    changed: int
    folded: bool = False
    face: str = ""
    hue: int = 0


@dataclass(frozen=True, slots=True)
class Thread:
    """A post of the channel with what hangs on it."""

    entry: Entry
    replies: tuple[Entry, ...]
    open: bool = False

    @property
    def count(self) -> int:
        """How many replies can be read."""
        return sum(not reply.deleted for reply in self.replies)


class Views:
    """The pages that are only read."""

    def __init__(self, room: RoomPlatform, door: Doorkeeper) -> None:
        self._room = room
        self._door = door
        self.env = environment({"room": HERE})
        self.env.globals["verbatim"] = verbatim

    def controls(self, visitor: Visitor, where: Posted | None = None) -> Controls:
        """What this visitor's controls carry; ``where`` says in which post they stand."""
        token = self._door.sessions.token(visitor.session)
        posted = where or {}
        return Controls(
            base=visitor.base,
            csrf=token,
            post=only(posted, "post"),
            thread=only(posted, "thread"),
            private=bool(only(posted, "private")),
        )

    async def channel(self, request: Request) -> Response:
        """The room."""
        visitor = await self._door.reader(request)
        board = self._room.board
        room = await board.channel(visitor.channel)
        if room is None:
            not_found()
        # The versions first: what changes meanwhile is then told once more, and never missed.
        seen = await self._mark(visitor)
        public, private = [await board.posts(channel) for channel in visitor.channels]
        people = await board.people(visitor.channel)
        threads = self._threads(visitor, public, people)
        roots = {post.id: post.thread for post in public if post.thread}
        flash = Flash.parse(self._door.sessions.flashed(request, visitor.session))
        response = page(
            self.env,
            "room.html",
            visitor=visitor,
            title=room.title,
            mark=seen,
            threads=[
                replace(t, open=n <= _OPEN_THREADS and t.entry.talk == "open")
                for n, t in _from_last(threads)
            ],
            private=self._column(visitor, private),
            people=[p for p in people if p.here],
            controls=self.controls(visitor),
            keeps=self._room.signer.token("drafts", visitor.channel, visitor.id),
            flash=replace(flash, post=roots.get(flash.post, flash.post)),
            clock=self._room.clock_hand and self._room.clock_hand.describe(),
            said=said,
            moment_tag=moment_tag,
        )
        if flash.text:
            self._door.sessions.unflash(response)
        return response

    async def changed(self, request: Request) -> Response:
        """What changed since the page's mark, as pieces to put into it."""
        visitor = await self._door.reader(request)
        board = self._room.board
        since = map(_version, request.query_params.get("since", "").split("."))
        before = dict(zip(visitor.channels, [*since, 0, 0], strict=False))
        seen = await self._mark(visitor)
        room, own = visitor.channels
        public = await board.posts(room, since=before[room])
        # What is new changes the order of the whole column.
        news = await board.posts(own, since=before[own])
        private = await board.posts(own) if news else ()
        people = await board.people(visitor.channel)
        names = _names(people)
        response = page(
            self.env,
            "changes.html",
            visitor=visitor,
            roots=[_alone(self._entry(visitor, p, names)) for p in public if not p.thread],
            replies=[self._entry(visitor, p, names) for p in public if p.thread],
            private=self._column(visitor, private),
            people=[p for p in people if p.here],
            controls=self.controls(visitor),
            said=said,
        )
        response.headers["X-Mark"] = seen
        return response

    async def events(self, request: Request) -> Response:
        """The stream that says that something changed; it says nothing else."""
        visitor = await self._door.reader(request)
        since = request.headers.get("Last-Event-ID") or request.query_params.get("since", "")
        stream = changes(self._room.bell, visitor.channels, since, self._clock_events)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    def _clock_events(self) -> Mapping[str, str]:
        hand = self._room.clock_hand
        if hand is None:
            return {}
        face = hand.describe()
        rate = 0 if face.stopped else face.rate
        return {"clock": f"{face.now.isoformat()} {rate:g} {face.rate:g}"}

    async def _mark(self, visitor: Visitor) -> str:
        versions = await self._room.board.versions(visitor.channels)
        return mark(versions.get(channel, 0) for channel in visitor.channels)

    def _threads(
        self, visitor: Visitor, posts: Sequence[Post], people: Sequence[Inhabitant]
    ) -> list[Thread]:
        names = _names(people)
        replies: dict[str, list[Entry]] = {post.id: [] for post in posts if not post.thread}
        for post in posts:
            if post.thread in replies:
                replies[post.thread].append(self._entry(visitor, post, names))
        return [
            Thread(self._entry(visitor, post, names), tuple(replies[post.id]))
            for post in posts
            if not post.thread
        ]

    def _column(self, visitor: Visitor, posts: Sequence[Post]) -> list[Entry]:
        return [
            replace(self._entry(visitor, post, {}, private=True), folded=folded)
            for post, folded in column(posts)
        ]

    def _entry(
        self,
        visitor: Visitor,
        post: Post,
        names: Mapping[str, UserText],
        *,
        private: bool = False,
    ) -> Entry:
        where = {"post": (post.id,), "thread": (post.thread,), "private": ("1" if private else "",)}
        controls = self.controls(visitor, where)
        if isinstance(post.body, Message):
            body, summary = draw(post.body, controls), post.body.summary
            title = heading(post.body)
        else:
            body, summary, title = said(post.body), "", ""
        name = names.get(post.author, UserText(post.author)) if post.author else None
        return Entry(
            id=post.id,
            root=post.thread,
            at=moment_tag(post.at),
            author=said(name) if name else None,
            body=body,
            text=post.body.text if isinstance(post.body, UserText) else "",
            mine=post.author == visitor.id,
            edited=post.edited,
            deleted=post.deleted,
            event=controls.new_id(),
            summary=summary,
            talk=talk(post.body),
            title=title,
            changed=post.changed,
            face=face(name.text) if name else "",
            hue=hue(post.author or ""),
        )


def _version(text: str) -> int:
    """A version as a page sends it; what no channel can have reached is as good as none."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _names(people: Sequence[Inhabitant]) -> Mapping[str, UserText]:
    return {someone.id: someone.name for someone in people}


def _alone(entry: Entry) -> Thread:
    """A post as it comes: open where people are asked to talk."""
    return Thread(entry, (), entry.talk == "open")


def _from_last(threads: Sequence[Thread]) -> list[tuple[int, Thread]]:
    return [(len(threads) - n, thread) for n, thread in enumerate(threads)]
