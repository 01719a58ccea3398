"""A run in a Teams that fails: nothing is doubled, nothing is lost, and the facilitators know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.lessons.lesson import Lesson
from bot.platforms import parts
from tests.core.making import a_lesson, a_phase, an_activity
from tests.service.house import minutes
from tests.teams import strict
from tests.teams.cards import matching
from tests.teams.faults import Call
from tests.teams.house import TeamsHouse, reads, teams_house
from tests.teams.weather import Weather

ACTIVITIES = "/v3/conversations/*/activities"
BEGIN = "/v3/conversations"
ASKED = "I do not know whether"
SEEDS, BLOCK = 60, 10


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path) as house:
        yield house
        # What is still written into when it closes is edited then.
        house.world.connector.edited_while_open.clear()


def a_short_lesson() -> Lesson:
    """With a question of two cards, and a thread."""
    return a_lesson(
        a_phase(
            "Engage",
            an_activity("poll", id="ticks", results="live", multiple=True),
            an_activity("discussion", id="discussion"),
        ),
        welcome="Welcome.",
        closing="Goodbye.",
    )


# -- whatever the weather


async def a_lesson_in_bad_weather(folder: Path, seed: int) -> int:
    """Everybody takes part as far as they can. Gives how many calls for the channel failed."""
    async with teams_house(folder) as house:
        talk = house.people_there.talk(house.world.person("fay"))
        weather = Weather(seed, 20 + seed % 50, lambda call: _is_for_all(call, talk.id))
        house.world.connector._faults = weather  # type: ignore[assignment]
        await house.schedule(a_short_lesson())
        for number in range(5):
            await house.run_for(minutes(4))
            await _somebody_acts(house, number)
        await house.run_for(minutes(30))
        assert house.doubled() == [], f"seed {seed}"
        await _everything_is_known_of(house, seed)
        house.world.connector.edited_while_open.clear()
        return len(weather.failed)


def _is_for_all(call: Call, talk: str) -> bool:
    """Whether a call is about a channel; what a facilitator is told comes through."""
    return "/v3/" in call.path and talk not in call.path and call.method != "GET"


async def _somebody_acts(house: TeamsHouse, number: int) -> None:
    """Presses the first answer of every open question, and writes where it can be written."""
    who = house.world.person(("ana", "bo", "cy")[number % 3])
    for post in house.standing("lesson", "The data"):
        ref = house.world.organisation.ref(post)
        for pressed in (("The data",), ("Send", "The data")):
            if any(matching(post.cards, *pressed[:1], pressed[1:])):
                await house.people_there.press(who, *pressed, at=ref)
    for post in house.standing("lesson", "What went wrong")[:1]:
        thread = house.world.organisation.ref(post).thread
        await house.people_there.say(who, thread, f"I see it, {number}.")
    await house.teams.settled()


async def _everything_is_known_of(house: TeamsHouse, seed: int) -> None:
    """What is sent stands; of whatever else the facilitator reads."""
    found = await house.deliveries()
    assert {d.state for d in found} <= {"sent", "cancelled", "uncertain", "dropped"}, f"seed {seed}"
    messages = house.world.organisation.messages
    for delivery in found:
        if delivery.state == "sent":
            assert delivery.ref, f"seed {seed}: {delivery}"
            assert delivery.ref.id in messages, f"seed {seed}: {delivery}"
    told = [reads(post) for post in house.standing("fay", "Please have a look")]
    asked = _offered(told, "Resend")
    assert asked == sum(d.state == "uncertain" for d in found), f"seed {seed}"
    if any(d.state == "dropped" for d in found):
        assert told, f"seed {seed}"


def _offered(cards: list[str], title: str) -> int:
    """How many buttons have this title; each has a fallback of the same title."""
    return sum(card.count(f'"title": "{title}"') for card in cards) // 2


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits; and that cards are as Microsoft's schema says is looked at elsewhere."""

    async def sleep(seconds: float) -> None:
        return

    monkeypatch.setattr(parts, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(strict, "card_problems", lambda card: [])


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
async def test_in_any_weather_nothing_is_doubled_and_all_is_known_of(
    tmp_path: Path, first: int
) -> None:
    failed = [await a_lesson_in_bad_weather(tmp_path, n) for n in range(first, first + BLOCK)]
    assert sum(failed) > BLOCK, "the weather was good"


@pytest.mark.long
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("first", range(1_000, 2_000, 50))
async def test_in_much_more_weather_nothing_is_doubled_and_all_is_known_of(
    tmp_path: Path, first: int
) -> None:
    failed = [await a_lesson_in_bad_weather(tmp_path, n) for n in range(first, first + 50)]
    assert sum(failed) > 50, "the weather was good"
