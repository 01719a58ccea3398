"""What the doctor asks, on loopback: Entra, Microsoft's keys, Teams, and Fivefold's own door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.platforms.teams.config import MESSAGES_PATH, Cloud, TeamsConfig

Json = dict[str, Any]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
APP = "0f0f0f0f-0000-4000-8000-000000000001"
TENANT = "0f0f0f0f-0000-4000-8000-000000000002"
TEAM = "19:team@thread.tacv2"


@dataclass
class Peers:
    """``refused`` is why Entra gives no token. ``teams`` are those that the bot is in, with their
    channels. ``endorsed`` are the channels that Microsoft's keys speak for, ``date`` what its
    clock shows. ``door`` is what the door answers to whatever is not signed."""

    refused: str = ""
    teams: dict[str, list[str]] = field(default_factory=lambda: {TEAM: ["19:lesson@thread.tacv2"]})
    endorsed: tuple[str, ...] = ("msteams",)
    issuer: str = "https://api.botframework.com"
    date: datetime = NOW
    door: int = 401
    busy: bool = False
    url: str = ""
    asked: list[Json] = field(default_factory=list)
    """The forms by which tokens were asked for."""

    @property
    def cloud(self) -> Cloud:
        """A cloud whose doors are all here."""
        return Cloud(
            name="public",
            login=self.url,
            scope="https://api.botframework.com/.default",
            issuer="https://api.botframework.com",
            keys_url=f"{self.url}/openid",
            service_url=f"{self.url}/teams",
            hosts=("127.0.0.1",),
        )

    def config(self, *allow: str, **other: Any) -> TeamsConfig:
        """The app, as it is connected here."""
        given: Json = {
            "app_id": APP,
            "secret": "secret-canary",
            "tenant": TENANT,
            "cloud": self.cloud,
            "allow": frozenset(allow),
            "public_url": self.url,
        }
        return TeamsConfig(**given | other)

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append(dict(await request.post()))
        if self.refused:
            said = {"error": "invalid_client", "error_description": f"{self.refused}: no."}
            return web.json_response(said, status=401)
        return web.json_response({"access_token": "token-canary", "expires_in": 3599})

    async def _openid(self, request: web.Request) -> web.Response:
        headers = {"Date": format_datetime(self.date, usegmt=True)}
        about = {"issuer": self.issuer, "jwks_uri": f"{self.url}/keys"}
        return web.json_response(about, headers=headers)

    async def _keys(self, request: web.Request) -> web.Response:
        keys = [{"kid": "1", "endorsements": list(self.endorsed)}, {"kid": "2"}]
        return web.json_response({"keys": keys})

    async def _channels(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer token-canary"
        if self.busy:
            return web.json_response({}, status=429, headers={"Retry-After": "7"})
        team = request.match_info["team"]
        if team not in self.teams:
            said = {"error": {"code": "BotNotInConversationRoster"}}
            return web.json_response(said, status=403)
        listed = [{"id": team}, *({"id": id} for id in self.teams[team])]
        return web.json_response({"conversations": listed})

    async def _knock(self, request: web.Request) -> web.Response:
        return web.Response(status=self.door)

    async def _healthy(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Peers]:
        """All of them, on a free port."""
        app = web.Application()
        app.router.add_post(f"/{TENANT}/oauth2/v2.0/token", self._token)
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/teams/v3/teams/{team}/conversations", self._channels)
        app.router.add_post(MESSAGES_PATH, self._knock)
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
