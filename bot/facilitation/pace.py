"""The asynchronous pace: a lesson over days, at wall-clock times of one zone.

The rule is kept, not only the moments made from it: dates are reckoned on the calendar of the
facilitator's zone, and each becomes a UTC moment by itself, so that 09:00 stays 09:00 when the
clocks change.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice

from dateutil.rrule import DAILY, rrule

from bot.facilitation.localtime import Edge, resolve
from bot.lessons.names import is_break
from bot.lessons.script import AFTER, Activity, Script, ScriptPhase

WEEKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday."""


class DoesNotFit(Exception):
    """The days that were asked for are not enough; its text says why and what would be."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When a lesson over days opens and closes: local wall-clock times, on which days.

    ``weekdays`` count from Monday as 0. ``holidays`` names a country, or a country and a part of
    it, as `holidays` does ("DE", "US-CA"), on whose public holidays nothing happens; "" for none.
    """

    opens: time = time(9)
    closes: time = time(17)
    weekdays: tuple[int, ...] = WEEKDAYS
    holidays: str = ""


def lesson_days(first: date, pace: Pace) -> Iterator[date]:
    """The dates on which the lesson goes on, from ``first`` on."""
    midnight = datetime.combine(first, time())
    for day in rrule(DAILY, dtstart=midnight, byweekday=pace.weekdays):
        if day.date() not in public_holidays(pace.holidays):
            yield day.date()


def later_day(day: date, days: int, pace: Pace) -> date:
    """The lesson day that is so many lesson days after ``day``, which may be a free one."""
    if not days:
        return day
    return next(islice(lesson_days(day + timedelta(days=1), pace), days - 1, None))


def moment_of(day: date, wall: time, zone: str) -> tuple[datetime, Edge]:
    """The UTC moment of a wall-clock time on a date, and the edge of daylight saving it is on."""
    return resolve(datetime.combine(day, wall), zone)


def opening_on(day: date, pace: Pace, zone: str) -> tuple[datetime, Edge]:
    """The UTC moment at which a lesson day's post comes, and its edge of daylight saving."""
    return moment_of(day, pace.opens, zone)


def closing_on(day: date, pace: Pace, zone: str) -> tuple[datetime, Edge]:
    """The same for what closes that day. Where the clocks shift the opening past it, it comes as
    long after that as on other days."""
    closes, edge = moment_of(day, pace.closes, zone)
    opens, shifted = opening_on(day, pace, zone)
    if closes > opens:
        return closes, edge
    return opens + (datetime.combine(day, pace.closes) - datetime.combine(day, pace.opens)), shifted


def days_of(script: Script, total: int | None = None) -> tuple[int, ...]:
    """How many lesson days each of `Script.parts` takes; 0 for a break, which is left out, and for
    `AFTER`, which has due dates of its own.

    Each takes what its author says, or one. With ``total`` they are stretched or shortened to
    fill so many, none to less than a day. Raises DoesNotFit.
    """
    parts = script.parts()
    wanted = [0 if part.name == AFTER or _is_rest(part) else _days(part) for part in parts]
    if total is None:
        return tuple(wanted)
    at_least = sum(1 for days in wanted if days)
    if total < at_least:
        named = ", ".join(part.name for part, days in zip(parts, wanted, strict=True) if days)
        raise DoesNotFit(
            f"{total} {'day is' if total == 1 else 'days are'} too few: each of {named} needs a "
            f"day of its own, since there is one post a day. Give {at_least} days or more."
        )
    return tuple(_stretched(wanted, total))


def _is_rest(part: ScriptPhase) -> bool:
    """Whether it is a break for which no author has planned anything."""
    return is_break(part.name) and all(activity.derived for activity in part.activities)


def _days(part: ScriptPhase) -> int:
    return max([1, part.days, *(activity.days for activity in part.activities)])


def _stretched(wanted: Sequence[int], total: int) -> list[int]:
    """The days in proportion to those wanted, each at least 1 where any were; largest share first.

    One day goes at a time to whoever then still has the fewest for what they wanted.
    """
    given = [1 if days else 0 for days in wanted]
    if not any(given):
        return given
    for _ in range(total - sum(given)):
        n = max(range(len(given)), key=lambda n: (wanted[n] / (given[n] or 1), -n))
        given[n] += 1
    return given


def dealt(activities: Sequence[Activity], days: int) -> tuple[tuple[Activity, ...], ...]:
    """The activities of each of a part's days, in their order and spread; a day may have none.

    What has days of its own comes early enough to have them all, if the part is that long.
    """
    found: list[list[Activity]] = [[] for _ in range(days)]
    latest = days - 1
    for n, activity in reversed(list(enumerate(activities))):
        latest = max(0, min(latest, days - activity.days))
        found[min(latest, n * days // len(activities))].insert(0, activity)
    return tuple(map(tuple, found))


@cache
def public_holidays(name: str) -> Container[date]:
    """The public holidays of "DE" or "US-CA"; none for "". Raises ValueError for no such place."""
    if not name:
        return ()
    # Not before somebody asks for it: it is large.
    import holidays

    country, _, part = name.partition("-")
    if re.fullmatch("[A-Z]{2}", country):
        with suppress(NotImplementedError):
            found: Container[date] = holidays.country_holidays(country, subdiv=part or None)
            return found
    raise ValueError(
        f"There are no public holidays known for “{name}”: write a country as DE, or with its "
        "part as US-CA."
    )
