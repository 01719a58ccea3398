"""Socket Mode: Slack is heard over connections that go out, so that nothing has to come in.

Slack ends each connection after some hours and says so shortly before. There are two, so that one
is always there; each payload comes to one of them, and comes again where it is not acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.platforms.slack.calls import Api
from bot.platforms.slack.client import SlackFailure, answer_of
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.listeners import Listeners

log = logging.getLogger(__name__)

CONNECTIONS = 2
LOOK_SECONDS = 2.0
"""How often each connection is looked at."""

DOWN_SECONDS = 15.0
"""How long one may be down before it is made anew; until then Slack's own client mends it."""

WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to connect; the last one again and again."""


async def listen(
    config: SlackConfig, listeners: Listeners, api: Api, stopping: asyncio.Event
) -> None:
    """Hear Slack until ``stopping`` is set; a connection that is lost is made again."""
    async with asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            group.create_task(_keep(number, config, listeners, api, stopping))


async def _keep(
    number: int, config: SlackConfig, listeners: Listeners, api: Api, stopping: asyncio.Event
) -> None:
    failures = 0
    while not stopping.is_set():
        quiet = logging.getLogger(f"{__name__}.client")
        # Slack's client logs what comes in, and the address that lets anybody in.
        quiet.setLevel(logging.CRITICAL)
        handler = AsyncSocketModeHandler(
            listeners.bolt, config.app_token, logger=quiet, web_client=api.client()
        )
        try:
            # Slack's client keeps to itself why it is not let in.
            asking = partial(_is_let_in, config, api) if failures else None
            if await _is_up(handler, asking, stopping):
                log.info("Slack's connection %d is open", number + 1)
                failures = 0
                await _while_up(handler, stopping)
            failures += 1
        finally:
            await _close(handler)
        if not stopping.is_set():
            log.warning("Slack's connection %d is down; trying again", number + 1)
            await _pause(stopping, WAITS[min(failures, len(WAITS)) - 1])


async def _is_let_in(config: SlackConfig, api: Api) -> bool:
    """Whether Slack would let us in; why not is logged."""
    client = api.client(config.app_token)
    try:
        await answer_of(client.apps_connections_open(app_token=config.app_token))
    except SlackFailure as failure:
        if failure.error and failure.after is None:
            log.error("Slack refuses the app token (%s): run “fivefold doctor”", failure.error)
        return False
    return True


async def _is_up(
    handler: AsyncSocketModeHandler,
    asking: Callable[[], Awaitable[bool]] | None,
    stopping: asyncio.Event,
) -> bool:
    """Connect, for as long as one may be down, if ``asking`` says yes; whether that worked."""
    connecting = asyncio.create_task(_connect(handler, asking))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait(
        {connecting, stop}, timeout=DOWN_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    stop.cancel()
    if connecting.done() and not connecting.exception():
        return connecting.result()
    connecting.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await connecting
    return False


async def _while_up(handler: AsyncSocketModeHandler, stopping: asyncio.Event) -> None:
    down = 0.0
    while down < DOWN_SECONDS and not stopping.is_set():
        await _pause(stopping, LOOK_SECONDS)
        down = 0.0 if await handler.client.is_connected() else down + LOOK_SECONDS


async def _close(handler: AsyncSocketModeHandler) -> None:
    with suppress(Exception):
        await asyncio.wait_for(_closed(handler), 5)


# Slack's client has no types.


async def _connect(
    handler: AsyncSocketModeHandler, asking: Callable[[], Awaitable[bool]] | None
) -> bool:
    if asking and not await asking():
        return False
    await handler.client.connect()  # type: ignore[no-untyped-call]
    return True


async def _closed(handler: AsyncSocketModeHandler) -> None:
    await handler.client.close()  # type: ignore[no-untyped-call]


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
