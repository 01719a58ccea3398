"""What an operator types, from an empty folder to the evidence, and what is said if it cannot be.

Servers and workers run as processes of their own, as they do in earnest, and are told to stop.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from bot.web.server import listen
from tests.cli.conftest import Fivefold, Said

STOPS_WITHIN = 15
"""Seconds; it takes one or two, but a busy machine may need more."""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the environment names; it is not there yet."""
    for name in [name for name in os.environ if name.startswith("FIVEFOLD_") or name == "PORT"]:
        monkeypatch.delenv(name)
    path = tmp_path / "fivefold.db"
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{path}")
    return path


@pytest.fixture
def migrated(database: Path, fivefold: Fivefold) -> Path:
    """The database, ready for use."""
    assert fivefold("migrate").code == 0
    return database


@pytest.fixture
def run(migrated: Path, fivefold: Fivefold, plan: Path) -> str:
    """The id of a run that begins in a far year."""
    said = fivefold("schedule", plan, "--start", "2099-03-02 09:00", "--json")
    return str(json.loads(said.out)["run"])


@contextmanager
def process(*words: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that runs until it is told to stop, and the first line that it wrote."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as running:
        try:
            assert running.stdout is not None
            yield running, running.stdout.readline()
        finally:
            running.kill()


def stop(running: subprocess.Popen[str], number: signal.Signals) -> Said:
    """What it left behind when it was told to stop."""
    running.send_signal(number)
    out, err = running.communicate(timeout=STOPS_WITHIN)
    return Said(running.returncode, out, err)


def address(line: str) -> str:
    found = re.search(r"http://\S+", line)
    assert found, line
    return found[0]


def one_line_of(said: Said) -> str:
    assert said.out == ""
    assert said.err.startswith("fivefold: ")
    assert said.err.count("\n") == 1
    assert "mistake in Fivefold" not in said.err
    return said.err


# -- from an empty folder to the evidence


def test_migrating_twice_is_migrating_once(database: Path, fivefold: Fivefold) -> None:
    for _ in range(2):
        assert fivefold("migrate") == Said(0, "The database is up to date.\n", "")
    assert [path.name for path in database.parent.glob("*.backup")] == []


def test_without_runs_it_says_how_to_plan_one(migrated: Path, fivefold: Fivefold) -> None:
    assert "fivefold schedule" in fivefold("runs").out
    assert json.loads(fivefold("runs", "--json").out) == []


def test_a_planned_lesson_is_listed_with_its_start(
    migrated: Path, fivefold: Fivefold, plan: Path
) -> None:
    said = fivefold("schedule", plan, "--start", "2099-03-02 09:00", "--zone", "Europe/Berlin")
    assert (said.code, said.err) == (0, "")
    assert "2099-03-02 08:00 UTC" in said.out
    (listed,) = json.loads(fivefold("runs", "--json").out)
    assert f"Run {listed['run']}: Choosing a Water Filter" in said.out
    assert listed["status"] == "scheduled"
    assert listed["start"] == "2099-03-02T08:00:00+00:00"
    assert listed["zone"] == "Europe/Berlin"
    line = next(line for line in fivefold("runs").out.splitlines() if listed["run"] in line)
    assert "2099-03-02 08:00 UTC" in line


def test_a_rehearsal_is_listed_as_one(run: str, migrated: Path, fivefold: Fivefold) -> None:
    assert json.loads(fivefold("runs", "--json").out)[0]["rehearsal"] is False
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("UPDATE runs SET rehearsal = 1")
        connection.commit()
    assert json.loads(fivefold("runs", "--json").out)[0]["rehearsal"] is True
    assert f"{run}  scheduled  rehearsal" in fivefold("runs").out


def test_a_run_is_paused_and_resumed(run: str, fivefold: Fivefold) -> None:
    assert "Scheduled, not started yet." in fivefold("run", run, "status").out
    assert fivefold("run", run, "pause").out.startswith("Paused.")
    assert json.loads(fivefold("runs", "--json").out)[0]["status"] == "paused"
    again = fivefold("run", run, "pause")
    assert again.code == 1
    assert "paused already" in one_line_of(again)
    assert fivefold("run", run, "resume").code == 0
    assert json.loads(fivefold("runs", "--json").out)[0]["status"] == "scheduled"


@pytest.mark.parametrize("words", [("next",), ("close",), ("+5",), ("extend", "5")])
def test_what_does_not_fit_yet_is_refused_in_a_line(
    run: str, fivefold: Fivefold, words: tuple[str, ...]
) -> None:
    said = fivefold("run", run, *words)
    assert said.code == 1
    assert "not started yet" in one_line_of(said)


def test_a_lesson_that_has_not_begun_is_cancelled_without_a_question(
    run: str, fivefold: Fivefold
) -> None:
    said = fivefold("run", run, "end")
    assert (said.code, said.out) == (0, "Ended. Nothing further is posted.\n")
    assert json.loads(fivefold("runs", "--json").out)[0]["status"] == "ended"
    assert "Cancelled; nothing of it was posted." in fivefold("run", run, "status").out
    again = fivefold("run", run, "end")
    assert again.code == 1
    assert "has ended" in one_line_of(again)


@pytest.mark.parametrize("word", ["stop", "cancel"])
def test_a_word_that_may_mean_a_pause_ends_nothing(run: str, fivefold: Fivefold, word: str) -> None:
    said = fivefold("run", run, word)
    assert said.code == 2
    assert "or “pause”" in one_line_of(said)
    assert json.loads(fivefold("runs", "--json").out)[0]["status"] == "scheduled"


def test_the_evidence_of_a_run_is_written_and_printed(
    run: str, fivefold: Fivefold, tmp_path: Path
) -> None:
    said = fivefold("evidence", run, "--out", tmp_path / "evidence")
    assert (said.code, said.err) == (0, "")
    assert str(tmp_path / "evidence" / "evidence.html") in said.out
    printed = fivefold("evidence", run, "--json").out
    assert printed.encode() == (tmp_path / "evidence" / "evidence.json").read_bytes()
    assert json.loads(printed)["run"]["id"] == run


# -- servers and workers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_people_come_in_by_the_printed_links_until_the_server_is_told_to_stop(
    migrated: Path,
    fivefold: Fivefold,
    plan: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    with listen("127.0.0.1", 0) as free:
        monkeypatch.setenv("FIVEFOLD_PORT", str(free.getsockname()[1]))
    links = json.loads(fivefold("schedule", plan, "--json").out)
    with process("serve") as (server, first), httpx.Client(follow_redirects=True) as client:
        assert links["learners"].startswith(address(first))
        for link, name in ((links["learners"], "Ada"), (links["facilitator"], "Fay")):
            form = client.get(link)
            fields = dict(re.findall(r'name="(csrf|event)" value="([^"]*)"', form.text))
            room = client.post(link, data={**fields, "name": name})
            assert (room.status_code, room.url.path) == (200, f"/room/{links['run']}")
            assert name in room.text
        # A page that stays open does not keep the server from going.
        with client.stream("GET", f"{address(first)}room/{links['run']}/events") as stream:
            assert stream.status_code == 200
            said = stop(server, number)
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_carries_out_what_is_due_until_it_is_told_to_stop(
    migrated: Path, fivefold: Fivefold, plan: Path, number: signal.Signals
) -> None:
    links = json.loads(fivefold("schedule", plan, "--json").out)
    assert fivefold("run", links["run"], "start").code == 0
    with process("work") as (worker, first):
        assert "Ctrl-C" in first
        while json.loads(fivefold("runs", "--json").out)[0]["status"] != "running":
            assert worker.poll() is None
        said = stop(worker, number)
    assert (said.code, said.err) == (0, "")
    assert fivefold("run", links["run"], "+5").code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_ended_early_leaves_its_evidence(
    database: Path, plan: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out"
    with process("demo", plan, "--people", 2, "--out", out, "--rate", 1) as (demo, first):
        assert httpx.get(address(first)).status_code == 200
        said = stop(demo, number)
    assert (said.code, said.err) == (0, "")
    assert str(out / "evidence.html") in said.out
    assert json.loads((out / "evidence.json").read_bytes())["run"]["status"] == "scheduled"


# -- what cannot be


@pytest.mark.parametrize("words", [("run", "nobody", "pause"), ("evidence", "nobody")])
def test_an_unknown_run_is_answered_with_how_to_find_one(
    migrated: Path, fivefold: Fivefold, words: tuple[str, ...]
) -> None:
    said = fivefold(*words)
    assert said.code == 1
    assert "fivefold runs" in one_line_of(said)


def test_an_unknown_command_for_a_run_is_answered_with_those_there_are(
    run: str, fivefold: Fivefold
) -> None:
    said = fivefold("run", run, "dance")
    assert said.code == 2
    assert "pause, resume" in one_line_of(said)


COMMANDS = [("runs",), ("run", "any", "pause"), ("evidence", "any"), ("serve", "--port", "0")]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: str(words[0]))
def test_without_a_database_it_says_how_to_make_one(
    database: Path, fivefold: Fivefold, words: tuple[str, ...]
) -> None:
    said = fivefold(*words)
    assert said.code == 1
    assert "fivefold migrate" in one_line_of(said)


@pytest.mark.parametrize("words", [("migrate",), *COMMANDS], ids=lambda words: str(words[0]))
def test_a_file_that_is_no_database_is_said_to_be_none(
    database: Path, fivefold: Fivefold, words: tuple[str, ...]
) -> None:
    database.write_bytes(b"Not a database at all. " * 100)
    said = fivefold(*words)
    assert said.code == 1
    assert "not a SQLite database" in one_line_of(said)


def test_a_folder_that_is_not_there_is_not_made(
    database: Path, fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{database.parent / 'none' / 'x.db'}")
    said = fivefold("migrate")
    assert said.code == 1
    assert "folder" in one_line_of(said)
    assert not (database.parent / "none").exists()


def test_a_database_that_cannot_be_written_is_said_to_be_so(run: str, database: Path) -> None:
    database.parent.chmod(0o755)
    for path in (database, *database.parent.glob("*.db-*")):
        path.chmod(0o444)
    database.parent.chmod(0o555)
    try:
        if os.access(database, os.W_OK):
            pytest.skip("this user may write to everything")
        done = subprocess.run(
            [sys.executable, "-m", "bot", "run", run, "pause"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        database.parent.chmod(0o755)
    said = Said(done.returncode, done.stdout, done.stderr)
    assert said.code == 1
    assert "who may write" in one_line_of(said)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_said_to_be_so(
    migrated: Path, fivefold: Fivefold, plan: Path, tmp_path: Path, command: str
) -> None:
    more = (plan, "--out", tmp_path / "out") if command == "demo" else ()
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        said = fivefold(command, *more, "--port", port)
    assert said.code == 1
    assert f"Port {port} is in use" in one_line_of(said)


def test_a_file_where_the_evidence_should_go_is_named(
    run: str, fivefold: Fivefold, plan: Path
) -> None:
    said = fivefold("evidence", run, "--out", plan)
    assert said.code == 1
    assert str(plan) in one_line_of(said)


def test_a_file_where_a_demo_should_go_is_named(
    database: Path, fivefold: Fivefold, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIVEFOLD_DATABASE")
    said = fivefold("demo", plan, "--headless", "--people", 1, "--out", plan)
    assert said.code == 1
    assert str(plan) in one_line_of(said)
