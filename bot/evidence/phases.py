"""The middle of the page: phase by phase, what was asked and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.chat.plain import percent
from bot.evidence.moments import length, moment
from bot.evidence.prose import prose_html
from bot.evidence.reading import (
    Turnout,
    labels,
    shown_name,
    spans,
    standing,
    turnouts,
    visible,
)
from bot.facilitation.activities.kind import Question
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.state import Opening, Run
from bot.service.reporting import AnswerRow, AskedActivity, RunReport
from bot.words import t, tn


@dataclass(frozen=True, slots=True)
class Bar:
    """One option: how many chose it, and who. ``percent`` is of those who answered."""

    label: str
    count: int
    percent: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said; ``marks`` are "late" and the like."""

    name: str
    at: str
    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came back to one question; ``question`` is "" for what was said in the thread."""

    question: Markup
    people: str
    bars: tuple[Bar, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One opening. ``title`` is "" where there was but one."""

    title: str
    when: str
    results: tuple[Result, ...]


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
                    report.run,
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
    return tuple(_quote(row, report.run) for row in rows)


def _held(
    run: Run,
    asked: AskedActivity,
    rows: Sequence[AnswerRow],
    anchor: str,
    name: str,
    turnout: Turnout | None,
    planned: tuple[datetime, datetime] | None,
) -> Held:
    # A field of this name is what an activity says to everyone, whatever else it has.
    text = asked.activity.spec.get("text")
    unopened = [prose_html(question.text) for question in asked.questions if not asked.openings]
    return Held(
        anchor=anchor,
        name=name,
        minutes=length((planned[1] - planned[0]).total_seconds()) if planned else "",
        turnout=t(
            "{answered} of {asked} learners answered",
            answered=len(turnout.answered),
            asked=len(turnout.asked),
        )
        if turnout
        else "",
        said=Markup("\n").join([prose_html(text) if isinstance(text, str) else "", *unopened]),
        rounds=tuple(
            _round(run, asked, opening, [row for row in rows if row.opening == opening.n])
            for opening in asked.openings
        ),
    )


def _round(run: Run, asked: AskedActivity, opening: Opening, rows: Sequence[AnswerRow]) -> Round:
    items = {question.item for question in asked.questions}
    replies = tuple(_quote(row, run) for row in rows if row.item not in items)
    said = tn("{count} reply in the thread", "{count} replies in the thread", len(replies))
    thread = Result(Markup(), said, (), replies)
    ended = moment(opening.closed_at, run) if opening.closed_at else t("still open")
    return Round(
        title=t("Opening {n}", n=opening.n) if len(asked.openings) > 1 else "",
        when=f"{moment(opening.opened_at, run)} – {ended}",
        results=(
            *(
                _result(run, question, [row for row in rows if row.item == question.item])
                for question in asked.questions
            ),
            *((thread,) if replies else ()),
        ),
    )


def _result(run: Run, question: Question, rows: Sequence[AnswerRow]) -> Result:
    people = tn("{count} answer", "{count} answers", len(rows)) if rows or question.options else ""
    return Result(
        question=prose_html(question.text),
        people=people,
        bars=_bars(question, rows),
        quotes=tuple(_quote(row, run) for row in rows if row.text is not None),
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
            tuple(_name(row) for row in voters),
        )
        for label, voters in votes
    )


def _quote(row: AnswerRow, run: Run) -> Quote:
    changed = row.version - 1
    marks = (
        *((t("late"),) if row.late else ()),
        *((tn("changed once", "changed {count} times", changed),) if changed else ()),
    )
    return Quote(_name(row), moment(row.at, run), visible(row.text or ""), marks)


def _name(row: AnswerRow) -> str:
    return shown_name(row.name)
