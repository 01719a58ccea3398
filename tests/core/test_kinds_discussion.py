"""A discussion is answered in its thread; where no thread is heard, by form, and shown there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.message import Button, Buttons, Choices, Form, Message, Quote, TextField
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.changes import delivery_key
from bot.facilitation.state import Given
from tests.core.making import HELPS, MAIN, Desk

DEAF = Capabilities(hears_replies=False)
THREADLESS = Capabilities(threads=False, hears_replies=False)
WORDS = st.text(min_size=1).filter(str.strip)


def words(text: str) -> Given:
    return Given(text=UserText(text))


def say(desk: Desk) -> Message:
    message = desk.kind.say(desk.scene())
    assert isinstance(message, Message)
    return message


def buttons(message: Message) -> list[Button]:
    """The activity's own, without those that help with any."""
    every = [b for block in message.blocks if isinstance(block, Buttons) for b in block.buttons]
    return [button for button in every if button.label not in HELPS]


def form_of(desk: Desk, name: str) -> Form:
    shown = desk.look(name, "answer")
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Form)
    return shown.what


def test_a_discussion_asks_its_question_and_points_to_the_thread() -> None:
    text = plain(say(Desk("discussion")))
    assert "What went wrong in the parking case?" in text
    assert "Reply in the thread" in text
    assert "Everyone here can read what you write." in text


@given(WORDS, WORDS)
def test_every_reply_is_an_answer_of_its_own(first: str, second: str) -> None:
    desk = Desk("discussion")
    desk.reply("ben", first, id="r1")
    desk.reply("ben", second, id="r2")
    assert desk.given("ben", "reply:r1") == words(first)
    assert desk.given("ben", "reply:r2") == words(second)


def test_an_edited_reply_stands_as_it_reads_now_and_its_first_wording_is_kept() -> None:
    desk = Desk("discussion")
    desk.reply("ben", "The date")
    desk.edit("ben", "The data")
    assert desk.given("ben", "reply:r1") == words("The data")
    assert [v.given for v in desk.versions] == [words("The date"), words("The data")]


def test_an_edit_that_arrives_before_its_reply_stands_all_the_same() -> None:
    desk = Desk("discussion")
    desk.edit("ben", "The data")
    desk.reply("ben", "The date", late_by=30)
    assert desk.given("ben", "reply:r1") == words("The data")
    assert len(desk.versions) == 2


def test_a_deleted_reply_stands_no_more_even_if_it_arrives_afterwards() -> None:
    desk = Desk("discussion")
    desk.reply("ben", "Oops", id="r1")
    desk.delete("ben", id="r1")
    desk.delete("eve", id="r2")
    desk.reply("eve", "Oops", id="r2", late_by=30)
    assert desk.given("ben", "reply:r1") is None
    assert desk.given("eve", "reply:r2") is None
    assert desk.kind.answered(desk.scene()) == 0


def test_the_turnout_counts_learners_once_and_facilitators_never() -> None:
    desk = Desk("discussion")
    desk.join("grace", "facilitator")
    desk.join("eve")
    for reply in ("r1", "r2"):
        desk.reply("ben", "I think so", id=reply)
    desk.reply("grace", "Interesting!", id="r3")
    assert "1 of 2 have answered" in plain(say(desk))


def test_where_there_is_no_thread_the_post_carries_a_form() -> None:
    desk = Desk("discussion", THREADLESS)
    message = say(desk)
    (button,) = buttons(message)
    assert "thread" not in plain(message)
    assert button.does == "open"
    assert button.form
    assert button.form.callback == button.callback
    assert Callback.decode(button.callback).target == desk.opening.id
    assert [field.id for field in button.form.fields] == ["answer"]


@given(WORDS, WORDS)
def test_the_form_keeps_what_was_written_and_lets_it_be_changed(first: str, second: str) -> None:
    desk = Desk("discussion", THREADLESS)
    assert isinstance(desk.submit("ben", "answer", answer=first).answer, Saved)
    (field,) = form_of(desk, "ben").fields
    assert isinstance(field, TextField)
    assert field.value == UserText(first)
    desk.submit("ben", "answer", answer=second)
    assert desk.given("ben", "answer") == words(second)
    assert len(desk.versions) == 2


def test_what_came_by_form_stands_in_the_post_for_everyone_and_in_nobody_elses_form() -> None:
    desk = Desk("discussion", THREADLESS)
    desk.submit("ben", "answer", answer="My own view")
    assert "My own view" not in plain(form_of(desk, "eve"))
    assert "Ben: My own view" in plain(say(desk))


def test_an_emptied_answer_is_taken_back_and_its_wording_kept_as_a_version() -> None:
    desk = Desk("discussion", THREADLESS)
    desk.submit("ben", "answer", answer="My own view")
    verdict = desk.submit("ben", "answer", answer="  ")
    assert isinstance(verdict.answer, Saved)
    assert "Taken back" in verdict.answer.note
    assert desk.given("ben", "answer") is None
    assert [version.given for version in desk.versions] == [words("My own view"), None]
    assert "My own view" not in plain(say(desk))
    assert "0 of 1" in plain(say(desk))
    # What is gone cannot be taken back again.
    assert isinstance(desk.submit("ben", "answer", answer="").answer, Correct)


def test_whoever_has_an_answer_can_empty_it_in_their_own_form_alone() -> None:
    """The form in the post is blank for everyone, so of it only what is filled in counts."""
    desk = Desk("discussion", THREADLESS)
    (button,) = buttons(say(desk))
    assert button.form
    assert [field.required for field in button.form.fields] == [True]
    assert [field.required for field in form_of(desk, "ben").fields] == [True]
    desk.submit("ben", "answer", answer="My own view")
    assert [field.required for field in form_of(desk, "ben").fields] == [False]


# -- in a post that others share


def shared(desk: Desk) -> Message:
    message = desk.kind.say(replace(desk.scene(), shared=True))
    assert isinstance(message, Message)
    return message


def read(desk: Desk, name: str) -> Message:
    shown = desk.look(name, "answers")
    assert isinstance(shown, Show)
    assert isinstance(shown.what, Message)
    return shown.what


def test_in_a_post_that_others_share_answers_are_read_behind_a_button() -> None:
    desk = Desk("discussion", THREADLESS)
    assert "Nobody has written" in plain(read(desk, "eve"))
    desk.submit("ben", "answer", answer="My own view")
    message = shared(desk)
    assert "My own view" not in plain(message)
    assert "1 of 2 have answered" in plain(message)
    assert [b.label for b in buttons(message)] == ["Write your answer", "Read the answers"]
    assert Callback.decode(buttons(message)[1].callback).verb == "answers"
    assert "Ben: My own view" in plain(read(desk, "eve"))
    desk.submit("ben", "answer", answer="")
    assert "My own view" not in plain(read(desk, "eve"))


def test_of_very_many_answers_the_newest_are_shown_and_the_others_counted() -> None:
    desk = Desk("discussion", THREADLESS)
    for n in range(53):
        desk.submit(f"n{n}", "answer", answer=f"Number {n}.")
    quotes = [b for b in read(desk, "ben").blocks if isinstance(b, Quote)]
    assert [quote.said.text for quote in quotes] == [f"Number {n}." for n in range(3, 53)]
    assert "3 earlier answers" in plain(read(desk, "ben"))


def test_very_long_answers_are_shown_whole_or_not_at_all() -> None:
    desk = Desk("discussion", THREADLESS)
    for name in ("ann", "ben", "eve"):
        desk.submit(name, "answer", answer="x" * 20_000)
    quotes = [b for b in read(desk, "ben").blocks if isinstance(b, Quote)]
    assert [quote.said.text for quote in quotes] == ["x" * 20_000]
    desk.submit("ann", "answer", answer="x" * 40_000)
    quotes = [b for b in read(desk, "ben").blocks if isinstance(b, Quote)]
    assert [quote.said.text for quote in quotes] == ["x" * 40_000]
    assert "2 earlier answers" in plain(read(desk, "ben"))


# -- in a thread in which nobody is heard


def in_thread(desk: Desk) -> Message:
    """What stands in the thread now; it was owed once, as a reply to the post."""
    (key,) = {owed.key for owed in desk.owed}
    (owed, *_) = desk.owed
    assert owed.key == key
    assert owed.parent == delivery_key(desk.run.id, desk.opening.id, "activity", 1, MAIN)
    assert owed.to == MAIN
    return desk.kind.tell(desk.scene(), owed.purpose, owed.about)


def test_where_a_thread_is_not_heard_the_post_has_a_form_and_says_where_answers_stand() -> None:
    desk = Desk("discussion", DEAF)
    desk.submit("ben", "answer", answer="My own view")
    for message in (say(desk), shared(desk)):
        text = plain(message)
        assert "Answer with the button: what you type in the thread does not reach me." in text
        assert "Everyone’s answers stand in the thread." in text
        assert "My own view" not in text
        assert [b.label for b in buttons(message)] == ["Write your answer", "Read the answers"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.text(max_size=9)), max_size=30))
def test_the_thread_shows_the_newest_answer_of_everyone_in_one_reply(
    said: list[tuple[str, str]],
) -> None:
    desk = Desk("discussion", DEAF)
    newest: dict[str, str] = {}
    for name, text in said:
        desk.submit(name, "answer", answer=text)
        newest.pop(name, None)
        if text.strip():
            newest[name] = text
    if not desk.owed:
        assert not newest
        return
    quotes = [block for block in in_thread(desk).blocks if isinstance(block, Quote)]
    shown = [(quote.by and quote.by.text, quote.said.text) for quote in quotes]
    assert shown == [(name.title(), text) for name, text in newest.items()]


def test_every_answer_has_the_reply_in_the_thread_drawn_again() -> None:
    desk = Desk("discussion", DEAF)
    for answer in ("One", "Two", ""):
        desk.submit("ben", "answer", answer=answer)
    assert [about for _, about in desk.redrawn] == [desk.owed[0].about] * 3
    assert {opening for opening, _ in desk.redrawn} == {desk.opening.id}


def test_what_is_taken_back_is_gone_from_the_thread_which_says_so() -> None:
    desk = Desk("discussion", DEAF)
    desk.submit("ben", "answer", answer="My own view")
    desk.submit("ben", "withdraw")
    text = plain(in_thread(desk))
    assert "My own view" not in text
    assert "Ben" not in text
    assert "taken back" in text
    assert len(desk.redrawn) == 2


def test_a_late_answer_stands_in_the_thread_as_any_other() -> None:
    desk = Desk("discussion", DEAF)
    desk.close()
    desk.submit("ben", "answer", answer="Late")
    assert "Ben: Late" in plain(in_thread(desk))


def test_of_very_many_answers_none_is_left_out_of_the_thread() -> None:
    desk = Desk("discussion", DEAF)
    for n in range(60):
        desk.submit(f"n{n}", "answer", answer=f"Number {n}.")
    quotes = [block for block in in_thread(desk).blocks if isinstance(block, Quote)]
    assert [quote.said.text for quote in quotes] == [f"Number {n}." for n in range(60)]


def test_nothing_in_the_thread_can_be_pressed_or_filled_in() -> None:
    desk = Desk("discussion", DEAF)
    desk.submit("ben", "answer", answer="My own view")
    assert not [b for b in in_thread(desk).blocks if isinstance(b, Buttons | Choices)]


@pytest.mark.parametrize("able", [Capabilities(), THREADLESS])
def test_the_thread_is_told_nothing_where_it_is_heard_or_is_none(able: Capabilities) -> None:
    desk = Desk("discussion", able)
    desk.submit("ben", "answer", answer="By form all the same")
    desk.reply("eve", "In the thread")
    assert not desk.owed
    assert not desk.redrawn


def quoted(message: Message) -> list[str]:
    return [block.said.text for block in message.blocks if isinstance(block, Quote)]


def test_a_reply_that_is_heard_all_the_same_is_listed_with_the_others_by_time() -> None:
    """A mention of the bot is heard even where other replies are not."""
    desk = Desk("discussion", DEAF)
    desk.submit("ben", "answer", answer="First")
    desk.reply("eve", "Second", id="r1")
    desk.submit("ann", "answer", answer="Third")
    for message in (read(desk, "cem"), in_thread(desk)):
        assert quoted(message) == ["First", "Second", "Third"]
    desk.edit("eve", "Fourth", id="r1")
    assert quoted(in_thread(desk)) == ["First", "Third", "Fourth"]
    desk.delete("eve", id="r1")
    assert quoted(in_thread(desk)) == ["First", "Third"]
    assert len(desk.redrawn) == 5


def test_replies_alone_stand_in_the_thread_without_another_post() -> None:
    desk = Desk("discussion", DEAF)
    desk.reply("eve", "In the thread")
    assert not desk.owed
    assert quoted(read(desk, "ben")) == ["In the thread"]
    desk.submit("ben", "answer", answer="By form")
    assert quoted(in_thread(desk)) == ["In the thread", "By form"]


def test_in_the_post_of_another_activity_nothing_goes_into_its_thread() -> None:
    desk = Desk("discussion", DEAF)
    desk.opening = replace(desk.opening, shown_in="another")
    desk.submit("ben", "answer", answer="My own view")
    assert not desk.owed
    assert "thread" not in plain(shared(desk))
    assert "Ben: My own view" in plain(read(desk, "eve"))


def test_an_empty_form_is_handed_back_and_changes_nothing() -> None:
    desk = Desk("discussion", THREADLESS)
    verdict = desk.submit("ben", "answer", answer=" \n ")
    assert isinstance(verdict.answer, Correct)
    assert set(verdict.answer.errors) == {"answer"}
    assert not desk.versions


def test_a_callback_that_no_discussion_gave_out_is_refused() -> None:
    desk = Desk("discussion", THREADLESS)
    assert isinstance(desk.submit("ben", "vote", answer="x").answer, Refused)
    assert isinstance(desk.look("ben", "results"), Refused)


def test_an_answer_given_after_closing_is_kept_and_marked_late() -> None:
    desk = Desk("discussion")
    desk.reply("ben", "In time", id="r1")
    desk.close()
    desk.reply("ben", "Late", id="r2")
    assert [version.late for version in desk.versions] == [False, True]


def test_an_answer_written_in_time_that_arrives_after_closing_is_not_late() -> None:
    desk = Desk("discussion")
    desk.now = desk.now.replace(minute=5)
    desk.close()
    desk.reply("ben", "Written before", late_by=60)
    assert [version.late for version in desk.versions] == [False]


def test_every_answer_redraws_the_post() -> None:
    desk = Desk("discussion")
    desk.reply("ben", "One")
    desk.edit("ben", "Two")
    desk.delete("ben")
    assert desk.dirty == 3
