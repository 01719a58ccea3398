"""A home page stays a page, whatever somebody has been part of."""

from __future__ import annotations

import pytest

from bot.chat.message import Message
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson
from bot.lessons.library import CONTENT, Library
from tests.core.making import a_lesson, a_phase, an_activity

LESSONS = Library(CONTENT, lambda: KINDS).lessons()


def home_of(lesson: Lesson, pace: Pace | None = None) -> Message:
    """The home of somebody who gave all that there is to give in it."""
    shown = dict(gallery(lesson.for_pace("async" if pace else "live"), pace))["home-learning"]
    assert isinstance(shown, Message)
    return shown


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("pace", [None, Pace()], ids=["live", "daily"])
def test_whoever_gave_very_much_finds_it_behind_a_button(lesson: Lesson, pace: Pace | None) -> None:
    home = home_of(lesson, pace)
    assert len(home.blocks) < 60
    assert "[My part]" in plain(home)
    assert "What I gave" not in plain(home)


def test_whoever_gave_little_finds_it_there() -> None:
    lesson = a_lesson(a_phase("Engage", an_activity("discussion"), an_activity("reflection")))
    home = plain(home_of(lesson))
    assert "What I gave" in home
    assert "[My part]" not in home


def test_everything_that_was_open_is_named() -> None:
    home = plain(home_of(LESSONS[0]))
    for activity in LESSONS[0].for_pace("live").script.activities():
        title = KINDS[activity.kind].title(KINDS[activity.kind].model.model_validate(activity.spec))
        assert title in home
