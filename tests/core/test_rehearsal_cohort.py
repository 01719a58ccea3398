"""The cohort at work: whole runs in memory and in the room, on a database in a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Person, Place, PostRef, Recipient
from bot.chat.answer import Answer, NotSaved, Refused, Saved
from bot.chat.event import Event
from bot.chat.platform import Capabilities, Hear, Platform
from bot.chat.text import UserText
from bot.clock import SteppedClock
from bot.facilitation.activities import KINDS
from bot.facilitation.state import Run
from bot.lessons.library import CONTENT, Library
from bot.platforms.memory import MemoryPlatform
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.board import BoardUnavailable, Post
from bot.rehearsal.acting import Act, Reply
from bot.rehearsal.cohort import Cohort
from bot.rehearsal.driving import drive
from bot.rehearsal.personas import cast
from bot.rehearsal.stage import MemoryStage, RoomStage, Stage
from bot.service.cueing import Cueing
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing
from bot.service.managing import Managing
from bot.service.reporting import RunReport, report_run
from bot.service.sending import Sending
from bot.service.store import Due
from bot.service.worker import Worker
from bot.storage.migrate import migrate
from bot.storage.room_board import SqlBoard
from bot.storage.store import SqlStore, open_store
from tests.core.making import START, a_lesson, a_phase, an_activity

COMPOST = ("Compost heaps", "Worm bins", "Leaf mould", "Turning the pile")
LESSON = a_lesson(
    a_phase("Engage", an_activity("prompt"), an_activity("poll", other=True)),
    a_phase("Evaluate", an_activity("discussion", phase="Evaluate")),
    a_phase("After", an_activity("reflection", phase="After")),
)
LESSON = replace(LESSON, plan=replace(LESSON.plan, key_concepts=COMPOST))
ASKING = {"poll", "discussion", "reflection"}


class NoWaker:
    async def wait(self, due: Due) -> None:
        raise AssertionError("a stepped run never sleeps")


@dataclass(frozen=True)
class House:
    """Everything that a run needs, on one stepped clock."""

    store: SqlStore
    clock: SteppedClock
    platforms: dict[str, Platform]
    hearing: Hearing
    managing: Managing
    worker: Worker

    async def schedule(self, main: Place) -> Run:
        return await self.managing.schedule(
            LESSON, run_id="run1", main=main, facilitators=(), zone="UTC", start=START, seed=1
        )

    def capabilities_of(self, platform: str) -> Capabilities:
        return self.platforms[platform].capabilities

    def cohort(
        self, stage: Stage, main: Place, count: int = 12, seed: int = 1, **habit: Any
    ) -> Cohort:
        """So many people, all of whom have this in their habits."""
        people = [
            replace(each, habit=replace(each.habit, **habit))
            for each in cast(seed, count, main.platform, main.tenant)
        ]
        return Cohort(self.store, stage, people, "run1", seed, self.capabilities_of)

    async def report(self) -> RunReport:
        async with self.store.reading() as reading:
            return await report_run(reading, "run1")


@asynccontextmanager
async def a_house(file: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{file}"
    await migrate(url)
    clock = SteppedClock(START - timedelta(minutes=10))
    platforms: dict[str, Platform] = {}

    def lane_of(to: Recipient) -> str:
        return platforms[to.platform].lane(to).id

    def capabilities_of(platform: str) -> Capabilities:
        return platforms[platform].capabilities

    def new_id(run: str, person: Person) -> str:
        return f"p{person.id}"

    async with open_store(url, lane_of=lane_of) as store:
        managing = Managing(store, clock, lambda platform: Capabilities())
        library = Library(CONTENT, lambda: KINDS)
        hearing = Hearing(store, GroupCommit(store), managing, capabilities_of, new_id, library)
        sending = Sending(store, platforms, lesson=clock, machine=clock, owner="w", width=1)
        worker = Worker(store, Cueing(store, clock, capabilities_of), sending, NoWaker())
        yield House(store, clock, platforms, hearing, managing, worker)


@asynccontextmanager
async def in_memory(
    file: Path,
) -> AsyncIterator[tuple[House, MemoryPlatform, MemoryStage, Place]]:
    async with a_house(file) as house:
        platform = MemoryPlatform(hear=house.hearing.hear)
        house.platforms[platform.name] = platform
        main = platform.place("c1")
        await house.schedule(main)
        yield house, platform, MemoryStage(platform, main), main


@asynccontextmanager
async def in_the_room(file: Path) -> AsyncIterator[tuple[House, RoomPlatform, RoomStage, Place]]:
    async with a_house(file) as house:
        board = SqlBoard(house.store.database)
        room = RoomPlatform(board, house.hearing.hear, house.clock, b"s" * 32)
        house.platforms[room.name] = room
        main = await room.open_channel("c1", "Permits")
        await house.schedule(main)
        yield house, room, RoomStage(room, main), main


async def test_in_a_whole_run_a_quarter_answers_whatever_is_asked(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, platform, stage, main):
        cohort = house.cohort(stage, main)
        await drive(house.store, house.worker, cohort, house.clock)
        report = await house.report()
        assert report.run.status == "ended"
        there = {member.name for member in await platform.members(main)}
        assert {p.name for p in report.participants} == there
        assert len(there) == 12
        for kind in ASKING:
            in_time = {a.participant for a in report.standing() if a.kind == kind and not a.late}
            assert len(in_time) >= 3, kind
        assert cohort.saved >= len(report.standing())
        assert (cohort.refused, cohort.not_saved) == (0, 0)


async def test_a_cohort_of_one_answers_everything(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        await drive(house.store, house.worker, house.cohort(stage, main, 1), house.clock)
        assert {answer.kind for answer in (await house.report()).answers} >= ASKING


async def test_two_runs_with_one_seed_agree_and_with_another_they_do_not(tmp_path: Path) -> None:
    reports = []
    for name, seed in (("first", 5), ("second", 5), ("other", 6)):
        async with in_memory(tmp_path / f"{name}.db") as (house, _, stage, main):
            await drive(house.store, house.worker, house.cohort(stage, main, 4, seed), house.clock)
            reports.append(await house.report())
    first, second, other = reports
    assert first.answers == second.answers
    assert first.participants == second.participants
    assert first.answers != other.answers


async def test_after_a_restart_all_is_done_again_and_nothing_stands_twice(tmp_path: Path) -> None:
    async with in_the_room(tmp_path / "run.db") as (house, room, stage, main):
        await drive(house.store, house.worker, house.cohort(stage, main, 6), house.clock)
        before, posts = await house.report(), await spoken(room)
        again = house.cohort(stage, main, 6)
        await drive(house.store, house.worker, again, house.clock)
        after = await house.report()
        assert again.saved + again.refused > 0
        assert after.answers == before.answers
        assert after.participants == before.participants
        assert await spoken(room) == posts


async def test_a_run_cut_short_anywhere_ends_like_one_that_was_not(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "whole.db") as (house, _, stage, main):
        await drive(house.store, house.worker, house.cohort(stage, main, 6), house.clock)
        whole = await house.report()
    async with in_memory(tmp_path / "cut.db") as (house, platform, stage, main):
        for acts_done in (2, 9, 16, 23):
            cut = CutShort(platform, main, acts_done)
            with pytest.raises(Killed):
                await drive(house.store, house.worker, house.cohort(cut, main, 6), house.clock)
        await drive(house.store, house.worker, house.cohort(stage, main, 6), house.clock)
        assert (await house.report()).answers == whole.answers


async def test_nobody_acts_on_a_post_before_it_stands(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        cohort = house.cohort(stage, main)
        await cohort.look()
        assert cohort.next_at() is None
        house.clock.step_to(START)
        await house.worker.turn()
        house.clock.step_to(START + timedelta(minutes=10))
        # The poll opens; nothing is sent yet.
        await Cueing(house.store, house.clock, lambda platform: Capabilities()).run_due()
        await cohort.look()
        assert cohort.next_at() == START
        await cohort.act_until(START + timedelta(hours=1))
        assert cohort.next_at() is None
        await house.worker.turn()
        await cohort.look()
        assert cohort.next_at() is not None


async def test_what_was_planned_already_is_not_planned_again(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, _, stage, main):
        cohort = house.cohort(stage, main)
        house.clock.step_to(START)
        await house.worker.turn()
        await cohort.look()
        assert await cohort.act_until(START) > 0
        left = cohort.next_at()
        await cohort.look()
        assert cohort.next_at() == left != START


async def test_a_refused_act_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, platform, stage, main):
        await house_open(house)
        cohort = house.cohort(stage, main)
        await cohort.look()
        platform.hear = Always(Refused("No."))
        done = await cohort.act_until(START + timedelta(hours=1))
        assert cohort.refused > 0
        assert cohort.saved == 0
        assert done > cohort.refused


async def test_what_could_not_be_saved_is_counted_apart(tmp_path: Path) -> None:
    async with in_memory(tmp_path / "run.db") as (house, platform, stage, main):
        await house_open(house)
        cohort = house.cohort(stage, main)
        await cohort.look()
        platform.hear = Always(NotSaved("Again, please."))
        await cohort.act_until(START + timedelta(hours=1))
        assert cohort.not_saved > 0
        assert (cohort.saved, cohort.refused) == (0, 0)


async def test_a_live_cohort_acts_when_the_clock_says_so_until_it_is_stopped(
    tmp_path: Path,
) -> None:
    async with in_memory(tmp_path / "run.db") as (house, platform, _, main):
        await house_open(house)
        stopping = asyncio.Event()
        platform.hear = Stops(house.hearing.hear, stopping, after=20)
        cohort = house.cohort(MemoryStage(platform, main), main)
        house.clock.step_to(START + timedelta(minutes=19, seconds=50))
        async with asyncio.timeout(20):
            await cohort.live(house.clock, stopping)
        assert cohort.saved > 3
        assert len(await platform.members(main)) >= 9


async def test_personas_are_people_of_the_room_and_their_replies_stand_in_its_threads(
    tmp_path: Path,
) -> None:
    async with in_the_room(tmp_path / "run.db") as (house, room, stage, main):
        cohort = house.cohort(stage, main, 8, second_thoughts=0.9)
        await drive(house.store, house.worker, cohort, house.clock)
        report = await house.report()
        there = await room.members(main)
        stayed = {p.name for p in report.participants if p.left_at is None}
        assert {m.name for m in there} == stayed != {p.name for p in report.participants}
        replies = {
            row.item.removeprefix("reply:"): row.text
            for row in report.standing()
            if row.item.startswith("reply:")
        }
        said = await spoken(room)
        assert replies
        assert {id: text for id, (_, text, _) in said.items()} == replies
        roots = {post.id for post in await room.board.posts("c1") if not post.thread}
        assert {thread for thread, _, _ in said.values()} <= roots
        assert any(edited for _, _, edited in said.values())


async def test_what_is_refused_or_cannot_be_shown_is_not_called_saved(tmp_path: Path) -> None:
    [ada] = cast(1, 1, "room", "local")
    async with in_the_room(tmp_path / "run.db") as (house, _, _, main):
        post = PostRef(main, "post1")
        for hear, board, expected in (
            (Always(Refused("No.")), SqlBoard(house.store.database), Refused),
            (Always(Saved()), FullBoard(house.store.database), NotSaved),
        ):
            room = RoomPlatform(board, hear, house.clock, b"s" * 32)
            stage = RoomStage(room, main)
            answer = await stage.act(ada, Act(START, "e1", Reply(UserText("Hello"))), post)
            assert isinstance(answer, expected)
            assert await spoken(room) == {}


async def spoken(room: RoomPlatform) -> dict[str, tuple[str, str, bool]]:
    """What people said in the room's threads: (thread, text, whether it was edited) by reply."""
    return {
        post.id: (post.thread, post.body.text, post.edited)
        for post in await room.board.posts("c1")
        if isinstance(post.body, UserText) and not post.deleted
    }


async def house_open(house: House) -> None:
    """The prompt is over and the poll is open and posted."""
    house.clock.step_to(START)
    await house.worker.turn()
    house.clock.step_to(START + timedelta(minutes=10))
    await house.worker.turn()


class Always:
    """Answers everything with the same."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, event: Event) -> Answer:
        return self._answer


class Stops:
    """Hears as usual, and stops the cohort after so many events."""

    def __init__(self, hear: Hear, stopping: asyncio.Event, after: int) -> None:
        self._hear = hear
        self._stopping = stopping
        self._left = after

    async def __call__(self, event: Event) -> Answer:
        self._left -= 1
        if self._left <= 0:
            self._stopping.set()
        return await self._hear(event)


class Killed(Exception):
    """The process is gone."""


class CutShort(MemoryStage):
    """The process is killed once so many acts were heard, before anybody learns of the last."""

    def __init__(self, platform: MemoryPlatform, place: Place, acts: int) -> None:
        super().__init__(platform, place)
        self._left = acts

    async def _do(self, event: Event) -> Answer:
        answer = await super()._do(event)
        self._left -= 1
        if self._left <= 0:
            raise Killed
        return answer


class FullBoard(SqlBoard):
    """A board that takes nothing more."""

    async def put(self, post: Post) -> bool:
        raise BoardUnavailable("The disk is full.")
