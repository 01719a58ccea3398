"""What an operator does: keep the database, serve runs, steer them, take them home."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import BadUsage, CommandError
from bot.cli.lessons import as_json_text, table

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

DEFAULT_PORT = 8080
QUIET = (
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "msrest",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "uvicorn",
)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id that “fivefold runs” lists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def migrate() -> None:
    """Bring the database up to date. Several processes may do it at once; a file is backed up."""
    from bot.storage.migrate import migrate as bring_up_to_date

    asyncio.run(kept(bring_up_to_date(_settings().database)))
    typer.echo("The database is up to date.")


def runs(as_json: AsJson = False) -> None:
    """List what is planned, running and done, the latest start first."""

    async def work(app: App) -> None:
        async with app.store.reading() as reading:
            found = await reading.runs()
        if as_json:
            rows = [
                {
                    "run": run.id,
                    "title": run.lesson.plan.title,
                    "status": run.status,
                    "pace": "daily" if run.pace else "live",
                    "rehearsal": run.rehearsal,
                    "start": run.start.isoformat(),
                    "zone": run.zone,
                    "place": str(run.main),
                    "revision": run.revision,
                }
                for run in found
            ]
            typer.echo(as_json_text(rows))
        elif not found:
            typer.echo("There are no runs yet. “fivefold schedule LESSON” plans one.")
        else:
            cells = [
                (
                    run.id,
                    run.status,
                    "rehearsal" if run.rehearsal else "daily" if run.pace else "live",
                    f"{run.start:%Y-%m-%d %H:%M} UTC",
                    run.lesson.plan.title,
                )
                for run in found
            ]
            typer.echo(table(("Run", "Status", "Pace", "Start", "Lesson"), cells))

    with_app(work)


def run(
    run_id: RunId,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="COMMAND", help="start, pause, resume, +5, +1 day, next, close, end or status."
        ),
    ],
) -> None:
    """Steer one run: start it now, pause, resume, give minutes, go on, close what is open, end
    it."""
    from bot.chat.answer import Refused, Saved, Show
    from bot.chat.message import Message
    from bot.chat.plain import plain
    from bot.facilitation.controls import Command, parse_command

    command = parse_command(" ".join(words))
    if command is None or command.verb == "help":
        raise BadUsage(
            f"“{' '.join(words)}” is no command: say start, pause, resume, +5, "
            "+1 day, next, close, end, status."
        )
    if command.verb == "end" and not words[0].lower().startswith("end"):
        raise BadUsage("Say “end” to end it for good, or “pause”.")
    if command.verb == "end":
        # Whoever writes this names the run, and means it.
        command = Command("end-now")

    async def work(app: App) -> None:
        answer = await app.managing.carry_out(run_id, command, by="cli")
        match answer:
            case Saved(note):
                typer.echo(note)
            case Refused(why):
                raise CommandError(why)
            case Show(Message() as message):
                typer.echo(plain(message))

    with_app(work)


def evidence(
    run_id: RunId,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write into; else evidence/RUN.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the lossless JSON instead of writing files.")
    ] = False,
) -> None:
    """Write out all that a run has gathered: JSON, spreadsheets and a page to read."""
    from bot.evidence.data import evidence_json
    from bot.evidence.pack import write_evidence
    from bot.service.reporting import report_run

    async def work(app: App) -> None:
        async with app.store.reading() as reading:
            report = await report_run(reading, run_id)
        if as_json:
            typer.echo(evidence_json(report).decode(), nl=False)
            return
        folder = out or Path("evidence") / run_id
        written = write_evidence(report, folder)
        typer.echo(f"{len(written)} files in {folder}: open {folder / 'evidence.html'} to read.")

    with_app(work)


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port.")] = None,
    work: Annotated[
        bool, typer.Option("--work/--no-work", help="Do what is due here, too.")
    ] = True,
) -> None:
    """Open the room and, unless told otherwise, do what is due as “fivefold work” does."""
    from bot.settings.teams import keep_local
    from bot.web.server import listen, serve

    settings = _settings()
    where = host or settings.host
    if settings.teams and settings.teams.local:
        keep_local(where)
    number = port if port is not None else settings.port or DEFAULT_PORT

    async def serving(app: App) -> None:
        stopping = asyncio.Event()
        with listen(where, number) as sock:
            typer.echo(f"The room is open at http://{where}:{sock.getsockname()[1]}/")
            async with asyncio.TaskGroup() as group:
                if work:
                    group.create_task(app.worker.run(stopping))
                    group.create_task(app.attending.run(stopping))
                if app.slack:
                    group.create_task(_say(app.slack.where()))
                    group.create_task(app.slack.listen(stopping))
                if app.teams:
                    group.create_task(_say(app.teams.where()))
                await serve(app.web(), where, number, [sock], stopping=app.room.bell.close)
                stopping.set()
                app.alarm.wake()

    with_app(serving)


def work() -> None:
    """Do what is due: open, post, close. Any number of these may share a PostgreSQL database."""
    import signal

    async def working(app: App) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, stopping, app)
        typer.echo("Working. Ctrl-C ends it.")
        async with asyncio.TaskGroup() as group:
            group.create_task(app.worker.run(stopping))
            group.create_task(app.attending.run(stopping))

    with_app(working)


def public_url(settings: Settings) -> str:
    """The address under which people reach the pages."""
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    return settings.public_url or f"http://{host}:{settings.port or DEFAULT_PORT}"


async def _say(sentence: Awaitable[str]) -> None:
    typer.echo(await sentence)


def _stop(stopping: asyncio.Event, app: App) -> None:
    stopping.set()
    app.alarm.wake()


def _settings() -> Settings:
    from bot.settings import read_settings

    settings = read_settings(os.environ)
    level = getattr(logging, settings.log_level.upper())
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in QUIET:
        # At their lower levels these write what people wrote, or fill the log with nothing.
        logging.getLogger(name).setLevel(logging.WARNING)
    return settings


def with_app(work: Callable[[App], Awaitable[Any]]) -> None:
    async def opened() -> None:
        async with _app() as app:
            await work(app)

    asyncio.run(kept(opened()))


@asynccontextmanager
async def _app() -> AsyncIterator[App]:
    from bot.app import open_app

    async with open_app(_settings()) as app:
        yield app


async def kept(work: Awaitable[Any]) -> None:
    """Do the work. What people can do something about is raised as CommandError, in a sentence."""
    from bot.evidence.pack import EvidenceError
    from bot.platforms.room.board import BoardUnavailable
    from bot.service.reporting import NoSuchRun
    from bot.service.store import StoreUnavailable
    from bot.web.server import PortInUse

    known = (NoSuchRun, StoreUnavailable, BoardUnavailable, EvidenceError, PortInUse)
    try:
        await work
    except Exception as error:
        cause: Exception = error
        # A task group wraps what went wrong in its tasks.
        while isinstance(cause, ExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, known):
            raise CommandError(str(cause)) from error
        raise cause from None
