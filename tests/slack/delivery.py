"""How what happened reaches the bot: signed, over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import httpx

Json = Any
Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The bot's answer: an HTTP status (200 where a socket's envelope was acknowledged), a body."""

    status: int
    body: Json = None


class Deliver(Protocol):
    """A way to the bot. ``retry`` counts from 1 when the same thing is told again."""

    async def __call__(self, kind: Kind, payload: Json, *, retry: int = 0) -> Acknowledged:
        """Tell the bot, and wait for its acknowledgement."""
        ...


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's signature of a request, version 0."""
    signed = f"v0:{timestamp}:{body}".encode()
    return f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


@dataclass
class HttpDelivery:
    """Slack's requests to the bot's address, through a client whose base URL is the bot's.

    ``requests`` are the body and the headers of each, oldest first, ``answers`` what came back.
    """

    bot: httpx.AsyncClient
    secret: str
    path: str = "/slack/events"
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[Acknowledged] = field(default_factory=list)

    async def __call__(self, kind: Kind, payload: Json, *, retry: int = 0) -> Acknowledged:
        """Sign and post; answers other than JSON are given as their text."""
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        else:
            fields = {"payload": json.dumps(payload)} if kind == "interactive" else payload
            body, content = urlencode(fields), "application/x-www-form-urlencoded"
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_error"}
        self.requests.append((body, headers))
        response = await self.bot.post(self.path, content=body.encode(), headers=headers)
        self.answers.append(_acknowledged(response))
        return self.answers[-1]


def _acknowledged(response: httpx.Response) -> Acknowledged:
    if not response.content:
        return Acknowledged(response.status_code)
    if response.headers.get("content-type", "").startswith("application/json"):
        return Acknowledged(response.status_code, response.json())
    return Acknowledged(response.status_code, response.text)
