"""The numbers that are said of reviews are those that were dealt, and none of them gets lost."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.facilitation.activities.peers import Desk
from tests.core.cohort import Cohort, of, reviewing
from tests.core.peers import REVIEW, board, listed, post


def in_groups(*names: str, **review: int) -> Cohort:
    """They were in groups of two, and each handed in a work of their own."""
    activities = of("groups", size=2), of("submission"), of(REVIEW, **review)
    cohort = Cohort(*activities, people=names)
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    for name in names:
        cohort.hand_in(name, f"By {name}")
    cohort.open(REVIEW)
    return cohort


def pair_and_another() -> Cohort:
    """Two of a group and one of another handed in: nobody reviews their partner's."""
    activities = of("groups", size=2), of("submission"), of(REVIEW)
    cohort = Cohort(*activities, people=("ana", "bo", "cem", "dan"))
    cohort.lead()
    cohort.open("groups")
    cohort.open("submission")
    first = cohort.held("groups", "ana")
    partner = next(n for n in ("bo", "cem", "dan") if cohort.held("groups", n) == first)
    other = next(n for n in ("bo", "cem", "dan") if n != partner)
    for name in ("ana", partner, other):
        cohort.hand_in(name, f"By {name}")
    cohort.open(REVIEW)
    return cohort


def counted(cohort: Cohort) -> tuple[int, int, int]:
    """How many are in, of how many, and how many were not given in time, as the post says."""
    found = re.search(r"(\d+) of (\d+) reviews? (?:is|are) in(?:; (\d+) w)?", post(cohort))
    assert found
    return int(found[1]), int(found[2]), int(found[3] or 0)


def test_where_partners_are_left_out_the_post_says_how_many_each_really_has() -> None:
    cohort = pair_and_another()
    loads = {
        a.who: len(cohort.held(REVIEW, a.who.removeprefix("p-"))) for a in cohort.dealt(REVIEW)
    }
    assert sorted(loads.values()) == [1, 1, 2]
    assert "You review 1 to 2 works that others handed in" in post(cohort)
    assert "As only 3 have come in, it is fewer than planned." in post(cohort)
    assert "You have 1 work to review." in listed(cohort, "ana")
    assert counted(cohort) == (0, 4, 0)


def test_where_all_have_the_same_number_it_is_the_real_one_and_why_it_is_small() -> None:
    cohort = in_groups("ana", "bo", "cem", "dan")
    assert "You each review 2 works that others handed in." in post(cohort)
    assert "Nobody reviews the work of their own group, so it is fewer" in post(cohort)


def test_the_total_stays_when_reviews_lapse_and_when_they_close() -> None:
    cohort = pair_and_another()
    cohort.step(5)
    cohort.wake(REVIEW)
    assert counted(cohort) == (0, 4, 4)
    cohort.review("ana", "r1")
    assert counted(cohort) == (1, 4, 3)
    cohort.close(REVIEW)
    assert counted(cohort) == (1, 4, 3)
    assert "1 of 4 reviews are in; 3 were not given in time" in board(cohort)
    assert "no review yet" in board(cohort)


def test_what_others_take_over_was_dealt_too() -> None:
    cohort = reviewing("ana", "bo", "cem", reviews=1)
    cohort.review_all("ana")
    cohort.step(5)
    cohort.wake(REVIEW)
    _, dealt, lapsed = counted(cohort)
    assert lapsed == 2
    assert dealt == 3 + sum(a.at == cohort.now for a in cohort.dealt(REVIEW))
    cohort.review_all("ana")
    cohort.close(REVIEW)
    done, dealt, lapsed = counted(cohort)
    assert done + lapsed == dealt


def test_late_work_is_counted_with_the_reviews_it_brings() -> None:
    cohort = reviewing("ana", "bo")
    assert "You each review 1 work that somebody else handed in." in post(cohort)
    cohort.join("cem")
    cohort.hand_in("cem", "Late")
    assert counted(cohort) == (0, 6, 0)
    assert "You each review 2 works that others handed in." in post(cohort)
    for name in ("ana", "bo", "cem"):
        assert "You have 2 works to review." in listed(cohort, name)


def test_late_work_after_somebody_is_done_is_counted_as_it_was_dealt() -> None:
    cohort = reviewing("ana", "bo", "cem", reviews=1)
    for name in ("ana", "bo", "cem"):
        cohort.review_all(name)
    cohort.join("dan")
    cohort.hand_in("dan", "Late")
    loads = sorted(len(cohort.held(REVIEW, name)) for name in ("ana", "bo", "cem", "dan"))
    assert loads == [1, 1, 1, 2]
    assert "You review 1 to 2 works that others handed in" in post(cohort)
    assert counted(cohort) == (3, 5, 0)


def test_a_work_that_is_a_problem_is_dealt_no_more() -> None:
    cohort = reviewing("ana", "bo", "cem", reviews=1)
    cohort.send("ana", cohort.callback(REVIEW, "problem", "r1"), words="It is empty")
    assert counted(cohort) == (0, 3, 0)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_neither_time_nor_closing_makes_the_total_smaller(data: st.DataObject) -> None:
    names = [f"n{n}" for n in range(data.draw(st.integers(2, 6)))]
    cohort = reviewing(*names, reviews=data.draw(st.integers(1, 3)))
    before = counted(cohort)[1]
    for share in (0.5, 0.75):
        for name in data.draw(st.sets(st.sampled_from(names))):
            cohort.review_all(name)
        cohort.step(5 if share == 0.5 else 2.5)
        cohort.wake(REVIEW, share)
        done, total, lapsed = counted(cohort)
        assert total >= before
        assert done + lapsed <= total
        before = total
    cohort.close(REVIEW)
    assert counted(cohort)[1] == before
    desk = Desk.of(cohort.scene(REVIEW))
    assert desk
    given = sum(len(desk.peers_of(work)) for work in desk.works())
    assert counted(cohort)[0] == given
