"""Scripts by other hands, with groups, work and reviews: read, planned and said as they mean it."""

from pathlib import Path

import pytest

from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.grouping import groups_before
from bot.facilitation.activities.ring import reviewed_by
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.facilitation.rubric import criteria_of
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.script import Activity

CORPUS = Path(__file__).parents[1] / "corpus"
NAMES = sorted(path.parent.name for path in CORPUS.glob("*/script.yaml"))


def lesson(name: str) -> Lesson:
    return load_lesson(CORPUS / name, kinds=lambda: KINDS)


def activity(name: str, id: str) -> Activity:
    return next(each for each in lesson(name).script.activities() if each.id == id)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read_without_a_problem_in_its_script(name: str) -> None:
    found = [problem for problem in lesson(name).problems if problem.file]
    assert found == []
    assert not [one for one in lesson(name).problems if one.severity == "error"]


@pytest.mark.parametrize("pace", [None, Pace()])
@pytest.mark.parametrize("name", NAMES)
def test_all_that_it_leads_to_can_be_said_in_either_pace(name: str, pace: Pace | None) -> None:
    said = gallery(lesson(name).for_pace("async" if pace else "live"), pace)
    assert {"my-part-given", "closing"} <= {each for each, _ in said}
    assert all(plain(what) for _, what in said)


def test_objectives_are_a_rubric_whose_reviews_are_open() -> None:
    review = activity("oral-history", "Evaluate.peer_review")
    assert len(criteria_of(review.spec["rubric"])) == 2
    assert review.spec["open"] is True
    said = dict(gallery(lesson("oral-history")))
    assert "with your name" in plain(said["Evaluate.peer_review-open"])


def test_groups_may_be_dealt_long_before_they_hand_in() -> None:
    script = lesson("handover").script
    assert groups_before(script, activity("handover", "card")) == "wards"
    assert activity("handover", "card").spec["fields"][0]["label"] == "What must never be left out"


def test_a_rubric_may_come_from_another_machine_and_need_no_name_above_it() -> None:
    review = activity("handover", "Evaluate.peer_review")
    whole, fits = criteria_of(review.spec["rubric"])
    assert whole.levels[0] == (4, "All four parts, and what one does in doubt")
    assert [words != "" for _, words in fits.levels] == [False, True, False, True]
    assert "\r" not in repr(review.spec)


def test_a_review_is_of_the_last_work_before_it_by_those_who_did_it_together() -> None:
    script = lesson("garden").script
    review = activity("garden", "Evaluate.peer_review")
    work = activity("garden", reviewed_by(script, review))
    assert work.spec["title"] == "The plan of your team"
    assert groups_before(script, work) == "teams"
    assert groups_before(script, activity("garden", "measures")) == "Explore.groups"
