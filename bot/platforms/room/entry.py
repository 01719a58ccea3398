"""Coming in and going out.

Opening a link shows a page and nothing more, for mail and chat programs open links, too;
only sending the form on it brings somebody in.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.chat.answer import Answer, NotSaved, Refused, Saved, Show
from bot.chat.text import UserText
from bot.pages.forms import only
from bot.pages.parts import page
from bot.pages.session import Session
from bot.platforms.room import incoming
from bot.platforms.room.adapter import FACILITATOR, RoomPlatform
from bot.platforms.room.answers import Answering, Asked, sentence
from bot.platforms.room.board import BoardUnavailable
from bot.platforms.room.draw import new_event_id
from bot.platforms.room.view import Views
from bot.platforms.room.visitor import Doorkeeper, Visitor, not_found
from bot.words import t

LONGEST_NAME = 80


class Entrance:
    """The pages before the room."""

    def __init__(
        self, room: RoomPlatform, door: Doorkeeper, views: Views, answering: Answering
    ) -> None:
        self._room = room
        self._door = door
        self._env = views.env
        self._views = views
        self._answering = answering

    async def rooms(self, request: Request) -> Response:
        """The rooms that this browser is in; in a demo, all rooms and the ways into them."""
        session = self._door.sessions.read(request)
        inside = await self._door.inside(session) if session else {}
        channels = await self._room.board.channels()
        return page(
            self._env,
            "rooms.html",
            rooms=[c for c in channels if self._room.open_entry or c.id in inside],
            inside=inside,
            open=self._room.open_entry,
            learner={c.id: self._room.entry_link(c.id) for c in channels},
            facilitator={c.id: self._room.entry_link(c.id, FACILITATOR) for c in channels},
        )

    async def outside(self, request: Request) -> Response:
        """What somebody without a link is told, whichever room they asked for."""
        return page(self._env, "outside.html", open=self._room.open_entry)

    async def confirm(self, request: Request) -> Response:
        """The page behind a link: under which name to come in. Nothing happens yet."""
        channel, who = self._invited(request)
        if await self._room.board.channel(channel) is None:
            not_found()
        session = self._door.sessions.read(request) or self._door.sessions.new()
        known = await self._room.board.name_of(who) if who else None
        inside = session.people.get(channel)
        name = known.text if known else inside[1] if inside and not who else ""
        response = await self._form(request, session, name)
        self._door.sessions.save(response, session)
        return response

    async def enter(self, request: Request) -> Response:
        """Come in."""
        session, posted = await self._door.posted(request)
        channel, who = self._invited(request)
        name = only(posted, "name").strip()
        if not name or len(name) > LONGEST_NAME:
            why = t("Please give a name of at most {count} letters.", count=LONGEST_NAME)
            return await self._form(request, session, name, sentence("refused", why), 422)
        before, called = self._before(session, channel)
        # A browser may be shared: under another name it is somebody else who comes in.
        again = before if name == called else ""
        id = who or again or incoming.newcomer_id(posted, session.id)
        after = self._door.sessions.entered(session, channel, id, name)
        visitor = Visitor(after, channel, id, UserText(name))
        event = incoming.joined(visitor, posted, self._room.clock.now())
        answer = await self._join(visitor, await self._room.hear(event))
        if isinstance(answer, NotSaved | Refused):
            status, kind = (503, "not-saved") if isinstance(answer, NotSaved) else (422, "refused")
            same = only(posted, "event")
            return await self._form(
                request, session, name, sentence(kind, answer.why), status, event=same
            )
        if isinstance(answer, Saved):
            answer = Saved()
        controls = self._views.controls(visitor)
        asked = Asked(request, visitor, controls, lambda controls, errors: sentence("", ""))
        response = self._answering.respond(asked, answer)
        self._door.sessions.save(response, after)
        return response

    async def leave(self, request: Request) -> Response:
        """Go out; whoever came in by the cohort's link comes back as somebody else."""
        visitor, posted = await self._door.writer(request)
        answer = await self._room.hear(incoming.left(visitor, posted, self._room.clock.now()))
        if isinstance(answer, Saved | Show):
            await self._room.board.leave(visitor.channel, visitor.id)
            self._room.bell.ring(visitor.channel)
            response: Response = RedirectResponse("/", 303)
            self._door.sessions.save(
                response, self._door.sessions.left(visitor.session, visitor.channel)
            )
            return response
        controls = self._views.controls(visitor)
        asked = Asked(request, visitor, controls, lambda controls, errors: sentence("", ""))
        return self._answering.respond(asked, answer)

    async def _join(self, visitor: Visitor, answer: Answer) -> Answer:
        if not isinstance(answer, Saved | Show):
            return answer
        try:
            if not await self._room.board.join(visitor.channel, visitor.id, visitor.name):
                not_found()
        except BoardUnavailable:
            return NotSaved(t("This was not saved: please try again in a moment."))
        self._room.bell.ring(visitor.channel)
        return answer

    def _invited(self, request: Request) -> tuple[str, str]:
        """The channel and the person (``""``: anybody) that the link is for; 404 without one."""
        channel, token = request.path_params["channel"], request.path_params["token"]
        who = request.query_params.get("as", "")
        if not self._room.signer.verify(token, "entry", channel, who):
            not_found()
        return channel, who

    def _before(self, session: Session, channel: str) -> tuple[str, str]:
        """Who this browser was here, and under which name, if by the cohort's link, too."""
        id, name = session.people.get(channel, ("", ""))
        return (id, name) if id.startswith(incoming.NEWCOMER) else ("", "")

    async def _form(
        self,
        request: Request,
        session: Session,
        name: str,
        answer: object = "",
        status: int = 200,
        *,
        event: str = "",
    ) -> Response:
        channel, who = self._invited(request)
        room = await self._room.board.channel(channel) if not answer else None
        return page(
            self._env,
            "enter.html",
            status,
            title=room.title if room else t("Come in"),
            action=self._room.entry_link(channel, who or None),
            csrf=self._door.sessions.token(session),
            event=event or new_event_id(),
            name=name,
            personal=bool(who),
            before="" if who else self._before(session, channel)[1],
            answer=answer,
            longest=LONGEST_NAME,
        )
