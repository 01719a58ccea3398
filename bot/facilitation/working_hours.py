"""What a lesson over days leaves people in other zones of their working hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.facilitation.pace import WEEKDAYS
from bot.facilitation.state import Cue

BEGIN, END = time(9), time(17)
"""The hours in which people are taken to be at work, Monday to Friday, by their own clocks."""
ENOUGH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Share:
    """The working hours of a zone in which a phase takes answers."""

    zone: str
    phase: str
    hours: timedelta

    @property
    def is_enough(self) -> bool:
        """Whether nobody there has to answer outside their working hours."""
        return self.hours >= ENOUGH


def shares(cues: Iterable[Cue], zones: Sequence[str]) -> tuple[Share, ...]:
    """The share of every zone in the activity of each phase that leaves it the least."""
    cues = tuple(cues)
    opens = {cue.activity: cue for cue in cues if cue.kind == "open"}
    least: dict[tuple[str, str], timedelta] = {}
    for cue in cues:
        if cue.kind == "close" and cue.activity in opens:
            for zone in zones:
                hours = working_hours(opens[cue.activity].at, cue.at, zone)
                key = (cue.phase, zone)
                least[key] = min(hours, least.get(key, hours))
    phases = dict.fromkeys(cue.phase for cue in cues if cue.kind == "open")
    return tuple(Share(zone, phase, least[phase, zone]) for phase in phases for zone in zones)


def working_hours(opens: datetime, closes: datetime, zone: str) -> timedelta:
    """How much of the time between two UTC moments is working time on the clocks of a zone."""
    tz = ZoneInfo(zone)
    day, last = opens.astimezone(tz).date(), closes.astimezone(tz).date()
    total = timedelta(0)
    while day <= last:
        if day.weekday() in WEEKDAYS:
            begin = datetime.combine(day, BEGIN, tz).astimezone(UTC)
            end = datetime.combine(day, END, tz).astimezone(UTC)
            total += max(timedelta(0), min(end, closes) - max(begin, opens))
        day += timedelta(days=1)
    return total
