"""What somebody sends without a word is nobody's answer, and they are told so, once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.address import Place, PostRef
from bot.chat.event import Replied
from bot.chat.platform import RecordsUnavailable
from tests.teams.answering import posted, talk
from tests.teams.opened import Opened, opened

TOLD = "I keep words, not pictures"


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


async def sends_a_picture(port: Opened, place: Place, who: str = "ana") -> None:
    """Teams hands over a message in which there is no word."""
    await port.people.say(port.world.person(who), place, "")
    await port.teams.settled()


async def test_a_picture_in_a_thread_of_ours_is_heard_by_nobody_and_its_author_told_once(
    port: Opened,
) -> None:
    ref = await posted(port)
    for _ in range(2):
        await sends_a_picture(port, ref.thread)
    await port.people.tell_again(new_id=True)
    await port.teams.settled()
    assert port.events == []
    (told,) = talk(port)
    assert TOLD in told
    assert [answer.status for answer in port.people.answers[-3:]] == [200] * 3


async def test_everybody_is_told_for_themselves(port: Opened) -> None:
    ref = await posted(port)
    for who in ("ana", "bo"):
        await sends_a_picture(port, ref.thread, who)
        assert any(TOLD in said for said in await port.said_to(who))


async def test_of_a_picture_elsewhere_nothing_is_said(port: Opened) -> None:
    other = await port.people.say(port.world.person("bo"), port.lesson, "Look!")
    await port.teams.settled()
    port.events.clear()
    for place in (port.lesson, other.thread):
        await sends_a_picture(port, place)
    assert port.events == []
    assert talk(port) == []


async def test_of_a_picture_nothing_is_said_where_it_is_not_known_whose_thread_it_is(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await port.people.say(port.world.person("bo"), port.lesson, "Look!")
    await port.teams.settled()
    port.events.clear()

    async def is_away(post: PostRef) -> bool:
        raise RecordsUnavailable("The database is away.")

    monkeypatch.setattr(port.teams.platform, "knows", is_away)
    await sends_a_picture(port, other.thread)
    assert talk(port) == []
    await port.people.say(port.world.person("ana"), other.thread, "It is our poster.")
    await port.teams.settled()
    # Words may be an answer: whoever hears them looks it up again.
    assert [event.ours for event in port.events if isinstance(event, Replied)] == [True]


async def test_words_beside_a_picture_are_heard_after_all(port: Opened) -> None:
    ref = await posted(port)
    await sends_a_picture(port, ref.thread)
    await port.people.say(port.world.person("ana"), ref.thread, "It is our poster.")
    await port.teams.settled()
    assert len(port.events) == 1
