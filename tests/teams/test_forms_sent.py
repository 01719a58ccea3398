"""What a form does to what somebody has given: their own means all of it, one in a post only what
is filled in. So from the desktop, which leaves empty fields out, and from Android, which sends
them empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.service.house import minutes, one_of, seconds
from tests.teams.house import TeamsHouse, teams_house

WAYS = {
    "reflection": ("Write my reflection", "q1", "q2"),
    "submission": ("Hand in", "text", "link"),
    "discussion": ("Write your answer", "answer", ""),
}
"""The button in the post, and two fields of the form behind it."""

LINK = "https://example.org/draft"


@pytest.fixture(params=[False, True], ids=["desktop", "android"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path, allow=()) as house:
        house.people_there.android = request.param
        yield house


async def open_for_ana(house: TeamsHouse, kind: str, **spec: object) -> None:
    await house.schedule(one_of(kind, **spec))
    await house.run_for(minutes(1))


async def sends(house: TeamsHouse, button: str, fields: Mapping[str, str]) -> str:
    """Ana opens a form afresh, fills it in and sends it; what she is told."""
    people, ana = house.people_there, house.world.person("ana")
    await house.presses("ana", button)
    for field, value in fields.items():
        people.fill(ana, field, value)
    await people.submit(ana)
    await house.teams.settled()
    told = await people.sees(ana)
    people.screen(ana).views.clear()
    await house.run_for(seconds(1))
    return told


async def changes(house: TeamsHouse, fields: Mapping[str, str]) -> str:
    """Likewise with what she gave before standing in it."""
    await house.presses("ana", "My part")
    return await sends(house, "Change it", fields)


async def standing(house: TeamsHouse) -> dict[str, str]:
    async with house.store.reading() as reading:
        given = await reading.responses("r1-1-1")
    return {r.item: r.given.text.text for r in given if r.given and r.given.text}


@pytest.mark.parametrize("kind", ["reflection", "submission"])
async def test_what_is_left_empty_in_a_post_s_form_stays(house: TeamsHouse, kind: str) -> None:
    button, first, second = WAYS[kind]
    await open_for_ana(house, kind)
    await sends(house, button, {first: "One.", second: LINK})
    await sends(house, button, {first: "One, better."})
    assert await standing(house) == {first: "One, better.", second: LINK}
    await sends(house, button, {first: "One, best.", second: " \n"})
    assert await standing(house) == {first: "One, best.", second: LINK}


@pytest.mark.parametrize("kind", WAYS)
async def test_a_post_s_form_sent_without_a_word_takes_nothing_back(
    house: TeamsHouse, kind: str
) -> None:
    button, first, _ = WAYS[kind]
    await open_for_ana(house, kind)
    await sends(house, button, {first: "One."})
    blank = {first: " "} if kind == "discussion" else {}
    assert "Taken back" not in await sends(house, button, blank)
    assert await standing(house) == {first: "One."}


@pytest.mark.parametrize("kind", ["reflection", "submission"])
async def test_what_is_emptied_in_one_s_own_form_is_taken_back(
    house: TeamsHouse, kind: str
) -> None:
    button, first, second = WAYS[kind]
    await open_for_ana(house, kind)
    await sends(house, button, {first: "One.", second: LINK})
    assert "Saved" in await changes(house, {second: ""})
    assert await standing(house) == {first: "One."}


async def test_a_whole_answer_that_is_emptied_is_taken_back(house: TeamsHouse) -> None:
    await open_for_ana(house, "discussion")
    await sends(house, "Write your answer", {"answer": "One."})
    assert "Taken back" in await changes(house, {"answer": ""})
    assert await standing(house) == {}


async def test_own_words_beside_a_vote_stay_where_the_form_in_the_post_says_nothing(
    house: TeamsHouse,
) -> None:
    await open_for_ana(house, "poll", multiple=True, other=True)
    await house.presses("ana", "Send my vote", "The data")
    house.people_there.screen(house.world.person("ana")).views.clear()
    await house.run_for(seconds(1))
    await sends(house, "Something else …", {"other": "The weather."})
    await sends(house, "Something else …", {"other": " "})
    assert await standing(house) == {"vote": "The weather."}


async def test_a_question_in_private_needs_words(house: TeamsHouse) -> None:
    await open_for_ana(house, "reflection")
    await sends(house, "Ask privately", {"words": "May I?"})
    await sends(house, "Ask privately", {"words": " "})
    assert list((await standing(house)).values()) == ["May I?"]
