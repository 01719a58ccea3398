"""A lesson over days, or with days around it, comes when promised, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.facilitation.pace import Pace, days_of, later_day, lesson_days, public_holidays
from bot.facilitation.planning import (
    NOTES_AHEAD_DAILY,
    day_of,
    edge_of,
    moved_by_days,
    plan_daily,
    plan_live,
    plan_on_call,
)
from bot.facilitation.state import Cue
from bot.lessons.lesson import Lesson
from bot.lessons.script import AFTER, BEFORE, Activity
from tests.core.edges import CHANGES, Change
from tests.core.making import a_lesson, a_phase, a_run, an_activity, minutes

ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "America/Santiago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Tehran",
    "Asia/Kolkata",
)


def around(phase: str, *days: int) -> tuple[Activity, ...]:
    """What runs before or after, each for so many days."""
    return tuple(
        replace(an_activity(id=f"{phase}{n}", phase=phase), days=each)
        for n, each in enumerate(days)
    )


def in_parts(*parts: Sequence[int], **script: Any) -> Lesson:
    """A lesson of phases; each has an activity for each of these days (0 for unsaid)."""
    phases = [
        a_phase(f"P{n}", *around(f"P{n}", *days), days=len(days)) for n, days in enumerate(parts)
    ]
    return a_lesson(*phases, **script)


def planned(lesson: Lesson, first: date, zone: str, pace: Pace) -> tuple[Cue, ...]:
    return plan_daily("run1", lesson, first, zone, pace, days_of(lesson.script))


def of(cues: Sequence[Cue], kind: str, activity: str = "") -> list[Cue]:
    return [cue for cue in cues if cue.kind == kind and activity in ("", cue.activity)]


def there(cue: Cue, zone: str) -> datetime:
    """The cue on the clocks of a zone."""
    return cue.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


# -- over days


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_around_a_change_of_the_clocks_every_cue_comes_once_at_its_promised_time(
    change: Change,
) -> None:
    opens, closes = change.times
    pace = Pace(opens, closes, ALL_WEEK)
    eve = change.date - timedelta(days=1)
    cues = planned(in_parts((0,), (0,), (0,)), eve, change.zone, pace)
    assert len(cues) == len(set(cues)) == 2 + 3 * 3
    for n in (0, 2):
        day = eve + timedelta(days=n)
        (begins,), (ends,) = of(cues, "open", f"P{n}0"), of(cues, "close", f"P{n}0")
        assert there(begins, change.zone) == datetime.combine(day, opens)
        assert there(ends, change.zone) == datetime.combine(day, closes)
        assert edge_of(begins, pace, change.zone) == edge_of(ends, pace, change.zone) == ""
    (begins,), (ends,) = of(cues, "open", "P10"), of(cues, "close", "P10")
    assert (begins.at, ends.at) == change.moments
    assert there(begins, change.zone) == datetime.fromisoformat(change.opens_there)
    assert edge_of(begins, pace, change.zone) == change.edge
    notes = of(cues, "notes")[1]
    assert begins.at - notes.at == NOTES_AHEAD_DAILY


TIMES = st.one_of(
    # Where clocks change, here or there.
    st.sampled_from(["00:00", "00:01", "00:30", "01:30", "02:00", "02:15", "02:30", "03:00"]).map(
        time.fromisoformat
    ),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
DATES = st.one_of(
    st.dates(date(1990, 1, 1), date(2100, 12, 31)),
    # When clocks change, here or there.
    st.builds(date, st.integers(1990, 2100), st.sampled_from([3, 4, 9, 10]), st.integers(1, 30)),
)


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    """Any rule whose days open before they close."""
    opens, closes = sorted(draw(st.lists(TIMES, min_size=2, max_size=2, unique=True)))
    weekdays = draw(st.sets(st.sampled_from(ALL_WEEK), min_size=1))
    return Pace(opens, closes, tuple(sorted(weekdays)), draw(st.sampled_from(["", "DE", "US-CA"])))


PARTS = st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=4)
AROUND = st.lists(st.integers(0, 9), max_size=2)


def exists(wall: datetime, zone: str) -> bool:
    tz = ZoneInfo(zone)
    return wall.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wall


def first_of(wall: datetime, zone: str) -> datetime:
    """The UTC moment of a wall-clock time that exists, the first where it comes twice."""
    return min(wall.replace(tzinfo=ZoneInfo(zone), fold=n).astimezone(UTC) for n in (0, 1))


@settings(max_examples=300, deadline=None)
@given(PARTS, AROUND, AROUND, DATES, st.sampled_from(ZONES), paces())
def test_a_lesson_over_days_keeps_its_rule_on_every_calendar(
    parts: list[list[int]],
    before: list[int],
    after: list[int],
    first: date,
    zone: str,
    pace: Pace,
) -> None:
    lesson = in_parts(*parts, before=around(BEFORE, *before), after=around(AFTER, *after))
    cues = planned(lesson, first, zone, pace)

    # In order, and everything once.
    assert [cue.seq for cue in cues] == list(range(1, len(cues) + 1))
    assert [cue.at for cue in cues] == sorted(cue.at for cue in cues)
    ids = sorted(activity.id for activity in lesson.script.activities())
    assert sorted(cue.activity for cue in of(cues, "open")) == ids
    assert sorted(cue.activity for cue in of(cues, "close")) == ids
    assert [len(of(cues, kind)) for kind in ("start", "end")] == [1, 1]
    assert cues[-1].kind == "end"

    # Whatever opens closes later; a phase is over before the next one opens.
    for opens in of(cues, "open"):
        (closes,) = of(cues, "close", opens.activity)
        assert closes.at > opens.at
    spans = [
        [cue.at for cue in cues if cue.phase == part.name and cue.kind != "notes"]
        for part in lesson.script.parts()
        if part.activities
    ]
    assert all(max(one) < min(other) for one, other in pairwise(spans))

    # Each phase has dates of its own, which are lesson days.
    dates: dict[date, set[str]] = {}
    for cue in (*of(cues, "start"), *of(cues, "open"), *of(cues, "close"), *of(cues, "end")):
        day = there(cue, zone).date()
        assert day >= first
        assert day.weekday() in pace.weekdays
        assert day not in public_holidays(pace.holidays)
        if cue.kind == "open":
            dates.setdefault(day, set()).add(cue.phase)
    assert all(len(phases) == 1 for phases in dates.values())

    # Everything comes at its time of day: shifted out of a gap, the first in a fold.
    for cue in cues:
        ahead = NOTES_AHEAD_DAILY if cue.kind == "notes" else timedelta(0)
        wall = (cue.at + ahead).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        opens_then = datetime.combine(wall.date(), pace.opens)
        meant = datetime.combine(wall.date(), pace.closes) if cue.kind == "close" else opens_then
        if wall != meant:
            assert wall > meant
            assert not (exists(meant, zone) and exists(opens_then, zone))
        else:
            assert cue.at + ahead == first_of(meant, zone)


@settings(max_examples=100, deadline=None)
@given(PARTS, AROUND, DATES, st.sampled_from(ZONES), paces(), st.integers(0, 30))
def test_moving_a_lesson_by_days_is_planning_it_so_many_lesson_days_later(
    parts: list[list[int]], before: list[int], first: date, zone: str, pace: Pace, days: int
) -> None:
    lesson = in_parts(*parts, before=around(BEFORE, *before))
    first = next(lesson_days(first, pace))
    cues = planned(lesson, first, zone, pace)
    run = a_run(lesson, zone=zone, pace=pace)
    moved = moved_by_days(cues, days, run)
    later = planned(lesson, later_day(first, days, pace), zone, pace)
    assert [replace(cue, planned=cue.at) for cue in moved] == list(later)


def test_what_was_carried_out_is_not_moved_by_days_and_live_runs_have_none() -> None:
    lesson = in_parts((0,), (0,))
    first, *rest = planned(lesson, date(2026, 1, 5), "UTC", Pace())
    run = a_run(lesson, zone="UTC", pace=Pace())
    moved = moved_by_days((replace(first, state="done"), *rest), 1, run)
    assert [cue.seq for cue in moved] == [cue.seq for cue in rest]
    with pytest.raises(ValueError, match="no lesson days"):
        moved_by_days(rest, 1, a_run(lesson))


@pytest.mark.parametrize(
    ("zone", "kind", "at", "day"),
    [
        # Given half an hour more at 23:50.
        ("UTC", "close", "2026-01-06T00:20", "2026-01-05"),
        # There 23:30 is shifted past midnight.
        ("America/Scoresbysund", "close", "2026-03-29T01:30", "2026-03-28"),
        # Notes for a day that opens at 00:30 come on its eve.
        ("UTC", "notes", "2026-01-05T23:30", "2026-01-06"),
        ("UTC", "open", "2026-01-05T00:30", "2026-01-05"),
    ],
)
def test_a_cue_belongs_to_a_day_though_it_comes_on_the_other_side_of_midnight(
    zone: str, kind: str, at: str, day: str
) -> None:
    moment = datetime.fromisoformat(f"{at}+00:00")
    cue = Cue("run1", 1, kind, moment, moment)  # type: ignore[arg-type]
    late = time(23, 30) if zone != "UTC" else time(23, 50)
    assert day_of(cue, Pace(time(0, 30), late), zone) == date.fromisoformat(day)


def test_activities_of_a_long_phase_are_spread_over_its_days_and_close_on_its_last() -> None:
    cues = planned(in_parts((0, 0, 0), (0,)), date(2026, 1, 5), "UTC", Pace())
    opened = [(cue.activity, cue.at.day) for cue in of(cues, "open")]
    assert opened == [("P00", 5), ("P01", 6), ("P02", 7), ("P10", 8)]
    assert [cue.at.day for cue in of(cues, "close")] == [7, 7, 7, 8]


def test_an_activity_with_days_of_its_own_closes_when_they_are_over() -> None:
    cues = planned(in_parts((1, 0, 0)), date(2026, 1, 5), "UTC", Pace())
    assert [cue.at.day for cue in of(cues, "close")] == [5, 7, 7]


def test_a_review_of_two_days_has_both_though_something_stands_before_it() -> None:
    cues = planned(in_parts((0, 2)), date(2026, 1, 5), "UTC", Pace())
    assert {cue.at.day for cue in of(cues, "open")} == {5}
    assert [cue.at.day for cue in of(cues, "close")] == [6, 6]


def test_what_comes_after_is_due_days_later_free_ones_counted_and_never_on_a_free_day() -> None:
    lesson = in_parts((0,), after=around(AFTER, 0, 2, 7))
    cues = planned(lesson, date(2026, 1, 7), "UTC", Pace())
    assert {cue.at.day for cue in of(cues, "open") if cue.phase == AFTER} == {8}
    due = {cue.activity: cue.at.day for cue in of(cues, "close") if cue.phase == AFTER}
    # Two days after Thursday is Saturday: Monday, then.
    assert due == {"after0": 9, "after1": 12, "after2": 15}
    assert cues[-1].at == datetime(2026, 1, 16, 9, tzinfo=UTC)


def test_the_closing_words_come_on_the_morning_of_the_next_lesson_day() -> None:
    cues = planned(in_parts((0,)), date(2026, 1, 9), "Europe/Berlin", Pace())
    assert there(cues[-1], "Europe/Berlin") == datetime.fromisoformat("2026-01-12T09:00")


# -- around a live lesson


BEGIN = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
"""10:00 in Berlin, on the day after its clocks went forward."""
AROUND_LIVE = in_parts((0, 0), before=around(BEFORE, 0, 3), after=around(AFTER, 0, 210))


def live(not_before: datetime | None = None) -> tuple[Cue, ...]:
    return plan_live("run1", AROUND_LIVE, BEGIN, "Europe/Berlin", not_before)


def test_what_runs_before_opens_days_ahead_at_the_same_local_time_and_closes_at_the_start() -> None:
    cues = live()
    opens = [cue for cue in of(cues, "open") if cue.phase == BEFORE]
    ahead = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
    assert {cue.at for cue in opens} == {ahead} == {cue.at for cue in of(cues, "start")}
    assert {cue.at for cue in of(cues, "close") if cue.phase == BEFORE} == {BEGIN}
    assert of(cues, "open", "P00")[0].at == BEGIN


def test_what_runs_before_never_opens_in_the_past() -> None:
    now = BEGIN - timedelta(hours=3)
    cues = live(now)
    assert {cue.at for cue in of(cues, "open") if cue.phase == BEFORE} == {now}
    assert {cue.at for cue in of(cues, "close") if cue.phase == BEFORE} == {BEGIN}


@pytest.mark.parametrize("late", [0, 5])
def test_a_lesson_for_right_now_gives_people_the_first_phase_for_what_comes_before(
    late: int,
) -> None:
    cues = live(BEGIN + minutes(late))
    assert {cue.at for cue in of(cues, "open") if cue.phase == BEFORE} == {BEGIN}
    first_phase = BEGIN + minutes(AROUND_LIVE.script.phases[0].minutes)
    assert {cue.at for cue in of(cues, "close") if cue.phase == BEFORE} == {first_phase}


def test_what_comes_after_opens_at_the_end_and_is_due_at_that_local_time_days_later() -> None:
    cues = live()
    over = BEGIN + minutes(AROUND_LIVE.script.minutes())
    opens = [cue for cue in of(cues, "open") if cue.phase == AFTER]
    assert {cue.at for cue in opens} == {over}
    # 210 days later the clocks have gone back: an hour more in UTC, the same by the clock.
    assert of(cues, "close", "after0")[0].at == over + timedelta(days=1)
    (late,) = of(cues, "close", "after1")
    assert late.at == over + timedelta(days=210, hours=1)
    assert cues[-1].kind == "end"
    assert cues[-1].at == late.at


def test_on_call_what_runs_before_begins_now_and_the_lesson_waits_for_its_facilitator() -> None:
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    cues = plan_on_call("run1", AROUND_LIVE, now, "Europe/Berlin")
    assert {cue.at for cue in of(cues, "open") if cue.phase == BEFORE} == {now}
    assert [cue.activity for cue in cues if cue.waits] == ["P00"]
    assert of(cues, "open", "P00")[0].at == now + timedelta(days=3)


def test_on_call_what_runs_before_begins_now_though_the_clocks_change_meanwhile() -> None:
    """Three days from now there is no 02:30 in Berlin."""
    now = datetime(2026, 3, 26, 1, 30, tzinfo=UTC)
    cues = plan_on_call("run1", AROUND_LIVE, now, "Europe/Berlin")
    assert {cue.at for cue in of(cues, "open") if cue.phase == BEFORE} == {now}
