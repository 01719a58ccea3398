"""A day's post stays one post on every platform, however many people answer in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.answer import Show
from bot.chat.callback import Callback
from bot.chat.message import Buttons, Message, Quote
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.poll import OTHER, VOTE
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.written import IN_THREAD
from bot.facilitation.day import day_post
from bot.facilitation.pace import Pace
from bot.facilitation.seeing import scene_of
from bot.facilitation.state import Given, Opening, Response
from bot.platforms.slack import blocks
from bot.platforms.teams import card
from tests.core.making import (
    START,
    a_lesson,
    a_participant,
    a_phase,
    a_run,
    an_activity,
    an_opening,
)

HEARING = Capabilities()
DEAF = Capabilities(hears_replies=False)
THREADLESS = Capabilities(threads=False, hears_replies=False)
MANY = 1000
WORDS = "I think that nobody saw the data change. " * 8
LESSON = a_lesson(
    a_phase(
        "Engage",
        an_activity("discussion", id="talk"),
        an_activity("poll", id="vote", other=True, results="live"),
        an_activity("discussion", id="more"),
        an_activity("reflection", id="all", visible="everyone"),
        an_activity("reflection", id="mine"),
    ),
    welcome="Hello there.",
)


def scenes(people: int, *, closed: bool = False, able: Capabilities = HEARING) -> list[Scene[Any]]:
    """Everything in the day's post, where everybody has given all there is to give by form."""
    run = a_run(LESSON, pace=Pace(), status="running")
    lead = an_opening(run, "talk").id
    crowd = tuple(a_participant(f"n{n:04}") for n in range(people))
    found = []
    for activity in LESSON.script.activities():
        opening = an_opening(
            run,
            activity.id,
            shown_in="" if activity.id == "talk" else lead,
            closed_at=START + timedelta(hours=8) if closed else None,
        )
        items = [q.item for q in KINDS[activity.kind].questions(scene_of(run, opening).spec)]
        given = tuple(
            a_response(opening, who.id, item, n)
            for n, who in enumerate(crowd)
            for item in (items if not able.hears_replies or activity.id != "talk" else ())
        )
        found.append(
            scene_of(
                run,
                opening,
                responses=given,
                participants=crowd,
                capabilities=able,
                delivery="d",
            )
        )
    return found


def a_response(opening: Opening, owner: str, item: str, n: int) -> Response:
    words = UserText(f"{item}:{owner} {WORDS}")
    given = Given((OTHER,), words) if item == VOTE else Given(text=words)
    at = START + timedelta(seconds=n)
    return Response("run1", opening.id, owner, item, at, given, f"e{owner}{item}")


@pytest.mark.parametrize("able", [HEARING, DEAF, THREADLESS], ids=["heard", "unheard", "none"])
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_a_days_post_has_as_many_parts_for_a_thousand_answers_as_for_none(
    closed: bool, able: Capabilities
) -> None:
    none, many = (day_post(scenes(n, closed=closed, able=able)) for n in (0, MANY))
    assert len(blocks.render_message(many)) == len(blocks.render_message(none))
    assert len(card.render_message(many)) == len(card.render_message(none))
    assert not [block for block in many.blocks if isinstance(block, Quote)]


def test_what_is_read_behind_a_button_is_whole_and_no_longer_than_the_platforms_show() -> None:
    together = {scene.opening.id: scene for scene in scenes(MANY)}
    read = set()
    for block in day_post(list(together.values())).blocks:
        for button in block.buttons if isinstance(block, Buttons) else ():
            if button.label != "Read the answers":
                continue
            assert button.does == "open"
            callback = Callback.decode(button.callback)
            scene = together[callback.target]
            read.add(scene.activity.id)
            shown = KINDS[scene.activity.kind].view(scene, scene.participants[0], callback)
            assert isinstance(shown, Show)
            assert isinstance(shown.what, Message)
            assert len(blocks.render_message(shown.what)) <= 5
            assert len(card.render_message(shown.what)) <= 3
    assert read == {"vote", "more", "all"}


def test_what_stands_in_the_days_thread_is_every_answer_whole_on_every_platform() -> None:
    talk = next(s for s in scenes(MANY // 10, able=DEAF) if s.activity.id == "talk")
    said = KINDS["discussion"].tell(talk, IN_THREAD, IN_THREAD)
    whole = [quote.said.text for quote in said.blocks if isinstance(quote, Quote)]
    assert len(whole) == MANY // 10
    for drawn in (blocks.render_message(said), card.render_message(said)):
        text = json.dumps(drawn)
        assert len(drawn) > 1
        assert text.count("answer:p-n") == MANY // 10
        assert not [word for word in ("Input.", "Action.", "button") if word in text]
