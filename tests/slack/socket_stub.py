"""Slack's side of Socket Mode, on loopback: tickets, connections, envelopes, acknowledgements.

As Slack documents it: https://docs.slack.dev/apis/events-api/using-socket-mode. An address that is
handed out lets somebody in once; each payload goes to one of the open connections, in turns, and
goes out again where its connection ends before it was acknowledged.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.slack.delivery import Acknowledged, Kind

Json = Any
APP_TOKEN = "xapp-1-of-the-tests"
PATIENCE = 20.0


@dataclass
class Envelope:
    """A payload on its way. ``sent_to`` are the connections that it went to, by their number."""

    id: str
    kind: Kind
    payload: Json
    sent_to: list[int] = field(default_factory=list)
    acknowledged: bool = False
    answer: Json = None

    def told(self) -> Json:
        """What goes over the connection."""
        first = len(self.sent_to) <= 1
        retry = {"retry_attempt": len(self.sent_to) - 1, "retry_reason": "" if first else "timeout"}
        return {
            "envelope_id": self.id,
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.kind != "events_api",
            **(retry if self.kind == "events_api" else {}),
        }


@dataclass
class Link:
    """One open connection."""

    number: int
    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport


class SocketStub:
    """``links`` are the connections that are open now. The next ``refuse`` calls for an address,
    and the next ``turn_away`` tries to connect, fail. While ``disabled`` nobody gets an address.
    """

    def __init__(self) -> None:
        self.url = ""
        self.links: list[Link] = []
        self.envelopes: list[Envelope] = []
        self.refuse = 0
        self.turn_away = 0
        self.disabled = False
        self.opened = 0
        self.strangers = 0
        self.fewest: int | None = None
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)

    @property
    def api_url(self) -> str:
        """The ``base_url`` for the bot's clients."""
        return f"{self.url}api/"

    @property
    def waiting(self) -> list[Envelope]:
        """What was not acknowledged."""
        return [envelope for envelope in self.envelopes if not envelope.acknowledged]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for it, at most for `PATIENCE` seconds."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 -- of many things, none with an event
                await asyncio.sleep(0.005)

    # -- what Slack sends

    async def send(self, kind: Kind, payload: Json) -> Envelope:
        """Send a payload to the next connection; where none is open it waits for one."""
        envelope = Envelope(f"e{next(self._numbers)}", kind, payload)
        self.envelopes.append(envelope)
        await self._send(envelope)
        return envelope

    async def again(self) -> None:
        """Send what was not acknowledged once more."""
        for envelope in self.waiting:
            await self._send(envelope)

    async def _send(self, envelope: Envelope) -> None:
        links = [link for link in self.links if not link.socket.closed]
        if not links:
            return
        # Never to the connection that it came to before, if there is another.
        fresh = [link for link in links if link.number not in envelope.sent_to] or links
        link = fresh[self.envelopes.index(envelope) % len(fresh)]
        envelope.sent_to.append(link.number)
        try:
            await link.socket.send_json(envelope.told())
        except ConnectionError:
            # It has just ended, and what it was sent goes out again.
            return

    async def __call__(self, kind: Kind, payload: Json, *, retry: int = 0) -> Acknowledged:
        """A way for the people of the tests to tell the bot something."""
        envelope = await self.send(kind, payload)
        await self.until(lambda: envelope.acknowledged)
        return Acknowledged(200, envelope.answer)

    async def disconnect(self, link: Link, reason: str, *, close: bool = False) -> None:
        """Say that a connection will end: ``warning``, ``refresh_requested``, ``link_disabled``."""
        about = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        await link.socket.send_json(about)
        if close:
            await link.socket.close()

    def drop(self, link: Link) -> None:
        """End a connection without a word."""
        link.transport.abort()  # type: ignore[attr-defined]

    # -- what Slack is asked

    async def _open(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {APP_TOKEN}"
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503, text="upstream connect error")
        if self.disabled:
            return web.json_response({"ok": False, "error": "socket_mode_disabled"})
        ticket = f"t{next(self._numbers)}"
        self._tickets.add(ticket)
        url = self.url.replace("http", "ws", 1)
        return web.json_response({"ok": True, "url": f"{url}link?ticket={ticket}"})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.strangers += 1
            return web.Response(status=403)
        self._tickets.remove(ticket)
        if self.turn_away:
            self.turn_away -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.transport
        link = Link(next(self._numbers), socket, request.transport)
        self.opened += 1
        hello = {"type": "hello", "num_connections": len(self.links) + 1}
        await socket.send_json({**hello, "connection_info": {"app_id": "A1"}, "debug_info": {}})
        self.links.append(link)
        await self._unsent()
        try:
            await self._hear(socket)
        finally:
            self.links.remove(link)
            if self.fewest is not None:
                self.fewest = min(self.fewest, len(self.links))
            await self._lost(link)
        return socket

    async def _hear(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            for envelope in self.envelopes:
                if envelope.id == said.get("envelope_id"):
                    assert not envelope.acknowledged or envelope.answer == said.get("payload")
                    envelope.acknowledged = True
                    envelope.answer = said.get("payload")

    async def _unsent(self) -> None:
        for envelope in self.waiting:
            if not envelope.sent_to:
                await self._send(envelope)

    async def _lost(self, link: Link) -> None:
        for envelope in self.waiting:
            if envelope.sent_to and envelope.sent_to[-1] == link.number:
                if not self.links:
                    # As one that went to nobody: the next connection gets it.
                    envelope.sent_to.clear()
                await self._send(envelope)

    async def _yes(self, request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"ok": True, "channel": "D1", "ts": "1.2"})


@asynccontextmanager
async def socket_stub() -> AsyncIterator[SocketStub]:
    """A Slack that speaks Socket Mode, and says yes to every other call."""
    stub, app = SocketStub(), web.Application()
    app.router.add_route("*", "/api/apps.connections.open", stub._open)
    app.router.add_get("/link", stub._link)
    app.router.add_route("*", "/api/{method}", stub._yes)
    async with TestServer(app) as server:
        stub.url = str(server.make_url("/"))
        try:
            yield stub
        finally:
            for link in list(stub.links):
                stub.drop(link)
