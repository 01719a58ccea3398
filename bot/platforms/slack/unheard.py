"""What people are told whose act or words could not be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from bot.chat.address import Person
from bot.chat.answer import NotSaved
from bot.chat.event import Commanded, Replied
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.incoming import Door, Json, Origin, channel_of, press_of, pressed
from bot.platforms.slack.incoming_messages import heard
from bot.words import t

Beside = Callable[[Coroutine[Any, Any, None]], Awaitable[None]]
"""Does something with the acknowledgement, or after it."""

LAST_RETRY = 3
"""Slack tells what was not kept three times more."""


async def not_saved(
    answering: Answering, body: Json, who: Person, now: datetime, beside: Beside
) -> Json | None:
    """What somebody is answered whose act was not even heard; ``None`` for Slack's events."""
    kind = body.get("type")
    if "command" in body:
        return await answering.to_command(body, who, _sorry())
    if kind == "view_submission":
        return answering.to_form(body, Origin(), _sorry())[0]
    if kind == "block_actions" and (found := press_of(body)) is not None:
        press = pressed(body, *found, Door(who.tenant, who.id, now))
        await beside(answering.to_press(body, press, _sorry()))
    elif kind == "message_action":
        origin = Origin(channel=channel_of(body))
        await beside(answering.to_words(body, who, origin, _sorry()))
    return None if kind == "event_callback" else {}


async def last_words(
    answering: Answering, body: Json, retry: str, door: Door, beside: Beside
) -> None:
    """Tell who wrote something that it was not kept, where Slack does not tell it again."""
    said = body.get("event") or {}
    last = retry.isascii() and retry.isdigit() and int(retry) >= LAST_RETRY
    if not last or said.get("type") != "message":
        return
    if door.who == door.bot or (event := heard(body, door)) is None:
        return
    private = isinstance(event, Commanded)
    shown = private or event.place is not None
    origin = Origin(
        channel=channel_of(body) if shown else "",
        thread=event.post.id if isinstance(event, Replied) else "",
        private=private,
    )
    await beside(answering.to_words({}, door.person, origin, _sorry()))


def _sorry() -> NotSaved:
    return NotSaved(t("That was not saved. Please try again in a moment."))
