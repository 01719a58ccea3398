"""The first minute of the page: what was held, who took part, planned and actual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat.plain import percent
from bot.evidence.charts import bar
from bot.evidence.moments import day, length, minute
from bot.evidence.reading import (
    labels,
    learners,
    shown_name,
    spans,
    standing,
    took_part,
    visible,
)
from bot.evidence.reviewing import handing_in, shares, without_review
from bot.evidence.turnout import turnouts
from bot.facilitation.activities.naming import phase_title
from bot.service.reporting import RunReport
from bot.words import t, tn


def head(report: RunReport) -> dict[str, str]:
    """The lesson and when, where the clock hangs, who led it."""
    run, zone = report.run, ZoneInfo(report.run.zone)
    led = [shown_name(p.name.text) for p in report.participants if p.role == "facilitator"]
    when = f"{day(run.start, zone)}, {minute(run.start, zone)}"
    if run.ended_at:
        same = day(run.ended_at, zone) == day(run.start, zone)
        end = minute(run.ended_at, zone)
        when += f"–{end}" if same else f" – {day(run.ended_at, zone)}, {end}"
    return {
        "title": visible(run.lesson.plan.title) or visible(run.lesson.name),
        "when": when,
        "zone": run.zone,
        "short_zone": run.start.astimezone(zone).tzname() or "",
        "status": {
            "scheduled": t("Not held yet"),
            "running": t("Still running"),
            "paused": t("Paused"),
            "ended": t("Held"),
        }[run.status]
        + (t(" – a rehearsal with made-up people") if run.rehearsal else ""),
        "led": ", ".join(led),
        "audience": visible(run.lesson.plan.audience),
        "run": run.id,
        "seed": str(run.seed),
        "hash": run.lesson.hash,
    }


def tiles(report: RunReport) -> list[tuple[str, str, str]]:
    """(what, figure, detail) of the whole."""
    run = report.run
    rows, there = standing(report), learners(report)
    given = [row for row in rows if row.table != "questions"]
    taking_part = took_part(report) & {person.id for person in there}
    who = turnouts(report).values()
    whole = sum(
        all(person.id in each.answered for each in who if person.id in each.asked)
        for person in there
        if person.id in taking_part
    )
    opened = sum(bool(asked.openings) for asked in report.activities)
    asking = sum(bool(asked.questions) for asked in report.activities)
    phases = [activity.id for phase in run.lesson.script.phases for activity in phase.activities]
    planned, took = _lengths_of(report, phases)
    return [
        (
            tn("learner took part", "learners took part", len(there)),
            t("{n} of {all}", n=len(taking_part), all=len(there)),
            t("{n} answered everything", n=whole),
        ),
        (tn("answer", "answers", len(given)), str(len(given)), _remarks(report)),
        *_work(report),
        (
            t("activities held"),
            t("{n} of {all}", n=opened, all=len(report.activities)),
            tn("{count} asks something", "{count} ask something", asking),
        ),
        (
            t("it took"),
            length(took) if took is not None and run.ended_at else "–",
            t("{length} planned", length=length(planned)),
        ),
    ]


def _work(report: RunReport) -> list[tuple[str, str, str]]:
    """Of a lesson in which work was asked for or reviewed: how much came."""
    told = []
    if handed_in := handing_in(report):
        states = Counter(handed_in.values())
        told.append(
            (
                t("handed in their work"),
                t("{n} of {all}", n=len(handed_in) - states["no"], all=len(handed_in)),
                t("{n} late", n=states["late"]) if states["late"] else t("none late"),
            )
        )
    everybody = shares(report).values()
    if meant := sum(each.dealt for each in everybody):
        bare = sum(len(without_review(report, a)) for a in report.activities if a.criteria)
        told.append(
            (
                t("peer reviews finished"),
                t("{n} of {all}", n=sum(each.done for each in everybody), all=meant),
                tn("{count} work without any", "{count} works without any", bare)
                if bare
                else t("no work without one"),
            )
        )
    return told


def _lengths_of(report: RunReport, activities: Sequence[str]) -> tuple[float, float | None]:
    """From the first opening of these to their last closing, in seconds: planned, and actual
    where all that was opened has closed."""
    plans = spans(report)
    meant = [plans[id] for id in activities if id in plans]
    held = [
        o for asked in report.activities if asked.activity.id in activities for o in asked.openings
    ]
    ends = [opening.closed_at for opening in held if opening.closed_at]
    actual = (
        _seconds([o.opened_at for o in held], ends) if held and len(ends) == len(held) else None
    )
    return _seconds([opens for opens, _ in meant], [closes for _, closes in meant]), actual


def _seconds(begun: Sequence[datetime], ended: Sequence[datetime]) -> float:
    """From the first beginning to the last end."""
    return (max(ended) - min(begun)).total_seconds() if begun and ended else 0.0


def _remarks(report: RunReport) -> str:
    """How many answers were late, changed or withdrawn, where any were."""
    rows = [row for row in standing(report) if row.table != "questions"]
    late = sum(row.late for row in rows)
    changed = sum(row.version > 1 for row in rows)
    withdrawn = sum(
        row.stands and row.choices is None and row.table != "questions" for row in report.answers
    )
    said = [
        (late, t("{n} late", n=late)),
        (changed, t("{n} changed", n=changed)),
        (withdrawn, t("{n} withdrawn", n=withdrawn)),
    ]
    return ", ".join(words for n, words in said if n) or t("none late, none changed")


def lengths(report: RunReport) -> list[dict[str, Any]]:
    """Each phase's planned time and the time in which it was open, as text and as bars."""
    opened = {asked.activity.id for asked in report.activities if asked.openings}
    measured = []
    for phase in report.run.lesson.script.phases:
        ids = [activity.id for activity in phase.activities]
        measured.append((phase.name, *_lengths_of(report, ids), not opened.isdisjoint(ids)))
    longest = max([1.0, *(max(planned, actual or 0) for _, planned, actual, _ in measured)])
    return [
        {
            "phase": visible(name),
            "planned": length(planned),
            "planned_bar": bar(round(100 * planned / longest), "plan"),
            "actual": length(actual)
            if actual is not None
            else (t("still open") if opened else t("not opened")),
            "actual_bar": bar(round(100 * (actual or 0) / longest)),
        }
        for name, planned, actual, opened in measured
    ]


def turnout(report: RunReport) -> list[dict[str, Any]]:
    """How many learners answered each activity that was opened and asks something."""
    names, who = labels(report), turnouts(report)
    numbers = {asked.activity.id: n for n, asked in enumerate(report.activities, start=1)}
    return [
        {
            "anchor": f"activity-{numbers[asked.activity.id]}",
            "name": visible(names[asked.activity.id]),
            "phase": visible(phase_title(asked.activity.phase)),
            "answered": len(who[asked.activity.id].answered),
            "asked": len(who[asked.activity.id].asked),
            "percent": (
                share := percent(
                    len(who[asked.activity.id].answered), len(who[asked.activity.id].asked)
                )
            ),
            "drawing": bar(share),
        }
        for asked in report.activities
        if asked.activity.id in who
    ]
