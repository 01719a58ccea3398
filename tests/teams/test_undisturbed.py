"""What people read and write in a card is not taken from them by what others do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.facilitation.pace import Pace
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import minutes, one_of
from tests.teams.cards import actions, inputs
from tests.teams.faults import Fault
from tests.teams.house import TeamsHouse, teams_house

HALF = "half of a long reflection"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path, allow=()) as house:
        yield house


async def test_what_was_shown_after_a_vote_stays_while_others_vote(house: TeamsHouse) -> None:
    await house.schedule(one_of("poll", results="after"))
    await house.run_for(minutes(1))
    ana = house.world.person("ana")
    await house.presses("ana", "The data")
    assert "Your vote" in await house.people_there.sees(ana)
    await house.presses("bo", "The data")
    await house.work()
    seen = await house.people_there.sees(ana)
    assert "Your vote" in seen
    assert "2 people have answered" in seen


async def test_closing_leaves_a_form_that_still_takes_answers_as_it_is(house: TeamsHouse) -> None:
    back, other = (an_activity("reflection", id=id) for id in ("back", "other"))
    lesson = a_lesson(a_phase("Engage", back), a_phase("Explore", other))
    await house.managing.schedule_daily(
        lesson,
        run_id="r1",
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        first=house.now.date(),
        pace=Pace(),
        days=2,
    )
    hours = 0
    while not house.standing("lesson", "Input.Text") and hours < 36:
        await house.run_for(minutes(60))
        hours += 1
    ana, (post, *_) = house.world.person("ana"), house.standing("lesson", "Input.Text")
    view = house.people_there.view(ana, post)
    form = next(
        action.node["title"]
        for card in view.cards
        for action in actions(card)
        if action.node["type"] == "Action.ShowCard" and "reflection" in action.node["title"]
    )
    await house.people_there.press(ana, form, at=house.world.organisation.ref(post))
    typed = {one.node["id"]: HALF for one in inputs(view.opened)}
    view.typed.update(typed)
    for _ in range(24):
        await house.run_for(minutes(60))
    assert "Closed" in str([one.cards for one in house.standing("lesson", "")])
    assert typed
    assert house.people_there.view(ana, post).typed == typed


async def test_a_tally_that_has_to_wait_is_posted_later_and_nobody_is_asked(
    house: TeamsHouse,
) -> None:
    await house.schedule(one_of("poll", results="live", multiple=True))
    house.world.connector.fail(
        "POST", "/v3/conversations/19:*messageid*/activities", Fault(retry_after=25)
    )
    await house.run_for(minutes(2))
    delivery = await house.delivery("poll")
    assert (delivery.state, bool(delivery.ref)) == ("sent", True)
    assert len(house.standing("lesson", "Send my vote")) == 1
    assert len(house.standing("lesson", "people answered")) == 1
    assert house.standing("fay", "I do not know whether") == []
