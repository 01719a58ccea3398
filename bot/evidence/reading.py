"""What the tables and the page both read from a report: order, names, who answered what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.facilitation.state import Participant
from bot.service.reporting import AnswerRow, AskedActivity, RunReport
from bot.service.store import Delivery, DeliveryState
from bot.words import t

TROUBLES: tuple[DeliveryState, ...] = ("uncertain", "late", "failed", "dropped")
"""States of a message that did not simply arrive."""

_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def visible(text: str) -> str:
    r"""The text with each control character and lone surrogate as its code, such as ``\u0000``.

    Tabs and line ends stay. ``evidence.json`` has what stood there.
    """
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def ordered(report: RunReport) -> tuple[AnswerRow, ...]:
    """All versions by activity in the order of the lesson, opening, question, time, person."""
    activities = {asked.activity.id: n for n, asked in enumerate(report.activities)}
    items = {
        (asked.activity.id, question.item): n
        for asked in report.activities
        for n, question in enumerate(asked.questions)
    }
    people = {person.id: n for n, person in enumerate(report.participants)}

    def place(row: AnswerRow) -> tuple[object, ...]:
        return (
            activities.get(row.activity, len(activities)),
            row.opening,
            items.get((row.activity, row.item), len(items)),
            row.at,
            people.get(row.participant, len(people)),
            row.version,
        )

    return tuple(sorted(report.answers, key=place))


def standing(report: RunReport) -> tuple[AnswerRow, ...]:
    """The answers that count, in that order."""
    return tuple(row for row in ordered(report) if row.stands and row.choices is not None)


def troubled(report: RunReport) -> tuple[Delivery, ...]:
    """The messages that did not simply arrive."""
    return tuple(delivery for delivery in report.deliveries if delivery.state in TROUBLES)


def labels(report: RunReport) -> dict[str, str]:
    """A name for every activity, unique in its phase: ``Quick poll``, ``Quick poll 2``."""
    names = {}
    seen: Counter[tuple[str, str]] = Counter()
    for asked in report.activities:
        key = (asked.activity.phase, asked.title)
        seen[key] += 1
        names[asked.activity.id] = f"{asked.title} {seen[key]}" if seen[key] > 1 else asked.title
    return names


def spans(report: RunReport) -> dict[str, tuple[datetime, datetime]]:
    """From when until when each activity was first planned to be open, by its id."""
    planned = {(cue.kind, cue.activity): cue.planned for cue in report.cues}
    return {
        activity: (opens, planned["close", activity])
        for (kind, activity), opens in planned.items()
        if kind == "open" and ("close", activity) in planned
    }


def learners(report: RunReport) -> tuple[Participant, ...]:
    """Everyone who was there to learn, in the order of joining."""
    return tuple(person for person in report.participants if person.role == "learner")


@dataclass(frozen=True, slots=True)
class Turnout:
    """Which learners were asked, and which of them answered; ids in the order of joining."""

    asked: tuple[str, ...]
    answered: tuple[str, ...]


def turnouts(report: RunReport) -> dict[str, Turnout]:
    """The turnout of every activity that was opened and asks something, by its id.

    Asked is every learner who had not left before it first opened, and who answered anyhow.
    """
    rows = standing(report)
    return {
        asked.activity.id: _turnout(report, asked, rows)
        for asked in report.activities
        if asked.questions and asked.openings
    }


def _turnout(report: RunReport, asked: AskedActivity, rows: tuple[AnswerRow, ...]) -> Turnout:
    # A remark in the thread does not answer a question that has options to choose from.
    open_ended = any(not question.options for question in asked.questions)
    items = {question.item for question in asked.questions}
    owners = {
        row.participant
        for row in rows
        if row.activity == asked.activity.id and (open_ended or row.item in items)
    }
    opened = min(opening.opened_at for opening in asked.openings)
    there = [
        person.id
        for person in learners(report)
        if person.id in owners or person.left_at is None or person.left_at > opened
    ]
    return Turnout(tuple(there), tuple(person for person in there if person in owners))


def shown_name(name: str) -> str:
    """A person's name to be read; a name of nothing but space is said to be none."""
    return visible(name) if name.strip() else t("(no name)")
