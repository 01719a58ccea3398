"""The table of commands. Only the one that was asked for is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer

from bot import __version__


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, its function as ``module:function``, and one line of help.

    The function's own docstring is what the command's ``--help`` shows.
    """

    name: str
    where: str
    help: str

    def load(self) -> Callable[..., Any]:
        """Import the module and give the function."""
        module, _, function = self.where.partition(":")
        found: Callable[..., Any] = getattr(import_module(module), function)
        return found


COMMANDS = (
    Command("demo", "bot.cli.demo:demo", "Run a lesson here and now with a made-up cohort."),
    Command("check", "bot.cli.lessons:check", "Read a lesson and say what is wrong with it."),
    Command("derive", "bot.cli.lessons:derive", "Write the script that would run, to edit it."),
    Command("schema", "bot.cli.lessons:schema", "Print what a script takes, for editors."),
    Command("timeline", "bot.cli.timeline:timeline", "Say what would happen when, as a dry run."),
    Command("preview", "bot.cli.preview:preview", "Write every message of a lesson into files."),
    Command("schedule", "bot.cli.scheduling:schedule", "Plan a lesson for a cohort."),
    Command("runs", "bot.cli.running:runs", "List what is planned, running and done."),
    Command("run", "bot.cli.running:run", "Steer one run: start, pause, resume, +5, next, close."),
    Command("evidence", "bot.cli.running:evidence", "Write out all that a run has gathered."),
    Command("serve", "bot.cli.running:serve", "Open the room and take part in the work."),
    Command("work", "bot.cli.running:work", "Do what is due, without a room."),
    Command("migrate", "bot.cli.running:migrate", "Bring the database up to date."),
    Command("manifest", "bot.cli.manifests:manifest", "Make what Slack or Teams needs for an app."),
    Command("doctor", "bot.cli.connecting:doctor", "See whether all is connected as it should."),
)


def invoke(argv: Sequence[str]) -> int:
    """Run the command that these words name; gives its exit code.

    Raises typer's own exceptions for a wrong use.
    """
    asked = next((word for word in argv if not word.startswith("-")), None)
    command = typer.main.get_command(_app(asked))
    code = command.main(list(argv) or ["--help"], prog_name="fivefold", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _app(asked: str | None) -> typer.Typer:
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_fivefold)
    for command in COMMANDS:
        function = command.load() if command.name == asked else _not_loaded
        app.command(command.name, short_help=command.help)(function)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fivefold {__version__}")
        raise typer.Exit


def _fivefold(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Run a 5E lesson plan for a cohort, in a chat room or in a browser room of its own."""


def _not_loaded() -> None:
    raise AssertionError("only the command that was asked for is called")
