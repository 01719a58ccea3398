"""The app manifest: what Slack is told of Fivefold when an app is made for it.

Its keys, the lengths that it keeps and the scope of each event are those of Slack's reference:
https://docs.slack.dev/reference/app-manifest and https://docs.slack.dev/reference/events.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.platforms.slack.config import scopes_for
from bot.platforms.slack.rich_text import Json

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
COMMAND = "/fivefold"
ADD_TO_EVIDENCE = "add_to_evidence"

_EVENTS = {
    "app_home_opened": "",
    "app_uninstalled": "",
    "tokens_revoked": "",
    "user_change": "users:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
}
"""What is listened to, and the scope that it takes."""

_USAGE = (
    "[schedule | rehearse | my part | evidence | help"
    " | start | pause | resume | +5 | next | close | status]"
)
"""The words after the command; Slack takes up to 1000 characters."""

_LONG_DESCRIPTION = """\
Fivefold runs a 5E lesson (Engage, Explore, Explain, Elaborate, Evaluate) for a cohort in a channel.

It posts each phase's prompts at their times, runs polls and discussions, forms groups, collects \
reflections and work that is handed in, has peers review it, and keeps every answer.

Facilitators plan and steer a lesson with /fivefold or in the app's home. Everybody finds their \
own part there: what is due, what they gave and who can see it, and how to change it or take it \
back."""


def manifest(allow: Iterable[str], url: str) -> Json:
    """The manifest of an app that is allowed this much, with the least scopes for it.

    With ``url``, where Fivefold's pages are (https, no slash at its end), Slack posts what happens
    there and workspaces are connected by OAuth; with ``""`` the app uses Socket Mode and is
    installed by hand. Raises KeyError for a word that `config.ALLOWS` does not have.
    """
    scopes = scopes_for(allow)
    listens = {"request_url": f"{url}{EVENTS_PATH}"} if url else {}
    return {
        "display_information": {
            "name": "Fivefold",
            "description": "Runs a 5E lesson for a cohort in a channel, and keeps every answer.",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1f4e5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                # Without the right to read, what people write there would be heard by nobody.
                "messages_tab_read_only_enabled": "im:history" not in scopes,
            },
            "bot_user": {"display_name": "Fivefold", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Plan a lesson, steer it, or see your part of it",
                    "usage_hint": _USAGE,
                    "should_escape": False,
                    **({"url": f"{url}{EVENTS_PATH}"} if url else {}),
                }
            ],
            "shortcuts": [
                {
                    "type": "message",
                    "name": "Add to evidence",
                    "callback_id": ADD_TO_EVIDENCE,
                    "description": "Keep this message with what the lesson gathers",
                }
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [f"{url}{REDIRECT_PATH}"]} if url else {}),
            "scopes": {"bot": list(scopes)},
        },
        "settings": {
            "event_subscriptions": {**listens, "bot_events": list(events_for(scopes))},
            "interactivity": {"is_enabled": True, **listens},
            "org_deploy_enabled": True,
            "socket_mode_enabled": not url,
            # A token that is copied by hand must not change every twelve hours.
            "token_rotation_enabled": bool(url),
        },
    }


def events_for(scopes: Iterable[str]) -> tuple[str, ...]:
    """What an app with these scopes may listen to; Slack refuses a manifest with more."""
    granted = {"", *scopes}
    return tuple(event for event, scope in _EVENTS.items() if scope in granted)
