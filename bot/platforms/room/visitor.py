"""Who stands at the door: a browser's session, and as whom it is in a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.chat.address import Person, Place
from bot.chat.text import UserText
from bot.pages.forms import Posted, only, read_posted
from bot.pages.session import Session, Sessions
from bot.platforms.room.adapter import RoomPlatform, person, place, private_channel
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
    """Lets in those who belong; everybody else gets the same answer, whatever there is."""

    def __init__(self, room: RoomPlatform) -> None:
        self._room = room
        self.sessions = Sessions(room.signer, https=room.https)

    async def reader(self, request: Request) -> Visitor:
        """Who asks for a page. Whoever has not come in anywhere is shown the entrance;
        HTTPException 404 for those who have, but not here."""
        session = self.sessions.read(request)
        channel = request.path_params["channel"]
        if session is None or not session.people:
            raise HTTPException(303, headers={"Location": f"/room/{quote(channel)}/enter"})
        return await self._visitor(session, channel)

    async def writer(self, request: Request) -> tuple[Visitor, Posted]:
        """Who posts something, and what. HTTPException 403 without the session's token."""
        session, posted = await self.posted(request)
        return await self._visitor(session, request.path_params["channel"]), posted

    async def posted(self, request: Request) -> tuple[Session, Posted]:
        """A posted form and the session it belongs to. HTTPException 403 without its token."""
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

    async def _visitor(self, session: Session, channel: str) -> Visitor:
        if who := session.people.get(channel):
            return Visitor(session, channel, who[0], UserText(who[1]))
        known = {id for id, _ in session.people.values()}
        for member in await self._room.board.people(channel) if known else ():
            if member.here and member.id in known:
                return Visitor(session, channel, member.id, member.name)
        not_found()


def not_found() -> NoReturn:
    """There is no such thing, or not for you: nobody learns which."""
    raise HTTPException(404)
