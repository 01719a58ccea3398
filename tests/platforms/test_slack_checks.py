"""What the doctor finds out from Slack, and what it says to do where something is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.address import Place
from bot.chat.message import Divider, Form, Heading, Message, Text
from bot.clock import SteppedClock
from bot.platforms.checking import Check
from bot.platforms.slack.checks import Sample, check_slack, one_of_each
from bot.platforms.slack.config import SlackConfig, scopes_for
from tests.platforms.slack_peers import NOW, Peers

SAMPLES: tuple[Sample, ...] = (
    ("a text", Message("One", (Text(("one",)),))),
    ("another text", Message("Two", (Text(("two",)),))),
    ("a heading", Message("Three", (Heading("three"), Divider()))),
)


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    """Slack and the door, both as they should be."""
    async with Peers().open() as opened:
        yield opened


def http(peers: Peers) -> SlackConfig:
    return SlackConfig(
        signing_secret="signing-canary",
        client_id="client-canary",
        client_secret="secret-canary",
        api_url=peers.api_url,
        public_url=peers.url,
    )


def socket(peers: Peers, *allow: str) -> SlackConfig:
    peers.scopes = ",".join(scopes_for(allow))
    return SlackConfig(
        app_token="xapp-canary",
        bot_token="xoxb-canary-1",
        api_url=peers.api_url,
        allow=frozenset(allow),
    )


async def looked(
    config: SlackConfig, *tokens: str, places: Sequence[Place] = ()
) -> dict[str, Check]:
    """The checks by name; whatever they say, no secret is in it."""
    named = {f"workspace {token[-1]}": token for token in tokens}
    checks = await check_slack(config, named, places, SAMPLES, SteppedClock(NOW))
    assert "canary" not in repr(checks)
    assert [check for check in checks if not check.sentence.endswith(".")] == []
    return {check.name: check for check in checks}


def states(checks: dict[str, Check]) -> dict[str, bool | None]:
    return {name: check.ok for name, check in checks.items()}


async def test_over_socket_mode_everything_is_in_order(peers: Peers) -> None:
    config = socket(peers, "history")
    found = await looked(config, "xoxb-canary-1", places=[Place("slack", "T1", "C1")])
    assert states(found) == dict.fromkeys(
        [
            "token of workspace 1",
            "scopes of workspace 1",
            "channels of workspace 1",
            "app token",
            "clock",
            "messages",
        ],
        True,
    )
    assert found["token of workspace 1"].sentence == "Fivefold speaks in Acme as @fivefold."


async def test_over_http_the_door_and_each_workspace_are_looked_at(peers: Peers) -> None:
    found = await looked(http(peers), "xoxb-canary-1", "xoxb-canary-2")
    assert set(states(found).values()) == {True}
    assert {"request URL", "signing secret", "token of workspace 2"} <= set(found)
    assert {token for _, token, _ in peers.calls} == {"xoxb-canary-1", "xoxb-canary-2"}


async def test_without_a_workspace_it_says_where_to_connect_one(peers: Peers) -> None:
    found = await looked(http(peers))
    assert found["token"].ok is False
    assert f"{peers.url}/slack/install" in found["token"].sentence
    assert found["messages"].ok is None


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "org_login_required"])
async def test_a_bad_token_is_to_be_replaced(peers: Peers, error: str) -> None:
    peers.answers["auth.test"] = {"error": error}
    by_hand = (await looked(socket(peers), "xoxb-canary-1"))["token of workspace 1"]
    by_oauth = (await looked(http(peers), "xoxb-canary-1"))["token of workspace 1"]
    assert by_hand.ok is by_oauth.ok is False
    assert error in by_hand.sentence
    assert "FIVEFOLD_SLACK_BOT_TOKEN" in by_hand.sentence
    assert "/slack/install" in by_oauth.sentence


async def test_scopes_that_are_missing_are_named(peers: Peers) -> None:
    config = socket(peers, "history")
    peers.scopes = "chat:write,commands,im:write,users:read,channels:read"
    found = (await looked(config, "xoxb-canary-1"))["scopes of workspace 1"]
    assert found.ok is False
    assert "channels:history" in found.sentence
    assert "channels:read" not in found.sentence


async def test_scopes_that_are_granted_but_not_used_are_pointed_out(peers: Peers) -> None:
    config = socket(peers)
    peers.scopes = ",".join(scopes_for(["history", "groups"]))
    found = (await looked(config, "xoxb-canary-1"))["scopes of workspace 1"]
    assert found.ok is True
    assert "groups,history" in found.sentence


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"channel": {"name": "lesson", "is_member": False}}, "/invite @Fivefold"),
        ({"error": "channel_not_found"}, "/invite @Fivefold"),
        ({"channel": {"name": "lesson", "is_archived": True}}, "archived"),
        ({"error": "fatal_error"}, "fatal_error"),
    ],
)
async def test_a_channel_that_cannot_be_posted_in_is_named(
    peers: Peers, answer: dict[str, object], says: str
) -> None:
    peers.answers["conversations.info"] = answer
    config = socket(peers, "history")
    found = await looked(config, "xoxb-canary-1", places=[Place("slack", "T1", "C1")])
    assert found["channels of workspace 1"].ok is False
    assert says in found["channels of workspace 1"].sentence


async def test_each_workspace_is_asked_for_its_own_channels_only(peers: Peers) -> None:
    places = [
        Place("slack", "T1", "C1"),
        Place("slack", "T2", "C2", "1.2"),
        Place("slack", "T2", "D2"),
        Place("slack", "T3", "C3"),
    ]
    config = replace(http(peers), allow=frozenset({"history"}))
    await looked(config, "xoxb-canary-1", "xoxb-canary-2", places=places)
    asked = [
        (token[-1], arguments["channel"])
        for method, token, arguments in peers.calls
        if method == "conversations.info"
    ]
    assert asked == [("1", "C1"), ("2", "C2")]


async def test_an_organisation_is_asked_for_the_channels_of_all_its_workspaces(
    peers: Peers,
) -> None:
    peers.answers["auth.test"] = {"enterprise_id": "E1", "is_enterprise_install": True}
    config = socket(peers, "history")
    places = [Place("slack", "E1", "C1"), Place("slack", "T1", "C2")]
    await looked(config, "xoxb-canary-1", places=places)
    assert peers.called("conversations.info") == [{"channel": "C1"}]


async def test_without_history_slack_is_not_asked_about_channels(peers: Peers) -> None:
    places = [Place("slack", "T1", "C1")]
    found = await looked(socket(peers), "xoxb-canary-1", places=places)
    assert found["channels of workspace 1"].ok is None
    assert peers.called("conversations.info") == []


@pytest.mark.parametrize(
    ("seconds", "ok", "which"),
    [(59, True, "agree"), (-59, True, "agree"), (61, False, "behind"), (-61, False, "ahead")],
)
async def test_a_clock_may_be_a_minute_off(
    peers: Peers, seconds: int, ok: bool, which: str
) -> None:
    peers.date = NOW + timedelta(seconds=seconds)
    found = (await looked(socket(peers), "xoxb-canary-1"))["clock"]
    assert found.ok is ok
    assert which in found.sentence


async def test_the_clock_is_seen_even_where_the_token_is_bad(peers: Peers) -> None:
    peers.answers["auth.test"] = {"error": "invalid_auth"}
    assert (await looked(socket(peers), "xoxb-canary-1"))["clock"].ok is True


async def test_an_app_token_that_opens_nothing_is_to_be_made_anew(peers: Peers) -> None:
    peers.answers["apps.connections.open"] = {"error": "not_allowed_token_type"}
    found = (await looked(socket(peers), "xoxb-canary-1"))["app token"]
    assert found.ok is False
    assert "connections:write" in found.sentence


# -- the door


async def test_another_signing_secret_at_the_door_is_seen(peers: Peers) -> None:
    peers.signing_secret = "another"
    found = await looked(http(peers), "xoxb-canary-1")
    assert found["request URL"].ok is True
    assert found["signing secret"].ok is False


async def test_a_door_that_opens_to_everybody_is_not_ours(peers: Peers) -> None:
    peers.signing_secret = ""
    found = await looked(http(peers), "xoxb-canary-1")
    assert found["request URL"].ok is False
    assert found["signing secret"].ok is None


async def test_a_door_that_is_not_there_is_said(peers: Peers) -> None:
    for public_url, says in (
        ("", "FIVEFOLD_PUBLIC_URL"),
        ("http://127.0.0.1:9", "fivefold serve"),
        (f"{peers.url}/elsewhere", "FIVEFOLD_PUBLIC_URL"),
    ):
        found = await looked(replace(http(peers), public_url=public_url), "xoxb-canary-1")
        assert found["request URL"].ok is False
        assert says in found["request URL"].sentence


async def test_slack_itself_posts_to_nothing_but_https(peers: Peers) -> None:
    config = replace(http(peers), api_url="https://127.0.0.1:9/api/")
    found = await looked(config)
    assert "only to https" in found["request URL"].sentence


# -- messages


async def test_one_message_of_each_shape_is_shown_to_slack(peers: Peers) -> None:
    found = (await looked(socket(peers), "xoxb-canary-1"))["messages"]
    assert found.sentence == "Slack takes all 2 kinds of message."
    shown = [json.loads(one["message"]) for one in peers.called("blocks.validate")]
    assert [set(one) for one in shown] == [{"blocks"}, {"blocks"}]


def test_a_form_is_shown_as_the_modal_that_it_will_be() -> None:
    ((name, arguments),) = one_of_each([("a form", Form("c", "Form", (), "Save"))])
    assert name == "a form"
    assert json.loads(arguments["view"])["type"] == "modal"


async def test_a_message_that_slack_refuses_is_named_with_the_reason(peers: Peers) -> None:
    errors = [{"pointer": "/blocks/0", "message": "too long"}]
    peers.answers["blocks.validate"] = {"error": "invalid_message", "errors": errors}
    found = (await looked(socket(peers), "xoxb-canary-1"))["messages"]
    assert found.ok is False
    assert "“a text” (/blocks/0 too long)" in found.sentence


@pytest.mark.parametrize("error", ["unknown_method", "ratelimited"])
async def test_where_slack_does_not_look_at_messages_nothing_is_wrong(
    peers: Peers, error: str
) -> None:
    peers.answers["blocks.validate"] = {"error": error}
    assert (await looked(socket(peers), "xoxb-canary-1"))["messages"].ok is None


# -- nobody there


@pytest.mark.parametrize(
    "answer", ["<html>canary</html>", "oh", "[1]", "null", "", '{"ok": false}', "{"]
)
async def test_whoever_answers_like_nobody_at_slack_is_not_taken_for_it(
    peers: Peers, answer: str
) -> None:
    methods = ("auth.test", "apps.connections.open", "conversations.info", "blocks.validate")
    for method in methods:
        peers.answers = {method: answer}
        config = socket(peers, "history")
        found = await looked(config, "xoxb-canary-1", places=[Place("slack", "T1", "C1")])
        wrong = [check for check in found.values() if check.ok is False]
        assert len(wrong) == 1
        assert "cannot be reached" in wrong[0].sentence


async def test_where_nobody_answers_all_is_said_in_sentences() -> None:
    config = SlackConfig(
        app_token="xapp-canary", bot_token="xoxb-canary-1", api_url="http://127.0.0.1:9/api/"
    )
    found = await looked(config, "xoxb-canary-1")
    assert found["token of workspace 1"].ok is False
    assert found["app token"].ok is False
    assert found["clock"].ok is None
