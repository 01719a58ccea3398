"""Requests as Slack sends them to the bot, one of each kind, signed; and a house that hears them.

Of Slack's Web API the house has as much as says yes to everything.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer
from starlette.applications import Starlette

from bot.chat.answer import Answer, Saved
from bot.chat.callback import Callback
from bot.chat.event import Event
from bot.clock import IncreasingClock, SystemClock
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.connection import open_slack
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.installs import INSTALL, Install
from tests.records import MemoryRecords
from tests.slack.faults import read_arguments
from tests.slack.workspace import APP, BOT, BOT_USER

Json = Any

SECRET = "the signing secret of these tests"
PATH = "/slack/events"
TEAM, ANA, CHANNEL, TALK = "T0FIRST", "U0ANA", "C0LESSON", "D0ANA"
RESPONSE = "http://127.0.0.1:9/response"
"""An address of this machine where nobody answers."""

FORM_TYPE = "application/x-www-form-urlencoded"
CALLBACK = Callback("vote", "o1").encode()


def installed(team: str = TEAM, token: str = "xoxb-1") -> MemoryRecords:
    """Records in which Fivefold is installed in a workspace."""
    install = Install(tenant=team, name="Acme", bot_token=token, bot_user=BOT_USER, bot_id=BOT)
    return MemoryRecords({(INSTALL, team): install.to_bytes()})


@dataclass
class Ear:
    """Keeps what is heard; answers with what stands in ``answers``, first one first."""

    heard: list[Event] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    async def __call__(self, event: Event) -> Answer:
        """Hear it."""
        self.heard.append(event)
        return self.answers.pop(0) if self.answers else Saved()

    @property
    def ids(self) -> list[str]:
        """The ids of what was heard."""
        return [event.id for event in self.heard]


@dataclass
class House:
    """Slack's doors, the ear behind them, and a client that knocks.

    ``said`` is what Slack was asked to show. With ``down`` Slack is broken, with ``revoked`` it
    takes the token no more.
    """

    ear: Ear
    said: list[Json] = field(default_factory=list)
    down: bool = False
    revoked: bool = False

    def __post_init__(self) -> None:
        self._clock = SystemClock()

    async def send(self, request: Request) -> httpx.Response:
        """What comes back."""
        return await self._http.request(
            request.method, request.path, content=request.body, headers=list(request.headers)
        )

    async def answer(self, request: web.Request) -> web.Response:
        """What Slack's Web API answers, as far as anybody looks at it."""
        self.said.append(await read_arguments(request))
        method = request.path.rpartition("/")[2]
        channel: Json = {"id": TALK} if method == "conversations.open" else TALK
        if self.down:
            return web.Response(status=503)
        if self.revoked:
            return web.json_response({"ok": False, "error": "token_revoked"})
        return web.json_response({"ok": True, "channel": channel, "ts": "1.2"})

    @asynccontextmanager
    async def opened(self, api_url: str) -> AsyncIterator[House]:
        """With this Slack behind it."""
        config = SlackConfig(signing_secret=SECRET, api_url=api_url, allow=frozenset({"history"}))
        lesson, machine = IncreasingClock(self._clock), self._clock
        async with open_slack(config, installed(), self.ear, lesson, machine) as slack:
            transport = httpx.ASGITransport(Starlette(routes=list(slack.routes)))
            async with httpx.AsyncClient(transport=transport, base_url="https://bot.test") as http:
                self._http = http
                yield self


@asynccontextmanager
async def signed_house() -> AsyncIterator[House]:
    """A house in whose workspace Fivefold is installed."""
    house, app = House(Ear()), web.Application()
    app.router.add_route("*", "/{path:.*}", house.answer)
    async with TestServer(app) as server, house.opened(str(server.make_url("/api/"))):
        yield house


# -- requests


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, byte for byte."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    method: str = "POST"
    path: str = PATH

    def header(self, name: str) -> bytes:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key.decode() == name), b"")

    def but(self, name: str, *values: bytes) -> Request:
        """With these values in a header's place, in that many lines."""
        others = [(key, value) for key, value in self.headers if key.decode() != name]
        return replace(self, headers=(*others, *((name.encode(), value) for value in values)))


def signed(
    body: bytes, content: str = FORM_TYPE, *, at: float | None = None, secret: str = SECRET
) -> Request:
    """The body, as Slack signs and sends it."""
    timestamp = str(int(time.time() if at is None else at))
    return Request(
        body,
        (
            (b"content-type", content.encode()),
            (b"x-slack-request-timestamp", timestamp.encode()),
            (b"x-slack-signature", seal(secret, timestamp.encode(), body)),
        ),
    )


def seal(secret: str, timestamp: bytes, body: bytes) -> bytes:
    """Slack's signature, of any bytes."""
    signed = b"v0:%b:%b" % (timestamp, body)
    return b"v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and content type in which Slack sends this kind of payload."""
    if kind in EVENTS or kind == "url_verification":
        return json.dumps(payload).encode(), "application/json"
    if kind == "command" and isinstance(payload, dict):
        fields = {key: str(value) for key, value in payload.items()}
        return urlencode(fields, errors="replace").encode(), FORM_TYPE
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM_TYPE


def a_request(kind: str, payload: Json = None) -> Request:
    """A request of this kind, well signed just now."""
    return signed(*encoded(kind, PAYLOADS[kind]() if payload is None else payload))


# -- payloads


def event(**event: Any) -> dict[str, Any]:
    """An event, in its envelope."""
    return {
        "token": "t",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": {"event_ts": f"{time.time():.6f}", **event},
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def _said(text: str, **more: Any) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {
        "type": "message",
        "user": ANA,
        "text": text,
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": [section]}],
        "ts": f"{time.time():.6f}",
        "team": TEAM,
        **more,
    }


def _in(channel: str, kind: str = "channel") -> dict[str, Any]:
    return {"channel": channel, "channel_type": kind}


def _thread(text: str) -> dict[str, Any]:
    return _said(text, thread_ts="1700000000.000100", parent_user_id=BOT_USER)


def _changed(subtype: str, **more: Any) -> dict[str, Any]:
    about = {"type": "message", "subtype": subtype, "ts": f"{time.time():.6f}"}
    return event(**about, **_in(CHANNEL), previous_message=_thread("I see it."), **more)


def acting(kind: str, **more: Any) -> dict[str, Any]:
    """Something that somebody did."""
    return {
        "type": kind,
        "user": {"id": ANA, "username": "ana", "name": "ana", "team_id": TEAM},
        "api_app_id": APP,
        "token": "t",
        "team": {"id": TEAM, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "1.2.3",
        **more,
    }


def _pressed(**more: Any) -> dict[str, Any]:
    action = {
        "type": "button",
        "action_id": "option 0",
        "block_id": f"0 {CALLBACK}",
        "value": "data",
        "action_ts": f"{time.time():.6f}",
    }
    return acting("block_actions", actions=[action], **more)


_CHECKS = {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}
_VALUES = {
    "0.1 why": {"value": {"type": "plain_text_input", "value": "Because of it."}},
    "1.1 sure": {"value": _CHECKS},
}


_ROOM = {"action_id": "room 0", "block_id": "0.room why", "type": "button", "value": "x"}


def _view() -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value"}
    title = {"type": "plain_text", "text": "Why?"}
    box = {"type": "input", "block_id": "0.1 why", "label": title, "element": element}
    room = {"type": "actions", "block_id": "0.room why", "elements": [_ROOM]}
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": "form",
        "hash": "1.h",
        "app_installed_team_id": TEAM,
        "private_metadata": Origin(CALLBACK, CHANNEL, "", "1700000000.000100").encode(),
        "title": {"type": "plain_text", "text": "In your words"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [box, room],
        "state": {"values": _VALUES},
    }


_MESSAGE = {
    "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": CHANNEL},
    "channel": {"id": CHANNEL, "name": "lesson"},
    "message": {"bot_id": BOT, "ts": "1700000000.000100", "text": "A poll"},
    "response_url": RESPONSE,
}

EVENTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "reply": lambda: event(**_thread("I see it."), **_in(CHANNEL)),
    "said": lambda: event(**_said("Hello."), **_in(CHANNEL)),
    "told": lambda: event(**_said("status"), **_in(TALK, "im")),
    "edited": lambda: _changed("message_changed", message=_thread("I see them.")),
    "deleted": lambda: _changed("message_deleted", deleted_ts="1700000000.000200"),
    "joined": lambda: event(type="member_joined_channel", user=ANA, channel=CHANNEL),
    "left": lambda: event(type="member_left_channel", user=ANA, channel=CHANNEL),
    "gone": lambda: event(type="user_change", user={"id": ANA, "deleted": True}),
    "home": lambda: event(type="app_home_opened", user=ANA, channel=TALK, tab="home"),
    "uninstalled": lambda: event(type="app_uninstalled"),
    "revoked": lambda: event(type="tokens_revoked", tokens={"oauth": [], "bot": [BOT_USER]}),
}
"""Payloads of the Events API, each made as of now."""

ACTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "press": lambda: _pressed(**_MESSAGE),
    "press in a window": lambda: _pressed(container={"type": "view"}, view=_view()),
    "more room": lambda: acting("block_actions", actions=[_ROOM], view=_view()),
    "form": lambda: acting("view_submission", view=_view()),
    "shortcut": lambda: acting(
        "message_action",
        callback_id="add_to_evidence",
        action_ts=f"{time.time():.6f}",
        **{**_MESSAGE, "message": _said("I see it.")},
    ),
    "command": lambda: {
        "token": "t",
        "team_id": TEAM,
        "team_domain": "acme",
        "channel_id": CHANNEL,
        "channel_name": "lesson",
        "user_id": ANA,
        "user_name": "ana",
        "command": "/fivefold",
        "text": "status",
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": RESPONSE,
        "trigger_id": "1.2.3",
    },
}
"""Payloads of what people do, each made as of now."""

PAYLOADS: Mapping[str, Callable[[], dict[str, Any]]] = {
    **EVENTS,
    **ACTS,
    "url_verification": lambda: {"token": "t", "challenge": "c", "type": "url_verification"},
}
