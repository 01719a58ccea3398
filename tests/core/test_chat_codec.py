"""Messages and forms survive storage."""

import pytest
from hypothesis import given

from bot.chat.codec import dumps, loads
from bot.chat.message import Form, Message
from tests.strategies import forms, messages


@given(messages)
def test_a_message_is_read_back_as_it_was(message: Message) -> None:
    assert loads(dumps(message)) == message


@given(forms())
def test_a_form_is_read_back_as_it_was(form: Form) -> None:
    assert loads(dumps(form)) == form


@given(messages)
def test_a_message_read_back_is_written_the_same(message: Message) -> None:
    assert dumps(loads(dumps(message))) == dumps(message)


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"_":"Nothing"}', '{"_":"Divider"}'])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        loads(text)
