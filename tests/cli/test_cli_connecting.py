"""What is typed to connect Slack, and what the doctor says of how that went."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.app import record_secret
from bot.chat.address import Person, Place
from bot.clock import SystemClock
from bot.facilitation.planning import plan_live
from bot.facilitation.state import Run
from bot.lessons.files import load_lesson
from bot.platforms.slack.config import SlackConfig, scopes_for
from bot.platforms.slack.installs import Install, Installs
from bot.platforms.slack.manifest import manifest
from bot.settings import SlackSettings, read_settings
from bot.settings.slack import SLACK_ALLOWS
from bot.storage.store import open_store
from bot.storage.vault import Vault
from tests.cli.conftest import Fivefold, Said
from tests.platforms.beside import beside
from tests.platforms.slack_peers import Peers

URL = "https://lessons.example.org"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the environment names; nothing else is set, and it is not there yet."""
    for name in [name for name in os.environ if name.startswith("FIVEFOLD_") or name == "PORT"]:
        monkeypatch.delenv(name)
    path = tmp_path / "fivefold.db"
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{path}")
    return path


@pytest.fixture
def peers() -> Iterator[Peers]:
    """Slack and the door, at this moment."""
    with beside(Peers(date=datetime.now(UTC)).open()) as opened:
        yield opened


def set_all(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"FIVEFOLD_{name}", value)


def socket(peers: Peers) -> dict[str, str]:
    return {
        "SLACK_APP_TOKEN": "xapp-canary",
        "SLACK_BOT_TOKEN": "xoxb-canary-1",
        "SLACK_API_URL": peers.api_url,
    }


def by_name(said: Said) -> dict[str, str]:
    """The first word of each line by what the line is about."""
    assert said.err == ""
    assert "canary" not in said.out
    lines = [(line[:12].strip(), line[12:]) for line in said.out.splitlines()]
    return {about.partition(":")[0]: mark for mark, about in lines}


# -- manifest


def test_the_manifest_is_yaml_that_slack_can_be_given(fivefold: Fivefold) -> None:
    said = fivefold("manifest", "slack", "--socket", "--allow", "history, groups")
    assert (said.code, said.err) == (0, "")
    assert yaml.safe_load(said.out) == manifest({"history", "groups"}, "")
    assert "https://api.slack.com/apps" in said.out.splitlines()[0]


def test_the_manifest_is_json_where_that_is_asked_for(fivefold: Fivefold) -> None:
    said = fivefold("manifest", "slack", "--url", f"{URL}/", "--json")
    assert json.loads(said.out) == manifest((), URL)


def test_for_govslack_it_is_given_to_govslack(fivefold: Fivefold) -> None:
    said = fivefold("manifest", "slack", "--socket", "--gov")
    assert "https://api.slack-gov.com/apps" in said.out.splitlines()[0]
    assert "slack.com" not in said.out
    assert yaml.safe_load(said.out) == manifest((), "")


def test_the_address_is_the_one_that_is_set(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_PUBLIC_URL", URL)
    assert yaml.safe_load(fivefold("manifest", "slack").out) == manifest((), URL)
    assert yaml.safe_load(fivefold("manifest", "slack", "--socket").out) == manifest((), "")


def test_what_it_may_do_is_what_is_set(fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIVEFOLD_SLACK_ALLOW", "history")
    monkeypatch.setenv("FIVEFOLD_SLACK_GOV", "yes")
    said = fivefold("manifest", "slack", "--socket")
    assert yaml.safe_load(said.out) == manifest({"history"}, "")
    assert "https://api.slack-gov.com/apps" in said.out.splitlines()[0]
    said = fivefold("manifest", "slack", "--socket", "--allow", "")
    assert yaml.safe_load(said.out) == manifest((), "")


def test_a_wrong_word_in_what_is_set_is_refused(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_SLACK_ALLOW", "everything")
    said = fivefold("manifest", "slack", "--socket")
    assert (said.code, said.out) == (2, "")
    assert "FIVEFOLD_SLACK_ALLOW" in said.err
    assert "history or groups, or both" in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "--url"),
        (("--url", "http://lessons.example.org"), "“http://lessons.example.org” will not do"),
        (("--url", "lessons"), "“lessons” will not do, as Slack goes only to https"),
        (("--url", ""), "has to know where"),
        (("--url", "https://localhost:8080"), "“https://localhost:8080” is an address that Slack"),
        (("--url", "https://127.0.0.1"), "cannot reach from outside"),
        (("--socket", "--url", URL), "leave --url out"),
        (("--socket", "--allow", "everything"), "history"),
        (("--socket", "--out", "made"), "leave them out for Slack"),
        (("--socket", "--app-id", "1"), "leave them out for Slack"),
    ],
)
def test_a_manifest_that_could_not_work_is_refused_in_one_line(
    fivefold: Fivefold, words: tuple[str, ...], says: str
) -> None:
    said = fivefold("manifest", "slack", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert says in said.err


GUIDE = (Path(__file__).parents[2] / "docs" / "slack.md").read_text("utf-8")


def test_every_manifest_of_the_guide_can_be_printed_as_it_is_written(fivefold: Fivefold) -> None:
    commands = re.findall(r"^ *fivefold (manifest .+)$", GUIDE, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert fivefold(*shlex.split(command)).code == 0


def test_the_guide_names_every_variable_that_there_is_for_slack_and_no_other() -> None:
    environment = GUIDE.partition("## The environment")[2].partition("## ")[0]
    named = set(re.findall(r"FIVEFOLD_SLACK_[A-Z_]+", environment))
    credentials = {field.name.upper() for field in fields(SlackSettings)}
    assert named == {f"FIVEFOLD_SLACK_{name}" for name in (*credentials, "GOV")}


def test_the_guide_says_what_each_scope_is_for() -> None:
    for scope in scopes_for(SLACK_ALLOWS):
        assert f"`{scope}`" in GUIDE


# -- doctor


def test_without_slack_and_teams_the_rest_is_looked_at(fivefold: Fivefold) -> None:
    assert fivefold("migrate").code == 0
    said = fivefold("doctor")
    assert said.code == 0
    assert by_name(said) == {
        "settings": "ok",
        "secret": "ok",
        "database": "ok",
        "slack": "not checked",
        "teams": "not checked",
    }


def test_a_database_that_is_not_migrated_is_a_problem(fivefold: Fivefold, database: Path) -> None:
    said = fivefold("doctor")
    assert said.code == 1
    assert by_name(said)["database"] == "problem"
    assert "fivefold migrate" in said.out
    assert not database.exists()


@pytest.mark.parametrize(
    ("name", "value", "about"),
    [
        ("SLACK_ALLOW", "everything", "settings"),
        ("DATABASE", "postgresql://nobody@127.0.0.1:9/none", "secret"),
    ],
)
def test_what_is_set_wrongly_is_a_problem(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, name: str, value: str, about: str
) -> None:
    set_all(monkeypatch, {name: value})
    said = fivefold("doctor")
    assert said.code == 1
    assert by_name(said)[about] == "problem"


def test_over_socket_mode_all_is_well(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, peers: Peers
) -> None:
    set_all(monkeypatch, socket(peers))
    assert fivefold("migrate").code == 0
    said = fivefold("doctor")
    assert said.code == 0
    found = by_name(said)
    assert found.pop("teams") == "not checked"
    assert set(found.values()) == {"ok"}
    assert len(peers.called("blocks.validate")) > 20


def test_a_bad_token_is_a_problem_even_without_a_database(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, peers: Peers
) -> None:
    set_all(monkeypatch, socket(peers))
    peers.answers["auth.test"] = {"error": "invalid_auth"}
    said = fivefold("doctor")
    assert said.code == 1
    found = by_name(said)
    assert (found["database"], found["token of your workspace"]) == ("problem", "problem")


def test_where_slack_cannot_be_reached_there_is_no_traceback(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, peers: Peers
) -> None:
    set_all(monkeypatch, {**socket(peers), "SLACK_API_URL": "http://127.0.0.1:9/"})
    assert fivefold("migrate").code == 0
    said = fivefold("doctor")
    assert said.code == 1
    assert "Slack cannot be reached" in said.out


@pytest.fixture
def connected(fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, peers: Peers) -> Peers:
    """Two workspaces, connected by OAuth."""
    set_all(
        monkeypatch,
        {
            "SLACK_SIGNING_SECRET": peers.signing_secret,
            "SLACK_CLIENT_ID": "client-canary",
            "SLACK_CLIENT_SECRET": "secret-canary",
            "SLACK_ALLOW": "history",
            "SLACK_API_URL": peers.api_url,
            "PUBLIC_URL": peers.url,
        },
    )
    peers.scopes = ",".join(SlackConfig(allow=frozenset({"history"})).scopes)
    assert fivefold("migrate").code == 0
    settings = read_settings(os.environ)

    async def connect() -> None:
        async with open_store(settings.database, lane_of=str) as store:
            records = Vault(store.database, [record_secret(settings)])
            installs = Installs(records, SlackConfig(), SystemClock())
            for number in (1, 2):
                await installs.put(
                    Install(
                        tenant=f"T{number}",
                        name=f"Team {number}",
                        bot_token=f"xoxb-canary-{number}",
                        bot_user="U0",
                    )
                )

    asyncio.run(connect())
    return peers


def test_every_workspace_that_is_connected_is_looked_at(
    fivefold: Fivefold, connected: Peers
) -> None:
    found = by_name(fivefold("doctor"))
    assert {"token of Team 1 (T1)", "token of Team 2 (T2)", "request URL"} <= set(found)
    assert found.pop("teams") == "not checked"
    assert set(found.values()) == {"ok"}


def test_channels_of_lessons_that_have_not_ended_are_looked_at(
    fivefold: Fivefold, connected: Peers, plan: Path
) -> None:
    lesson = load_lesson(plan)
    start = datetime(2099, 3, 2, 9, tzinfo=UTC)

    async def hold() -> None:
        database = read_settings(os.environ).database
        async with open_store(database, lane_of=str) as store, store.transaction() as transaction:
            for run, channel in (("soon", "C1"), ("over", "C2")):
                planned = Run(
                    id=run,
                    lesson=lesson,
                    main=Place("slack", "T1", channel),
                    facilitators=(Person("slack", "T1", "U1"),),
                    zone="UTC",
                    start=start,
                    status="ended" if run == "over" else "scheduled",
                )
                await transaction.add_run(planned, plan_live(run, lesson, start))

    asyncio.run(hold())
    fivefold("doctor")
    assert connected.called("conversations.info") == [{"channel": "C1"}]


def test_workspaces_that_were_sealed_with_another_secret_are_a_problem(
    fivefold: Fivefold, connected: Peers, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (2,)
    connection.close()
    monkeypatch.setenv("FIVEFOLD_SECRET", "A" * 43)
    said = fivefold("doctor")
    assert said.code == 1
    assert by_name(said)["slack"] == "problem"
