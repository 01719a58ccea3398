"""``fivefold demo``: a lesson here and now, with a made-up cohort, with or without a visitor."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import BadUsage, CommandError
from bot.cli.lessons import runnable
from bot.cli.pacing import PaceName

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.address import Person
    from bot.clock import ScaledClock
    from bot.facilitation.state import Run
    from bot.lessons.lesson import Lesson
    from bot.rehearsal.cohort import Cohort
    from bot.settings import Settings

LESSON = "mlops-core-components"
HEADLESS_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A headless run begins here, so that the same seed gives the same evidence."""
GRACE = timedelta(days=1)
"""On a fast clock a hiccup of the machine is minutes: the demo never pauses for one."""
LOOKS, LOOK_SECONDS = 60, 0.05
"""How often, and how far apart, a click on the clock looks whether the demo has caught up."""
AHEAD = timedelta(minutes=4)
"""How long before its lesson a visitor's demo opens, on the scaled clock."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What is to be run; ``at`` is when its clock is set going."""

    lesson: Lesson
    people: int
    seed: int
    at: datetime
    out: Path
    daily: bool = False

    @property
    def run_id(self) -> str:
        """The same for the same demo, so that an interrupted headless one is gone on with."""
        pace = "daily" if self.daily else "live"
        name = f"{self.lesson.hash}\n{self.people}\n{self.seed}\n{self.at.isoformat()}\n{pace}"
        return f"demo{blake2s(name.encode(), digest_size=4).hexdigest()}"


def demo(
    lesson: Annotated[
        Path, typer.Argument(metavar="[LESSON]", help="A plan, a folder, or a lesson's name.")
    ] = Path(LESSON),
    headless: Annotated[
        bool, typer.Option("--headless", help="No visitor and no waiting; ends by itself.")
    ] = False,
    people: Annotated[int, typer.Option(min=0, max=1000, help="How many personas.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.")] = 1,
    out: Annotated[Path, typer.Option(help="Where the evidence goes.")] = Path("out"),
    pace: Annotated[
        PaceName, typer.Option(help="In one sitting, or over days, which needs --headless.")
    ] = "live",
    rate: Annotated[
        float, typer.Option(min=1, max=600, help="How many times as fast as a real clock.")
    ] = 20.0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 is any free port.")] = 0,
) -> None:
    """Run a lesson here and now with a made-up cohort, and come in as a learner or as the
    facilitator. With --headless nobody comes in, and it takes seconds."""
    from bot.cli.running import kept
    from bot.lessons.places import fill

    if pace == "daily" and not headless:
        raise BadUsage("A lesson over days is too long to watch: add --headless.")
    at = HEADLESS_START if headless else datetime.now(UTC).replace(microsecond=0)
    # Nobody fills in the places of a demo, so what speaks of them is left out.
    chosen = Demo(fill(runnable(lesson), {}), people, seed, at, out, pace == "daily")
    if not headless:
        chosen = one_sitting(chosen)
    settings = _settings(chosen)
    work = headless_run(chosen, settings) if headless else visited_run(chosen, settings, rate, port)
    asyncio.run(kept(work))


def _settings(demo: Demo) -> Settings:
    """Each demo has a database of its own in its folder, unless the environment names one."""
    import os

    from bot.settings import DATABASE, read_settings

    settings = read_settings(os.environ)
    if settings.database != DATABASE:
        return settings
    try:
        demo.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The folder {demo.out} cannot be made ({error.strerror}): choose another with --out."
        ) from error
    return replace(settings, database=f"sqlite:///{demo.out / demo.run_id}.db")


def _known_by(run: str, person: Person) -> str:
    """The personas' ids come from their names, so that the same seed gives the same evidence."""
    return blake2s(f"{run}\n{person}".encode(), digest_size=8).hexdigest()


async def headless_run(demo: Demo, settings: Settings) -> None:
    """Run the demo on the stepped clock to its end and write the evidence. Raises Stuck."""
    from bot.app import open_app
    from bot.clock import SteppedClock
    from bot.rehearsal.driving import catch_up, drive
    from bot.rehearsal.leading import Leader
    from bot.storage.migrate import migrate

    await migrate(settings.database)
    clock = SteppedClock(_first_moment(demo))
    async with open_app(settings, lesson=clock, machine=clock, new_id=_known_by, width=1) as app:
        run = await _scheduled(app, demo, demo.at)
        await catch_up(app.store, run.id, clock)
        leader = Leader(app.store, app.managing, run.id)
        await drive(app.store, app.worker, _cohort(app, demo, run), clock, leader)
        await _write(app, run, demo.out)


async def visited_run(demo: Demo, settings: Settings, rate: float, port: int) -> None:
    """Run the demo ``rate`` times as fast as real time, with an open room on this port, until it
    ends or SIGINT or SIGTERM ends it, and write the evidence. Raises PortInUse."""
    from bot.app import open_app
    from bot.cli.picture import watch
    from bot.clock import ScaledClock
    from bot.platforms.room.clock_hand import ScaledHand
    from bot.rehearsal.leading import Leader
    from bot.storage.migrate import migrate
    from bot.web.server import listen, serve

    await migrate(settings.database)
    clock = ScaledClock(demo.at, rate)
    with listen("127.0.0.1", port) as sock:
        async with open_app(
            settings, lesson=clock, grace=GRACE, new_id=_known_by, open_entry=True
        ) as app:
            run = await _scheduled(app, demo, demo.at + AHEAD)
            cohort = _cohort(app, demo, run)
            leader = Leader(app.store, app.managing, run.id)

            async def next_step() -> datetime | None:
                await _caught_up(app, clock)
                async with app.store.reading() as reading:
                    at = await leader.ready_at() or (await reading.due()).cue_at
                if at is not None:
                    # Who skips time skips nobody's answers.
                    await cohort.look()
                    await cohort.act_until(at)
                return at

            app.room.clock_hand = ScaledHand(clock, next_step)
            address = f"http://127.0.0.1:{sock.getsockname()[1]}/"
            stopping = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                server = group.create_task(
                    serve(app.web(), "127.0.0.1", port, [sock], stopping=app.room.bell.close)
                )
                group.create_task(app.worker.run(stopping))
                group.create_task(cohort.live(clock, stopping))
                group.create_task(leader.live(clock, stopping))
                watching = group.create_task(watch(app, run.id, address, stopping))
                await asyncio.wait({server, watching}, return_when=asyncio.FIRST_COMPLETED)
                if not server.done() and sys.stdout.isatty():
                    await _write(app, run, demo.out)
                    typer.echo("The room stays open for you to look around. Ctrl-C ends it.")
                    await server
                server.cancel()
                stopping.set()
                app.alarm.wake()
            # Whether it came to its end or was ended: what was given so far is taken home.
            await _write(app, run, demo.out)


async def _caught_up(app: App, clock: ScaledClock) -> None:
    """Wait until all that is due now is posted: quick clicks would close what nobody saw."""
    for _ in range(LOOKS):
        async with app.store.reading() as reading:
            due = await reading.due()
        waiting = (at for at in (due.cue_at, due.delivery_at) if at)
        if not any(at <= clock.now() for at in waiting):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _scheduled(app: App, demo: Demo, start: datetime) -> Run:
    """The demo's run: the one that was interrupted, if there is one, or a new one."""
    from bot.platforms.room.adapter import FACILITATOR, person

    async with app.store.reading() as reading:
        runs = await reading.runs()
    if any(run.status != "ended" and run.id != demo.run_id for run in runs):
        raise CommandError(
            "The database that FIVEFOLD_DATABASE names has runs that have not ended, and a demo's "
            "clock would rush through them: unset it, or name another."
        )
    place = await app.room.open_channel(demo.run_id, demo.lesson.plan.title)
    known = next((run for run in runs if run.id == demo.run_id), None)
    if known:
        return known
    common: dict[str, Any] = {
        "run_id": demo.run_id,
        "main": place,
        "facilitators": (person(FACILITATOR),),
        "zone": "UTC",
        "seed": demo.seed,
    }
    if demo.daily:
        from bot.facilitation.pace import Pace

        return await app.managing.schedule_daily(
            demo.lesson, first=start.date(), pace=Pace(), **common
        )
    return await app.managing.schedule(demo.lesson, start=start, **common)


def one_sitting(demo: Demo) -> Demo:
    """Without what is due days later, which no visitor would wait for."""
    from bot.lessons.lesson import Lesson

    lesson = demo.lesson
    script = replace(lesson.script, after=())
    return replace(demo, lesson=Lesson.of(lesson.name, lesson.plan, script, lesson.problems))


def _first_moment(demo: Demo) -> datetime:
    """When a headless demo's clock is set going: ahead of everything that is to come."""
    from bot.facilitation.pace import Pace, days_of
    from bot.facilitation.planning import plan_daily, plan_live

    if demo.daily:
        lesson = demo.lesson.for_pace("async")
        days = days_of(lesson.script)
        cues = plan_daily(demo.run_id, lesson, demo.at.date(), "UTC", Pace(), days)
    else:
        cues = plan_live(demo.run_id, demo.lesson.for_pace("live"), demo.at)
    return min(cue.at for cue in cues)


def _cohort(app: App, demo: Demo, run: Run) -> Cohort:
    from bot.rehearsal.cohort import Cohort
    from bot.rehearsal.personas import cast
    from bot.rehearsal.stage import RoomStage

    where = (app.room.name, run.main.tenant)
    personas = cast(demo.seed, demo.people, *where) if demo.people else ()
    return Cohort(
        app.store, RoomStage(app.room, run.main), personas, run.id, demo.seed, app.capabilities_of
    )


async def _write(app: App, run: Run, out: Path) -> None:
    from bot.evidence.pack import write_evidence
    from bot.service.reporting import report_run

    async with app.store.reading() as reading:
        report = await report_run(reading, run.id)
    write_evidence(report, out)
    typer.echo(f"The evidence is in {out}: open {out / 'evidence.html'} to read it.")
