"""A rehearsal: the lesson at a quick pace, with made-up people, for one facilitator alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat.message import ChoiceField, Form, Heading, Message, Note, Option, Text
from bot.chat.text import Strong
from bot.facilitation.activities import KINDS
from bot.facilitation.planning import NOTES_AHEAD, plan_live
from bot.facilitation.state import Cue
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill
from bot.lessons.script import Activity, ScriptPhase
from bot.lessons.script_kinds import unusable
from bot.words import t

LESSON = "lesson"
"""The id of the form's field."""

PERSONAS = 6
"""How many made-up people take part."""

MINUTES, MINUTES_TO_WRITE = 1, 2
"""How long an activity takes, and one in which people write much."""

_MUCH_TO_WRITE = frozenset({"reflection", "submission", "peer_review"})


def rehearsal_form(lessons: Sequence[Lesson], callback: str) -> Form:
    """To choose what is rehearsed."""
    options = tuple(Option(lesson.name, lesson.plan.title) for lesson in lessons)
    how = t(
        "The lesson begins at once, in your chat with me. Made-up people take part, every "
        "activity takes a minute or two, and nobody but you sees any of it."
    )
    parts = (Note((how,)), ChoiceField(LESSON, t("Lesson"), options))
    return Form(t("Rehearse a lesson"), callback, parts, submit=t("Rehearse it"))


def begun(lesson: Lesson) -> Message:
    """That it begins, to whoever wanted it."""
    title = t("The rehearsal begins")
    where = t(
        "It comes in your chat with me, with your panel. Take part in it as a learner would, "
        "and go on with “Next” whenever you have seen enough."
    )
    return Message(
        title,
        (Heading(title, 2), Text((Strong(lesson.plan.title),)), Text((where,))),
        invites_replies=False,
    )


def at_rehearsal_pace(lesson: Lesson) -> Lesson:
    """The lesson with every activity a minute or two long, waiting for nobody.

    Places are left unfilled. What runs before the lesson is held at the beginning of its first
    phase, and what runs after it at the end of its last.
    Raises ValueError, with a sentence, where the lesson cannot be used like this.
    """
    script = fill(lesson, {}).for_pace("live").script
    if not script.phases:
        raise ValueError(t("This lesson has no phase that could be rehearsed."))
    last = len(script.phases) - 1
    phases = tuple(
        _shortened(
            phase,
            (
                *(script.before if n == 0 else ()),
                *phase.activities,
                *(script.after if n == last else ()),
            ),
        )
        for n, phase in enumerate(script.phases)
    )
    short = replace(script, phases=phases, before=(), after=())
    for name, why in unusable(short, KINDS):
        raise ValueError(
            t("Unfilled, {activity} cannot be rehearsed: {why}.", activity=name, why=why)
        )
    return Lesson.of(lesson.name, lesson.plan, short, lesson.problems)


def _shortened(phase: ScriptPhase, activities: Sequence[Activity]) -> ScriptPhase:
    quick = tuple(
        replace(
            each,
            phase=phase.name,
            minutes=MINUTES_TO_WRITE if each.kind in _MUCH_TO_WRITE else MINUTES,
            wait=False,
        )
        for each in activities
    )
    return replace(phase, activities=quick, minutes=sum(each.minutes for each in quick))


def plan_rehearsal(run: str, lesson: Lesson, start: datetime, zone: str) -> tuple[Cue, ...]:
    """The cues of a rehearsal from ``start``; a phase's notes come right before its first post."""
    return tuple(
        replace(cue, at=cue.at + NOTES_AHEAD, planned=cue.planned + NOTES_AHEAD)
        if cue.kind == "notes"
        else cue
        for cue in plan_live(run, lesson, start, zone)
    )
