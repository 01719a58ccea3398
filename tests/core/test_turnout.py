"""How many have answered: of how many is said only where whoever takes part has come in first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.message import Message, Tally
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.facilitation.notices import RunScene, panel
from bot.facilitation.turnout import Turnout
from bot.platforms.memory import MemoryPlatform
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.slack.config import ALLOWS, SlackConfig
from bot.platforms.teams.config import TeamsConfig
from bot.service.scenes import capabilities_in
from tests.core.making import Desk, a_run, an_opening

UNSEEN = Capabilities(attendance=False)


def post(desk: Desk) -> str:
    said = desk.kind.say(desk.scene())
    assert isinstance(said, Message)
    return plain(said)


def gave(desk: Desk, name: str) -> None:
    """Somebody answers, in whatever way it is done."""
    if desk.kind.name == "poll":
        desk.pick(name, "data")
    elif desk.kind.name == "discussion":
        desk.reply(name, "I think so", id=name)
    else:
        desk.submit(name, "answer", q1="A lot")


@pytest.mark.parametrize("kind", ["poll", "discussion", "reflection"])
def test_where_nobody_comes_in_first_only_those_who_answered_are_counted(kind: str) -> None:
    desk = Desk(kind, UNSEEN)
    assert "0 people have answered" in post(desk)
    gave(desk, "ben")
    assert "1 person has answered" in post(desk)
    gave(desk, "eve")
    assert "2 people have answered" in post(desk)
    assert " of 2" not in post(desk)


@pytest.mark.parametrize("kind", ["poll", "discussion", "reflection"])
def test_where_everybody_comes_in_first_it_is_said_of_how_many(kind: str) -> None:
    desk = Desk(kind)
    desk.join("eve")
    gave(desk, "ben")
    assert "1 of 2 have answered" in post(desk)


@pytest.mark.parametrize(
    ("able", "says"),
    [(UNSEEN, "1 person has handed in"), (Capabilities(), "1 of 2 have handed in")],
)
def test_work_that_came_in_is_counted_in_the_same_way(able: Capabilities, says: str) -> None:
    desk = Desk("submission", able)
    desk.join("eve")
    desk.join("ben")
    scene = desk.scene()
    scene = replace(scene, responses=(_work(desk),))
    assert says in plain(desk.kind.say(scene))


def _work(desk: Desk) -> Any:
    gave = Desk("reflection")
    gave.submit("ben", "answer", q1="My sketch")
    (response,) = gave.versions
    return replace(response, opening=desk.opening.id, item="text")


def test_what_stands_in_a_post_with_others_is_counted_as_its_platform_counts() -> None:
    desk = Desk("discussion", UNSEEN)
    desk.opening = replace(desk.opening, shown_in="another")
    assert "0 people have answered" in post(desk)


def test_votes_are_shared_out_among_the_votes_everywhere() -> None:
    desk = Desk("poll", UNSEEN)
    desk.pick("ben", "data")
    desk.close()
    (tally,) = [b for b in desk.kind.say(desk.scene()).blocks if isinstance(b, Tally)]
    assert tally.people == 1


@pytest.mark.parametrize(
    ("turnout", "says"),
    [
        (Turnout(1), "1 person has answered"),
        (Turnout(3), "3 people have answered"),
        (Turnout(0), "0 people have answered"),
        (Turnout(3, 24), "3 of 24 have answered"),
        (Turnout(1, 1), "1 of 1 has answered"),
        (Turnout(0, 0), ""),
    ],
)
def test_the_panel_says_it_in_the_same_words(turnout: Turnout, says: str) -> None:
    run = a_run(status="running")
    opening = an_opening(run)
    scene = RunScene(run, openings=(opening,), turnouts={opening.id: turnout})
    shown = plain(panel(scene))
    assert says in shown
    assert ("answered" in shown) == bool(says)


def test_slack_and_teams_do_not_know_who_is_there_and_the_room_does() -> None:
    every = frozenset(ALLOWS)
    assert not SlackConfig(signing_secret="s", allow=every).capabilities.attendance
    assert not TeamsConfig(local=True, allow=frozenset({"replies"})).capabilities.attendance
    assert RoomPlatform.capabilities.fget(None).attendance  # type: ignore[attr-defined]
    assert MemoryPlatform().capabilities.attendance


def test_everybody_who_takes_part_in_a_rehearsal_has_come_in() -> None:
    assert not capabilities_in(a_run(), lambda platform: UNSEEN).attendance
    assert capabilities_in(a_run(rehearsal=True), lambda platform: UNSEEN).attendance
