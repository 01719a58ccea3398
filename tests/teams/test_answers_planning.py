"""What there is to choose from, who may plan lessons, and that nobody waits for an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from bot.chat.answer import Saved, Show
from bot.chat.event import FormSubmitted
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


MANAGERS = "19:00000000000000000000000000000001@thread.tacv2"


def offered(port: Opened, handle: str = "ana") -> dict[str, list[str]]:
    """What somebody can choose in the form before them, by label."""
    who = port.world.person(handle)
    view = port.people.view(who, port.people._before(who)[0])
    return {
        one.node["label"]: [choice["title"] for choice in one.node.get("choices", ())]
        for card in view.cards
        for one in inputs(card)
    }


async def test_a_form_offers_the_channels_and_other_people_of_the_teams_that_the_bot_is_in(
    port: Opened,
) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    assert offered(port) == {
        "Where?": ["Course: General", "Course: lesson", "Course: second"],
        "Who leads?": ["Bo Lind", "Cy Okoro", "Fay Moss"],
    }


async def test_a_form_offers_nothing_of_teams_that_its_person_is_not_in(port: Opened) -> None:
    await port.people.adds_bot(port.world.person("fay"), port.world.place("other"))
    await port.teams.settled()
    faculty = port.world.organisation.team_of(port.world.place("other").channel)
    assert faculty
    faculty.members.append(port.world.organisation.enter("Dee Park").aad)
    ref = await posted(port)
    hears(port, Show(PLANNING), Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    assert all("Faculty" not in title for title in offered(port)["Where?"])
    assert "Dee Park" not in offered(port)["Who leads?"]
    await presses(port, "In my words", ref=ref, who="fay")
    assert "Faculty: other" in offered(port, "fay")["Where?"]
    assert "Dee Park" in offered(port, "fay")["Who leads?"]


async def has(port: Opened, kind: str) -> None:
    """The team has another channel, with members of its own: Ana."""
    team = port.world.organisation.team_of(port.lesson.channel)
    assert team
    listed = [{"id": id, "name": name} for name, id in team.channels.items()]
    listed.append({"id": MANAGERS, "name": "Managers", "type": kind})
    told = Odd(status=200, body=json.dumps({"conversations": listed}).encode())
    port.world.connector.fail("GET", "/v3/teams/*/conversations", told)
    await port.people.opens_channel(port.world.person("fay"), port.lesson, "x")
    await port.teams.settled()
    mine = [{"id": "29:1", "aadObjectId": port.world.person("ana").id}]
    members = Odd(status=200, body=json.dumps({"members": mine}).encode())
    port.world.connector.fail("GET", f"/v3/conversations/{MANAGERS}/pagedmembers", members, times=9)


@pytest.mark.parametrize("kind", ["private", "shared"])
async def test_a_channel_with_members_of_its_own_is_not_offered(port: Opened, kind: str) -> None:
    await has(port, kind)
    ref = await posted(port)
    hears(port, Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    assert offered(port)["Where?"] == ["Course: General", "Course: lesson", "Course: second"]


async def test_who_is_where_is_asked_once_for_several_forms(port: Opened) -> None:
    ref = await posted(port)
    hears(port, *[Show(PLANNING)] * 3)
    for _ in range(3):
        port.people.look_again(port.world.person("ana"))
        await presses(port, "In my words", ref=ref)
        assert offered(port)["Where?"]
    assert len(port.world.connector.sent("GET", "*/pagedmembers")) == 1


async def test_where_teams_does_not_say_who_is_where_ids_can_be_typed(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    port.world.connector.fail("GET", "*/pagedmembers", Fault(status=503), times=9)
    await presses(port, "In my words", ref=ref)
    assert offered(port) == {"Where?": [], "Who leads?": []}


# -- where they may plan lessons

NOT_THERE = "You are not in that team: choose one of your own."


async def plans(port: Opened, channel: str, *, old: bool = False) -> None:
    """Ana sends the form that plans a lesson, with this channel in it, whatever was offered."""
    ref = await posted(port)
    hears(port, Show(PLANNING), Saved("Planned."))
    await presses(port, "In my words", ref=ref, old=old)
    ana = port.world.person("ana")
    port.people.fill(ana, "place", port.lesson.channel)
    port.people.fill(ana, "who", port.world.person("bo").id)
    await port.people.submit(ana, old_client=old)
    await port.teams.settled()
    assert isinstance(port.events[-1], FormSubmitted)
    port.events.clear()
    sent = json.loads(json.dumps(port.people.told[-1]))
    sent["timestamp"] = sent["timestamp"].replace("Z", "1Z")
    data = sent["value"] if old else sent["value"]["action"]["data"]
    (given,) = (key for key in data if key.endswith(" place"))
    data[given] = channel
    hears(port, Saved("Planned."))
    await port.people.tell(sent)
    await port.teams.settled()


async def reads(port: Opened) -> str:
    """What Ana was answered last, at once or in her talk."""
    return f"{port.people.answers[-1].body} {await sees(port)}"


@pytest.mark.parametrize("old", [False, True], ids=["press", "old client"])
@pytest.mark.parametrize("encoded", [False, True], ids=["as it is", "encoded"])
async def test_nobody_plans_a_lesson_in_a_team_that_they_are_not_in(
    port: Opened, old: bool, encoded: bool
) -> None:
    await port.people.adds_bot(port.world.person("fay"), port.world.place("other"))
    await port.teams.settled()
    other = port.world.place("other").channel
    await plans(port, quote(other, safe="") if encoded else other, old=old)
    assert port.events == []
    assert NOT_THERE in await reads(port)


@pytest.mark.parametrize(
    "channel",
    ["19:00000000000000000000000000000001@thread.tacv2", "29:1" + "x" * 30, "a:1" + "x" * 30],
    ids=["a channel that nobody knows", "a person", "a talk"],
)
async def test_nobody_plans_a_lesson_where_they_cannot_be(port: Opened, channel: str) -> None:
    await plans(port, channel)
    assert port.events == []
    assert NOT_THERE in await reads(port)


@pytest.mark.parametrize("kind", ["private", "shared"])
@pytest.mark.parametrize("old", [False, True], ids=["press", "old client"])
async def test_no_lesson_is_planned_in_a_channel_with_members_of_its_own(
    port: Opened, kind: str, old: bool
) -> None:
    await has(port, kind)
    port.world.connector.fail("GET", "/v3/teams/*/conversations", Fault(status=503), times=9)
    await plans(port, MANAGERS, old=old)
    assert port.events == []
    assert "standard channels of a team: choose one" in await reads(port)


async def test_who_just_came_into_a_team_plans_a_lesson_there(port: Opened) -> None:
    other = port.world.place("other")
    await port.people.adds_bot(port.world.person("fay"), other)
    await port.teams.settled()
    await plans(port, other.channel)
    assert port.events == []
    await port.people.comes_in(other, "", "ana")
    await port.teams.settled()
    await plans(port, other.channel)
    assert [type(one) for one in port.events] == [FormSubmitted]


async def test_where_teams_does_not_say_who_is_where_nothing_is_planned_just_now(
    port: Opened,
) -> None:
    port.world.connector.fail("GET", "*/pagedmembers", Fault(status=503), times=9)
    ref = await posted(port)
    hears(port, Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    port.events.clear()
    ana = port.world.person("ana")
    port.people.fill(ana, "place", port.lesson.channel)
    port.people.fill(ana, "who", port.world.person("bo").id)
    await port.people.submit(ana)
    assert port.events == []
    assert "which teams you are in. Please try again" in notices(port)[-1]


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


@pytest.mark.parametrize("how", ["press", "talk"])
async def test_before_any_team_it_is_said_how_to_add_it_and_nothing_is_asked(
    port: Opened, how: str
) -> None:
    ana, ref = port.world.person("ana"), await posted(port, PLAN)
    tenant = port.world.organisation.tenant
    for team in await port.teams.channels.teams(tenant):
        await port.teams.channels.forget(tenant, team)
    if how == "press":
        await presses(port, "Plan a lesson", ref=ref)
    else:
        await port.people.whisper(ana, "Schedule a lesson")
        await port.teams.settled()
    assert port.events == []
    seen = await sees(port)
    for said in ("Add me to a team first", "choose “Add to a team”", "write “schedule”"):
        assert said in seen
    await port.people.whisper(ana, "rehearse")
    assert len(port.events) == 1


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
