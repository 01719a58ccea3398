"""Whether a lesson's live minutes are enough for as many people as will come."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from bot.lessons.lesson import Lesson
from bot.lessons.problem import Problem

WRITING_MINUTES = 2
"""What one needs to think of an answer and to write it."""
READING_SECONDS = 10
"""What one needs to read what one other person wrote."""


def minutes_needed(people: int) -> int:
    """How long a discussion takes in which each of ``people`` writes and reads all the others."""
    return WRITING_MINUTES + ceil((people - 1) * READING_SECONDS / 60)


def judge_fit(lesson: Lesson, people: int) -> Iterator[Problem]:
    """A warning for each discussion that is too short for everybody to read everybody."""
    needed = minutes_needed(people)
    for activity in (one for phase in lesson.script.phases for one in phase.activities):
        if activity.kind == "discussion" and activity.minutes < needed:
            yield Problem(
                "warning",
                None,
                f"{activity.id} has {_minutes(activity.minutes)}, but with {people} people it "
                f"takes about {needed} until everybody has written and read the others: give "
                f"{activity.phase} more time, or divide the cohort.",
            )


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"
