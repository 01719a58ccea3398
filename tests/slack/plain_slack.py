"""A Slack that keeps messages and does little else, in memory: quick enough to fail in every way.

It knows the rules of `strict`; what people do is told to the bot by hand.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.slack import strict
from tests.slack.faults import Call, Fault, Faults, read_arguments
from tests.slack.workspace import BOT, BOT_USER

Json = Any

TEAM, LESSON, OTHER, FAY, ANA = "T0FIRST", "C0LESSON", "C0OTHER", "U0FAY", "U0ANA"


class PlainSlack:
    """``messages`` is all that stands, oldest first. ``gone`` are the errors of channels, people
    (both by id) and whole methods. ``times`` are those of the ``calls``. ``most`` is the longest
    page."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.url = ""
        self.messages: list[Json] = []
        self.calls: list[Call] = []
        self.gone: dict[str, str] = {}
        self.times: list[datetime] = []
        self.most = 200
        self._now = now
        self._faults = Faults()
        self._numbers = itertools.count(1)

    @property
    def api_url(self) -> str:
        """The ``base_url`` for the bot's clients."""
        return f"{self.url}api/"

    # -- what tests say and see

    def fail(self, method: str, fault: Fault, *, times: int = 1, **where: Any) -> None:
        """Let the next calls of a method fail, of those that have these arguments."""
        self._faults.add(method, fault, times, where)

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method, oldest first."""
        return [call.arguments for call in self.calls if call.method == method]

    def at(self, channel: str) -> list[Json]:
        """What stands in a channel and its threads."""
        return [message for message in self.messages if message["channel"] == channel]

    def posted(self) -> list[str]:
        """The keys of the bot's posts, each part of a long one by its number."""
        payloads = [m["metadata"]["event_payload"] for m in self.messages if "metadata" in m]
        return [f"{payload['key']}/{payload['part']}" for payload in payloads]

    def say(self, channel: str, **message: Any) -> Json:
        """Somebody writes."""
        ts = f"{self._now().timestamp() + next(self._numbers) * 1e-3:.6f}"
        self.messages.append({"type": "message", "user": ANA, "ts": ts, **message})
        self.messages[-1]["channel"] = channel
        return self.messages[-1]

    # -- what the bot calls

    async def _api(self, request: web.Request) -> web.StreamResponse:
        arguments = await read_arguments(request)
        call = Call(request.match_info["method"], "", arguments)
        self.calls.append(call)
        self.times.append(self._now())
        fault = self._faults.next(call)
        if fault.until:
            await fault.until.wait()
        if fault.reached or not fault.breaks:
            call.answer = self._answer(call)
        return fault.answer(request) if fault.breaks else web.json_response(call.answer)

    def _answer(self, call: Call) -> Json:
        asked = call.arguments
        for name in (call.method, asked.get("channel", ""), asked.get("users", "")):
            if name in self.gone:
                return {"ok": False, "error": self.gone[name]}
        broken = strict.problems(call.method, asked)
        assert not broken, broken
        match call.method:
            case "chat.postMessage":
                return self._post(asked)
            case "chat.update" | "chat.delete":
                return self._change(call.method, asked)
            case "conversations.open":
                return {"ok": True, "channel": {"id": _talk(asked["users"])}}
            case "conversations.history":
                found = [m for m in self.at(asked["channel"]) if "thread_ts" not in m]
                return self._page(found[::-1], asked)
            case "conversations.replies":
                found = self.at(asked["channel"])
                root = asked["ts"]
                return self._page(
                    [m for m in found if root in (m["ts"], m.get("thread_ts"))], asked
                )
            case "auth.test":
                return {"ok": True, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
            case "users.info":
                return {"ok": True, "user": {"id": asked["user"], "name": asked["user"]}}
            case _:
                return {"ok": True}

    def _post(self, asked: Json) -> Json:
        channel = asked["channel"]
        channel = _talk(channel) if channel.startswith("U") else channel
        about = {"user": BOT_USER, "bot_id": BOT}
        message = self.say(**{**asked, **about, "channel": channel})
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def _change(self, method: str, asked: Json) -> Json:
        found = [m for m in self.at(asked["channel"]) if m["ts"] == asked["ts"]]
        if not found:
            return {"ok": False, "error": "message_not_found"}
        if method == "chat.delete":
            self.messages.remove(found[0])
        else:
            found[0].update(text=asked["text"], blocks=asked["blocks"])
        return {"ok": True, "channel": asked["channel"], "ts": asked["ts"]}

    def _page(self, found: list[Json], asked: Json) -> Json:
        told = strict.without_metadata(strict.between(found, asked), asked)
        messages, cursor = strict.page(told, asked, self.most)
        return {"ok": True, "messages": messages, "response_metadata": {"next_cursor": cursor}}


def _talk(users: str) -> str:
    """The private talk of the bot with a person, or a group message."""
    return f"D{users[1:]}" if "," not in users else "G0GROUP"


@asynccontextmanager
async def plain_slack(now: Callable[[], datetime]) -> AsyncIterator[PlainSlack]:
    """A plain Slack on loopback; ``now`` gives the time of what is said there."""
    slack, app = PlainSlack(now), web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/api/{method}", slack._api)
    async with TestServer(app) as server:
        slack.url = str(server.make_url("/"))
        yield slack
