"""Peer reviews: given step by step, they reach their authors, who answer them."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.chat.answer import Correct, Refused, Saved, Show
from bot.chat.message import ChoiceField, TextField
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from tests.core.cohort import Cohort, button, form, labels, message, of, reviewing
from tests.core.peers import CRITERIA, REVIEW, author_of, board, feedback, judge, listed, post, step
from tests.strategies import HOSTILE

# -- the post, and how many there are


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (0, "As soon as work comes in"),
        (1, "Only one piece of work has come in, so your facilitator reviews it."),
        (2, "You each review 1 work that somebody else handed in. As only 2 have come in, it is"),
        (3, "You each review 2 works that others handed in. As only 3 have come in, it is fewer"),
        (4, "You each review 3 works that others handed in."),
        (9, "You each review 3 works that others handed in."),
    ],
)
def test_the_post_says_how_many_works_each_reviews(count: int, says: str) -> None:
    cohort = reviewing(*(f"n{n}" for n in range(count)))
    assert says in post(cohort)
    assert ("fewer" in post(cohort)) == (count in (2, 3))
    each = min(3, max(0, count - 1))
    assert set(Counter(a.who for a in cohort.dealt(REVIEW)).values()) == ({each} if each else set())
    assert f"0 of {count * each} review" in post(cohort)


def test_a_facilitators_example_is_not_counted_among_the_works() -> None:
    cohort = Cohort(of("submission"), of(REVIEW), people=("ada", "ben"))
    cohort.lead()
    cohort.open("submission")
    for name in ("ada", "ben", "fay"):
        cohort.hand_in(name, f"By {name}")
    cohort.open(REVIEW)
    assert "You each review 1 work" in post(cohort)
    assert {a.what for a in cohort.dealt(REVIEW)} == {"p-ada", "p-ben"}
    cohort.review_all("ada")
    cohort.review_all("ben")
    cohort.close(REVIEW)
    assert cohort.told("fay", "problem") == []


def test_the_post_says_that_it_is_blind_and_offers_the_rubric() -> None:
    cohort = reviewing("ada", "ben")
    assert "The author reads your review without your name." in post(cohort)
    rubric = plain(message(cohort.look("ada", button(cohort.post(REVIEW), "Read: The rubric"))))
    assert "All parts are there." in rubric
    assert not cohort.post(REVIEW).invites_replies


def test_the_way_to_feedback_appears_when_it_is_released() -> None:
    cohort = reviewing("ada", "ben")
    assert "Feedback on my work" not in labels(cohort.post(REVIEW))
    cohort.close(REVIEW)
    assert "Feedback on my work" in labels(cohort.post(REVIEW))


def test_whoever_handed_in_nothing_is_told_how_to_take_part() -> None:
    cohort = reviewing("ada", "ben")
    cohort.join("eva")
    text = listed(cohort, "eva")
    assert "Those who handed in review each other’s work." in text
    assert "late counts, too" in text


# -- a review, step by step


def test_a_review_goes_step_by_step_and_each_is_saved_as_it_is_sent() -> None:
    cohort = reviewing("ada", "ben")
    first = step(cohort, "ada", "r1")
    assert "step 1 of 2" in plain(first)
    assert "It is whole" in plain(first)
    assert "The work of number 1" in plain(first)
    level, comment = first.fields
    assert isinstance(level, ChoiceField)
    assert [option.label for option in level.options] == [
        "4 · Exemplary", "3 · Accomplished", "2 · Developing", "1 · Beginning",
    ]  # fmt: skip
    assert level.options[0].detail == "All parts are there."
    assert isinstance(comment, TextField)
    second = form(cohort.send("ada", first, level="2", comment="Half of it"))
    assert "step 2 of 2" in plain(second)
    assert "It is clear" in plain(second)
    assert "1 of 2 steps" in listed(cohort, "ada")
    assert "0 of 2 reviews are in" in post(cohort)
    end = message(cohort.send("ada", second, level="4", comment="Very"))
    assert "You have done them all" in plain(end)
    assert "1 of 2 reviews are in" in post(cohort)


def test_going_on_opens_the_first_step_that_is_missing_and_a_done_one_shows_what_was_said() -> None:
    cohort = reviewing("ada", "ben")
    judge(cohort, "ada", "r1-2", level="4", comment="Clear")
    assert "step 1 of 2" in plain(step(cohort, "ada", "r1"))
    judge(cohort, "ada", "r1-1", level="1", comment="Half")
    again = step(cohort, "ada", "r1-2")
    level, comment = again.fields
    assert isinstance(level, ChoiceField)
    assert isinstance(comment, TextField)
    assert level.value == ("4",)
    assert comment.value
    assert comment.value.text == "Clear"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"level": ""}, {"level"}),
        ({"level": "5"}, {"level"}),
        ({"level": "0"}, {"level"}),
        ({"level": "٤"}, {"level"}),
        ({"level": "4 "}, {"level"}),
        ({"comment": ""}, {"comment"}),
        ({"comment": " \n"}, {"comment"}),
        ({"level": "", "comment": ""}, {"level", "comment"}),
    ],
)
def test_a_step_without_a_level_or_a_reason_is_handed_back(
    fields: dict[str, str], wrong: set[str]
) -> None:
    cohort = reviewing("ada", "ben")
    before = len(cohort.versions)
    answer = judge(cohort, "ada", "r1-1", **fields)
    assert isinstance(answer, Correct)
    assert set(answer.errors) == wrong
    assert len(cohort.versions) == before


@pytest.mark.parametrize("words", [*(text for text in HOSTILE if text.strip()), "x" * 40_000])
def test_every_character_of_a_review_reaches_its_author(words: str) -> None:
    cohort = reviewing("ada", "ben")
    cohort.review("ada", "r1", words=words)
    cohort.close(REVIEW)
    (said,) = cohort.private("ben")
    assert [b.said.text for b in said.blocks if hasattr(b, "said")] == [words, words]


@pytest.mark.parametrize(
    "item", ["r1-0", "r1-3", "r1-99", "r1", "r99-1", "r2-1", "", "-1", "r1-x", "p-ben-1", "r1.x-1"]
)
def test_a_step_that_there_is_not_is_refused(item: str) -> None:
    cohort = reviewing("ada", "ben")
    if "." in item:
        return
    before = len(cohort.versions)
    answer = judge(cohort, "ada", item)
    assert isinstance(answer, Refused)
    assert len(cohort.versions) == before


def test_a_review_can_be_changed_and_every_version_is_kept() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review("ada", "r1", level="1")
    judge(cohort, "ada", "r1-1", level="4", comment="On second thought")
    cohort.close(REVIEW)
    assert "On second thought" in feedback(cohort, "ben")[0]
    levels = [v.given.options for v in cohort.versions if v.item == "r1.whole" and v.given]
    assert levels == [("1",), ("4",)]


def test_what_comes_after_closing_counts_is_marked_and_draws_the_authors_message_again() -> None:
    cohort = reviewing("ada", "ben", "cem")
    cohort.review("ada", "r1")
    author = author_of(cohort, "ada", "r1")
    cohort.step(10)
    cohort.close(REVIEW)
    (late,) = [n for n in ("ben", "cem") if n != author]
    slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, late) if a.what == f"p-{author}")
    cohort.redrawn.clear()
    cohort.review(late, slot, words="Better late")
    assert (cohort.openings[REVIEW].id, f"p-{author}") in cohort.redrawn
    assert "Better late" in feedback(cohort, author)[0]
    assert all(v.late for v in cohort.versions if v.owner == f"p-{late}" and "." in v.item)


# -- one's own work first


def test_ones_own_work_comes_first_where_the_author_wants_that() -> None:
    cohort = reviewing("ada", "ben", self=True)
    text = listed(cohort, "ada")
    assert "Your own work" in text
    assert "Judge your own work first" in text
    assert "Work 1" not in text
    own = step(cohort, "ada", "self")
    assert "The work of number 0" in plain(own)
    assert "Only you and your facilitator see how you judge your own work." in plain(own)
    cohort.review("ada", "self", level="2", words="I could do better")
    assert "Work 1" in listed(cohort, "ada")
    cohort.review_all("ada")
    cohort.review_all("ben")
    cohort.close(REVIEW)
    assert "I could do better" not in "".join(feedback(cohort, "ben") + feedback(cohort, "ada"))
    opened = plain(message(cohort.ask("fay", REVIEW, "work", "p-ada")))
    assert "I could do better" in opened


def test_without_that_nobody_judges_their_own_work() -> None:
    cohort = reviewing("ada", "ben")
    assert "Your own work" not in listed(cohort, "ada")
    assert isinstance(judge(cohort, "ada", "self-1"), Refused)


# -- how they reach the authors


def test_reviews_reach_each_author_in_one_message_at_closing() -> None:
    cohort = reviewing("ada", "ben", "cem")
    for name in ("ada", "ben", "cem"):
        cohort.review_all(name, words=f"Said by {name}")
    assert feedback(cohort, "ada") == []
    assert isinstance(cohort.ask("ada", REVIEW, "received"), Refused)
    cohort.close(REVIEW)
    (text,) = feedback(cohort, "ada")
    assert "Said by ben" in text
    assert "Said by cem" in text
    assert "Said by ada" not in text
    assert "they are no grade" in text
    assert plain(message(cohort.ask("ada", REVIEW, "received"))) == text


def test_an_unfinished_review_does_not_reach_the_author() -> None:
    cohort = reviewing("ada", "ben")
    judge(cohort, "ada", "r1-1", comment="Only half said")
    cohort.close(REVIEW)
    (text,) = feedback(cohort, "ben")
    assert "Nobody has reviewed it yet" in text
    assert "Only half said" not in text
    assert "Only half said" not in plain(message(cohort.ask("ben", REVIEW, "received")))


def test_the_facilitator_may_keep_them_until_they_are_released() -> None:
    cohort = reviewing("ada", "ben", release="facilitator")
    cohort.review_all("ada")
    cohort.close(REVIEW)
    assert feedback(cohort, "ben") == []
    answer = cohort.ask("ben", REVIEW, "received")
    assert isinstance(answer, Refused)
    assert "when they are released" in answer.why
    release = cohort.callback(REVIEW, "release")
    refused = cohort.press("ada", release)
    assert isinstance(refused, Refused)
    assert feedback(cohort, "ben") == []
    assert cohort.press("fay", release) == Saved("Released: every author gets theirs.")
    assert len(feedback(cohort, "ben")) == 1
    assert cohort.press("fay", release) == Saved("They have been released already.")
    assert "have been released" in board(cohort)


def test_the_facilitator_may_release_before_closing_and_nobody_gets_two_messages() -> None:
    cohort = reviewing("ada", "ben", "cem")
    cohort.review_all("ada")
    cohort.press("fay", cohort.callback(REVIEW, "release"))
    cohort.review_all("ben", words="Came afterwards")
    cohort.close(REVIEW)
    for name in ("ada", "ben", "cem"):
        assert len(feedback(cohort, name)) == 1
    assert "Came afterwards" in feedback(cohort, "ada")[0]


def test_works_that_nobody_reviewed_are_told_to_the_facilitator_at_closing() -> None:
    cohort = reviewing("ada", "ben", "cem", reviews=1)
    cohort.review_all("ada")
    author = author_of(cohort, "ada", "r1")
    cohort.close(REVIEW)
    ((about, said),) = cohort.told("fay", "problem")
    assert about == "unreviewed"
    left = {"Ada", "Ben", "Cem"} - {author.title()}
    assert all(name in plain(said) for name in left)
    assert author.title() not in plain(said)
    (one, *_) = left
    assert "Nobody has reviewed it yet" in feedback(cohort, one.lower())[0]
    mine = plain(message(cohort.ask(one.lower(), REVIEW, "received")))
    assert "Nobody has reviewed it yet. Your facilitator knows." in mine
    assert board(cohort).count("no review yet") == 2


def test_nothing_is_told_where_every_work_was_reviewed() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review_all("ada")
    cohort.review_all("ben")
    cohort.close(REVIEW)
    assert cohort.told("fay", "problem") == []


# -- what authors say


def test_the_author_says_what_will_change_and_may_reword_or_take_it_back() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review_all("ben")
    callback = cohort.callback(REVIEW, "change")
    assert isinstance(cohort.send("ada", callback, words="Too early"), Refused)
    cohort.close(REVIEW)
    shown = form(cohort.look("ada", button(cohort.private("ada")[0], "Say what I will change")))
    assert isinstance(cohort.send("ada", shown, words=" "), Correct)
    after = message(cohort.send("ada", shown, words="I will draw it"))
    assert "I will draw it" in plain(after)
    assert (cohort.openings[REVIEW].id, "p-ada") in cohort.redrawn
    assert "Change what I wrote" in labels(cohort.private("ada")[0])
    assert "I will draw it" in plain(message(cohort.ask("fay", REVIEW, "work", "p-ada")))
    assert "I will draw it" not in listed(cohort, "ben")
    cohort.send("ada", shown, words="")
    assert "I will draw it" not in plain(message(cohort.ask("fay", REVIEW, "work", "p-ada")))


def test_the_author_may_answer_even_after_the_lesson_but_nobody_reviews_then() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review_all("ben")
    stale = step(cohort, "ada", "r1")
    cohort.close(REVIEW)
    cohort.end()
    shown = form(cohort.ask("ada", REVIEW, "change"))
    assert isinstance(cohort.send("ada", shown, words="Much"), Show)
    assert "Much" in plain(message(cohort.ask("ada", REVIEW, "received")))
    for answer in (
        cohort.send("ada", stale, level="3", comment="Late"),
        cohort.ask("ada", REVIEW, "review", "r1"),
    ):
        assert isinstance(answer, Refused)
        assert "has ended" in answer.why


def test_the_evidence_has_the_answer_as_the_authors_and_the_levels_as_judged() -> None:
    cohort = reviewing("ada", "ben", self=True)
    cohort.review("ada", "self", level="2")
    cohort.review("ada", "r1", level="4")
    cohort.review("fay", "f_p-ben", level="1")
    cohort.close(REVIEW)
    kind, scene = KINDS[REVIEW], cohort.scene(REVIEW)
    found = list(map(kind.judge(scene), scene.responses))
    rows = {(j.said_by, j.author, j.criterion, j.level, j.counts) for j in found if j}
    assert rows == {
        *(("self", "p-ada", criterion, 2, True) for criterion in CRITERIA),
        *(("peer", "p-ben", criterion, 4, True) for criterion in CRITERIA),
        *(("facilitator", "p-ben", criterion, 1, True) for criterion in CRITERIA),
    }
    assert kind.answered(scene) == 1
