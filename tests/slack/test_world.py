"""The Slack that the tests run in behaves as Slack does, to the bot and to its people."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.faults import Fault
from tests.slack.hands import Hands
from tests.slack.small_bot import FORM, HELLO, Json, SmallBot, client, posted
from tests.slack.world import PUBLIC, World, slack_world

pytestmark = pytest.mark.peers


async def test_a_post_is_in_the_history_and_its_metadata_for_who_asks(
    world: World, small_bot: SmallBot
) -> None:
    metadata = {"event_type": "fivefold_post", "event_payload": {"key": "k1", "part": 0}}
    ref = await posted(world, small_bot, HELLO, metadata=metadata)
    channel = ref.place.channel
    plain = await small_bot.slack.conversations_history(channel=channel)
    told = await small_bot.slack.conversations_history(channel=channel, include_all_metadata=True)
    assert [message["ts"] for message in plain["messages"]] == [ref.id]
    assert "metadata" not in plain["messages"][0]
    assert told["messages"][0]["metadata"] == metadata
    assert world.gateway.sent("chat.postMessage")[0]["blocks"] == HELLO["blocks"]


async def test_a_list_comes_page_by_page(world: World, small_bot: SmallBot) -> None:
    for _ in range(3):
        await posted(world, small_bot, HELLO)
    channel = world.place("lesson").channel
    first = await small_bot.slack.conversations_history(channel=channel, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await small_bot.slack.conversations_history(channel=channel, limit=2, cursor=cursor)
    assert [len(first["messages"]), len(second["messages"])] == [2, 1]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_what_breaks_a_rule_of_slacks_is_refused(world: World, small_bot: SmallBot) -> None:
    twice = {**HELLO, "blocks": [{"type": "divider", "block_id": "same"}] * 2}
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await posted(world, small_bot, twice)
    long = {**FORM, "title": {"type": "plain_text", "text": "x" * 25, "emoji": False}}
    trigger = await world.gateway.trigger(world.first, world.person("ana").id)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await small_bot.slack.views_open(trigger_id=trigger, view=long)
    assert world.gateway.refused == [
        "chat.postMessage: block_id: one twice",
        "views.open: view.title: 25 long",
    ]
    world.gateway.refused.clear()


async def test_faults_fire_as_often_as_told_and_only_where_told(
    world: World, small_bot: SmallBot
) -> None:
    gateway, method = world.gateway, "chat.postMessage"
    gateway.fail(method, Fault(error="is_archived"), channel="C0ELSEWHERE")
    gateway.fail(method, Fault(retry_after=7))
    gateway.fail(method, Fault(error="not_in_channel"))
    gateway.fail(method, Fault(status=503, reached=True))
    with pytest.raises(SlackApiError) as limited:
        await posted(world, small_bot, HELLO)
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await posted(world, small_bot, HELLO)
    with pytest.raises(SlackApiError) as broken:
        await posted(world, small_bot, HELLO)
    assert broken.value.response.status_code == 503
    await posted(world, small_bot, HELLO)
    assert len(await world.first.messages(world.person("ana").id, _lesson(world))) == 2


@pytest.mark.parametrize("reached", [False, True], ids=["before", "after"])
async def test_a_line_drops_before_or_after_slack_got_the_post(
    world: World, small_bot: SmallBot, reached: bool
) -> None:
    world.gateway.fail("chat.postMessage", Fault(drop=True, reached=reached))
    with pytest.raises(ClientError):
        await posted(world, small_bot, HELLO)
    messages = await world.first.messages(world.person("ana").id, _lesson(world))
    assert len(messages) == reached
    assert (world.gateway.calls[-1].answer is not None) == reached


async def test_a_held_call_waits_and_is_carried_out(world: World, small_bot: SmallBot) -> None:
    held = asyncio.Event()
    world.gateway.fail("chat.postMessage", Fault(until=held))
    posting = asyncio.create_task(posted(world, small_bot, HELLO))
    await small_bot.slack.auth_test()
    assert not posting.done()
    held.set()
    assert (await posting).id


def _lesson(world: World) -> str:
    return world.place("lesson").channel


async def test_the_bot_needs_its_scopes_its_token_and_a_place_in_the_channel(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    fay, place = world.person("fay"), world.place("lesson")
    await people.removes_bot(fay, place)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await posted(world, small_bot, HELLO)
    await people.invites_bot(fay, place)
    await posted(world, small_bot, HELLO)
    world.gateway.revoke(world.first.team)
    with pytest.raises(SlackApiError, match="token_revoked"):
        await posted(world, small_bot, HELLO)
    async with slack_world(allow=()) as bare:
        with pytest.raises(SlackApiError, match="missing_scope"):
            await client(bare, bare.first.token).conversations_history(channel=_lesson(bare))


async def test_an_organisation_is_told_of_in_events_and_interactions() -> None:
    async with slack_world(enterprise="E0AGENCY", org_wide=True) as world:
        bot = SmallBot(world)
        transport = httpx.MockTransport(bot)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
            people = world.people(http)
            ana, place = world.person("ana"), world.place("lesson")
            await people.say(ana, place, "Hello")
            await people.command(ana, "", place)
    assert bot.heard[0]["authorizations"][0]["is_enterprise_install"] is True
    assert bot.heard[0]["authorizations"][0]["enterprise_id"] == "E0AGENCY"
    assert (bot.heard[1]["enterprise_id"], bot.heard[1]["is_enterprise_install"]) == (
        "E0AGENCY",
        "true",
    )


# The client builds its own password header as aiohttp no longer wants it.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_two_workspaces_share_an_address_and_nothing_else() -> None:
    async with slack_world(teams=2) as world:
        first, second = world.gateway.workspaces.values()
        world.gateway.rotating = True
        tokens = {}
        for team in (first, second):
            tokens[team.team] = await _install(world, team.team)
        here, there = (client(world, tokens[one.team]["access_token"]) for one in (first, second))
        assert (await here.auth_test())["team_id"] == first.team
        assert (await there.auth_test())["team_id"] == second.team
        assert first.people["admin"] == second.people["admin"]
        await there.chat_postMessage(channel=second.channels["lesson"], **HELLO)
        assert await first.messages(first.people["ana"], first.channels["lesson"]) == []
        world.gateway.expired.add(tokens[first.team]["access_token"])
        with pytest.raises(SlackApiError, match="token_expired"):
            await here.auth_test()
        renewed = await AsyncWebClient(base_url=world.gateway.api_url).oauth_v2_access(
            client_id="111.222",
            client_secret="the client secret of the tests",
            grant_type="refresh_token",
            refresh_token=tokens[first.team]["refresh_token"],
        )
        assert (await client(world, renewed["access_token"]).auth_test())["team_id"] == first.team


async def _install(world: World, team: str) -> Json:
    """What a bot gets that does the least to be installed."""
    config = world.config(oauth=True)
    got: list[Json] = []

    async def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/slack/install":
            asked = {
                "client_id": config.client_id,
                "scope": ",".join(config.scopes),
                "redirect_uri": f"{PUBLIC}/slack/oauth_redirect",
                "state": "s1",
            }
            address = httpx.URL(config.authorize_url, params=asked)
            return httpx.Response(302, headers={"Location": str(address)})
        assert request.url.params["state"] == "s1"
        access = await AsyncWebClient(base_url=config.api_url).oauth_v2_access(
            client_id=config.client_id,
            client_secret=config.client_secret,
            code=request.url.params["code"],
        )
        got.append(access.data)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(serve), base_url=PUBLIC) as browser:
        assert (await world.installs(browser, team)).status_code == 200
    return got[0]
