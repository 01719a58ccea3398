"""``fivefold schedule``: a run of a lesson for a cohort in the browser room."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.errors import BadUsage, one_line, say
from bot.cli.lessons import LessonPath, as_json_text, filled, runnable
from bot.cli.pacing import (
    ClosesOption,
    DaysOption,
    HolidaysOption,
    OnOption,
    OpensOption,
    PaceOption,
    When,
    ZoneOption,
    ZonesOption,
    read_when,
)
from bot.cli.running import AsJson, public_url, with_app
from bot.cli.timeline import too_few
from bot.lessons.places import unfilled

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.address import Person, Place
    from bot.facilitation.state import Run
    from bot.lessons.lesson import Lesson


def schedule(
    lesson: LessonPath,
    pace: PaceOption = "live",
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Like “2026-03-02 09:00”, daily also 2026-03-02; else you start it, or tomorrow.",
        ),
    ] = None,
    zone: ZoneOption = "UTC",
    days: DaysOption = None,
    on: OnOption = None,
    opens: OpensOption = None,
    closes: ClosesOption = None,
    holidays: HolidaysOption = None,
    zones: ZonesOption = None,
    place: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=TEXT", help="Fill in one of the lesson’s places; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a lesson for a cohort in the browser room, and print the links to come in by.

    A live lesson without --start waits until you press “Start the lesson” in the room, or say
    “start”.
    """
    from bot.clock import SystemClock

    when = read_when(pace, start, zone, days, on, opens, closes, holidays, zones)
    found, values = runnable(lesson), _values(place or ())
    chosen = filled(found, values, "live" if when.pace is None else "async")
    left = [one for one in unfilled(found.script) if not values.get(one[0])]
    cues = when.cues(chosen)
    begins = when.begins(cues)
    # A first day that has begun may still be joined, as long as nothing of it has closed.
    until = begins if when.pace is None else min(c.at for c in cues if c.kind in ("close", "end"))
    if when.given and until < SystemClock().now():
        raise BadUsage(f"{begins:%Y-%m-%d %H:%M} UTC has passed: check the date and the zone.")
    alphabet = string.ascii_lowercase + string.digits
    run_id = "".join(secrets.choice(alphabet) for _ in range(8))

    async def work(app: App) -> None:
        from bot.chat.address import Person

        leader = Person(app.room.name, "local", f"facilitator-{run_id}")
        channel = await app.room.open_channel(run_id, chosen.plan.title)
        run = await _schedule(app, chosen, when, run_id, channel, leader)
        base = public_url(app.settings)
        links = {
            "run": run_id,
            "title": chosen.plan.title,
            "pace": pace,
            "start": run.start.isoformat(),
            "learners": base + app.room.entry_link(run_id),
            "facilitator": base + app.room.entry_link(run_id, leader.id),
        }
        if as_json:
            typer.echo(as_json_text({**links, "unfilled": [name for name, _ in left]}))
            return
        start_at = _begins(run.start, zone) if when.given or when.pace else "when you start it"
        typer.echo(
            f"Run {run_id}: {one_line(chosen.plan.title)}\n"
            f"  begins       {start_at}\n"
            f"  for learners {links['learners']}\n"
            f"  for you      {links['facilitator']}\n"
            "Keep the second link to yourself: whoever has it can run the lesson. "
            "“fivefold serve” opens the room."
        )

    with_app(work)
    for line in (*_left_out(left), *too_few(when.shares(cues))):
        say(line)


async def _schedule(
    app: App, lesson: Lesson, when: When, run_id: str, main: Place, leader: Person
) -> Run:
    common: dict[str, Any] = {
        "run_id": run_id,
        "main": main,
        "facilitators": (leader,),
        "zone": when.zone,
    }
    if when.pace is None:
        from bot.clock import SystemClock

        start = when.start if when.given else SystemClock().now()
        return await app.managing.schedule(lesson, start=start, by_itself=when.given, **common)
    return await app.managing.schedule_daily(
        lesson, first=when.first, pace=when.pace, days=when.days, **common
    )


def _values(given: Sequence[str]) -> Mapping[str, str]:
    values = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise BadUsage(f"“{one_line(each)}” fills in nothing: write --place NAME=TEXT.")
        values[name.strip()] = " ".join(value.split())
    return values


def _left_out(unfilled: Sequence[tuple[str, str]]) -> Iterator[str]:
    if unfilled:
        yield "Not filled in, so what speaks of them is left out:"
    for name, label in unfilled:
        yield f"  --place {name}=…  {one_line(label)}"


def _begins(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} in {zone}, {at:%Y-%m-%d %H:%M} UTC"
