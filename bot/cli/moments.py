"""Times as people type them: a wall-clock time in a zone, and what to say where it is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from bot.cli.errors import BadUsage, one_line, say
from bot.facilitation.localtime import read_time, resolve

_EARLIEST, _LATEST = 1970, 2200
"""The years between which the rules of daylight saving mean something."""


def read_zone(zone: str) -> ZoneInfo:
    """The IANA zone of this name. Raises BadUsage, with a near name if there is one."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # the last for a folder of zones, such as Europe
        raise BadUsage(_no_zone(zone)) from None


def _no_zone(zone: str) -> str:
    from difflib import get_close_matches

    names = {name.lower(): name for name in available_timezones()}
    near = get_close_matches(zone.lower(), names, n=1, cutoff=0.8) or [
        low for low in sorted(names) if low.endswith(f"/{zone.lower()}")
    ]
    hint = f"did you mean {names[near[0]]}?" if near else "write it like Europe/Berlin or UTC."
    return f"There is no time zone “{one_line(zone)}”: {hint}"


def read_start(text: str, zone: str) -> datetime:
    """The UTC moment of ``2026-03-02 09:00`` on the clocks of ``zone``.

    A time that comes twice is the first of the two, and standard error says so. Raises BadUsage
    for one that does not exist, and for text that is no such time.
    """
    tz = read_zone(zone)
    local = _local(text)
    moment, edge = resolve(local, zone)
    if edge == "gap":
        after = moment.astimezone(tz)
        raise BadUsage(
            f"{local:%Y-%m-%d %H:%M} does not exist in {zone}, where the clocks go forward over "
            f"it: begin at {after:%H:%M}, or earlier than the change."
        )
    if edge == "fold":
        say(
            f"Note: {local:%Y-%m-%d %H:%M} comes twice in {zone}, where the clocks go back; "
            f"the first is taken, which is {moment:%H:%M} UTC."
        )
    return moment


def next_full_hour(now: datetime) -> datetime:
    """The first full hour after ``now``."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _local(text: str) -> datetime:
    try:
        day, at = text.strip().replace("T", " ").split()
        local = datetime.combine(datetime.strptime(day, "%Y-%m-%d"), read_time(at))  # noqa: DTZ007
    except ValueError:
        raise BadUsage(
            f"“{one_line(text)}” is not a date and a time: write them like “2026-03-02 09:00”, "
            "and give the zone with --zone."
        ) from None
    if not _EARLIEST <= local.year <= _LATEST:
        raise BadUsage(f"Nothing can be planned for the year {local.year}: check the date.")
    return local
