"""Who acts, and in which workspace or organisation: Slack Connect and Enterprise Grid too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.chat.answer import Answer, Saved
from bot.chat.event import Event, Kept
from bot.chat.text import UserText
from bot.clock import SteppedClock
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.profiles import read_profile
from tests.records import MemoryRecords
from tests.slack.recording import Record, recording_slack
from tests.slack.shapes import (
    ADA,
    CHANNEL,
    NOW,
    ROOT,
    TEAM,
    a_command,
    a_message,
    a_press,
    a_shortcut,
    a_submission,
    envelope,
    in_message,
)
from tests.slack.signed import installed

Json = dict[str, Any]

ORG, OTHERS = "E0AGENCY", "T0OTHERS"


def message(**around: Any) -> Json:
    said = a_message(thread_ts=ROOT)
    return {**envelope(said), **around}


def press(**around: Any) -> Json:
    return a_press(**in_message({"id": CHANNEL, "name": "lesson"})) | around


def window(**around: Any) -> Json:
    return a_submission(Origin("f.answer.o1...", CHANNEL), {}) | around


async def heard(body: Json, *tenants: str, record: Record | None = None) -> list[Event]:
    """What is heard of it where Fivefold is installed in these."""
    events: list[Event] = []

    async def hear(event: Event) -> Answer:
        events.append(event)
        return Saved()

    records = MemoryRecords()
    for tenant in tenants:
        records.kept |= installed(tenant).kept
    async with recording_slack(record or Record(), records, hear, SteppedClock(NOW)) as slack:
        request = AsyncBoltRequest(mode="socket_mode", body=json.loads(json.dumps(body)))
        await slack.listeners.bolt.async_dispatch(request)
    return events


def of(team: str | None, enterprise: str | None = None, *, org: bool = False) -> list[Json]:
    """Whose install an event is told to."""
    return [
        {
            "enterprise_id": enterprise,
            "team_id": team,
            "user_id": "U0FIVEFOLD",
            "is_bot": True,
            "is_enterprise_install": org,
        }
    ]


IN_ORG: Json = {"is_enterprise_install": True, "enterprise": {"id": ORG, "name": "Agency"}}


@pytest.mark.parametrize(
    ("body", "tenant"),
    [
        (message(), TEAM),
        (message(team_id=OTHERS, authorizations=of(TEAM)), TEAM),
        (message(authorizations=of(TEAM, ORG)), TEAM),
        (message(authorizations=of(None, ORG, org=True)), ORG),
        (message(authorizations=of(TEAM, ORG, org=True)), ORG),
        (press(), TEAM),
        (press(enterprise={"id": ORG, "name": "Agency"}), TEAM),
        (press(**IN_ORG), ORG),
        (press(**IN_ORG, team=None), ORG),
        (window(), TEAM),
        (window(team={"id": OTHERS, "domain": "others"}), TEAM),
        (window(**IN_ORG), ORG),
        (a_command("status"), TEAM),
        (a_command("status", enterprise_id=ORG, is_enterprise_install="false"), TEAM),
        (a_command("status", enterprise_id=ORG, is_enterprise_install="true"), ORG),
    ],
    ids=[
        "message",
        "message of somebody in a channel shared with others",
        "message in a workspace of an organisation",
        "message in an organisation",
        "message in an organisation that names the workspace too",
        "press",
        "press in a workspace of an organisation",
        "press in an organisation",
        "press in an organisation that names no workspace",
        "form",
        "form of somebody of another workspace",
        "form in an organisation",
        "command",
        "command in a workspace of an organisation",
        "command in an organisation",
    ],
)
async def test_an_act_belongs_to_the_install_that_slack_tells_it_to(
    body: Json, tenant: str
) -> None:
    [event] = await heard(body, TEAM, ORG, OTHERS)
    assert (event.who.tenant, event.who.id) == (tenant, ADA)
    place = event.place
    assert place is not None
    assert (place.tenant, place.channel) == (tenant, CHANNEL)


async def test_what_belongs_to_no_install_is_not_heard() -> None:
    assert await heard(message(), OTHERS) == []
    assert await heard(press(), OTHERS) == []
    assert await heard(a_command("status"), OTHERS) == []


@pytest.mark.parametrize("subtype", ["bot_message", "channel_join", "channel_topic"])
async def test_what_nobody_said_is_not_heard(subtype: str) -> None:
    body = message()
    body["event"] |= {"subtype": subtype}
    assert await heard(body, TEAM) == []
    del body["event"]["user"]
    assert await heard(body, TEAM) == []


async def test_what_the_bot_itself_says_is_not_heard() -> None:
    body = message()
    body["event"] |= {"user": "U0FIVEFOLD"}
    assert await heard(body, TEAM) == []


# -- who may plan lessons


@pytest.mark.parametrize(
    ("user", "tenant", "guest"),
    [
        ({"team_id": TEAM}, TEAM, False),
        ({"team_id": OTHERS, "is_stranger": False}, TEAM, True),
        ({"team_id": TEAM, "is_restricted": True}, TEAM, True),
        ({}, TEAM, False),
        ({"team_id": TEAM, "enterprise_user": {"enterprise_id": ORG}}, ORG, False),
        ({"team_id": OTHERS, "enterprise_user": {"enterprise_id": "E0OTHERS"}}, ORG, True),
        ({"team_id": OTHERS}, ORG, True),
        ({"team_id": OTHERS, "enterprise_user": {"teams": [OTHERS, TEAM]}}, TEAM, False),
    ],
)
def test_who_is_not_of_the_tenant_is_a_guest(user: Json, tenant: str, guest: bool) -> None:
    assert read_profile(user, tenant).is_guest is guest


PLANNING = [
    a_command("schedule"),
    a_command(" /Fivefold  Schedule a lesson."),
    a_command("fivefold: rehearse!"),
    press(actions=[press()["actions"][0] | {"value": "f.plan.new..."}]),
    a_submission(Origin("f.rehearse.new...", CHANNEL), {}),
]


@pytest.mark.parametrize("body", PLANNING)
async def test_guests_and_people_of_whom_nothing_is_known_plan_no_lessons(body: Json) -> None:
    user = {"user": {"id": ADA, "team_id": TEAM}}
    assert len(await heard(body, TEAM, record=Record(answers={"users.info": lambda _: user}))) == 1
    other = {"user": {"id": ADA, "team_id": OTHERS}}
    record = Record(answers={"users.info": lambda _: other})
    assert await heard(body, TEAM, record=record) == []
    record = Record(errors={"users.info": ["ratelimited"]})
    assert await heard(body, TEAM, record=record) == []


async def test_whoever_nothing_is_known_of_takes_part_as_ever() -> None:
    for body in (press(), a_command("status"), window()):
        record = Record(errors={"users.info": ["ratelimited"]})
        assert len(await heard(body, TEAM, record=record)) == 1


async def test_who_wrote_what_is_kept_is_named_as_slack_names_them() -> None:
    def named(asked: Json) -> Json:
        return {"user": {"id": asked["user"], "real_name": f"Name of {asked['user']}"}}

    body = a_shortcut(a_message(user="U0BO"))
    [event] = await heard(body, TEAM, record=Record(answers={"users.info": named}))
    assert isinstance(event, Kept)
    assert event.by_name == UserText("Name of U0BO")
