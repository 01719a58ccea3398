"""A bot of a few lines, to try the world with: neither lessons nor a platform of ours."""

from __future__ import annotations

from typing import Any

import httpx

from bot.chat.address import PostRef
from tests.teams import strict
from tests.teams.entra import APP_ID, SCOPE, SECRET
from tests.teams.organisation import MARK, TENANT
from tests.teams.world import World

Json = Any


def card(*body: Json, **more: Json) -> Json:
    """A card of these elements."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def execute(title: str, data: Json, **more: Json) -> Json:
    """A button with the fallback that old clients take."""
    base = {"title": title, "data": data, **more}
    fallback = {"type": "Action.Submit", **base}
    return {"type": "Action.Execute", "verb": "fivefold", **base, "fallback": fallback}


def button(title: str, data: Json, **more: Json) -> Json:
    """It, in a row of its own."""
    return {"type": "ActionSet", "actions": [execute(title, data, **more)]}


def text(words: str) -> Json:
    """A paragraph."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": words}]}


HELLO = card(text("Hello, all."))
WHY: Json = {"type": "Input.Text", "id": "form text why", "label": "Why?", "isMultiline": True}
SURE: Json = {
    "type": "Input.ChoiceSet",
    "id": "form many sure",
    "label": "Sure?",
    "isMultiSelect": True,
    "choices": [{"title": "Quite", "value": "1"}, {"title": "Hardly", "value": "a%2Cb"}],
}
SEND: Json = {"fivefold": "f.words", "does": "form", "form": "form"}
WRITE = card(
    text("In your words"),
    {**WHY, "isRequired": True, "errorMessage": "Please fill this in."},
    SURE,
    button("Send", SEND),
)


def activity(shown: Json) -> Json:
    """A message that shows this card."""
    return {"type": "message", "attachments": [{"contentType": strict.CARD, "content": shown}]}


class SmallBot:
    """A bot of a few lines: it keeps what it hears, answers as told, and calls the connector."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self.world = world
        self.http = http
        self.heard: list[Json] = []
        self.answers: list[Json] = []
        self.token = ""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """What Teams sends, as an HTTP server would get it."""
        self.heard.append(httpx.Response(200, content=request.content).json())
        return (
            httpx.Response(200, json=self.answers.pop(0)) if self.answers else httpx.Response(200)
        )

    async def sign_in(self, **changes: str) -> httpx.Response:
        """Ask for a token."""
        asked = {"grant_type": "client_credentials", "client_id": APP_ID, "scope": SCOPE}
        form = {**asked, "client_secret": SECRET, "tenant": TENANT, **changes}
        url = f"{self.world.cloud.login}/{form.pop('tenant')}/oauth2/v2.0/token"
        answer = await self.http.post(url, data=form)
        self.token = answer.json().get("access_token", "")
        return answer

    async def call(self, method: str, path: str, body: Json = None, **query: str) -> httpx.Response:
        """Call the connector."""
        url = f"{self.world.connector.service_url}v3/{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.http.request(method, url, json=body, headers=headers, params=query)

    async def post(self, shown: Json, channel: str = "lesson") -> PostRef:
        """Begin a thread with this card."""
        place = self.world.place(channel)
        asked = {"isGroup": True, "channelData": {"channel": {"id": place.channel}}}
        made = await self.call("POST", "conversations", {**asked, "activity": activity(shown)})
        assert made.status_code == 201, made.text
        assert made.json()["id"] == f"{place.channel}{MARK}{made.json()['activityId']}"
        return PostRef(place, made.json()["activityId"])

    async def edit(self, ref: PostRef, shown: Json) -> httpx.Response:
        """Let a message show this card."""
        path = f"conversations/{ref.place.channel}{MARK}{ref.id}/activities/{ref.id}"
        return await self.call("PUT", path, activity(shown))
