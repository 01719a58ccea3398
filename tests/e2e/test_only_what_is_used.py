"""What is not set up is not loaded: each platform's SDK, and ours for it, in a fresh process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

GUID = "11111111-2222-4333-8444-555555555555"
SLACK = {"FIVEFOLD_SLACK_SIGNING_SECRET": "a" * 32, "FIVEFOLD_SLACK_BOT_TOKEN": "xoxb-1-2-abc"}
TEAMS = {
    "FIVEFOLD_TEAMS_APP_ID": GUID,
    "FIVEFOLD_TEAMS_APP_SECRET": "a-secret-of-the-tests",
    "FIVEFOLD_TEAMS_TENANT": GUID,
    "FIVEFOLD_PUBLIC_URL": "https://fivefold.test",
}
OF_SLACK = {"bot.platforms.slack", "slack_bolt", "slack_sdk"}
OF_TEAMS = {"bot.platforms.teams", "botbuilder", "botframework", "msrest"}
OPENS = """
import asyncio, json, os, sys
import bot.cli.running
from bot.app import open_app
from bot.settings import read_settings
from bot.storage.migrate import migrate

async def opens():
    settings = read_settings(os.environ)
    await migrate(settings.database)
    async with open_app(settings) as app:
        app.web()

asyncio.run(opens())
print(json.dumps(sorted(sys.modules)))
"""


async def loaded(folder: Path, given: dict[str, str]) -> set[str]:
    """What a process has loaded that was open with these settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FIVEFOLD_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OPENS),
        env={**own, "FIVEFOLD_DATABASE": f"sqlite:///{folder}/fivefold.db", **given},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return set(json.loads(out))


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, frozenset()),
        (SLACK, OF_SLACK),
        (TEAMS, OF_TEAMS),
        ({**SLACK, **TEAMS}, OF_SLACK | OF_TEAMS),
    ],
    ids=["neither", "slack", "teams", "both"],
)
async def test_only_the_platforms_that_are_set_up_are_loaded(
    tmp_path: Path, given: dict[str, str], there: frozenset[str]
) -> None:
    assert await loaded(tmp_path, given) & (OF_SLACK | OF_TEAMS) == there
