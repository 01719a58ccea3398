"""A poll counts every vote that stands, once, and shows the count only to whom it may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved, Show
from bot.chat.callback import MAX_LENGTH, Callback
from bot.chat.message import (
    Buttons,
    Choices,
    Form,
    Listing,
    Live,
    Message,
    Tally,
    TextField,
)
from bot.chat.plain import plain
from bot.chat.text import UserText
from bot.facilitation.state import Given
from tests.core.making import Desk

Results = Literal["live", "after", "close"]
RESULTS: tuple[Results, ...] = ("live", "after", "close")
NAMES = st.sampled_from(["ben", "eve", "kim", "lou"])
OPTIONS = st.sampled_from(["data", "model", "people", "nonsense"])
STEPS = st.lists(
    st.one_of(
        st.tuples(NAMES, st.lists(OPTIONS, max_size=3)),
        st.tuples(NAMES, st.text(max_size=20)),
    ),
    max_size=12,
)


def poll(**spec: Any) -> Desk:
    return Desk("poll", **spec)


def play(desk: Desk, steps: list[tuple[str, list[str] | str]]) -> None:
    """Each step is somebody's pick of options, or their own words."""
    for name, what in steps:
        if isinstance(what, str):
            desk.submit(name, "other", other=what)
        else:
            desk.pick(name, *what)


def say(desk: Desk) -> Message:
    message = desk.kind.say(desk.scene())
    assert isinstance(message, Message)
    return message


def tallies(message: Message) -> list[Tally]:
    return [block for block in message.blocks if isinstance(block, Tally)]


def seen(desk: Desk, name: str) -> Message:
    shown = desk.look(name, "results")
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Message)
    return shown.what


def counts(message: Message) -> dict[str, int]:
    (tally,) = tallies(message)
    return {str(bar.label): bar.count for bar in tally.bars}


def choices(message: Message) -> list[Choices]:
    return [block for block in message.blocks if isinstance(block, Choices)]


# -- voting


def test_a_vote_is_saved_and_said_to_be() -> None:
    desk = poll()
    verdict = desk.pick("ben", "data")
    assert isinstance(verdict.answer, Saved)
    assert "saved" in verdict.answer.note
    assert desk.given("ben", "vote") == Given(("data",))


def test_a_changed_vote_counts_once_and_its_first_version_is_kept() -> None:
    desk = poll(results="live")
    desk.pick("ben", "data")
    desk.pick("ben", "model")
    assert counts(say(desk)) == {"The data": 0, "The model": 1, "The people": 0}
    assert len(desk.versions) == 2


@pytest.mark.parametrize("options", [(), ("nonsense",), ("data", "model"), ("other",)])
def test_a_pick_that_does_not_fit_a_single_choice_is_refused(options: tuple[str, ...]) -> None:
    desk = poll(other=True)
    desk.pick("ben", "people")
    assert isinstance(desk.pick("ben", *options).answer, Refused)
    assert desk.given("ben", "vote") == Given(("people",))


def test_several_choices_stand_together_each_once() -> None:
    desk = poll(multiple=True, results="live")
    desk.pick("ben", "data", "people", "data")
    assert desk.given("ben", "vote") == Given(("data", "people"))
    desk.pick("ben", "model")
    assert desk.given("ben", "vote") == Given(("model",))


def test_one_unknown_option_among_several_refuses_them_all() -> None:
    desk = poll(multiple=True)
    assert isinstance(desk.pick("ben", "data", "nonsense").answer, Refused)
    assert not desk.versions


# -- own words


def test_own_words_take_the_place_of_a_single_choice_and_the_other_way_round() -> None:
    desk = poll(other=True)
    desk.pick("ben", "data")
    desk.submit("ben", "other", other="The budget")
    assert desk.given("ben", "vote") == Given(("other",), UserText("The budget"))
    desk.pick("ben", "data")
    assert desk.given("ben", "vote") == Given(("data",))


def test_own_words_stand_beside_several_choices_until_they_are_emptied() -> None:
    desk = poll(other=True, multiple=True)
    desk.pick("ben", "data")
    desk.submit("ben", "other", other="The budget")
    desk.pick("ben", "model")
    assert desk.given("ben", "vote") == Given(("model", "other"), UserText("The budget"))
    shown = desk.look("ben", "other")
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Form)
    (field,) = shown.what.fields
    assert not field.required
    desk.submit("ben", "other", other=" ")
    assert desk.given("ben", "vote") == Given(("model",))


@pytest.mark.parametrize("results", RESULTS)
def test_in_a_post_that_others_share_own_words_are_read_behind_a_button(results: Results) -> None:
    desk = poll(other=True, results=results)
    desk.submit("ben", "other", other="The budget")
    before = desk.kind.say(replace(desk.scene(), shared=True))
    assert ("Read the answers" in plain(before)) is (results == "live")
    desk.close()
    assert "The budget" in plain(desk.kind.say(desk.scene()))
    message = desk.kind.say(replace(desk.scene(), shared=True))
    assert "The budget" not in plain(message)
    assert any(isinstance(block, Tally) for block in message.blocks)
    assert "Read the answers" in plain(message)
    shown = desk.look("eve", "results")
    assert isinstance(shown, Show)
    assert "The budget" in plain(shown.what)
    assert "Ben" not in plain(shown.what)


def test_of_very_many_own_words_the_newest_are_shown_and_the_others_counted() -> None:
    desk = poll(other=True, results="live")
    for n in range(60):
        desk.submit(f"n{n:02}", "other", other=f"Number {n}.")
    shown = desk.look("eve", "results")
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Message)
    (words,) = [block for block in shown.what.blocks if isinstance(block, Listing)]
    assert words.items == tuple((UserText(f"Number {n}."),) for n in range(10, 60))
    assert "10 earlier answers" in plain(shown.what)
    assert "60 answered" in plain(shown.what)


@pytest.mark.parametrize("multiple", [False, True])
def test_no_words_at_all_are_handed_back(multiple: bool) -> None:
    desk = poll(other=True, multiple=multiple)
    assert isinstance(desk.submit("ben", "other", other="  ").answer, Correct)
    assert not desk.versions


def test_a_poll_of_its_own_options_takes_no_own_words() -> None:
    desk = poll()
    assert isinstance(desk.submit("ben", "other", other="The budget").answer, Refused)
    assert isinstance(desk.look("ben", "other"), Refused)
    assert not desk.versions


def test_the_form_for_own_words_keeps_them_and_shows_nobody_elses() -> None:
    desk = poll(other=True)
    desk.submit("ben", "other", other="The budget")
    for name, words in (("ben", UserText("The budget")), ("eve", None)):
        shown = desk.look(name, "other")
        assert isinstance(shown, Show)
        assert isinstance(shown.what, Form)
        (field,) = shown.what.fields
        assert isinstance(field, TextField)
        assert field.value == words


@given(st.text(min_size=1).filter(str.strip))
def test_own_words_stand_in_the_results_as_written_and_without_a_name(words: str) -> None:
    desk = poll(other=True)
    desk.submit("ben", "other", other=words)
    desk.close()
    message = say(desk)
    (live,) = [block for block in message.blocks if isinstance(block, Live)]
    (listing,) = [block for block in live.blocks if isinstance(block, Listing)]
    assert listing.items == ((UserText(words),),)
    assert counts(message)["Something else"] == 1
    assert not any(block for block in message.blocks if "Ben" in repr(block) and "Ben" not in words)


# -- counting


@given(STEPS, st.booleans())
def test_a_single_choices_bars_add_up_to_the_people_who_stand(
    steps: list[tuple[str, list[str] | str]], other: bool
) -> None:
    desk = poll(results="live", other=other)
    play(desk, steps)
    (tally,) = tallies(say(desk))
    assert sum(bar.count for bar in tally.bars) == tally.people == len(desk.standing())


@given(STEPS, st.booleans())
def test_several_choices_bars_count_every_choice_that_stands(
    steps: list[tuple[str, list[str] | str]], other: bool
) -> None:
    desk = poll(results="live", multiple=True, other=other)
    play(desk, steps)
    (tally,) = tallies(say(desk))
    standing = [response.given for response in desk.standing() if response.given]
    assert tally.people == len(standing)
    assert sum(bar.count for bar in tally.bars) == sum(len(each.options) for each in standing)
    assert all(bar.count <= tally.people for bar in tally.bars)


def test_a_question_asked_in_the_thread_is_no_vote() -> None:
    desk = poll(results="close")
    desk.reply("ben", "What do you mean by people?")
    desk.pick("eve", "data")
    assert "1 of 2 have answered" in plain(say(desk))
    desk.close()
    assert tallies(say(desk))[0].people == 1


# -- who sees the results, and when


@given(STEPS, st.sampled_from(RESULTS), st.booleans(), st.booleans())
def test_a_post_shows_a_tally_only_live_or_closed(
    steps: list[tuple[str, list[str] | str]], results: Results, multiple: bool, closed: bool
) -> None:
    desk = poll(results=results, multiple=multiple, other=True)
    play(desk, steps)
    if closed:
        desk.close()
    message = say(desk)
    assert bool(tallies(message)) is (results == "live" or closed)
    assert bool(choices(message)) is not closed
    if not tallies(message):
        words = [r.given.text.text for r in desk.standing() if r.given and r.given.text]
        blocks = [
            b for one in message.blocks for b in (one.blocks if isinstance(one, Live) else [one])
        ]
        assert not any(isinstance(block, Listing) for block in blocks)
        assert not any(UserText(each) in getattr(b, "line", ()) for b in blocks for each in words)


@given(STEPS, NAMES, st.sampled_from(RESULTS))
def test_results_open_only_for_whom_they_may(
    steps: list[tuple[str, list[str] | str]], name: str, results: Results
) -> None:
    desk = poll(results=results, other=True)
    play(desk, steps)
    shown = desk.look(name, "results")
    voted = desk.given(name, "vote") is not None
    allowed = {"live": True, "after": voted, "close": False}[results]
    assert isinstance(shown, Show) is allowed


def test_who_has_not_voted_is_told_to_vote_first() -> None:
    desk = poll(results="after")
    desk.pick("ben", "data")
    shown = desk.look("eve", "results")
    assert isinstance(shown, Refused)
    assert "Vote first" in shown.why


def test_once_closed_the_results_are_everybodys() -> None:
    desk = poll(results="after")
    desk.pick("ben", "data")
    desk.close()
    assert counts(seen(desk, "eve"))["The data"] == 1
    assert "You can change it" not in plain(seen(desk, "ben"))


@pytest.mark.parametrize(("results", "then"), [("live", ""), ("after", "results"), ("close", "")])
def test_after_voting_the_results_open_where_they_may(results: Results, then: str) -> None:
    desk = poll(results=results)
    assert desk.pick("ben", "data").then == then
    if then:
        assert "Your vote is saved" in plain(seen(desk, "ben"))


@pytest.mark.parametrize("results", RESULTS)
def test_a_poll_says_who_sees_what_before_anybody_votes(results: Results) -> None:
    text = plain(say(poll(results=results)))
    assert "everyone sees" in text.lower()
    assert "facilitator can see who chose what" in text


def test_votes_count_in_time_only() -> None:
    assert poll().kind.late_answers is False
    assert Desk("discussion").kind.late_answers is True


# -- callbacks


@pytest.mark.parametrize("multiple", [False, True])
def test_everything_to_press_carries_this_opening_and_this_post(multiple: bool) -> None:
    desk = poll(other=True, multiple=multiple)
    message = say(desk)
    buttons = [b for block in message.blocks if isinstance(block, Buttons) for b in block.buttons]
    sent = [*(c.callback for c in choices(message)), *(b.callback for b in buttons)]
    assert [Callback.decode(each).verb for each in sent] == ["vote", "other", "results"]
    for each in sent:
        callback = Callback.decode(each)
        assert (callback.target, callback.delivery) == (desk.opening.id, desk.scene().delivery)
        assert len(each) <= MAX_LENGTH


def test_the_options_are_the_authors_in_their_order() -> None:
    desk = poll(other=True)
    (asked,) = choices(say(desk))
    assert [(o.id, o.label) for o in asked.options] == [
        ("data", "The data"),
        ("model", "The model"),
        ("people", "The people"),
    ]
    (question,) = desk.kind.questions(desk.spec)
    assert question.options[-1] == ("other", "Something else")
