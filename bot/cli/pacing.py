"""When a lesson is to be held, as people say it on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.errors import BadUsage, one_line
from bot.cli.moments import next_full_hour, read_start, read_zone
from bot.clock import SystemClock

if TYPE_CHECKING:
    from bot.facilitation.pace import Pace
    from bot.facilitation.state import Cue
    from bot.facilitation.working_hours import Share
    from bot.lessons.lesson import Lesson

PaceName = Literal["live", "daily"]
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

PaceOption = Annotated[
    PaceName, typer.Option("--pace", help="In one sitting, or over days with one post a day.")
]
ZoneOption = Annotated[str, typer.Option("--zone", help="The IANA zone of all times given here.")]
DaysOption = Annotated[
    int | None,
    typer.Option(
        "--days", min=1, max=366, help="Daily: how many lesson days to fill; else one a phase."
    ),
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DAYS", help="Daily: like mon-fri (the default) or mon,wed."),
]
OpensOption = Annotated[
    str | None,
    typer.Option("--opens", metavar="TIME", help="Daily: when each day’s post comes; else 09:00."),
]
ClosesOption = Annotated[
    str | None,
    typer.Option("--closes", metavar="TIME", help="Daily: when phases close; else 17:00."),
]
HolidaysOption = Annotated[
    str | None,
    typer.Option(
        "--holidays", metavar="COUNTRY", help="Daily: rest on its public holidays: DE, US-CA …"
    ),
]
ZonesOption = Annotated[
    str | None,
    typer.Option(
        "--zones", metavar="ZONES", help="Daily: where learners are; says their working hours."
    ),
]


@dataclass(frozen=True, slots=True)
class When:
    """The time and the pace of a run that is to be. ``start`` is for a live one, ``first`` for one
    over days, which has a ``pace``; ``given`` says whether the time was chosen or is a default.
    ``zones`` are those of its learners, where they were named."""

    zone: str
    start: datetime
    first: date
    pace: Pace | None
    days: int | None
    given: bool
    zones: tuple[str, ...] = ()

    def begins(self, cues: Sequence[Cue]) -> datetime:
        """The start of the lesson whose cues these are; before a live one, more may come."""
        starts = (cue.at for cue in cues if cue.kind == "start")
        return self.start if self.pace is None else next(starts)

    def cues(self, lesson: Lesson, run: str = "preview") -> tuple[Cue, ...]:
        """What would happen when. Raises BadUsage where the days are not enough."""
        from bot.facilitation.pace import DoesNotFit, days_of
        from bot.facilitation.planning import plan_daily, plan_live

        if self.pace is None:
            now = SystemClock().now()
            # What runs before opens at once where its days have begun; a lesson of long ago is
            # told as it would have been.
            soonest = now if now < self.start else None
            return plan_live(run, lesson.for_pace("live"), self.start, self.zone, soonest)
        paced = lesson.for_pace("async")
        try:
            days = days_of(paced.script, self.days)
        except DoesNotFit as why:
            raise BadUsage(str(why)) from None
        return plan_daily(run, paced, self.first, self.zone, self.pace, days)

    def shares(self, cues: Sequence[Cue]) -> tuple[Share, ...]:
        """The working hours that the cohort's zones get."""
        from bot.facilitation.working_hours import shares

        return shares(cues, self.zones) if self.zones else ()


def read_when(
    pace: PaceName,
    start: str | None,
    zone: str,
    days: int | None,
    on: str | None,
    opens: str | None,
    closes: str | None,
    holidays: str | None,
    zones: str | None,
) -> When:
    """What these options mean. Raises BadUsage for those that mean nothing, or not together."""
    tz = read_zone(zone)
    now = SystemClock().now()
    if pace == "live":
        times = {"--days": days, "--on": on, "--opens": opens, "--closes": closes}
        for name, value in {**times, "--holidays": holidays, "--zones": zones}.items():
            if value is not None:
                raise BadUsage(f"{name} is for lessons over days: add --pace daily.")
        at = next_full_hour(now) if start is None else read_start(start, zone)
        return When(zone, at, at.date(), None, None, start is not None)
    from bot.facilitation.pace import Pace

    tomorrow = now.astimezone(tz).date() + timedelta(days=1)
    day, at_time = (tomorrow, None) if start is None else _read_day(start)
    if at_time and opens:
        raise BadUsage("Give the time once: with --start, or with --opens.")
    rule = Pace(
        opens=at_time or _read_time(opens, Pace().opens),
        closes=_read_time(closes, Pace().closes),
        weekdays=read_weekdays(on),
        holidays=_read_holidays(holidays),
    )
    if rule.closes <= rule.opens:
        raise BadUsage(
            f"Phases would close at {rule.closes:%H:%M}, before they open at {rule.opens:%H:%M}: "
            "change --opens or --closes."
        )
    return When(zone, now, day, rule, days, start is not None, _read_zones(zones))


def read_weekdays(text: str | None) -> tuple[int, ...]:
    """``mon-fri`` or ``mon,wed,fri`` as numbers from Monday as 0. Raises BadUsage."""
    from bot.facilitation.pace import WEEKDAYS

    if text is None:
        return WEEKDAYS
    found: set[int] = set()
    for piece in text.lower().replace(" ", "").split(","):
        first, dash, last = piece.partition("-")
        begin, end = _weekday(first), _weekday(last if dash else first)
        if begin is None or end is None:
            raise BadUsage(f"“{one_line(text)}” names no weekdays: write mon-fri or mon,wed,fri.")
        found |= {(begin + n) % 7 for n in range((end - begin) % 7 + 1)}
    return tuple(sorted(found))


def _weekday(name: str) -> int | None:
    """From Monday as 0, by three letters of its name or more."""
    days = (n for n, full in enumerate(NAMES) if len(name) >= 3 and full.startswith(name))
    return next(days, None)


def _read_zones(text: str | None) -> tuple[str, ...]:
    """``Europe/Berlin,America/New_York`` as names of zones. Raises BadUsage."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        read_zone(name)
    return tuple(dict.fromkeys(names))


def _read_day(text: str) -> tuple[date, time | None]:
    words = text.strip().replace("T", " ")
    try:
        day = date.fromisoformat(words.split(" ", 1)[0])
        at = _time(words.split(" ", 1)[1]) if " " in words else None
    except ValueError:
        raise BadUsage(
            f"“{one_line(text)}” is no date: write it like 2026-03-02, or with the time of the "
            "daily post like “2026-03-02 09:00”."
        ) from None
    if not 1970 <= day.year <= 2200:
        raise BadUsage(f"Nothing can be planned for the year {day.year}: check the date.")
    return day, at


def _read_time(text: str | None, default: time) -> time:
    if text is None:
        return default
    try:
        return _time(text)
    except ValueError:
        raise BadUsage(f"“{one_line(text)}” is no time of day: write it like 09:00.") from None


def _time(text: str) -> time:
    """A time of day to the minute, on whatever clock. Raises ValueError."""
    from bot.facilitation.localtime import read_time

    return read_time(text)


def _read_holidays(name: str | None) -> str:
    from bot.facilitation.pace import public_holidays

    country, dash, part = (name or "").strip().partition("-")
    country = country.upper()
    wanted = f"{country}{dash}{_part_of(country, part) if part else ''}"
    try:
        public_holidays(wanted)
    except ValueError as why:
        raise BadUsage(str(why)) from None
    return wanted


def _part_of(country: str, name: str) -> str:
    """The part of a country as `holidays` spells it; as it was given where that has none such."""
    from holidays import country_holidays

    try:
        found = country_holidays(country)
    except NotImplementedError:
        return name
    spelt = (*found.subdivisions, *found.subdivisions_aliases)
    return next((one for one in spelt if one.casefold() == name.casefold()), name)
