"""What the doctor asks, on loopback: a small Slack, and the door at which Slack would knock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

Json = dict[str, Any]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAST = "chat:write,commands,im:write,users:read"


class _At(SlackClock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> float:
        return self._at.timestamp()


@dataclass
class Peers:
    """``answers`` are Slack's by method, instead of its usual ones; a text is sent as it is.

    ``scopes`` are those of every token, ``date`` what Slack's clock shows. The door checks
    signatures with ``signing_secret``, or with ``""`` opens to everybody.
    """

    answers: dict[str, Json | str] = field(default_factory=dict)
    scopes: str = LEAST
    date: datetime = NOW
    signing_secret: str = "signing-canary"
    url: str = ""
    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    """Method, token and arguments of every call."""

    @property
    def api_url(self) -> str:
        """Where Slack is called."""
        return f"{self.url}/api/"

    def called(self, method: str) -> list[Json]:
        """The arguments of each call of this method."""
        return [arguments for name, _, arguments in self.calls if name == method]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.calls.append((method, token, dict(await request.post())))
        usual: dict[str, Json] = {
            "auth.test": {
                "team": "Acme",
                "user": "fivefold",
                "team_id": f"T{token[-1]}",
                "enterprise_id": "E1",
                "bot_id": "B1",
            },
            "apps.connections.open": {"url": "wss://canary.example.org"},
            "conversations.info": {"channel": {"name": "lesson", "is_member": True}},
            "blocks.validate": {},
        }
        headers = {
            "Date": format_datetime(self.date, usegmt=True),
            "x-oauth-scopes": self.scopes,
        }
        answer = self.answers.get(method, usual.get(method, {"error": "unknown_method"}))
        if isinstance(answer, str):
            kind = {"<": "text/html", "o": "text/plain"}.get(answer[:1], "application/json")
            return web.Response(text=answer, content_type=kind, headers=headers)
        return web.json_response({"ok": "error" not in answer, **answer}, headers=headers)

    async def _knock(self, request: web.Request) -> web.Response:
        body = await request.text()
        if self.signing_secret:
            verifier = SignatureVerifier(self.signing_secret, _At(self.date))
            if not verifier.is_valid_request(body, dict(request.headers)):
                return web.Response(status=401)
        return web.json_response({"challenge": (await request.json())["challenge"]})

    async def _healthy(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Peers]:
        """Both of them, on a free port."""
        app = web.Application()
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/slack/events", self._knock)
        app.router.add_get("/healthz", self._healthy)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await runner.cleanup()
