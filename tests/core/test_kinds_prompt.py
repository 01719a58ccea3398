"""A prompt is posted as its author wrote it, and what is said below it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.answer import Refused, Saved
from bot.chat.message import Deadline, Heading, Message
from bot.chat.plain import plain
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import LOBBY, Given
from tests.core.making import (
    Desk,
    a_lesson,
    a_participant,
    a_phase,
    a_run,
    an_activity,
    an_opening,
    minutes,
)


def said(desk: Desk) -> str:
    return plain(desk.kind.say(desk.scene()))


def test_a_prompt_reads_as_its_author_wrote_it() -> None:
    assert "Read the case of the parking permits." in said(Desk("prompt"))


def test_the_first_activity_of_a_phase_names_the_phase_and_the_others_do_not() -> None:
    activities = (an_activity(id=name, phase="Explore") for name in ("a", "b"))
    run = a_run(a_lesson(a_phase("Explore", *activities)))
    headings = [
        [
            b.text
            for b in KINDS["prompt"].say(scene_of(run, an_opening(run, name))).blocks
            if isinstance(b, Heading) and b.level == 1
        ]
        for name in ("a", "b")
    ]
    assert headings == [["Explore"], []]


def test_a_post_says_until_when_then_that_it_is_closed() -> None:
    desk = Desk("prompt")

    def deadlines() -> list[Deadline]:
        message = desk.kind.say(desk.scene())
        return [block for block in message.blocks if isinstance(block, Deadline)]

    closes_at = desk.opening.closes_at
    assert closes_at
    assert deadlines() == [Deadline(closes_at)]
    desk.now += minutes(3)
    desk.close()
    assert deadlines() == [Deadline(desk.now, "closed")]


def test_a_paused_lesson_promises_no_time() -> None:
    desk = Desk("prompt")
    desk.run = replace(desk.run, status="paused", paused_at=desk.now)
    message = desk.kind.say(desk.scene())
    assert not any(isinstance(block, Deadline) for block in message.blocks)
    assert "paused" in plain(message)


@pytest.mark.parametrize("kind", ["prompt", "discussion", "poll", "reflection"])
def test_replies_below_any_post_are_kept_word_for_word(kind: str) -> None:
    desk = Desk(kind)
    words = "  *Why* <b>now</b>?\n\n"
    assert isinstance(desk.reply("ben", words).answer, Saved)
    assert desk.given("ben", "reply:r1") == Given(text=UserText(words))


def test_a_button_that_a_prompt_never_had_is_refused() -> None:
    desk = Desk("prompt")
    assert isinstance(desk.pick("ben", "yes").answer, Refused)
    assert isinstance(desk.look("ben", "results"), Refused)
    assert not desk.versions


def test_a_prompt_asks_nothing() -> None:
    desk = Desk("prompt")
    assert desk.kind.questions(desk.spec) == ()


def test_the_lobby_says_the_welcome() -> None:
    run = a_run(a_lesson(welcome="Good to see you."))
    message = KINDS[LOBBY].say(scene_of(run, an_opening(run, LOBBY)))
    assert isinstance(message, Message)
    assert "Good to see you." in plain(message)


def test_only_learners_who_are_there_are_asked() -> None:
    desk = Desk("prompt")
    desk.join("ben")
    desk.join("grace", "facilitator")
    desk.people["gone"] = a_participant("gone", left_at=desk.now)
    assert [who.id for who in desk.scene().learners()] == ["p-ben"]
