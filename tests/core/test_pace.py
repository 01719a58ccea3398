"""The rule of a lesson over days: which dates it has, and which part of it takes which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.pace import (
    DoesNotFit,
    Pace,
    closing_on,
    days_of,
    dealt,
    later_day,
    lesson_days,
    opening_on,
    public_holidays,
)
from bot.lessons.script import Activity, Script
from tests.core.edges import CHANGES, Change
from tests.core.making import a_lesson, a_phase, an_activity


def a_script(*wanted: int, **around: Any) -> Script:
    """A script whose phases want so many days."""
    names = [f"Phase{n}" for n in range(len(wanted))]
    phases = [
        a_phase(name, an_activity(id=name, phase=name), days=days)
        for name, days in zip(names, wanted, strict=True)
    ]
    return a_lesson(*phases, **around).script


def for_days(activity: Activity, days: int) -> Activity:
    return replace(activity, days=days)


def days(first: str, count: int, pace: Pace) -> list[str]:
    return [str(day) for day in islice(lesson_days(date.fromisoformat(first), pace), count)]


# -- which dates


def test_a_lesson_goes_on_from_monday_to_friday_unless_told_otherwise() -> None:
    assert days("2026-01-02", 3, Pace()) == ["2026-01-02", "2026-01-05", "2026-01-06"]
    only = Pace(weekdays=(0, 2))
    assert days("2026-01-02", 3, only) == ["2026-01-05", "2026-01-07", "2026-01-12"]


@pytest.mark.parametrize(
    ("holidays", "first", "expected"),
    [
        # The first and second day of Christmas; the second is a Saturday in 2026.
        ("DE", "2026-12-24", ["2026-12-24", "2026-12-28"]),
        ("DE", "2026-04-02", ["2026-04-02", "2026-04-07"]),  # Good Friday to Easter Monday
        ("DE-BY", "2026-01-05", ["2026-01-05", "2026-01-07"]),  # Epiphany, in Bavaria
        ("DE", "2026-01-05", ["2026-01-05", "2026-01-06"]),
        ("US-CA", "2026-03-30", ["2026-03-30", "2026-04-01"]),  # Cesar Chavez Day
        ("US", "2026-03-30", ["2026-03-30", "2026-03-31"]),
        ("US", "2026-07-02", ["2026-07-02", "2026-07-06"]),  # the Fourth is kept on the Friday
        ("", "2026-12-24", ["2026-12-24", "2026-12-25"]),
    ],
)
def test_it_rests_on_the_public_holidays_of_a_country_or_a_part_of_it(
    holidays: str, first: str, expected: list[str]
) -> None:
    assert days(first, 2, Pace(holidays=holidays)) == expected


@pytest.mark.parametrize(
    "name", ["XX", "DE-ZZ", "DE-BY-X", "Germany", "de", "-", "JAN", "PUBLIC", "Ü", "../etc"]
)
def test_a_country_that_is_none_is_answered_with_how_to_write_one(name: str) -> None:
    with pytest.raises(ValueError, match="write a country as DE") as refused:
        public_holidays(name)
    assert f"“{name}”" in str(refused.value)


@pytest.mark.parametrize(
    ("day", "later", "expected"),
    [
        ("2026-01-02", 0, "2026-01-02"),
        ("2026-01-02", 1, "2026-01-05"),
        ("2026-01-03", 0, "2026-01-03"),
        ("2026-01-03", 1, "2026-01-05"),
        ("2026-01-04", 2, "2026-01-06"),
        ("2026-01-05", 5, "2026-01-12"),
    ],
)
def test_later_days_are_counted_in_lesson_days_from_free_ones_too(
    day: str, later: int, expected: str
) -> None:
    assert later_day(date.fromisoformat(day), later, Pace()) == date.fromisoformat(expected)


# -- which moments


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_each_day_opens_and_closes_once_at_its_local_time_or_where_the_clocks_put_it(
    change: Change,
) -> None:
    opens, closes = change.times
    pace = Pace(opens, closes)
    assert opening_on(change.date, pace, change.zone) == (change.moments[0], change.edge)
    assert closing_on(change.date, pace, change.zone)[0] == change.moments[1]


def test_a_day_that_opens_after_its_closing_time_is_as_long_as_any_other() -> None:
    """02:30 is moved to 03:30, past 03:10."""
    day, pace = date(2026, 3, 29), Pace(time(2, 30), time(3, 10))
    opens, closes = (at(day, pace, "Europe/Berlin") for at in (opening_on, closing_on))
    assert closes[0] - opens[0] == timedelta(minutes=40)
    assert opens[1] == closes[1] == "gap"


# -- which part takes how long


def test_each_part_takes_a_day_or_as_many_as_its_author_says() -> None:
    assert days_of(a_script(0, 0, 3)) == (1, 1, 3)


def test_a_phase_is_as_long_as_its_longest_activity() -> None:
    review = an_activity(id="review", phase="Evaluate")
    long = a_phase("Evaluate", for_days(review, 2), days=1)
    assert days_of(a_lesson(long).script) == (2,)


def test_what_comes_after_takes_no_lesson_days_and_what_comes_before_does() -> None:
    around = {
        "before": (for_days(an_activity(id="b", phase="before"), 2),),
        "after": (for_days(an_activity(id="a", phase="after"), 7),),
    }
    assert days_of(a_script(0, 0, **around)) == (2, 1, 1, 0)
    assert days_of(a_script(0, 0, **around), 8) == (4, 2, 2, 0)


WANTED = st.lists(st.integers(0, 6), min_size=1, max_size=7)


@given(WANTED, st.integers(0, 40))
def test_a_total_is_filled_exactly_and_no_part_goes_without_a_day(
    wanted: list[int], more: int
) -> None:
    total = len(wanted) + more
    given_days = days_of(a_script(*wanted), total)
    assert sum(given_days) == total
    assert min(given_days) >= 1


@given(WANTED, st.integers(1, 5))
def test_a_total_that_suits_what_authors_say_gives_everybody_their_share(
    wanted: list[int], times: int
) -> None:
    own = days_of(a_script(*wanted))
    assert days_of(a_script(*wanted), times * sum(own)) == tuple(times * n for n in own)


@given(WANTED, st.integers(0, 20))
def test_another_day_takes_none_away_from_anybody(wanted: list[int], more: int) -> None:
    script, total = a_script(*wanted), len(wanted) + more
    fewer, longer = days_of(script, total), days_of(script, total + 1)
    assert all(one <= other for one, other in zip(fewer, longer, strict=True))


@pytest.mark.parametrize(
    ("total", "said"), [(1, "1 day is too few"), (2, "2 days are too few"), (0, "0 days are")]
)
def test_days_that_are_too_few_are_refused_with_why_and_how_many_it_takes(
    total: int, said: str
) -> None:
    with pytest.raises(DoesNotFit) as refused:
        days_of(a_script(2, 0, 1), total)
    assert said in str(refused.value)
    assert "Phase0, Phase1, Phase2" in str(refused.value)
    assert "Give 3 days or more" in str(refused.value)


# -- which day has what


@given(st.integers(0, 12), st.integers(1, 12))
def test_a_parts_days_have_all_of_it_in_order_and_evenly(count: int, over: int) -> None:
    activities = [an_activity(id=f"a{n}") for n in range(count)]
    hands = dealt(activities, over)
    assert [a for hand in hands for a in hand] == activities
    assert len(hands) == over
    assert max(map(len, hands)) - min(map(len, hands)) <= 1
    assert bool(hands[0]) is bool(count)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(0, 6))
def test_what_has_days_of_its_own_gets_them_all_in_a_part_that_is_long_enough(
    wanted: list[int], more: int
) -> None:
    activities = [for_days(an_activity(id=f"a{n}"), each) for n, each in enumerate(wanted)]
    over = max(1, *wanted) + more
    hands = dealt(activities, over)
    assert [a for hand in hands for a in hand] == activities
    assert all(over - day >= a.days for day, hand in enumerate(hands) for a in hand)


@pytest.mark.parametrize(
    ("count", "over", "sizes"),
    [(3, 1, [3]), (3, 2, [2, 1]), (2, 3, [1, 1, 0]), (1, 4, [1, 0, 0, 0]), (0, 2, [0, 0])],
)
def test_a_part_begins_on_its_first_day(count: int, over: int, sizes: Sequence[int]) -> None:
    assert [len(hand) for hand in dealt([an_activity()] * count, over)] == list(sizes)
