"""Local wall-clock time: as people type it, and to UTC, right at both edges of daylight saving."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Edge = Literal["", "gap", "fold"]

_TYPED = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?")


def read_time(text: str) -> time:
    """The time of day that somebody typed, as 9:30, 09:30, 9.30, 0930 or, for 9:00, as 9.

    Raises ValueError for anything else.
    """
    typed = _TYPED.fullmatch(text.strip())
    if typed is None:
        raise ValueError(f"{text!r} is no time of day")
    return time(int(typed[1]), int(typed[2] or 0))


def resolve(local: datetime, zone: str) -> tuple[datetime, Edge]:
    """The UTC moment of a naive wall-clock time in an IANA zone, and which edge it stands on.

    In the gap of spring it is shifted forward by the gap; in the fold of autumn it is the first.
    Raises ZoneInfoNotFoundError or ValueError for an unknown zone, ValueError for a time at the
    very ends of the calendar.
    """
    tz = _zone(zone)
    first = local.replace(tzinfo=tz, fold=0)
    second = local.replace(tzinfo=tz, fold=1)
    try:
        utc = first.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError(f"{local} has no UTC moment") from beyond
    if first.utcoffset() == second.utcoffset():
        return utc, ""
    exists = utc.astimezone(tz).replace(tzinfo=None) == local
    return utc, "fold" if exists else "gap"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except OSError as not_a_zone:
        # "Europe" is a folder of zones, and a long name is none of a file.
        raise ZoneInfoNotFoundError(f"No time zone found with key {name}") from not_a_zone
