"""The cast of a rehearsal: who they are and what habits they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from bot.rehearsal.names import Language
from bot.rehearsal.personas import MOST, Habit, Persona, cast


def a_cast(seed: int = 1, count: int = 100) -> tuple[Persona, ...]:
    return cast(seed, count, "memory", "town")


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert a_cast(7) == a_cast(7)
    assert {p.name for p in a_cast(7)} != {p.name for p in a_cast(8)}


def test_a_thousand_people_have_a_thousand_names_and_ids() -> None:
    people = a_cast(count=MOST)
    assert len({p.name for p in people}) == len({p.person for p in people}) == MOST


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one() -> None:
    assert a_cast(count=30)[:5] == a_cast(count=5)


@pytest.mark.parametrize("count", [0, -1, MOST + 1])
def test_a_cohort_of_nobody_or_of_too_many_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 1,000 people"):
        a_cast(count=count)


def test_people_are_where_they_were_cast() -> None:
    assert {(p.person.platform, p.person.tenant) for p in a_cast()} == {("memory", "town")}


@pytest.mark.parametrize("seed", range(5))
def test_every_fourth_is_there_from_the_start_and_always_answers_in_time(seed: int) -> None:
    habits = [p.habit for p in a_cast(seed)[::4]]
    assert {(h.silence, h.tardiness, h.misses) for h in habits} == {(0.0, 0.0, 0.0)}
    assert {(h.regrets, h.gives_up, h.leaves) for h in habits} == {(0.0, 0.0, None)}


def test_a_cohort_has_people_of_every_habit() -> None:
    habits = [p.habit for p in a_cast(count=200)]
    assert {h.pace for h in habits} == {"early", "steady", "late"}
    assert {h.style for h in habits} == {"terse", "plain", "wordy"}
    assert {h.language for h in habits} == set(get_args(Language))
    assert any(h.silence > 0.5 for h in habits)
    assert any(h.tardiness for h in habits)
    assert any(h.misses for h in habits)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("has", "least", "most"),
    [
        (lambda h: h.silence == 1, 0.02, 0.09),
        (lambda h: h.leaves, 0.03, 0.12),
        (lambda h: h.regrets, 0.12, 0.26),
        (lambda h: h.translates, 0.1, 0.3),
        (lambda h: h.double_clicks, 0.3, 0.5),
        (lambda h: h.floods, 0.15, 0.35),
        (lambda h: h.gives_up > 0.1, 0.1, 0.28),
    ],
    ids="silent leaves regrets translates double-clicks floods gives-up".split(),
)
def test_each_habit_has_its_share_of_a_large_cohort(
    has: Callable[[Habit], object], least: float, most: float, seed: int
) -> None:
    people = a_cast(seed, 600)
    share = sum(bool(has(person.habit)) for person in people) / len(people)
    assert least < share < most
