"""What an author does with a lesson: check it, see its script and what a script takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.errors import FAILED, BadUsage, explain, one_line, say
from bot.lessons.files import Kinds, find_lesson, find_script, load_lesson
from bot.lessons.lesson import Lesson, check_report
from bot.lessons.library import CONTENT
from bot.lessons.places import fill, unfilled
from bot.lessons.problem import LessonError, Problem
from bot.lessons.script import Activity, PaceName

if TYPE_CHECKING:
    from bot.lessons.read_script import ScriptKind


def _kinds() -> Mapping[str, ScriptKind]:
    # Only a script needs them, and a check is to start quickly.
    from bot.facilitation.activities import KINDS

    return KINDS


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
            lesson = _judged(load_lesson(path, CONTENT, _kinds), people)
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

    chosen = runnable(lesson, None)
    beside = find_script(find_lesson(lesson, CONTENT))
    # Where this is to go into that file, the shell has just emptied it.
    if beside and beside.stat().st_size:
        say(f"Note: {beside} is what runs; this is what would run by the plan alone.")
    typer.echo(script_yaml(chosen), nl=False)


def schema() -> None:
    """Print the JSON Schema of a script: every key, what it takes and what it is for. Kept beside
    a script as script.schema.json, it lets an editor help with writing."""
    from bot.lessons.schema import script_schema

    typer.echo(as_json_text(script_schema(_kinds())))


def runnable(where: Path, kinds: Kinds | None = _kinds) -> Lesson:
    """The lesson there with its script, or without ``kinds`` as its plan alone would run.

    Raises LessonError with every error that keeps it from being run.
    """
    lesson = load_lesson(where, CONTENT, kinds)
    if errors := [problem for problem in lesson.problems if problem.severity == "error"]:
        raise LessonError(*errors)
    return lesson


def filled(lesson: Lesson, values: Mapping[str, str], pace: PaceName) -> Lesson:
    """The lesson with these values in its places. Raises BadUsage for values that it cannot take:
    of places that it does not have, or such that in this pace an activity cannot be run."""
    from bot.lessons.script_kinds import unusable

    try:
        done = fill(lesson, values)
    except ValueError as error:
        raise BadUsage(str(error)) from None
    for name, why in unusable(done.script.for_pace(pace), _kinds()):
        raise BadUsage(
            f"With its places filled in like this, {one_line(name)} cannot be used: {why}. "
            "Fill them in differently."
        )
    return done


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

    found = judge_fit(lesson.for_pace("live"), people)
    return replace(lesson, problems=(*lesson.problems, *found))


def _checked(path: Path, lesson: Lesson) -> Iterable[str]:
    script = lesson.script
    yield one_line(lesson.plan.title) or "(no title)"
    yield f"{script.minutes()} minutes in {len(script.phases)} phases"
    yield ""
    rows: list[tuple[str, int | str, str]] = [
        (phase.name, phase.minutes, ", ".join(f"{a.kind} {a.minutes}" for a in phase.activities))
        for phase in script.phases
    ]
    if rows:
        before = [("(before)", "", _around(script.before))] if script.before else []
        after = [("(after)", "", _around(script.after))] if script.after else []
        heads = ("Phase", "Minutes", "What runs, and for how many of them")
        yield table(heads, [*before, *rows, *after])
        yield ""
    if script.handouts:
        count = len(script.handouts)
        yield f"{count} handouts to read" if count > 1 else "1 handout to read"
        yield ""
    if places := unfilled(script):
        yield table(("Place", "To be filled in when it is scheduled"), places)
        yield ""
    # A warning is often only what an error leads to.
    for problem in sorted(lesson.problems, key=lambda problem: problem.severity != "error"):
        yield _said(path, problem)
    if not lesson.problems:
        yield "No problems."


def _around(activities: Sequence[Activity]) -> str:
    said = {0: "", 1: " (1 day)"}
    return ", ".join(f"{a.kind}{said.get(a.days, f' ({a.days} days)')}" for a in activities)


def _said(path: Path, problem: Problem) -> str:
    plan = find_lesson(path, CONTENT)
    file = plan.parent / problem.file if problem.file else plan
    place = f"{file}:{problem.line}" if problem.line else str(file)
    return one_line(f"{place}: {problem.severity}: {problem.message}")
