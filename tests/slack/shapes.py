"""Payloads of Slack's, each as its documentation shows it, about one lesson's channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.chat.address import Place
from bot.chat.text import UserText
from bot.platforms.slack.incoming import Door, Origin
from bot.platforms.slack.profiles import Profile

Json = dict[str, Any]

NOW = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)
ACTED = datetime(2026, 1, 5, 9, 0, 29, 123456, tzinfo=UTC)
TS = "1767603629.123456"
"""`ACTED`, as Slack writes it."""

ROOT, REPLY = "1767603600.000100", TS
TEAM, CHANNEL, TALK = "T0LOCAL", "C0LESSON", "D0PRIVATE"
ADA, BOT = "U0ADA", "U0FIVEFOLD"
LESSON = Place("slack", TEAM, CHANNEL)
THREAD = Place("slack", TEAM, CHANNEL, ROOT)
DOOR = Door(TEAM, ADA, NOW, Profile(UserText("Ada"), "Europe/Berlin"), BOT)


def a_press(**around: Any) -> Json:
    """``block_actions`` of a button, without what says where it stands."""
    return {
        "type": "block_actions",
        "user": {"id": ADA, "username": "ada", "name": "ada", "team_id": TEAM},
        "api_app_id": "A0FIVEFOLD",
        "token": "not to be trusted",
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "team": {"id": TEAM, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "actions": [
            {
                "type": "button",
                "action_id": "pick 2.0",
                "block_id": "2.0",
                "text": {"type": "plain_text", "text": "Go", "emoji": False},
                "value": "f.go.o1...",
                "action_ts": TS,
            }
        ],
        **around,
    }


def in_message(channel: Json, **container: Any) -> Json:
    """What says that a button stands in a message."""
    return {
        "container": {
            "type": "message",
            "message_ts": REPLY,
            "channel_id": channel["id"],
            "is_ephemeral": False,
            **container,
        },
        "channel": channel,
        "message": {"type": "message", "user": BOT, "bot_id": "B1", "ts": REPLY, "text": "…"},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.example/actions/T0LOCAL/1/abc",
    }


def a_view(kind: str = "modal", origin: Origin | None = None, **more: Any) -> Json:
    """A view as Slack sends it back."""
    return {
        "id": "V0VIEW",
        "team_id": TEAM,
        "type": kind,
        "blocks": [],
        "private_metadata": origin.encode() if origin else "",
        "callback_id": "shown",
        "state": {"values": {}},
        "hash": "1767603600.h4sh",
        "app_installed_team_id": TEAM,
        "bot_id": "B1",
        **more,
    }


def in_view(view: Json) -> Json:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def a_submission(origin: Origin, values: Mapping[str, Any]) -> Json:
    view = a_view(origin=origin, callback_id="form", state={"values": values})
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ADA, "username": "ada", "name": "ada", "team_id": TEAM},
        "api_app_id": "A0FIVEFOLD",
        "token": "not to be trusted",
        "trigger_id": "1.2.3",
        "view": view,
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def a_command(text: str, **more: Any) -> Json:
    return {
        "token": "not to be trusted",
        "team_id": TEAM,
        "team_domain": "acme",
        "channel_id": CHANNEL,
        "channel_name": "lesson",
        "user_id": ADA,
        "user_name": "ada",
        "command": "/fivefold",
        "text": text,
        "response_url": "https://hooks.slack.example/commands/T0LOCAL/1/abc",
        "trigger_id": "1.2.3",
        **more,
    }


def envelope(event: Json) -> Json:
    """An event as the Events API wraps it."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0FIVEFOLD",
        "event": event,
        "event_id": "Ev0001",
        "event_time": 1767603629,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def rich(text: str) -> list[Json]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": "xyz", "elements": [section]}]


def a_message(text: str = "I think so.", **more: Any) -> Json:
    """A message in the channel."""
    return {
        "type": "message",
        "user": ADA,
        "text": text,
        "blocks": rich(text),
        "ts": TS,
        "event_ts": TS,
        "team": TEAM,
        "channel": CHANNEL,
        "channel_type": "channel",
        "client_msg_id": "0b4b1a5e-5c6b-4d0e-8e2c-0a6d1c7d9f10",
        **more,
    }


IN_THREAD = {"thread_ts": ROOT, "parent_user_id": BOT}


def changed(message: Json, before: Json, **more: Any) -> Json:
    """``message_changed``, as Slack sends it of a message in the channel."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": CHANNEL,
        "channel_type": "channel",
        "ts": "1767603630.000200",
        "event_ts": TS,
        "message": message,
        "previous_message": before,
        **more,
    }


def kept_message(text: str = "I think so.", **more: Any) -> Json:
    """A message as it stands inside of an event about it."""
    whole = a_message(text, **more)
    return {k: v for k, v in whole.items() if k not in ("channel", "channel_type", "event_ts")}


def a_shortcut(message: Json) -> Json:
    return {
        "type": "message_action",
        "callback_id": "add_to_evidence",
        "token": "not to be trusted",
        "trigger_id": "1.2.3",
        "action_ts": TS,
        "response_url": "https://hooks.slack.example/app/T0LOCAL/1/abc",
        "team": {"id": TEAM, "domain": "acme"},
        "channel": {"id": CHANNEL, "name": "lesson"},
        "user": {"id": "U0FAY", "username": "fay", "team_id": TEAM, "name": "fay"},
        "message_ts": message["ts"],
        "message": message,
        "is_enterprise_install": False,
        "enterprise": None,
    }
