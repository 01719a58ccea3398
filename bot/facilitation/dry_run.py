"""The dry run, for people: what would happen when, and what to think of before it is scheduled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.chat.address import Place
from bot.chat.message import Heading, Listing, Message, Note, Text
from bot.chat.text import Line, Strong, When, WhenStyle
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.localtime import Edge
from bot.facilitation.planning import edge_of, is_asynchronous
from bot.facilitation.scheduling import Planned
from bot.facilitation.seeing import name_of
from bot.facilitation.state import Cue, Run
from bot.facilitation.working_hours import ENOUGH, shares
from bot.words import t, tn

Said = Heading | Text | Listing | Note


def dry_run(planned: Planned, others: tuple[Line, ...] = ()) -> tuple[Said, ...]:
    """What would happen when, each moment in the reader's own zone, and what to think of.

    ``others`` are lines to think of that are not about this lesson alone.
    """
    notes = (*_edges(planned), *_too_few(planned), *others)
    said = (Note((t("Please think of this:"),)), Listing(notes)) if notes else ()
    return (
        Heading(planned.lesson.plan.title, 2),
        Text(_begins(planned)),
        Listing(tuple(_lines(planned))),
        *said,
    )


def scheduled(planned: Planned) -> Message:
    """That it is scheduled, to whoever did it."""
    title = t("It is scheduled")
    leads = t("Your panel is in your chat with me, and with it you steer the lesson.")
    return Message(
        t("Scheduled: {lesson}", lesson=planned.lesson.plan.title),
        (Heading(title, 1), *dry_run(planned), Text((leads,))),
        invites_replies=False,
    )


def _begins(planned: Planned) -> Line:
    if planned.start:
        return (t("Begins: "), When(planned.start, "date_time"))
    if planned.pace:
        begins = next(cue.at for cue in planned.cues if cue.kind == "start")
        return (t("Over days, with one post a day. Begins: "), When(begins, "date_time"))
    waits = t("It begins when you press “Start the lesson” or say “start”.")
    early = t(" What comes before it opens right away.")
    return (
        *_unused_day(planned),
        waits,
        *((early,) if planned.lesson.script.before else ()),
    )


def _unused_day(planned: Planned) -> Line:
    if planned.unused is None:
        return ()
    # Noon is on the same day for whoever is near the zone.
    noon = datetime.combine(planned.unused, time(12), ZoneInfo(planned.zone)).astimezone(UTC)
    return (t("Without a time, "), When(noon, "date"), t(" is not used. "))


def _lines(planned: Planned) -> Iterator[Line]:
    """A line for whatever opens, in order, all that comes as one post together, and one for the
    end."""
    run = _run(planned)
    if not planned.start and not planned.pace:
        for activity in planned.lesson.script.activities():
            time = tn("{count} minute", "{count} minutes", activity.minutes)
            yield (name_of(run, activity.id), *((f" – {time}",) if activity.minutes else ()))
        return

    def post(cue: Cue) -> tuple[datetime, int]:
        return cue.at, 0 if is_asynchronous(run, cue.phase) else cue.seq

    shown = [c for c in planned.cues if c.kind in ("open", "end") and c.state != "cancelled"]
    day = None
    for _, group in groupby(shown, post):
        cue, *others = group
        what = _names(run, (cue, *others))
        here = cue.at.astimezone(ZoneInfo(planned.zone)).date()
        around = is_asynchronous(run, cue.phase) or here != day
        style: WhenStyle = "date_time" if around else "time"
        day = here
        waits = (t(", when you are ready"),) if cue.waits else ()
        yield (When(cue.at, style), " – ", Strong(what), *waits)


def _names(run: Run, cues: Sequence[Cue]) -> str:
    """What comes at one moment, each phase named once."""
    named: list[str] = []
    phase = ""
    for cue in cues:
        name = name_of(run, cue.activity) if cue.activity else t("The end")
        named.append(name.removeprefix(f"{phase_title(phase)}: ") if cue.phase == phase else name)
        phase = cue.phase
    return "; ".join(named)


def _edges(planned: Planned) -> Iterator[Line]:
    """What to know of moments at an edge of daylight saving, once for each."""
    if planned.start and planned.twice:
        twice = t("Its time comes twice that day, as the clocks go back; it begins at the first: ")
        yield (twice, When(planned.start, "date_time"))
    if planned.pace is None:
        return
    told: dict[datetime, Edge] = {}
    for cue in planned.cues:
        edge = edge_of(cue, planned.pace, planned.zone)
        if edge and cue.kind != "notes":
            told.setdefault(cue.at, edge)
    for at, edge in told.items():
        why = (
            t(": its time does not exist that day, as the clocks go forward; it comes later.")
            if edge == "gap"
            else t(": its time comes twice that day, as the clocks go back; it comes at the first.")
        )
        yield (When(at, "date_time"), why)


def _too_few(planned: Planned) -> Iterator[Line]:
    """Where people of the same zone have few working hours to answer."""
    if planned.pace is None:
        return
    short = [one for one in shares(planned.cues, (planned.zone,)) if not one.is_enough]
    for one in short:
        hours = f"{one.hours.total_seconds() / 3600:g}"
        yield (
            t(
                "{phase} is open for {hours} working hours only, where {enough} or more are "
                "better: let the posts come earlier.",
                phase=phase_title(one.phase),
                hours=hours,
                enough=f"{ENOUGH.total_seconds() / 3600:g}",
            ),
        )


def _run(planned: Planned) -> Run:
    """As much of a run as names and paces are read from."""
    nowhere = Place("", "", "")
    start = planned.start or planned.cues[0].at
    return Run("preview", planned.lesson, nowhere, (), planned.zone, start, pace=planned.pace)


def planned_of(run: Run, cues: tuple[Cue, ...], *, waits: bool) -> Planned:
    """What comes of a run that is there; a live one that ``waits`` begins when somebody says so."""
    start = None if run.pace or waits else run.start
    return Planned(run.lesson, cues, run.zone, start=start, pace=run.pace)


def overlaps(planned: Planned, other: Run, cues: tuple[Cue, ...]) -> bool:
    """Whether another lesson, not ended, goes on at the same time, as far as that is known."""
    if not planned.start and not planned.pace:
        return True
    first, last = planned.cues[0].at, planned.cues[-1].at
    moments = [cue.at for cue in cues] or [other.start]
    return other.status == "paused" or (min(moments) < last and first < max(moments))
