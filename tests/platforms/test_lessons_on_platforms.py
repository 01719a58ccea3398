"""Every message and form of the three lessons, in every state, as Slack and Teams want it."""

from pathlib import Path

import pytest
from hypothesis import given

from bot.chat.message import Form, Message
from bot.facilitation.activities import KINDS
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.lessons.files import load_lesson
from bot.lessons.places import fill
from bot.platforms.slack import blocks, form
from bot.platforms.teams import card
from tests.platforms import slack_rules
from tests.platforms.schemas import card_problems, slack_problems
from tests.strategies import messages

CONTENT = Path(__file__).parent.parent.parent / "lesson_content"
LESSONS = sorted(folder.name for folder in CONTENT.iterdir() if (folder / "plan.md").exists())
SLACKS_VIEW = 250_000


def said(lesson: str) -> list[tuple[str, Message | Form]]:
    """All that is said in it; what is said again, as a handout behind each post, only once."""
    scripted = load_lesson(CONTENT / lesson, None, lambda: KINDS)
    labels = dict(scripted.script.places)
    live = gallery(fill(scripted.for_pace("live"), labels))
    daily = gallery(fill(scripted.for_pace("async"), labels), Pace())
    assert min(len(live), len(daily)) > 50
    return list({repr(what): (name, what) for name, what in (*live, *daily)}.values())


@pytest.mark.parametrize("lesson", LESSONS)
def test_slack_takes_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems = []
    for name, what in said(lesson):
        if isinstance(what, Message):
            found = [
                p
                for post in blocks.render_message(what)
                for p in slack_rules.message_problems(post)
            ]
        else:
            found = slack_rules.modal_problems(form.render_form(what), SLACKS_VIEW)
        problems += [f"{name}: {problem}" for problem in found]
    assert problems == []


@pytest.mark.peers
@pytest.mark.parametrize("lesson", LESSONS)
def test_slacks_own_types_know_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems = []
    for name, what in said(lesson):
        if isinstance(what, Message):
            posts = blocks.render_message(what)
            found = [p for post in posts for p in slack_problems("MessageBlocks", post["blocks"])]
        else:
            found = slack_problems("Modal", form.render_form(what))
        problems += [f"{name}: {problem}" for problem in found]
    assert problems == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_schema_of_cards_takes_every_message_and_form_of_a_lesson(lesson: str) -> None:
    problems = []
    for name, what in said(lesson):
        cards = card.render_message(what) if isinstance(what, Message) else [card.render_form(what)]
        problems += [f"{name}: {problem}" for each in cards for problem in card_problems(each)]
    assert problems == []


@given(messages)
def test_the_schema_of_cards_takes_any_message(message: Message) -> None:
    assert [card_problems(each) for each in card.render_message(message)] == [
        [] for _ in card.render_message(message)
    ]


def test_the_schema_of_cards_refuses_what_is_none() -> None:
    assert card_problems({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Txt"}]})
