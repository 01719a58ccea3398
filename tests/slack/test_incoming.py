"""What people press and send in Slack, in the shapes that it documents, as events."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Person, Place, PostRef
from bot.chat.event import (
    FormRequested,
    Picked,
)
from bot.chat.text import UserText
from bot.platforms.acts import OLDEST, digest
from bot.platforms.slack.incoming import (
    Door,
    Origin,
    Pressed,
    Unreadable,
    actor_of,
    asked_home,
    commanded,
    moment,
    press_of,
    pressed,
    submitted,
)
from tests.slack.shapes import (
    ACTED,
    ADA,
    CHANNEL,
    DOOR,
    LESSON,
    NOW,
    REPLY,
    ROOT,
    TALK,
    TEAM,
    THREAD,
    TS,
    Json,
    a_command,
    a_press,
    a_submission,
    a_view,
    in_message,
    in_view,
)


def read(body: Json, door: Door = DOOR) -> Pressed:
    """The press that a payload is."""
    found = press_of(body)
    assert found is not None
    return pressed(body, *found, door)


def in_the_lesson(**container: Any) -> Json:
    return in_message({"id": CHANNEL, "name": "lesson"}, **container)


def test_a_press_in_the_channel_tells_who_when_where_and_in_which_post() -> None:
    event = read(a_press(**in_the_lesson())).event
    assert event == Picked(
        id=event.id,
        at=ACTED,
        who=Person("slack", TEAM, ADA),
        place=LESSON,
        name=UserText("Ada"),
        zone="Europe/Berlin",
        callback="f.go.o1...",
        post=PostRef(LESSON, REPLY),
    )


def test_a_press_in_a_thread_names_the_thread_of_the_post_and_the_channel_as_its_place() -> None:
    found = read(a_press(**in_the_lesson(thread_ts=ROOT)))
    assert isinstance(found.event, Picked)
    assert found.event.place == LESSON
    assert found.event.post == PostRef(THREAD, REPLY)
    assert found.origin == Origin(channel=CHANNEL, thread=ROOT, post=REPLY)


def test_a_press_in_a_post_that_has_a_thread_is_a_press_in_the_channel() -> None:
    event = read(a_press(**in_the_lesson(thread_ts=REPLY))).event
    assert isinstance(event, Picked)
    assert event.post == PostRef(LESSON, REPLY)


def test_a_press_in_what_one_person_sees_names_no_post() -> None:
    body = a_press(**in_the_lesson(is_ephemeral=True))
    del body["message"]
    event = read(body).event
    assert isinstance(event, Picked)
    assert (event.place, event.post) == (LESSON, None)


@pytest.mark.parametrize(
    "channel",
    [
        {"id": TALK, "name": "directmessage"},
        {"id": "G0GROUP", "name": "mpdm-ada--bo--fivefold-1"},
        {"id": "C0GROUP", "name": "mpdm-ada--bo--fivefold-1"},
    ],
    ids=["with the bot", "of several", "of several, newly made"],
)
def test_a_press_in_a_private_talk_has_no_place_but_its_post(channel: Json) -> None:
    event = read(a_press(**in_message(channel))).event
    assert isinstance(event, Picked)
    assert event.place is None
    assert event.post == PostRef(Place("slack", TEAM, channel["id"]), REPLY)


def test_a_press_in_a_private_channel_has_a_place() -> None:
    """Slack calls each of them the same."""
    event = read(a_press(**in_message({"id": "G0SECRET", "name": "privategroup"}))).event
    assert event.place == Place("slack", TEAM, "G0SECRET")


def test_a_press_in_a_window_acts_where_the_window_was_asked_for() -> None:
    origin = Origin("f.answer.o1...", CHANNEL, ROOT, REPLY)
    found = read(a_press(**in_view(a_view(origin=origin))))
    assert isinstance(found.event, Picked)
    assert (found.event.place, found.event.post) == (LESSON, PostRef(THREAD, REPLY))
    assert found.view is not None


def test_a_press_in_a_window_of_a_private_talk_has_no_place() -> None:
    origin = Origin(channel=TALK, post=REPLY, private=True)
    event = read(a_press(**in_view(a_view(origin=origin)))).event
    assert isinstance(event, Picked)
    assert event.place is None
    assert event.post == PostRef(Place("slack", TEAM, TALK), REPLY)


def test_a_press_on_the_home_page_has_neither_place_nor_post() -> None:
    found = read(a_press(**in_view(a_view("home"))))
    assert isinstance(found.event, Picked)
    assert (found.event.place, found.event.post, found.origin) == (None, None, Origin(home=True))


def test_a_button_that_opens_something_asks_for_a_form() -> None:
    body = a_press(**in_the_lesson())
    body["actions"][0]["action_id"] = "open 2.0"
    event = read(body).event
    assert isinstance(event, FormRequested)
    assert (event.callback, event.place) == ("f.go.o1...", LESSON)


def test_ticks_are_read_from_the_state_of_the_message_and_of_the_window() -> None:
    send = {"type": "button", "action_id": "send 0", "block_id": "0 f.vote.o1...", "value": "send"}
    ticked = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("a", "b")]
    values = {"0 f.vote.o1...": {"tick 0": {"type": "checkboxes", "selected_options": ticked}}}
    state = {"values": values}
    actions = [{**send, "action_ts": TS}]
    in_post = a_press(**in_the_lesson()) | {"state": state, "actions": actions}
    view = a_view(origin=Origin(channel=CHANNEL), state=state)
    in_window = a_press(**in_view(view)) | {"actions": actions}
    for body in (in_post, in_window):
        event = read(body).event
        assert isinstance(event, Picked)
        assert (event.callback, event.options) == ("f.vote.o1...", ("a", "b"))


def test_a_box_that_is_ticked_means_nothing_yet() -> None:
    body = a_press(**in_the_lesson())
    body["actions"][0] |= {"type": "checkboxes", "action_id": "tick 0", "selected_options": []}
    assert press_of(body) is None


def test_the_same_press_has_the_same_id_and_another_press_another() -> None:
    body = a_press(**in_the_lesson())
    again = json.loads(json.dumps(body))
    other = json.loads(json.dumps(body))
    other["trigger_id"] = "another"
    bo = Door(TEAM, "U0BO", NOW)
    ids = [read(one).event.id for one in (body, again, other)] + [read(body, bo).event.id]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    "broken",
    [
        {"actions": None},
        {"actions": [{"action_id": "pick 1.0", "block_id": "1.0"}]},
        {"actions": ["pick"]},
        {"actions": [{"action_id": "choose 1", "block_id": "1 f.x", "selected_option": "x"}]},
        {"container": {}, "channel": None},
        {"view": {"type": "modal", "private_metadata": "no JSON"}},
        {"view": {"type": "modal", "private_metadata": '{"unknown":1}'}},
        {"view": {"type": "modal", "private_metadata": "null"}},
    ],
)
def test_what_is_no_press_of_slacks_is_unreadable(broken: Json) -> None:
    with pytest.raises(Unreadable):
        read(a_press(**in_the_lesson()) | broken)


def test_a_form_brings_back_its_callback_its_fields_and_where_it_was_asked_for() -> None:
    values = {
        "0.1 q1": {"value": {"type": "plain_text_input", "value": "Because."}},
        "1.1 q2": {"value": {"type": "plain_text_input", "value": None}},
        "2.1 day": {"value": {"type": "datepicker", "selected_date": "2026-03-02"}},
        "3.1 who": {"value": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
        "4.1 where": {"value": {"type": "conversations_select", "selected_conversation": "C9"}},
    }
    origin = Origin("f.answer.o1..d1.", CHANNEL, ROOT, REPLY)
    event, back = submitted(a_submission(origin, values), DOOR)
    assert event.callback == "f.answer.o1..d1."
    assert dict(event.fields) == {
        "q1": ("Because.",),
        "q2": (),
        "day": ("2026-03-02",),
        "who": ("U1", "U2"),
        "where": ("C9",),
    }
    assert (event.place, event.post, event.at) == (LESSON, PostRef(THREAD, REPLY), NOW)
    assert back == origin


def test_a_form_asked_for_in_private_has_no_place() -> None:
    origin = Origin("f.answer.o1...", TALK, post=REPLY, private=True)
    event, _ = submitted(a_submission(origin, {}), DOOR)
    assert event.place is None
    event, back = submitted(a_submission(Origin("f.x.o1...", home=True), {}), DOOR)
    assert (event.place, event.post, back.home) == (None, None, True)


def test_a_form_that_is_sent_again_is_the_same_and_with_other_words_another() -> None:
    def id_of(text: str) -> str:
        values = {"0.1 q1": {"value": {"type": "plain_text_input", "value": text}}}
        return submitted(a_submission(Origin("f.a.o1..."), values), DOOR)[0].id

    assert id_of("a") == id_of("a")
    assert id_of("a") != id_of("b")


@pytest.mark.parametrize("view", [{}, {"state": {}}, {"state": {"values": {"0.1 a": "text"}}}])
def test_a_window_without_its_state_is_unreadable(view: Json) -> None:
    body = a_submission(Origin("f.a.o1..."), {})
    body["view"] = {"type": "modal", "private_metadata": "{}", **view}
    with pytest.raises(Unreadable):
        submitted(body, DOOR)


@given(st.builds(Origin, *[st.text(max_size=40)] * 4, st.booleans(), st.booleans()))
def test_any_origin_comes_back_from_a_window(origin: Origin) -> None:
    assert Origin.decode(origin.encode()) == origin


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=4), st.integers(0, 3))
def test_an_id_tells_apart_what_is_cut_differently(parts: list[str | None], at: int) -> None:
    texts = [part or "" for part in parts]
    assert digest(*parts) == digest(*texts)
    if texts[at : at + 1] and texts[at]:
        assert digest(*texts) != digest(*texts[:at], texts[at][:-1], texts[at][-1:] + "x")


@pytest.mark.parametrize(
    "ts",
    [
        None,
        "",
        "soon",
        "nan",
        "inf",
        "-1",
        "1e300",
        f"{(NOW + timedelta(seconds=1)).timestamp()}",
        f"{(NOW - OLDEST - timedelta(seconds=1)).timestamp()}",
    ],
)
def test_a_moment_that_cannot_be_is_now(ts: object) -> None:
    assert moment(ts, NOW) == NOW


@given(st.floats(0, OLDEST.total_seconds()))
def test_a_moment_of_the_last_day_is_as_slack_says(before: float) -> None:
    at = NOW - timedelta(seconds=before)
    assert moment(f"{at.timestamp():.6f}", NOW) == at


def test_a_command_is_said_in_its_channel() -> None:
    event = commanded(a_command("  +5 "), DOOR, "1767603630")
    assert (event.text, event.place, event.at) == ("+5", LESSON, NOW)


@pytest.mark.parametrize(
    ("channel", "name"),
    [(TALK, "directmessage"), ("G0GROUP", "mpdm-ada--bo--fivefold-1")],
)
def test_a_command_in_a_private_talk_has_no_place(channel: str, name: str) -> None:
    body = a_command("", channel_id=channel, channel_name=name)
    assert commanded(body, DOOR, "1").place is None


def test_a_command_without_a_channel_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        commanded(a_command("status", channel_id=""), DOOR, "1")


def test_who_opens_the_home_page_asks_for_it() -> None:
    event = asked_home({"event_id": "Ev1", "event": {"type": "app_home_opened"}}, DOOR)
    assert (event.id, event.text, event.place) == ("Ev1", "home", None)


@pytest.mark.parametrize(
    "body",
    [
        {"user": {"id": ADA}},
        {"user_id": ADA},
        {"event": {"type": "message", "user": ADA}},
        {"event": {"type": "user_change", "user": {"id": ADA}}},
        {"event": {"subtype": "message_changed", "message": {"user": ADA}}},
        {"event": {"subtype": "message_deleted", "previous_message": {"user": ADA}}},
    ],
)
def test_who_acted_is_found_in_every_kind_of_payload(body: Json) -> None:
    assert actor_of(body) == ADA


@pytest.mark.parametrize("body", [{}, {"user": None}, {"user": {}}, {"event": {"user": 5}}])
def test_what_nobody_did_is_unreadable(body: Json) -> None:
    with pytest.raises(Unreadable):
        actor_of(body)
