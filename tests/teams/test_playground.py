"""The Playground does what the tests of Teams ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web.server import listen, serve
from tests.teams.playground import GENERAL, LESSON, Playground, Someone, playground

pytestmark = pytest.mark.peers

ANA, BO = Someone("ana"), Someone("bo")
ANSWER = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Yes."}


@dataclass
class SmallBot:
    """Hears everything and says one thing."""

    heard: list[Any] = field(default_factory=list)

    async def messages(self, request: Request) -> Response:
        self.heard.append(await request.json())
        return JSONResponse(ANSWER) if self.heard[-1]["type"] == "invoke" else Response()


@asynccontextmanager
async def served(bot: SmallBot) -> AsyncIterator[str]:
    route = Route("/api/messages", bot.messages, methods=["POST"])
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
        running = asyncio.create_task(serve(Starlette(routes=[route]), "", 0, [free]))
        try:
            yield f"http://127.0.0.1:{port}/api/messages"
        finally:
            running.cancel()
            await asyncio.wait({running})


@pytest.fixture
def bot() -> SmallBot:
    return SmallBot()


@pytest.fixture
async def play(bot: SmallBot) -> AsyncIterator[Playground]:
    async with served(bot) as url, playground(url) as made:
        yield made


def message(text: str) -> dict[str, Any]:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": text}]}
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        ],
    }


async def ask(play: Playground, method: str, *path: str, **body: Any) -> Any:
    """Ask its connector, as a bot does."""
    async with httpx.AsyncClient() as http:
        url = f"{play.service_url}/v3/{'/'.join(path)}"
        answer = await http.request(method, url, json=body)
    return answer.raise_for_status().json()


async def test_a_thread_its_replies_and_their_edits_are_read_as_they_stand(
    play: Playground,
) -> None:
    channel = {"channel": {"id": LESSON}}
    root = await ask(
        play, "POST", "conversations", isGroup=True, channelData=channel, activity=message("one")
    )
    await ask(play, "POST", "conversations", root["id"], "activities", **message("two"))
    thread = ("conversations", root["id"], "activities", root["activityId"])
    await ask(play, "PUT", *thread, **message("changed"))
    posts = play.posts(LESSON)
    assert [post.card["body"][0]["text"] for post in posts] == ["changed", "two"]
    assert [post.edits for post in posts] == [1, 0]
    assert {post.conversation for post in posts} == {f"{LESSON};messageid={root['activityId']}"}


async def test_what_the_bot_says_to_one_person_is_read_too(play: Playground) -> None:
    talk = await play.talk(BO)
    await ask(play, "POST", "conversations", talk, "activities", **message("for Bo"))
    assert [post.card["body"][0]["text"] for post in play.posts(talk)] == ["for Bo"]


async def test_people_press_and_the_bot_hears_who_they_are(play: Playground, bot: SmallBot) -> None:
    talk = await play.talk(BO)
    await ask(play, "POST", "conversations", talk, "activities", **message("press"))
    (post,) = play.posts(talk)
    answer = await play.execute(BO, post, {"fivefold": "a"})
    await play.submit(BO, post, {"fivefold": "b"})
    executed, submitted = bot.heard
    assert answer == {"type": ANSWER["type"], "value": ANSWER["value"]}
    assert executed["value"]["action"]["data"] == {"fivefold": "a"}
    assert submitted["value"] == {"fivefold": "b"}
    assert submitted["replyToId"] == post.id
    assert {one["from"]["aadObjectId"] for one in bot.heard} == {BO.aad}


async def test_people_write_in_threads_and_to_the_bot(play: Playground, bot: SmallBot) -> None:
    thread = f"{LESSON};messageid=1"
    await play.say(ANA, thread, "A bell")
    await play.mention(BO, thread, "status")
    assert [one["text"] for one in bot.heard] == ["A bell", "<at>Fivefold</at> status"]
    assert [one["from"]["id"] for one in bot.heard] == [ANA.id, BO.id]


async def test_the_bot_is_added_to_the_team_and_taken_out(play: Playground, bot: SmallBot) -> None:
    await play.installs(BO)
    await play.send(await play.template("botRemoved"))
    kinds = [(one["type"], *sorted(one.keys() & {"action", "membersRemoved"})) for one in bot.heard]
    assert ("installationUpdate", "action") in kinds
    assert ("conversationUpdate", "membersRemoved") in kinds
    assert {one["channelData"]["team"]["id"] for one in bot.heard} == {GENERAL}
    assert bot.heard[0]["from"]["id"] == BO.id


async def test_it_knows_who_is_there_and_what_it_refused(play: Playground) -> None:
    members = {one["id"] for one in await play.members()}
    assert {ANA.id, BO.id} <= members
    with pytest.raises(httpx.HTTPStatusError):
        await ask(play, "POST", "conversations", "19:nowhere", "activities", **message("lost"))
    assert [entry["response"]["statusCode"] for entry in play.refused()] == [404]
