"""How the command starts: quickly, with nothing loaded that it does not need."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.app import COMMANDS
from tests.cli.conftest import Fivefold

HEAVY = (
    "aiohttp alembic apscheduler asyncio asyncpg botbuilder holidays jinja2 rich slack_bolt "
    "slack_sdk sqlalchemy starlette uvicorn yaml "
    "bot.app bot.facilitation bot.platforms bot.service bot.storage bot.web"
).split()
LISTING = """
import json, sys
from bot.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def started(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; its standard error ends with the modules it loaded."""
    return subprocess.run(
        [sys.executable, "-c", LISTING, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def loaded(process: subprocess.CompletedProcess[str]) -> set[str]:
    return set(json.loads(process.stderr.splitlines()[-1]))


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_check_loads_nothing_heavy(plan: Path, more: tuple[str, ...]) -> None:
    process = started("check", plan, *more)
    assert process.returncode == 0
    assert "Choosing a Water Filter" in process.stdout
    assert set(HEAVY) & loaded(process) == set()


def test_help_lists_every_command_without_loading_one() -> None:
    process = started("--help")
    assert process.returncode == 0
    for command in COMMANDS:
        assert command.name in process.stdout
    assert {command.where.partition(":")[0] for command in COMMANDS} & loaded(process) == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_can_be_loaded_and_explains_itself(
    fivefold: Fivefold, command: object
) -> None:
    name = getattr(command, "name", "")
    said = fivefold(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"fivefold {name}" in said.out


def test_every_help_line_is_a_sentence_that_fits_a_narrow_terminal() -> None:
    lines = [f"  {command.name:<10}{command.help}" for command in COMMANDS]
    assert [line for line in lines if len(line) > 76 or not line.endswith(".")] == []


def test_python_m_bot_is_the_same_command() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "bot", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (process.returncode, process.stdout.split()[0]) == (0, "fivefold")


def test_a_reader_that_goes_away_is_no_mistake(plan: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-m", "bot", "derive", str(plan)],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (1, b"")
