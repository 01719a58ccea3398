"""The middle of the page: phase by phase, what was asked and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.chat.plain import percent
from bot.evidence.board import Board, board
from bot.evidence.charts import bar
from bot.evidence.grouping import teams
from bot.evidence.moments import length, moment
from bot.evidence.prose import prose_html
from bot.evidence.quotes import Quote, quote
from bot.evidence.reading import (
    APART,
    labels,
    shown_name,
    spans,
    standing,
    visible,
)
from bot.evidence.turnout import Turnout, turnouts
from bot.evidence.works import Works, works
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Question
from bot.facilitation.state import Opening, Run
from bot.service.reporting import AnswerRow, AskedActivity, RunReport
from bot.words import t, tn


@dataclass(frozen=True, slots=True)
class Bar:
    """One option: how many chose it, and who. ``percent`` is of those who answered."""

    label: str
    count: int
    percent: int
    drawing: Markup
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came back to one question; ``question`` is "" for what was said in the thread."""

    question: Markup
    people: str
    bars: tuple[Bar, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One opening. ``title`` is "" where there was but one. ``teams`` are the groups that were
    dealt, each with its people; ``works`` and ``board`` what was handed in and how work was
    reviewed; ``asides`` what was said in private."""

    title: str
    when: str
    results: tuple[Result, ...]
    teams: tuple[tuple[str, tuple[str, ...]], ...]
    works: Works | None
    board: Board | None
    asides: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """An activity as it was held; without rounds it was never opened."""

    anchor: str
    name: str
    minutes: str
    turnout: str
    said: Markup
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase in the order of the lesson."""

    anchor: str
    name: str
    minutes: str
    activities: tuple[Held, ...]


def phases(report: RunReport) -> tuple[Phase, ...]:
    """Every phase with all its activities, opened or not."""
    names, who, rows, plans = labels(report), turnouts(report), standing(report), spans(report)
    asked = {each.activity.id: each for each in report.activities}
    numbers = {each.activity.id: n for n, each in enumerate(report.activities, start=1)}
    return tuple(
        Phase(
            anchor=f"phase-{n}",
            name=visible(phase_title(phase.name)),
            minutes=length(phase.minutes * 60) if phase.minutes and not report.run.pace else "",
            activities=tuple(
                _held(
                    report,
                    asked[activity.id],
                    [row for row in rows if row.activity == activity.id],
                    f"activity-{numbers[activity.id]}",
                    visible(names[activity.id]),
                    who.get(activity.id),
                    plans.get(activity.id),
                )
                for activity in phase.activities
                if activity.id in asked
            ),
        )
        for n, phase in enumerate(report.run.lesson.script.parts(), start=1)
    )


def around(report: RunReport) -> tuple[Quote, ...]:
    """What was said outside every activity: replies to the welcome and the closing."""
    known = {each.activity.id for each in report.activities}
    rows = [row for row in standing(report) if row.activity not in known]
    return tuple(quote(row, report.run) for row in rows)


def _held(
    report: RunReport,
    asked: AskedActivity,
    rows: Sequence[AnswerRow],
    anchor: str,
    name: str,
    turnout: Turnout | None,
    planned: tuple[datetime, datetime] | None,
) -> Held:
    # A field of these names is what an activity says to everyone, whatever else it has.
    text = asked.activity.spec.get("text") or asked.activity.spec.get("task")
    unopened = [prose_html(question.text) for question in asked.questions if not asked.openings]
    return Held(
        anchor=anchor,
        name=name,
        minutes=length((planned[1] - planned[0]).total_seconds()) if planned else "",
        turnout=_turnout(asked, turnout) if turnout else "",
        said=Markup("\n").join([prose_html(text) if isinstance(text, str) else "", *unopened]),
        rounds=tuple(
            _round(report, asked, opening, [row for row in rows if row.opening == opening.n])
            for opening in asked.openings
        ),
    )


def _turnout(asked: AskedActivity, turnout: Turnout) -> str:
    n, everybody = len(turnout.answered), len(turnout.asked)
    if asked.criteria:
        return t("{n} of {all} reviewers finished", n=n, all=everybody)
    if any(question.table == "submissions" for question in asked.questions):
        return t("{n} of {all} learners handed in", n=n, all=everybody)
    return t("{n} of {all} learners answered", n=n, all=everybody)


def _round(
    report: RunReport, asked: AskedActivity, opening: Opening, rows: Sequence[AnswerRow]
) -> Round:
    run = report.run
    items = {question.item for question in asked.questions}
    replies = tuple(
        quote(row, run) for row in rows if row.item not in items and row.table not in APART
    )
    counted = tn("{count} reply in the thread", "{count} replies in the thread", len(replies))
    thread = Result(Markup(), counted, (), replies)
    ended = moment(opening.closed_at, run) if opening.closed_at else t("still open")
    return Round(
        title=t("Opening {n}", n=opening.n) if len(asked.openings) > 1 else "",
        when=f"{moment(opening.opened_at, run)} – {ended}",
        results=(
            *(
                _result(run, question, [row for row in rows if row.item == question.item])
                for question in asked.questions
                if question.table not in APART
            ),
            *((thread,) if replies else ()),
        ),
        teams=teams(report, asked, opening),
        works=works(report, asked, opening),
        board=board(report, asked, opening),
        asides=tuple(quote(row, run, labels=True) for row in rows if row.table == "questions"),
    )


def _result(run: Run, question: Question, rows: Sequence[AnswerRow]) -> Result:
    people = tn("{count} answer", "{count} answers", len(rows)) if rows or question.options else ""
    return Result(
        question=prose_html(question.text),
        people=people,
        bars=_bars(question, rows),
        quotes=tuple(quote(row, run) for row in rows if row.text is not None),
    )


def _bars(question: Question, rows: Sequence[AnswerRow]) -> tuple[Bar, ...]:
    options = dict(question.options)
    # An option that the question no longer has keeps the name it is known by.
    for row in rows:
        options |= dict(zip(row.option_ids or (), row.choices or (), strict=True)) | options
    votes = [
        (label, [row for row in rows if option in (row.option_ids or ())])
        for option, label in options.items()
    ]
    return tuple(
        Bar(
            visible(label),
            len(voters),
            percent(len(voters), len(rows)),
            bar(percent(len(voters), len(rows))),
            tuple(shown_name(row.name) for row in voters),
        )
        for label, voters in votes
    )
