"""Wall-clock time becomes one UTC moment, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.localtime import Edge, read_time, resolve

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
]
YEARS = [datetime.fromisoformat(day) for day in ("2000-01-01", "2036-12-31")]
LOCAL = st.datetimes(*YEARS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)), st.sampled_from(":."))
def test_a_time_is_read_however_it_is_typed(at: time, point: str) -> None:
    for hour in (f"{at.hour:02}", f"{at.hour}"):
        assert read_time(f" {hour}{point}{at.minute:02} ") == at
        assert read_time(f"{hour}{at.minute:02}") == at
        assert read_time(hour) == time(at.hour)


@pytest.mark.parametrize(
    "text", ["", "noon", "24", "9:60", "9.3", "9:3", "9:30:00", "12345", "-1", "9:30 pm", "9 30"]
)
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time of day|must be in"):
        read_time(text)


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        ("America/New_York", "2025-03-09T02:30", "2025-03-09T07:30"),
        ("Europe/Berlin", "2025-03-30T02:30", "2025-03-30T01:30"),
        ("Australia/Lord_Howe", "2025-10-05T02:15", "2025-10-04T15:45"),
        ("America/Santiago", "2025-09-07T00:30", "2025-09-07T04:30"),
        ("Africa/Casablanca", "2025-04-06T02:30", "2025-04-06T02:30"),
    ],
)
def test_a_time_that_the_clock_skips_is_moved_on_by_what_it_skips(
    zone: str, wall: str, moment: str
) -> None:
    assert resolve(local(wall), zone) == (utc(moment), "gap")


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        ("America/New_York", "2025-11-02T01:30", "2025-11-02T05:30"),
        ("Europe/Berlin", "2025-10-26T02:30", "2025-10-26T00:30"),
        ("Australia/Lord_Howe", "2025-04-06T01:45", "2025-04-05T14:45"),
        ("America/Santiago", "2025-04-05T23:30", "2025-04-06T02:30"),
        ("Africa/Casablanca", "2025-02-23T02:30", "2025-02-23T01:30"),
    ],
)
def test_a_time_that_the_clock_shows_twice_is_the_first_one(
    zone: str, wall: str, moment: str
) -> None:
    assert resolve(local(wall), zone) == (utc(moment), "fold")


@pytest.mark.parametrize(
    ("wall", "edge"),
    [
        ("2025-03-30T01:59:59", ""),
        ("2025-03-30T02:00", "gap"),
        ("2025-03-30T02:59:59", "gap"),
        ("2025-03-30T03:00", ""),
        ("2025-10-26T01:59:59", ""),
        ("2025-10-26T02:00", "fold"),
        ("2025-10-26T02:59:59", "fold"),
        ("2025-10-26T03:00", ""),
    ],
)
def test_the_edges_begin_and_end_to_the_second(wall: str, edge: Edge) -> None:
    assert resolve(local(wall), "Europe/Berlin")[1] == edge


@given(LOCAL, st.sampled_from(ZONES))
def test_outside_a_gap_the_moment_reads_as_the_time_that_was_meant(
    wall: datetime, zone: str
) -> None:
    moment, edge = resolve(wall, zone)
    back = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert (back == wall) is (edge != "gap")
    assert back >= wall


@given(st.sampled_from(ZONES), LOCAL)
def test_every_moment_is_found_again_or_was_the_second_of_two(zone: str, naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    found, edge = resolve(wall, zone)
    assert found == moment or (edge == "fold" and found < moment)


@pytest.mark.parametrize(
    "zone", ["", "Nowhere/Town", "Europe", "../etc/passwd", "a\0b", "x" * 300, "zone.tab", "Zürich"]
)
def test_what_is_no_zone_is_said_to_be_none(zone: str) -> None:
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        resolve(local("2026-01-05T09:00"), zone)


@pytest.mark.parametrize(
    ("zone", "wall"), [("Asia/Tokyo", "0001-01-01"), ("America/New_York", "9999-12-31T23:00")]
)
def test_a_time_at_the_ends_of_the_calendar_is_refused(zone: str, wall: str) -> None:
    with pytest.raises(ValueError, match="no UTC moment"):
        resolve(local(wall), zone)
