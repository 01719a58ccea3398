"""Where groups meet: each in a thread or a place of its own, as far as there are any."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Party, Person
from bot.chat.answer import Saved
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.facilitation.activities import KINDS
from bot.facilitation.pace import Pace
from bot.facilitation.state import Owed
from tests.core.cohort import FAY, Cohort, button, labels, of
from tests.core.making import MAIN, a_lesson, a_phase, an_activity

POSTS_A_PHASE = 5


def many(count: int) -> list[str]:
    return [f"n{n:02}" for n in range(count)]


def meeting(
    *names: str,
    meet: str = "places",
    beside: int = 0,
    able: Capabilities | None = None,
    size: int = 2,
) -> Cohort:
    """The groups of these people, just dealt in the middle of a lesson, with work to hand in.

    ``beside`` counts the further posts of their phase.
    """
    groups = of("groups", size=size, meet=meet, task="Sort the *mails*.")
    cohort = Cohort(groups, people=names)
    work = of("submission", by="group")
    posts = (an_activity("prompt", id=f"post{n}", phase="Elaborate") for n in range(beside))
    lesson = a_lesson(
        a_phase("Engage", an_activity("prompt")),
        a_phase("Elaborate", groups, *posts),
        a_phase("Extend", work),
        a_phase("Evaluate", an_activity("prompt", phase="Evaluate")),
    )
    cohort.run = replace(cohort.run, lesson=lesson)
    cohort.capabilities = able or Capabilities()
    cohort.open("groups")
    return cohort


def told(cohort: Cohort) -> list[Owed]:
    """The messages to groups, in the order in which they were owed."""
    return [owed for owed in cohort.owed.values() if owed.purpose == "group"]


def shown(cohort: Cohort, owed: Owed) -> Message:
    """What one of them says now."""
    return KINDS["groups"].tell(cohort.scene("groups"), owed.purpose, owed.about)


def still_said(cohort: Cohort, owed: Owed) -> bool:
    return KINDS["groups"].still_said(cohort.scene("groups"), owed.purpose, owed.about)


def party(owed: Owed) -> Party:
    assert isinstance(owed.to, Party)
    return owed.to


def people(owed: Owed) -> set[str]:
    return {person.id for person in party(owed).people}


def move(cohort: Cohort, name: str) -> tuple[str, str]:
    """Somebody goes to the next group: from where, and to where."""
    (was,) = cohort.held("groups", name)
    other = "g2" if was == "g1" else "g1"
    assert isinstance(cohort.send(name, cohort.callback("groups", "move"), group=other), Saved)
    return was, other


def test_groups_that_meet_here_are_told_nothing_more() -> None:
    cohort = meeting("ada", "ben", "cem", "dan", meet="here")
    assert told(cohort) == []
    assert cohort.redrawn == []
    assert "thread" not in plain(cohort.post("groups"))


# -- places


def test_each_group_is_told_in_a_place_of_its_own_with_the_facilitator() -> None:
    cohort = meeting("ada", "ben", "cem", "dan")
    first, second = told(cohort)
    assert people(first) | people(second) == {"ada", "ben", "cem", "dan", "fay"}
    assert people(first) & people(second) == {"fay"}
    assert [party(owed).name for owed in (first, second)] == ["permits-group-1", "permits-group-2"]
    assert party(first).key != party(second).key
    text = plain(shown(cohort, first))
    assert "Group 1: " in text
    assert "Sort the mails." in text
    assert "Only this group and your facilitator can read" in text
    assert "a place of its own" in plain(cohort.post("groups"))


def test_a_facilitator_of_another_platform_is_in_no_place() -> None:
    cohort = Cohort(of("groups", meet="places"), people=("ada", "ben"))
    cohort.run = replace(cohort.run, facilitators=(FAY, Person("room", "local", "gil")))
    cohort.open("groups")
    (owed,) = told(cohort)
    assert people(owed) == {"ada", "ben", "fay"}


def test_what_to_hand_in_is_behind_a_button_once_it_is_open() -> None:
    cohort = meeting("ada", "ben", "cem", "dan")
    first = told(cohort)[0]
    assert labels(shown(cohort, first)) == ["My part"]
    cohort.redrawn.clear()
    cohort.open("submission")
    assert set(cohort.redrawn) == {(owed.opening, owed.about) for owed in told(cohort)}
    name = min(people(first) - {"fay"})
    answer = cohort.look(name, button(shown(cohort, first), "Hand in"))
    assert "Your group and your facilitator can read it." in str(answer)
    assert labels(shown(cohort, first)) == ["Hand in", "My part"]


@pytest.mark.parametrize("meet", ["places", "threads"])
def test_closing_and_ending_change_nothing_there(meet: str) -> None:
    cohort = meeting("ada", "ben", "cem", "dan", meet=meet)
    before = [plain(shown(cohort, owed)) for owed in told(cohort)]
    cohort.redrawn.clear()
    cohort.close("groups")
    cohort.end()
    assert cohort.redrawn == []
    assert [plain(shown(cohort, owed)) for owed in told(cohort)] == before


def test_whoever_moves_is_told_of_with_the_group_they_leave_and_the_one_they_join() -> None:
    cohort = meeting("ada", "ben", "cem", "dan")
    before = {party(owed).key: owed for owed in told(cohort)}
    cohort.redrawn.clear()
    was, other = move(cohort, "ada")
    new = {party(owed).key: owed for owed in told(cohort)[2:]}
    assert set(new) == set(before)
    joined = next(owed for owed in new.values() if "ada" in people(owed))
    left = next(owed for owed in new.values() if "ada" not in people(owed))
    assert (joined.about[:2], left.about[:2]) == (other, was)
    assert "Ada" in plain(shown(cohort, joined))
    assert "Ada" not in plain(shown(cohort, left))
    for owed in before.values():
        assert "goes on in a newer message" in plain(shown(cohort, owed))
        assert (owed.opening, owed.about) in cohort.redrawn
        assert not still_said(cohort, owed)
    assert all(still_said(cohort, owed) for owed in new.values())


def test_whoever_comes_back_is_told_anew() -> None:
    cohort = meeting("ada", "ben", "cem", "dan")
    was, _ = move(cohort, "ada")
    assert move(cohort, "ada")[1] == was
    mine = [owed for owed in told(cohort) if owed.about.startswith(f"{was}.")]
    assert len(mine) == 3
    assert mine[0].to == mine[2].to
    assert [still_said(cohort, owed) for owed in mine] == [False, False, True]


def test_a_group_that_nobody_is_in_any_more_is_told_nothing_new() -> None:
    cohort = meeting("ada", "ben", "cem", "dan")
    stay = cohort.held("groups", "ada")[0]
    for name in ("ben", "cem", "dan"):
        if cohort.held("groups", name) != [stay]:
            move(cohort, name)
    gone = next(owed for owed in told(cohort) if not owed.about.startswith(f"{stay}."))
    assert plain(shown(cohort, gone)).endswith("Nobody is in this group any more.")
    newest = told(cohort)[-1]
    assert people(newest) == {"ada", "ben", "cem", "dan", "fay"}


def test_whoever_comes_later_is_told_with_their_group() -> None:
    cohort = meeting("ada", "ben", "cem", "dan", size=3)
    cohort.press("eva", button(cohort.post("groups"), "Show my group"))
    newest = told(cohort)[-1]
    assert "eva" in people(newest)
    assert "Eva" in plain(shown(cohort, newest))
    assert not any("eva" in people(owed) for owed in told(cohort)[:-1])


def test_whoever_left_the_lesson_is_in_no_new_place_and_spoils_no_old_one() -> None:
    cohort = meeting("ada", "ben", "cem", "dan", size=4)
    (owed,) = told(cohort)
    cohort.leave("cem")
    assert still_said(cohort, owed)
    cohort.press("eva", button(cohort.post("groups"), "Show my group"))
    assert people(told(cohort)[-1]) == {"ada", "ben", "dan", "eva", "fay"}


@given(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=12), st.integers(2, 4))
def test_however_people_come_and_move_the_newest_messages_are_to_the_groups_as_they_are(
    first: int, moves: list[int], size: int
) -> None:
    """One message of each group is not superseded, and it is to exactly who is in it."""
    cohort = meeting(*many(first), size=size)
    for n in moves:
        name = f"n{n:02}"
        if not cohort.held("groups", name) if name in cohort.people else True:
            cohort.press(name, cohort.callback("groups", "join"))
        elif len(set(cohort.held("groups"))) > 1:
            others = sorted({*cohort.held("groups")} - {*cohort.held("groups", name)})
            cohort.send(name, cohort.callback("groups", "move"), group=others[n % len(others)])
    current = [owed for owed in told(cohort) if still_said(cohort, owed)]
    now = {party(owed).key.rpartition(".")[2]: people(owed) - {"fay"} for owed in current}
    seats = {name: cohort.held("groups", name) for name in cohort.people}
    groups = {group for held in seats.values() for group in held}
    assert now == {group: {n for n, held in seats.items() if held == [group]} for group in groups}
    assert len(current) == len(now)
    assert all(count == 1 for count in Counter(owed.key for owed in told(cohort)).values())


# -- threads


NO_PLACES = Capabilities(open_place=False)


@pytest.mark.parametrize(("meet", "able"), [("threads", Capabilities()), ("places", NO_PLACES)])
def test_each_group_has_a_post_whose_thread_is_theirs(meet: str, able: Capabilities) -> None:
    cohort = meeting("ada", "ben", "cem", "dan", meet=meet, able=able)
    posts = told(cohort)
    assert [owed.to for owed in posts] == [MAIN, MAIN]
    texts = [plain(shown(cohort, owed)) for owed in posts]
    assert [text.splitlines()[0][:8] for text in texts] == ["Group 1:", "Group 2:"]
    assert all("Work here, in this thread." in text for text in texts)
    assert all("Everyone here can read this thread. Replies are kept" in text for text in texts)
    assert all(shown(cohort, owed).invites_replies for owed in posts)
    assert "Each group works in a thread of its own" in plain(cohort.post("groups"))
    assert not cohort.post("groups").invites_replies


def test_a_move_edits_the_posts_of_both_groups_and_makes_no_new_one() -> None:
    cohort = meeting("ada", "ben", "cem", "dan", meet="threads")
    posts = told(cohort)
    cohort.redrawn.clear()
    _, other = move(cohort, "ada")
    assert told(cohort) == posts
    assert set(cohort.redrawn) == {(posts[0].opening, "g1"), (posts[0].opening, "g2")}
    assert [("Ada" in plain(shown(cohort, owed))) for owed in posts] == [
        owed.about == other for owed in posts
    ]


@given(st.integers(0, 16), st.integers(0, 4), st.integers(0, 9))
def test_a_phase_never_has_more_posts_than_five(first: int, beside: int, later: int) -> None:
    """With more groups than there is room for all share the thread of the groups' post."""
    cohort = meeting(*many(first), meet="threads", beside=beside)
    count, room = len(set(cohort.held("groups")) or {"g1"}), POSTS_A_PHASE - 1 - beside
    assert len(told(cohort)) == (count if count <= room else 0)
    for n in range(later):
        cohort.press(f"late{n}", cohort.callback("groups", "join"))
    assert len(told(cohort)) <= room
    groups = len(set(cohort.held("groups")) or {"g1"})
    alone = len(told(cohort)) >= groups
    assert cohort.post("groups").invites_replies is not alone
    assert ("thread of this post" in plain(cohort.post("groups"))) is not alone


def test_over_days_the_one_post_a_day_is_left_alone() -> None:
    cohort = Cohort(of("groups", meet="threads"), people=("ada", "ben"))
    cohort.run = replace(cohort.run, pace=Pace())
    cohort.open("groups")
    assert told(cohort) == []
    assert "thread" not in plain(cohort.post("groups"))


def test_where_replies_are_not_heard_nobody_is_told_that_they_are_kept() -> None:
    for able in (Capabilities(hears_replies=False), replace(NO_PLACES, hears_replies=False)):
        cohort = meeting("ada", "ben", "cem", "dan", able=able)
        for owed in told(cohort):
            assert "It is not kept with the lesson." in plain(shown(cohort, owed))


def test_a_platform_without_threads_and_places_has_the_groups_here() -> None:
    able = Capabilities(threads=False, open_place=False)
    for meet in ("threads", "places"):
        assert told(meeting("ada", "ben", meet=meet, able=able)) == []
