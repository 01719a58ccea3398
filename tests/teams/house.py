"""A run in Teams: the real service, Teams as it is served, and a connector on this machine."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.chat.address import Person, Place
from bot.chat.answer import Answer
from bot.chat.event import Event
from bot.chat.platform import Capabilities, Hear
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams.connection import Teams
from bot.service.sending import Sending
from bot.storage.migrate import migrate
from bot.storage.store import SqlStore, open_store
from tests.core.making import START
from tests.records import MemoryRecords
from tests.service.house import House
from tests.teams.hands import Hands
from tests.teams.opened import hearing
from tests.teams.organisation import Message
from tests.teams.world import EVERYTHING, World, teams_world

Json = Any


@dataclass
class Stand:
    """What a `House` asks of the platform that it stands on, where that is Teams."""

    world: World
    capabilities: Capabilities
    name: str = "teams"
    hear: Hear | None = None

    def person(self, id: str) -> Person:
        people = self.world.organisation.people
        return self.world.person(id) if id in people else Person("teams", self._tenant, id)

    def place(self, channel: str) -> Place:
        return self.world.place("lesson" if channel == "C1" else channel)

    async def say(self, said: Event) -> Answer:
        assert self.hear
        return await self.hear(said)

    @property
    def _tenant(self) -> str:
        return self.world.organisation.tenant


@dataclass
class Ears:
    """Passes on what is heard to the house that is there by then, and keeps it."""

    houses: list[House] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    async def __call__(self, heard: Event) -> Answer:
        """Hear it."""
        self.events.append(heard)
        return await self.houses[0].hearing.hear(heard)


class TeamsHouse(House):
    """A run in the channel `lesson`, led by Fay. ``events`` is what was heard."""

    def __init__(
        self,
        store: SqlStore,
        world: World,
        teams: Teams,
        people: Hands,
        clock: SteppedClock,
        events: list[Event],
    ) -> None:
        self.world = world
        self.teams = teams
        self.people_there = people
        self.events = events
        self.platform = teams.platform
        stand: Any = Stand(world, teams.platform.capabilities)
        super().__init__("", store, stand, clock)

    def another_sending(self, owner: str, width: int = 2) -> Sending:
        return Sending(
            self.store,
            {"teams": self.platform},
            lesson=self.lesson,
            machine=self.machine,
            owner=owner,
            width=width,
        )

    # -- what can be seen

    def standing(self, where: str, words: str) -> list[Message]:
        """The bot's messages with these words in a channel, or in somebody's talk."""
        organisation = self.world.organisation
        if where in organisation.people:
            channel = self.people_there.talk(self.world.person(where)).id
        else:
            channel = self.world.place(where).channel
        there = organisation.standing(channel)
        return [m for m in there if not m.author and words in reads(m)]

    def doubled(self) -> list[str]:
        """What the bot posted twice in one place."""
        posted = Counter(
            (one.channel, one.root, json.dumps(one.versions[0]["attachments"]))
            for one in self.world.organisation.messages.values()
            if not one.author
        )
        return [card for (_, _, card), count in posted.items() if count > 1]

    # -- what people do

    async def presses(self, handle: str, what: str, *options: str, old: bool = False) -> None:
        """Somebody presses the newest button of this title or callback."""
        who = self.world.person(handle)
        await self.people_there.press(who, what, *options, old_client=old)
        await self.teams.settled()

    async def writes(self, handle: str, place: Place, words: str) -> None:
        """Somebody writes in a channel or thread."""
        await self.people_there.say(self.world.person(handle), place, words)
        await self.teams.settled()


def reads(message: Message) -> str:
    """A message's cards as they are now."""
    return json.dumps(message.cards, ensure_ascii=False)


def _in_haste(connection: Any, record: Any) -> None:
    """Leave the disk to the system: these tests end no machine."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@cache
def _migrated() -> bytes:
    """A migrated database, because migrating takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        file = Path(folder) / "fivefold.db"
        thread.submit(lambda: asyncio.run(migrate(f"sqlite:///{file}"))).result()
        return file.read_bytes()


@asynccontextmanager
async def teams_house(
    folder: Path, *, allow: Collection[str] = EVERYTHING
) -> AsyncIterator[TeamsHouse]:
    """The bot is in Fay's teams, and nothing is scheduled yet."""
    file = folder / "fivefold.db"
    file.write_bytes(_migrated())
    clock, ears = SteppedClock(START), Ears()
    lesson = IncreasingClock(clock)
    async with (
        teams_world(allow=allow) as world,
        hearing(world, MemoryRecords(), ears, lesson, clock) as (teams, people),
        open_store(f"sqlite:///{file}", lane_of=lambda to: teams.platform.lane(to).id) as store,
    ):
        event.listen(store.database._writer.sync_engine, "connect", _in_haste)
        house = TeamsHouse(store, world, teams, people, clock, ears.events)
        ears.houses.append(house)
        for channel in ("lesson", "other"):
            await people.adds_bot(world.person("fay"), world.place(channel))
        await teams.settled()
        ears.events.clear()
        world.connector.calls.clear()
        yield house
        await teams.settled()
