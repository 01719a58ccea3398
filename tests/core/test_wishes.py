"""What people ask of the bot in words."""

from __future__ import annotations

import pytest

from bot.facilitation.controls import parse_command
from bot.facilitation.wishes import ALIKE, FOR_ALL, TO_LEAD, TO_PLAN, Wish, near, wish


@pytest.mark.parametrize(
    "text",
    [
        "my part",
        "My part",
        " my  PART! ",
        "/fivefold my part",
        "fivefold mine",
        "me?",
        "my part please",
    ],
)
def test_ones_part_is_asked_for_in_a_few_words(text: str) -> None:
    assert wish(text) == "mine"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", "panel"),
        ("/fivefold", "panel"),
        (" Panel ", "panel"),
        ("home", "home"),
        ("schedule", "schedule"),
        ("Schedule a lesson!", "schedule"),
        ("rehearse", "rehearse"),
        ("Rehearse a lesson.", "rehearse"),
        ("help?", "help"),
        ("Help me!", "help"),
        ("what is this?", "help"),
        ("What's this?", "help"),
        ("what can you do", "help"),
        ("evidence, please", "evidence"),
    ],
)
def test_a_page_is_asked_for_by_its_name(text: str, asked: Wish) -> None:
    assert wish(text) == asked


@pytest.mark.parametrize("text", ["part", "my partner", "my part of it", "what is due?"])
def test_other_words_ask_for_nothing(text: str) -> None:
    assert wish(text) is None


@pytest.mark.parametrize("text", ["start", "pause", "resume", "+5", "+1 day", "next", "close"])
def test_what_steers_a_lesson_asks_for_nothing_else(text: str) -> None:
    assert wish(text) is None
    assert parse_command(text)


@pytest.mark.parametrize(
    "text", ["hi", "Hi!", "hello there", "Hey, Fivefold", "good morning.", "👋", "👋🏽", ":wave:"]
)
def test_a_greeting_is_one(text: str) -> None:
    assert wish(text) == "hello"


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thank you!",
        "thx",
        "thanks a lot",
        "👍",
        "👍🏿",
        ":+1:",
        ":+1::skin-tone-4:",
        "🙏",
    ],
)
def test_thanks_are_thanks(text: str) -> None:
    assert wish(text) == "thanks"
    assert parse_command(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "hi, I think it was the data",
        "thanks to the nurse they found it",
        "hello world is a program",
        "what is this valve for?",
        "they should help me",
        "please",
        "now",
    ],
)
def test_a_sentence_that_has_such_a_word_in_it_asks_for_nothing(text: str) -> None:
    assert wish(text) is None
    assert parse_command(text) is None


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("status?", "status"),
        ("next please", "next"),
        ("Please, next!", "next"),
        ("start the lesson", "start"),
        ("start my lesson now, please.", "start"),
        ("pause now", "pause"),
        ("close please", "close"),
        ("+5 please", "extend"),
    ],
)
def test_what_is_added_to_a_command_out_of_politeness_is_forgiven(text: str, verb: str) -> None:
    command = parse_command(text)
    assert command
    assert command.verb == verb


@pytest.mark.parametrize(
    "text",
    [
        "do not start the lesson",
        "start the lesson at nine",
        "the next one please",
        "can we pause now",
        "close the lesson",
        "pause the video now",
        "not now please",
    ],
)
def test_a_sentence_with_a_command_in_it_is_none(text: str) -> None:
    assert parse_command(text) is None


@pytest.mark.parametrize("word", ["start", "pause", "resume", "next", "close"])
def test_a_question_steers_nothing_and_is_asked_back(word: str) -> None:
    for question in (f"{word}?", f"{word} please?", f"Please {word} ?", f"{word}?!"):
        assert parse_command(question) is None
        assert near(question, leads=True, plans=True) == word
    assert parse_command("+5?") is None


@pytest.mark.parametrize("text", ["status?", "end?", "stop?", "status please?"])
def test_what_only_shows_something_can_be_asked(text: str) -> None:
    command = parse_command(text)
    assert command
    assert command.verb in ("status", "end")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mypart", "my part"),
        ("shedule", "schedule"),
        ("hepl", "help"),
        ("paus", "pause"),
        ("begin", "start"),
        ("close the lesson", "end"),
        ("ture", ""),
        ("it was the data", ""),
        ("pauses should be short", ""),
    ],
)
def test_a_word_that_is_nearly_one_is_recognised(text: str, meant: str) -> None:
    assert near(text, leads=True, plans=True) == meant


@pytest.mark.parametrize("text", ["paus", "begin", "evidense", "shedule"])
def test_nobody_is_offered_what_would_do_nothing_for_them(text: str) -> None:
    assert near(text, leads=False, plans=False) == ""


def test_whatever_is_offered_is_understood() -> None:
    for word in (*FOR_ALL, *TO_PLAN, *TO_LEAD, *ALIKE.values()):
        assert wish(word) or parse_command(word), word
