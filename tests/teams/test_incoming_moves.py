"""Who comes and goes in Teams, and when anything happened, as events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Person, Place
from bot.chat.event import (
    Event,
    Installed,
    Joined,
    Left,
    Removed,
)
from bot.platforms.acts import OLDEST, digest
from bot.platforms.teams import incoming
from bot.platforms.teams.incoming import (
    Change,
    change_of,
    door_of,
    moved,
)
from tests.teams.shapes import (
    BO,
    BO_ID,
    BOT,
    CHANNEL,
    LESSON,
    NOW,
    TEAM,
    TENANT,
    WHO,
    Json,
    a_message,
    an_activity,
    an_update,
    door,
    in_group,
    in_talk,
)


def heard(activity: Json) -> Event | None:
    return incoming.heard(activity, door(activity), ours=False)


BOT_ADDED = {"membersAdded": [{"id": BOT}]}


def test_the_bot_is_added_and_removed_by_somebody() -> None:
    (event,) = moved(an_update("teamMemberAdded", **BOT_ADDED), NOW)
    assert isinstance(event, Installed)
    assert (event.who, event.place) == (WHO, Place("teams", TENANT, TEAM))
    (event,) = moved(an_update("teamMemberRemoved", membersRemoved=[{"id": BOT}]), NOW)
    assert isinstance(event, Removed)


@pytest.mark.parametrize(
    ("activity", "change"),
    [
        (an_update("teamMemberAdded", **BOT_ADDED), Change("added", TEAM, "Course")),
        (an_activity("installationUpdate", in_talk(), action="add"), Change("added", "", "")),
        (
            an_activity("installationUpdate", in_talk(), action="add-upgrade"),
            Change("added", "", ""),
        ),
        (an_activity("installationUpdate", in_talk(), action="remove"), Change("removed", "", "")),
        (an_activity("installationUpdate", in_talk(), action="else"), None),
        (an_update("teamDeleted"), Change("removed", TEAM, "Course")),
        (an_update("teamArchived"), Change("removed", TEAM, "Course")),
        (an_update("channelCreated"), Change("changed", TEAM, "Course")),
        (an_update("channelRenamed"), Change("changed", TEAM, "Course")),
        (an_update("channelDeleted"), Change("changed", TEAM, "Course")),
        (an_update("teamRenamed"), Change("changed", TEAM, "Course")),
        (an_update("teamMemberAdded", membersAdded=[{"id": BO_ID, "aadObjectId": BO}]), None),
        (an_update("ofTomorrow"), None),
    ],
)
def test_what_changed_about_the_teams_that_the_bot_is_in(
    activity: Json, change: Change | None
) -> None:
    assert change_of(activity) == change


@pytest.mark.parametrize(("name", "kind"), [("membersAdded", Joined), ("membersRemoved", Left)])
def test_who_comes_into_a_team_or_leaves_it_does_so_in_each_of_its_channels(
    name: str, kind: type
) -> None:
    activity = an_update("x", **{name: [{"id": BO_ID, "aadObjectId": BO}, {"id": BOT}]})
    found = [event for event in moved(activity, NOW, [TEAM, CHANNEL]) if isinstance(event, kind)]
    bo = Person("teams", TENANT, BO)
    assert {(event.who, event.place) for event in found} == {
        (bo, Place("teams", TENANT, TEAM)),
        (bo, LESSON),
    }
    assert len({event.id for event in found}) == 2
    again = moved({**activity, "id": "another"}, NOW, [TEAM, CHANNEL])
    assert {event.id for event in again} >= {event.id for event in found}


@pytest.mark.parametrize(
    "members", [None, {}, "x", [], [5], [{}], [{"id": 5}], [{"aadObjectId": ""}], [{"id": BO_ID}]]
)
def test_who_is_nobody_comes_nowhere(members: Any) -> None:
    assert moved(an_update("teamMemberAdded", membersAdded=members), NOW) == ()


def test_nobody_comes_into_a_talk_or_a_group() -> None:
    for where in (in_talk(), in_group()):
        added = [{"id": BO_ID, "aadObjectId": BO}]
        assert moved(an_activity("conversationUpdate", where, membersAdded=added), NOW) == ()


# -- when

AT = [None, "", 5, "soon", "2026-13-05", "2026-01-05T09:01:01Z", "2026-01-04T09:00:59Z"]
EDGES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00",
    "2026-01-05T09:00:29+99:99",
]


@pytest.mark.parametrize("at", [*AT, *EDGES])
def test_a_moment_that_cannot_be_is_now(at: Any) -> None:
    event = heard(a_message(timestamp=at))
    assert event
    assert event.at == NOW


@given(st.integers(0, int(OLDEST.total_seconds() * 1_000)))
def test_a_moment_of_the_last_day_is_as_teams_says(before: int) -> None:
    at = NOW - timedelta(milliseconds=before)
    event = heard(a_message(timestamp=at.isoformat().replace("+00:00", "Z")))
    assert event
    assert event.at == at


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=4), st.integers(0, 3))
def test_an_id_tells_apart_what_is_cut_differently(parts: list[str | None], at: int) -> None:
    texts = [part or "" for part in parts]
    assert digest(*parts) == digest(*texts)
    if texts[at : at + 1] and texts[at]:
        assert digest(*texts) != digest(*texts[:at], texts[at][:-1], texts[at][-1:] + "x")


def test_a_door_is_the_same_whatever_else_an_activity_says() -> None:
    assert door_of(a_message(), NOW) == door_of({**a_message(), "text": "else"}, NOW)
