"""The tables for spreadsheets; what their cells stand for is told in `bot.evidence.cells`.

- Moments are in UTC (``2026-01-05T14:00:00Z``), and beside them on the clock of the run's zone.
- Options chosen are their labels, joined by ``; ``; ``polls.csv`` has one row for each.
- ``participant`` or ``owner`` is whose an answer is, a person or a group, ``by`` who gave it.

``evidence.json`` beside them has everything exactly as it was.
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.evidence.cells import Table, by, words, yes
from bot.evidence.grouping import groups_of
from bot.evidence.moments import local, utc
from bot.evidence.reading import APART, standing
from bot.evidence.reviewing import handing_in, shares
from bot.evidence.turnout import turnouts
from bot.evidence.work_tables import work_tables
from bot.facilitation.state import Cue
from bot.service.reporting import AnswerRow, RunReport

_Item = tuple[str, int, str]
"""An activity's id, the number of its opening, and the item in it."""


def tables(report: RunReport) -> tuple[Table, ...]:
    """All tables of a run."""
    rows = standing(report)
    return (
        _responses(report, rows),
        _polls(report, rows),
        _reflections(report, rows),
        _participants(report, rows),
        _timeline(report),
        *work_tables(report),
    )


def _responses(report: RunReport, rows: tuple[AnswerRow, ...]) -> Table:
    zone = ZoneInfo(report.run.zone)
    roles = {person.id: person.role for person in report.participants}
    header = (
        "phase activity opening item question participant name role options text "
        "time_utc time_local zone late version table by by_name"
    )
    return Table(
        "responses",
        tuple(header.split()),
        tuple(
            (
                row.phase,
                row.activity,
                str(row.opening),
                row.item,
                row.question,
                row.participant,
                row.name,
                roles.get(row.participant, ""),
                "; ".join(row.choices or ()),
                row.text or "",
                utc(row.at),
                local(row.at, zone),
                report.run.zone,
                yes(row.late),
                str(row.version),
                row.table,
                *by(row),
            )
            for row in rows
        ),
    )


def _polls(report: RunReport, rows: tuple[AnswerRow, ...]) -> Table:
    """One row for each option chosen; own words stand on every row of their vote."""
    header = "phase poll opening question participant name option_id option own_words time_utc late"
    return Table(
        "polls",
        tuple(header.split()),
        tuple(
            (
                row.phase,
                row.activity,
                str(row.opening),
                row.question,
                row.participant,
                row.name,
                option_id,
                option,
                row.text or "",
                utc(row.at),
                yes(row.late),
            )
            for row in rows
            if row.table == "polls"
            for option_id, option in zip(row.option_ids or ("",), row.choices or ("",), strict=True)
        ),
    )


def _reflections(report: RunReport, rows: tuple[AnswerRow, ...]) -> Table:
    """One row for each participant; a column for each question of each opening, and one for what
    was said in the thread where something was."""
    columns: list[tuple[str, tuple[_Item, ...]]] = []
    for asked in report.activities:
        questions = [q for q in asked.questions if q.table == "reflections"]
        items = {question.item for question in asked.questions}
        id_ = asked.activity.id
        for n in [opening.n for opening in asked.openings] or [1] if questions else ():
            name = f"{id_} (opening {n})" if n > 1 else id_
            columns += [(f"{name} {q.item}: {q.text}", ((id_, n, q.item),)) for q in questions]
            there = [row for row in rows if (row.activity, row.opening) == (id_, n)]
            replies = dict.fromkeys(
                (id_, n, row.item)
                for row in there
                if row.item not in items and row.table not in APART
            )
            columns += [(f"{name}: replies in the thread", tuple(replies))] if replies else []
    given = {(row.participant, (row.activity, row.opening, row.item)): words(row) for row in rows}
    return Table(
        "reflections",
        ("participant", "name", "role", *(name for name, _ in columns)),
        tuple(
            (
                person.id,
                person.name.text,
                person.role,
                *(
                    "\n\n".join(given[person.id, i] for i in items if (person.id, i) in given)
                    for _, items in columns
                ),
            )
            for person in report.participants
        ),
    )


def _participants(report: RunReport, rows: tuple[AnswerRow, ...]) -> Table:
    header = (
        "participant name role platform tenant person joined_utc left_utc asked answered "
        "first_answer_utc last_answer_utc not_answered group work_handed_in "
        "reviews_dealt reviews_done reviews_given reviews_received"
    )
    turnout, work, share = turnouts(report), handing_in(report), shares(report)
    groups = groups_of(report)
    lines = []
    for person in report.participants:
        asked = [activity for activity, who in turnout.items() if person.id in who.asked]
        missing = [activity for activity in asked if person.id not in turnout[activity].answered]
        times = [row.at for row in rows if person.id in (row.participant, row.by)]
        reviewing = share[person.id]
        lines.append(
            (
                person.id,
                person.name.text,
                person.role,
                person.person.platform,
                person.person.tenant,
                person.person.id,
                utc(person.joined_at),
                utc(person.left_at),
                str(len(asked)),
                str(len(asked) - len(missing)),
                utc(min(times, default=None)),
                utc(max(times, default=None)),
                "; ".join(missing),
                "; ".join(groups.get(person.id, ())),
                work.get(person.id, ""),
                *map(str, astuple(reviewing)),
            )
        )
    return Table("participants", tuple(header.split()), tuple(lines))


def _timeline(report: RunReport) -> Table:
    """Late and early are columns apart, so that neither needs a sign."""
    zone = ZoneInfo(report.run.zone)
    header = (
        "seq what phase activity state planned_utc planned_local due_utc actual_utc actual_local "
        "zone seconds_late seconds_early"
    )
    return Table(
        "timeline",
        tuple(header.split()),
        tuple(
            (
                str(cue.seq),
                cue.kind,
                cue.phase,
                cue.activity,
                cue.state,
                utc(cue.planned),
                local(cue.planned, zone),
                utc(cue.at),
                utc(cue.done_at),
                local(cue.done_at, zone),
                report.run.zone,
                *_late_and_early(cue),
            )
            for cue in report.cues
        ),
    )


def _late_and_early(cue: Cue) -> tuple[str, str]:
    if cue.done_at is None:
        return "", ""
    late = cue.done_at - cue.planned
    return _seconds(max(late, timedelta())), _seconds(max(-late, timedelta()))


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.3f}".rstrip("0").rstrip(".")
