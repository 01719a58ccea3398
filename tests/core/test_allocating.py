"""Who reviews whose work: the deal, and every way in which it is mended."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace as changed
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.facilitation.allocating import (
    MOST_MORE,
    Author,
    Pairing,
    Repair,
    cover,
    deal,
    insert,
    remove,
    replace,
    reviews_each,
    unreviewed,
)

COHORTS = 10_000


def alone(count: int) -> list[Author]:
    """So many authors, each with a work of their own and no team."""
    return [Author(f"a{n}", f"w{n}") for n in range(count)]


def mended(pairings: Iterable[Pairing], repair: Repair) -> list[Pairing]:
    """The pairings after a repair, which may drop only what is there."""
    gone = {(p.reviewer, p.work): p for p in repair.dropped}
    kept = []
    for pairing in pairings:
        if gone.get((pairing.reviewer, pairing.work)) == pairing:
            del gone[pairing.reviewer, pairing.work]
        else:
            kept.append(pairing)
    assert not gone
    return kept + list(repair.added)


def live(pairings: Iterable[Pairing]) -> list[Pairing]:
    return [p for p in pairings if p.done or not p.lapsed]


def gives(authors: Iterable[Author], pairings: Iterable[Pairing]) -> dict[str, int]:
    counted = Counter(p.reviewer for p in live(pairings))
    return {author.id: counted[author.id] for author in authors}


def receipts(authors: Iterable[Author], pairings: Iterable[Pairing]) -> dict[str, int]:
    counted = Counter(p.work for p in live(pairings))
    return {author.work: counted[author.work] for author in authors}


def apart(counts: dict[str, int]) -> int:
    return max(counts.values(), default=0) - min(counts.values(), default=0)


def allowed(authors: Iterable[Author]) -> dict[str, set[str]]:
    """By author, the works that are neither their own nor their team's."""
    authors = list(authors)
    works = {a.work for a in authors}
    of_team: dict[str, set[str]] = {"": set()}
    for a in authors:
        of_team.setdefault(a.team, set()).update({a.work} if a.team else ())
    return {a.id: works - {a.work} - of_team[a.team] for a in authors}


def assert_right(authors: Iterable[Author], pairings: Sequence[Pairing]) -> None:
    """Nobody reviews their own work or their team's, and nobody a work twice."""
    of = {author.id: author for author in authors}
    teams = {(author.work, author.team) for author in of.values() if author.team}
    for pairing in pairings:
        reviewer = of[pairing.reviewer]
        assert pairing.work != reviewer.work, pairing
        assert (pairing.work, reviewer.team) not in teams, pairing
    assert len({(p.reviewer, p.work) for p in pairings}) == len(pairings)


def could_be(
    authors: Sequence[Author], given_by: dict[str, int], most: dict[str, int], needed: int
) -> bool:
    """Whether so many reviews fit where each author gives no more than so many, and each work
    has no more than ``most``: a flow, so that it knows nothing of rings.
    """
    free = allowed(authors)
    holders: dict[str, set[str]] = {work: set() for work in most}

    def give(reviewer: str, seen: set[str]) -> bool:
        for work in sorted(free[reviewer] - seen):
            if reviewer in holders[work] or work in seen:
                continue
            seen.add(work)
            if len(holders[work]) < most[work]:
                holders[work].add(reviewer)
                return True
            for other in sorted(holders[work]):
                if give(other, seen):
                    holders[work] ^= {other, reviewer}
                    return True
        return False

    total = sum(give(a.id, set()) for a in authors for _ in range(given_by[a.id]))
    return total >= needed


def assert_as_even_as_can_be(authors: Sequence[Author], pairings: Sequence[Pairing]) -> None:
    """Nobody could have made the best reviewed work have less, or the worst reviewed more.

    Where groups are of different sizes: no review could have gone to a work with a smaller share.
    """
    had, given_by = receipts(authors, pairings), gives(authors, pairings)
    size = Counter(author.work for author in authors)
    if apart(had) <= 1 and apart(size) == 0:
        return
    if apart(size) == 0:
        less = dict.fromkeys(had, max(had.values()) - 1)
        assert not could_be(authors, given_by, less, len(pairings))
        more = dict.fromkeys(had, min(had.values()) + 1)
        assert not could_be(authors, given_by, more, sum(more.values()))
        return
    better = [
        had | {work: had[work] - 1, other: had[other] + 1}
        for work in sorted(had, key=lambda work: -had[work] / size[work])
        for other in sorted(had, key=lambda work: had[work] / size[work])
        if (2 * had[work] - 1) * size[other] > (2 * had[other] + 1) * size[work]
    ]
    for counts in better[:3]:
        assert not could_be(authors, given_by, counts, len(pairings))


@st.composite
def cohorts(draw: st.DrawFn, most: int = 14) -> list[Author]:
    """People alone, in groups of one work, in teams, and in both."""
    count = draw(st.integers(0, most))
    works = draw(st.lists(st.integers(0, most), min_size=count, max_size=count))
    teams = draw(st.lists(st.sampled_from(["", "", "x", "y", "z"]), min_size=count, max_size=count))
    grouped, teamed = draw(st.booleans()), draw(st.booleans())
    return [
        Author(f"a{n}", f"w{works[n] if grouped else n}", teams[n] if teamed else "")
        for n in range(count)
    ]


SEEDS = st.integers(0, 2**31)
WANTED = st.integers(0, 5)


@pytest.mark.parametrize(
    ("works", "wanted", "each"),
    [(0, 3, 0), (1, 3, 0), (2, 3, 1), (3, 3, 2), (4, 3, 3), (5, 3, 3), (60, 3, 3), (4, 5, 3)],
)
def test_a_small_cohort_gives_fewer_reviews(works: int, wanted: int, each: int) -> None:
    assert reviews_each(works, wanted) == each


@given(st.integers(0, 40), SEEDS, WANTED)
def test_without_exclusions_everybody_gives_and_receives_exactly_as_many(
    count: int, seed: int, wanted: int
) -> None:
    authors = alone(count)
    dealt = deal(authors, seed, wanted)
    assert_right(authors, dealt)
    each = reviews_each(count, wanted)
    assert set(gives(authors, dealt).values()) <= {each}
    assert set(receipts(authors, dealt).values()) <= {each}


@given(cohorts(), SEEDS, WANTED)
def test_with_groups_and_teams_everybody_gives_as_many_as_are_allowed_to_them(
    authors: list[Author], seed: int, wanted: int
) -> None:
    dealt = deal(authors, seed, wanted)
    assert_right(authors, dealt)
    each = reviews_each(len({a.work for a in authors}), wanted)
    free = allowed(authors)
    assert gives(authors, dealt) == {a.id: min(each, len(free[a.id])) for a in authors}


@settings(max_examples=60)
@given(cohorts(most=6), SEEDS, st.integers(1, 2))
def test_no_other_deal_is_nearer_to_each_works_share(
    authors: list[Author], seed: int, wanted: int
) -> None:
    """Tried against every allocation there is: a work's share goes by how many authors it has."""
    dealt = deal(authors, seed, wanted)
    size = Counter(a.work for a in authors)
    free = allowed(authors)
    given_by = gives(authors, dealt)
    reached = {tuple(0 for _ in size)}
    for author in authors:
        reached = {
            tuple(had + (work in chosen) for had, work in zip(counts, size, strict=True))
            for counts in reached
            for chosen in combinations(sorted(free[author.id]), given_by[author.id])
        }

    def uneven(counts: Iterable[int]) -> float:
        return sum(had * had / size[work] for work, had in zip(size, counts, strict=True))

    had = receipts(authors, dealt)
    assert uneven(had[work] for work in size) == pytest.approx(min(map(uneven, reached)))


def test_a_groups_work_receives_in_proportion_to_its_authors() -> None:
    authors = [Author(f"a{n}", f"w{min(n // 2, 9)}") for n in range(22)]
    had = receipts(authors, deal(authors, 7))
    assert had == {f"w{n}": 6 for n in range(9)} | {"w9": 12}


def test_two_teams_review_each_other_and_never_themselves() -> None:
    authors = [Author(f"a{n}", f"w{n}", "red" if n < 4 else "blue") for n in range(8)]
    dealt = deal(authors, 7)
    assert_right(authors, dealt)
    assert set(receipts(authors, dealt).values()) == {3}


def test_one_team_alone_has_nobody_to_review() -> None:
    authors = [Author(f"a{n}", f"w{n}", "red") for n in range(5)]
    assert deal(authors, 7) == ()
    assert unreviewed(authors, ()) == ("w0", "w1", "w2", "w3", "w4")


def test_another_seed_deals_others() -> None:
    assert deal(alone(20), 1) != deal(alone(20), 2)


def test_a_thousand_authors_are_dealt_in_well_under_a_second() -> None:
    teamed = [Author(f"a{n}", f"w{n}", f"t{n % 150}") for n in range(1000)]
    began = time.perf_counter()
    for authors in (alone(1000), teamed):
        dealt = deal(authors, 7)
        assert set(receipts(authors, dealt).values()) == {3}
    assert time.perf_counter() - began < 1


def test_the_order_of_hashes_changes_nothing() -> None:
    """Sets and dictionaries of text are ordered otherwise in another process."""
    code = (
        "from tests.core.test_allocating import a_course; import random;"
        "print([a_course(random.Random(n)) for n in range(20)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(said) == 1


@given(st.integers(1, 30), SEEDS, st.integers(1, 5))
def test_a_late_author_gives_and_receives_and_nobody_elses_number_changes(
    count: int, seed: int, wanted: int
) -> None:
    before, authors = alone(count), alone(count + 1)
    late = authors[-1]
    dealt = deal(before, seed, wanted)
    repair = insert(authors, dealt, late.id, seed, wanted)
    now = mended(dealt, repair)
    assert_right(authors, now)
    each = reviews_each(count + 1, wanted)
    assert set(gives(authors, now).values()) == {each}
    assert set(receipts(authors, now).values()) == {each}
    if count > wanted:
        assert len(repair.dropped) == each
        assert len({p.reviewer for p in repair.dropped}) == each


def test_a_late_author_takes_over_nothing_that_is_begun() -> None:
    authors = alone(11)
    begun = [changed(p, begun=True) for p in deal(authors[:-1], 7)]
    repair = insert(authors, begun, "a10", 7)
    assert repair.dropped == ()
    assert Counter(p.reviewer == "a10" for p in repair.added) == {True: 3, False: 3}
    assert max(gives(authors, mended(begun, repair)).values()) == 4


def test_late_authors_are_shared_out_when_everything_is_begun() -> None:
    authors = alone(10)
    now = [changed(p, begun=True) for p in deal(authors, 7)]
    for count in range(11, 19):
        authors = alone(count)
        now = mended(now, insert(authors, now, f"a{count - 1}", 7))
    assert min(receipts(authors, now).values()) >= 3
    assert max(gives(authors, now).values()) <= 3 + MOST_MORE


def test_somebody_who_let_reviews_lapse_is_asked_last() -> None:
    authors = alone(11)
    dealt = deal(authors[:-1], 7)
    now = [changed(p, begun=True, lapsed=p.reviewer in {"a0", "a1"}) for p in dealt]
    added = insert(authors, now, "a10", 7).added
    assert not {"a0", "a1"} & {p.reviewer for p in added}


def test_a_late_member_of_a_group_whose_work_is_in_only_gives() -> None:
    authors = [Author(f"a{n}", f"w{n // 3}") for n in range(15)]
    dealt = deal(authors[:-1], 7)
    repair = insert(authors, dealt, "a14", 7)
    assert repair.dropped == ()
    assert [p.reviewer for p in repair.added] == ["a14"] * 3


def test_only_those_of_other_teams_change_their_work_for_that_of_a_late_author() -> None:
    authors = [Author(f"a{n}", f"w{n}", "red" if n < 3 else "") for n in range(12)]
    dealt = deal(authors, 7)
    repair = insert([*authors, Author("late", "w", "red")], dealt, "late", 7)
    assert len(repair.dropped) == 3
    assert {p.reviewer for p in repair.dropped} <= {f"a{n}" for n in range(3, 12)}


def test_a_late_author_reviews_what_is_reviewed_least() -> None:
    authors = alone(9)
    begun = [Pairing(f"a{n}", f"w{m}", begun=True) for n in range(4) for m in range(4) if n != m]
    added = insert(authors, begun, "a8", 7).added
    assert {p.work for p in added if p.reviewer == "a8"} == {"w4", "w5", "w6"}


def test_a_late_author_brings_their_team_to_the_work_of_their_group() -> None:
    """Those of the team who have not begun to review it get another instead."""
    authors = [Author(f"a{n}", f"w{n}", "red" if n < 3 else "") for n in range(8)]
    now = [Pairing("a0", "w7"), Pairing("a1", "w7", begun=True), Pairing("a3", "w7")]
    late = Author("late", "w7", "red")
    repair = insert([*authors, late], now, "late", 7)
    assert repair.dropped == (now[0],)
    assert "a0" in {p.reviewer for p in repair.added}
    assert_right([*authors, late], repair.added)
    assert receipts(authors, mended(now, repair))["w7"] >= 3


def test_the_first_two_of_a_cohort_review_each_other() -> None:
    repair = insert(alone(2), (), "a1", 7)
    assert set(repair.added) == {Pairing("a0", "w1"), Pairing("a1", "w0")}


@given(st.integers(1, 30), SEEDS, st.integers(1, 5))
def test_a_withdrawn_work_leaves_the_others_as_even_as_they_were(
    count: int, seed: int, wanted: int
) -> None:
    before = alone(count + 1)
    authors, gone = before[:-1], before[-1]
    dealt = deal(before, seed, wanted)
    now = mended(dealt, remove(authors, dealt, gone.work, wanted))
    assert_right(authors, now)
    each = reviews_each(count, wanted)
    assert set(gives(authors, now).values()) == {each}
    assert set(receipts(authors, now).values()) == {each}


def test_a_review_begun_is_kept_when_its_work_or_its_reviewer_goes() -> None:
    before = alone(8)
    dealt = deal(before, 7)
    own = [p for p in dealt if p.reviewer == "a7"]
    of_it = [p for p in dealt if p.work == "w7"]
    kept = {own[0], of_it[0]}
    now = [changed(p, begun=True) if p in kept else p for p in dealt]
    repair = remove(before[:-1], now, "w7")
    assert {own[1], own[2], of_it[1], of_it[2]} <= set(repair.dropped)
    assert not any(p.begun for p in repair.dropped)
    assert min(receipts(before[:-1], mended(now, repair)).values()) == 3


def test_a_withdrawal_gives_nobody_more_than_each_should_have() -> None:
    authors = alone(8)
    now = [Pairing("a0", f"w{n}") for n in (1, 2, 3, 7)]
    repair = remove(authors[:-1], now, "w7")
    assert repair == Repair(dropped=(now[3],))


def test_a_withdrawal_moves_nothing_between_works_that_have_lost_nothing() -> None:
    """However uneven these are: what people have been told stays."""
    authors = alone(9)
    of_w1 = [Pairing(f"a{n}", "w1", begun=n != 3) for n in (2, 3, 4, 5, 6)]
    now = [*of_w1, Pairing("a0", "w2", begun=True), Pairing("a8", "w3"), Pairing("a0", "w8")]
    repair = remove(authors[:-1], now, "w8")
    assert set(repair.dropped) == {Pairing("a8", "w3"), Pairing("a0", "w8")}
    assert {p.work for p in repair.added} == {"w3"}


@pytest.mark.parametrize("lapsed", ["some", "all"])
def test_what_a_withdrawal_leaves_goes_to_somebody_who_let_nothing_lapse_if_there_is_one(
    lapsed: str,
) -> None:
    authors = alone(7)
    now = [
        *(Pairing(f"a{n}", "w0", lapsed=True) for n in range(1, 6) if lapsed == "all" or n < 4),
        Pairing("a6", "w1"),
    ]
    repair = remove(authors[:-1], now, "w6")
    assert {p.work for p in repair.added} == {"w1"}
    helpers = {p.reviewer for p in repair.added}
    assert helpers == ({"a0", "a4", "a5"} if lapsed == "some" else {"a0", "a2", "a3"})


def test_a_late_work_is_reviewed_even_if_everybody_has_let_something_lapse() -> None:
    authors = alone(5)
    now = [changed(p, lapsed=True) for p in deal(authors[:-1], 7)]
    after = mended(now, insert(authors, now, "a4", 7))
    assert receipts(authors, after)["w4"] == 3


def test_what_a_no_show_leaves_is_given_to_those_with_the_least_to_do() -> None:
    authors = alone(8)
    came = {a.id for a in authors} - {"a3"}
    now = [changed(p, done=p.reviewer in came, lapsed=p.reviewer == "a3") for p in deal(authors, 7)]
    repair = cover(authors, now, came)
    assert repair.dropped == ()
    assert len(repair.added) == 3
    assert len({p.reviewer for p in repair.added}) == 3
    assert set(receipts(authors, mended(now, repair)).values()) == {3}


def test_nobody_is_asked_for_more_than_two_above_what_was_wanted() -> None:
    authors = alone(20)
    came = {"a0", "a1", "a2", "a3"}
    now = [
        changed(p, done=p.reviewer in came, lapsed=p.reviewer not in came) for p in deal(authors, 7)
    ]
    after = mended(now, cover(authors, now, came))
    theirs = [p for p in live(after) if p.reviewer in came]
    assert unreviewed(authors, after) == ()
    over = {who for who, n in gives(authors, theirs).items() if n > 3 + MOST_MORE}
    before = receipts(authors, now)
    assert all(before[p.work] == 0 for p in after if p not in now and p.reviewer in over)


def test_works_of_those_who_came_go_before_works_of_those_who_did_not() -> None:
    authors = alone(9)
    came = {"a6", "a7", "a8"}
    now = [Pairing(f"a{n}", f"w{n + 1}", lapsed=True) for n in range(6)]
    had = receipts(authors, mended(now, cover(authors, now, came)))
    assert {had["w6"], had["w7"], had["w8"]} == {2}
    assert sorted(had.values()) == [1] * 3 + [2] * 6


def test_a_lapsed_review_that_was_done_after_all_is_not_asked_for_again() -> None:
    authors = alone(5)
    now = [changed(p, lapsed=True, done=True) for p in deal(authors, 7)]
    assert cover(authors, now, [a.id for a in authors]) == Repair()


def test_a_work_that_nobody_is_left_for_is_unreviewed() -> None:
    authors = [Author("a", "w1", "red"), Author("b", "w2", "red"), Author("c", "w3")]
    now = [changed(p, lapsed=p.reviewer == "c", done=p.reviewer != "c") for p in deal(authors, 7)]
    after = mended(now, cover(authors, now, {"a", "b"}))
    assert unreviewed(authors, after) == ("w1", "w2")


def test_instead_of_a_problem_somebody_gets_the_least_reviewed_work_they_do_not_have() -> None:
    authors = alone(6)
    now = [Pairing("a0", "w1"), Pairing("a0", "w2"), Pairing("a4", "w3"), Pairing("a3", "w5")]
    assert replace(authors, now, "a0", "w1") == Pairing("a0", "w4")


def test_a_problem_is_never_given_back() -> None:
    authors = alone(3)
    assert replace(authors, deal(authors, 7), "a0", "w1") is None
    assert replace(authors, [], "a0", "w1") == Pairing("a0", "w2")


# Whole courses: what no single example shows.


def a_cohort(rng: random.Random) -> tuple[list[Author], bool]:
    """Mostly small ones; and whether anybody is in a group or a team with others."""
    count = min(rng.randint(1, 60), rng.randint(1, 60))
    kind = rng.choice(["alone", "alone", "groups", "teams", "both"])
    size = rng.randint(2, 6)
    groups = kind in ("groups", "both")
    teams = kind in ("teams", "both")
    works = [rng.randrange(count // size + 1) if groups else n for n in range(count)]
    some = rng.random()
    return [
        Author(
            f"a{n}",
            f"w{works[n]}",
            f"t{rng.randrange(count // size + 1)}" if teams and rng.random() < some else "",
        )
        for n in range(count)
    ], kind != "alone"


def a_course(rng: random.Random) -> list[Pairing]:
    """One cohort from the deal to the end of its reviews, each law held at every step."""
    authors, excluded = a_cohort(rng)
    seed, wanted = rng.randrange(2**31), rng.choice([3, 3, 3, 1, 2, 4])
    everybody = list(authors)
    now = list(deal(authors, seed, wanted))
    assert_right(everybody, now)
    assert_as_even_as_can_be(authors, now)

    def change(among: Sequence[Author], with_: str) -> tuple[list[Author], Repair]:
        if among and with_ == "withdrawal":
            work = rng.choice(among).work
            rest = [a for a in among if a.work != work]
            return rest, remove(rest, now, work, wanted)
        late = Author(f"a{len(everybody)}", f"w{len(everybody)}")
        if excluded and among and rng.random() < 0.5:
            late = changed(late, work=rng.choice(among).work)
        if excluded and among and rng.random() < 0.5:
            late = changed(late, team=rng.choice(among).team)
        everybody.append(late)
        rest = [*among, late]
        return rest, insert(rest, now, late.id, seed, wanted)

    def hold(repair: Repair) -> list[Pairing]:
        assert not any(p.begun or p.done for p in repair.dropped)
        after = mended(now, repair)
        assert len({(p.reviewer, p.work) for p in after}) == len(after)
        # A late author may bring their team to a work that others of it are reviewing already.
        assert_right(everybody, [p for p in after if not p.begun])
        assert {p.reviewer for p in repair.added} <= {a.id for a in authors}
        assert {p.work for p in repair.added} <= {a.work for a in authors}
        return after

    # Nobody has begun.
    for _ in range(rng.randint(0, 4)):
        authors, repair = change(authors, rng.choice(["late", "withdrawal"]))
        now = hold(repair)
        if not excluded:
            assert apart(gives(authors, now)) <= 1
            assert apart(receipts(authors, now)) <= 1

    # Some have: others come late, withdraw, and say that a work is a problem.
    eager = rng.random()
    now = [changed(p, begun=True) if rng.random() < eager else p for p in now]
    for _ in range(rng.randint(0, 2)):
        authors, repair = change(authors, rng.choice(["late", "withdrawal"]))
        now = hold(repair)
    here = {a.id for a in authors}
    mine = [p for p in now if p.reviewer in here]
    problems = rng.sample(mine, min(len(mine), rng.randint(0, 2)))
    for problem in problems:
        instead = replace(authors, now, problem.reviewer, problem.work)
        now = [changed(p, lapsed=True) if p == problem else p for p in now]
        if instead:
            now = hold(Repair(added=(instead,)))

    # Those who come do all of theirs, the rest lapses, and those who came cover it.
    habit = rng.random()
    came = {a.id for a in authors if rng.random() < habit}
    now = [p if p.lapsed else changed(p, done=p.reviewer in came) for p in now]
    now = [changed(p, lapsed=not p.done) for p in now]
    before = receipts(authors, now)
    repair = cover(authors, now, came, wanted)
    now = hold(repair)
    assert repair.dropped == ()
    assert {p.reviewer for p in repair.added} <= came
    over = {who for who, load in gives(authors, now).items() if load > wanted + MOST_MORE}
    assert all(before[p.work] == 0 for p in repair.added if p.reviewer in over)
    new = set(repair.added)
    now = [changed(p, done=True) if p in new else p for p in now]

    # Every work has a review, whoever handed it in, unless nobody is left to ask.
    had = Counter(p.work for p in now if p.done)
    missing = set(unreviewed(authors, now))
    assert missing == {a.work for a in authors if not had[a.work]}
    free = allowed(authors)
    for work in missing:
        able = {who for who in came if work in free[who]}
        assert able <= {p.reviewer for p in problems if p.work == work}, work
    return now


def test_the_laws_hold_in_ten_thousand_cohorts() -> None:
    for number in range(COHORTS):
        try:
            a_course(random.Random(number))
        except AssertionError as error:
            error.add_note(f"in cohort {number}")
            raise
