"""The shapes in which Slack tells an app what happened, as its documentation gives them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.slack.workspace import APP, BOT_USER, Workspace

Json = Any

_EMOJI = {
    "🎉": ("tada", "1f389"),
    "👍": ("+1", "1f44d"),
    "👋🏽": ("wave", "1f44b-1f3fd"),
    "🧑‍🚀": ("astronaut", "1f9d1-200d-1f680"),
    "😀": ("grinning", "1f600"),
}
_SPECIAL = re.compile("|".join([r"https?://[^\s<>\"]+", *map(re.escape, _EMOJI)]))


def escaped(text: str) -> str:
    """Text as Slack keeps it: three characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> list[Json]:
    """The rich text elements that Slack's editor makes of typed words.

    Web addresses become links and emoji become names, as far as this knows them.
    """
    made: list[Json] = []
    for found, special in _parts(text):
        if not special:
            made.append({"type": "text", "text": found})
        elif found in _EMOJI:
            name, code = _EMOJI[found]
            made.append({"type": "emoji", "name": name, "unicode": code})
        else:
            made.append({"type": "link", "url": found})
    return made


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for match in _SPECIAL.finditer(text):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match.group(), True
        end = match.end()
    if text[end:]:
        yield text[end:], False


def as_text(elements: Sequence[Mapping[str, Any]]) -> str:
    """The ``text`` of a message with these elements."""
    return "".join(map(_as_text, elements))


def _as_text(element: Mapping[str, Any]) -> str:
    match element["type"]:
        case "link" if "text" in element:
            return f"<{escaped(element['url'])}|{escaped(element['text'])}>"
        case "link":
            return f"<{escaped(element['url'])}>"
        case "emoji":
            return f":{element['name']}:"
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "broadcast":
            return f"<!{element['range']}>"
        case _:
            return escaped(element["text"])


def rich(elements: list[Json], block_id: str) -> list[Json]:
    """The ``blocks`` of a message that somebody typed."""
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def channel_type(workspace: Workspace, channel: str) -> str:
    """What kind of channel an event says this one is."""
    if channel in workspace.private:
        return "group"
    return {"D": "im", "G": "mpim"}.get(channel[:1], "channel")


def envelope(workspace: Workspace, event: Json, event_id: str, at: float) -> Json:
    """An event as the Events API sends it."""
    enterprise = workspace.enterprise or None
    return {
        "token": "not to be trusted",
        "team_id": workspace.team,
        "context_team_id": workspace.team,
        "context_enterprise_id": enterprise,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": None if workspace.org_wide else workspace.team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": workspace.org_wide,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
        **({"enterprise_id": enterprise} if enterprise else {}),
    }


def acting(workspace: Workspace, kind: str, user: str) -> dict[str, Any]:
    """What every interaction begins with: who did it, and where they belong."""
    handle = workspace.handles[user]
    enterprise = workspace.enterprise
    return {
        "type": kind,
        "user": {"id": user, "username": handle, "name": handle, "team_id": workspace.team},
        "api_app_id": APP,
        "token": "not to be trusted",
        "team": {"id": workspace.team, "domain": workspace.domain},
        "enterprise": {"id": enterprise, "name": "The agency"} if enterprise else None,
        "is_enterprise_install": workspace.org_wide,
    }


def channel_named(workspace: Workspace, channel: str) -> dict[str, str]:
    """A channel as an interaction names it."""
    names = {id: name for name, id in workspace.channels.items()}
    unnamed = "directmessage" if channel.startswith("D") else "privategroup"
    return {"id": channel, "name": names.get(channel, unnamed)}


def action(block: Json, element: Json, state: Mapping[str, Any], at: str) -> dict[str, Any]:
    """One entry of ``actions``: the element, and what was given with it."""
    told = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": at,
    }
    if element["type"] == "button":
        return {**told, "text": element["text"], "value": element.get("value", "")}
    return {**told, **state}


def command(
    workspace: Workspace, user: str, channel: str, text: str, trigger: str, response_url: str
) -> dict[str, str]:
    """A slash command, as the fields of a form."""
    enterprise = workspace.enterprise
    named = {"enterprise_id": enterprise, "enterprise_name": "The agency"} if enterprise else {}
    return {
        "token": "not to be trusted",
        "team_id": workspace.team,
        "team_domain": workspace.domain,
        **named,
        "channel_id": channel,
        "channel_name": channel_named(workspace, channel)["name"],
        "user_id": user,
        "user_name": workspace.handles[user],
        "command": "/fivefold",
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": str(workspace.org_wide).lower(),
        "response_url": response_url,
        "trigger_id": trigger,
    }
