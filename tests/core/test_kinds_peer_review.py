"""Peer reviews: everybody gives and gets the same, nobody learns from whom, and no work is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.message import ChoiceField, Form, Heading, Note, TextField
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.ring import reviewed_by
from bot.lessons.plan import Objective, Plan
from bot.lessons.script import Activity
from tests.core.cohort import Cohort, button, buttons, form, labels, message, of, reviewing
from tests.core.making import a_lesson, a_phase, an_activity
from tests.strategies import HOSTILE

REVIEW = "peer_review"
CRITERIA = ("whole", "clear")


def listed(cohort: Cohort, name: str) -> str:
    return plain(message(cohort.ask(name, REVIEW, "list")))


def step(cohort: Cohort, name: str, item: str) -> Form:
    return form(cohort.ask(name, REVIEW, "review", item))


def judge(cohort: Cohort, name: str, item: str, verb: str = "judge", **fields: str) -> Answer:
    given = {"level": "3", "comment": "Why"} | fields
    return cohort.send(name, cohort.callback(REVIEW, verb, item), **given)


def author_of(cohort: Cohort, name: str, slot: str) -> str:
    """Whose work a slot stands for."""
    what = next(a.what for a in cohort.dealt(REVIEW, name) if f"r{a.n}" == slot)
    return what.removeprefix("p-")


def post(cohort: Cohort) -> str:
    return plain(cohort.post(REVIEW))


def feedback(cohort: Cohort, name: str) -> list[str]:
    return [plain(said) for _, said in cohort.told(name, "reviews")]


def board(cohort: Cohort) -> str:
    (_, said), *_ = cohort.told("fay", "board")
    return plain(said)


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


# -- what is wrong with a work


def test_a_work_that_is_a_problem_is_replaced_and_the_facilitator_told() -> None:
    cohort = reviewing("ada", "ben", "cem", reviews=1)
    bad = author_of(cohort, "ada", "r1")
    shown = form(cohort.ask("ada", REVIEW, "problem", "r1"))
    assert isinstance(cohort.send("ada", shown, words=" "), Correct)
    after = message(cohort.send("ada", shown, words="It is empty"))
    assert cohort.held(REVIEW, "ada") == [f"p-{({'ben', 'cem'} - {bad}).pop()}"]
    assert "Work 1" in plain(after)
    ((_, said),) = cohort.told("fay", "problem")
    assert "It is empty" in plain(said)
    assert bad.title() in plain(said)
    assert "something is wrong with it" in board(cohort)
    assert isinstance(cohort.ask("ada", REVIEW, "review", "r1"), Refused)
    assert isinstance(cohort.send("ada", shown, words="Again"), Refused)


def test_where_there_is_no_other_work_the_facilitator_is_told_all_the_same() -> None:
    cohort = reviewing("ada", "ben")
    cohort.send("ada", form(cohort.ask("ada", REVIEW, "problem", "r1")), words="It is empty")
    assert cohort.held(REVIEW, "ada") == []
    assert len(cohort.told("fay", "problem")) == 1
    assert "none for you yet" in listed(cohort, "ada")


def test_what_is_said_of_a_work_after_it_was_called_a_problem_is_kept_and_not_delivered() -> None:
    cohort = reviewing("ada", "ben", "cem", reviews=1)
    bad, stale = author_of(cohort, "ada", "r1"), step(cohort, "ada", "r1")
    cohort.send("ada", form(cohort.ask("ada", REVIEW, "problem", "r1")), words="It is empty")
    cohort.send("ada", stale, level="1", comment="Still, some words")
    judge(cohort, "ada", "r1-2", comment="And more")
    assert [a.state for a in cohort.dealt(REVIEW, "ada") if a.n == 1] == ["dropped"]
    assert listed(cohort, "ada").count("Work ") == 1
    cohort.close(REVIEW)
    assert "Still, some words" not in feedback(cohort, bad)[0]
    assert "Still, some words" in [
        v.given.text.text for v in cohort.versions if v.given and v.given.text
    ]


# -- more, instead of others, and not at all


def test_whoever_is_done_may_review_one_more() -> None:
    cohort = reviewing("ada", "ben", "cem", reviews=1)
    assert "Review one more" not in labels(message(cohort.ask("ada", REVIEW, "list")))
    cohort.press("ada", cohort.callback(REVIEW, "more"))
    assert len(cohort.held(REVIEW, "ada")) == 1
    cohort.review("ada", "r1")
    more = button(message(cohort.ask("ada", REVIEW, "list")), "Review one more")
    shown = message(cohort.press("ada", more))
    assert "Work 2" in plain(shown)
    assert set(cohort.held(REVIEW, "ada")) == {"p-ben", "p-cem"}
    cohort.review("ada", "r2")
    answer = cohort.press("ada", more)
    assert isinstance(answer, Saved)
    assert "no other work" in answer.note


def test_whoever_handed_in_nothing_gets_none_for_the_asking() -> None:
    cohort = reviewing("ada", "ben")
    cohort.join("eva")
    assert isinstance(cohort.press("eva", cohort.callback(REVIEW, "more")), Refused)
    assert cohort.dealt(REVIEW, "eva") == ()


def test_reviews_of_those_who_do_not_come_go_to_those_who_do() -> None:
    names = ("ada", "ben", "cem", "dan")
    cohort = reviewing(*names, reviews=1)
    for name in ("ada", "ben"):
        cohort.review_all(name)
    cohort.step(5)
    cohort.wake(REVIEW)
    lapsed = [a for a in cohort.dealt(REVIEW) if a.state == "lapsed"]
    assert {a.who for a in lapsed} == {"p-cem", "p-dan"}
    for name in ("ada", "ben"):
        cohort.review_all(name)
    cohort.close(REVIEW)
    assert cohort.told("fay", "problem") == []
    assert all(len(feedback(cohort, name)) == 1 for name in names)


def test_what_has_lapsed_can_still_be_done_and_counts() -> None:
    cohort = reviewing("ada", "ben", "cem", reviews=1)
    cohort.review_all("ada")
    cohort.step(5)
    cohort.wake(REVIEW)
    author = author_of(cohort, "cem", "r1")
    cohort.review("cem", "r1", words="Late, but here")
    cohort.close(REVIEW)
    assert "Late, but here" in feedback(cohort, author)[0]


def test_what_was_begun_lapses_only_near_the_end() -> None:
    cohort = reviewing("ada", "ben")
    judge(cohort, "ada", "r1-1")
    cohort.step(5)
    cohort.wake(REVIEW)
    assert [a.state for a in cohort.dealt(REVIEW, "ada")] == ["held"]
    cohort.step(2.5)
    cohort.wake(REVIEW, share=0.75)
    assert [a.state for a in cohort.dealt(REVIEW, "ada")] == ["lapsed"]


def test_late_work_finds_its_place_and_its_author_gets_some_to_review() -> None:
    cohort = reviewing("ada", "ben", "cem", "dan")
    cohort.hand_in("eva", "Late work")
    assert len(cohort.held(REVIEW, "eva")) == 3
    assert cohort.held(REVIEW).count("p-eva") == 3
    assert set(Counter(cohort.held(REVIEW)).values()) == {3}


def test_work_that_is_taken_back_is_reviewed_no_more_and_what_was_written_is_kept() -> None:
    cohort = reviewing("ada", "ben", "cem")
    slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, "ada") if a.what == "p-cem")
    other = next(f"r{a.n}" for a in cohort.dealt(REVIEW, "ben") if a.what == "p-cem")
    judge(cohort, "ada", f"{slot}-1", comment="Begun in time")
    cohort.take_back("cem")
    assert "p-cem" not in cohort.held(REVIEW, "ben")
    assert cohort.held(REVIEW, "cem") == []
    for name, item in (("ada", slot), ("ben", other)):
        answer = judge(cohort, name, f"{item}-1", comment=f"Late words of {name}")
        assert answer == Saved("Saved.")
        assert isinstance(cohort.ask(name, REVIEW, "review", item), Refused)
        assert listed(cohort, name).count("Work ") == 1
    cohort.close(REVIEW)
    assert feedback(cohort, "cem") == []
    kept = [v.given.text.text for v in cohort.versions if v.given and v.given.text]
    assert {"Begun in time", "Late words of ada", "Late words of ben"} <= set(kept)


def test_whoever_hands_in_again_is_reviewed_once_by_each_and_a_form_still_open_counts() -> None:
    cohort = reviewing("ada", "ben", "cem")
    slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, "ada") if a.what == "p-cem")
    stale = step(cohort, "ada", slot)
    cohort.take_back("cem")
    cohort.hand_in("cem", "A better one")
    cohort.send("ada", stale, level="3", comment="Why")
    pairs = Counter((a.who, a.what) for a in cohort.dealt(REVIEW) if a.state == "held")
    assert set(pairs.values()) == {1}
    assert len(pairs) == 6
    cohort.review_all("ada", words="Said by ada")
    cohort.review_all("ben")
    cohort.close(REVIEW)
    assert feedback(cohort, "cem")[0].count("### Review") == 2


def test_work_that_is_handed_in_again_gets_its_full_number_of_reviews() -> None:
    """The one that had been begun of it counts among them."""
    names = ("ada", "ben", "cem", "dan", "eva")
    cohort = reviewing(*names)
    reviewer = next(a for a in cohort.dealt(REVIEW) if a.what == "p-ada")
    judge(cohort, reviewer.who.removeprefix("p-"), f"r{reviewer.n}-1")
    cohort.take_back("ada")
    assert cohort.held(REVIEW).count("p-ada") == 1
    cohort.hand_in("ada", "A better one")
    assert cohort.held(REVIEW).count("p-ada") == 3
    assert len(cohort.held(REVIEW, "ada")) == 3


def test_a_text_that_changes_after_the_deal_is_the_one_that_is_reviewed() -> None:
    cohort = reviewing("ada", "ben")
    cohort.hand_in("ben", "A better one")
    assert "A better one" in plain(step(cohort, "ada", "r1"))
    assert len(cohort.dealt(REVIEW)) == 2


# -- the facilitator


def test_the_facilitators_own_review_stands_beside_those_of_peers_or_in_their_place() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review_all("ben", words="A peer says so")
    opened = message(cohort.ask("fay", REVIEW, "work", "p-ada"))
    first = form(cohort.look("fay", button(opened, "Write my own review")))
    assert "The author sees that this is yours." in plain(first)
    second = form(cohort.send("fay", first, level="4", comment="I think otherwise"))
    how = form(cohort.send("fay", second, level="4", comment="Very clear"))
    (field,) = how.fields
    assert isinstance(field, ChoiceField)
    assert field.value == ("beside",)
    assert isinstance(cohort.send("fay", how, counts="neither"), Correct)
    cohort.send("fay", how, counts="beside")
    cohort.close(REVIEW)
    (text,) = feedback(cohort, "ada")
    assert "A peer says so" in text
    assert "Your facilitator" in text
    assert "I think otherwise" in text
    cohort.send("fay", how, counts="instead")
    (text,) = feedback(cohort, "ada")
    assert "A peer says so" not in text
    assert "I think otherwise" in text
    assert "in place of the peers’" in board(cohort)
    assert (cohort.openings[REVIEW].id, "p-ada") in cohort.redrawn


def test_a_review_of_the_facilitator_reaches_an_author_whom_nobody_else_reviewed() -> None:
    cohort = reviewing("ada", "ben")
    cohort.close(REVIEW)
    assert "I have read it" not in feedback(cohort, "ada")[0]
    cohort.review("fay", "f_p-ada", words="I have read it")
    assert "I have read it" in feedback(cohort, "ada")[0]


def test_reviews_that_are_far_apart_are_flagged_with_the_criterion() -> None:
    cohort = reviewing("ada", "ben", "cem")
    for name, level in (("ben", "4"), ("cem", "2")):
        slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, name) if a.what == "p-ada")
        cohort.review(name, slot, level=level)
    flag = "Ada: the reviews are far apart: It is whole, It is clear"
    assert flag in board(cohort)
    works = message(cohort.ask("fay", REVIEW, "board"))
    assert "far apart" in plain(works)
    slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, "cem") if a.what == "p-ada")
    cohort.review("cem", slot, level="3")
    judge(cohort, "cem", f"{slot}-1", level="3")
    judge(cohort, "cem", f"{slot}-2", level="3")
    assert "far apart" not in board(cohort)


def test_facilitators_see_every_work_with_names_and_learners_see_none_of_that() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review_all("ben", words="A peer says so")
    works = message(cohort.ask("fay", REVIEW, "list"))
    assert {b.label for b in buttons(works)} == {"Open"}
    opened = plain(message(cohort.ask("fay", REVIEW, "work", "p-ada")))
    assert "Review by Ben" in opened
    assert "A peer says so" in opened
    for verb, item in (("board", ""), ("work", "p-ben"), ("review", "f_p-ben"), ("work", "")):
        assert isinstance(cohort.ask("ada", REVIEW, verb, item), Refused)
    for item in ("f_p-ben-1", "f_p-ben-3", "f_nobody-1"):
        for verb in ("assess", "judge", "judge-alone"):
            assert isinstance(judge(cohort, "ada", item, verb, counts="instead"), Refused)
    assert isinstance(judge(cohort, "fay", "f_nobody-1", "assess"), Refused)
    assert isinstance(cohort.ask("fay", REVIEW, "work", "p-nobody"), Refused)


def test_before_anything_could_be_handed_in_there_is_nothing_to_do() -> None:
    cohort = Cohort(of("submission"), of(REVIEW), people=("ada",))
    cohort.lead()
    cohort.open(REVIEW)
    assert "As soon as work comes in" in post(cohort)
    assert "Nothing has been handed in yet." in board(cohort)
    for verb in ("list", "received", "review", "change", "board"):
        assert isinstance(cohort.ask("ada", REVIEW, verb), Refused)
    for verb in ("judge", "problem", "change", "assess"):
        answer = cohort.send("ada", cohort.callback(REVIEW, verb, "r1-1"), words="x")
        assert isinstance(answer, Refused)
    for verb in ("more", "release"):
        assert isinstance(cohort.press("ada", cohort.callback(REVIEW, verb)), Refused)
    cohort.close(REVIEW)
    assert not cohort.versions


# -- open reviews


def test_open_reviews_have_names_and_say_so_before_the_first_word() -> None:
    cohort = reviewing("ada", "ben", open=True)
    assert "Everyone here can read your reviews, with your name." in post(cohort)
    assert "Ben" in listed(cohort, "ada")
    shown = step(cohort, "ada", "r1")
    assert "Everyone here can read your reviews, with your name." in plain(shown)
    second = form(cohort.send("ada", shown, level="3", comment="Why"))
    assert not [owed for owed in cohort.owed.values() if owed.purpose == "open-review"]
    cohort.send("ada", second, level="3", comment="Clear to me")
    (owed,) = [owed for owed in cohort.owed.values() if owed.purpose == "open-review"]
    assert owed.to == cohort.run.main
    assert owed.parent
    said = KINDS[REVIEW].tell(cohort.scene(REVIEW), owed.purpose, owed.about)
    assert "Ada on the work of Ben" in plain(said)
    assert "Clear to me" in plain(said)


def test_a_review_that_is_not_open_never_goes_to_the_thread_whatever_is_sent() -> None:
    cohort = reviewing("ada", "ben")
    for item in ("r1-1", "r1-2"):
        judge(cohort, "ada", item, "judge-alone")
    assert not [owed for owed in cohort.owed.values() if owed.purpose == "open-review"]


# -- groups


def grouped(**review: Any) -> Cohort:
    """Three groups of two have handed in, and one more person alone has come; reviews are open."""
    people = ("ada", "ben", "cem", "dan", "eva", "flo")
    activities = of("groups"), of("submission", by="group"), of(REVIEW, **review)
    cohort = Cohort(*activities, people=people)
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    for name in people:
        cohort.hand_in(name, f"The work of {cohort.held('groups', name)[0]}")
    cohort.open(REVIEW)
    return cohort


def test_of_a_group_each_reviews_the_work_of_others_and_never_their_own() -> None:
    cohort = grouped(reviews=2)
    for name in ("ada", "ben", "cem", "dan", "eva", "flo"):
        (mine,) = cohort.held("groups", name)
        assert mine not in cohort.held(REVIEW, name)
        assert len(cohort.held(REVIEW, name)) == 2


def test_all_of_a_group_get_what_was_said_of_its_work_and_one_answers_for_all() -> None:
    cohort = grouped(reviews=1)
    for name in ("ada", "ben", "cem", "dan", "eva", "flo"):
        cohort.review_all(name)
    cohort.close(REVIEW)
    (mine,) = cohort.held("groups", "ada")
    team = [n for n in cohort.people if n != "fay" and cohort.held("groups", n) == [mine]]
    assert len(team) == 2
    assert [len(feedback(cohort, name)) for name in team] == [1, 1]
    cohort.send(team[0], cohort.callback(REVIEW, "change"), words="We will")
    assert "We will" in feedback(cohort, team[1])[0]
    answer = [v for v in cohort.versions if v.item == "change"]
    assert [(v.owner, v.by) for v in answer] == [(mine, f"p-{team[0]}")]


def test_whoever_moves_into_a_group_does_not_review_its_work_any_more() -> None:
    cohort = grouped(reviews=2)
    other = cohort.held(REVIEW, "ada")[0]
    slot = next(f"r{a.n}" for a in cohort.dealt(REVIEW, "ada") if a.what == other)
    assert listed(cohort, "ada").count("Work ") == 2
    cohort.send("ada", cohort.callback("groups", "move"), group=other)
    assert listed(cohort, "ada").count("Work ") == 1
    assert isinstance(cohort.ask("ada", REVIEW, "review", slot), Refused)


def test_what_is_said_of_the_work_of_ones_new_group_is_kept_and_not_delivered() -> None:
    cohort = grouped(reviews=1)
    (other,) = cohort.held(REVIEW, "ada")
    stale = step(cohort, "ada", "r1")
    cohort.send("ada", cohort.callback("groups", "move"), group=other)
    assert cohort.send("ada", stale, level="4", comment="We are good") == Saved("Saved.")
    judge(cohort, "ada", "r1-2", comment="We are good")
    cohort.close(REVIEW)
    assert not [n for n in cohort.people if "We are good" in "".join(feedback(cohort, n))]
    kept = [v.given.text.text for v in cohort.versions if v.given and v.given.text]
    assert kept.count("We are good") == 2


def test_nobody_reviews_one_of_their_own_group_though_each_handed_in_alone() -> None:
    people = tuple(f"n{n}" for n in range(8))
    cohort = Cohort(of("groups", size=4), of("submission"), of(REVIEW), people=people)
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    for name in people[:-1]:
        cohort.hand_in(name, name)
    cohort.open(REVIEW)
    cohort.hand_in(people[-1], "Late")
    group = {f"p-{name}": cohort.held("groups", name)[0] for name in people}
    assert cohort.held(REVIEW)
    assert all(group[a.who] != group[a.what] for a in cohort.dealt(REVIEW) if a.state == "held")


def test_groups_that_come_after_the_work_do_not_matter_to_its_reviews() -> None:
    """Whose the work is was settled by the groups in which it was made."""
    people = ("ada", "ben", "cem", "dan")
    cohort = Cohort(
        an_activity("groups", id="groups"),
        of("submission", by="group"),
        an_activity("groups", id="again", size=4),
        of(REVIEW),
        people=people,
    )
    cohort.lead()
    for activity in ("groups", "submission"):
        cohort.open(activity)
    for name in people:
        cohort.hand_in(name, f"The work of {cohort.held('groups', name)[0]}")
    cohort.open("again")
    cohort.open(REVIEW)
    for name in people:
        (mine,) = cohort.held("groups", name)
        (theirs,) = cohort.held(REVIEW, name)
        assert theirs != mine
        assert f"The work of {theirs}" in plain(step(cohort, name, "r1"))


# -- what surrounds it


def test_those_who_left_neither_review_nor_are_reviewed_when_it_opens() -> None:
    cohort = Cohort(of("submission"), of(REVIEW), people=("ada", "ben", "cem"))
    cohort.lead()
    cohort.open("submission")
    for name in ("ada", "ben", "cem"):
        cohort.hand_in(name, name)
    cohort.leave("cem")
    cohort.open(REVIEW)
    assert {a.who for a in cohort.dealt(REVIEW)} == {"p-ada", "p-ben"}
    assert "You each review 1 work" in post(cohort)
    cohort.review_all("ada")
    cohort.review_all("ben")
    cohort.close(REVIEW)
    assert cohort.told("fay", "problem") == []


def test_an_author_who_leaves_after_the_deal_takes_no_review_away_from_others() -> None:
    cohort = reviewing("ada", "ben", "cem")
    cohort.leave("cem")
    for name in ("ada", "ben"):
        cohort.review_all(name)
    cohort.close(REVIEW)
    assert len(feedback(cohort, "ada")) == 1
    assert len(feedback(cohort, "ben")) == 1
    assert feedback(cohort, "cem") == []


def misfit(*activities: Activity, of: str) -> str:
    lesson = a_lesson(a_phase("Engage", *activities))
    (activity,) = [each for each in activities if each.id == of]
    kind = KINDS[activity.kind]
    return kind.misfits(lesson.script, activity, kind.model.model_validate(activity.spec))


def test_there_has_to_be_something_to_review() -> None:
    work, review = an_activity("submission", id="s"), an_activity(REVIEW, id="p")
    assert "no submission before it" in misfit(review, work, of="p")
    assert misfit(work, review, of="p") == ""
    named = an_activity(REVIEW, id="p", of="x")
    assert "no submission “x”" in misfit(work, named, of="p")


def test_it_is_of_the_last_work_before_it_or_of_the_one_that_it_names() -> None:
    works = [an_activity("submission", id=id) for id in ("one", "two")]
    last, named = an_activity(REVIEW, id="p"), an_activity(REVIEW, id="q", of="one")
    script = a_lesson(a_phase("Engage", *works, last, named)).script
    assert reviewed_by(script, last) == "two"
    assert reviewed_by(script, named) == "one"


@pytest.mark.parametrize(
    "rubric",
    [
        ["It is whole", "It is clear"],
        {"criteria": ["It is whole", "It is clear"]},
        [{"id": "c1", "title": "It is whole"}, {"id": "c2", "title": "It is clear"}],
    ],
)
def test_a_rubric_may_be_written_short(rubric: Any) -> None:
    kind = KINDS[REVIEW]
    spec = kind.model.model_validate({"rubric": rubric})
    assert [(c.id, c.title) for c in kind.criteria(spec)] == [
        ("c1", "It is whole"), ("c2", "It is clear"),
    ]  # fmt: skip


def test_the_word_plan_stands_for_the_learning_objectives() -> None:
    plan = Plan("A plan", 10, objectives=(Objective("Name it", "Remember"),))
    assert KINDS[REVIEW].from_plan(plan) == ["Name it"]


def test_whoever_replies_in_the_thread_is_told_that_everyone_reads_it() -> None:
    kind = KINDS[REVIEW]
    assert "everyone here can read" in kind.overheard(reviewing().scene(REVIEW).spec)


# -- whatever happens


@settings(deadline=None)
@given(
    st.integers(2, 7),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), max_size=25),
)
def test_whatever_people_do_nobody_reviews_their_own_nor_one_work_twice(
    count: int, reviews: int, moves: list[tuple[int, int]]
) -> None:
    """And whoever has something dealt has handed in; every word that was sent is kept."""
    cohort = reviewing(*(f"n{n}" for n in range(count)), reviews=reviews)
    sent = 0
    for number, move in moves:
        name = f"n{number}"
        cohort.join(name)
        held = [a for a in cohort.dealt(REVIEW, name) if a.state == "held"]
        match move:
            case 0:
                cohort.hand_in(name, f"Anew {cohort.now}")
            case 1:
                cohort.take_back(name)
            case 2 if held:
                answer = judge(cohort, name, f"r{held[-1].n}-1")
                sent += not isinstance(answer, Refused | Correct)
            case 3 if held:
                problem = cohort.callback(REVIEW, "problem", f"r{held[0].n}")
                cohort.send(name, problem, words="Empty")
            case 4:
                cohort.press(name, cohort.callback(REVIEW, "more"))
            case 5:
                cohort.step(1)
                cohort.wake(REVIEW)
        live = [a for a in cohort.dealt(REVIEW) if a.state != "dropped"]
        assert all(a.who != a.what for a in live)
        assert max(Counter((a.who, a.what) for a in live).values(), default=1) == 1
        assert KINDS[REVIEW].say(cohort.scene(REVIEW)).blocks
    assert sum(v.item.endswith(".whole") for v in cohort.versions) == sent
    assert [b for b in cohort.post(REVIEW).blocks if isinstance(b, Heading | Note)]
