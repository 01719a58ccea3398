"""Who comes in by Slack's doors, how soon they are answered, and what becomes of what fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.chat.address import Person
from bot.chat.platform import PlatformFailure, RecordsUnavailable
from bot.chat.text import UserText
from bot.clock import Clock
from bot.failing import where
from bot.platforms.slack.adapter import NAME
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.incoming import Door, Json, Unreadable, actor_of, channel_of
from bot.platforms.slack.installs import Installs
from bot.platforms.slack.profiles import Profile, Profiles
from bot.platforms.slack.unheard import last_words, not_saved

log = logging.getLogger(__name__)

SECONDS = 2.0
"""How long after it came something is acknowledged, whatever goes with that; Slack waits three."""
DEADLINE = "fivefold_deadline"
"""What keeps, in Bolt's context, until when that is, in the loop's time."""

NONSENSE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What reading a payload raises that is not what Slack's documentation says."""


class NotKept(Exception):
    """It was not saved: Slack shall send it again."""


class Reception:
    """Stands at the doors, for all kinds of requests."""

    def __init__(
        self, installs: Installs, profiles: Profiles, answering: Answering, lesson: Clock
    ) -> None:
        self._installs = installs
        self._profiles = profiles
        self._answering = answering
        self._lesson = lesson
        self._under_way: set[asyncio.Task[None]] = set()

    async def settled(self) -> None:
        """Wait for whatever still goes out to people after an acknowledgement."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def door(self, body: Json, context: AsyncBoltContext) -> Door:
        """Who comes in. Raises Unreadable, and RecordsUnavailable."""
        tenant, who = tenant_of(context), actor_of(body)
        profile = await self._profiles.of(Person(NAME, tenant, who))
        user = body.get("user")
        if profile is None and isinstance(user, dict):
            handle = str(user.get("name") or user.get("username") or "")
            profile = Profile(UserText(handle), is_guess=True) if handle else None
        bot, channel = context.bot_user_id or "", channel_of(body)
        private = who != bot and await self._answering.places.knows(tenant, channel)
        return Door(tenant, who, self._lesson.now(), profile, bot, private)

    async def beside(self, context: AsyncBoltContext, work: Coroutine[Any, Any, None]) -> None:
        """Do this with the acknowledgement where there is time for it, else after it."""
        task = asyncio.create_task(_quietly(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=left(context))

    async def authorized(self, context: AsyncBoltContext) -> AuthorizeResult | None:
        """By which install it is answered, and from now on how soon; ``None`` without one."""
        context[DEADLINE] = asyncio.get_running_loop().time() + SECONDS
        install = await self._installs.get(tenant_of(context))
        if install is None:
            return None
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            bot_user_id=install.bot_user,
            bot_id=install.bot_id,
            bot_token=install.bot_token,
        )

    async def failed(
        self, error: Exception, body: Json, context: AsyncBoltContext, request: AsyncBoltRequest
    ) -> BoltResponse:
        """What cannot be read will not be readable later; what was not kept comes again, and
        people are told that they shall try again."""
        try:
            said = await self._told(error, body, context, request)
        except NONSENSE as nonsense:
            said, error = None, nonsense
        if said is not None:
            log.error("what somebody did was not kept: %s", error)
            return done(said)
        if isinstance(error, NONSENSE):
            # Its own words may be those of somebody who was writing.
            why = str(error) if isinstance(error, Unreadable) else where(error)
            log.warning("something of Slack's could not be read: %s", why)
            return BoltResponse(status=400, body="")
        if isinstance(error, aiohttp.ClientError | TimeoutError):
            # Bolt itself calls Slack only to tell somebody that Fivefold is not installed there.
            log.warning("somebody could not be told that nothing is installed there")
            return done()
        log.error("what Slack sent was not kept: %s", where(error))
        return BoltResponse(status=500, body="")

    async def _told(
        self, error: Exception, body: Json, context: AsyncBoltContext, request: AsyncBoltRequest
    ) -> Json | None:
        """Tell whose act or words were not kept; what acknowledges it, unless it comes again."""
        # Of events that are no message nobody is told anything, and some have no author.
        spoken = (body.get("event") or {}).get("type", "message") == "message"
        if not spoken or not isinstance(error, NotKept | RecordsUnavailable):
            return None
        beside, now = partial(self.beside, context), self._lesson.now()
        door = Door(tenant_of(context), actor_of(body), now, bot=context.bot_user_id or "")
        retry = (request.headers.get("x-slack-retry-num") or [""])[0]
        await last_words(self._answering, body, retry, door, beside)
        if isinstance(error, NotKept):
            return None
        return await not_saved(self._answering, body, door.person, now, beside)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """What somebody should have seen may fail without what they gave being lost."""
    try:
        await work
    except PlatformFailure as failure:
        log.warning("an answer did not reach its person: %s", type(failure).__name__)
    except Exception as failure:
        log.error("an answer could not be given: %s", where(failure))


def tenant_of(context: AsyncBoltContext) -> str:
    """The workspace, or the organisation where that installed us. Raises Unreadable."""
    tenant = context.enterprise_id if context.is_enterprise_install else context.team_id
    if not tenant:
        raise Unreadable("team")
    return tenant


def left(context: AsyncBoltContext) -> float:
    """The seconds until it has to be acknowledged."""
    now = asyncio.get_running_loop().time()
    return max(0.0, float(context.get(DEADLINE, now + SECONDS)) - now)


def done(body: Json | None = None) -> BoltResponse:
    """It is acknowledged, with this if anything."""
    return BoltResponse(status=200, body=dict(body) if body else "")
