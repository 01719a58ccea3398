"""Work handed in, as the page shows it: whole, by owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evidence.cells import words
from bot.evidence.grouping import members
from bot.evidence.moments import moment
from bot.evidence.prose import prose_html
from bot.evidence.quotes import Said, marks, said
from bot.evidence.reading import shown_name, standing, visible
from bot.evidence.reviewing import late_works
from bot.facilitation.state import Opening
from bot.service.reporting import AnswerRow, AskedActivity, RunReport
from bot.words import t, tn

SHORT = 240
"""Works of fields no longer than this are laid side by side in one table."""

MOST_COLUMNS = 5
"""More fields than this are not laid side by side."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a work: its name, what stands in it, when and by whom it was written."""

    field: str
    said: Said
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What one owner handed in; ``people`` are the members where that is a group."""

    anchor: str
    owner: str
    people: tuple[str, ...]
    marks: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Works:
    """All that was handed in during one opening. ``fields`` are those that were asked for, each
    with its question; ``side_by_side`` says that all of it is short enough for one table."""

    counted: str
    fields: tuple[str, ...]
    works: tuple[Work, ...]
    side_by_side: bool


def anchors(report: RunReport) -> dict[tuple[str, int, str], str]:
    """Where on the page each work stands, by activity, opening and owner."""
    places = {asked.activity.id: n for n, asked in enumerate(report.activities, start=1)}
    rows = (row for row in standing(report) if row.table == "submissions")
    works = dict.fromkeys((row.activity, row.opening, row.participant) for row in rows)
    return {
        work: f"work-{places[work[0]]}-{n}"
        for n, work in enumerate(works, start=1)
        if work[0] in places
    }


def works(report: RunReport, asked: AskedActivity, opening: Opening) -> Works | None:
    """The works of one opening; None where the activity asks for none."""
    fields = {q.item: _plain(q.text) for q in asked.questions if q.table == "submissions"}
    if not fields:
        return None
    found: dict[str, list[AnswerRow]] = {}
    for row in standing(report):
        if (row.activity, row.opening, row.table) == (asked.activity.id, opening.n, "submissions"):
            found.setdefault(row.participant, []).append(row)
    places, groups, late = anchors(report), members(report, asked), late_works(report)
    names = {person.id: shown_name(person.name.text) for person in report.participants}
    listed = tuple(
        Work(
            anchor=places[asked.activity.id, opening.n, owner],
            owner=shown_name(rows[0].name),
            people=tuple(names[person] for person in groups.get(owner, ()) if person in names),
            marks=_marks(report, rows, late=(asked.activity.id, owner) in late),
            parts=_parts(rows, fields, late=(asked.activity.id, owner) in late),
        )
        for owner, rows in sorted(found.items(), key=lambda each: each[1][0].name)
    )
    longest = max((len(part.said.text) for work in listed for part in work.parts), default=0)
    few = 1 < len(fields) <= MOST_COLUMNS and len(listed) > 1
    return Works(
        counted=tn("{count} work handed in", "{count} works handed in", len(listed)),
        fields=tuple(fields.values()),
        works=listed,
        side_by_side=few and longest <= SHORT,
    )


def _marks(report: RunReport, rows: Sequence[AnswerRow], *, late: bool) -> tuple[str, ...]:
    """What is to be known of the whole work."""
    at = moment(max(row.at for row in rows), report.run)
    changed = any(row.version > 1 for row in rows)
    return (
        t("last changed {when}", when=at) if changed else at,
        *_by(rows),
        *((t("handed in late"),) if late else ()),
    )


def _by(rows: Sequence[AnswerRow]) -> tuple[str, ...]:
    """Who wrote it for their group, where that was one person."""
    names = {row.by: row.by_name for row in rows if row.by != row.participant}
    if len(names) != 1 or "" in names:
        return ()
    (name,) = names.values()
    return (t("by {name}", name=shown_name(name)),)


def _parts(rows: Sequence[AnswerRow], fields: dict[str, str], *, late: bool) -> tuple[Part, ...]:
    """Each field that was asked for, and after them what stands under none of these.

    What is said of the whole work is not said again of its parts.
    """
    given = {row.item: row for row in rows}
    names = fields | {item: visible(item) for item in given if item not in fields}
    alone = bool(_by(rows))
    parts = []
    for item, name in names.items():
        row = given.get(item)
        about = marks(late=row.late and not late, version=row.version) if row else ()
        by = _by([row]) if row and not alone else ()
        parts.append(Part(name, said(words(row) if row else ""), (*by, *about)))
    return tuple(parts)


def _plain(markdown: str) -> str:
    return str(prose_html(markdown).striptags())
