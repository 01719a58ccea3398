"""Slack's Web API as a list of what it was asked, without a network."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.platform import Hear, Records
from bot.clock import Clock
from bot.platforms.slack import connection
from bot.platforms.slack.calls import Api
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.connection import Slack

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Called:
    """One call: its method, ``response_url`` for an answer to one, and its arguments."""

    method: str
    arguments: Json


@dataclass
class Record:
    """All calls, oldest first. ``errors`` are what Slack says to the next calls of a method,
    ``answers`` what a method tells; every ``response_url`` fails where they are ``expired``."""

    calls: list[Called] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, Callable[[Json], Json]] = field(default_factory=dict)
    expired: bool = False

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def answer(self, method: str, arguments: Json) -> Json:
        """What Slack answers; the call is recorded."""
        self.calls.append(Called(method, arguments))
        error = next(iter(self.errors.get(method, ())), "")
        if error:
            self.errors[method].pop(0)
            return {"ok": False, "error": error}
        channel = str(arguments.get("channel") or "D0TALK")
        ts = f"1767603600.{next(self._numbers):06}"
        answer: Json = {"ok": True, "channel": channel, "ts": ts}
        if method == "conversations.open":
            answer["channel"] = {"id": "D0TALK"}
        return answer | (self.answers[method](arguments) if method in self.answers else {})

    @property
    def methods(self) -> list[str]:
        """The methods of all calls."""
        return [call.method for call in self.calls]

    def only(self, method: str) -> Json:
        """The arguments of the one call that there was; raises ValueError for another or more."""
        [call] = self.calls
        if call.method != method:
            raise ValueError(f"{call.method} was called")
        return call.arguments


class RecordingClient(AsyncWebClient):
    """Slack's own client, which makes its arguments as ever; nothing leaves it."""

    def __init__(self, record: Record) -> None:
        super().__init__("xoxb-1", retry_handlers=[])
        self._record = record

    async def api_call(  # type: ignore[override]
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> AsyncSlackResponse:
        """Record the call, and answer it."""
        arguments = {**(data or {}), **(params or {}), **(json or {})}
        given = {name: value for name, value in arguments.items() if value is not None}
        told = self._record.answer(api_method, given)
        response = AsyncSlackResponse(
            client=self,
            http_verb=http_verb,
            api_url=api_method,
            req_args={},
            data=told,
            headers={},
            status_code=200,
        )
        if not told["ok"]:
            raise SlackApiError("refused", response)  # type: ignore[no-untyped-call]
        return response


@asynccontextmanager
async def recording_slack(
    record: Record, records: Records, hear: Hear, clock: Clock
) -> AsyncIterator[Slack]:
    """Slack, put together as ever, with such a client; everything is allowed to it."""
    config = SlackConfig(allow=frozenset({"history", "groups"}))
    with patch.object(connection, "Api", lambda *_: RecordingApi(record)):
        async with connection.open_slack(config, records, hear, clock, clock) as slack:
            yield slack


class RecordingApi(Api):
    """The one place where Slack's API is called, with such a client."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def of(self, tenant: str) -> AsyncWebClient:
        """A client for any tenant."""
        return RecordingClient(self._record)

    def client(self, token: str = "") -> AsyncWebClient:
        """A client for any token."""
        return RecordingClient(self._record)

    async def reply_to(self, url: str, payload: Json) -> bool:
        """Record the answer."""
        self._record.answer("response_url", payload)
        return not self._record.expired
