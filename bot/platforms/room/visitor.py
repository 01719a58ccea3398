"""Who stands at the door: a browser's session, and as whom it is in a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.chat.address import Person, Place
from bot.chat.text import UserText
from bot.pages.forms import Posted, only, read_posted
from bot.pages.session import Session, Sessions
from bot.platforms.room.adapter import RoomPlatform, person, place, private_channel
from bot.platforms.room.board import BoardUnavailable
from bot.words import t


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person in a room, by the session of their browser."""

    session: Session
    channel: str
    id: str
    name: UserText

    @property
    def person(self) -> Person:
        """Who it is."""
        return person(self.id)

    @property
    def place(self) -> Place:
        """The room's channel."""
        return place(self.channel)

    @property
    def base(self) -> str:
        """The path of the room."""
        return f"/room/{self.channel}"

    @property
    def channels(self) -> tuple[str, str]:
        """What they see: the room, and their private column."""
        return self.channel, private_channel(self.id)


class Doorkeeper:
    """Lets in whom the board says is there, by the session that says who it is.

    Who was never in a room gets the same answer whether there is one or not.
    """

    def __init__(self, room: RoomPlatform) -> None:
        self._room = room
        self.sessions = Sessions(room.signer, https=room.https)

    async def reader(self, request: Request) -> Visitor:
        """Who asks for a page. Whoever has not come in anywhere, or has left this room, is shown
        the entrance; HTTPException 404 for those who came in elsewhere only."""
        session = self.sessions.read(request)
        channel = request.path_params["channel"]
        visitor = await self._visitor(session, channel) if session else None
        if visitor is not None:
            return visitor
        if session and session.people and channel not in session.people:
            not_found()
        raise HTTPException(303, headers={"Location": f"/room/{quote(channel)}/enter"})

    async def writer(self, request: Request) -> tuple[Visitor, Posted]:
        """Who posts something, and what. HTTPException 403 without the session's token and for
        those who have left, 404 for those who never came in."""
        session, posted = await self.posted(request)
        channel = request.path_params["channel"]
        own = session.people.get(channel)
        try:
            visitor = await self._visitor(session, channel)
        except BoardUnavailable:
            if own is None:
                raise
            # What follows will say that nothing was saved, and give them their words back.
            visitor = Visitor(session, channel, own[0], UserText(own[1]))
        if visitor is not None:
            return visitor, posted
        if own is None:
            not_found()
        raise HTTPException(
            403,
            t("You have left this room, so nothing was saved: come in again by your link."),
        )

    async def posted(self, request: Request) -> tuple[Session, Posted]:
        """A posted form and the session it belongs to. HTTPException 403 without its token, or
        when the browser says that a page of others sent it."""
        if not is_from_here(request):
            raise HTTPException(
                403, t("This was sent from another site, so nothing was saved: go to the room.")
            )
        posted = await read_posted(request)
        session = self.sessions.read(request)
        if session is None or not self.sessions.trusts(session, only(posted, "csrf")):
            raise HTTPException(
                403,
                t(
                    "This page is too old to be sent, so nothing was saved: "
                    "go back, reload it and send it again."
                ),
            )
        return session, posted

    async def inside(self, session: Session) -> Mapping[str, tuple[str, str]]:
        """The rooms that the session came into and has not left, as `Session.people` has them."""
        here = self._room.board.here
        return {c: who for c, who in session.people.items() if await here(c, {who[0]})}

    async def _visitor(self, session: Session, channel: str) -> Visitor | None:
        if own := session.people.get(channel):
            here = await self._room.board.here(channel, {own[0]})
            return Visitor(session, channel, own[0], UserText(own[1])) if here else None
        # A place that was opened for somebody has no link: who they are elsewhere counts.
        known = {id for id, _ in session.people.values()}
        for member in await self._room.board.here(channel, known):
            return Visitor(session, channel, member.id, member.name)
        return None


def is_from_here(request: Request) -> bool:
    """Whether a page of ours sent this, as far as the browser tells.

    Browsers say ``Origin: null`` where the referrer is kept back, as ours is, and the token is
    asked for in any case.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    hosts = (request.headers.get("Host"), request.headers.get("X-Forwarded-Host"))
    return origin == "null" or urlsplit(origin).netloc in hosts


def not_found() -> NoReturn:
    """There is no such thing, or not for you: nobody learns which."""
    raise HTTPException(404)
