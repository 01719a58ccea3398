"""What the environment says of Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.settings.problem import SettingsError
from bot.settings.values import is_yes, words_of

SLACK_API = "https://slack.com/api/"
GOV_SLACK_API = "https://slack-gov.com/api/"
SLACK_ALLOWS = ("history", "groups")

_SLACK = "FIVEFOLD_SLACK_"
_CREDENTIALS = ("SIGNING_SECRET", "APP_TOKEN", "BOT_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
SLACK_NAMES = tuple(f"{_SLACK}{name}" for name in (*_CREDENTIALS, "ALLOW", "GOV", "API_URL"))
"""The variables that are for Slack."""
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How Slack is connected; what is not set is ``""``. ``api_url`` ends with a slash.

    With an ``app_token`` over Socket Mode, else over HTTP with a ``signing_secret``; and with a
    ``bot_token``, or with ``client_id`` and ``client_secret``, or with both.
    """

    signing_secret: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    api_url: str = SLACK_API
    allow: frozenset[str] = frozenset()


def read_slack(given: Mapping[str, str]) -> SlackSettings | None:
    """What is set for Slack, or ``None`` where nothing connects to it. Raises SettingsError."""
    allow, api_url = slack_allow(given), _api_url(given)
    values = {name: _credential(given, name) for name in _CREDENTIALS}
    present = [f"{_SLACK}{name}" for name, value in values.items() if value]
    if not present:
        return None
    if not (values["SIGNING_SECRET"] or values["APP_TOKEN"]):
        raise SettingsError(
            f"{present[0]} is set, but nothing to hear Slack by: set FIVEFOLD_SLACK_APP_TOKEN "
            "(Socket Mode) or FIVEFOLD_SLACK_SIGNING_SECRET (HTTP)."
        )
    if bool(values["CLIENT_ID"]) != bool(values["CLIENT_SECRET"]):
        here, missing = sorted(("CLIENT_ID", "CLIENT_SECRET"), key=values.__getitem__, reverse=True)
        raise SettingsError(
            f"{_SLACK}{here} is set without {_SLACK}{missing}: set both, or for one workspace "
            "neither and FIVEFOLD_SLACK_BOT_TOKEN."
        )
    if not (values["BOT_TOKEN"] or values["CLIENT_ID"]):
        raise SettingsError(
            f"{present[0]} is set, but nothing to speak to Slack with: set "
            "FIVEFOLD_SLACK_BOT_TOKEN for one workspace, or FIVEFOLD_SLACK_CLIENT_ID and "
            "FIVEFOLD_SLACK_CLIENT_SECRET for many."
        )
    return SlackSettings(
        signing_secret=values["SIGNING_SECRET"],
        client_id=values["CLIENT_ID"],
        client_secret=values["CLIENT_SECRET"],
        app_token=values["APP_TOKEN"],
        bot_token=values["BOT_TOKEN"],
        api_url=api_url,
        allow=allow,
    )


def _credential(given: Mapping[str, str], name: str) -> str:
    value = given.get(f"{_SLACK}{name}", "")
    beginning = {"APP_TOKEN": "xapp-", "BOT_TOKEN": "xoxb-"}.get(name, "")
    # The value itself is secret, so it is not repeated.
    if value and not value.startswith(beginning):
        raise SettingsError(
            f"{_SLACK}{name} does not begin with {beginning}, so it is another of Slack's tokens: "
            "copy the right one from your app's pages."
        )
    if value and not _PRINTABLE.fullmatch(value):
        raise SettingsError(
            f"{_SLACK}{name} has a space or a letter in it that Slack never uses: copy it once "
            "more from your app's pages."
        )
    return value


def slack_allow(given: Mapping[str, str]) -> frozenset[str]:
    """What is allowed besides the least. Raises SettingsError."""
    return words_of(given, f"{_SLACK}ALLOW", SLACK_ALLOWS)


def slack_gov(given: Mapping[str, str]) -> bool:
    """Whether it is GovSlack. Raises SettingsError."""
    return is_yes(given, f"{_SLACK}GOV", "for GovSlack")


def _api_url(given: Mapping[str, str]) -> str:
    url = given.get(f"{_SLACK}API_URL", GOV_SLACK_API if slack_gov(given) else SLACK_API)
    try:
        parts = urlsplit(url)
        loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
        good = parts.scheme == "https" or (parts.scheme == "http" and loopback)
        good = good and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.query or parts.fragment or parts.username or re.search(r"\s", url):
        raise SettingsError(
            f"{_SLACK}API_URL is no address of a Slack API: write it like {SLACK_API}, with "
            "https:// unless it is on this machine."
        )
    return f"{url.rstrip('/')}/"
