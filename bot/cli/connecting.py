"""What an operator does to connect Fivefold: get the app manifest, and see that all is in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import FAILED, BadUsage, one_line
from bot.cli.lessons import as_json_text, filled, runnable
from bot.cli.running import AsJson
from bot.lessons.library import CONTENT
from bot.settings import SLACK_ALLOWS, SettingsError, load_secret, read_settings

if TYPE_CHECKING:
    from bot.chat.address import Place
    from bot.platforms.slack.checks import Sample
    from bot.platforms.slack.config import SlackConfig
    from bot.settings import Settings
    from bot.storage.store import SqlStore

Row = tuple[str, bool | None, str]
"""What was looked at, whether it is in order (``None``: it could not be looked at), and more."""

MARKS = {True: "ok", False: "problem", None: "not checked"}


class Kind(StrEnum):
    """What an app can be made for."""

    slack = "slack"


def manifest(
    kind: Annotated[Kind, typer.Argument(metavar="slack", help="What the app is for.")],
    socket: Annotated[
        bool, typer.Option("--socket", help="Hear Slack over Socket Mode: nothing is open to it.")
    ] = False,
    gov: Annotated[bool, typer.Option("--gov", help="For GovSlack.")] = False,
    url: Annotated[
        str | None,
        typer.Option(help="Where Fivefold’s pages are, under https; else FIVEFOLD_PUBLIC_URL."),
    ] = None,
    allow: Annotated[
        str, typer.Option(metavar="WORDS", help="What to allow besides: history,groups.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print the manifest that Slack asks for when an app is made, as YAML, with the least scopes.

    “history” lets Fivefold hear replies in threads, see who is in a channel and look up what it
    posted; “groups” lets it open group messages and private channels for groups.
    """
    import yaml

    from bot.platforms.slack.manifest import manifest as made

    if socket and url:
        raise BadUsage("With --socket Slack needs no address: leave --url out.")
    words = {word.strip() for word in allow.split(",")} - {""}
    if unknown := sorted(words - set(SLACK_ALLOWS)):
        raise BadUsage(
            f"--allow has “{one_line(unknown[0])}” in it: give {' or '.join(SLACK_ALLOWS)}, or "
            f"{','.join(SLACK_ALLOWS)} for both."
        )
    found = made(words, "" if socket else _pages(url))
    if as_json:
        typer.echo(as_json_text(found))
        return
    where = f"https://api.{'slack-gov' if gov else 'slack'}.com/apps?new_app=1"
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=90)
    typer.echo(f"# Paste this at {where} under “From a manifest”.\n{text}", nl=False)


def _pages(url: str | None) -> str:
    given = os.environ.get("FIVEFOLD_PUBLIC_URL", "") if url is None else url
    try:
        found = read_settings({"FIVEFOLD_PUBLIC_URL": given}).public_url
    except SettingsError:
        found = ""
    if not found.startswith("https://"):
        raise BadUsage(
            "Slack has to know where Fivefold’s pages are, and goes only to https: give --url "
            "https://lessons.example.org or set FIVEFOLD_PUBLIC_URL; or use --socket."
        )
    return found


def doctor() -> None:
    """Look whether everything is connected as it should be: settings, secret, database and Slack.
    Nothing is posted. The exit code is 1 if something is not in order, and what to do is said."""
    rows = asyncio.run(_looked())
    for name, ok, sentence in rows:
        typer.echo(f"{MARKS[ok]:<12}{one_line(name)}: {one_line(sentence)}")
    if any(ok is False for _, ok, _ in rows):
        raise typer.Exit(FAILED)


async def _looked() -> list[Row]:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        return [("settings", False, str(error))]
    rows: list[Row] = [("settings", True, "Everything that is set can be used.")]
    try:
        load_secret(settings)
        rows.append(("secret", True, "There is one to sign and to seal with."))
    except SettingsError as error:
        return [*rows, ("secret", False, str(error))]
    return [*rows, *await _stored(settings)]


async def _stored(settings: Settings) -> list[Row]:
    from bot.service.store import StoreUnavailable
    from bot.storage.store import open_store

    try:
        async with open_store(settings.database, lane_of=str) as store:
            reached: Row = ("database", True, "It is reached, and it is up to date.")
            return [reached, *await _slack(settings, store)]
    except StoreUnavailable as error:
        return [("database", False, str(error)), *await _slack(settings, None)]


async def _slack(settings: Settings, store: SqlStore | None) -> list[Row]:
    if settings.slack is None:
        return [("slack", None, "It is not set up; docs/slack.md says how that is done.")]
    from bot.chat.platform import RecordsUnavailable
    from bot.clock import SystemClock
    from bot.platforms.slack.checks import check_slack
    from bot.platforms.slack.config import SlackConfig

    config = SlackConfig(**asdict(settings.slack), public_url=settings.public_url)
    tokens = {"your workspace": config.bot_token} if config.bot_token else {}
    if store is not None and config.client_id:
        try:
            tokens |= await _installed(settings, config, store)
        except RecordsUnavailable as error:
            return [("slack", False, str(error))]
    if not tokens and store is None:
        return [("slack", None, "Who is connected stands in the database: see to that first.")]
    places = await _places(store) if store else ()
    checks = await check_slack(config, tokens, places, tuple(_samples()), SystemClock())
    return [(check.name, check.ok, check.sentence) for check in checks]


async def _installed(settings: Settings, config: SlackConfig, store: SqlStore) -> Mapping[str, str]:
    """The bot tokens of the workspaces that were connected by OAuth, by names for them.

    Raises RecordsUnavailable, such as where they were sealed with another secret.
    """
    from bot.app import record_secret
    from bot.chat.platform import PlatformFailure
    from bot.clock import SystemClock
    from bot.platforms.slack.installs import Installs
    from bot.storage.vault import Vault

    records = Vault(store.database, [record_secret(settings)])
    # The token that was copied by hand is looked at by itself.
    installs = Installs(records, replace(config, bot_token=""), SystemClock())
    tokens = {}
    for install in await installs.all():
        # Where there is no fresh one, Slack says by the old one what is wrong.
        with suppress(PlatformFailure):
            install = await installs.fresh(install.tenant)
        tokens[f"{install.name} ({install.tenant})"] = install.bot_token
    return tokens


async def _places(store: SqlStore) -> tuple[Place, ...]:
    """Where lessons that have not ended are held in Slack."""
    async with store.reading() as reading:
        runs = await reading.runs()
    return tuple(run.main for run in runs if run.status != "ended" and run.main.platform == "slack")


def _samples() -> Iterator[Sample]:
    """Everything that the lessons which come with Fivefold say."""
    from bot.facilitation.gallery import gallery

    for plan in sorted(CONTENT.glob("*/plan.md")):
        lesson = runnable(plan.parent).for_pace("live")
        for name, what in gallery(filled(lesson, dict(lesson.script.places), "live")):
            yield f"{plan.parent.name} {name}", what
