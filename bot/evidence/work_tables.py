"""The tables of work: what was handed in, what was said of it, and what was asked in private."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.evidence.cells import Table, by, words, yes
from bot.evidence.moments import local, utc
from bot.evidence.reading import dealing, ordered, standing
from bot.evidence.reviewing import ordered_reviews
from bot.service.reporting import Allotted, AnswerRow, ReviewRow, RunReport

_LINK = re.compile(r"https?://\S+")

_Deal = tuple[str, int, str, str]
"""An activity's id, the number of its opening, a reviewer and the owner of a work."""


def work_tables(report: RunReport) -> tuple[Table, ...]:
    """Work handed in, compared, and reviewed; authors' answers; what was asked in private."""
    return (
        _submissions(report),
        _comparison(report),
        _peer_reviews(report),
        _said(report, "replies"),
        _said(report, "questions"),
    )


def _submissions(report: RunReport) -> Table:
    """One row for each version of each field; ``link`` repeats a text that is nothing else."""
    people = {person.id for person in report.participants}
    header = (
        "phase activity opening owner owner_name owner_is edited_by edited_by_name item field "
        "text link time_utc time_local zone late version stands withdrawn"
    )
    return Table(
        "submissions",
        tuple(header.split()),
        tuple(
            (
                row.phase,
                row.activity,
                str(row.opening),
                row.participant,
                row.name,
                "person" if row.participant in people else "group",
                *by(row),
                row.item,
                row.question,
                words(row),
                words(row) if _LINK.fullmatch(words(row)) else "",
                *_times(row.at, report),
                *_version(row),
            )
            for row in ordered(report)
            if row.table == "submissions"
        ),
    )


def _comparison(report: RunReport) -> Table:
    """One row for each work, one column for each field of each activity; what stands."""
    rows = [row for row in standing(report) if row.table == "submissions"]
    columns = [
        (asked.activity.id, question.item, question.text)
        for asked in report.activities
        for question in asked.questions
        if question.table == "submissions"
    ]
    given = {(row.activity, row.opening, row.participant, row.item): words(row) for row in rows}
    works = dict.fromkeys(
        (row.activity, row.opening, row.participant, row.name)
        for row in sorted(rows, key=lambda row: row.name)
    )
    place = {asked.activity.id: n for n, asked in enumerate(report.activities)}
    return Table(
        "comparison",
        (
            *("activity", "opening", "owner", "owner_name"),
            *(f"{activity} {item}: {text}" for activity, item, text in columns),
        ),
        tuple(
            (
                activity,
                str(opening),
                owner,
                name,
                *(
                    given.get((activity, opening, owner, item), "") if of == activity else ""
                    for of, item, _ in columns
                ),
            )
            for activity, opening, owner, name in sorted(
                works, key=lambda work: (place.get(work[0], len(place)), work[1])
            )
        ),
    )


def _peer_reviews(report: RunReport) -> Table:
    """One row for each version of what was said by a criterion, and one for each review that was
    dealt and of which nothing is there; ``state`` and ``done`` are of the deal."""
    deals: dict[_Deal, Allotted] = {
        (each.activity, each.opening, each.participant, each.of): each
        for each in sorted(report.allotted, key=dealing)
        if each.what == "review"
    }
    header = (
        "phase activity opening said_by reviewer reviewer_name author author_name criterion "
        "criterion_title level level_title comment time_utc time_local zone late version stands "
        "counts released withdrawn dealt_utc state done"
    )
    said = ordered_reviews(report)
    begun = {_deal(row) for row in said if row.said_by == "peer"}
    return Table(
        "peer_reviews",
        tuple(header.split()),
        (
            *(_review(row, report, deals) for row in said),
            *(_not_begun(each) for key, each in deals.items() if key not in begun),
        ),
    )


def _deal(row: ReviewRow) -> _Deal:
    return (row.activity, row.opening, row.reviewer, row.author)


def _review(row: ReviewRow, report: RunReport, deals: dict[_Deal, Allotted]) -> tuple[str, ...]:
    return (
        row.phase,
        row.activity,
        str(row.opening),
        row.said_by,
        row.reviewer,
        row.reviewer_name,
        row.author,
        row.author_name,
        row.criterion,
        row.criterion_title,
        str(row.level) if row.level is not None else "",
        row.level_title if row.level is not None else "",
        row.comment or "",
        *_times(row.at, report),
        yes(row.late),
        str(row.version),
        yes(row.stands),
        yes(row.counts),
        yes(row.released),
        yes(row.level is None and row.comment is None),
        *_dealt(deals.get(_deal(row)) if row.said_by == "peer" else None),
    )


def _not_begun(each: Allotted) -> tuple[str, ...]:
    deal = (each.phase, each.activity, str(each.opening), "peer")
    return (
        *deal,
        each.participant,
        each.name,
        each.of,
        each.of_name,
        *[""] * 14,
        *_dealt(each),
    )


def _dealt(each: Allotted | None) -> tuple[str, str, str]:
    return (utc(each.at), each.state, yes(each.done)) if each else ("", "", "")


def _said(report: RunReport, table: str) -> Table:
    """One row for each version of what authors answered, or of what was asked in private."""
    header = (
        "phase activity opening item question participant name by by_name text "
        "time_utc time_local zone late version stands withdrawn"
    )
    return Table(
        table,
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
                *by(row),
                words(row),
                *_times(row.at, report),
                *_version(row),
            )
            for row in ordered(report)
            if row.table == table
        ),
    )


def _times(at: datetime, report: RunReport) -> Iterable[str]:
    return utc(at), local(at, ZoneInfo(report.run.zone)), report.run.zone


def _version(row: AnswerRow) -> tuple[str, ...]:
    return yes(row.late), str(row.version), yes(row.stands), yes(row.choices is None)
