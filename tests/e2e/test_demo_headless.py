"""The demo without a visitor: it ends by itself, and the same seed gives the same evidence."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.cli.app import invoke
from bot.cli.errors import guarded
from tests.e2e.demos import COMMAND, REPOSITORY, environment, evidence, headless

FEW = ("--people", 5)
SHORT = """\
# Choosing a Water Filter

**Duration:** 20 minutes

## Lesson Structure
### Engage
**Duration:** 10 minutes

**Learner Activities:** Say what you would do with river water.

**Technology Integration:** Use a poll on who has cleaned a filter

### Evaluate
**Duration:** 10 minutes

**Learner Activities:** Give peer feedback on each other's choice.

## Reflection Questions
### For Learners
* What surprised you?
"""


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A lesson that takes next to no time."""
    plan = tmp_path / "water.md"
    plan.write_text(SHORT, "utf-8")
    return plan


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIVEFOLD_DATABASE", raising=False)
    monkeypatch.chdir(REPOSITORY)


def demo(out: Path, *words: object) -> int:
    """The exit code of a demo in this process, which is quicker than one of its own."""
    command = ["demo", "--headless", "--out", str(out), *map(str, words)]
    return guarded(lambda: invoke(command))


def pack(out: Path) -> dict[str, bytes]:
    """Every file of evidence, by its name."""
    found = {path.name: path.read_bytes() for path in out.iterdir()}
    return {name: content for name, content in found.items() if not name.startswith("demo")}


def test_one_seed_gives_one_evidence_and_another_gives_another(short: Path, tmp_path: Path) -> None:
    # Two processes: each has its own order of sets.
    process = headless(tmp_path / "first", short, *FEW, "--seed", 1)
    assert (process.returncode, process.stderr) == (0, "")
    assert demo(tmp_path / "second", short, *FEW, "--seed", 1) == 0
    assert demo(tmp_path / "third", short, *FEW, "--seed", 2) == 0
    first, second, third = (pack(tmp_path / out) for out in ("first", "second", "third"))
    assert {"evidence.json", "evidence.html", "responses.csv", "polls.csv"} <= first.keys()
    assert first == second
    assert [name for name in ("evidence.json", "responses.csv") if first[name] == third[name]] == []


def test_one_persona_is_enough(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert demo(out, short, "--people", 1) == 0
    assert len({answer["participant"] for answer in evidence(out)["answers"]}) == 1


def test_a_demo_that_was_killed_goes_on_where_it_was(short: Path, tmp_path: Path) -> None:
    out, undisturbed = tmp_path / "out", tmp_path / "undisturbed"
    command = [*COMMAND, str(short), "--headless", "--people", "5", "--out", str(out)]
    with subprocess.Popen(command, env=environment(), cwd=REPOSITORY) as process:
        while answers_in(out) == 0:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not (out / "evidence.json").exists()
    assert demo(out, short, *FEW) == 0
    assert demo(undisturbed, short, *FEW) == 0
    again, once = evidence(out), evidence(undisturbed)
    assert again["answers"] == once["answers"]
    assert again["participants"] == once["participants"]


def test_a_demo_does_not_rush_through_the_runs_of_others(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{tmp_path / 'ours.db'}")
    assert guarded(lambda: invoke(["migrate"])) == 0
    assert guarded(lambda: invoke(["schedule", str(short)])) == 0
    capsys.readouterr()
    assert demo(tmp_path / "out", short) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "FIVEFOLD_DATABASE" in said.err


def answers_in(out: Path) -> int:
    """How many answers the demo's database holds."""
    for database in out.glob("demo*.db"):
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(database)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM response_versions").fetchone()
            return int(count)
    return 0
