"""The Bot Connector of a tenant and the door where its tokens are given, as strict and as faulty
as Microsoft's.

It records every call, asks for its token, and fails as told; the rest is `service`'s.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aiohttp import web

from tests.teams.entra import Entra
from tests.teams.faults import Call, Fault, Faults, error
from tests.teams.organisation import Organisation
from tests.teams.service import Answered, Service

Json = Any


@dataclass
class Connector:
    """``calls`` are all calls, oldest first."""

    organisation: Organisation
    entra: Entra
    url: str = ""
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.service = Service(self.organisation)
        self._faults = Faults()

    @property
    def service_url(self) -> str:
        """Where Teams says that it is: not where the bot would look before it has been told."""
        return f"{self.url}/amer/{self.organisation.tenant}/"

    @property
    def refused(self) -> list[str]:
        """What the bot sent that breaks a rule of Teams'."""
        return self.service.refused

    @property
    def edited_while_open(self) -> list[str]:
        """The ids of messages that were edited while they held something to write in, before and
        after: whoever was writing there lost their words."""
        return self.service.edited_while_open

    # -- what tests say

    def fail(self, method: str, path: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls fail whose path is like ``path`` (with ``*`` for anything)."""
        self._faults.add(method, path, fault, times)

    def sent(self, method: str, path: str) -> list[Call]:
        """All calls like this, oldest first."""
        return [c for c in self.calls if c.method == method and fnmatchcase(c.path, path)]

    # -- what the bot calls

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A call of the connector's."""
        path = request.path[request.path.index("/v3/") :]
        return await self._faulty(request, path, self._answer)

    async def serve_token(self, request: web.Request) -> web.StreamResponse:
        """The token endpoint."""
        return await self._faulty(request, request.path, self._token)

    async def _faulty(
        self, request: web.Request, path: str, answer: Callable[[Call], Answered]
    ) -> web.StreamResponse:
        call = Call(request.method, path, request.headers.copy(), dict(request.query))
        call.body = await _read(request)
        self.calls.append(call)
        fault = self._faults.next(call)
        if fault.until:
            await fault.until.wait()
        if fault.reached or not fault.breaks:
            own = answer(call)
            call.status, call.answer, call.done = own.status, own.body, own.status < 300
        if fault.breaks:
            broken = fault.answer(request)
            call.status = 0 if fault.drop else broken.status
            return broken
        if call.answer is None:
            return web.Response(status=call.status)
        return web.json_response(call.answer, status=call.status)

    def _token(self, call: Call) -> Answered:
        tenant = call.path.removeprefix("/").partition("/")[0]
        return Answered(*self.entra.answer(tenant, call.body or {}))

    def _answer(self, call: Call) -> Answered:
        if not self.entra.knows(call.headers.get("Authorization", "")):
            return Answered(401, error(401, message="Authorization has been denied."))
        return self.service.answer(call)


async def _read(request: web.Request) -> Json:
    if request.content_type == "application/x-www-form-urlencoded":
        return {key: str(value) for key, value in (await request.post()).items()}
    text = await request.text()
    return json.loads(text) if text else None


@asynccontextmanager
async def connector(organisation: Organisation, entra: Entra) -> AsyncIterator[Connector]:
    """A connector on a free port of this machine."""
    made = Connector(organisation, entra)
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_post("/{tenant}/oauth2/v2.0/token", made.serve_token)
    app.router.add_route("*", "/{base:.+}/v3/{rest:.+}", made.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()
