"""What an author does with a lesson: check it, see its script, see its timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.errors import FAILED, BadUsage, explain, one_line
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson, check_report
from bot.lessons.problem import LessonError, Problem

CONTENT = Path(__file__).parents[2] / "lesson_content"
"""The lessons that come with Fivefold; their folders' names can stand for them."""

LessonPath = Annotated[
    Path,
    typer.Argument(
        metavar="LESSON",
        help="A plan in Markdown, a folder with a plan.md, or the name of a lesson that is here.",
    ),
]


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="LESSON", help="Plans in Markdown, or folders with a plan.md."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all that was read of one lesson as JSON.")
    ] = False,
    people: Annotated[
        int | None,
        typer.Option(min=1, help="Say, too, where the minutes are too few for so many people."),
    ] = None,
) -> None:
    """Read a lesson and say what is wrong with it: how it is divided, and every problem with its
    line. The exit code is 1 if a lesson cannot be run."""
    if as_json and len(paths) > 1:
        raise BadUsage("With --json give one lesson at a time.")
    runnable = True
    for number, path in enumerate(paths):
        try:
            lesson = _judged(load_lesson(path, CONTENT), people)
        except LessonError as error:
            explain(error)
            runnable = False
            continue
        runnable &= lesson.runnable
        if as_json:
            typer.echo(as_json_text(check_report(lesson)))
        else:
            typer.echo("\n".join((*([""] if number else []), *_checked(path, lesson))))
    if not runnable:
        raise typer.Exit(FAILED)


def derive(lesson: LessonPath) -> None:
    """Write the script that a plan is turned into, as YAML with comments: what each phase does,
    for how long, and with which words. Edit it to say it your own way."""
    from bot.cli.script_yaml import script_yaml

    typer.echo(script_yaml(runnable(lesson)), nl=False)


def timeline(
    lesson: LessonPath,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="When it begins, like “2026-03-02 09:00”; else the next full hour."
        ),
    ] = None,
    zone: Annotated[str, typer.Option(help="The IANA zone of that time.")] = "UTC",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what would happen when, on the clocks of a zone and in UTC. Nothing is planned."""
    from bot.cli.moments import next_full_hour, read_start, read_zone
    from bot.clock import SystemClock
    from bot.facilitation.timeline import plan_live

    tz = read_zone(zone)
    chosen = runnable(lesson)
    at = read_start(start, zone) if start is not None else next_full_hour(SystemClock().now())
    cues = plan_live("preview", chosen, at)
    if as_json:
        report = {
            "title": chosen.plan.title,
            "zone": zone,
            "start": at.isoformat(),
            "end": cues[-1].at.isoformat(),
            "cues": [
                {
                    "at": cue.at.isoformat(),
                    "local": cue.at.astimezone(tz).isoformat(),
                    "kind": cue.kind,
                    "phase": cue.phase,
                    "activity": cue.activity,
                }
                for cue in cues
            ],
        }
        typer.echo(as_json_text(report))
        return
    rows = [
        (
            f"{cue.at.astimezone(tz):%a %Y-%m-%d %H:%M %Z}",
            f"{cue.at:%H:%M} UTC",
            cue.kind,
            cue.activity or cue.phase,
        )
        for cue in cues
    ]
    ends = cues[-1].at.astimezone(tz)
    typer.echo(f"{one_line(chosen.plan.title)}\nin {zone}, until {ends:%H:%M on %a %d %b %Y}\n")
    typer.echo(table(("Local time", "", "What", "Of"), rows))


def runnable(where: Path) -> Lesson:
    """The lesson there. Raises LessonError with every error that keeps it from being run."""
    lesson = load_lesson(where, CONTENT)
    if errors := [problem for problem in lesson.problems if problem.severity == "error"]:
        raise LessonError(*errors)
    return lesson


def as_json_text(value: Any) -> str:
    """JSON as it is printed: for people to look at, with their own letters."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as text in columns."""
    cells = [list(heads), *([one_line(str(cell)) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _judged(lesson: Lesson, people: int | None) -> Lesson:
    if people is None:
        return lesson
    from bot.facilitation.fit import judge_fit

    return replace(lesson, problems=(*lesson.problems, *judge_fit(lesson, people)))


def _checked(path: Path, lesson: Lesson) -> Iterable[str]:
    script = lesson.script
    yield one_line(lesson.plan.title) or "(no title)"
    yield f"{script.minutes()} minutes in {len(script.phases)} phases"
    yield ""
    rows = [
        (phase.name, phase.minutes, ", ".join(f"{a.kind} {a.minutes}" for a in phase.activities))
        for phase in script.phases
    ]
    if rows:
        yield table(("Phase", "Minutes", "What runs, and for how many of them"), rows)
        yield ""
    for problem in lesson.problems:
        yield _said(path, problem)
    if not lesson.problems:
        yield "No problems."


def _said(path: Path, problem: Problem) -> str:
    place = f"{path}:{problem.line}" if problem.line else str(path)
    return one_line(f"{place}: {problem.severity}: {problem.message}")
