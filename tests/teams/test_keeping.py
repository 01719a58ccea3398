"""What Fivefold keeps of what stands in Teams, and that all who say so say the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.chat.answer import Show
from bot.chat.message import Button, Buttons, Heading, Message, Quote
from bot.chat.text import UserText
from bot.platforms.teams.about import ABOUT_PATH, about_route, keeps
from bot.platforms.teams.adapter import CARDS, CARDS_KEPT, SHOWN_KEPT
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.manifest import manifest
from bot.platforms.teams.offers import KEPT
from tests.conformance.driving import FORM
from tests.teams.opened import Opened, opened

GUIDE = (Path(__file__).parents[2] / "docs" / "teams.md").read_text("utf-8")
WORDS = "We hid the sensors from the warden."
BACK = Buttons((Button("Take it back", "f.withdraw.o1...", "open"),))
MINE = Message("My part", (Heading("What I gave", 2), Quote(UserText(WORDS)), BACK))
A_NIGHT = timedelta(days=1)


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


async def kept(port: Opened) -> list[bytes | None]:
    """The cards to which somebody finds back."""
    return [await port.records.get(CARDS, key) for key in await port.records.keys(CARDS)]


async def later(port: Opened, by: timedelta) -> None:
    """So much later, in the night."""
    port.clock.step_to(port.clock.now() + by)
    await port.teams.sweep()


async def test_what_was_shown_to_one_person_is_kept_for_a_day_and_forgotten_at_night(
    port: Opened,
) -> None:
    await port.teams.platform.post(port.world.person("ana"), MINE, key="")
    await later(port, SHOWN_KEPT)
    (card,) = await kept(port)
    assert card
    assert WORDS.encode() in card
    await later(port, timedelta(seconds=1))
    assert await kept(port) == []


async def test_the_way_back_to_what_stands_for_days_lasts_longer_in_a_channel_and_in_a_talk(
    port: Opened,
) -> None:
    """A panel or a reminder in a talk is gone back to days later, too."""
    ref = await port.teams.platform.post(port.lesson, MINE, key="k1")
    await port.teams.platform.post(ref.thread, MINE, key="k2")
    await port.teams.platform.post(port.world.person("fay"), MINE, key="k3")
    await later(port, CARDS_KEPT)
    assert len(await kept(port)) == 3
    await later(port, timedelta(seconds=1))
    assert await kept(port) == []


async def test_the_way_back_to_an_edited_panel_lasts_as_long(port: Opened) -> None:
    ref = await port.teams.platform.post(port.world.person("fay"), MINE, key="k1")
    await port.teams.platform.edit(ref, Message("The panel", (*MINE.blocks[:1], BACK)))
    await later(port, CARDS_KEPT)
    (card,) = await kept(port)
    assert card
    assert WORDS.encode() not in card


async def test_a_form_in_a_talk_is_forgotten_as_soon_as_what_is_shown(port: Opened) -> None:
    ana = port.world.person("ana")
    port.ear.answers.append(Show(FORM))
    await port.people.whisper(ana, "a form, please")
    await port.teams.settled()
    assert len(await kept(port)) == 1
    await later(port, SHOWN_KEPT + timedelta(seconds=1))
    assert await kept(port) == []


def test_the_nights_in_which_it_is_forgotten_are_counted_in_what_is_said() -> None:
    said = " ".join(keeps())
    assert max(SHOWN_KEPT, KEPT) + A_NIGHT <= timedelta(days=2)
    assert timedelta(days=31) >= CARDS_KEPT + A_NIGHT
    assert "nothing for longer than two days" in said
    assert "no longer than 31 days" in said


@pytest.mark.parametrize("allow", [(), ("replies",)], ids=["mentions", "replies"])
def test_page_package_and_guide_say_the_same_of_what_is_kept(allow: tuple[str, ...]) -> None:
    config = TeamsConfig(local=True, allow=frozenset(allow))
    page = unescape(TestClient(Starlette(routes=[about_route(config)])).get(ABOUT_PATH).text)
    described = manifest("0f0f0f0f-0000-4000-8000-000000000001", "https://a.example", allow)
    for said in (page, described["description"]["full"], GUIDE):
        assert all(sentence in said for sentence in keeps())
        # Of keeping nothing says more than these do.
        assert said.count("keeps nothing") == 1
