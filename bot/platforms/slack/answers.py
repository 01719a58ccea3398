"""Answers on their way back: in the acknowledgement, in a window, or where only one person sees.

In the answer to a press Slack has no room for words. What is to be said then is sent to the person
beside it: for their first answer, and whenever something was not taken.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, assert_never

from bot.chat.address import Person
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import Form, Message
from bot.chat.platform import PlatformFailure, Rejected
from bot.platforms.sentences import as_message, under
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.calls import Api, told
from bot.platforms.slack.incoming import Origin, Pressed, origin_of_command
from bot.platforms.slack.places import Places
from bot.platforms.slack.rich_text import Json
from bot.platforms.slack.views import first_input, home_view, said_view, view_of, with_note
from bot.words import t

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


class Answering:
    """Gives people what they get back for what they did."""

    def __init__(self, api: Api, platform: SlackPlatform) -> None:
        self._api = api
        self._platform = platform

    @property
    def places(self) -> Places:
        """The places that the bot opened, where answers are given as in any other."""
        return self._platform.places

    # -- a press

    async def to_press(self, body: Body, pressed: Pressed, answer: Answer) -> None:
        """What somebody sees after a press; nothing where nothing has to be said."""
        view = pressed.view
        match answer:
            case Saved(note, again):
                if note and not (again and view is None):
                    await self._say(body, pressed, note)
            case Refused(why) | NotSaved(why):
                await self._say(body, pressed, why)
            case Correct(errors):
                await self._say(body, pressed, "\n".join(errors.values()))
            case Show(what, note):
                await self._show(body, pressed, what, note)
            case _:
                assert_never(answer)

    async def _say(self, body: Body, pressed: Pressed, sentence: str) -> None:
        view, who = pressed.view, pressed.event.who
        if view is None or view.get("type") != "modal":
            await self.beside(body, who, pressed.origin, as_message(sentence))
            return
        client = await self._api.of(who.tenant)
        await told(client.views_update(view_id=view["id"], view=with_note(view, sentence)))

    async def _show(self, body: Body, pressed: Pressed, what: Form | Message, note: str) -> None:
        who, origin = pressed.event.who, pressed.origin
        client = await self._api.of(who.tenant)
        try:
            view, rest = view_of(what, origin, note)
        except Rejected as too_long:
            await self.beside(body, who, origin, under(note, as_message(str(too_long))))
            return
        try:
            window = pressed.view if pressed.view and pressed.view["type"] == "modal" else None
            trigger = str(body.get("trigger_id") or "")
            if window is None:
                await told(client.views_open(trigger_id=trigger, view=view))
            elif pressed.press.does == "open":
                try:
                    await told(client.views_push(trigger_id=trigger, view=view))
                except Rejected:
                    # Slack stacks three windows; the fourth takes the place of the third.
                    await told(client.views_update(view_id=window["id"], view=view))
            else:
                await told(client.views_update(view_id=window["id"], view=view))
        except PlatformFailure:
            late = t("Slack did not open the window in time: please press the button again.")
            shown = what if isinstance(what, Message) else as_message(late)
            await self.beside(body, who, origin, under(note, shown))
            return
        await self.go_on(who, rest)

    # -- a form

    def to_form(self, body: Body, origin: Origin, answer: Answer) -> tuple[Json, Message | None]:
        """The acknowledgement of a form, and what did not fit into it."""
        view: Body = body.get("view") or {}
        match answer:
            case Saved(note):
                return (_update(said_view(note, t("Saved"))) if note else {}), None
            case Refused(why) | NotSaved(why):
                return _wrong(view, {"": why}), None
            case Correct(errors):
                return _wrong(view, errors), None
            case Show(what, note):
                try:
                    shown, rest = view_of(what, origin, note)
                except Rejected as failure:
                    return _update(said_view(f"{note} {failure}".strip(), t("Saved"))), None
                return _update(shown), rest
            case _:
                assert_never(answer)

    # -- words

    async def to_command(self, body: Body, who: Person, answer: Answer) -> Json:
        """The acknowledgement of ``/fivefold …``; what did not fit follows it."""
        origin = origin_of_command(body)
        if isinstance(answer, Show) and isinstance(answer.what, Form):
            return await self._open(body, who, answer.what, answer.note)
        shown = _in_words(answer)
        if shown is None:
            return {}
        if len(render_message(shown)) > 1:
            # Not the first in the acknowledgement: it would come after the others.
            try:
                await self.beside(body, who, origin, shown)
            except PlatformFailure as failure:
                log.warning("an answer did not arrive whole: %s", type(failure).__name__)
                return _whisper(as_message(shown.summary))
            return {}
        return _whisper(shown)

    async def afterwards(self, body: Body, who: Person, told: Awaitable[Json]) -> None:
        """What `to_command` makes, where it comes too late for the acknowledgement."""
        if said := await told:
            await self._reply(body, who, origin_of_command(body), said)

    async def _open(self, body: Body, who: Person, form: Form, note: str) -> Json:
        """Open the form that a command asks for; the acknowledgement says why, if that fails."""
        try:
            view, rest = view_of(form, origin_of_command(body), note)
        except Rejected as too_long:
            return _whisper(under(note, as_message(str(too_long))))
        try:
            client = await self._api.of(who.tenant)
            await told(client.views_open(trigger_id=str(body.get("trigger_id")), view=view))
        except PlatformFailure:
            late = t("Slack did not open the window in time: please type it again.")
            return _whisper(under(note, as_message(late)))
        try:
            await self.go_on(who, rest)
        except PlatformFailure as failure:
            log.warning("a part of a form did not arrive: %s", type(failure).__name__)
        return {}

    async def to_words(self, body: Body, who: Person, origin: Origin, answer: Answer) -> None:
        """What the author of a message sees, alone; in a talk with the bot as a message there."""
        shown = _in_words(answer)
        if shown is None:
            return
        if origin.private:
            await self.go_on(who, shown)
        else:
            await self.beside(body, who, origin, shown)

    async def to_home(self, who: Person, answer: Answer, note: str = "") -> None:
        """Draw a person's home page."""
        match answer:
            case Show(Message() as message, shown):
                view = home_view(message, note or shown)
            case Saved(sentence) | Refused(sentence) | NotSaved(sentence):
                view = home_view(as_message(sentence), note)
            case _:
                return
        client = await self._api.of(who.tenant)
        await told(client.views_publish(user_id=who.id, view=view))

    # -- the pieces

    async def beside(self, body: Body, who: Person, origin: Origin, message: Message) -> None:
        """Show it to the one person, where they are."""
        for payload in render_message(message):
            await self._reply(body, who, origin, payload)

    async def go_on(self, who: Person, rest: Message | None) -> None:
        """Send to a person what did not fit where it was asked for."""
        if rest is not None:
            await self._platform.post(who, rest, key="")

    async def _reply(self, body: Body, who: Person, origin: Origin, payload: Json) -> None:
        private = {"response_type": "ephemeral", "replace_original": False}
        url = str(body.get("response_url") or "")
        if url and await self._api.reply_to(url, {**payload, **private}):
            return
        client = await self._api.of(who.tenant)
        if not origin.channel:
            talk = await told(client.conversations_open(users=[who.id]))
            await told(client.chat_postMessage(channel=talk["channel"]["id"], **payload))
            return
        await told(
            client.chat_postEphemeral(
                channel=origin.channel,
                user=who.id,
                thread_ts=origin.thread or None,
                text=payload["text"],
                blocks=payload["blocks"],
            )
        )


def _in_words(answer: Answer) -> Message | None:
    """The answer as a message; ``None`` where nothing has to be said."""
    match answer:
        case Saved(note):
            return as_message(note) if note else None
        case Refused(why) | NotSaved(why):
            return as_message(why)
        case Correct(errors):
            return as_message("\n".join(errors.values()))
        case Show(Message() as message, note):
            return under(note, message)
        case Show(Form(title=title), note):
            # Without a press Slack opens no window.
            typed = t("To fill in “{form}”, type /fivefold.", form=title)
            return under(note, as_message(typed))
        case _:
            raise AssertionError(answer)


def _whisper(message: Message) -> Json:
    """A short message, in an acknowledgement, to the one person."""
    return {"response_type": "ephemeral", **render_message(message)[0]}


def _update(view: Json) -> Json:
    return {"response_action": "update", "view": view}


def _wrong(view: Body, errors: Mapping[str, str]) -> Json:
    """What is wrong, beside the fields that it is about; the words in them stay."""
    told_of: dict[str, str] = {}
    for field, why in errors.items():
        block = first_input(view, field)
        told_of[block] = f"{told_of[block]} {why}" if block in told_of else why
    if "" in told_of:
        return _update(with_note(view, told_of[""]))
    return {"response_action": "errors", "errors": told_of}
