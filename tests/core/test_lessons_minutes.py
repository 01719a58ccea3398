"""Durations as people write them."""

import pytest

from bot.lessons.minutes import find_length, read_length


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30 minutes", 30),
        ("90 min", 90),
        ("45mins", 45),
        ("3 hours", 180),
        ("1 hour", 60),
        ("1.5 hours", 90),
        ("0.5 hours", 30),
        ("1,5 h", 90),
        ("2 hrs", 120),
        ("2 hours 45 minutes", 165),
        ("2 hours and 45 minutes", 165),
        ("2h45", 165),
        ("1 hr, 30 min", 90),
        ("2 x 45 min", 90),
        ("6 hours (full-day workshop)", 360),
        ("90 minutes (1.5 hours)", 90),
        ("about 20 minutes.", 20),
        ("a 20-minute talk", 20),
        ("10-15 minutes", 15),
        ("10–15 minutes", 15),
        ("10 to 15 minutes", 15),
        ("1-2 hours", 120),
        ("45+ minutes", 45),
        ("20", 20),
    ],
)
def test_a_duration_is_read_in_minutes(text: str, minutes: int) -> None:
    length = read_length(text)

    assert length is not None
    assert length.minutes == minutes


@pytest.mark.parametrize(
    "text", ["", "soon", "0 minutes", "0", "5 months", "3 houses", "minutes", "99999999 minutes"]
)
def test_what_is_no_duration_is_not_taken_for_one(text: str) -> None:
    assert read_length(text) is None


@pytest.mark.parametrize("text", ["10-15 minutes", "45+ minutes", "20"])
def test_a_decision_made_for_the_author_is_noted(text: str) -> None:
    length = read_length(text)

    assert length is not None
    assert length.note


def test_a_number_alone_in_a_sentence_is_no_duration() -> None:
    assert find_length("Phase 3") is None


def test_a_duration_tells_where_it_stands() -> None:
    text = "Engage (10-15 minutes), outdoors"
    length = find_length(text)

    assert length is not None
    assert text[length.start : length.end] == "10-15 minutes"
