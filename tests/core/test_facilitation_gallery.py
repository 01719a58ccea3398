"""The gallery holds everything a lesson can say; the fit says where its minutes are too few."""

from itertools import pairwise

import pytest

from bot.chat.message import Form, Message
from bot.chat.plain import plain
from bot.facilitation.fit import judge_fit, minutes_needed
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson
from tests.cli.conftest import PLAN
from tests.core.lessons import lesson_of


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return lesson_of(PLAN)


def test_every_activity_is_there_open_and_closed(lesson: Lesson) -> None:
    names = [name for name, _ in gallery(lesson)]
    for activity in lesson.script.activities():
        assert {f"{activity.id}-open", f"{activity.id}-closed"} <= set(names)
    assert names[0] == "welcome"
    assert {"closing", "report", "panel-running", "trouble-uncertain"} <= set(names)


def test_every_name_is_there_once_even_where_phases_share_theirs() -> None:
    again = PLAN.replace("### Explore", "### Engage")
    names = [name for name, _ in gallery(lesson_of(again))]
    assert len(names) == len(set(names))
    assert {"notes-Engage", "notes-Engage[2]"} <= set(names)


def test_a_closed_poll_counts_the_made_up_votes(lesson: Lesson) -> None:
    shown = dict(gallery(lesson))
    assert "3 answered" in plain(shown["Engage.poll-closed"])
    assert "3 answered" not in plain(shown["Engage.poll-open"])


def test_what_was_written_stands_in_the_form_again(lesson: Lesson) -> None:
    shown = dict(gallery(lesson))
    blank, filled = (shown[f"Evaluate.reflection-{state}-answer"] for state in ("open", "answered"))
    assert isinstance(blank, Form)
    assert isinstance(filled, Form)
    assert "six weeks" not in plain(blank)
    assert "six weeks" in plain(filled)


def test_one_lesson_has_one_gallery(lesson: Lesson) -> None:
    assert gallery(lesson) == gallery(lesson)
    assert all(isinstance(what, Message | Form) for _, what in gallery(lesson))


def test_more_people_never_need_less_time() -> None:
    needed = [minutes_needed(people) for people in range(1, 400)]
    assert needed[0] == 2
    assert all(fewer <= more for fewer, more in pairwise(needed))


def test_only_discussions_that_are_too_short_are_named(lesson: Lesson) -> None:
    people = 25
    named = {problem.message.split(" ")[0] for problem in judge_fit(lesson, people)}
    short = {
        activity.id
        for activity in lesson.script.activities()
        if activity.kind == "discussion" and activity.minutes < minutes_needed(people)
    }
    assert named == short
    assert short
    assert list(judge_fit(lesson, 1)) == []


def test_over_days_there_is_each_days_post_in_place_of_the_activities(lesson: Lesson) -> None:
    shown = dict(gallery(lesson.for_pace("async"), Pace()))
    assert "welcome" not in shown
    first = plain(shown["day-1-open"])
    assert lesson.plan.title in first
    assert "Engage" in first
    phases = [phase.name for phase in lesson.script.phases]
    for n, phase in enumerate(phases, 1):
        assert f"{phase}\n" in plain(shown[f"day-{n}-open"])
    assert f"day-{len(phases) + 1}-open" not in shown
    assert "3 answered" in plain(shown["day-1-closed"])
