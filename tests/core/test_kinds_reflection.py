"""A reflection is written in quiet: what was to be private stays so, and what was written stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answer import Correct, Refused, Saved, Show
from bot.chat.message import Button, Buttons, Form, Message, TextField
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.activities.written import IN_THREAD
from bot.facilitation.state import Given
from tests.core.making import HELPS, Desk

DEAF = Capabilities(hears_replies=False)
THREADLESS = Capabilities(threads=False, hears_replies=False)
ANSWERS = st.fixed_dictionaries({"q1": st.text(max_size=30), "q2": st.text(max_size=30)})


def reflection(**more: Any) -> Desk:
    return Desk("reflection", **more)


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


def values(form: Form) -> dict[str, str]:
    fields = [field for field in form.fields if isinstance(field, TextField)]
    return {field.id: field.value.text if field.value else "" for field in fields}


def test_the_questions_are_asked_as_the_author_wrote_them() -> None:
    desk = reflection()
    text = plain(say(desk))
    assert "What will you change?" in text
    assert "What is still unclear?" in text
    assert [field.label for field in form_of(desk, "ben").fields] == [
        "What will you change?",
        "What is still unclear?",
    ]


@given(st.lists(st.tuples(st.sampled_from(["ben", "eve"]), ANSWERS), max_size=6))
def test_a_private_answer_never_stands_in_the_post(
    answers: list[tuple[str, dict[str, str]]],
) -> None:
    desk, silent = reflection(), reflection()
    for name, texts in answers:
        desk.submit(name, "answer", **texts)
        silent.join(name)
    answered = desk.kind.answered(desk.scene())
    shown = plain(say(desk)).replace(f"{answered} of", "0 of")
    assert shown == plain(say(silent))


@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_the_form_shows_what_was_written_last(answers: list[dict[str, str]]) -> None:
    desk = reflection()
    expected = {"q1": "", "q2": ""}
    for texts in answers:
        if isinstance(desk.submit("ben", "answer", **texts).answer, Saved):
            expected = {item: text if text.strip() else "" for item, text in texts.items()}
    assert values(form_of(desk, "ben")) == expected
    assert values(form_of(desk, "eve")) == {"q1": "", "q2": ""}


def test_one_question_may_be_left_open() -> None:
    desk = reflection()
    assert isinstance(desk.submit("ben", "answer", q1="A lot", q2="").answer, Saved)
    assert desk.given("ben", "q1") == Given(text=UserText("A lot"))
    assert desk.given("ben", "q2") is None
    assert [version.item for version in desk.versions] == ["q1"]


def test_a_changed_answer_is_a_new_version_and_an_unchanged_one_is_not() -> None:
    desk = reflection()
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    desk.submit("ben", "answer", q1="A lot", q2="Nothing")
    assert [v.item for v in desk.versions] == ["q1", "q2", "q2"]
    desk.dirty = 0
    assert isinstance(desk.submit("ben", "answer", q1="A lot", q2="Nothing").answer, Saved)
    assert len(desk.versions) == 3
    assert desk.dirty == 0


def test_an_emptied_answer_is_withdrawn_and_its_wording_kept_as_a_version() -> None:
    desk = reflection()
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    desk.submit("ben", "answer", q1="", q2="Much")
    assert desk.given("ben", "q1") is None
    assert [v.given for v in desk.versions if v.item == "q1"] == [
        Given(text=UserText("A lot")),
        None,
    ]


def test_everything_can_be_taken_back() -> None:
    desk = reflection()
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    assert isinstance(desk.submit("ben", "answer", q1="", q2="").answer, Saved)
    assert desk.kind.answered(desk.scene()) == 0


def test_an_empty_first_form_is_handed_back() -> None:
    desk = reflection()
    verdict = desk.submit("ben", "answer", q1=" ", q2="\n")
    assert isinstance(verdict.answer, Correct)
    assert set(verdict.answer.errors) == {"q1"}
    assert not desk.versions


@pytest.mark.parametrize("how", ["reply", "edit"])
def test_a_stray_reply_is_kept_and_its_author_told_in_private_who_can_read_it(how: str) -> None:
    desk = reflection()
    verdict = (
        desk.reply("ben", "I was afraid") if how == "reply" else desk.edit("ben", "I was afraid")
    )
    assert isinstance(verdict.answer, Saved)
    assert "everyone here can read" in verdict.answer.note
    assert desk.given("ben", "reply:r1") == Given(text=UserText("I was afraid"))
    assert "I was afraid" not in plain(say(desk))


def test_a_stray_reply_can_be_taken_back_without_a_word() -> None:
    desk = reflection()
    desk.reply("ben", "I was afraid")
    verdict = desk.delete("ben")
    assert verdict.answer == Saved("")
    assert desk.given("ben", "reply:r1") is None


def test_a_private_reflection_is_answered_by_form_and_says_who_reads_it() -> None:
    desk = reflection()
    message = say(desk)
    (button,) = buttons(message)
    assert button.form
    assert "thread" not in plain(message)
    for shown in (plain(message), plain(button.form), plain(form_of(desk, "ben"))):
        assert "Only your facilitator can read what you write." in shown


def test_a_reflection_for_everyone_is_answered_in_the_thread() -> None:
    desk = reflection(visible="everyone")
    message = say(desk)
    assert not buttons(message)
    assert "Reply in the thread" in plain(message)
    assert "Everyone here can read what you write." in plain(message)
    assert desk.reply("ben", "We all know").answer == Saved("")


def test_a_reflection_for_everyone_has_a_form_where_replies_are_not_heard() -> None:
    for able in (DEAF, THREADLESS):
        desk = reflection(visible="everyone", capabilities=able)
        button = buttons(say(desk))[0]
        assert button.form
        assert "Everyone here can read what you write." in plain(button.form)


def test_what_everyone_may_read_stands_in_the_thread_under_its_questions() -> None:
    desk = reflection(visible="everyone", capabilities=DEAF)
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    desk.submit("eve", "answer", q1="Less")
    assert "A lot" not in plain(say(desk))
    assert len({owed.key for owed in desk.owed}) == 1
    text = plain(desk.kind.tell(desk.scene(), desk.owed[0].purpose, desk.owed[0].about))
    order = ["What will you change?", "Ben: A lot", "Eve: Less", "still unclear?", "Ben: Much"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_a_reply_that_is_heard_stands_below_the_questions_as_it_is_to_none_of_them() -> None:
    desk = reflection(visible="everyone", capabilities=DEAF)
    desk.reply("eve", "By a mention")
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    shown = desk.look("eve", "answers")
    assert isinstance(shown, Show)
    told = desk.kind.tell(desk.scene(), desk.owed[0].purpose, desk.owed[0].about)
    for text in (plain(shown.what), plain(told)):
        order = ["Ben: A lot", "still unclear?", "Ben: Much", "Also said here:", "By a mention"]
        assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_what_is_for_the_facilitator_only_never_comes_into_the_thread() -> None:
    desk = reflection(capabilities=DEAF)
    desk.reply("eve", "A stray reply")
    desk.submit("ben", "answer", q1="A secret")
    assert not desk.owed
    assert not desk.redrawn
    with pytest.raises(KeyError):
        desk.kind.tell(desk.scene(), IN_THREAD, IN_THREAD)


def test_in_a_post_that_others_share_what_everyone_may_read_stands_behind_a_button() -> None:
    desk = reflection(visible="everyone", capabilities=THREADLESS)
    desk.submit("ben", "answer", q1="A lot", q2="Much")
    desk.submit("eve", "answer", q1="Less")
    assert "A lot" in plain(say(desk))
    message = desk.kind.say(replace(desk.scene(), shared=True))
    assert "A lot" not in plain(message)
    assert [b.label for b in buttons(message)] == ["Write my reflection", "Read the answers"]
    shown = desk.look("eve", "answers")
    assert isinstance(shown, Show)
    text = plain(shown.what)
    order = ["What will you change?", "Ben: A lot", "Eve: Less", "still unclear?", "Ben: Much"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_nobody_can_open_what_is_for_the_facilitator_only() -> None:
    desk = reflection()
    desk.submit("ben", "answer", q1="A secret")
    message = desk.kind.say(replace(desk.scene(), shared=True))
    assert [b.label for b in buttons(message)] == ["Write my reflection"]
    for name in ("ben", "eve"):
        assert isinstance(desk.look(name, "answers"), Refused)


def test_a_callback_that_no_reflection_gave_out_is_refused() -> None:
    desk = reflection()
    assert isinstance(desk.submit("ben", "vote", q1="x").answer, Refused)
    assert isinstance(desk.look("ben", "results"), Refused)
    assert not desk.versions


def test_the_evidence_has_the_questions_in_their_table() -> None:
    desk = reflection()
    questions = desk.kind.questions(desk.spec)
    assert [(q.item, q.table) for q in questions] == [("q1", "reflections"), ("q2", "reflections")]
