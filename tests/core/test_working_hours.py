"""What a lesson over days leaves people of their working hours, wherever they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.pace import Pace, days_of
from bot.facilitation.planning import plan_daily
from bot.facilitation.working_hours import ENOUGH, Share, shares, working_hours
from bot.lessons.lesson import Lesson
from tests.core.making import a_lesson, a_phase, an_activity, minutes

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "zone", "hours"),
    [
        # Monday, 09:00 to 17:00 in Berlin.
        ("2026-01-05T08:00", "2026-01-05T16:00", "Europe/Berlin", 8),
        ("2026-01-05T08:00", "2026-01-05T16:00", "America/New_York", 2),
        ("2026-01-05T08:00", "2026-01-05T16:00", "Asia/Tokyo", 0),
        ("2026-01-05T08:00", "2026-01-05T16:00", "Asia/Kolkata", 3.5),
        # Until Tuesday evening Tokyo has its whole Tuesday.
        ("2026-01-05T08:00", "2026-01-06T16:00", "Asia/Tokyo", 8),
        # A half day.
        ("2026-01-05T12:00", "2026-01-05T16:00", "UTC", 4),
        ("2026-01-05T00:00", "2026-01-06T13:00", "UTC", 12),
        # From Friday noon to Monday noon, with a weekend in between.
        ("2026-01-09T12:00", "2026-01-12T12:00", "UTC", 8),
        ("2026-01-10T00:00", "2026-01-11T23:59", "UTC", 0),
        # Sunday evening in London is Monday morning in Auckland.
        ("2026-01-11T20:00", "2026-01-12T04:00", "Pacific/Auckland", 8),
        # The clocks of Berlin go forward on the Sunday: 09:00 is 08:00 UTC before, 07:00 after.
        ("2026-03-27T16:00", "2026-03-30T07:30", "Europe/Berlin", 0.5),
        ("2026-03-27T15:00", "2026-03-30T16:00", "Europe/Berlin", 1 + 8),
        ("2026-10-23T07:00", "2026-10-26T16:00", "Europe/Berlin", 8 + 8),
        # 17:00 in Berlin is an hour later in New York's morning while only one has changed.
        ("2026-03-27T08:00", "2026-03-27T16:00", "America/New_York", 3),
    ],
)
def test_only_time_at_work_on_the_clocks_there_is_counted(
    opens: str, closes: str, zone: str, hours: float
) -> None:
    assert working_hours(utc(opens), utc(closes), zone) == timedelta(hours=hours)


@given(st.datetimes(local("2000-01-01"), local("2090-01-01")), st.sampled_from(ZONES))
def test_four_weeks_have_twenty_working_days_wherever_and_whenever_they_begin(
    begin: datetime, zone: str
) -> None:
    local = begin.replace(tzinfo=ZoneInfo(zone))
    opens, closes = (at.astimezone(UTC) for at in (local, local + timedelta(weeks=4)))
    off = abs(working_hours(opens, closes, zone) - 20 * timedelta(hours=8))
    # A time that does not exist is moved, by an hour at most, and so may what it cuts off be.
    exists = opens.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == begin
    assert off == timedelta(0) if exists else off <= timedelta(hours=1)


@given(
    st.lists(st.datetimes(local("2026-01-01"), local("2027-01-01")), min_size=3, max_size=3),
    st.sampled_from(ZONES),
)
def test_a_span_has_the_hours_of_its_pieces(moments: list[datetime], zone: str) -> None:
    a, b, c = sorted(at.replace(tzinfo=UTC) for at in moments)
    pieces = working_hours(a, b, zone) + working_hours(b, c, zone)
    assert working_hours(a, c, zone) == pieces <= c - a


def lesson() -> Lesson:
    """Two days of Engage with two things in it, the second opened a day later; one of Explore."""
    engage = a_phase("Engage", an_activity(id="a"), an_activity(id="b"), days=2)
    return a_lesson(engage, a_phase("Explore", an_activity(id="c", phase="Explore")))


def planned_shares(*zones: str) -> tuple[Share, ...]:
    days = days_of(lesson().script)
    cues = plan_daily("run1", lesson(), date(2026, 1, 8), "Europe/Berlin", Pace(), days)
    return shares(cues, zones)


def test_each_zone_is_told_the_hours_of_each_phase_for_what_is_open_the_shortest() -> None:
    found = {(s.zone, s.phase): s.hours / minutes(60) for s in planned_shares("UTC", "Asia/Tokyo")}
    assert found == {
        ("UTC", "Engage"): 7,  # b, on Friday from 08:00 to 16:00 UTC
        ("UTC", "Explore"): 7,
        ("Asia/Tokyo", "Engage"): 0,  # b, in Tokyo on Friday from 17:00 on
        ("Asia/Tokyo", "Explore"): 0,
    }


def test_fewer_than_six_hours_are_too_few() -> None:
    assert [share.is_enough for share in planned_shares("UTC", "America/New_York")] == [
        True,
        False,
        True,
        False,
    ]
    assert Share("UTC", "Engage", ENOUGH).is_enough
    assert not Share("UTC", "Engage", ENOUGH - timedelta(minutes=1)).is_enough
    assert timedelta(hours=6) == ENOUGH


def test_without_zones_there_is_nothing_to_tell() -> None:
    assert planned_shares() == ()
