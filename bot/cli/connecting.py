"""What an operator does to see that all is connected as it should be: ``fivefold doctor``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import typer

from bot.cli.errors import FAILED, one_line
from bot.cli.lessons import filled, runnable
from bot.lessons.library import CONTENT
from bot.settings import SettingsError, load_secret, read_settings, unknown

if TYPE_CHECKING:
    from bot.chat.address import Place
    from bot.chat.message import Form, Message
    from bot.platforms.slack.config import SlackConfig
    from bot.settings import Settings
    from bot.storage.store import SqlStore

Row = tuple[str, bool | None, str]
"""What was looked at, whether it is in order (``None``: it could not be looked at), and more."""

MARKS = {True: "ok", False: "problem", None: "not checked"}


def doctor() -> None:
    """Look whether all is connected as it should be: settings, secret, database, Slack and Teams.
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
    rows: list[Row] = [
        ("settings", False, f"{name} is no setting of Fivefold’s: see how it is spelt.")
        for name in unknown(os.environ)
    ]
    rows = rows or [("settings", True, "Everything that is set can be used.")]
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
            return [reached, *await _platforms(settings, store)]
    except StoreUnavailable as error:
        return [("database", False, str(error)), *await _platforms(settings, None)]


async def _platforms(settings: Settings, store: SqlStore | None) -> list[Row]:
    return [*await _slack(settings, store), *await _teams(settings, store)]


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
    places = await _places(store, "slack") if store else ()
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


async def _teams(settings: Settings, store: SqlStore | None) -> list[Row]:
    if settings.teams is None:
        return [("teams", None, "It is not set up; docs/teams.md says how that is done.")]
    from bot.app import record_secret
    from bot.clock import SystemClock
    from bot.platforms.teams.checks import check_teams
    from bot.platforms.teams.config import CLOUDS, TeamsConfig
    from bot.storage.vault import Vault

    given = asdict(settings.teams) | {"cloud": CLOUDS[settings.teams.cloud]}
    config = TeamsConfig(**given, public_url=settings.public_url)
    records = Vault(store.database, [record_secret(settings)]) if store else None
    places = await _places(store, "teams") if store else ()
    checks = await check_teams(config, records, places, tuple(_samples()), SystemClock())
    return [(f"teams {check.name}", check.ok, check.sentence) for check in checks]


async def _places(store: SqlStore, platform: str) -> tuple[Place, ...]:
    """Where lessons that have not ended are held there; rehearsals are held nowhere."""
    async with store.reading() as reading:
        runs = await reading.runs()
    held = [run for run in runs if run.status != "ended" and not run.rehearsal]
    return tuple(run.main for run in held if run.main.platform == platform)


def _samples() -> Iterator[tuple[str, Message | Form]]:
    """Everything that the lessons which come with Fivefold say."""
    from bot.facilitation.gallery import gallery

    for plan in sorted(CONTENT.glob("*/plan.md")):
        lesson = runnable(plan.parent).for_pace("live")
        for name, what in gallery(filled(lesson, dict(lesson.script.places), "live")):
            yield f"{plan.parent.name} {name}", what
