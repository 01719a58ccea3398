"""The gallery holds everything a lesson can say; the fit says where its minutes are too few."""

import re
from itertools import pairwise
from typing import Any

import pytest

from bot.chat.message import Form, Message
from bot.chat.plain import plain
from bot.facilitation import made_up
from bot.facilitation.fit import judge_fit, minutes_needed
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson
from tests.cli.conftest import PLAN
from tests.core.lessons import lesson_of
from tests.core.making import a_lesson, a_phase, an_activity


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


@pytest.mark.parametrize("pace", [None, Pace()])
def test_what_people_write_by_form_stands_in_the_thread_of_its_post(pace: Pace | None) -> None:
    acts = [an_activity(kind, id=f"{kind}{n}") for n in (1, 2) for kind in ("poll", "discussion")]
    shown = dict(gallery(a_lesson(a_phase("Engage", *acts)), pace))
    leads = ["discussion1"] if pace else ["discussion1", "discussion2"]
    assert [name for name in shown if name.endswith("in-thread")] == [
        f"{a}-in-thread" for a in leads
    ]
    for lead in leads:
        assert made_up.NAMES[0] in plain(shown[f"{lead}-in-thread"])
        post = plain(shown["day-1-by-form" if pace else f"{lead}-by-form"])
        assert "Everyone’s answers stand in the thread." in post
        assert made_up.NAMES[0] not in post


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


# -- work and its reviews


def reviewing(by: str = "person", **review: Any) -> Lesson:
    """A lesson in which work is handed in and reviewed."""
    dealt = (an_activity("groups", id="groups", phase="Explore"),) if by == "group" else ()
    return a_lesson(
        a_phase("Explore", *dealt, an_activity("submission", id="work", phase="Explore", by=by)),
        a_phase("Evaluate", an_activity("peer_review", id="review", phase="Evaluate", **review)),
    )


PRIVATE = {
    "work-open-hand-in",
    "work-take-back",
    "work-overtaken",
    "review-nothing-in",
    "review-begun",
    "review-step-1",
    "review-closed-received",
    "review-closed-received-change",
    "review-overview-open-board-work-review",
    "review-assess-2",
    "review-feedback-peers",
    "review-feedback-instead",
    "review-unreviewed",
    "review-problem",
    "my-part-empty",
    "my-part-due",
    "my-part-given",
    "my-part-ended",
    "question",
    "question-stuck",
    "question-respond",
    "question-answered",
}
"""Some of what single people get, under its names."""


@pytest.mark.parametrize("pace", [None, Pace()])
@pytest.mark.parametrize("by", ["person", "group"])
def test_what_single_people_get_of_works_and_reviews_is_there(by: str, pace: Pace | None) -> None:
    names = {name for name, _ in gallery(reviewing(by), pace)}
    here = {name for name in PRIVATE if pace is None or not re.search("-open-|-closed-", name)}
    assert here <= names
    assert ("groups-mine" in names) == (by == "group")


def test_everybody_reviews_the_work_of_others_in_it() -> None:
    alone, together = (dict(gallery(reviewing(by))) for by in ("person", "group"))
    assert "6 of 6 reviews are in" in plain(alone["review-answered"])
    assert "3 of 3 reviews are in" in plain(together["review-answered"])
    assert "0 of 6 reviews are in" in plain(alone["review-open"])
    assert "As soon as work comes in" in plain(alone["review-nothing-in"])


def test_its_authors_see_no_names_and_its_facilitators_all_of_them() -> None:
    shown = dict(gallery(reviewing()))
    for name in ("review-feedback-peers", "review-open-list", "review-open-list-review"):
        assert not [who for who in made_up.NAMES if who in plain(shown[name])]
    work = plain(shown["review-overview-open-board-work"])
    assert sum(who in work for who in made_up.NAMES) == 3


def test_what_depends_on_the_authors_choice_is_there_where_it_is_chosen() -> None:
    plainly = {name for name, _ in gallery(reviewing())}
    openly = dict(gallery(reviewing(open=True, self=True)))
    assert "review-openly" not in plainly
    assert made_up.NAMES[0] in plain(openly["review-openly"])
    assert "Judge your own work first" in plain(openly["review-open-list"])


def test_a_facilitators_review_in_place_of_the_peers_is_all_that_an_author_sees() -> None:
    shown = dict(gallery(reviewing()))
    assert "Review 1" in plain(shown["review-feedback-peers"])
    assert "Review 1" not in plain(shown["review-feedback-instead"])
    assert "Your facilitator" in plain(shown["review-feedback-instead"])


def test_my_part_has_first_all_to_do_and_then_all_that_was_given() -> None:
    shown = dict(gallery(reviewing()))
    assert "Nothing yet." in plain(shown["my-part-empty"])
    assert "[Hand in]" in plain(shown["my-part-due"])
    assert made_up.SAID[0] not in plain(shown["my-part-due"])
    assert "Nothing is waiting for you" in plain(shown["my-part-given"])
    assert made_up.SAID[0] in plain(shown["my-part-given"])
    assert "Take it back" not in plain(shown["my-part-ended"])
