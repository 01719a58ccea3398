"""Who said something in the channel may say that it is their answer, whichever process hears it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.chat.answer import Answer, NotSaved, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Event, Picked, Replied, Said
from bot.chat.message import Button, Buttons, Message
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams.connection import Teams
from bot.platforms.teams.offers import KEPT, SAID
from tests.conformance.driving import Ear
from tests.core.making import START
from tests.records import MemoryRecords
from tests.teams.hands import Hands
from tests.teams.opened import hearing
from tests.teams.people import Acknowledged
from tests.teams.world import World, teams_world

WORDS = "I think <b>it</b> is 🧑‍🚀 & the data"
MINE = "It is my answer"


class Offering(Ear):
    """Asks about whatever is said in the channel whether it is an answer."""

    async def __call__(self, event: Event) -> Answer:
        answer = await super().__call__(event)
        if not isinstance(event, Said):
            return answer
        callback = Callback("adopt", "o1", event.post.id).encode()
        return Show(Message("Is it an answer?", (Buttons((Button(MINE, callback),)),)))


@dataclass
class Two:
    """Two processes over the same records."""

    world: World
    records: MemoryRecords
    clock: SteppedClock
    ear: Offering
    processes: list[tuple[Teams, Hands]]

    async def says(self, words: str) -> None:
        """Ana says it, and the first process hears it."""
        teams, people = self.processes[0]
        await people.say(self.world.person("ana"), self.world.place("lesson"), words)
        await teams.settled()

    async def presses(self, process: int) -> Acknowledged:
        """Ana says that it is her answer."""
        answer = await self.processes[process][1].press(self.world.person("ana"), MINE)
        assert answer
        return answer

    @property
    def kept(self) -> list[str]:
        """The keys of the words that are kept."""
        return [key for kind, key in self.records.kept if kind == SAID]

    @property
    def replies(self) -> list[Replied]:
        """What was heard as an answer."""
        return [one for one in self.ear.events if isinstance(one, Replied)]


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    ear, clock, records = Offering(), SteppedClock(START), MemoryRecords()
    lesson = IncreasingClock(clock)
    async with teams_world() as world, AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(hearing(world, records, ear, lesson, clock))
            for _ in range(2)
        ]
        await processes[0][1].adds_bot(world.person("fay"), world.place("lesson"))
        await processes[0][0].settled()
        ear.events.clear()
        yield Two(world, records, clock, ear, processes)


@pytest.mark.parametrize("process", [0, 1], ids=["the same", "another"])
async def test_words_are_an_answer_in_whichever_process_that_is_said(
    two: Two, process: int
) -> None:
    await two.says(WORDS)
    (said,) = two.ear.events
    assert isinstance(said, Said)
    two.ear.answers.append(Saved("It is kept."))
    answer = await two.presses(process)
    assert answer.body["value"] == "It is kept."
    (reply,) = two.replies
    assert (reply.who, reply.at, reply.place) == (said.who, said.at, said.place)
    assert (reply.text, reply.reply, reply.name) == (said.text, said.post, said.name)
    assert two.kept == []


async def test_what_was_not_kept_can_be_said_once_more(two: Two) -> None:
    await two.says(WORDS)
    two.ear.answers += [NotSaved("Please try again.")]
    await two.presses(1)
    assert len(two.kept) == 1
    await two.presses(1)
    assert [one.text.text for one in two.replies] == [WORDS, WORDS]
    assert two.kept == []


async def test_old_words_are_swept_when_the_same_person_says_something_else(two: Two) -> None:
    await two.says("first")
    (first,) = two.kept
    two.clock.step_to(two.clock.now() + KEPT + timedelta(seconds=1))
    await two.says("second")
    assert len(two.kept) == 1
    assert two.kept != [first]


async def test_all_that_is_old_is_swept_at_night(two: Two) -> None:
    await two.says(WORDS)
    teams, _ = two.processes[0]
    await teams.sweep()
    assert len(two.kept) == 1
    two.clock.step_to(two.clock.now() + KEPT + timedelta(seconds=1))
    await teams.sweep()
    assert two.kept == []


async def test_what_is_not_asked_about_is_kept_nowhere(two: Two) -> None:
    teams, people = two.processes[0]
    await people.whisper(two.world.person("ana"), WORDS)
    await teams.settled()
    assert two.kept == []
    assert not any(isinstance(one, Picked) for one in two.ear.events)
