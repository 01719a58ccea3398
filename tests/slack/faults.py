"""Calls of the bot's as plain data, and how a test lets them fail."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

_OBJECTS = ("blocks", "metadata", "view", "attachments")
_SWITCHES = ("unfurl_links", "unfurl_media", "is_private", "return_im")


@dataclass
class Call:
    """One call of the bot's: its arguments as plain data, and what Slack did with it.

    ``answer`` is ``None`` where the call never arrived.
    """

    method: str
    token: str
    arguments: dict[str, Any]
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a call fails: with an ``error`` of Slack's, an HTTP ``status``, or a dropped line.

    ``retry_after`` (seconds) makes it a 429. ``reached`` says that Slack carried the call out
    nevertheless. ``until`` holds it back first; a fault with nothing else is only slow.
    """

    error: str = ""
    status: int = 0
    retry_after: int = 0
    drop: bool = False
    reached: bool = False
    until: asyncio.Event | None = None

    @property
    def breaks(self) -> bool:
        """Whether the bot gets another answer than Slack's own."""
        return bool(self.error or self.status or self.retry_after or self.drop)

    def answer(self, request: web.Request) -> web.Response:
        """What the bot gets instead; where the line drops, nothing of it arrives."""
        if self.drop and request.transport:
            request.transport.abort()
        if self.retry_after:
            headers = {"Retry-After": str(self.retry_after)}
            limited = {"ok": False, "error": "ratelimited"}
            return web.json_response(limited, status=429, headers=headers)
        if self.error:
            return web.json_response({"ok": False, "error": self.error})
        return web.Response(status=self.status or 500, text="upstream connect error")


@dataclass
class _Due:
    fault: Fault
    times: int
    where: Mapping[str, Any]


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._due: dict[str, list[_Due]] = {}

    def add(self, method: str, fault: Fault, times: int, where: Mapping[str, Any]) -> None:
        """For the next ``times`` calls of the method that have the arguments of ``where``."""
        self._due.setdefault(method, []).append(_Due(fault, times, where))

    def next(self, call: Call) -> Fault:
        """The fault of this call; one that does nothing where none is due."""
        for due in self._due.get(call.method, []):
            if due.times and due.where.items() <= call.arguments.items():
                due.times -= 1
                return due.fault
        return Fault()


async def read_arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of a call, however they were sent, as one plain object."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    elif request.can_read_body:
        arguments |= {key: str(value) for key, value in (await request.post()).items()}
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        client, _, password = base64.b64decode(secret).decode().partition(":")
        arguments |= {"client_id": client, "client_secret": password}
    for name in _OBJECTS:
        if isinstance(arguments.get(name), str) and arguments[name]:
            arguments[name] = json.loads(arguments[name])
    for name in _SWITCHES:
        if isinstance(arguments.get(name), str):
            arguments[name] = arguments[name] in ("1", "true")
    return arguments
