"""The app package: what Teams is told of Fivefold, and the zip in which an admin uploads it.

Keys and lengths are those of Microsoft's schema for the version that is named; see
https://learn.microsoft.com/microsoft-365/extensibility/schema.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.platforms.teams.about import ABOUT_PATH, keeps
from bot.platforms.teams.icons import BACKGROUND, colour_icon, outline_icon
from bot.platforms.teams.runs import Json

VERSION = "1.19"
GOV_VERSION = "1.10"
"""What Teams in GCC High takes at most, says Microsoft's page "Build bots for Teams"."""

REPLIES = "ChannelMessage.Read.Group"
"""The consent by which a bot hears what is written in a team's channels without a mention."""

PACKAGE = "fivefold-teams.zip"

COMMANDS: Mapping[str, str] = {
    "my part": "What is still to do, and what you gave",
    "home": "All your lessons",
    "panel": "The lesson here, or your own",
    "schedule": "Plan a lesson for a channel",
    "rehearse": "Play a lesson with made-up people, for you alone",
    "status": "How the lesson stands",
    "start": "Begin the lesson",
    "pause": "Let time stand still",
    "resume": "Go on after a pause",
    "+5": "Five more minutes",
    "next": "Go on to what comes next",
    "close": "Close what is open",
    "end": "End the lesson, once you confirm it",
    "evidence": "Get all that was gathered in the lesson you lead",
    "help": "What you can say to me",
}
"""What people can say, and what comes of it."""

_OFFERED: Mapping[str, Collection[str]] = {
    "team": "my part,schedule,status,start,pause,resume,+5,next,close,help".split(","),
    "personal": "my part,home,schedule,rehearse,status,pause,+5,next,evidence,help".split(","),
}
"""What Teams lists while somebody writes, by where: ten at most."""

_DESCRIPTION = """\
Fivefold runs a 5E lesson (Engage, Explore, Explain, Elaborate, Evaluate) in a channel.

It posts each phase's prompts at their times, runs polls and discussions, forms groups, collects \
reflections and work that is handed in, has peers review it, and keeps every answer.

Facilitators plan and steer a lesson in their chat with Fivefold, or by mentioning it in the \
channel. Everybody finds their own part there: what is due, what they gave and who can see it, \
and how to change it or take it back.

It is run by your own organisation."""

_REPLIES_DESCRIPTION = """

Whoever adds it to a team allows it to read the messages in that team's channels: it takes replies \
in the thread of an activity as answers."""


def manifest(
    app_id: str, url: str, allow: Collection[str] = (), *, gov: bool = False, version: str = "1.0.0"
) -> Json:
    """The manifest of the app with this id in Entra, a GUID; its id in Teams is the same one.

    ``url`` is where Fivefold's pages are (https, no slash at its end). With "replies" in ``allow``
    the app asks each team for the consent `REPLIES`. ``gov`` is for GCC High. ``version`` has to
    rise for Teams to take a package in the place of another.
    """
    schema = GOV_VERSION if gov else VERSION
    replies = "replies" in allow
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{schema}"
        "/MicrosoftTeams.schema.json",
        "manifestVersion": schema,
        "version": version,
        "id": app_id,
        "developer": {
            "name": "Fivefold",
            "websiteUrl": url,
            "privacyUrl": f"{url}{ABOUT_PATH}#privacy",
            "termsOfUseUrl": f"{url}{ABOUT_PATH}#terms",
        },
        "name": {"short": "Fivefold", "full": "Fivefold: 5E lessons for a cohort"},
        "description": {
            "short": "Runs a 5E lesson for a cohort in a channel, and keeps every answer.",
            "full": " ".join((_DESCRIPTION, *keeps())) + (_REPLIES_DESCRIPTION if replies else ""),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#" + bytes(BACKGROUND).hex(),
        "bots": [
            {
                "botId": app_id,
                "scopes": ["team", "personal"],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [_commands(*offered) for offered in _OFFERED.items()],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(url).netloc],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot"},
        **(_consent(app_id, url, gov=gov) if replies else {}),
    }


def package(made: Json) -> bytes:
    """The zip to upload: the manifest with both icons, the same bytes for the same manifest."""
    files = {
        "manifest.json": json.dumps(made, indent=2, ensure_ascii=False).encode(),
        "color.png": colour_icon(),
        "outline.png": outline_icon(),
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, ZIP_DEFLATED)
    return packed.getvalue()


def version_at(now: datetime) -> str:
    """A version that is higher than that of any package made a second or more before."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return f"1.{now:%Y%m%d}.{int((now - midnight).total_seconds())}"


def _commands(scope: str, titles: Collection[str]) -> Json:
    commands = [{"title": title, "description": COMMANDS[title]} for title in titles]
    return {"scopes": [scope], "commands": commands}


def _consent(app_id: str, url: str, *, gov: bool) -> Json:
    # What stands under "resource" is used for nothing here, but without it Teams refuses.
    app = {"id": app_id, "resource": url}
    if gov:
        return {"webApplicationInfo": {**app, "applicationPermissions": [REPLIES]}}
    asked = [{"name": REPLIES, "type": "Application"}]
    return {
        "webApplicationInfo": app,
        "authorization": {"permissions": {"resourceSpecific": asked}},
    }
