"""``fivefold demo``: a lesson here and now, with a made-up cohort, with or without a visitor."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import CommandError
from bot.cli.lessons import runnable

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.address import Person
    from bot.facilitation.state import Run
    from bot.lessons.lesson import Lesson
    from bot.rehearsal.cohort import Cohort
    from bot.settings import Settings

LESSON = "mlops-core-components"
HEADLESS_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A headless run begins here, so that the same seed gives the same evidence."""
GRACE = timedelta(days=1)
"""On a fast clock a hiccup of the machine is minutes: the demo never pauses for one."""
AHEAD = timedelta(minutes=2)
"""How long before its lesson a visitor's demo opens, on the scaled clock."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What is to be run; ``at`` is when its clock is set going."""

    lesson: Lesson
    people: int
    seed: int
    at: datetime
    out: Path

    @property
    def run_id(self) -> str:
        """The same for the same demo, so that an interrupted headless one is gone on with."""
        name = f"{self.lesson.hash}\n{self.people}\n{self.seed}\n{self.at.isoformat()}"
        return f"demo{blake2s(name.encode(), digest_size=4).hexdigest()}"


def demo(
    lesson: Annotated[
        Path, typer.Argument(metavar="[LESSON]", help="A plan, a folder, or a lesson's name.")
    ] = Path(LESSON),
    headless: Annotated[
        bool, typer.Option("--headless", help="No visitor and no waiting; ends by itself.")
    ] = False,
    people: Annotated[int, typer.Option(min=1, max=1000, help="How many personas.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.")] = 1,
    out: Annotated[Path, typer.Option(help="Where the evidence goes.")] = Path("out"),
    rate: Annotated[
        float, typer.Option(min=1, max=600, help="How many times as fast as a real clock.")
    ] = 20.0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 is any free port.")] = 0,
) -> None:
    """Run a lesson here and now with a made-up cohort, and come in as a learner or as the
    facilitator. With --headless nobody comes in, and it takes seconds."""
    from bot.cli.running import kept

    at = HEADLESS_START if headless else datetime.now(UTC).replace(microsecond=0)
    chosen = Demo(runnable(lesson), people, seed, at, out)
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
    from bot.facilitation.timeline import NOTES_AHEAD
    from bot.rehearsal.driving import catch_up, drive
    from bot.storage.migrate import migrate

    await migrate(settings.database)
    clock = SteppedClock(demo.at - NOTES_AHEAD)
    async with open_app(settings, lesson=clock, machine=clock, new_id=_known_by, width=1) as app:
        run = await _scheduled(app, demo, demo.at)
        await catch_up(app.store, run.id, clock)
        await drive(app.store, app.worker, _cohort(app, demo, run), clock)
        await _write(app, run, demo.out)


async def visited_run(demo: Demo, settings: Settings, rate: float, port: int) -> None:
    """Run the demo ``rate`` times as fast as real time, with an open room on this port, until it
    ends or SIGINT or SIGTERM ends it, and write the evidence. Raises PortInUse."""
    from bot.app import open_app
    from bot.cli.picture import watch
    from bot.clock import ScaledClock
    from bot.platforms.room.clock_hand import ScaledHand
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

            async def next_step() -> datetime | None:
                async with app.store.reading() as reading:
                    at = (await reading.due()).cue_at
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
    return known or await app.managing.schedule(
        demo.lesson,
        run_id=demo.run_id,
        main=place,
        facilitators=(person(FACILITATOR),),
        zone="UTC",
        start=start,
        seed=demo.seed,
    )


def _cohort(app: App, demo: Demo, run: Run) -> Cohort:
    from bot.rehearsal.cohort import Cohort
    from bot.rehearsal.personas import cast
    from bot.rehearsal.stage import RoomStage

    personas = cast(demo.seed, demo.people, app.room.name, run.main.tenant)
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
