"""What the doctor finds out from Microsoft, and what it says to do where something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.chat.address import Place
from bot.chat.message import Choices, Divider, Form, Heading, Message, Option, Text, TextField
from bot.chat.platform import Records, RecordsUnavailable
from bot.clock import SteppedClock
from bot.platforms.checking import Check
from bot.platforms.teams.about import ABOUT_PATH, about_route
from bot.platforms.teams.channels import TEAM as TEAM_RECORD
from bot.platforms.teams.channels import Channel, Team
from bot.platforms.teams.checks import Sample, check_cards, check_teams
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.manifest import REPLIES
from bot.web.server import build_web
from tests.platforms.teams_peers import NOW, TEAM, TENANT, Peers
from tests.records import MemoryRecords

SAMPLES: tuple[Sample, ...] = (
    ("a text", Message("One", (Heading("one"), Text(("two",)), Divider()))),
    ("a form", Form("Two", "send", (TextField("why", "Why?"),))),
)
CHANNEL = "19:lesson@thread.tacv2"
LESSON = Place("teams", TENANT, CHANNEL)
LOCAL = TeamsConfig(local=True)


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    """Microsoft and the door, both as they should be."""
    async with Peers().open() as opened:
        yield opened


async def added(*teams: str) -> MemoryRecords:
    """Records of the teams that Fivefold was added to."""
    records = MemoryRecords()
    for number, id in enumerate(teams, 1):
        team = Team(id, f"Team {number}", (Channel(CHANNEL, "Lesson"),))
        await records.put(TEAM_RECORD, f"{TENANT}/{id}", json.dumps(asdict(team)).encode())
    return records


async def looked(
    config: TeamsConfig,
    records: Records | None,
    *places: Place,
    samples: Sequence[Sample] = SAMPLES,
) -> dict[str, Check]:
    """The checks by name; whatever they say, no secret is in it."""
    checks = await check_teams(config, records, places, samples, SteppedClock(NOW))
    assert "canary" not in repr(checks)
    assert [check for check in checks if not check.sentence.endswith((".", ".)"))] == []
    assert len({check.name for check in checks}) == len(checks)
    return {check.name: check for check in checks}


def states(checks: dict[str, Check]) -> dict[str, bool | None]:
    return {name: check.ok for name, check in checks.items()}


async def test_everything_is_in_order(peers: Peers) -> None:
    found = await looked(peers.config(), await added(TEAM), LESSON)
    assert states(found) == dict.fromkeys(
        ["token", "keys", "clock", "endpoint", "consent", "teams", "channels", "cards"], True
    )
    assert "Team 1" in found["teams"].sentence
    (asked,) = peers.asked
    assert asked["scope"] == peers.cloud.scope


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("AADSTS7000215", "secret", "wrong"),
        ("AADSTS7000222", "secret", "expired"),
        ("AADSTS700016", "app id", "no app with this id"),
        ("AADSTS7000112", "app id", "disabled"),
        ("AADSTS90002", "tenant", "no such tenant"),
        ("AADSTS900382", "tenant", "another cloud"),
        ("AADSTS500011", "token", "this cloud"),
        ("AADSTS12345", "token", "AADSTS12345"),
    ],
)
async def test_why_entra_refuses_is_said_in_plain_words(
    peers: Peers, code: str, name: str, says: str
) -> None:
    peers.refused = code
    found = await looked(peers.config(), await added(TEAM))
    assert found[name].ok is False
    assert says in found[name].sentence
    assert code in found[name].sentence
    assert found["teams"].ok is None
    assert found["keys"].ok is True


async def test_where_nobody_answers_there_is_a_sentence_for_each_door(peers: Peers) -> None:
    gone = replace(peers, url="http://127.0.0.1:9")
    found = await looked(gone.config(), await added(TEAM))
    assert states(found) == {
        "token": False,
        "keys": False,
        "clock": None,
        "endpoint": False,
        "consent": True,
        "teams": None,
        "cards": True,
    }
    for name in ("token", "keys", "endpoint"):
        assert "127.0.0.1:9" in found[name].sentence


@pytest.mark.parametrize(
    "other", [{"endorsed": ("webchat",)}, {"issuer": "https://api.botframework.us"}]
)
async def test_keys_of_another_cloud_are_a_problem(peers: Peers, other: dict[str, object]) -> None:
    for name, value in other.items():
        setattr(peers, name, value)
    found = (await looked(peers.config(), await added(TEAM)))["keys"]
    assert found.ok is False
    assert "public cloud" in found.sentence


@pytest.mark.parametrize(("apart", "says"), [(-90, "90 seconds ahead"), (90, "90 seconds behind")])
async def test_a_clock_that_is_off_is_a_problem(peers: Peers, apart: int, says: str) -> None:
    peers.date = NOW + timedelta(seconds=apart)
    found = (await looked(peers.config(), await added(TEAM)))["clock"]
    assert found.ok is False
    assert says in found.sentence


async def test_a_clock_that_is_a_little_off_does_no_harm(peers: Peers) -> None:
    peers.date = NOW + timedelta(seconds=5)
    assert (await looked(peers.config(), await added(TEAM)))["clock"].ok is True


@pytest.mark.parametrize("answers", [200, 404, 405, 500])
async def test_a_door_that_answers_otherwise_is_another_one(peers: Peers, answers: int) -> None:
    """Above all one that lets in what nobody signed."""
    peers.door = answers
    found = (await looked(peers.config(), await added(TEAM)))["endpoint"]
    assert found.ok is False
    assert str(answers) in found.sentence


async def test_without_an_address_teams_cannot_send(peers: Peers) -> None:
    found = (await looked(peers.config(public_url=""), await added(TEAM)))["endpoint"]
    assert found.ok is False
    assert "FIVEFOLD_PUBLIC_URL" in found.sentence


async def test_teams_sends_to_https_alone(peers: Peers) -> None:
    cloud = replace(peers.cloud, login="https://127.0.0.1:9")
    found = (await looked(peers.config(cloud=cloud), await added(TEAM)))["endpoint"]
    assert found.ok is False
    assert "https" in found.sentence


async def test_what_teams_have_consented_to_cannot_be_known_and_where_to_look_is_said(
    peers: Peers,
) -> None:
    without = (await looked(peers.config(), await added(TEAM)))["consent"]
    assert without.ok is True
    asked = (await looked(peers.config("replies"), await added(TEAM)))["consent"]
    assert asked.ok is None
    assert REPLIES in asked.sentence
    assert "Manage team" in asked.sentence


async def test_before_it_is_in_a_team_it_says_how_to_add_it(peers: Peers) -> None:
    found = await looked(peers.config(), await added())
    assert found["teams"].ok is False
    assert "add the app" in found["teams"].sentence


async def test_a_team_that_it_was_taken_out_of_is_named(peers: Peers) -> None:
    del peers.teams[TEAM]
    found = await looked(peers.config(), await added(TEAM))
    assert found["teams"].ok is False
    assert "Team 1" in found["teams"].sentence
    assert "add the app to it again" in found["teams"].sentence


async def test_where_teams_asks_to_wait_nothing_is_called_wrong(peers: Peers) -> None:
    peers.busy = True
    found = await looked(peers.config(), await added(TEAM), LESSON)
    assert found["teams"].ok is None
    assert found["channels"].ok is True


async def test_a_lesson_in_a_channel_of_no_team_is_named(peers: Peers) -> None:
    elsewhere = Place("teams", TENANT, "19:elsewhere@thread.tacv2")
    found = await looked(peers.config(), await added(TEAM), LESSON, elsewhere)
    assert found["channels"].ok is False
    assert elsewhere.channel in found["channels"].sentence


async def test_lessons_of_another_tenant_are_not_looked_for(peers: Peers) -> None:
    other = Place("teams", "0f0f0f0f-0000-4000-8000-000000000009", "19:other@thread.tacv2")
    assert (await looked(peers.config(), await added(TEAM), other))["channels"].ok is True


async def test_without_a_database_the_rest_is_looked_at(peers: Peers) -> None:
    found = await looked(peers.config(), None)
    assert found["teams"].ok is None
    assert found["token"].ok is True


async def test_records_that_cannot_be_read_are_a_problem(
    peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keys(records: MemoryRecords, kind: str) -> tuple[str, ...]:
        raise RecordsUnavailable("A stored record was sealed with another secret.")

    monkeypatch.setattr(MemoryRecords, "keys", keys)
    found = (await looked(peers.config(), MemoryRecords()))["teams"]
    assert found.ok is False
    assert "another secret" in found.sentence


async def test_for_the_playground_nothing_is_asked_of_microsoft() -> None:
    found = await looked(TeamsConfig(local=True), MemoryRecords())
    assert states(found) == {"app": None, "cards": True}


def test_a_card_that_cannot_be_drawn_is_named() -> None:
    many = tuple(Option(str(number), f"{number} " + "x" * 400) for number in range(1_000))
    found = check_cards([*SAMPLES, ("a poll", Message("?", (Choices("vote", many, "Which?"),)))])
    assert found.ok is False
    assert "a poll" in found.sentence


def test_the_page_on_privacy_says_what_is_heard() -> None:
    for allow, says in (((), "only what mentions it"), (("replies",), "every message")):
        client = TestClient(Starlette(routes=[about_route(replace(LOCAL, allow=frozenset(allow)))]))
        shown = client.get(ABOUT_PATH)
        assert shown.status_code == 200
        assert says in shown.text
        for anchor in ("privacy", "terms"):
            assert f'id="{anchor}"' in shown.text


def test_the_page_on_privacy_says_where_it_is_and_looks_like_the_others() -> None:
    config = replace(LOCAL, public_url="https://lessons.example.org/five")
    client = TestClient(build_web([about_route(config)]))
    shown = client.get(ABOUT_PATH)
    assert "at lessons.example.org, is run by your own organisation" in shown.text
    assert "<style" not in shown.text
    assert "style=" not in shown.text
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown.text)
    assert "color-scheme: light dark" in client.get(sheet).text
