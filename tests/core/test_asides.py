"""What is said in private beside an activity reaches the facilitator, and nobody else."""

from __future__ import annotations

import pytest

from bot.chat.answer import Correct, Refused, Saved, Show
from bot.chat.codec import dumps
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from tests.core.cohort import FAY, Cohort, button, buttons, form, labels, of
from tests.core.making import HELPS

WRITING = ("reflection", "discussion", "submission", "peer_review")
SILENT = ("prompt", "poll", "groups")


def lesson() -> Cohort:
    """A submission is open to Ada and Ben; fay leads."""
    cohort = Cohort(of("submission"), people=("ada", "ben"))
    cohort.lead()
    cohort.open("submission")
    return cohort


def asked(cohort: Cohort, name: str, words: str, activity: str = "submission") -> None:
    """Somebody asks in private."""
    shown = form(cohort.look(name, button(cohort.post(activity), "Ask privately")))
    answer = cohort.send(name, shown, words=words)
    assert isinstance(answer, Saved)
    assert "in private" in answer.note


@pytest.mark.parametrize("kind", WRITING)
def test_every_activity_that_asks_for_writing_offers_help(kind: str) -> None:
    cohort = Cohort(of("submission"), of(kind)) if kind == "peer_review" else Cohort(of(kind))
    cohort.lead()
    for activity in dict.fromkeys(("submission", kind) if kind == "peer_review" else (kind,)):
        cohort.open(activity)
    assert set(labels(cohort.post(kind))) >= HELPS
    cohort.close(kind)
    assert not HELPS & set(labels(cohort.post(kind)))


@pytest.mark.parametrize("kind", SILENT)
def test_what_asks_for_no_writing_offers_none(kind: str) -> None:
    cohort = Cohort(of(kind), people=("ada",))
    cohort.open(kind)
    assert not HELPS & set(labels(cohort.post(kind)))


def test_a_private_question_reaches_every_facilitator_with_its_words_and_who_asks() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How long may it be?")
    (told,) = cohort.private("fay")
    text = plain(told)
    assert "How long may it be?" in text
    assert "Ada" in text
    assert "Hand in your work" in text
    assert {owed.to for owed in cohort.owed.values()} == {FAY}


def test_the_post_and_the_turnout_show_nothing_of_it() -> None:
    cohort = lesson()
    before = cohort.post("submission")
    asked(cohort, "ada", "How long may it be?")
    cohort.press("ada", button(before, "I’m stuck"))
    assert cohort.post("submission") == before
    assert "How long" not in dumps(cohort.part("ben"))
    assert "How long" not in dumps(form(cohort.ask("ben", "submission", "hand-in")))
    assert cohort.private("ben") == []


def test_every_question_is_one_of_its_own() -> None:
    cohort = lesson()
    asked(cohort, "ada", "First?")
    asked(cohort, "ada", "Second?")
    first, second = (plain(told) for told in cohort.private("fay"))
    assert "First?" in first
    assert "Second?" not in first
    assert "Second?" in second


def test_an_empty_question_is_handed_back() -> None:
    cohort = lesson()
    answer = cohort.send("ada", cohort.callback("submission", "ask"), words=" \n")
    assert isinstance(answer, Correct)
    assert set(answer.errors) == {"words"}
    assert not cohort.versions


def test_whoever_is_stuck_is_told_of_once() -> None:
    cohort = lesson()
    for _ in range(3):
        answer = cohort.press("ada", button(cohort.post("submission"), "I’m stuck"))
        assert isinstance(answer, Saved)
        assert "nobody else" in answer.note
    (told,) = cohort.private("fay")
    assert "Somebody is stuck" in plain(told)
    assert "Ada" in plain(told)


def test_the_facilitators_answer_comes_in_private_with_the_question() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How long may it be?")
    asked(cohort, "ben", "When is it due?")
    told = cohort.private("fay")[0]
    shown = form(cohort.look("fay", button(told, "Answer in private")))
    assert "How long may it be?" in plain(shown)
    assert "When is it due?" not in plain(shown)
    assert "Only Ada reads this." in plain(shown)
    assert cohort.send("fay", shown, words="A page") == Saved("Sent in private.")
    (got,) = cohort.private("ada")
    assert "How long may it be?" in plain(got)
    assert "A page" in plain(got)
    assert cohort.private("ben") == []
    again = form(cohort.look("ada", button(got, "Ask again")))
    assert isinstance(cohort.send("ada", again, words="A4?"), Saved)
    assert len(cohort.private("fay")) == 3


def test_somebody_who_is_stuck_gets_an_answer_too() -> None:
    cohort = lesson()
    cohort.press("ada", button(cohort.post("submission"), "I’m stuck"))
    shown = form(cohort.look("fay", button(cohort.private("fay")[0], "Answer in private")))
    cohort.send("fay", shown, words="Begin with the data")
    (got,) = cohort.private("ada")
    assert "Begin with the data" in plain(got)


def test_an_empty_answer_is_handed_back() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How?")
    shown = form(cohort.look("fay", button(cohort.private("fay")[0], "Answer in private")))
    assert isinstance(cohort.send("fay", shown, words=""), Correct)
    assert cohort.private("ada") == []


def test_a_learner_neither_reads_nor_answers_what_another_asked() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How?")
    respond = button(cohort.private("fay")[0], "Answer in private")
    for answer in (cohort.look("ben", respond), cohort.send("ben", respond, words="So")):
        assert isinstance(answer, Refused)
        assert "Only the facilitators" in answer.why
    assert cohort.private("ada") == []


@pytest.mark.parametrize("about", ["", "nobody_x", "p-ada", "_", "p-ben_stuck_x"])
def test_an_answer_to_what_nobody_asked_breaks_nothing(about: str) -> None:
    cohort = lesson()
    callback = cohort.callback("submission", "respond", about)
    assert isinstance(cohort.look("fay", callback), Show | Refused)
    answer = cohort.send("fay", callback, words="So")
    assert isinstance(answer, Saved | Refused)
    for name in ("ada", "ben"):
        assert all("So" in plain(told) for told in cohort.private(name))


def test_what_is_said_aside_is_no_answer_and_cannot_be_taken_back_as_one() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How?")
    assert "0 of 2 have handed in" in plain(cohort.post("submission"))
    assert isinstance(cohort.take_back("ada"), Refused)
    assert "Hand in your work" in plain(cohort.part("ada")).split("What I gave")[0]


def test_after_the_lesson_nobody_asks_any_more_and_a_facilitator_still_answers() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How?")
    ask = cohort.callback("submission", "ask")
    respond = button(cohort.private("fay")[0], "Answer in private")
    cohort.close("submission")
    cohort.end()
    assert isinstance(cohort.look("ada", ask), Refused)
    assert isinstance(cohort.send("ada", ask, words="Why?"), Refused)
    assert isinstance(cohort.send("fay", respond, words="Like this"), Saved)
    assert "Like this" in plain(cohort.private("ada")[0])


def test_the_evidence_has_them_in_a_table_of_their_own() -> None:
    cohort = lesson()
    asked(cohort, "ada", "How?")
    cohort.press("ada", button(cohort.post("submission"), "I’m stuck"))
    shown = form(cohort.look("fay", button(cohort.private("fay")[0], "Answer in private")))
    cohort.send("fay", shown, words="So")
    kind, spec = KINDS["submission"], cohort.scene("submission").spec
    found = [kind.question(spec, version.item) for version in cohort.versions]
    assert [(q.table, q.text) for q in found if q] == [
        ("questions", "Asked in private"),
        ("questions", "Said to be stuck"),
        ("questions", "The facilitator’s private answer"),
    ]


def test_the_form_to_ask_is_in_the_button_for_platforms_that_draw_it_in_the_post() -> None:
    (ask,) = [b for b in buttons(lesson().post("submission")) if b.label == "Ask privately"]
    assert ask.form
    assert ask.form.callback == ask.callback
    assert [field.id for field in ask.form.fields] == ["words"]
