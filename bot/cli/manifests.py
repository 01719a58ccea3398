"""What an operator tells a platform of Fivefold: Slack’s manifest, the app package for Teams."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import typer

from bot.cli.errors import BadUsage, CommandError, one_line
from bot.cli.lessons import as_json_text
from bot.cli.running import AsJson
from bot.settings import SettingsError, given_in, read_settings
from bot.settings.slack import SLACK_ALLOWS, slack_allow, slack_gov
from bot.settings.teams import TEAMS_ALLOWS, guid, teams_allow, teams_cloud

T = TypeVar("T")

CLOUDS = {"public": "the public cloud", "gcc": "GCC", "gcc-high": "GCC High"}
"""What people call the clouds of Teams."""


class Kind(StrEnum):
    """What an app can be made for."""

    slack = "slack"
    teams = "teams"


def manifest(
    kind: Annotated[Kind, typer.Argument(metavar="slack|teams", help="What the app is for.")],
    socket: Annotated[
        bool,
        typer.Option("--socket", help="Hear Slack over Socket Mode: nothing is open to it."),
    ] = False,
    gov: Annotated[
        bool,
        typer.Option(
            "--gov",
            help="For GovSlack, or for Teams in GCC High; else FIVEFOLD_SLACK_GOV, or "
            "FIVEFOLD_TEAMS_CLOUD.",
        ),
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(help="Where Fivefold’s pages are, under https; else FIVEFOLD_PUBLIC_URL."),
    ] = None,
    allow: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help="What to allow besides: history,groups in Slack, or replies in Teams; "
            "else FIVEFOLD_SLACK_ALLOW, or FIVEFOLD_TEAMS_ALLOW.",
        ),
    ] = None,
    app_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The Teams app’s id in Entra; else FIVEFOLD_TEAMS_APP_ID."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder for the package for Teams.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell Slack or Teams what Fivefold is, and the least that it must be allowed.

    For Slack the manifest is printed, as YAML: “history” lets Fivefold hear replies in threads, see
    who is in a channel and look up what it posted; “groups” lets it open group messages and private
    channels for groups. For Teams the package that an admin uploads is written into --out:
    “replies” lets Fivefold hear what is written in a thread without a mention of it.
    """
    if kind is Kind.slack:
        if app_id is not None or out is not None:
            raise BadUsage("--app-id and --out are for Teams: leave them out for Slack.")
        words = _set(slack_allow) if allow is None else _words(allow, SLACK_ALLOWS)
        _slack(words, socket, gov or _set(slack_gov), url, as_json)
    else:
        if socket:
            raise BadUsage("--socket is for Slack: leave it out for Teams.")
        words = _set(teams_allow) if allow is None else _words(allow, TEAMS_ALLOWS)
        cloud = "gcc-high" if gov else _set(teams_cloud)
        _teams(words, _app_id(app_id), cloud, url, out, as_json)


def _slack(allow: Collection[str], socket: bool, gov: bool, url: str | None, as_json: bool) -> None:
    import yaml

    from bot.platforms.slack.manifest import manifest as made

    if socket and url:
        raise BadUsage("With --socket Slack needs no address: leave --url out.")
    found = made(allow, "" if socket else _pages(url, "Slack", "; or use --socket"))
    if as_json:
        typer.echo(as_json_text(found))
        return
    where = f"https://api.{'slack-gov' if gov else 'slack'}.com/apps?new_app=1"
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=90)
    typer.echo(f"# Paste this at {where} under “From a manifest”.\n{text}", nl=False)


def _teams(
    allow: Collection[str],
    app_id: str,
    cloud: str,
    url: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    from bot.clock import SystemClock
    from bot.platforms.teams.manifest import PACKAGE, package, version_at
    from bot.platforms.teams.manifest import manifest as made

    if (out is None) is not as_json:
        raise BadUsage("Say where the package for Teams goes (--out DIR), or give --json.")
    gov = cloud == "gcc-high"
    version = version_at(SystemClock().now())
    found = made(app_id, _pages(url, "Teams"), allow, gov=gov, version=version)
    if out is None:
        typer.echo(as_json_text(found))
        return
    path = out / PACKAGE
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(package(found))
    except OSError as error:
        why = (error.strerror or "it is refused").lower()
        raise CommandError(
            f"{path} cannot be written ({why}): choose another folder with --out."
        ) from None
    where = f"https://admin{'.gov' if gov else ''}.teams.microsoft.{'us' if gov else 'com'}"
    hears = "hears replies" if "replies" in allow else "hears what mentions it"
    typer.echo(
        f"{path} is written (for {CLOUDS[cloud]}; {hears}): upload it at {where} under “Teams "
        "apps”, “Manage apps”."
    )


def _set(read: Callable[[Mapping[str, str]], T]) -> T:
    try:
        return read(given_in(os.environ))
    except SettingsError as error:
        raise BadUsage(str(error)) from None


def _words(allow: str, known: tuple[str, ...]) -> Collection[str]:
    words = {word.strip() for word in allow.split(",")} - {""}
    if unknown := sorted(words - set(known)):
        both = f", or {','.join(known)} for both" if len(known) > 1 else ""
        raise BadUsage(
            f"--allow has “{one_line(unknown[0])}” in it: give {' or '.join(known)}{both}."
        )
    return words


def _app_id(given: str | None) -> str:
    text = (os.environ.get("FIVEFOLD_TEAMS_APP_ID", "") if given is None else given).strip()
    if not text:
        raise BadUsage(
            "Teams has to know the app: give its “Application (client) ID” from Entra with "
            "--app-id, or set FIVEFOLD_TEAMS_APP_ID."
        )
    if not (found := guid(text)):
        raise BadUsage(
            f"“{one_line(text)}” is no id of an app: give the “Application (client) ID” from "
            "Entra, such as 01234567-89ab-cdef-0123-456789abcdef, with --app-id or as "
            "FIVEFOLD_TEAMS_APP_ID."
        )
    return found


def _pages(url: str | None, who: str, instead: str = "") -> str:
    given = (os.environ.get("FIVEFOLD_PUBLIC_URL", "") if url is None else url).strip()
    try:
        found = read_settings({"FIVEFOLD_PUBLIC_URL": given}).public_url
    except SettingsError:
        found = ""
    give = f"give --url https://lessons.example.org or set FIVEFOLD_PUBLIC_URL{instead}."
    if not given:
        raise BadUsage(f"{who} has to know where Fivefold’s pages are: {give}")
    if not found.startswith("https://"):
        raise BadUsage(f"“{one_line(given)}” will not do, as {who} goes only to https: {give}")
    if _is_inside(urlsplit(found).hostname or ""):
        raise BadUsage(
            f"“{one_line(given)}” is an address that {who} cannot reach from outside: {give}"
        )
    return found


def _is_inside(host: str) -> bool:
    """Whether only this machine or its own network knows this host."""
    host = host.rstrip(".")
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
