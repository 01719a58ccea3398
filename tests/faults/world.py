"""A run to be killed: its lesson, its cohort, and the bot that carries it on to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.chat.address import Person, Place, Recipient, lane_name
from bot.chat.platform import Capabilities, Hear, Platform
from bot.clock import SteppedClock
from bot.facilitation.activities import KINDS
from bot.facilitation.pace import Pace
from bot.facilitation.planning import NOTES_AHEAD_DAILY
from bot.lessons.lesson import Lesson
from bot.lessons.library import CONTENT, Library
from bot.rehearsal.cohort import Cohort
from bot.rehearsal.driving import catch_up, drive
from bot.rehearsal.personas import cast
from bot.rehearsal.stage import MemoryStage
from bot.service.cueing import Cueing
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing
from bot.service.managing import Managing
from bot.service.sending import Sending
from bot.service.store import Due
from bot.service.worker import Worker
from bot.storage.store import open_store
from tests.core.making import START, a_lesson, a_phase, an_activity
from tests.faults.journal import Acknowledging, JournalPlatform, Step

LIVE = a_lesson(
    a_phase("Engage", an_activity("poll", other=True), notes="Be brief."),
    a_phase(
        "Evaluate",
        an_activity("discussion", phase="Evaluate"),
        an_activity("reflection", phase="Evaluate"),
    ),
)
DAILY = a_lesson(
    a_phase("Engage", an_activity("poll", other=True), an_activity("discussion"), notes="Hello."),
    a_phase(
        "Evaluate",
        an_activity("discussion", phase="Evaluate"),
        an_activity("discussion", id="more", phase="Evaluate"),
    ),
)
"""Two days of one post each, in which two activities stand together. The second of two discussions
is answered by form."""

Paced = Literal["live", "daily"]
RUN = "run1"
MAIN = Place("memory", "local", "c1")
LEADER = Person("memory", "local", "leader")
PEOPLE, SEED = 4, 14


@dataclass(frozen=True, slots=True)
class World:
    """A database, and a folder that stands for all that is outside of the bot.

    ``read_back`` says whether the platform can be asked what was posted; ``paced``, whether the
    lesson is held in one sitting or over days.
    """

    url: str
    folder: Path
    read_back: bool = True
    paced: Paced = "live"

    @property
    def lesson(self) -> Lesson:
        """What is held."""
        return LIVE if self.paced == "live" else DAILY

    @property
    def journal(self) -> Path:
        """What was posted and edited."""
        return self.folder / "journal"

    @property
    def acknowledged(self) -> Path:
        """What people were told is saved."""
        return self.folder / "acknowledged"

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can do."""
        return Capabilities(read_back=self.read_back)


def lane_of(to: Recipient) -> str:
    """The lane of the platform in memory."""
    return lane_name(to)


class NoWaker:
    """The run is driven by its stepped clock."""

    async def wait(self, due: Due) -> None:
        """Never called."""
        raise AssertionError("a stepped run never sleeps")


async def carry_on(world: World, step: Step) -> None:
    """Bring the run to its end as a new process does: from what the database knows of it."""
    platforms: dict[str, Platform] = {}
    clock = SteppedClock(START - NOTES_AHEAD_DAILY)

    def capabilities_of(platform: str) -> Capabilities:
        return world.capabilities

    async with open_store(world.url, lane_of=lane_of) as store:
        managing = Managing(store, clock, capabilities_of)
        library = Library(CONTENT, lambda: KINDS)
        hearing = Hearing(store, GroupCommit(store), managing, capabilities_of, _new_id, library)
        hear: Hear = Acknowledging(hearing.hear, world.acknowledged, step)
        platform = JournalPlatform(world.journal, read_back=world.read_back, hear=hear, step=step)
        platforms[platform.name] = platform
        sending = Sending(store, platforms, lesson=clock, machine=clock, owner="w", width=1)
        worker = Worker(store, Cueing(store, clock, capabilities_of), sending, NoWaker())
        async with store.reading() as reading:
            known = await reading.run(RUN)
        if known is None:
            await _schedule(managing, world)
        await catch_up(store, RUN, clock)
        people = cast(SEED, PEOPLE, MAIN.platform, MAIN.tenant)
        stage = MemoryStage(platform, MAIN)
        cohort = Cohort(store, stage, people, RUN, SEED, capabilities_of)
        await drive(store, worker, cohort, clock)
        assert cohort.not_saved == 0


async def _schedule(managing: Managing, world: World) -> None:
    """From `START`, the hour at which the posts of lesson days come, too."""
    if world.paced == "live":
        await managing.schedule(
            LIVE, run_id=RUN, main=MAIN, facilitators=(LEADER,), zone="UTC", start=START
        )
    else:
        await managing.schedule_daily(
            DAILY,
            run_id=RUN,
            main=MAIN,
            facilitators=(LEADER,),
            zone="UTC",
            first=START.date(),
            pace=Pace(),
        )


def _new_id(run: str, person: Person) -> str:
    return f"p-{person.id}"
