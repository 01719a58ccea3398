"""Peer reviews: what facilitators see and say of them, and reviews that are open."""

from __future__ import annotations

from bot.chat.answer import Correct, Refused
from bot.chat.message import ChoiceField
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from tests.core.cohort import Cohort, button, buttons, form, message, of, reviewing
from tests.core.peers import REVIEW, board, feedback, judge, listed, post, step

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
