"""What there is to choose from, who may plan lessons, and that nobody waits for an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.answer import Saved, Show
from bot.chat.message import (
    Button,
    Buttons,
    Form,
    Message,
    PeopleField,
    PlaceField,
)
from bot.platforms.teams import choosing, contacts, doors
from tests.conformance.driving import ASKING
from tests.teams.answering import (
    CLOSED,
    hears,
    notices,
    posted,
    presses,
    sees,
)
from tests.teams.cards import inputs
from tests.teams.faults import Fault
from tests.teams.opened import Odd, Opened, opened


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


PLANNING = Form(
    "A lesson", "f.plan.new...", (PlaceField("place", "Where?"), PeopleField("who", "Who leads?"))
)


def offered(port: Opened) -> dict[str, list[str]]:
    """What Ana can choose in the form before her, by label."""
    message = port.people._before(port.world.person("ana"))[0]
    view = port.people.view(port.world.person("ana"), message)
    return {
        one.node["label"]: [choice["title"] for choice in one.node.get("choices", ())]
        for card in view.cards
        for one in inputs(card)
    }


async def test_a_form_offers_the_channels_and_people_of_the_teams_that_the_bot_is_in(
    port: Opened,
) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    assert offered(port) == {
        "Where?": ["Course: General", "Course: lesson", "Course: second"],
        "Who leads?": ["Ana Ruiz", "Bo Lind", "Cy Okoro", "Fay Moss"],
    }


async def test_where_people_cannot_be_told_their_ids_can_be_typed(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    port.world.connector.fail("GET", "*/pagedmembers", Fault(status=503), times=9)
    await presses(port, "In my words", ref=ref)
    assert offered(port)["Who leads?"] == []
    assert offered(port)["Where?"]


# -- who may plan lessons

PLAN = Message("Plan", (Buttons((Button("Plan a lesson", "f.plan.new...", does="open"),)),))


@pytest.mark.parametrize(
    ("member", "may"),
    [
        ({}, True),
        ({"userRole": "guest"}, False),
        ({"userRole": "anonymous"}, False),
        ({"tenantId": "99999999-2222-4333-8444-555555555555"}, False),
    ],
    ids=["member", "guest", "anonymous", "of another tenant"],
)
@pytest.mark.parametrize("how", ["press", "old client", "talk", "mention"])
async def test_only_members_of_the_organisation_plan_lessons(
    port: Opened, member: dict[str, str], may: bool, how: str
) -> None:
    ana = port.world.person("ana")
    ref = await posted(port, PLAN)
    profile: dict[str, Any] = {"name": "Ana Ruiz", "tenantId": ana.tenant, "userRole": "user"}
    told = Odd(status=200, body=json.dumps(profile | member).encode())
    port.world.connector.fail("GET", "/v3/conversations/*/members/*", told)
    if how in ("press", "old client"):
        await presses(port, "Plan a lesson", old=how == "old client", ref=ref)
    elif how == "talk":
        await port.people.whisper(ana, "Schedule a lesson")
    else:
        await port.people.say(ana, port.lesson, "schedule", mention=True)
    await port.teams.settled()
    assert len(port.events) == may
    assert ("Only members of your organization" in await sees(port)) is not may


async def test_of_whom_nothing_is_known_plans_nothing_just_now_and_takes_part(
    port: Opened,
) -> None:
    ref = await posted(port, Message("Plan", (*PLAN.blocks, *ASKING.blocks)))
    port.world.connector.fail("GET", "/v3/conversations/*/members/*", Fault(status=503), times=9)
    await presses(port, "Plan a lesson", ref=ref)
    assert port.events == []
    assert "try again in a moment" in notices(port)[0]
    await presses(port, "I am done", ref=ref)
    assert len(port.events) == 1


# -- in time


@pytest.fixture
async def hanging(port: Opened, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    """The connector takes what it is asked, and says nothing; nobody waits for long."""
    await posted(port, Message("Plan", (*PLAN.blocks, *ASKING.blocks)))
    for module in (contacts, choosing, doors):
        monkeypatch.setattr(module, "SECONDS", 0.05)
    gate = asyncio.Event()
    for method in ("GET", "POST", "PUT"):
        port.world.connector.fail(method, "/v3/*", Fault(until=gate), times=99)
    yield port
    gate.set()
    await port.teams.settled()


def test_a_press_is_answered_before_teams_gives_up() -> None:
    """Five seconds is what it waits."""
    assert contacts.SECONDS + choosing.SECONDS < 5
    assert doors.SECONDS < 5


@pytest.mark.parametrize("what", ["I am done", "Plan a lesson", "In my words"])
@pytest.mark.parametrize("old", [False, True], ids=["press", "old client"])
async def test_whatever_hangs_a_press_is_acknowledged(
    hanging: Opened, what: str, old: bool
) -> None:
    hears(hanging, Show(PLANNING) if what == "In my words" else Saved(CLOSED))
    async with asyncio.timeout(4):
        ana = hanging.world.person("ana")
        answer = await hanging.people.press(ana, what, old_client=old)
    assert answer
    assert answer.status == 200
    assert (answer.body is None) is old


@pytest.mark.parametrize("how", ["talk", "mention", "thread"])
async def test_whatever_hangs_words_are_acknowledged(hanging: Opened, how: str) -> None:
    hears(hanging, Saved(CLOSED))
    ana, people = hanging.world.person("ana"), hanging.people
    async with asyncio.timeout(4):
        if how == "talk":
            await people.whisper(ana, "status")
        else:
            await people.say(ana, hanging.lesson, "status", mention=how == "mention")
    assert people.answers[-1].status == 200
    assert len(hanging.events) == 1
