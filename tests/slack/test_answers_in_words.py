"""Every answer to a command, to words and on the home page reaches its person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.platforms.slack.answers import Answering
from bot.platforms.slack.incoming import Origin
from tests.platforms.slack_rules import drawn_text, message_problems
from tests.slack import strict
from tests.slack.answering import (
    FAILURES,
    FORM,
    LONG,
    PAGE,
    TOO_LONG,
    WHO,
    answering_to,
    everything,
)
from tests.slack.recording import Record
from tests.slack.shapes import (
    ADA,
    CHANNEL,
    ROOT,
    TALK,
    TEAM,
    a_command,
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


# -- a command


@pytest.mark.parametrize("answer", [Saved("It is closed."), *FAILURES, Show(PAGE, "It is closed.")])
async def test_a_command_is_answered_in_its_acknowledgement(
    answering: Answering, record: Record, answer: Answer
) -> None:
    told = await answering.to_command(a_command("status"), WHO, answer)
    assert told.pop("response_type") == "ephemeral"
    assert message_problems(told) == []
    assert "It is closed." in drawn_text(told["blocks"]).replace("\n", " ")
    assert record.calls == []


async def test_a_command_with_nothing_to_say_is_acknowledged(
    answering: Answering, record: Record
) -> None:
    assert await answering.to_command(a_command("status"), WHO, Saved()) == {}
    assert record.calls == []


async def test_a_long_answer_to_a_command_comes_in_order(
    answering: Answering, record: Record
) -> None:
    assert await answering.to_command(a_command("my part"), WHO, Show(LONG)) == {}
    assert set(record.methods) == {"response_url"}
    said = everything(record)
    assert said.count("x") == 60_000
    assert said.index("0. ") < said.index("1. ") < said.index("2. ")


async def test_a_command_may_open_a_form(answering: Answering, record: Record) -> None:
    body = a_command("schedule")
    assert await answering.to_command(body, WHO, Show(FORM)) == {}
    told = record.only("views.open")
    assert told["trigger_id"] == body["trigger_id"]
    origin = Origin.decode(told["view"]["private_metadata"])
    assert origin == Origin(FORM.callback, CHANNEL)


async def test_a_form_from_a_command_in_a_private_talk_belongs_to_no_channel(
    answering: Answering, record: Record
) -> None:
    body = a_command("schedule", channel_id=TALK, channel_name="directmessage")
    await answering.to_command(body, WHO, Show(FORM))
    origin = Origin.decode(record.only("views.open")["view"]["private_metadata"])
    assert origin.place(TEAM) is None


async def test_a_form_that_a_command_cannot_open_is_told(
    answering: Answering, record: Record
) -> None:
    record.errors["views.open"] = ["expired_trigger_id"]
    told = await answering.to_command(a_command("schedule"), WHO, Show(FORM, "Noted."))
    assert "Noted." in drawn_text(told["blocks"])
    assert "type it again" in drawn_text(told["blocks"])
    told = await answering.to_command(a_command("schedule"), WHO, Show(TOO_LONG))
    assert "too long for a window" in drawn_text(told["blocks"])


# -- words


@pytest.mark.parametrize(
    "answer", [Saved("It is closed."), Saved("It is closed.", again=True), *FAILURES]
)
@pytest.mark.parametrize("thread", ["", ROOT])
async def test_who_wrote_in_a_channel_is_answered_there_alone(
    answering: Answering, record: Record, thread: str, answer: Answer
) -> None:
    await answering.to_words({}, WHO, Origin(channel=CHANNEL, thread=thread), answer)
    told = record.only("chat.postEphemeral")
    assert (told["channel"], told["user"], told.get("thread_ts", "")) == (CHANNEL, ADA, thread)
    assert "It is closed." in everything(record).replace("\n", " ")


async def test_who_wrote_to_the_bot_alone_is_answered_in_that_talk(
    answering: Answering, record: Record
) -> None:
    origin = Origin(channel=TALK, private=True)
    await answering.to_words({}, WHO, origin, Refused("It is closed."))
    told = record.only("chat.postMessage")
    assert told["channel"] == ADA
    assert "metadata" not in told


async def test_words_with_nothing_to_say_to_are_met_with_silence(
    answering: Answering, record: Record
) -> None:
    await answering.to_words({}, WHO, Origin(channel=CHANNEL), Saved())
    assert record.calls == []


async def test_without_a_press_a_form_is_only_named(answering: Answering, record: Record) -> None:
    await answering.to_words({}, WHO, Origin(channel=CHANNEL), Show(FORM, "Noted."))
    said = everything(record)
    assert "Noted." in said
    assert "Why?" in said
    assert "/fivefold" in said


async def test_the_shortcut_is_answered_where_slack_says(
    answering: Answering, record: Record
) -> None:
    body = {"response_url": "https://hooks.slack.example/app/1"}
    await answering.to_words(body, WHO, Origin(channel=CHANNEL), Saved("Kept in the evidence."))
    assert record.methods == ["response_url"]


# -- the home page


@pytest.mark.parametrize("answer", [Show(PAGE), Saved("Nothing to do."), Refused("Nothing to do.")])
async def test_the_home_page_is_drawn_with_what_was_done(
    answering: Answering, record: Record, answer: Answer
) -> None:
    await answering.to_home(WHO, answer, "Your vote is saved.")
    told = record.only("views.publish")
    assert told["user_id"] == ADA
    assert drawn_text(told["view"]["blocks"]) == "Your vote is saved.Nothing to do."
    assert strict.problems("views.publish", told) == []
