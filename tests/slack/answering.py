"""Answers of every kind, and the hand that gives them, before a Slack that records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.chat.address import Person
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved
from bot.chat.event import Event
from bot.chat.message import (
    ChoiceField,
    Divider,
    Form,
    Message,
    Option,
    Quote,
    Text,
    TextField,
)
from bot.chat.text import UserText
from bot.clock import SteppedClock
from bot.platforms.slack.answers import Answering
from tests.platforms.slack_rules import drawn_text
from tests.records import MemoryRecords
from tests.slack import strict
from tests.slack.recording import Record, RecordingApi, recording_slack
from tests.slack.shapes import (
    ADA,
    NOW,
    TEAM,
)

Json = dict[str, Any]

WHO = Person("slack", TEAM, ADA)
FORM = Form(
    "Why?",
    "f.answer.o1...",
    (
        TextField("q1", "Why?"),
        TextField("q2", "Really?", value=UserText("Words. " * 1_000)),
        ChoiceField("q3", "How sure?", (Option("a", "Quite"), Option("b", "Not"))),
    ),
)
PAGE = Message("My part", (Text(("Nothing to do.",)),))
LONG = Message("Long", tuple(Quote(UserText(f"{n}. " + "x" * 20_000)) for n in range(3)))
ENDLESS = Message("Endless", (*LONG.blocks, *([Divider()] * 60), *LONG.blocks, *LONG.blocks))
TOO_LONG = Form(
    "Essays",
    "f.answer.o1...",
    tuple(TextField(f"q{n}", "Essay", value=UserText("x" * 40_000)) for n in range(8)),
)
FAILURES: list[Answer] = [
    Refused("It is closed."),
    NotSaved("It is closed."),
    Correct({"q1": "It is", "q2": "closed."}),
]


@asynccontextmanager
async def answering_to(record: Record) -> AsyncIterator[Answering]:
    """The hand that gives answers, and the platform that it posts with."""

    async def hear(event: Event) -> Answer:
        return Saved()

    async with recording_slack(record, MemoryRecords(), hear, SteppedClock(NOW)) as slack:
        yield Answering(RecordingApi(record), slack.platform)


def everything(record: Record) -> str:
    """All that somebody was shown."""
    for call in record.calls:
        assert strict.problems(call.method, call.arguments) == [], call
    return "".join(drawn_text(call.arguments) for call in record.calls)
