"""Activities in the shapes that Teams sends, each the right one but for what a test changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.address import Person, Place
from bot.platforms.teams.incoming import Door, door_of

Json = dict[str, Any]

TENANT = "11111111-2222-4333-8444-555555555555"
ANA, ANA_ID = "0a0a0a0a-0000-4000-8000-00000000000a", "29:1ana"
BO, BO_ID = "0b0b0b0b-0000-4000-8000-00000000000b", "29:1bo"
BOT = "28:fivefold"
TEAM, CHANNEL = "19:general@thread.tacv2", "19:lesson@thread.tacv2"
GROUP, TALK = "19:abc@thread.v2", "a:1ana"
ROOT, POST = "1767603600000", "1767603629123"
NOW = datetime(2026, 1, 5, 9, 1, tzinfo=UTC)
SENT = "2026-01-05T09:00:29.123Z"
ACTED = NOW - timedelta(seconds=30.877)
WHO = Person("teams", TENANT, ANA)
LESSON = Place("teams", TENANT, CHANNEL)
THREAD = Place("teams", TENANT, CHANNEL, ROOT)

MENTION = {
    "type": "mention",
    "mentioned": {"id": BOT, "name": "Fivefold"},
    "text": "<at>Fivefold</at>",
}


def in_channel(root: str = POST) -> Json:
    """In a thread of the lesson's channel; what begins one names itself."""
    return {
        "conversation": {
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": TENANT,
            "id": f"{CHANNEL};messageid={root}",
        },
        "channelData": {
            "tenant": {"id": TENANT},
            "team": {"id": TEAM},
            "channel": {"id": CHANNEL},
        },
    }


def in_talk() -> Json:
    """In Ana's talk with the bot."""
    return {
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": TALK},
        "channelData": {"tenant": {"id": TENANT}},
    }


def in_group() -> Json:
    """In a chat of several people, to which somebody added the bot."""
    kind = {"conversationType": "groupChat", "isGroup": True, "tenantId": TENANT}
    return {
        "conversation": {**kind, "id": GROUP},
        "channelData": {"tenant": {"id": TENANT}},
    }


def an_activity(kind: str, where: Json, **changes: Any) -> Json:
    """What Ana did; a change to ``None`` leaves a field out."""
    whole: Json = {
        "type": kind,
        "id": POST,
        "timestamp": SENT,
        "localTimezone": "Europe/Berlin",
        "channelId": "msteams",
        "serviceUrl": "http://127.0.0.1:9/amer/",
        "from": {"id": ANA_ID, "name": "Ana Ruiz", "aadObjectId": ANA},
        "recipient": {"id": BOT, "name": "Fivefold"},
        **where,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def a_message(text: str = "I think so.", where: Json | None = None, **changes: Any) -> Json:
    """What Ana wrote, without HTML; in the channel unless told otherwise."""
    return an_activity("message", where or in_channel(), text=text, **changes)


def called(text: str, where: Json | None = None, **changes: Any) -> Json:
    """Likewise, with the bot called by its name."""
    return a_message(f"<at>Fivefold</at> {text}", where, entities=[MENTION], **changes)


def a_press(data: Json, where: Json | None = None, **changes: Any) -> Json:
    """The press of an Action.Execute."""
    action = {"type": "Action.Execute", "verb": "fivefold", "data": data}
    pressed = {"name": "adaptiveCard/action", "replyToId": ROOT, "value": {"action": action}}
    return an_activity("invoke", where or in_channel(ROOT), **{**pressed, **changes})


def a_submit(data: Json, where: Json | None = None, **changes: Any) -> Json:
    """The press of an Action.Submit."""
    sent = {"replyToId": ROOT, "value": data, **changes}
    return an_activity("message", where or in_channel(ROOT), **sent)


def an_update(event: str, **changes: Any) -> Json:
    """Something changed in the team."""
    data = {"tenant": {"id": TENANT}, "team": {"id": TEAM, "name": "Course"}, "eventType": event}
    where = {
        "conversation": {
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": TENANT,
            "id": TEAM,
        },
        "channelData": data,
    }
    sender = {"id": ANA_ID, "aadObjectId": ANA}
    return an_activity("conversationUpdate", where, **{"from": sender, **changes})


def door(activity: Json) -> Door:
    """Who comes in by it."""
    return door_of(activity, NOW)
