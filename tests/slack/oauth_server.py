"""A Slack that only installs: ``oauth.v2.access`` with rotation and ``auth.test``, on loopback.

Every secret that it hands out, or is to be asked with, holds the `CANARY`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.platforms.slack.config import SlackConfig

CANARY = "Kanarienvogel"
CLIENT_SECRET = f"client-secret-{CANARY}"
LASTS = 43_200
PUBLIC = "https://fivefold.example"

Json = dict[str, Any]
NORTH: Json = {"team": {"id": "T1", "name": "North"}, "enterprise": None}
SOUTH: Json = {
    "team": {"id": "T2", "name": "South <&> \u202eHills"},
    "enterprise": {"id": "E1", "name": "County"},
}
COUNTY: Json = {
    "team": None,
    "enterprise": {"id": "E1", "name": "County"},
    "is_enterprise_install": True,
}


class FakeSlack:
    """``asked`` counts what was asked for. What stands in ``next`` is answered instead, first one
    first; while ``held`` is not set, refreshing waits.

    ``lenient`` is what Slack is to those who refresh at the same time: each gets tokens, and of
    the refresh tokens only the one handed out first lives on.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.next: list[web.Response] = []
        self.held = asyncio.Event()
        self.held.set()
        self.reached = asyncio.Event()
        self.lenient = False
        self.rotates = True
        self.url = ""
        self.redirects: list[str] = []
        self._codes: dict[str, Json] = {}
        self._tokens: dict[str, Json] = {}
        self._refresh: dict[str, Json] = {}
        self._used: set[str] = set()
        self._count = 0

    def config(self, **values: Any) -> SlackConfig:
        """Fivefold's configuration for this Slack."""
        return SlackConfig(
            **{
                "client_id": "111.222",
                "client_secret": CLIENT_SECRET,
                "api_url": self.url,
                "public_url": PUBLIC,
                **values,
            }
        )

    def allow(self, where: Json) -> str:
        """An admin says yes there: the code that goes back."""
        code = f"code-{self._number()}"
        self._codes[code] = where
        return code

    def token(self, where: Json) -> str:
        """A token that lasts, as it is copied by hand."""
        token = f"xoxb-{self._number()}"
        self._tokens[token] = where
        return token

    def rotating(self, where: Json) -> tuple[str, str]:
        """A token that rotates, and its refresh token."""
        granted = self._grant(where)
        return granted["access_token"], granted["refresh_token"]

    def works(self, token: str) -> bool:
        """Whether this token was handed out for calls."""
        return token in self._tokens

    def refreshes(self, refresh_token: str) -> bool:
        """Whether this one could be refreshed with now."""
        return refresh_token in self._refresh and refresh_token not in self._used

    def _number(self) -> str:
        self._count += 1
        return f"{self._count}-{CANARY}"

    def _grant(self, where: Json) -> Json:
        token = f"xoxe.xoxb-1-{self._number()}"
        self._tokens[token] = where
        refresh = f"xoxe-1-{self._number()}"
        self._refresh[refresh] = where
        rotation = {"refresh_token": refresh, "expires_in": LASTS} if self.rotates else {}
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": "UBOT",
            "app_id": "A1",
            "is_enterprise_install": False,
            "authed_user": {"id": "UADMIN"},
            **where,
            **rotation,
        }

    async def oauth(self, request: web.Request) -> web.Response:
        form = await request.post()
        refreshing = form.get("grant_type") == "refresh_token"
        self.asked["refresh" if refreshing else "access"] += 1
        self.reached.set()
        if refreshing:
            await self.held.wait()
        if self.next:
            return self.next.pop(0)
        if (form.get("client_id"), form.get("client_secret")) != ("111.222", CLIENT_SECRET):
            return refusal("bad_client_secret")
        if refreshing:
            return self._refreshed(str(form["refresh_token"]))
        where = self._codes.pop(str(form.get("code")), None)
        self.redirects.append(str(form.get("redirect_uri")))
        return web.json_response(self._grant(where)) if where else refusal("invalid_code")

    def _refreshed(self, refresh_token: str) -> web.Response:
        where = self._refresh.get(refresh_token)
        again = refresh_token in self._used
        if where is None or (again and not self.lenient):
            return refusal("invalid_refresh_token")
        granted = self._grant(where)
        self._used.add(refresh_token)
        if again:
            self._used.add(granted["refresh_token"])
        return web.json_response(granted)

    async def auth_test(self, request: web.Request) -> web.Response:
        self.asked["auth.test"] += 1
        if self.next:
            return self.next.pop(0)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        where = self._tokens.get(token)
        if where is None:
            return refusal("invalid_auth")
        home = where["team"] or where["enterprise"]
        answer = {
            "ok": True,
            "team": home["name"],
            "team_id": home["id"],
            "user_id": "UBOT",
            "bot_id": "BBOT",
            "enterprise_id": (where["enterprise"] or {}).get("id"),
            "is_enterprise_install": where.get("is_enterprise_install", False),
        }
        return web.json_response(answer, headers={"x-oauth-scopes": "chat:write, commands"})


def refusal(error: str) -> web.Response:
    """Slack says no."""
    return web.json_response({"ok": False, "error": error})


def too_fast(seconds: int) -> web.Response:
    """Slack asks to wait."""
    said = {"ok": False, "error": "ratelimited"}
    return web.json_response(said, status=429, headers={"Retry-After": str(seconds)})


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that was logged in the test; at its end a fixture finds this nowhere else."""
    records = caplog.get_records("setup") + caplog.get_records("call")
    return "".join(f"{r.getMessage()} {r.args} {r.exc_text} {r.__dict__}" for r in records)


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """A Slack on a port of its own."""
    slack = FakeSlack()
    app = web.Application()
    app.router.add_post("/api/oauth.v2.access", slack.oauth)
    app.router.add_post("/api/auth.test", slack.auth_test)
    async with TestServer(app) as server:
        slack.url = str(server.make_url("/api/"))
        yield slack
