"""What is no activity is refused, and nothing of it happens; whatever comes, nothing breaks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.answer import Answer, Refused
from bot.chat.event import Commanded, Event
from bot.chat.platform import Hear
from bot.clock import SteppedClock
from bot.platforms.teams.config import MESSAGES_PATH, TeamsConfig
from bot.platforms.teams.connection import open_teams
from bot.platforms.teams.incoming import Unreadable, change_of, door_of, heard, moved, pressed
from bot.web.server import build_web
from tests.conformance.driving import Ear
from tests.records import MemoryRecords
from tests.teams.shapes import (
    BO,
    BO_ID,
    NOW,
    ROOT,
    Json,
    a_message,
    a_press,
    a_submit,
    an_activity,
    an_update,
    called,
    in_channel,
    in_group,
    in_talk,
)

PICK = {"fivefold": "f.vote.o1...", "does": "pick", "option": "a"}
ACTIVITIES: list[Json] = [
    a_message(),
    a_message(where=in_channel(ROOT)),
    called("schedule", in_channel(ROOT)),
    a_message("status", in_talk()),
    called("status", in_group()),
    a_press(PICK),
    a_press({"fivefold": "", "does": "back"}),
    a_submit({**PICK, "does": "form", "form": "1", "1 text why": "Because."}),
    a_press({"fivefold": "f.plan.new...", "does": "open"}),
    an_update("teamMemberAdded", membersAdded=[{"id": BO_ID, "aadObjectId": BO}]),
    an_update("channelCreated"),
    an_activity("installationUpdate", in_talk(), action="add"),
    an_activity("messageUpdate", in_channel(ROOT), text="x"),
    an_activity("messageDelete", in_channel(ROOT)),
]
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\ud800", "\x00", "19:x@thread.tacv2;messageid=", "add", ";messageid="]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "tenant", "team", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn) -> Json:
    """An activity in which some things are something else, or not there."""
    whole = json.loads(json.dumps(draw(st.sampled_from(ACTIVITIES))))
    for _ in range(draw(st.integers(1, 3))):
        node: Any = whole
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
                node = node[key]
                continue
            if isinstance(node, dict) and draw(st.booleans()):
                del node[key]
            else:
                node[key] = draw(anything)
            break
    return dict(whole)


@settings(max_examples=400)
@given(spoilt())
def test_what_is_spoilt_is_unreadable_or_read_and_nothing_else(activity: Json) -> None:
    try:
        door = door_of(activity, NOW)
        pressed(activity, door)
        heard(activity, door, ours=True)
    except Unreadable:
        pass
    try:
        moved(activity, NOW)
        change_of(activity)
    except Unreadable:
        pass


def answers(bodies: list[bytes], ear: Hear) -> list[httpx.Response]:
    """What comes back for each: no token is asked for, as in the Playground."""

    async def all() -> list[httpx.Response]:
        config, clock = TeamsConfig(local=True), SteppedClock(NOW)
        async with open_teams(config, MemoryRecords(), ear, clock, clock) as teams:
            transport = httpx.ASGITransport(build_web(teams.routes))
            async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
                headers = {"content-type": "application/json"}
                found = [
                    await http.post(MESSAGES_PATH, content=body, headers=headers) for body in bodies
                ]
            return found

    return asyncio.run(all())


@settings(max_examples=60)
@given(st.lists(spoilt(), min_size=1, max_size=8))
def test_whatever_comes_over_http_is_taken_or_refused_and_nothing_breaks(
    activities: list[Json],
) -> None:
    bodies = [json.dumps(one).encode() for one in activities]
    for answer in answers(bodies, Ear()):
        assert answer.status_code in (200, 400, 401)
        if answer.status_code == 200 and answer.content:
            assert answer.json()["statusCode"] == 200
        else:
            assert answer.content == b""


NO_ACTIVITIES = [
    b"",
    b"{",
    b"null",
    b"5",
    b'"x"',
    b"[]",
    b"{}",
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b"\xff\xfe",
    b'{"type": "message"}',
    b"NaN",
    b" " * 1_000_001,
]


@pytest.mark.parametrize("body", NO_ACTIVITIES, ids=lambda body: str(body[:12]))
def test_what_is_no_activity_is_heard_by_nobody(body: bytes) -> None:
    ear = Ear()
    (answer,) = answers([body], ear)
    assert answer.status_code == 401
    assert (answer.content, ear.events) == (b"", [])


def test_what_names_nobody_is_refused_and_heard_by_nobody() -> None:
    ear = Ear()
    senders: list[Json] = [{}, {"id": "29:x"}, {"aadObjectId": ""}]
    nobody = [{**a_message(), "from": sender} for sender in senders]
    found = answers([json.dumps(one).encode() for one in nobody], ear)
    assert [answer.status_code for answer in found] == [400, 400, 400]
    assert ear.events == []


@pytest.mark.parametrize("kind", ["message", "messageUpdate", "messageDelete"])
def test_what_another_bot_or_a_webhook_posts_is_passed_over(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear()
    posted = {**a_message(), "type": kind, "from": {"id": "28:other", "name": "News"}}
    (answer,) = answers([json.dumps(posted).encode()], ear)
    assert (answer.status_code, answer.content, ear.events) == (200, b"", [])
    assert caplog.text == ""


@pytest.mark.parametrize("kind", ["typing", "event", "endOfConversation", "trace", "", None, 5])
def test_what_is_of_another_kind_is_passed_over(kind: Any) -> None:
    ear = Ear()
    (answer,) = answers([json.dumps({**a_message(), "type": kind}).encode()], ear)
    assert (answer.status_code, answer.content, ear.events) == (200, b"", [])


@pytest.mark.parametrize(
    ("name", "told"), [("adaptiveCard/action", True), ("task/fetch", False), (None, False)]
)
def test_a_press_of_no_button_of_ours_is_told_so(name: Any, told: bool) -> None:
    (answer,) = answers([json.dumps(a_press({"x": 1}, name=name)).encode()], Ear())
    assert answer.status_code == 200
    assert ("not one of mine" in answer.text) is told


def test_half_a_sign_that_somebody_sent_comes_back_as_it_was() -> None:
    ear = Ear()
    ear.answers.append(Refused("No \ud800."))
    (answer,) = answers([json.dumps(a_press(PICK)).encode()], ear)
    assert answer.json()["value"] == "No \ud800."


BROKEN = ["<p>MY WORDS</p><![my words", f'<p>MY WORDS<ol start="{"9" * 5_000}">', "MY WORDS<a b='"]


@pytest.mark.parametrize("page", BROKEN, ids=["declaration", "number", "tag"])
def test_words_in_html_that_is_none_are_heard(page: str, caplog: pytest.LogCaptureFixture) -> None:
    ear = Ear()
    html = {"contentType": "text/html", "content": page}
    said = a_message("MY WORDS", in_talk(), attachments=[html])
    (answer,) = answers([json.dumps(said).encode()], ear)
    assert answer.status_code == 200
    assert [event.text for event in ear.events if isinstance(event, Commanded)] == ["MY WORDS"]
    assert caplog.text == ""


@pytest.mark.parametrize("activity", [a_message("MY WORDS", in_talk()), a_press(PICK)])
@pytest.mark.parametrize("failure", [RuntimeError, AssertionError, ZeroDivisionError, OSError])
def test_what_nobody_foresaw_is_logged_by_its_place_and_not_in_its_words(
    activity: Json, failure: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(event: Event) -> Answer:
        raise failure(f"could not read MY WORDS of {event}")

    (answer,) = answers([json.dumps(activity).encode()], broken)
    assert (answer.status_code, answer.content) == (500, b"")
    assert f"{failure.__name__} < test_nonsense.py" in caplog.text
    assert "MY WORDS" not in caplog.text
