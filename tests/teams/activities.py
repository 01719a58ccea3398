"""Activities as Teams writes them: who, where, when, and around them what everything has. Pure."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.teams.entra import BOT
from tests.teams.organisation import GENERAL, MARK, Organisation, Someone, Team

Json = Any
NAME = "Fivefold"
MENTION = f"<at>{NAME}</at>"
_SPAN = f'<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">{NAME}</span>'


def activity(
    organisation: Organisation, service_url: str, who: Someone, kind: str, at: float, **more: Json
) -> dict[str, Json]:
    """What every activity has, and ``more``; ``at`` is in seconds."""
    now = datetime.fromtimestamp(at, UTC)
    local = now.astimezone(ZoneInfo(who.zone))
    return {
        "type": kind,
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "localTimestamp": local.isoformat(timespec="milliseconds"),
        "localTimezone": who.zone,
        "locale": "en-US",
        "id": f"f:{organisation.new_guid()}",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": who.id, "name": who.name, "aadObjectId": who.aad},
        "recipient": {"id": BOT, "name": NAME},
        "entities": [_client(who)],
        **more,
    }


def update(
    organisation: Organisation, service_url: str, who: Someone, kind: str, at: float, **more: Json
) -> dict[str, Json]:
    """What tells that something changed: it has no client, and its author no name."""
    whole = activity(organisation, service_url, who, kind, at)
    nowhere = ("localTimestamp", "localTimezone", "entities", "locale")
    known = {key: value for key, value in whole.items() if key not in nowhere}
    return {**known, "from": {"id": who.id, "aadObjectId": who.aad}, **more}


def _client(who: Someone) -> Json:
    client = {"locale": "en-US", "country": "US", "platform": "Web", "timezone": who.zone}
    return {**client, "type": "clientInfo"}


def in_talk(organisation: Organisation, id: str) -> dict[str, Json]:
    """Where it happened: between a person and the bot."""
    tenant = organisation.tenant
    return {
        "conversation": {"conversationType": "personal", "tenantId": tenant, "id": id},
        "channelData": {"tenant": {"id": tenant}},
    }


def in_channel(
    organisation: Organisation, team: Team, channel: str, root: str = ""
) -> dict[str, Json]:
    """Where it happened: in a thread of a channel, or in the channel."""
    tenant = organisation.tenant
    name = next(name for name, id in team.channels.items() if id == channel)
    id = f"{channel}{MARK}{root}" if root else channel
    kind = {"isGroup": True, "conversationType": "channel", "tenantId": tenant}
    return {
        "conversation": {**kind, "id": id, **({} if name == GENERAL else {"name": name})},
        "channelData": {
            "teamsChannelId": channel,
            "teamsTeamId": team.id,
            "channel": {"id": channel},
            "team": {"id": team.id},
            "tenant": {"id": tenant},
        },
    }


def in_team(
    organisation: Organisation, team: Team, event: str, selected: str = "", **more: Json
) -> dict[str, Json]:
    """Where it happened: in a team; ``selected`` is the channel that its owner had before them."""
    tenant = organisation.tenant
    kind = {"isGroup": True, "conversationType": "channel", "tenantId": tenant}
    settings = {"settings": {"selectedChannel": {"id": selected}}} if selected else {}
    return {
        "conversation": {**kind, "id": team.id},
        "channelData": {
            "team": {"aadGroupId": team.group, "name": team.name, "id": team.id},
            **({"eventType": event} if event else {}),
            "tenant": {"id": tenant},
            **settings,
            **more,
        },
    }


def words(who: Someone, text: str, *, mention: bool = False) -> dict[str, Json]:
    """What somebody wrote: as text in which a mention is a tag, and as HTML."""
    spaced = re.sub(" (?= )|(?m:^ )", "&nbsp;", html.escape(text, quote=False))
    inner = spaced.replace("\n", "<br>")
    page = f"<p>{_SPAN}&nbsp;{inner}</p>" if mention else f"<p>{inner}</p>"
    mentioned = {"mentioned": {"id": BOT, "name": NAME}, "text": MENTION, "type": "mention"}
    return {
        "textFormat": "plain",
        "text": f"{MENTION} {text}\n" if mention else text,
        "attachments": [{"contentType": "text/html", "content": page}],
        "entities": [*([mentioned] if mention else []), _client(who)],
    }


def pressed(action: Json, value: Json, message_id: str) -> dict[str, Json]:
    """The press of an Action.Execute, or with any other action, of an Action.Submit."""
    if action["type"] != "Action.Execute":
        return {"replyToId": message_id, "value": value}
    sent = {"type": "Action.Execute", "verb": action.get("verb", ""), "data": value}
    return {
        "name": "adaptiveCard/action",
        "replyToId": message_id,
        "value": {"action": sent, "trigger": "manual"},
    }
