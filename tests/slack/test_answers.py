"""Every answer to a press or a form reaches its person in the one way that fits there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import (
    Form,
    Message,
    Text,
)
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.form import render_form
from bot.platforms.slack.incoming import Origin, Pressed, press_of, pressed
from tests.platforms.slack_rules import drawn_text
from tests.slack import strict
from tests.slack.answering import (
    ENDLESS,
    FAILURES,
    FORM,
    PAGE,
    TOO_LONG,
    answering_to,
    everything,
)
from tests.slack.recording import Record
from tests.slack.shapes import (
    ADA,
    CHANNEL,
    DOOR,
    REPLY,
    ROOT,
    TALK,
    a_press,
    a_view,
    in_message,
    in_view,
)

Json = dict[str, Any]


@pytest.fixture
def record() -> Record:
    """What Slack was asked."""
    return Record()


@pytest.fixture
async def answering(record: Record) -> AsyncIterator[Answering]:
    """The hand that gives answers."""
    async with answering_to(record) as hand:
        yield hand


# -- a press

ORIGIN = Origin("f.answer.o1...", CHANNEL, ROOT, REPLY)


def on(surface: str, does: str = "pick") -> tuple[Json, Pressed]:
    """A press on a button that stands there."""
    lesson = {"id": CHANNEL, "name": "lesson"}
    body = {
        "message": lambda: a_press(**in_message(lesson)),
        "thread": lambda: a_press(**in_message(lesson, thread_ts=ROOT)),
        "whisper": lambda: a_press(**in_message(lesson, is_ephemeral=True)),
        "talk": lambda: a_press(**in_message({"id": TALK, "name": "directmessage"})),
        "modal": lambda: a_press(
            **in_view(a_view(origin=ORIGIN, title=text("T"), blocks=[{"type": "divider"}]))
        ),
        "home": lambda: a_press(**in_view(a_view("home"))),
    }[surface]()
    body["actions"][0]["action_id"] = f"{does} 0"
    found = press_of(body)
    assert found is not None
    return body, pressed(body, *found, DOOR)


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False}


MESSAGES = ["message", "thread", "whisper", "talk"]
SURFACES = [*MESSAGES, "modal", "home"]


@pytest.mark.parametrize("surface", MESSAGES)
async def test_the_first_saved_is_one_line_that_only_its_person_sees(
    answering: Answering, record: Record, surface: str
) -> None:
    await answering.to_press(*on(surface), Saved("Your vote is saved."))
    told = record.only("response_url")
    assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)
    assert everything(record) == "Your vote is saved." * 2


@pytest.mark.parametrize("surface", MESSAGES)
async def test_what_is_saved_again_is_saved_in_silence(
    answering: Answering, record: Record, surface: str
) -> None:
    await answering.to_press(*on(surface), Saved("Your vote is saved.", again=True))
    assert record.calls == []


@pytest.mark.parametrize("again", [False, True])
async def test_in_a_window_saved_stands_at_its_head(
    answering: Answering, record: Record, again: bool
) -> None:
    await answering.to_press(*on("modal"), Saved("Your vote is saved.", again=again))
    view = record.only("views.update")["view"]
    assert [block["type"] for block in view["blocks"]] == ["context", "divider"]
    assert "Your vote is saved." in everything(record)


@pytest.mark.parametrize("surface", SURFACES)
async def test_where_silence_is_kinder_nothing_is_said(
    answering: Answering, record: Record, surface: str
) -> None:
    await answering.to_press(*on(surface), Saved())
    assert record.calls == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("answer", FAILURES, ids=lambda answer: type(answer).__name__)
async def test_what_was_not_taken_is_always_said_and_only_once(
    answering: Answering, record: Record, surface: str, answer: Answer
) -> None:
    await answering.to_press(*on(surface), answer)
    said = everything(record).replace("\n", " ")
    assert "It is closed." in said
    shown = [method for method in record.methods if method != "conversations.open"]
    assert shown == [
        {"modal": "views.update", "home": "chat.postMessage"}.get(surface, "response_url")
    ]


async def test_where_slack_lets_nobody_answer_any_more_it_is_said_in_the_channel(
    answering: Answering, record: Record
) -> None:
    record.expired = True
    await answering.to_press(*on("thread"), Refused("It is closed."))
    assert record.methods == ["response_url", "chat.postEphemeral"]
    told = record.calls[-1].arguments
    assert (told["channel"], told["user"], told["thread_ts"]) == (CHANNEL, ADA, ROOT)


@pytest.mark.parametrize("what", [FORM, PAGE], ids=["form", "page"])
@pytest.mark.parametrize(
    ("surface", "does", "method"),
    [
        *((surface, "open", "views.open") for surface in (*MESSAGES, "home")),
        *((surface, "pick", "views.open") for surface in (*MESSAGES, "home")),
        ("modal", "open", "views.push"),
        ("modal", "pick", "views.update"),
    ],
)
async def test_something_to_look_at_is_a_window(
    answering: Answering,
    record: Record,
    surface: str,
    does: str,
    method: str,
    what: Form | Message,
) -> None:
    body, press = on(surface, does)
    await answering.to_press(body, press, Show(what, "Your vote is saved."))
    told = record.only(method)
    by = {"trigger_id": body["trigger_id"]} if method != "views.update" else {"view_id": "V0VIEW"}
    assert by.items() <= told.items()
    assert "Your vote is saved." in everything(record)
    back = Origin.decode(told["view"]["private_metadata"])
    assert back == press.origin.asking(FORM.callback if what is FORM else "")


async def test_the_fourth_window_takes_the_place_of_the_third(
    answering: Answering, record: Record
) -> None:
    record.errors["views.push"] = ["push_limit_reached"]
    await answering.to_press(*on("modal", "open"), Show(PAGE))
    assert record.methods == ["views.push", "views.update"]


@pytest.mark.parametrize("what", [FORM, PAGE], ids=["form", "page"])
async def test_a_window_that_does_not_open_is_made_good_in_words(
    answering: Answering, record: Record, what: Form | Message
) -> None:
    record.errors["views.open"] = ["expired_trigger_id"]
    await answering.to_press(*on("message", "open"), Show(what, "Your vote is saved."))
    assert record.methods == ["views.open", "response_url"]
    said = drawn_text(record.calls[-1].arguments)
    assert "Your vote is saved." in said
    assert ("Nothing to do." if what is PAGE else "press the button again") in said
    assert "expired_trigger_id" not in said


async def test_a_form_too_long_for_a_window_is_told_not_opened(
    answering: Answering, record: Record
) -> None:
    await answering.to_press(*on("message", "open"), Show(TOO_LONG, "Your vote is saved."))
    record.only("response_url")
    said = everything(record)
    assert "Your vote is saved." in said
    assert "too long for a window" in said


async def test_what_does_not_fit_into_a_window_follows_as_a_message(
    answering: Answering, record: Record
) -> None:
    await answering.to_press(*on("message", "open"), Show(ENDLESS))
    assert record.methods[0] == "views.open"
    assert set(record.methods[1:]) == {"chat.postMessage"}
    said = everything(record)
    assert said.count("x") >= 9 * 20_000
    assert all(said.count(f"{n}. ") == 3 for n in range(3))


# -- a form


def a_form(form: Form = FORM) -> Json:
    view = render_form(form)
    return {"view": {**view, "blocks": strict.stored(view["blocks"], "v")}}


def test_a_form_that_is_saved_says_so_in_its_place(answering: Answering) -> None:
    for again in (False, True):
        told, rest = answering.to_form(a_form(), ORIGIN, Saved("Your answer is saved.", again))
        assert (told["response_action"], rest) == ("update", None)
        assert "Your answer is saved." in drawn_text(told["view"])
        assert strict.problems("views.update", told) == []


def test_a_form_with_nothing_to_say_closes(answering: Answering) -> None:
    assert answering.to_form(a_form(), ORIGIN, Saved()) == ({}, None)


def test_errors_stand_at_the_first_input_of_their_field(answering: Answering) -> None:
    errors = {"q1": "Say more.", "q2": "Say less.", "q3": "Choose one."}
    told, _ = answering.to_form(a_form(), ORIGIN, Correct(errors))
    assert told == {
        "response_action": "errors",
        "errors": {"0.1 q1": "Say more.", "1.1 q2": "Say less.", "2.1 q3": "Choose one."},
    }


@pytest.mark.parametrize("answer", [Refused("It is closed."), NotSaved("It is closed.")])
def test_what_was_not_taken_stands_at_the_first_input_and_every_word_stays(
    answering: Answering, answer: Answer
) -> None:
    told, _ = answering.to_form(a_form(), ORIGIN, answer)
    assert told == {"response_action": "errors", "errors": {"0.1 q1": "It is closed."}}


def test_errors_of_fields_that_are_not_shown_are_said_together(answering: Answering) -> None:
    errors = {"gone": "It is", "": "closed."}
    told, _ = answering.to_form(a_form(), ORIGIN, Correct(errors))
    assert told["errors"] == {"0.1 q1": "It is closed."}


def test_a_form_without_inputs_says_at_its_head_what_was_not_taken(answering: Answering) -> None:
    body = a_form(Form("Take it back?", "f.withdraw.o1...", (Text(("Sure?",)),), "Take it back"))
    for _ in range(2):
        told, _ = answering.to_form(body, ORIGIN, Refused("It is closed."))
        assert told["response_action"] == "update"
        assert drawn_text(told["view"]["blocks"]) == "It is closed.Sure?"
        assert told["view"]["submit"] == body["view"]["submit"]
        assert strict.problems("views.update", told) == []
        body = told


@pytest.mark.parametrize("what", [FORM, PAGE], ids=["form", "page"])
def test_what_comes_next_takes_the_place_of_the_form(
    answering: Answering, what: Form | Message
) -> None:
    told, rest = answering.to_form(a_form(), ORIGIN, Show(what, "Your answer is saved."))
    assert (told["response_action"], rest) == ("update", None)
    assert "Your answer is saved." in drawn_text(told["view"])
    assert strict.problems("views.update", told) == []


def test_what_was_saved_is_said_even_where_the_next_form_is_too_long(answering: Answering) -> None:
    told, rest = answering.to_form(a_form(), ORIGIN, Show(TOO_LONG, "Your answer is saved."))
    said = drawn_text(told["view"])
    assert "Your answer is saved." in said
    assert "too long for a window" in said
    assert rest is None


def test_what_does_not_fit_into_the_next_window_is_given_back(answering: Answering) -> None:
    told, rest = answering.to_form(a_form(), ORIGIN, Show(ENDLESS))
    assert rest is not None
    shown = len(ENDLESS.blocks) - len(rest.blocks)
    assert rest.blocks == ENDLESS.blocks[shown:]
    assert strict.problems("views.update", told) == []
