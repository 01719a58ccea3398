"""Peer reviews: everybody gives and gets the same, and no work is lost, whatever people do."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved
from bot.chat.message import Heading, Note
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.ring import reviewed_by
from bot.lessons.plan import Objective, Plan
from bot.lessons.script import Activity
from tests.core.cohort import Cohort, button, form, labels, message, of, reviewing
from tests.core.making import a_lesson, a_phase, an_activity
from tests.core.peers import REVIEW, author_of, board, feedback, judge, listed, post, step

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
        assert isinstance(answer, Saved)
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
