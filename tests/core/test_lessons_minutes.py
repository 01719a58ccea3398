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
        ("~20", 20),
        ("ca. 20", 20),
        ("20 (approx.)", 20),
        ("20 (minutes)", 20),
        ("1.5 (hours)", 90),
        ("10-15", 15),
        ("10\xa0minutes", 10),
        ("10 ‑ 15 min", 15),
        ("45 min – 1 hour", 60),
        ("10 + 15", 25),
        ("90'", 90),
        ("90′", 90),
        ("1h30", 90),
        ("1h 30", 90),
        ("2 hr 30", 150),
        ("1:30 h", 90),
        ("1:30", 90),
        ("9:00–9:20", 20),
        ("11:45 am - 1:15 pm", 90),
        ("one hour", 60),
        ("half an hour", 30),
        ("a half-hour talk", 30),
        ("three quarters of an hour", 45),
        ("an hour and a half", 90),
        ("one and a half hours", 90),
        ("1½ hours", 90),
        ("1 1/2 hours", 90),
        ("1/2 hour", 30),
        ("twenty minutes", 20),
        ("forty-five minutes", 45),
        ("2 hours, 3 groups", 120),
        ("1 hour, 30 students", 60),
        ("45 min x 2", 90),
        ("two 45-minute lessons", 90),
        ("2 sessions of 45 minutes", 90),
        ("2 class periods of 50 minutes", 100),
        ("3 stations, 15 mins each", 45),
        ("15 mins each", 15),
        ("20 min + 10 min", 30),
    ],
)
def test_a_duration_is_read_in_minutes(text: str, minutes: int) -> None:
    length = read_length(text)

    assert length is not None
    assert length.minutes == minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0 minutes",
        "0",
        "5 months",
        "3 houses",
        "half hourly",
        "minutes",
        "99999999 minutes",
        "the 90's",
        "15''",
        "1.5",
    ],
)
def test_what_is_no_duration_is_not_taken_for_one(text: str) -> None:
    assert read_length(text) is None


@pytest.mark.parametrize(
    "text", ["10-15 minutes", "45+ minutes", "20", "1:30", "15 mins each", "10 min + 5 min"]
)
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
