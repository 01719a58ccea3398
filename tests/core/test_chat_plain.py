"""Plain text leaves nothing out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.chat.message import Bar, Deadline, Form, Message, Tally, TextField
from bot.chat.plain import moment, percent, plain
from bot.chat.text import UserText
from tests.said import lost, said
from tests.strategies import forms, messages

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@given(messages)
def test_every_text_of_a_message_stands_in_it_in_order(message: Message) -> None:
    texts = [text for block in message.blocks for text in said(block, moment)]
    assert lost(texts, plain(message)) == []


@given(forms())
def test_every_text_of_a_form_stands_in_it_with_what_is_filled_in(form: Form) -> None:
    drawn = plain(form)
    texts = [form.title, *(text for part in form.parts for text in said(part, moment)), form.submit]
    assert lost(texts, drawn) == []
    values = [f.value.text for f in form.fields if isinstance(f, TextField) and f.value]
    assert lost(values, drawn) == []


def test_times_are_told_on_the_readers_clock() -> None:
    message = Message("", (Deadline(NINE),))
    assert plain(message) == "Open until Mon 05 Jan 2026, 09:00 UTC"
    assert plain(message, ZoneInfo("Asia/Tokyo")) == "Open until Mon 05 Jan 2026, 18:00 JST"


def test_a_tally_tells_numbers_and_shares() -> None:
    bars = (Bar("Tests", 3), Bar(UserText("<!here>"), 1))
    assert plain(Message("", (Tally("What first?", bars, 4),))) == (
        "What first? (4 answered)\nTests: 3 (75%)\n<!here>: 1 (25%)"
    )


@pytest.mark.parametrize(("count", "people", "share"), [(0, 0, 0), (1, 3, 33), (2, 3, 67)])
def test_a_share_is_rounded_and_nobody_is_none(count: int, people: int, share: int) -> None:
    assert percent(count, people) == share
