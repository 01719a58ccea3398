"""Who was asked, and who answered, activity by activity."""

from __future__ import annotations

from dataclasses import dataclass

from bot.evidence.grouping import members
from bot.evidence.reading import ASIDE, dealt, learners, standing
from bot.service.reporting import AnswerRow, AskedActivity, RunReport


@dataclass(frozen=True, slots=True)
class Turnout:
    """Which learners were asked, and which of them answered; ids in the order of joining."""

    asked: tuple[str, ...]
    answered: tuple[str, ...]


def turnouts(report: RunReport) -> dict[str, Turnout]:
    """The turnout of every activity that was opened and asks something, by its id.

    Asked is every learner who had not left before it first opened, and who answered anyhow. A
    comment in the thread of what is answered elsewhere is no answer.
    What a group hands in, each of its members has answered. Where there is a rubric, asked is
    who was dealt a review, and has answered who finished all of theirs.
    """
    rows = standing(report)
    found: dict[str, Turnout] = {}
    for asked in report.activities:
        if asked.criteria:
            reviewing = _reviewing(report, asked)
            found |= {asked.activity.id: reviewing} if reviewing.asked else {}
        elif asked.openings and any(q.table not in ASIDE for q in asked.questions):
            found[asked.activity.id] = _turnout(report, asked, rows)
    return found


def _reviewing(report: RunReport, asked: AskedActivity) -> Turnout:
    mine = [each for each in dealt(report, "review") if each.activity == asked.activity.id]
    owing = {each.participant for each in mine if not each.done}
    there = [p.id for p in learners(report) if p.id in {each.participant for each in mine}]
    return Turnout(tuple(there), tuple(person for person in there if person not in owing))


def _turnout(
    report: RunReport,
    asked: AskedActivity,
    rows: tuple[AnswerRow, ...],
) -> Turnout:
    items = {question.item for question in asked.questions}
    answers = [
        row
        for row in rows
        if row.activity == asked.activity.id
        and row.table not in ASIDE
        and (asked.talks or row.item in items)
    ]
    groups = members(report, asked)
    gave = {id_ for row in answers for id_ in (row.participant, row.by)}
    gave |= {person for row in answers for person in groups.get(row.participant, ())}
    opened = min(opening.opened_at for opening in asked.openings)
    there = [
        person.id
        for person in learners(report)
        if person.id in gave or person.left_at is None or person.left_at > opened
    ]
    return Turnout(tuple(there), tuple(person for person in there if person in gave))
