"""One rule for the forms of all kinds: an empty field takes back what stood, and one that did not
come at all leaves it as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct
from bot.chat.callback import Callback
from bot.facilitation.state import Given
from tests.core.cohort import Cohort, form, of, reviewing

Texts = dict[str, str]
FIELDS = {"reflection": ("q1", "q2"), "submission": ("a", "b")}
WORDS = st.sampled_from(["", " ", "One", "Two words"])


def asking(kind: str, **spec: Any) -> Cohort:
    cohort = Cohort(of(kind, **spec), people=("ada",))
    cohort.open(kind)
    return cohort


def several(kind: str) -> Cohort:
    """An activity with a form of two fields."""
    if kind == "submission":
        fields = tuple({"id": id, "label": id.upper()} for id in FIELDS[kind])
        return asking(kind, task="Fill the table.", fields=fields)
    return asking(kind, questions=("What?", "Why?"))


def stands(cohort: Cohort, activity: str) -> dict[str, Given]:
    """What stands of Ada's, by item."""
    return {r.item: r.given for r in cohort.standing(activity) if r.owner == "p-ada" and r.given}


def own_form(cohort: Cohort, kind: str) -> str:
    """What Ada's own form carries."""
    verb = "hand-in" if kind == "submission" else "answer"
    return form(cohort.ask("ada", kind, verb)).callback


@given(st.data())
@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_each_field_that_comes_is_what_it_says_and_each_other_stays(
    kind: str, data: st.DataObject
) -> None:
    cohort, expected = several(kind), Texts()
    for _ in range(data.draw(st.integers(1, 5))):
        sent = data.draw(st.dictionaries(st.sampled_from(FIELDS[kind]), WORDS))
        answer = cohort.send("ada", own_form(cohort, kind), **sent)
        if not isinstance(answer, Correct):
            expected |= sent
        shown = {item: each.text.text for item, each in stands(cohort, kind).items() if each.text}
        assert shown == {item: text for item, text in expected.items() if text.strip()}


@pytest.mark.parametrize("kind", sorted(FIELDS))
@pytest.mark.parametrize("own", [True, False])
def test_what_was_not_sent_is_never_taken_back(kind: str, own: bool) -> None:
    cohort = several(kind)
    first, second = FIELDS[kind]
    verb = "hand-in" if kind == "submission" else "answer"
    cohort.send("ada", own_form(cohort, kind), **{first: "Kept", second: "Old"})
    to = own_form(cohort, kind) if own else cohort.callback(kind, verb)
    cohort.send("ada", to, **{second: "New"})
    texts = {item: each.text.text for item, each in stands(cohort, kind).items() if each.text}
    assert texts == {first: "Kept", second: "New"}


def voted(cohort: Cohort) -> None:
    cohort.press("ada", cohort.callback("poll", "vote"), "data")
    cohort.send("ada", cohort.callback("poll", "other"), other="My own")


def answered(cohort: Cohort) -> None:
    cohort.send("ada", cohort.callback("discussion", "answer"), answer="I think so")


def reflected(cohort: Cohort) -> None:
    cohort.send("ada", cohort.callback("reflection", "answer"), q1="A lot")


def handed_in(cohort: Cohort) -> None:
    cohort.hand_in("ada", "My sketch")


ONE_FIELD = [
    ("poll", {"other": True, "multiple": True}, voted, "other"),
    ("discussion", {}, answered, "answer"),
    ("reflection", {}, reflected, "answer"),
    ("submission", {}, handed_in, "hand-in"),
]


@pytest.mark.parametrize(("kind", "spec", "gave", "verb"), ONE_FIELD)
def test_a_form_in_which_nothing_came_is_handed_back_and_changes_nothing(
    kind: str, spec: dict[str, Any], gave: Callable[[Cohort], None], verb: str
) -> None:
    cohort = asking(kind, **spec)
    gave(cohort)
    before = stands(cohort, kind)
    assert before
    assert isinstance(cohort.send("ada", cohort.callback(kind, verb)), Correct)
    assert stands(cohort, kind) == before


@pytest.mark.parametrize(
    ("kind", "spec", "gave", "verb", "field"),
    [
        (*ONE_FIELD[0], "other"),
        (*ONE_FIELD[1], "answer"),
        (*ONE_FIELD[2], "q1"),
    ],
)
def test_an_emptied_field_is_taken_back(
    kind: str, spec: dict[str, Any], gave: Callable[[Cohort], None], verb: str, field: str
) -> None:
    cohort = asking(kind, **spec)
    gave(cohort)
    assert not isinstance(cohort.send("ada", cohort.callback(kind, verb), **{field: ""}), Correct)
    assert all(given.text is None for given in stands(cohort, kind).values())


def test_a_link_alone_can_be_taken_out_of_a_work() -> None:
    cohort = asking("submission")
    cohort.hand_in("ada", "My sketch", link="https://example.org")
    cohort.hand_in("ada", link="")
    assert set(stands(cohort, "submission")) == {"text"}


def test_a_step_of_a_review_keeps_what_did_not_come() -> None:
    cohort = reviewing("ada", "ben")
    step = cohort.callback("peer_review", "judge", "r1-1")
    cohort.send("ada", step, level="3", comment="Whole")
    assert not isinstance(cohort.send("ada", step, level="4"), Correct)
    assert not isinstance(cohort.send("ada", step, comment="All of it"), Correct)
    (given,) = stands(cohort, "peer_review").values()
    assert (given.options, given.text and given.text.text) == (("4",), "All of it")
    assert isinstance(cohort.send("ada", step, level="4", comment=""), Correct)
    assert stands(cohort, "peer_review")["r1.whole"] == given


def test_what_an_author_will_change_is_taken_back_by_emptying_it_alone() -> None:
    cohort = reviewing("ada", "ben")
    cohort.review("ben", "r1")
    cohort.close("peer_review")
    to = cohort.callback("peer_review", "change")
    cohort.send("ada", to, words="The end")
    assert isinstance(cohort.send("ada", to), Correct)
    assert "change" in stands(cohort, "peer_review")
    cohort.send("ada", to, words="")
    assert "change" not in stands(cohort, "peer_review")


def test_a_group_is_not_left_by_a_form_that_names_none() -> None:
    cohort = Cohort(of("groups"), people=("ada", "ben"))
    cohort.open("groups")
    before = cohort.held("groups", "ada")
    assert isinstance(cohort.send("ada", cohort.callback("groups", "move")), Correct)
    assert cohort.held("groups", "ada") == before


def test_a_question_asked_in_private_needs_words() -> None:
    cohort = asking("reflection")
    answer = cohort.send("ada", Callback("ask", cohort.openings["reflection"].id).encode())
    assert isinstance(answer, Correct)
    assert stands(cohort, "reflection") == {}
