"""What somebody wrote in a channel, read there when they say that it is an answer."""

from __future__ import annotations

import asyncio

from bot.chat.address import PostRef
from bot.chat.callback import Callback
from bot.chat.event import Event, Picked
from bot.chat.platform import PlatformFailure
from bot.platforms.slack.calls import Api, told
from bot.platforms.slack.incoming import Json, Origin
from bot.platforms.slack.incoming_messages import adopted


async def read_back(
    api: Api, event: Picked, callback: Callback, origin: Origin, left: float
) -> Event | None:
    """What stands in the channel, as its author's answer; ``None`` where it cannot be read
    within ``left`` seconds."""
    place = origin.place(event.who.tenant)
    if place is None:
        return None
    ts = callback.item.replace("-", ".")
    try:
        async with asyncio.timeout(left):
            client = await api.of(event.who.tenant)
            page = await told(
                client.conversations_history(
                    channel=place.channel, latest=ts, inclusive=True, limit=1
                )
            )
    except (PlatformFailure, TimeoutError):
        return None
    found: Json = next(iter(page.get("messages") or ()), {})
    return adopted(found, event, PostRef(place, ts))
