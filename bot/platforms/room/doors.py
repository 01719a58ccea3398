"""What people do in the room: every posted form becomes an event, and its answer the response.

The answer travels only after ``hear`` has returned, which commits first.
What `hear` does not take is not put into a thread, either.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import Replied
from bot.chat.text import UserText
from bot.pages.forms import Posted, only
from bot.pages.parts import is_fetch
from bot.platforms.room import incoming
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.answers import Again, Answering, Asked
from bot.platforms.room.board import BoardUnavailable, Post
from bot.platforms.room.draw import Controls, hidden, verbatim
from bot.platforms.room.draw_form import draw_form, seal_form, unseal_form
from bot.platforms.room.view import Views
from bot.platforms.room.visitor import Doorkeeper, Visitor, not_found
from bot.words import t


class Doors:
    """The room's doors for what is posted, and for the forms that are asked for."""

    def __init__(self, room: RoomPlatform, door: Doorkeeper, views: Views) -> None:
        self._room = room
        self._door = door
        self._views = views
        self.answering = Answering(views.env, door.sessions, room.signer)

    async def act(self, request: Request) -> Response:
        """A button was pressed."""
        visitor, posted = await self._door.writer(request)
        asked = self._asked(request, visitor, posted, _pressed_again("act", posted))
        event = incoming.picked(visitor, posted, self._room.clock.now())
        return self.answering.respond(asked, await self._room.hear(event))

    async def open(self, request: Request) -> Response:
        """A button that opens something was pressed."""
        visitor = await self._door.reader(request)
        query = {name: (value,) for name, value in request.query_params.items()}
        controls = self._views.controls(visitor, query)
        event = incoming.form_requested(visitor, query, self._room.clock.now())
        asked = Asked(request, visitor, controls, lambda controls, errors: Markup(""))
        return self.answering.respond(asked, await self._room.hear(event))

    async def part(self, request: Request) -> Response:
        """What is due for the visitor, and what is theirs."""
        visitor = await self._door.reader(request)
        controls = self._views.controls(visitor)
        event = incoming.asked_for_part(visitor, self._room.clock.now())
        asked = Asked(request, visitor, controls, lambda controls, errors: Markup(""))
        return self.answering.respond(asked, await self._room.hear(event))

    async def submit(self, request: Request) -> Response:
        """A form was sent."""
        visitor, posted = await self._door.writer(request)
        form = unseal_form(self._room.signer, only(posted, "form"), visitor.id)
        if form is None:
            not_found()
        event = incoming.form_submitted(visitor, form, posted, self._room.clock.now())

        def again(controls: Controls, errors: Mapping[str, str]) -> Markup:
            sealed = seal_form(self._room.signer, form, visitor.id)
            return draw_form(form, sealed, controls, values=event.fields, errors=errors)

        errors = incoming.unfit(form, event.fields)
        answer = Correct(errors) if errors else await self._room.hear(event)
        asked = self._asked(request, visitor, posted, again, wordy=True)
        return self.answering.respond(asked, answer)

    async def say(self, request: Request) -> Response:
        """Words were said to the bot."""
        visitor, posted = await self._door.writer(request)
        event = incoming.commanded(visitor, posted, self._room.clock.now())
        answer = _unfit(only(posted, "text")) or await self._room.hear(event)
        again = _written_again("say", t("Say to Fivefold"), posted)
        asked = self._asked(request, visitor, posted, again, wordy=True)
        return self.answering.respond(asked, answer)

    async def reply(self, request: Request) -> Response:
        """Somebody wrote in a thread."""
        visitor, posted = await self._door.writer(request)
        again = _written_again("reply", t("Your reply"), posted)
        asked = self._asked(request, visitor, posted, again, wordy=True)
        return self.answering.respond(asked, await self._reply(visitor, posted))

    async def _reply(self, visitor: Visitor, posted: Posted) -> Answer:
        at = self._room.clock.now()
        event = incoming.replied(visitor, only(posted, "post"), posted, at)
        if unfit := _unfit(event.text.text):
            return unfit
        try:
            root = await self._room.board.post(visitor.channel, event.post.id)
            if root is None or root.thread:
                not_found()
            before = await self._room.board.post(visitor.channel, event.reply.id)
            if before is not None and (before.edited or before.body != event.text):
                return await self._change(visitor, posted, before.id, event.text.text)
            answer = await self._room.hear(event)
            if isinstance(answer, Saved | Show):
                await self._room.board.put(_post(visitor, event))
                self._room.bell.ring(visitor.channel)
        except BoardUnavailable as error:
            return _not_saved(error)
        return answer

    async def edit(self, request: Request) -> Response:
        """Somebody changed what they wrote in a thread."""
        visitor, posted = await self._door.writer(request)
        reply = request.path_params["reply"]
        again = _written_again(f"reply/{reply}/edit", t("Your reply"), posted)
        asked = self._asked(request, visitor, posted, again, wordy=True)
        text = only(posted, "text")
        answer = _unfit(text) or await self._change(visitor, posted, reply, text)
        return self.answering.respond(asked, answer)

    async def delete(self, request: Request) -> Response:
        """Somebody took back what they wrote in a thread."""
        visitor, posted = await self._door.writer(request)
        reply = request.path_params["reply"]
        asked = self._asked(
            request, visitor, posted, _pressed_again(f"reply/{reply}/delete", posted)
        )
        return self.answering.respond(asked, await self._change(visitor, posted, reply, None))

    async def _change(
        self, visitor: Visitor, posted: Posted, reply: str, text: str | None
    ) -> Answer:
        at = self._room.clock.now()
        try:
            post = await self._room.board.post(visitor.channel, reply)
            if post is None or post.author != visitor.id:
                not_found()
            if post.deleted if text is None else post.body == UserText(text):
                # A second click: it was heard before the board was changed.
                return Saved()
            answer = await self._room.hear(
                incoming.reply_deleted(visitor, post, posted, at)
                if text is None
                else incoming.reply_edited(visitor, post, posted, at)
            )
            if isinstance(answer, Saved | Show):
                await self._room.board.change(
                    visitor.channel,
                    reply,
                    UserText(text or ""),
                    edited=text is not None,
                    deleted=text is None,
                )
                self._room.bell.ring(visitor.channel)
        except BoardUnavailable as error:
            return _not_saved(error)
        return answer

    async def turn(self, request: Request) -> Response:
        """The demo's clock was turned."""
        visitor, _ = await self._door.writer(request)
        hand = self._room.clock_hand
        if hand is None:
            not_found()
        match request.path_params["turn"]:
            case "stop":
                hand.stop()
            case "go":
                hand.go()
            case "slower":
                hand.slower()
            case "faster":
                hand.faster()
            case "next":
                await hand.next_cue()
            case _:
                not_found()
        self._room.bell.wake()
        return HTMLResponse("") if is_fetch(request) else RedirectResponse(visitor.base, 303)

    def _asked(
        self,
        request: Request,
        visitor: Visitor,
        posted: Posted,
        again: Again,
        *,
        wordy: bool = False,
    ) -> Asked:
        controls = self._views.controls(visitor, posted)
        return Asked(request, visitor, controls, again, only(posted, "event"), wordy)


def _post(visitor: Visitor, event: Replied) -> Post:
    return Post(
        id=event.reply.id,
        channel=visitor.channel,
        thread=event.post.id,
        author=visitor.id,
        body=event.text,
        at=event.at,
        seq=0,
        changed=0,
    )


def _unfit(text: str) -> Refused | None:
    """Why these words are not taken, if they are not."""
    if not text.strip():
        return Refused(t("There is nothing to send yet: write something first."))
    why = incoming.too_long(text)
    return Refused(why) if why else None


def _not_saved(error: BoardUnavailable) -> NotSaved:
    return NotSaved(t("This was not saved: please try again in a moment."))


def _pressed_again(door: str, posted: Posted) -> Again:
    def again(controls: Controls, errors: Mapping[str, str]) -> Markup:
        options = Markup("").join(
            Markup('<input type="hidden" name="option" value="{}">').format(option)
            for option in posted.get("option", ())
        )
        return Markup(
            '<form method="post" action="{}/{}">{}{}<button class="primary">{}</button></form>'
        ).format(
            controls.base, door, hidden(only(posted, "callback"), controls), options, t("Try again")
        )

    return again


def _written_again(door: str, label: str, posted: Posted) -> Again:
    def again(controls: Controls, errors: Mapping[str, str]) -> Markup:
        return Markup(
            '<form method="post" action="{}/{}">{}<div class="field"><label for="again">{}</label>'
            '<textarea id="again" name="text" rows="6" dir="auto" required>\n{}</textarea></div>'
            '<button class="primary">{}</button></form>'
        ).format(
            controls.base,
            door,
            hidden("", controls),
            label,
            verbatim(only(posted, "text")),
            t("Try again"),
        )

    return again
