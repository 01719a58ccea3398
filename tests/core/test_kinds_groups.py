"""Groups: everybody who is there is dealt into one, and whoever comes later finds a place."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved
from bot.chat.message import ChoiceField, Note, People
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from tests.core.cohort import Cohort, button, form, labels, message, of


def grouping(*names: str, size: int = 2, seed: int = 0, **spec: object) -> Cohort:
    """The groups of these people, just dealt."""
    cohort = Cohort(of("groups", size=size, **spec), people=names, seed=seed)
    cohort.open("groups")
    return cohort


def many(count: int) -> list[str]:
    return [f"n{n:02}" for n in range(count)]


def sizes(cohort: Cohort) -> list[int]:
    return sorted(Counter(cohort.held("groups")).values())


@given(st.integers(0, 60), st.integers(2, 9), st.integers(0, 3))
def test_everybody_is_in_one_group_and_groups_are_as_large_as_wanted_give_or_take(
    count: int, size: int, seed: int
) -> None:
    """Sizes differ by one at most; of two people or more nobody is alone."""
    cohort = grouping(*many(count), size=size, seed=seed)
    assert sorted(a.who for a in cohort.dealt("groups")) == [f"p-{name}" for name in many(count)]
    found = sizes(cohort)
    assert not found or max(found) - min(found) <= 1
    if count >= 2:
        assert min(found) >= 2
    if count >= size:
        assert size / 2 <= min(found)
        assert max(found) < 2 * size


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [
        (3, 2, [3]),
        (5, 2, [2, 3]),
        (7, 3, [3, 4]),
        (9, 4, [4, 5]),
        (10, 4, [3, 3, 4]),
        (1, 4, [1]),
    ],
)
def test_of_those_left_over_each_joins_a_group(count: int, size: int, expected: list[int]) -> None:
    assert sizes(grouping(*many(count), size=size)) == expected


def test_the_same_seed_deals_the_same_groups_and_another_one_others() -> None:
    first, again, other = (grouping(*many(20), seed=seed) for seed in (1, 1, 2))
    assert first.assignments == again.assignments
    assert {(a.who, a.what) for a in first.dealt("groups")} != {
        (a.who, a.what) for a in other.dealt("groups")
    }


def test_facilitators_and_those_who_have_left_are_in_no_group() -> None:
    cohort = Cohort(of("groups"), people=("ada", "ben", "cem"))
    cohort.lead()
    cohort.leave("cem")
    cohort.open("groups")
    assert {each.who for each in cohort.dealt("groups")} == {"p-ada", "p-ben"}


def test_the_post_says_who_is_with_whom_and_that_everyone_sees_it() -> None:
    cohort = grouping("ada", "ben", "cem", "dan")
    groups = [block for block in cohort.post("groups").blocks if isinstance(block, People)]
    assert [group.label for group in groups] == ["Group 1", "Group 2"]
    assert sorted(name.text for group in groups for name in group.names) == [
        "Ada", "Ben", "Cem", "Dan",
    ]  # fmt: skip
    assert "Everyone here can see who is in which group." in plain(cohort.post("groups"))


def test_the_post_says_what_the_groups_are_for_and_keeps_its_own_title() -> None:
    cohort = grouping("ada", "ben", task="Sit **together**.", title="Find your table")
    text = plain(cohort.post("groups"))
    assert "Find your table" in text
    assert "Sit together." in text


def test_while_nobody_is_in_a_group_the_post_says_so() -> None:
    assert "Nobody is in a group yet." in plain(grouping().post("groups"))


def test_very_many_groups_are_counted_and_each_sees_their_own() -> None:
    cohort = grouping(*many(26))
    post = cohort.post("groups")
    assert not [block for block in post.blocks if isinstance(block, People)]
    assert "There are 13 groups." in [b.line[0] for b in post.blocks if isinstance(b, Note)]
    mine = message(cohort.press("n00", button(post, "Show my group")))
    (group,) = [block for block in mine.blocks if isinstance(block, People)]
    assert "N00" in [name.text for name in group.names]


def test_after_closing_groups_stay_as_they_are_and_whoever_comes_late_still_finds_one() -> None:
    cohort = grouping("ada", "ben")
    form_to_move = form(cohort.ask("ada", "groups", "move"))
    cohort.close("groups")
    assert labels(cohort.post("groups")) == ["Show my group"]
    assert isinstance(cohort.ask("ada", "groups", "move"), Refused)
    assert isinstance(cohort.send("ada", form_to_move, group="g1"), Refused)
    cohort.end()
    assert labels(cohort.post("groups")) == []


def test_whoever_comes_later_is_put_into_the_smallest_group_once() -> None:
    cohort = grouping(*many(5), size=3)
    small = min(Counter(cohort.held("groups")).items(), key=lambda each: each[1])[0]
    press = button(cohort.post("groups"), "Show my group")
    shown = message(cohort.press("eva", press))
    assert "Eva" in plain(shown)
    assert cohort.held("groups", "eva") == [small]
    again = message(cohort.press("eva", press))
    assert plain(again) == plain(shown)
    assert len(cohort.dealt("groups", "eva")) == 1


@given(st.integers(0, 6), st.integers(1, 30), st.integers(2, 6))
def test_however_many_come_later_groups_stay_about_as_large_as_wanted(
    first: int, later: int, size: int
) -> None:
    """A platform may name nobody until they press something for the first time."""
    cohort = grouping(*many(first), size=size)
    press = button(cohort.post("groups"), "Show my group")
    most = max([*sizes(cohort), size + 1])
    for n in range(later):
        cohort.press(f"late{n}", press)
    assert len(cohort.held("groups")) == first + later
    assert max(sizes(cohort)) <= most


def test_a_facilitator_sees_the_groups_and_is_in_none() -> None:
    cohort = grouping("ada", "ben")
    fay = cohort.lead()
    shown = message(cohort.press(fay, button(cohort.post("groups"), "Show my group")))
    assert "You are in no group." in plain(shown)
    assert "Ada" in plain(shown)
    assert cohort.held("groups", fay) == []
    answer = cohort.send(fay, cohort.callback("groups", "move"), group="g1")
    assert isinstance(answer, Refused)
    assert "Facilitators are in no group" in answer.why


def test_anybody_may_move_and_is_then_in_the_new_group_only() -> None:
    cohort = grouping("ada", "ben", "cem", "dan")
    (was,) = cohort.held("groups", "ada")
    other = "g2" if was == "g1" else "g1"
    shown = form(cohort.look("ada", button(cohort.post("groups"), "Change my group")))
    (field,) = shown.fields
    assert isinstance(field, ChoiceField)
    assert field.value == (was,)
    assert [option.id for option in field.options] == ["g1", "g2"]
    assert all(name in plain(shown) for name in ("Ada", "Ben", "Cem", "Dan"))
    answer = cohort.send("ada", shown, group=other)
    assert isinstance(answer, Saved)
    assert "now" in answer.note
    assert cohort.held("groups", "ada") == [other]
    states = [(each.what, each.state) for each in cohort.dealt("groups", "ada")]
    assert states == [(was, "dropped"), (other, "held")]
    assert sizes(cohort) == [1, 3]


def test_moving_to_where_one_is_changes_nothing() -> None:
    cohort = grouping("ada", "ben")
    answer = cohort.send("ada", cohort.callback("groups", "move"), group="g1")
    assert answer == Saved("That is your group already.")
    assert len(cohort.dealt("groups", "ada")) == 1


@pytest.mark.parametrize("group", ["", "g9", "g1 ", "p-ben", "__proto__"])
def test_nobody_moves_into_a_group_that_there_is_not(group: str) -> None:
    cohort = grouping("ada", "ben", "cem", "dan")
    before = dict(cohort.assignments)
    answer = cohort.send("ada", cohort.callback("groups", "move"), group=group)
    assert isinstance(answer, Correct)
    assert set(answer.errors) == {"group"}
    assert cohort.assignments == before


def test_whoever_has_left_is_named_in_no_group_any_more() -> None:
    cohort = grouping("ada", "ben", "cem", "dan")
    cohort.leave("cem")
    assert "Cem" not in plain(cohort.post("groups"))
    shown = form(cohort.ask("ada", "groups", "move"))
    assert "Cem" not in plain(shown)


def test_the_evidence_has_the_group_one_is_in_and_those_one_was_in() -> None:
    cohort = grouping("ada", "ben", "cem", "dan")
    (was,) = cohort.held("groups", "ada")
    other = "g2" if was == "g1" else "g1"
    cohort.send("ada", cohort.callback("groups", "move"), group=other)
    found = KINDS["groups"].allotted(cohort.scene("groups"))
    mine = [(a.of_name, a.assignment.state) for a in found if a.assignment.who == "p-ada"]
    assert sorted(mine, key=lambda each: each[1]) == [
        (f"Group {was[1:]}", "dropped"),
        (f"Group {other[1:]}", "held"),
    ]
