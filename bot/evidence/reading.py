"""What the tables and the page both read from a report: order, names, what stands."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from bot.facilitation.state import Participant
from bot.service.reporting import Allotted, AnswerRow, RunReport
from bot.service.store import Delivery, DeliveryState
from bot.words import t

TROUBLES: tuple[DeliveryState, ...] = ("uncertain", "late", "failed", "dropped")
"""States of a message that did not simply arrive."""

ASIDE = ("replies", "questions")
"""Tables of words that answer nothing that was asked of everyone."""

APART = ("submissions", *ASIDE)
"""Tables of words that were said neither to a question of everyone's nor in a thread."""

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?!\n)|\\(?=u[0-9a-f]{4})"
)
_CODE = re.compile(r"\\u([0-9a-f]{4})")


def visible(text: str) -> str:
    r"""The text with each control character and lone surrogate as its code, such as ``\u0000``.

    Tabs and line ends stay; a carriage return without a line feed is no line end. A backslash that
    stands before something like a code is a code itself, ``\u005c``, so that `hidden` gives back
    what was written, to the character.
    """
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def hidden(text: str) -> str:
    """What `visible` was given."""
    return _CODE.sub(lambda found: chr(int(found[1], 16)), text)


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


def dealt(report: RunReport, what: str) -> tuple[Allotted, ...]:
    """The groups or the reviews that are somebody's still, in the order of dealing."""
    mine = (each for each in report.allotted if each.what == what and each.state != "dropped")
    return tuple(sorted(mine, key=dealing))


def dealing(each: Allotted) -> tuple[object, ...]:
    """A key that sorts by when it was dealt, and then always in the same way."""
    return (each.at, each.activity, each.opening, each.what, each.participant, each.of, each.state)


def took_part(report: RunReport) -> set[str]:
    """The ids of everybody who gave anything: an answer, work, words in private, a review."""
    gave = {id_ for row in standing(report) for id_ in (row.participant, row.by)}
    return gave | {row.reviewer for row in report.reviews if row.stands and row.level is not None}


def shown_name(name: str) -> str:
    """A person's name to be read; a name of nothing but space is said to be none."""
    return visible(name) if name.strip() else t("(no name)")
