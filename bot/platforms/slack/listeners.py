"""What Slack sends, taken in by Bolt, heard, and answered.

Bolt runs a listener to its end before it acknowledges (``process_before_response``), so that
nothing is acknowledged before it is committed. What was not kept of what Slack itself sends again
is answered with an error.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any, cast

from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.chat.address import Person
from bot.chat.answer import Answer, NotSaved, Refused, Saved
from bot.chat.event import Commanded, Picked, Removed, Said
from bot.chat.platform import Gone, Hear, PlatformFailure
from bot.clock import Clock
from bot.platforms.planning import ADOPT, decoded
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.calls import Api, told
from bot.platforms.slack.form import more_room
from bot.platforms.slack.incoming import (
    Door,
    Json,
    Origin,
    Pressed,
    Unreadable,
    asked_home,
    commanded,
    press_of,
    pressed,
    submitted,
)
from bot.platforms.slack.incoming_messages import (
    author_of,
    deactivated,
    heard,
    kept,
    moved,
)
from bot.platforms.slack.installs import Installs
from bot.platforms.slack.members import not_for_guests
from bot.platforms.slack.profiles import Profiles
from bot.platforms.slack.reading_back import read_back
from bot.platforms.slack.reception import NotKept, Reception, done, left, tenant_of
from bot.words import t

log = logging.getLogger(__name__)

ANYTHING = re.compile(r".*", re.DOTALL)
ROOM = "room "
"""How the action_id of "More room" begins."""


class Listeners:
    """The Bolt app, and what it does with each kind of request."""

    def __init__(
        self,
        installs: Installs,
        api: Api,
        profiles: Profiles,
        answering: Answering,
        hear: Hear,
        lesson: Clock,
    ) -> None:
        self._installs = installs
        self._api = api
        self._profiles = profiles
        self._answering = answering
        self._hear = hear
        self._lesson = lesson
        self.reception = Reception(installs, profiles, answering, lesson)

        # Bolt gives a method its own object twice.
        async def authorize(context: AsyncBoltContext) -> AuthorizeResult | None:
            return await self.reception.authorized(context)

        quiet = logging.getLogger(f"{__name__}.bolt")
        # At its lower levels Bolt writes who chose what; and its errors quote what was sent.
        quiet.setLevel(logging.CRITICAL)
        self.bolt = AsyncApp(
            logger=quiet,
            process_before_response=True,
            # Whatever comes here was verified at the door, or came over a socket of ours.
            request_verification_enabled=False,
            client=api.client(),
            # Bolt takes None for an answer, too, though it does not say so.
            authorize=cast(Any, authorize),
            user_facing_authorize_error_message=t(
                "Fivefold is not installed here any more: ask whoever looks after your workspace."
            ),
        )
        self.bolt.error(self.reception.failed)
        self.bolt.action(ANYTHING)(self._action)
        self.bolt.view(ANYTHING)(self._view)
        self.bolt.command(ANYTHING)(self._command)
        self.bolt.shortcut(ANYTHING)(self._shortcut)
        for name, listener in {
            "message": self._message,
            "app_home_opened": self._home,
            "member_joined_channel": self._moved,
            "member_left_channel": self._moved,
            "user_change": self._changed,
            "app_uninstalled": self._removed,
            "tokens_revoked": self._removed,
        }.items():
            self.bolt.event(name)(listener)
        self.bolt.event(ANYTHING)(self._anything_else)

    # -- what people press and send

    async def _action(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        if (found := press_of(body)) is None:
            await self.reception.beside(context, self._make_room(body, context))
            return done()
        action, press = found
        door = await self.reception.door(body, context)
        press_ = pressed(body, action, press, door)
        answer = await self._heard_press(press_, door, left(context))
        await self.reception.beside(context, self._after_press(body, press_, answer))
        return done()

    async def _heard_press(self, press: Pressed, door: Door, left: float) -> Answer:
        event = press.event
        if refused := not_for_guests(event.callback, door):
            return refused
        callback = decoded(event.callback)
        if callback and callback.verb == ADOPT and isinstance(event, Picked):
            said = await read_back(self._api, event, callback, press.origin, left)
            if said is None:
                return Refused(t("I could not read that message: please write it in the thread."))
            return await self._hear(said)
        return await self._hear(event)

    async def _after_press(self, body: Json, press: Pressed, answer: Answer) -> None:
        who, home = press.event.who, press.origin.home
        if not (home and isinstance(answer, Saved | Refused | NotSaved)):
            await self._answering.to_press(body, press, answer)
            return
        note = answer.note if isinstance(answer, Saved) else answer.why
        await self._draw_home(who, note)

    async def _make_room(self, body: Json, context: AsyncBoltContext) -> None:
        """Another input in a form whose words do not fit the ones it has."""
        view = body.get("view")
        for action in body.get("actions") or ():
            if view and str(action.get("action_id", "")).startswith(ROOM):
                client = await self._api.of(tenant_of(context))
                wider = more_room(view, action["block_id"])
                # The hash: should the window have changed meanwhile, it is not put back.
                await told(
                    client.views_update(view_id=view["id"], hash=view.get("hash"), view=wider)
                )

    async def _view(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        if body.get("type") != "view_submission":
            return done()
        door = await self.reception.door(body, context)
        event, origin = submitted(body, door)
        answer = not_for_guests(event.callback, door) or await self._hear(event)
        acknowledgement, rest = self._answering.to_form(body, origin, answer)
        if rest:
            await self.reception.beside(context, self._answering.go_on(door.person, rest))
        if origin.home:
            await self.reception.beside(context, self._draw_home(door.person, ""))
        return done(acknowledgement)

    async def _command(
        self, body: Json, context: AsyncBoltContext, request: AsyncBoltRequest
    ) -> BoltResponse:
        door = await self.reception.door(body, context)
        sent = request.headers.get("x-slack-request-timestamp") or [""]
        event = commanded(body, door, sent[0])
        answer = not_for_guests(event.text, door) or await self._hear(event)
        telling = asyncio.create_task(self._answering.to_command(body, door.person, answer))
        await asyncio.wait({telling}, timeout=left(context))
        if telling.done():
            return done(telling.result())
        await self.reception.beside(context, self._answering.afterwards(body, door.person, telling))
        return done()

    async def _shortcut(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        if body.get("type") != "message_action":
            return done()
        door = await self.reception.door(body, context)
        event = kept(body, door, await self._profiles.of(author_of(body, door)))
        answer = await self._hear(event)
        origin = Origin(channel=event.post.place.channel, thread=event.post.place.thread)
        await self.reception.beside(
            context, self._answering.to_words(body, door.person, origin, answer)
        )
        return done()

    # -- what people write, and where they come and go

    async def _message(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        try:
            door = await self.reception.door(body, context)
        except Unreadable:
            # A bot's message, or one of Slack's own, has no author.
            return done()
        event = heard(body, door)
        if event is None or door.who == door.bot:
            return done()
        said = body["event"]
        private = isinstance(event, Commanded)
        refused = not_for_guests(event.text, door) if isinstance(event, Commanded) else None
        answer = refused or await self._hear(event)
        _kept(answer)
        thread = str(said.get("thread_ts") or "")
        origin = Origin(
            channel="" if event.place is None and not private else str(said["channel"]),
            thread="" if isinstance(event, Said) else thread,
            private=private,
        )
        await self.reception.beside(
            context, self._answering.to_words({}, door.person, origin, answer)
        )
        return done()

    async def _home(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        if (body.get("event") or {}).get("tab") == "home":
            door = await self.reception.door(body, context)
            drawing = self._draw_home(door.person, "", asked_home(body, door))
            await self.reception.beside(context, drawing)
        return done()

    async def _draw_home(self, who: Person, note: str, asked: Commanded | None = None) -> None:
        door = Door(who.tenant, who.id, self._lesson.now(), await self._profiles.of(who))
        answer = await self._hear(asked or asked_home({}, door))
        await self._answering.to_home(who, answer, note)

    async def _moved(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        door = await self.reception.door(body, context)
        if door.who != door.bot and not (door.profile and door.profile.is_bot):
            _kept(await self._hear(moved(body, door)))
        return done()

    async def _changed(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        user = (body.get("event") or {}).get("user") or {}
        door = Door(tenant_of(context), str(user.get("id", "")), self._lesson.now())
        self._profiles.forget(door.person)
        if user.get("deleted"):
            _kept(await self._hear(deactivated(body, door)))
        return done()

    async def _removed(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        """Fivefold was uninstalled. The news may be old, so the token is tried first."""
        tenant, event = tenant_of(context), body.get("event") or {}
        revoked = (event.get("tokens") or {}).get("bot")
        if event.get("type") == "tokens_revoked" and not revoked:
            return done()
        if not await self._still_works(tenant):
            await self._installs.forget(tenant)
            door = Door(tenant, str(event.get("user") or ""), self._lesson.now())
            _kept(await self._hear(Removed(**door.head(str(body.get("event_id")), door.now, None))))
        return done()

    async def _still_works(self, tenant: str) -> bool:
        try:
            client = await self._api.of(tenant)
            return bool((await told(client.auth_test())).get("ok"))
        except Gone:
            return False
        except PlatformFailure:
            # Slack cannot say just now, and what was forgotten by mistake has to be installed anew.
            raise NotKept from None

    async def _anything_else(self, body: Json) -> BoltResponse:
        return done()


def _kept(answer: Answer) -> None:
    if isinstance(answer, NotSaved):
        raise NotKept
