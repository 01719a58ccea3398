"""What people ask of the bot in words."""

from __future__ import annotations

import pytest

from bot.facilitation.controls import parse_command
from bot.facilitation.wishes import Wish, wish


@pytest.mark.parametrize(
    "text", ["my part", "My part", " my  PART! ", "/fivefold my part", "fivefold mine", "me?"]
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
