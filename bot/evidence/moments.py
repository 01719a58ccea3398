"""Moments and lengths of time as text, the same on every machine, whatever its locale."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.facilitation.state import Run
from bot.words import t

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()


def utc(at: datetime | None) -> str:
    """ISO 8601 in UTC, ``2026-01-05T14:00:00Z``; "" for no moment."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z" if at else ""


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """As spreadsheets read it, to the second: ``2026-01-05 09:00:00``; "" for no moment."""
    if at is None:
        return ""
    return at.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """``09:00:07``."""
    return at.astimezone(zone).time().isoformat("seconds")


def day(at: datetime, zone: ZoneInfo) -> str:
    """``Mon 5 Jan 2026``."""
    there = at.astimezone(zone)
    return f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]} {there.year}"


def minute(at: datetime, zone: ZoneInfo) -> str:
    """``09:00``."""
    return at.astimezone(zone).time().isoformat("minutes")


def moment(at: datetime, run: Run) -> str:
    """The time in the run's zone, to the second; with its date where the run takes more than one
    day, or began on another."""
    zone = ZoneInfo(run.zone)
    there, date = clock_time(at, zone), day(at, zone)
    script = run.lesson.script
    one_day = not (run.pace or script.before or script.after)
    return there if one_day and date == day(run.start, zone) else f"{date}, {there}"


def length(seconds: float) -> str:
    """``3 h 2 min``, ``45 s``, ``2 d``: the two largest units in a row, never negative."""
    whole = round(abs(seconds))
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    units = [(days, t("d")), (hours, t("h")), (minutes, t("min")), (whole % 60, t("s"))]
    first = next((n for n, (count, _) in enumerate(units) if count), len(units) - 1)
    said = [f"{n} {unit}" for n, unit in units[first : first + 2] if n]
    return " ".join(said) or f"0 {t('s')}"


def difference(planned: datetime, actual: datetime) -> str:
    """``3 min late``, ``20 s early`` or ``on time``, to the second."""
    seconds = (actual - planned).total_seconds()
    if abs(seconds) < 0.5:
        return t("on time")
    how = t("{length} late") if seconds > 0 else t("{length} early")
    return how.format(length=length(seconds))
