"""From a lesson and when it is to be held to its cues: what happens when.

In one sitting each activity closes when the next opens. Over days each lesson day opens together
what it has, which is one post, and closes it in the evening of its phase's last day. What comes
before and after a live run is asynchronous, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.facilitation.localtime import Edge
from bot.facilitation.pace import (
    Pace,
    closing_on,
    dealt,
    later_day,
    lesson_days,
    moment_of,
    opening_on,
)
from bot.facilitation.state import Cue, CueKind, Run
from bot.lessons.lesson import Lesson
from bot.lessons.script import AFTER, BEFORE, Activity

NOTES_AHEAD = timedelta(minutes=5)
"""How long before a live phase its notes reach the facilitator."""
NOTES_AHEAD_DAILY = timedelta(hours=1)
"""The same for a phase that takes days."""

_ORDER: dict[CueKind, int] = {"close": 0, "notes": 1, "start": 2, "open": 3, "wake": 4, "end": 5}


@dataclass(frozen=True, slots=True)
class _Moment:
    kind: CueKind
    at: datetime
    phase: str = ""
    activity: str = ""


def plan_live(
    run: str,
    lesson: Lesson,
    start: datetime,
    zone: str = "UTC",
    not_before: datetime | None = None,
) -> tuple[Cue, ...]:
    """The cues of a lesson held in one sitting from ``start`` (UTC), in the order they come.

    A phase's notes come ahead of it, those of the first phase ahead of the start. What runs before
    opens as many days ahead as it says, though not before ``not_before``; what runs after is due
    as many days later as it says, at the same time of day in ``zone``.
    """
    script = lesson.script
    begins = start
    if script.before:
        begins = _days_from(start, -_longest(script.before), zone)
        begins = min(start, max(begins, not_before or begins))
    moments = [_Moment("start", begins)]
    # Whoever schedules it for right now gives people the first phase for it.
    first = timedelta(minutes=script.phases[0].minutes if script.phases else 0)
    closes = start if begins < start else start + first
    for activity in script.before:
        moments.append(_Moment("open", begins, BEFORE, activity.id))
        moments.append(_Moment("close", closes, BEFORE, activity.id))
    at = start
    for phase in script.phases:
        moments.append(_Moment("notes", at - NOTES_AHEAD, phase.name))
        for activity in phase.activities:
            moments.append(_Moment("open", at, phase.name, activity.id))
            at += timedelta(minutes=activity.minutes)
            moments.append(_Moment("close", at, phase.name, activity.id))
    for activity in script.after:
        due = _days_from(at, activity.days or 1, zone)
        moments.append(_Moment("open", at, AFTER, activity.id))
        moments.append(_Moment("close", due, AFTER, activity.id))
    moments.append(_Moment("end", max([at, *(moment.at for moment in moments)])))
    waiting = {a.id for phase in script.phases for a in phase.activities if a.wait}
    return _cues(run, moments, waiting)


def plan_on_call(run: str, lesson: Lesson, now: datetime, zone: str) -> tuple[Cue, ...]:
    """The cues of a live run whose facilitator says when it begins; what runs before begins now."""
    ahead = _longest(lesson.script.before) if lesson.script.before else 0
    cues = plan_live(run, lesson, _days_from(now, ahead, zone), zone, now)
    first = next((p.activities[0].id for p in lesson.script.phases if p.activities), "")
    opens = next((cue for cue in cues if cue.activity == first and cue.kind == "open"), None)
    if opens is None:
        return cues
    # What comes before waits for the facilitator, too: it closes when the lesson has begun.
    closes = [cue for cue in cues if cue.phase == BEFORE and cue.kind == "close"]
    rest = [cue for cue in cues if cue not in closes]
    there = rest.index(opens) + 1
    ordered = [*rest[:there], *(replace(cue, at=opens.at) for cue in closes), *rest[there:]]
    cues = tuple(replace(cue, seq=seq) for seq, cue in enumerate(ordered, start=1))
    # There and back over a change of the clocks is not always where it began.
    begins = next(cue.at for cue in cues if cue.kind == "start")
    cues = tuple(replace(cue, at=now, planned=now) if cue.at == begins else cue for cue in cues)
    return tuple(
        replace(cue, waits=True) if cue.kind == "open" and cue.activity == first else cue
        for cue in cues
    )


def plan_daily(
    run: str, lesson: Lesson, first: date, zone: str, pace: Pace, days: Sequence[int]
) -> tuple[Cue, ...]:
    """The cues of a lesson over days from the first lesson day on or after ``first``.

    ``days`` are those of each of its parts, as `days_of` gives them. The closing words come in the
    morning of the lesson day after the last.
    """
    dates = lesson_days(first, pace)
    moments: list[_Moment] = []
    last = first
    for part, length in zip(lesson.script.parts(), days, strict=True):
        if not length and part.name != AFTER:
            continue
        own = list(islice(dates, length or 1))
        last = max(last, own[-1])
        if not moments:
            moments.append(_Moment("start", _when("start", own[0], pace, zone)[0]))
        if part.name not in (BEFORE, AFTER):
            moments.append(_Moment("notes", _when("notes", own[0], pace, zone)[0], part.name))
        posts = 1 if part.name == BEFORE else len(own)
        for day, activities in zip(own, dealt(part.activities, posts), strict=False):
            for activity in activities:
                until = _closes_on(part.name, activity, day, own, pace)
                last = max(last, until)
                opens, _ = _when("open", day, pace, zone)
                closes, _ = _when("close", until, pace, zone)
                moments.append(_Moment("open", opens, part.name, activity.id))
                moments.append(_Moment("close", closes, part.name, activity.id))
    end, _ = _when("end", later_day(last, 1, pace), pace, zone)
    moments.append(_Moment("end", end))
    if len(moments) == 1:
        moments.append(_Moment("start", end))
    return _cues(run, moments, ())


def moved_by_days(cues: Iterable[Cue], days: int, run: Run) -> list[Cue]:
    """The waiting cues so many lesson days later, at the local times that the pace promises."""
    if run.pace is None:
        raise ValueError("a live run has no lesson days")
    later: dict[date, date] = {}
    moved = []
    for cue in cues:
        if cue.state == "waiting":
            day = day_of(cue, run.pace, run.zone)
            if day not in later:
                later[day] = later_day(day, days, run.pace)
            at = _when(cue.kind, later[day], run.pace, run.zone)[0]
            if cue.kind == "wake":
                # It has no time of day of its own: it stays as long after the opening as it was.
                at += cue.at - _when(cue.kind, day, run.pace, run.zone)[0]
            moved.append(replace(cue, at=at))
    return moved


def days_until(cue: Cue, now: datetime, pace: Pace, zone: str) -> int:
    """How many lesson days later a cue over days is still to come at ``now``."""
    tomorrow = day_of(cue, pace, zone) + timedelta(days=1)
    return next(
        days
        for days, day in enumerate(lesson_days(tomorrow, pace), start=1)
        if _when(cue.kind, day, pace, zone)[0] > now
    )


def day_of(cue: Cue, pace: Pace, zone: str) -> date:
    """The local date that a cue over days belongs to: the last whose own moment has come by then.

    That may be the day before, where more minutes or a change of the clocks led past midnight.
    """
    day = cue.at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while _when(cue.kind, day, pace, zone)[0] > cue.at:
        day -= timedelta(days=1)
    return day


def edge_of(cue: Cue, pace: Pace, zone: str) -> Edge:
    """The edge of daylight saving on which a cue over days stands, for the dry run to tell."""
    return _when(cue.kind, day_of(cue, pace, zone), pace, zone)[1]


def is_asynchronous(run: Run, phase: str) -> bool:
    """Whether what this phase has on a day opens together, as one post."""
    return run.pace is not None or phase in (BEFORE, AFTER)


def _when(kind: CueKind, day: date, pace: Pace, zone: str) -> tuple[datetime, Edge]:
    """The moment of a cue of this kind on a lesson day, and its edge of daylight saving."""
    at, edge = closing_on(day, pace, zone) if kind == "close" else opening_on(day, pace, zone)
    return (at - NOTES_AHEAD_DAILY if kind == "notes" else at), edge


def _closes_on(part: str, activity: Activity, day: date, own: Sequence[date], pace: Pace) -> date:
    """The date on which an activity closes that opens on ``day``, one of its part's ``own``."""
    if part == AFTER:
        # Its days are those that people have, free ones included.
        due = day + timedelta(days=activity.days or 1)
        return next(lesson_days(due, pace))
    if activity.days:
        return own[min(own.index(day) + activity.days, len(own)) - 1]
    return own[-1]


def _longest(activities: Sequence[Activity]) -> int:
    return max([1, *(activity.days for activity in activities)])


def _days_from(at: datetime, days: int, zone: str) -> datetime:
    there = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return moment_of(there.date() + timedelta(days=days), there.time(), zone)[0]


def _cues(run: str, moments: Iterable[_Moment], waiting: Iterable[str]) -> tuple[Cue, ...]:
    ordered = sorted(moments, key=lambda moment: (moment.at, _ORDER[moment.kind]))
    return tuple(
        Cue(
            run,
            seq,
            each.kind,
            each.at,
            each.at,
            each.phase,
            each.activity,
            waits=each.kind == "open" and each.activity in waiting,
        )
        for seq, each in enumerate(ordered, start=1)
    )
