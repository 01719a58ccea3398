"""What is said in a thread is an answer where people talk there, and a comment elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.answer import Saved
from bot.chat.message import Choices, Message
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.pace import Pace
from tests.core.cohort import Cohort, labels, of, reviewing
from tests.core.making import Desk, a_participant
from tests.core.test_my_part import halves, lesson

TOLD = "Kept as a comment. To vote, choose in the post itself."

ANSWERED_ELSEWHERE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("poll", {}),
    ("poll", {"other": True}),
    ("reflection", {"visible": "facilitator"}),
    ("submission", {}),
)


def asking(kind: str, **spec: Any) -> Cohort:
    """This activity is open to Ada and Ben; fay leads."""
    cohort = Cohort(of(kind, **spec), people=("ada", "ben"))
    cohort.lead()
    cohort.open(kind)
    return cohort


@pytest.mark.parametrize(("kind", "spec"), ANSWERED_ELSEWHERE)
def test_a_comment_leaves_what_is_asked_still_to_do(kind: str, spec: dict[str, Any]) -> None:
    cohort = asking(kind, **spec)
    before, ways = halves(cohort.part("ada"))[0], labels(cohort.part("ada"))
    cohort.reply("ada", kind, "In writing, always")
    due, mine = halves(cohort.part("ada"))
    assert due == before
    assert "Nothing is waiting" not in due
    assert labels(cohort.part("ada")) == ways
    assert "Your comment in its thread:" in mine
    assert "In writing, always" in mine
    assert "edit or delete it in its thread" in mine
    assert KINDS[kind].answered(cohort.scene(kind)) == 0
    assert KINDS[kind].given_by(cohort.scene(kind), cohort.join("ada")) == ()


@pytest.mark.parametrize(("kind", "spec"), ANSWERED_ELSEWHERE)
def test_who_can_read_an_answer_is_not_said_of_a_comment(kind: str, spec: dict[str, Any]) -> None:
    cohort = asking(kind, **spec)
    cohort.reply("ada", kind, "In writing, always")
    assert KINDS[kind].seen_by(cohort.scene(kind)) not in halves(cohort.part("ada"))[1]


def test_a_vote_and_a_comment_stand_apart() -> None:
    cohort = asking("poll")
    cohort.reply("ada", "poll", "Why these three?")
    (choices,) = [b for b in cohort.part("ada").blocks if isinstance(b, Choices)]
    cohort.press("ada", choices.callback, "model")
    due, mine = halves(cohort.part("ada"))
    assert "Nothing is waiting" in due
    assert mine.index("The model") < mine.index("Your comment") < mine.index("Why these three?")
    assert mine.count("Why these three?") == 1


def test_a_comment_on_what_is_closed_offers_no_change_of_an_answer_never_given() -> None:
    cohort = asking("reflection", visible="facilitator")
    cohort.reply("ada", "reflection", "Which of the two?")
    cohort.close("reflection")
    assert labels(cohort.part("ada")) == []


@pytest.mark.parametrize(
    ("kind", "spec"), [("discussion", {}), ("reflection", {"visible": "everyone"})]
)
def test_a_reply_where_people_talk_is_the_answer(kind: str, spec: dict[str, Any]) -> None:
    cohort = asking(kind, **spec)
    cohort.reply("ada", kind, "I think so")
    due, mine = halves(cohort.part("ada"))
    assert "Nothing is waiting" in due
    assert "I think so" in mine
    assert "comment" not in mine
    assert KINDS[kind].answered(cohort.scene(kind)) == 1


def test_a_question_below_a_prompt_is_listed_as_a_comment() -> None:
    cohort = lesson("prompt")
    cohort.reply("ada", "prompt", "Which page?")
    assert "Your comment in its thread:" in halves(cohort.part("ada"))[1]


def test_a_comment_on_reviews_is_listed_beside_them() -> None:
    cohort = reviewing("ada", "ben")
    cohort.reply("ada", "peer_review", "How long is this open?")
    due, mine = halves(cohort.part("ada"))
    assert "Review each other’s work" in due
    assert "How long is this open?" in mine


def test_what_groups_say_while_they_work_is_not_listed() -> None:
    cohort = lesson("groups")
    cohort.reply("ada", "groups", "Shall we begin?")
    assert "Shall we begin?" not in plain(cohort.part("ada"))


# -- how a poll tells it


def test_whoever_comments_before_voting_is_told_once_how_to_vote() -> None:
    desk = Desk("poll")
    assert desk.reply("ben", "In writing", id="r1").answer == Saved(TOLD)
    assert desk.edit("ben", "In writing, always", id="r1").answer == Saved("")
    assert desk.reply("ben", "Really", id="r2").answer == Saved("")
    assert desk.reply("eve", "Me too", id="r3").answer == Saved(TOLD)


def test_whoever_has_voted_or_leads_or_comes_too_late_is_told_nothing() -> None:
    desk = Desk("poll")
    desk.pick("ben", "data")
    assert desk.reply("ben", "Because of its costs").answer == Saved("")
    desk.people["fay"] = a_participant("fay", "facilitator")
    assert desk.reply("fay", "Take your time", id="r2").answer == Saved("")
    desk.close()
    assert desk.reply("eve", "Interesting", id="r3").answer == Saved("")


def test_below_a_days_post_a_reply_may_be_about_anything() -> None:
    desk = Desk("poll")
    desk.run = replace(desk.run, pace=Pace())
    assert desk.reply("ben", "Good morning").answer == Saved("")


def test_the_post_of_a_poll_with_comments_counts_the_votes() -> None:
    desk = Desk("poll")
    desk.reply("ben", "In writing")
    post = desk.kind.say(desk.scene())
    assert isinstance(post, Message)
    assert "0 of 1 has answered" in plain(post)
