"""The app manifest asks for the least, and for nothing that Slack would refuse.

The rules are those of Slack's reference of app manifests and of its event types.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest

from bot.platforms.slack.config import ALLOWS, SlackConfig, scopes_for
from bot.platforms.slack.manifest import manifest

URL = "https://lessons.example.org/five"
EVERY_ALLOWANCE = list(
    chain.from_iterable(combinations(sorted(ALLOWS), count) for count in range(len(ALLOWS) + 1))
)
LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "display_information.background_color": (4, 7),
    "features.bot_user.display_name": (1, 80),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.url": (8, 3000),
    "features.slash_commands.description": (1, 2000),
    "features.slash_commands.usage_hint": (1, 1000),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.type": (6, 7),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "oauth_config.redirect_urls": (8, 255),
    "oauth_config.scopes.bot": (1, 50),
    "settings.event_subscriptions.request_url": (8, 3500),
    "settings.event_subscriptions.bot_events": (1, 50),
    "settings.interactivity.request_url": (8, 3500),
}
SCOPE_OF = {
    "app_home_opened": None,
    "app_uninstalled": None,
    "tokens_revoked": None,
    "user_change": "users:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in it with the keys that lead there."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from texts(inner, f"{path}.{key}".lstrip("."))
        case list():
            for inner in value:
                yield from texts(inner, path)
        case str():
            yield path, value


@pytest.mark.parametrize("url", ["", URL])
@pytest.mark.parametrize("allow", EVERY_ALLOWANCE)
def test_every_text_has_a_length_that_slack_takes(allow: tuple[str, ...], url: str) -> None:
    found = list(texts(manifest(allow, url)))
    assert {path for path, _ in found} <= LENGTHS.keys()
    for path, text in found:
        shortest, longest = LENGTHS[path]
        assert shortest <= len(text) <= longest, path


@pytest.mark.parametrize("allow", EVERY_ALLOWANCE)
def test_what_is_listened_to_is_all_that_the_scopes_allow(allow: tuple[str, ...]) -> None:
    made = manifest(allow, "")
    scopes = made["oauth_config"]["scopes"]["bot"]
    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert events == [
        event for event, scope in SCOPE_OF.items() if scope is None or scope in scopes
    ]


def test_with_nothing_allowed_four_scopes_are_enough() -> None:
    assert scopes_for(()) == ("chat:write", "commands", "im:write", "users:read")
    assert SlackConfig().scopes == scopes_for(())


def test_each_allowance_takes_the_scopes_that_it_is_for_and_no_other() -> None:
    least = set(scopes_for(()))
    assert {scope.split(":")[1] for scope in set(scopes_for(["history"])) - least} == {
        "history",
        "read",
    }
    assert set(scopes_for(["groups"])) - least == {"groups:write", "mpim:read", "mpim:write"}


def test_a_word_that_nothing_is_allowed_by_is_refused() -> None:
    with pytest.raises(KeyError):
        manifest(["everything"], "")


def test_over_http_slack_posts_everything_to_one_place() -> None:
    made = manifest((), URL)
    posts = {text for path, text in texts(made) if path.endswith("url") and "redirect" not in path}
    assert posts == {f"{URL}/slack/events"}
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["token_rotation_enabled"] is True


def test_over_socket_mode_no_address_is_given_and_no_token_changes_by_itself() -> None:
    made = manifest(sorted(ALLOWS), "")
    assert [text for _, text in texts(made) if "://" in text] == []
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["token_rotation_enabled"] is False


def test_people_can_write_to_the_app_and_find_it() -> None:
    made = manifest(("history",), "")
    assert made["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert [command["command"] for command in made["features"]["slash_commands"]] == ["/fivefold"]
    assert [(one["type"], one["callback_id"]) for one in made["features"]["shortcuts"]] == [
        ("message", "add_to_evidence")
    ]
    assert made["settings"]["interactivity"]["is_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is True


@pytest.mark.parametrize("allow", EVERY_ALLOWANCE)
def test_people_can_write_to_the_app_only_where_it_hears_them(allow: tuple[str, ...]) -> None:
    made = manifest(allow, "")
    heard = "message.im" in made["settings"]["event_subscriptions"]["bot_events"]
    home = made["features"]["app_home"]
    assert home["messages_tab_read_only_enabled"] is not heard
    assert home["messages_tab_enabled"], "the app writes to them there"


def test_the_command_says_which_words_it_takes() -> None:
    (command,) = manifest((), "")["features"]["slash_commands"]
    words = set(command["usage_hint"].strip("[]").split(" | "))
    assert {"schedule", "rehearse", "my part", "evidence", "help", "start", "+5"} <= words


@pytest.mark.parametrize(
    ("api_url", "authorize_url"),
    [
        ("https://slack.com/api/", "https://slack.com/oauth/v2/authorize"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/oauth/v2/authorize"),
        ("http://127.0.0.1:4000/api/", "http://127.0.0.1:4000/oauth/v2/authorize"),
    ],
)
def test_consent_is_asked_for_where_the_api_is(api_url: str, authorize_url: str) -> None:
    assert SlackConfig(api_url=api_url).authorize_url == authorize_url


def test_what_slack_can_do_depends_on_what_is_allowed() -> None:
    least = SlackConfig().capabilities
    assert least.threads
    for able in (least.hears_replies, least.read_back, least.lists_members, least.open_place):
        assert not able
    history = SlackConfig(allow=frozenset({"history"})).capabilities
    assert history.hears_replies
    assert history.read_back
    assert history.lists_members
    assert SlackConfig(allow=frozenset({"groups"})).capabilities.open_place


def test_nothing_secret_is_shown_with_the_configuration() -> None:
    secrets = dict.fromkeys(
        ("signing_secret", "client_id", "client_secret", "app_token", "bot_token"), "canary"
    )
    assert "canary" not in repr(SlackConfig(**secrets))  # type: ignore[arg-type]
