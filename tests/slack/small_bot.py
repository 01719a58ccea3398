"""A bot of a few lines, to try the world with: neither lessons nor a platform of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import httpx
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.address import PostRef
from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    Choices,
    Form,
    Message,
    Option,
    Text,
    TextField,
)
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.form import more_room, render_form
from tests.slack.world import SECRET, World

Json = Any
HELLO = render_message(Message("Hello", (Text(("Hello, all.",)),)))[0]
ASKING = render_message(
    Message(
        "A question",
        (
            Choices("f.pick.o1...", (Option("a", "Apples"), Option("b", "Pears")), "Which?"),
            Choices(
                "f.tick.o1...",
                (Option("x", "Red"), Option("y", "Green"), Option("z", "Blue")),
                "Which ones?",
                multiple=True,
            ),
            Buttons((Button("In my words", "f.open.o1...", does="open"),)),
        ),
    )
)[0]
FORM = render_form(
    Form(
        "In your words",
        "f.words.o1...",
        (
            TextField("why", "Why is that?", multiline=True),
            ChoiceField("sure", "How sure?", (Option("1", "Quite"), Option("2", "Hardly"))),
        ),
    )
)


class SmallBot:
    """A bot of a few lines: it checks signatures, keeps what it hears, and opens a form."""

    def __init__(self, world: World) -> None:
        self.slack = client(world, world.first.token)
        self.heard: list[Json] = []
        self.answers: list[Json] = []
        self._verifier = SignatureVerifier(SECRET)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Slack's requests, as an HTTP server would get them."""
        body = request.content.decode()
        if not self._verifier.is_valid_request(body, dict(request.headers.items())):
            return httpx.Response(401)
        if request.headers["content-type"] == "application/json":
            self.heard.append(json.loads(body))
            return httpx.Response(200)
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        payload = json.loads(fields["payload"]) if "payload" in fields else fields
        self.heard.append(payload)
        for action in payload.get("actions", []):
            await self._act(payload, action)
        answer = self.answers.pop(0) if self.answers else None
        return httpx.Response(200) if answer is None else httpx.Response(200, json=answer)

    async def _act(self, payload: Json, action: Json) -> None:
        if action["action_id"].startswith("open"):
            await self.slack.views_open(trigger_id=payload["trigger_id"], view=FORM)
        if action["action_id"].startswith("room"):
            view = more_room(payload["view"], action["block_id"])
            await self.slack.views_update(view_id=payload["view"]["id"], view=view)


def client(world: World, token: str) -> AsyncWebClient:
    """Slack's own client, which never tries again by itself."""
    none: list[AsyncRetryHandler] = []
    return AsyncWebClient(token, base_url=world.gateway.api_url, retry_handlers=none)


async def posted(world: World, bot: SmallBot, payload: Json, **more: Any) -> PostRef:
    """The message, posted in the channel of the lesson."""
    place = world.place("lesson")
    answer = await bot.slack.chat_postMessage(channel=place.channel, **payload, **more)
    return PostRef(place, answer["ts"])
