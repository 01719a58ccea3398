"""What stands in front of the emulators: one Slack for the bot, as strict and as faulty as Slack.

It records every call, keeps Slack's rules, sends each token to its workspace, and fails as told.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from tests.slack import strict
from tests.slack.faults import Call, Fault, Faults, read_arguments
from tests.slack.screens import Modal, Screens, Whisper
from tests.slack.workspace import APP, BOT, BOT_USER, Workspace

Json = Any


@dataclass
class _Hook:
    workspace: Workspace
    user: str
    channel: str
    ts: str
    uses: int = 5


@dataclass
class Gateway:
    """``calls`` are all calls, oldest first; ``refused`` what broke a rule of Slack's.

    ``most`` is the longest page of a list. ``serves`` are methods that a test answers itself.
    With ``rotating`` an install gets tokens that expire, and refresh tokens.
    """

    workspaces: Mapping[str, Workspace]
    screens: Screens
    url: str = ""
    most: int = 200
    rotating: bool = False
    calls: list[Call] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    serves: dict[str, Callable[[Call], Awaitable[Json]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._faults = Faults()
        self._tokens = {ws.token: (ws, ws.token) for ws in self.workspaces.values()}
        self._refresh: dict[str, tuple[Workspace, str, Json]] = {}
        self._codes: dict[str, Workspace] = {}
        self._triggers: dict[tuple[str, str], str] = {}
        self._hooks: dict[str, _Hook] = {}
        self._numbers = itertools.count(1)

    @property
    def api_url(self) -> str:
        """The ``base_url`` for the bot's clients."""
        return f"{self.url}/api/"

    # -- what tests say

    def fail(self, method: str, fault: Fault, *, times: int = 1, **where: Any) -> None:
        """Let the next calls of a method fail, of those that have these arguments."""
        self._faults.add(method, fault, times, where)

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method, oldest first."""
        return [call.arguments for call in self.calls if call.method == method]

    def revoke(self, team: str) -> None:
        """Every token that the bot has for this workspace is refused from now on."""
        self.revoked |= {token for token, (ws, _) in self._tokens.items() if ws.team == team}

    # -- what Slack's side of the world says

    async def trigger(self, workspace: Workspace, user: str, view_id: str = "") -> str:
        """A trigger id: for 3 s this person may be shown one window."""
        asked = {"user_id": user, **({"view_id": view_id} if view_id else {})}
        answer = await workspace.ask("views.generateTriggerId", **asked)
        self._triggers[workspace.team, answer["trigger_id"]] = user
        return str(answer["trigger_id"])

    def response_url(self, workspace: Workspace, user: str, channel: str, ts: str = "") -> str:
        """Where the bot may answer this person five times, about the message ``ts`` if any."""
        name = f"r{next(self._numbers)}"
        self._hooks[name] = _Hook(workspace, user, channel, ts)
        return f"{self.url}/response/{name}"

    async def authorise(self, workspace: Workspace, address: str, user: str) -> str:
        """Somebody says yes on Slack's page at ``address``: where that sends them."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        page = await workspace.http.get(f"{workspace.url}/oauth/v2/authorize", params=asked)
        assert page.status_code == 200, page.text
        sent = await workspace.http.post(
            f"{workspace.url}/oauth/v2/authorize/callback", data={**asked, "user_id": user}
        )
        location = sent.headers["location"]
        self._codes[parse_qs(urlsplit(location).query)["code"][0]] = workspace
        return str(location)

    def keep_view(self, workspace: Workspace, view: Json) -> Json:
        """A view as Slack keeps it; raises AssertionError where Slack would not take it."""
        broken = strict.problems("views.update", {"view": view})
        self.refused += broken
        assert not broken, broken
        return {**view, "blocks": strict.stored(view["blocks"], f"v{next(self._numbers)}.")}

    # -- what the bot calls

    async def _api(self, request: web.Request) -> web.StreamResponse:
        arguments = await read_arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = arguments.pop("token", "") or token
        call = Call(request.match_info["method"], token, arguments)
        return await self._faulty(request, call, self._answer)

    async def _faulty(
        self, request: web.Request, call: Call, answer: Callable[[Call], Awaitable[Json]]
    ) -> web.StreamResponse:
        self.calls.append(call)
        fault = self._faults.next(call)
        if fault.until:
            await fault.until.wait()
        if fault.reached or not fault.breaks:
            call.answer = await answer(call)
        return fault.answer(request) if fault.breaks else web.json_response(call.answer)

    async def _answer(self, call: Call) -> Json:
        if call.method in self.serves:
            return await self.serves[call.method](call)
        if call.method == "oauth.v2.access":
            return await self._oauth(call.arguments)
        if call.token not in self._tokens:
            return _error("invalid_auth" if call.token else "not_authed")
        if call.token in self.revoked or call.token in self.expired:
            return _error("token_revoked" if call.token in self.revoked else "token_expired")
        broken = strict.problems(call.method, call.arguments)
        if broken:
            self.refused += [f"{call.method}: {problem}" for problem in broken]
            error = "invalid_blocks" if call.method in strict.MESSAGES else "invalid_arguments"
            return _error(error, response_metadata={"messages": broken})
        workspace, token = self._tokens[call.token]
        if call.method in strict.VIEWS:
            return await self._view(workspace, token, call)
        arguments = call.arguments
        if call.method == "chat.postMessage" and await _is_outside(workspace, arguments):
            return _error("not_in_channel")
        if arguments.get("blocks"):
            blocks = strict.stored(arguments["blocks"], f"b{next(self._numbers)}.")
            arguments = {**arguments, "blocks": blocks}
        if call.method == "chat.postMessage":
            arguments = {**arguments, "bot_id": BOT, "app_id": APP}
        paged = call.method.startswith("conversations.")
        asked = {k: v for k, v in arguments.items() if not (paged and k in ("limit", "cursor"))}
        asked |= {"limit": 1000} if paged else {}
        answer = await workspace.call(call.method, token, asked)
        return self._finished(workspace, call, answer) if answer["ok"] else answer

    def _finished(self, workspace: Workspace, call: Call, answer: Json) -> Json:
        """What the emulator leaves out, or tells too much of."""
        arguments = call.arguments
        match call.method:
            case "chat.postEphemeral":
                whisper = Whisper(answer["message_ts"], arguments["channel"], arguments)
                self.screens.of(workspace.team, arguments["user"]).whispers.append(whisper)
            case "conversations.create" if answer["channel"]["is_private"]:
                workspace.private.add(answer["channel"]["id"])
            case "users.info":
                answer["user"] = self.user(workspace, answer["user"])
            case "conversations.history" | "conversations.replies":
                messages = strict.between(answer["messages"], arguments)
                messages = strict.without_metadata(messages, arguments)
                answer["messages"], cursor = strict.page(messages, arguments, self.most)
                answer |= {"has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}
            case "conversations.members":
                answer["members"], cursor = strict.page(answer["members"], arguments, self.most)
                answer["response_metadata"] = {"next_cursor": cursor}
            case "auth.test" if workspace.enterprise:
                answer["enterprise_id"] = workspace.enterprise
                answer["is_enterprise_install"] = workspace.org_wide
        return answer

    def user(self, workspace: Workspace, user: Json) -> Json:
        """A user object with what Slack knows besides, and what a test says of this person."""
        own = workspace.profiles.get(user["id"], {})
        zone = {"tz": "America/New_York", "tz_label": "Eastern Standard Time", "tz_offset": -18000}
        return {**zone, "is_restricted": False, "is_ultra_restricted": False, **user, **own}

    async def _view(self, workspace: Workspace, token: str, call: Call) -> Json:
        view = dict(call.arguments["view"])
        view["blocks"] = strict.stored(view["blocks"], f"v{next(self._numbers)}.")
        shown = self.screens.modal(workspace.team, call.arguments.get("view_id", ""))
        if call.method == "views.update" and shown is None:
            return _error("not_found")
        user = self._triggers.get((workspace.team, call.arguments.get("trigger_id", "")), "")
        answer = await workspace.call(call.method, token, {**call.arguments, "view": view})
        if not answer["ok"]:
            return answer
        if call.method == "views.publish":
            self.screens.published(workspace.team, call.arguments["user_id"], answer["view"])
        elif shown is not None:
            shown.replace(answer["view"])
        else:
            self.screens.of(workspace.team, user).modals.append(Modal(answer["view"]))
        return answer

    async def _oauth(self, arguments: dict[str, Any]) -> Json:
        if arguments.get("grant_type") == "refresh_token":
            known = self._refresh.pop(arguments.get("refresh_token", ""), None)
            return self._pair(*known) if known else _error("invalid_refresh_token")
        first = next(iter(self.workspaces.values()))
        workspace = self._codes.pop(arguments.get("code", ""), first)
        answer = await workspace.call("oauth.v2.access", "", arguments)
        if not answer["ok"]:
            return answer
        token = answer["access_token"]
        self._tokens[token] = (workspace, token)
        if workspace.enterprise:
            answer["enterprise"] = {"id": workspace.enterprise, "name": "The agency"}
        if workspace.org_wide:
            answer |= {"is_enterprise_install": True, "team": None}
        return self._pair(workspace, token, answer) if self.rotating else answer

    def _pair(self, workspace: Workspace, token: str, answer: Json) -> Json:
        """The answer with a token that expires, and with one to refresh it by, once."""
        number = next(self._numbers)
        access, refresh = f"xoxe.xoxb-1-{number}", f"xoxe-1-{number}"
        self._tokens[access] = (workspace, token)
        self._refresh[refresh] = (workspace, token, answer)
        pair = {"access_token": access, "refresh_token": refresh, "expires_in": 43_200}
        return {**answer, **pair}

    async def _response(self, request: web.Request) -> web.StreamResponse:
        hook = self._hooks.get(request.match_info["name"])
        if hook is None or not hook.uses:
            return web.json_response(_error("used_url"), status=404)
        hook.uses -= 1
        call = Call("response_url", "", await read_arguments(request))
        return await self._faulty(request, call, lambda call: self._respond(hook, call))

    async def _respond(self, hook: _Hook, call: Call) -> Json:
        """What a response URL does: a whisper, in place of the one it is about or beside it."""
        broken = strict.problems("response_url", call.arguments)
        if broken:
            self.refused += [f"response_url: {problem}" for problem in broken]
            return _error("invalid_blocks")
        screen = self.screens.of(hook.workspace.team, hook.user)
        about = next((one for one in screen.whispers if one.ts == hook.ts), None)
        payload = dict(call.arguments)
        if payload.get("blocks"):
            payload["blocks"] = strict.stored(payload["blocks"], f"b{next(self._numbers)}.")
        if about and payload.get("delete_original"):
            screen.whispers.remove(about)
        elif about and payload.get("replace_original"):
            about.payload = payload
        elif payload.get("replace_original") or payload.get("response_type") == "in_channel":
            return _error("the world has no such answer: call chat.update or chat.postMessage")
        else:
            screen.whispers.append(Whisper(f"w{next(self._numbers)}", hook.channel, payload))
        return {"ok": True}


def _error(error: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error": error, **more}


async def _is_outside(workspace: Workspace, arguments: Mapping[str, Any]) -> bool:
    """Whether the bot writes to a channel that it is not in; the emulator lets it."""
    channel = {"channel": arguments.get("channel", "")}
    answer = await workspace.call("conversations.members", "xoxp-admin", channel)
    return answer["ok"] and BOT_USER not in answer["members"]


@asynccontextmanager
async def gateway(workspaces: Iterable[Workspace]) -> AsyncIterator[Gateway]:
    """A gateway on a free port of this machine, in front of these workspaces."""
    made = Gateway({one.team: one for one in workspaces}, Screens())
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/api/{method}", made._api)
    app.router.add_post("/response/{name}", made._response)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()
