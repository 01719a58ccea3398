"""What the environment says of Microsoft Teams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.settings.problem import SettingsError
from bot.settings.values import is_yes, words_of

TEAMS_CLOUDS = ("public", "gcc", "gcc-high")
TEAMS_ALLOWS = ("replies",)

_TEAMS = "FIVEFOLD_TEAMS_"
_APP_ID = f"{_TEAMS}APP_ID"
_SECRET = f"{_TEAMS}APP_SECRET"
_TENANT = f"{_TEAMS}TENANT"
_CLOUD = f"{_TEAMS}CLOUD"
_ALLOW = f"{_TEAMS}ALLOW"
_LOCAL = f"{_TEAMS}LOCAL"
TEAMS_NAMES = (_APP_ID, _SECRET, _TENANT, _CLOUD, _ALLOW, _LOCAL)
"""The variables that are for Teams."""
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PRINTABLE = re.compile(r"[!-~]+")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """How Teams is connected: by one app of one tenant, both GUIDs in small letters.

    With ``local`` there is no app, and what belongs to one is ``""``.
    """

    app_id: str = ""
    secret: str = field(default="", repr=False)
    tenant: str = ""
    cloud: str = "public"
    allow: frozenset[str] = frozenset()
    local: bool = False


def read_teams(given: Mapping[str, str], host: str, public_url: str) -> TeamsSettings | None:
    """What is set for Teams, or ``None`` where nothing connects to it. Raises SettingsError.

    ``host`` is where Fivefold listens, ``public_url`` where people reach it.
    """
    allow, cloud = teams_allow(given), teams_cloud(given)
    if is_yes(given, _LOCAL, "to try it without an app"):
        for name in (_APP_ID, _SECRET, _TENANT, _CLOUD):
            if name in given:
                raise SettingsError(
                    f"{_LOCAL} is yes, and so {name} cannot be set: leave one of them out."
                )
        keep_local(host, public_url)
        return TeamsSettings(allow=allow, local=True)
    app_id, tenant = _guid(given, _APP_ID), _guid(given, _TENANT)
    secret = _secret(given)
    if not app_id:
        if present := [name for name in (_SECRET, _TENANT, _CLOUD, _ALLOW) if name in given]:
            raise SettingsError(
                f"{present[0]} is set without {_APP_ID}: set the id of your Teams app, or leave "
                "out all that is for Teams."
            )
        return None
    for name, value in ((_SECRET, secret), (_TENANT, tenant)):
        if not value:
            raise SettingsError(
                f"{_APP_ID} is set without {name}: copy it from the app's pages in Entra."
            )
    return TeamsSettings(app_id=app_id, secret=secret, tenant=tenant, cloud=cloud, allow=allow)


def keep_local(host: str, public_url: str = "") -> None:
    """Raises SettingsError where others could reach what is set up for this machine alone."""
    if host not in _LOOPBACK:
        raise SettingsError(
            f"{_LOCAL} is yes, and listening on {host} would let everybody in: listen on "
            f"127.0.0.1, or set {_APP_ID} instead."
        )
    if public_url and urlsplit(public_url).hostname not in _LOOPBACK:
        raise SettingsError(
            f"{_LOCAL} is yes, and FIVEFOLD_PUBLIC_URL leads here from elsewhere, which would let "
            f"everybody in: leave it out, or set {_APP_ID} instead."
        )


def guid(text: str) -> str:
    """The GUID in small letters; ``""`` where it is none."""
    found = text.strip().lower()
    return found if _GUID.fullmatch(found) else ""


def _guid(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        return ""
    found = guid(given[name])
    if not found:
        which = "Application (client) ID" if name == _APP_ID else "Directory (tenant) ID"
        raise SettingsError(
            f"{name} is no id as Entra writes them (such as "
            f"01234567-89ab-cdef-0123-456789abcdef): copy the “{which}” of the app."
        )
    return found


def _secret(given: Mapping[str, str]) -> str:
    value = given.get(_SECRET, "")
    # The value itself is secret, so it is not repeated.
    if guid(value):
        raise SettingsError(
            f"{_SECRET} looks like the id of a secret: copy what Entra shows under “Value”, which "
            "it does only once."
        )
    if value and not _PRINTABLE.fullmatch(value):
        raise SettingsError(
            f"{_SECRET} has a space or a letter in it that Entra never uses: copy the secret's "
            "“Value” once more, or make a new one."
        )
    return value


def teams_cloud(given: Mapping[str, str]) -> str:
    """The cloud that is set, one of `TEAMS_CLOUDS`. Raises SettingsError."""
    cloud = given.get(_CLOUD, "public").lower()
    if cloud not in TEAMS_CLOUDS:
        raise SettingsError(
            f"{_CLOUD} is {given[_CLOUD]!r}: choose one of {', '.join(TEAMS_CLOUDS)}."
        )
    return cloud


def teams_allow(given: Mapping[str, str]) -> frozenset[str]:
    """What is set as allowed, of `TEAMS_ALLOWS`. Raises SettingsError."""
    return words_of(given, _ALLOW, TEAMS_ALLOWS)
