"""What is typed to connect Teams, and what the doctor says of how that went."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.app import record_secret
from bot.chat.address import Person, Place
from bot.facilitation.planning import plan_live
from bot.facilitation.state import Run
from bot.lessons.files import load_lesson
from bot.platforms.teams import config
from bot.platforms.teams.channels import TEAM as TEAM_RECORD
from bot.platforms.teams.channels import Team
from bot.platforms.teams.manifest import GOV_VERSION, REPLIES, VERSION, manifest
from bot.settings import TeamsSettings, read_settings
from bot.storage.store import open_store
from bot.storage.vault import Vault
from tests.cli.conftest import Fivefold, Said
from tests.platforms.beside import beside
from tests.platforms.teams_peers import APP, TEAM, TENANT, Peers

URL = "https://lessons.example.org"
GUIDE = (Path(__file__).parents[2] / "docs" / "teams.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the environment names; nothing else is set, and it is not there yet."""
    for name in [name for name in os.environ if name.startswith("FIVEFOLD_") or name == "PORT"]:
        monkeypatch.delenv(name)
    path = tmp_path / "fivefold.db"
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{path}")
    return path


def by_name(said: Said) -> dict[str, str]:
    """The first words of each line by what the line is about."""
    assert said.err == ""
    assert "canary" not in said.out
    lines = [(line[:12].strip(), line[12:]) for line in said.out.splitlines()]
    return {about.partition(":")[0]: mark for mark, about in lines}


# -- manifest


def written(folder: Path) -> dict[str, object]:
    with ZipFile(folder / "fivefold-teams.zip") as archive:
        made: dict[str, object] = json.loads(archive.read("manifest.json"))
    return made


def but_for_version(made: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in made.items() if name != "version"}


def test_the_package_is_written_and_where_to_upload_it_is_said(
    fivefold: Fivefold, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "folder"
    said = fivefold("manifest", "teams", "--app-id", APP.upper(), "--url", f"{URL}/", "--out", out)
    assert (said.code, said.err) == (0, "")
    assert "https://admin.teams.microsoft.com" in said.out
    assert but_for_version(written(out)) == but_for_version(manifest(APP, URL))


def test_the_id_and_the_address_are_those_that_are_set(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_TEAMS_APP_ID", APP)
    monkeypatch.setenv("FIVEFOLD_PUBLIC_URL", URL)
    made = json.loads(fivefold("manifest", "teams", "--allow", "replies", "--json").out)
    assert but_for_version(made) == but_for_version(manifest(APP, URL, ("replies",)))
    assert made["manifestVersion"] == VERSION


def test_for_gcc_high_it_is_an_older_one_for_the_governments_admin_center(
    fivefold: Fivefold, tmp_path: Path
) -> None:
    said = fivefold("manifest", "teams", "--gov", "--app-id", APP, "--url", URL, "--out", tmp_path)
    assert "https://admin.gov.teams.microsoft.us" in said.out
    assert written(tmp_path)["manifestVersion"] == GOV_VERSION


@pytest.mark.parametrize(
    ("cloud", "allow", "words", "says"),
    [
        (None, None, (), "for the public cloud; hears what mentions it"),
        ("gcc", "replies", (), "for GCC; hears replies"),
        ("GCC-High", " Replies ", (), "for GCC High; hears replies"),
        ("gcc", "replies", ("--gov", "--allow", ""), "for GCC High; hears what mentions it"),
        ("public", None, ("--allow", "replies"), "for the public cloud; hears replies"),
    ],
)
def test_what_is_set_is_made_where_no_option_says_otherwise_and_that_is_said(
    fivefold: Fivefold,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    cloud: str | None,
    allow: str | None,
    words: tuple[str, ...],
    says: str,
) -> None:
    for name, value in {"APP_ID": APP, "CLOUD": cloud, "ALLOW": allow}.items():
        if value is not None:
            monkeypatch.setenv(f"FIVEFOLD_TEAMS_{name}", value)
    said = fivefold("manifest", "teams", "--url", URL, "--out", tmp_path, *words)
    assert (said.code, said.err) == (0, "")
    assert f"({says})" in said.out
    made, gov = written(tmp_path), "GCC High" in says
    allowed = ("replies",) if "hears replies" in says else ()
    assert but_for_version(made) == but_for_version(manifest(APP, URL, allowed, gov=gov))
    assert ("https://admin.gov.teams.microsoft.us" in said.out) is gov


@pytest.mark.parametrize(("name", "value"), [("CLOUD", "gcc-hihg"), ("ALLOW", "replies,history")])
def test_what_is_set_wrongly_is_refused_and_named(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"FIVEFOLD_TEAMS_{name}", value)
    said = fivefold("manifest", "teams", "--app-id", APP, "--url", URL, "--json")
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert f"FIVEFOLD_TEAMS_{name}" in said.err


INSIDE = ["localhost:8080", "LocalHost", "five.localhost", "pi.local", "127.0.0.1", "[::1]:8443"]
INSIDE += ["10.1.2.3", "192.168.0.7"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--url", URL, "--json"), "--app-id"),
        (("--app-id", "01234", "--url", URL, "--json"), "“01234” is no id of an app"),
        (("--app-id", "0\n1", "--url", URL, "--json"), "such as 01234567-89ab-cdef"),
        (("--app-id", APP, "--json"), "--url"),
        (("--app-id", APP, "--url", "http://a.example", "--json"), "“http://a.example” will not"),
        *(
            (("--app-id", APP, "--url", f"https://{host}", "--json"), f"“https://{host}” is an add")
            for host in INSIDE
        ),
        (("--app-id", APP, "--url", URL), "--out"),
        (("--app-id", APP, "--url", URL, "--json", "--out", "made"), "--json"),
        (("--app-id", APP, "--url", URL, "--json", "--allow", "history"), "give replies."),
        (("--app-id", APP, "--url", URL, "--json", "--socket"), "for Slack"),
    ],
)
def test_a_package_that_could_not_work_is_refused_in_one_line(
    fivefold: Fivefold, words: tuple[str, ...], says: str
) -> None:
    said = fivefold("manifest", "teams", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert says in said.err


def test_a_folder_that_cannot_be_made_is_said(fivefold: Fivefold, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    words = ("--app-id", APP, "--url", URL, "--out", tmp_path / "file" / "below")
    said = fivefold("manifest", "teams", *words)
    assert said.code == 1
    assert "choose another folder with --out" in said.err


# -- the guide


def test_every_package_of_the_guide_can_be_made_as_it_is_written(
    fivefold: Fivefold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIVEFOLD_TEAMS_APP_ID", APP)
    monkeypatch.setenv("FIVEFOLD_PUBLIC_URL", URL)
    commands = re.findall(r"^ *fivefold (manifest .+)$", GUIDE, re.MULTILINE)
    assert len(commands) >= 2
    for command in commands:
        assert fivefold(*shlex.split(command)).code == 0


def test_the_guide_names_every_variable_that_there_is_for_teams_and_no_other() -> None:
    environment = GUIDE.partition("## The environment")[2].partition("\n## ")[0]
    named = set(re.findall(r"FIVEFOLD_TEAMS_[A-Z_]+", environment))
    spelt = {"secret": "APP_SECRET"}
    settings = {spelt.get(one.name, one.name.upper()) for one in fields(TeamsSettings)}
    assert named == {f"FIVEFOLD_TEAMS_{name}" for name in settings}


def test_the_guide_says_what_is_asked_for_and_where_to_send_to() -> None:
    assert f"`{REPLIES}`" in GUIDE
    assert f"https://lessons.example.org{config.MESSAGES_PATH}" in GUIDE
    for cloud in config.CLOUDS:
        assert f"`{cloud}`" in GUIDE


# -- serve


def test_without_an_app_the_world_is_not_let_in_from_the_command_line_either(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_TEAMS_LOCAL", "yes")
    said = fivefold("serve", "--host", "0.0.0.0", "--port", "0")
    assert said.code != 0
    assert "everybody" in said.err


# -- doctor


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peers]:
    """Microsoft and the door, at this moment, and an app that is set up for them."""
    with beside(Peers(date=datetime.now(UTC)).open()) as opened:
        monkeypatch.setattr(config, "CLOUDS", {"public": opened.cloud})
        for name, value in {
            "TEAMS_APP_ID": APP,
            "TEAMS_APP_SECRET": "secret-canary",
            "TEAMS_TENANT": TENANT,
            "PUBLIC_URL": opened.url,
        }.items():
            monkeypatch.setenv(f"FIVEFOLD_{name}", value)
        yield opened


@pytest.fixture
def added(fivefold: Fivefold, peers: Peers) -> Peers:
    """The app was added to a team."""
    assert fivefold("migrate").code == 0
    settings = read_settings(os.environ)

    async def add() -> None:
        async with open_store(settings.database, lane_of=str) as store:
            records = Vault(store.database, [record_secret(settings)])
            team = json.dumps(asdict(Team(TEAM, "Water engineers"))).encode()
            await records.put(TEAM_RECORD, f"{TENANT}/{TEAM}", team)

    asyncio.run(add())
    return peers


def test_with_an_app_in_a_team_all_is_well(fivefold: Fivefold, added: Peers) -> None:
    said = fivefold("doctor")
    assert said.code == 0
    found = by_name(said)
    assert found.pop("slack") == "not checked"
    assert set(found.values()) == {"ok"}
    assert {"teams token", "teams endpoint", "teams consent", "teams cards"} <= found.keys()
    assert "Water engineers" in said.out


def test_an_expired_secret_is_a_problem_even_without_a_database(
    fivefold: Fivefold, peers: Peers
) -> None:
    peers.refused = "AADSTS7000222"
    said = fivefold("doctor")
    assert said.code == 1
    found = by_name(said)
    assert (found["database"], found["teams secret"]) == ("problem", "problem")
    assert "expired" in said.out


def test_channels_of_lessons_that_have_not_ended_are_looked_at_and_no_rehearsals(
    fivefold: Fivefold, added: Peers, plan: Path
) -> None:
    lesson = load_lesson(plan)
    start = datetime(2099, 3, 2, 9, tzinfo=UTC)

    async def hold(run: str, channel: str, **other: object) -> None:
        database = read_settings(os.environ).database
        async with open_store(database, lane_of=str) as store, store.transaction() as transaction:
            planned = Run(
                id=run,
                lesson=lesson,
                main=Place("teams", TENANT, channel),
                facilitators=(Person("teams", TENANT, "someone"),),
                zone="UTC",
                start=start,
                **other,  # type: ignore[arg-type]
            )
            await transaction.add_run(planned, plan_live(run, lesson, start))

    asyncio.run(hold("soon", "19:lesson@thread.tacv2"))
    asyncio.run(hold("over", "19:gone@thread.tacv2", status="ended"))
    asyncio.run(hold("tried", "rehearsal-1", rehearsal=True))
    assert fivefold("doctor").code == 0
    asyncio.run(hold("lost", "19:lost@thread.tacv2"))
    said = fivefold("doctor")
    assert by_name(said)["teams channels"] == "problem"
    assert "19:lost@thread.tacv2" in said.out


def test_a_variable_that_is_misspelt_is_named(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fivefold("migrate").code == 0
    monkeypatch.setenv("FIVEFOLD_TEAMS_APPID", "secret-canary")
    said = fivefold("doctor")
    assert said.code == 1
    found = by_name(said)
    assert (found["settings"], found["database"]) == ("problem", "ok")
    assert "FIVEFOLD_TEAMS_APPID is no setting of Fivefold’s" in said.out


def test_for_the_playground_the_doctor_asks_nobody(
    fivefold: Fivefold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIVEFOLD_TEAMS_LOCAL", "yes")
    assert fivefold("migrate").code == 0
    said = fivefold("doctor")
    assert said.code == 0
    assert by_name(said)["teams app"] == "not checked"
