"""Scheduling by form: what somebody chose, what would come of it, and the forms to choose in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2s
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat.answer import Correct
from bot.chat.event import Fields
from bot.chat.message import (
    ChoiceField,
    DateField,
    Field,
    Form,
    FormText,
    Note,
    Option,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.localtime import read_time, resolve
from bot.facilitation.pace import DoesNotFit, Pace, days_of
from bot.facilitation.planning import plan_daily, plan_live, plan_on_call
from bot.facilitation.state import Cue
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill, unfilled
from bot.lessons.script_kinds import unusable
from bot.words import t

LESSON, PLACE, PACE, DAY, TIME, PEOPLE = "lesson", "place", "pace", "day", "time", "people"
"""The ids of the fields."""

LIVE, DAILY = "live", "daily"
UTC_ZONE = "UTC"
LATEST_YEAR = 2200
"""Beyond it the rules of daylight saving mean nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose. ``day`` and ``at`` are wall-clock in ``zone``; without ``at`` a live
    lesson waits for its facilitator. ``filled`` are values for the lesson's places, by name."""

    lesson: str
    place: str
    pace: str
    day: date | None
    at: time | None
    people: tuple[str, ...]
    filled: tuple[tuple[str, str], ...]
    zone: str

    def digest(self, lesson: Lesson) -> str:
        """The same for choices that come to the same timeline of the same lesson."""
        what = (lesson.hash, self.place, self.pace, str(self.day), str(self.at), self.zone)
        return blake2s("\n".join(what).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Planned:
    """What would come of it: the ``lesson`` for its pace with its places filled in, the ``cues``.

    ``start`` (UTC) is None where a live lesson waits until somebody says "start". With a ``pace``
    it runs over days from ``first``. ``twice`` says that its time comes twice that day, and
    ``unused`` is a day that was chosen for nothing, as there is no time to begin at; the one that
    the form came with was not chosen.
    """

    lesson: Lesson
    cues: tuple[Cue, ...]
    zone: str
    start: datetime | None = None
    first: date | None = None
    pace: Pace | None = None
    twice: bool = False
    unused: date | None = None


def zone_known(name: str) -> str:
    """The IANA zone of this name, or UTC where there is none."""
    try:
        return ZoneInfo(name).key if name else UTC_ZONE
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last for a folder of zones
        return UTC_ZONE


def read_wanted(fields: Fields, lessons: Sequence[Lesson], zone: str) -> Wanted | Correct:
    """What a form that was sent says."""
    errors: dict[str, str] = {}
    lesson = next((one for one in lessons if one.name == _one(fields, LESSON)), None)
    if lesson is None:
        errors[LESSON] = t("Choose one of the lessons.")
    if not _one(fields, PLACE):
        errors[PLACE] = t("Choose the channel in which it is held.")
    pace = _one(fields, PACE)
    if pace not in (LIVE, DAILY):
        errors[PACE] = t("Choose one of the two.")
    day, at = _day(_one(fields, DAY), errors), _time(_one(fields, TIME), errors)
    if day is None and (at or pace == DAILY):
        errors.setdefault(DAY, t("Choose the day on which it begins."))
    if errors or lesson is None:
        return Correct(errors)
    return Wanted(
        lesson=lesson.name,
        place=_one(fields, PLACE),
        pace=pace,
        day=day,
        at=at,
        people=tuple(dict.fromkeys(person for person in fields.get(PEOPLE, ()) if person)),
        filled=tuple(
            (name, " ".join(value.split()))
            for field, name, _ in _places(lesson)
            if (value := _one(fields, field)).strip()
        ),
        zone=zone_known(zone),
    )


def plan(wanted: Wanted, lesson: Lesson, now: datetime) -> Planned | Correct:
    """What would happen when, if it were scheduled at ``now``."""
    filled = fill(lesson, dict(wanted.filled))
    paced = filled.for_pace("async" if wanted.pace == DAILY else "live")
    for name, why in unusable(paced.script, KINDS):
        field = next((f for f, place, _ in _places(lesson) if place in dict(wanted.filled)), LESSON)
        said = t("Filled in like this, {activity} cannot be used: {why}.", activity=name, why=why)
        return Correct({field: said})
    if wanted.pace == DAILY:
        return _over_days(wanted, paced, now)
    if wanted.at is None or wanted.day is None:
        cues = plan_on_call("preview", paced, now, wanted.zone)
        chosen = wanted.day if wanted.day != _tomorrow(now, wanted.zone) else None
        return Planned(paced, cues, wanted.zone, unused=chosen)
    local = datetime.combine(wanted.day, wanted.at)
    start, edge = resolve(local, wanted.zone)
    if edge == "gap":
        after = start.astimezone(ZoneInfo(wanted.zone))
        said = t(
            "{time} does not exist on that day in {zone}, where the clocks go forward over it: "
            "begin at {after}, or before the change.",
            time=f"{wanted.at:%H:%M}",
            zone=wanted.zone,
            after=f"{after:%H:%M}",
        )
        return Correct({TIME: said})
    if start < now:
        said = t("That time has passed: choose a later one, or none, to start it yourself.")
        return Correct({TIME: said})
    cues = plan_live("preview", paced, start, wanted.zone, now)
    return Planned(paced, cues, wanted.zone, start=start, twice=edge == "fold")


def _over_days(wanted: Wanted, lesson: Lesson, now: datetime) -> Planned | Correct:
    pace = Pace(opens=wanted.at or Pace().opens)
    first = wanted.day
    if first is None:
        return Correct({DAY: t("Choose the day on which it begins.")})
    if pace.opens >= pace.closes:
        closes = f"{pace.closes:%H:%M}"
        said = t("Over days, what opens closes at {time}: choose an earlier time.", time=closes)
        return Correct({TIME: said})
    try:
        days = days_of(lesson.script)
    except DoesNotFit as why:
        return Correct({PACE: str(why)})
    cues = plan_daily("preview", lesson, first, wanted.zone, pace, days)
    # A first day that has begun may still be joined, as long as nothing of it has closed.
    if min(cue.at for cue in cues if cue.kind in ("close", "end")) < now:
        return Correct({DAY: t("That day has passed: choose a later one.")})
    return Planned(lesson, cues, wanted.zone, first=first, pace=pace)


def first_form(
    lessons: Sequence[Lesson], callback: str, place: str, now: datetime, zone: str
) -> Form:
    """To choose what is held, where and when; the place is where it was asked for."""
    zone = zone_known(zone)
    start = Wanted("", place, LIVE, _tomorrow(now, zone), None, (), (), zone)
    parts = (*_fields(lessons, start), _whose_clock(zone))
    return Form(t("Schedule a lesson"), callback, parts, submit=t("See what happens when"))


def second_form(
    lessons: Sequence[Lesson],
    callback: str,
    wanted: Wanted,
    lesson: Lesson,
    said: Sequence[FormText],
    *,
    anywhere: bool = False,
) -> Form:
    """What would happen, as it is ``said``, and the same choices again with the lesson's places.

    ``anywhere`` says that channels are offered of which the bot may not be part.
    """
    values = dict(wanted.filled)
    places = tuple(
        TextField(
            field,
            label,
            hint=t("Left empty, what speaks of it is left out."),
            value=UserText(values[name]) if name in values else None,
            multiline=False,
            required=False,
        )
        for field, name, label in _places(lesson)
    )
    again = Note((t("You can still change anything. Other times are shown to you first."),))
    added = t("I can post only where I have been added: if I am not there yet, add me first.")
    there = (Note((added,)),) if anywhere else ()
    parts = (*said, *there, again, *_fields(lessons, wanted), _whose_clock(wanted.zone), *places)
    return Form(t("Schedule it?"), callback, parts, submit=t("Schedule it"))


def _fields(lessons: Sequence[Lesson], wanted: Wanted) -> tuple[Field, ...]:
    options = tuple(Option(lesson.name, lesson.plan.title) for lesson in lessons)
    paces = (
        Option(LIVE, t("In one sitting")),
        Option(DAILY, t("Over days, with one post a day")),
    )
    chosen = (wanted.lesson,) if wanted.lesson else ()
    when = t(
        "Time (left empty: in one sitting, you start it; over days, posts come at {time})",
        time=f"{Pace().opens:%H:%M}",
    )
    return (
        ChoiceField(LESSON, t("Lesson"), options, value=chosen),
        PlaceField(PLACE, t("Channel"), value=wanted.place),
        ChoiceField(PACE, t("Pace"), paces, value=(wanted.pace,)),
        DateField(DAY, t("First day"), value=wanted.day, required=False),
        TimeField(TIME, when, value=wanted.at, required=False),
        PeopleField(PEOPLE, t("Who leads it with you"), value=wanted.people, required=False),
    )


def _tomorrow(now: datetime, zone: str) -> date:
    """The day that the form comes with."""
    return now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)


def _whose_clock(zone: str) -> Note:
    times = t("The day and the time are those of your own time zone, {zone}.", zone=zone)
    unknown = t("The day and the time are in UTC.")
    return Note((unknown if zone == UTC_ZONE else times,))


def _places(lesson: Lesson) -> list[tuple[str, str, str]]:
    """The field, name and label of each place to fill in; a field is of this lesson alone."""
    return [
        (f"fill-{lesson.hash[:8]}-{n}", name, label)
        for n, (name, label) in enumerate(unfilled(lesson.script))
    ]


def _one(fields: Fields, field: str) -> str:
    return "".join(fields.get(field, ()))


def _day(text: str, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.max
    if day and not 1970 <= day.year <= LATEST_YEAR:
        errors[DAY] = t("Nothing can be planned for that day: check the date.")
        return None
    return day


def _time(text: str, errors: dict[str, str]) -> time | None:
    """As a platform's own clock gives it, or as people type it."""
    if not text:
        return None
    try:
        return read_time(text)
    except ValueError:
        pass
    try:
        at = time.fromisoformat(text)
    except ValueError:
        errors[TIME] = t("That is no time of day: write it like 09:00.")
        return None
    return at.replace(second=0, microsecond=0, tzinfo=None)
