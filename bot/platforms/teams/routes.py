"""The door for Teams over HTTP: one address for everything that it sends."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.platform import RecordsUnavailable
from bot.failing import where
from bot.platforms.teams.auth import TokenCheck, Unauthorized
from bot.platforms.teams.config import MESSAGES_PATH
from bot.platforms.teams.doors import Doors
from bot.platforms.teams.incoming import NotKept, Unreadable

log = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes of one activity; Teams itself takes no more than a tenth of that for a message."""

NONSENSE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What reading an activity raises that is not what Microsoft's documentation says."""


def messages_route(check: TokenCheck, doors: Doors) -> Route:
    """Takes what Teams sent to this app, and answers 401 to everything else."""

    async def messages(request: Request) -> Response:
        came = asyncio.get_running_loop().time()
        activity = await _activity(request)
        given = request.headers.getlist("authorization")
        try:
            await check.check(given[0] if len(given) == 1 else "", activity)
        except Unauthorized:
            return Response(status_code=401)
        assert isinstance(activity, dict)
        try:
            answer = await doors.take(activity, came)
        except (NotKept, RecordsUnavailable):
            return Response(status_code=503)
        except Unreadable as why:
            log.warning("something of Teams' could not be read: %s", why)
            return Response(status_code=400)
        except NONSENSE as nonsense:
            # Its own words may be those of somebody who was writing.
            log.warning("something of Teams' could not be read: %s", where(nonsense))
            return Response(status_code=400)
        except Exception as failure:
            log.error("something of Teams' could not be heard: %s", where(failure))
            return Response(status_code=500)
        if answer is None:
            return Response(status_code=200)
        # In ASCII, so that half a sign that somebody sent comes back to them as it was.
        return Response(json.dumps(answer), media_type="application/json")

    return Route(MESSAGES_PATH, messages, methods=["POST"])


async def _activity(request: Request) -> Any:
    """What was sent, as it was read from JSON; ``None`` for anything else, and for too much."""
    # A page in somebody's browser can send any other kind here without being asked whether it may.
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError):
        return None
