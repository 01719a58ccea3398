"""A press is answered before Teams gives up, and what takes longer comes into the talk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import Event
from bot.chat.message import Form, Message, PlaceField, Text
from bot.chat.platform import RecordsUnavailable
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams import doors, under_way
from bot.platforms.teams.channels import Team
from bot.platforms.teams.contacts import CONTACT
from tests.conformance.driving import ASKING, FORM, Ear
from tests.core.making import START
from tests.records import MemoryRecords
from tests.teams.answering import CLOSED, hears, notices, posted, sees, sends, talk
from tests.teams.opened import Opened, hearing
from tests.teams.people import Acknowledged
from tests.teams.world import teams_world

LONGER = (
    "This takes longer than usual. If you hear nothing from me in our chat within a minute, please "
    "press again."
)
PAGE = Message("The results", (Text(("Yes: 7",)),))


class Away(MemoryRecords):
    """Records that are out of reach while ``away``, for so many calls or for good."""

    away: float = 0

    def _reach(self) -> None:
        if self.away > 0:
            self.away -= 1
            raise RecordsUnavailable("The database is away: please try again.")

    async def get(self, kind: str, key: str) -> bytes | None:
        """The value, or ``None``."""
        self._reach()
        return await super().get(kind, key)

    async def keys(self, kind: str) -> tuple[str, ...]:
        """The keys of this kind, in order."""
        self._reach()
        return await super().keys(kind)

    async def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep the value."""
        self._reach()
        await super().put(kind, key, value)


@dataclass
class SlowEar(Ear):
    """Hears only once the gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def __call__(self, event: Event) -> Answer:
        await self.gate.wait()
        if self.fails:
            raise RecordsUnavailable("The database is away: please try again.")
        return await super().__call__(event)


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    """Whoever presses is answered at once, heard or not."""
    ear, clock, records = SlowEar(), SteppedClock(START), Away()
    async with (
        teams_world() as world,
        hearing(world, records, ear, IncreasingClock(clock), clock) as (teams, people),
    ):
        made = Opened(world, teams, people, ear, records, clock)
        ear.gate.set()
        await people.adds_bot(world.person("fay"), made.lesson)
        await teams.settled()
        ear.events.clear()
        ear.gate.clear()
        monkeypatch.setattr(doors, "PRESS_SECONDS", 0.05)
        monkeypatch.setattr(doors, "AGAIN", 0.0)
        yield made
        ear.gate.set()


async def press(port: Opened, what: str = "I am done") -> Acknowledged | None:
    ref = await posted(port, ASKING)
    return await port.people.press(port.world.person("ana"), what, at=ref)


async def opens(port: Opened) -> None:
    """What was slow is done."""
    assert isinstance(port.ear, SlowEar)
    port.ear.gate.set()
    await port.teams.settled()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Saved(CLOSED), CLOSED),
        (Saved(CLOSED, again=True), CLOSED),
        (Saved(), "Saved."),
        (Refused(CLOSED), CLOSED),
        (Correct({"why": CLOSED}), CLOSED),
    ],
)
async def test_what_takes_long_is_told_in_the_talk(port: Opened, answer: Answer, told: str) -> None:
    hears(port, answer)
    await press(port)
    assert notices(port) == [LONGER]
    assert (talk(port), port.events) == ([], [])
    await opens(port)
    assert len(port.events) == 1
    (said,) = talk(port)
    assert told in said


async def test_a_form_that_takes_long_comes_into_the_talk_and_can_be_sent_there(
    port: Opened,
) -> None:
    hears(port, Show(FORM, "Noted."))
    await press(port, "In my words")
    assert notices(port) == [LONGER]
    await opens(port)
    assert "Why is that?" in await sees(port)
    hears(port, Saved(CLOSED))
    await sends(port)
    assert CLOSED in await sees(port)


async def test_what_is_not_saved_in_the_end_is_told_so(port: Opened) -> None:
    assert isinstance(port.ear, SlowEar)
    port.ear.fails = True
    await press(port)
    await opens(port)
    (said,) = talk(port)
    assert "The database is away" in said


def is_away(port: Opened, calls: float = float("inf")) -> None:
    """From now on the database is out of reach, for so many calls."""
    assert isinstance(port.records, Away)
    port.records.away = calls


@pytest.mark.parametrize("spoke_before", [False, True], ids=["a stranger", "who spoke before"])
async def test_what_is_not_saved_is_told_though_the_database_is_away(
    port: Opened, spoke_before: bool
) -> None:
    ana, ref = port.world.person("ana"), await posted(port, ASKING)
    assert isinstance(port.ear, SlowEar)
    if spoke_before:
        port.ear.gate.set()
        await port.people.whisper(ana, "Hello")
        await port.teams.settled()
        port.ear.gate.clear()
    before = len(talk(port))
    hears(port, NotSaved(CLOSED))
    is_away(port)
    await port.people.press(ana, "I am done", at=ref)
    assert notices(port) == [LONGER]
    await opens(port)
    (said,) = talk(port)[before:]
    assert CLOSED in said


async def test_where_somebody_is_reached_is_kept_once_the_database_is_back(port: Opened) -> None:
    ana, ref = port.world.person("ana"), await posted(port, ASKING)
    assert isinstance(port.ear, SlowEar)
    port.ear.gate.set()
    is_away(port)
    await port.people.press(ana, "I am done", at=ref)
    await port.teams.settled()
    is_away(port, 0)
    assert await port.records.get(CONTACT, str(ana)) is None
    await port.people.press(ana, "I am done", at=ref)
    await port.teams.settled()
    kept = await port.records.get(CONTACT, str(ana))
    assert kept
    assert port.people.someone(ana).id in kept.decode()


async def test_what_could_not_be_told_is_tried_once_more(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To draw this form the database is asked."""
    hears(port, Show(Form("Where?", "f.plan.o1...", (PlaceField("place", "Which channel?"),))))
    await press(port, "In my words")
    known = port.teams.doors._answering._choosing._channels
    asked = known.all

    async def fails_once(tenant: str) -> tuple[Team, ...]:
        monkeypatch.setattr(known, "all", asked)
        raise RecordsUnavailable("The database is away: please try again.")

    monkeypatch.setattr(known, "all", fails_once)
    await opens(port)
    assert "Which channel?" in await sees(port)


@pytest.mark.parametrize(
    ("what", "shown", "told"),
    [
        ("I am done", Show(PAGE, CLOSED), {CLOSED}),
        ("I am done", Show(PAGE), {"Yes: 7"}),
        ("In my words", Show(PAGE, CLOSED), {CLOSED, "Yes: 7"}),
    ],
    ids=["a vote", "a vote that the page itself confirms", "a page that was asked for"],
)
async def test_of_a_vote_that_takes_long_its_note_is_told_and_no_page(
    port: Opened, what: str, shown: Show, told: set[str]
) -> None:
    hears(port, shown)
    await press(port, what)
    await opens(port)
    (said,) = talk(port)
    assert {one for one in (CLOSED, "Yes: 7") if one in said} == told


async def test_who_goes_back_and_must_wait_is_asked_to_try_again(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(port, Show(FORM))
    monkeypatch.setattr(doors, "PRESS_SECONDS", 4.0)
    assert isinstance(port.ear, SlowEar)
    port.ear.gate.set()
    await press(port, "In my words")
    monkeypatch.setattr(doors, "PRESS_SECONDS", 0.05)

    async def hangs(kind: str, key: str) -> bytes | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(port.records, "get", hangs)
    answer = await port.people.press(port.world.person("ana"), "Back")
    monkeypatch.undo()
    assert answer
    assert "please try again" in answer.body["value"]


async def test_what_never_ends_does_not_keep_fivefold_from_ending(
    port: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_way, "CLOSING", 0.05)
    await press(port)
    with caplog.at_level(logging.WARNING):
        await port.teams.under_way.close()
    assert "ends before all was said" in caplog.text
    await port.teams.settled()
    assert port.events == []


def test_there_is_time_for_what_teams_waits_for() -> None:
    """Five seconds for a press; a server that ends has mostly thirty."""
    assert doors.PRESS_SECONDS < 5
    assert under_way.CLOSING < 30
