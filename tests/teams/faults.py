"""Calls of the bot's as plain data, and how a test lets them fail."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aiohttp import web

Json = Any

_CODES = {
    400: "BadSyntax",
    401: "Unauthorized",
    403: "Forbidden",
    404: "ConversationNotFound",
    412: "PreconditionFailed",
    413: "MessageSizeTooBig",
    429: "TooManyRequests",
    500: "ServiceError",
    502: "ServiceError",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


@dataclass
class Call:
    """One call of the bot's, and what was answered; ``status`` is 0 where nothing arrived.

    ``path`` begins behind the service URL, ``/v3/conversations/…``, or is the token endpoint's;
    ids stand in it decoded. ``done`` says whether Teams carried the call out.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Json = None
    status: int = 0
    answer: Json = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a call fails: with a ``status`` and a ``code`` of Teams', or a dropped line.

    ``retry_after`` (seconds) makes it a 429. ``reached`` says that Teams carried the call out
    nevertheless. ``until`` holds it back first; a fault with nothing else is only slow.
    """

    status: int = 0
    code: str = ""
    retry_after: int = 0
    drop: bool = False
    reached: bool = False
    until: asyncio.Event | None = None

    @property
    def breaks(self) -> bool:
        """Whether the bot gets another answer than Teams' own."""
        return bool(self.status or self.retry_after or self.drop)

    def answer(self, request: web.Request) -> web.Response:
        """What the bot gets instead; where the line drops, nothing of it arrives."""
        if self.drop and request.transport:
            request.transport.abort()
        if self.retry_after:
            headers = {"Retry-After": str(self.retry_after)}
            return web.json_response(error(429), status=429, headers=headers)
        status = self.status or 500
        return web.json_response(error(status, self.code), status=status)


def error(status: int, code: str = "", message: str = "") -> dict[str, Any]:
    """An error as Teams words it."""
    code = code or _CODES[status]
    return {"error": {"code": code, "message": message or f"The service says {code}."}}


@dataclass
class _Due:
    method: str
    pattern: str
    fault: Fault
    times: int


@dataclass
class Faults:
    """The faults that are still to come, in the order in which they were asked for."""

    _due: list[_Due] = field(default_factory=list)

    def add(self, method: str, pattern: str, fault: Fault, times: int) -> None:
        """For the next ``times`` calls of the method whose path is like ``pattern``."""
        self._due.append(_Due(method, pattern, fault, times))

    def next(self, call: Call) -> Fault:
        """The fault of this call; one that does nothing where none is due."""
        for due in self._due:
            if due.times and due.method == call.method and fnmatchcase(call.path, due.pattern):
                due.times -= 1
                return due.fault
        return Fault()
