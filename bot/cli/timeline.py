"""``fivefold timeline``: the dry run, which says what would happen when. Nothing is planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.errors import one_line
from bot.cli.lessons import LessonPath, as_json_text, runnable, table
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

if TYPE_CHECKING:
    from bot.facilitation.state import Cue
    from bot.facilitation.working_hours import Share

EDGES = {
    "gap": "its time does not exist that day, as the clocks go forward; it comes later",
    "fold": "its time comes twice that day, as the clocks go back; it comes at the first",
}


def timeline(
    lesson: LessonPath,
    pace: PaceOption = "live",
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Like “2026-03-02 09:00”, daily also 2026-03-02; else the next hour, or tomorrow.",
        ),
    ] = None,
    zone: ZoneOption = "UTC",
    days: DaysOption = None,
    on: OnOption = None,
    opens: OpensOption = None,
    closes: ClosesOption = None,
    holidays: HolidaysOption = None,
    zones: ZonesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what would happen when, on the clocks of a zone and in UTC. Nothing is planned."""
    when = read_when(pace, start, zone, days, on, opens, closes, holidays, zones)
    chosen = runnable(lesson)
    cues = when.cues(chosen)
    shares = when.shares(cues)
    if as_json:
        report = {
            "title": chosen.plan.title,
            "pace": pace,
            "zone": zone,
            "start": when.begins(cues).isoformat(),
            "end": cues[-1].at.isoformat(),
            "cues": [_cue(cue, when) for cue in cues],
            "working_hours": [_share(share) for share in shares],
        }
        typer.echo(as_json_text(report))
        return
    tz = ZoneInfo(zone)
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
    for line in (*_edges(cues, when), *_hours_table(shares), *too_few(shares)):
        typer.echo(line)


def too_few(shares: Sequence[Share]) -> Iterator[str]:
    """A warning for each zone that gets few working hours."""
    from bot.facilitation.activities.naming import phase_title
    from bot.facilitation.working_hours import ENOUGH

    for zone in dict.fromkeys(share.zone for share in shares):
        short = [share for share in shares if share.zone == zone and not share.is_enough]
        if short:
            phases = ", ".join(f"{phase_title(one.phase)} {_hours(one):g}" for one in short)
            yield (
                f"warning: {zone} gets fewer than {ENOUGH.total_seconds() / 3600:g} working hours "
                f"for {phases}: give more --days, or other times."
            )


def _hours_table(shares: Sequence[Share]) -> Iterator[str]:
    """The working hours that each zone gets of each phase."""
    from bot.facilitation.activities.naming import phase_title

    if not shares:
        return
    phases = list(dict.fromkeys(share.phase for share in shares))
    hours = {(share.zone, share.phase): _hours(share) for share in shares}
    yield ""
    yield "Working hours (Monday to Friday, 09:00 to 17:00 there) while each is open:"
    yield table(
        ("Zone", *map(phase_title, phases)),
        [
            (zone, *(f"{hours[zone, phase]:g}" for phase in phases))
            for zone in dict.fromkeys(share.zone for share in shares)
        ],
    )


def _cue(cue: Cue, when: When) -> dict[str, Any]:
    edge = _edge(cue, when)
    return {
        "at": cue.at.isoformat(),
        "local": cue.at.astimezone(ZoneInfo(when.zone)).isoformat(),
        "kind": cue.kind,
        "phase": cue.phase,
        "activity": cue.activity,
        **({"edge": edge} if edge else {}),
    }


def _edge(cue: Cue, when: When) -> str:
    from bot.facilitation.planning import edge_of

    return edge_of(cue, when.pace, when.zone) if when.pace else ""


def _edges(cues: Sequence[Cue], when: When) -> Iterator[str]:
    """What to know of cues at an edge of daylight saving, once for each moment."""
    tz = ZoneInfo(when.zone)
    told = {cue.at: edge for cue in cues if (edge := _edge(cue, when)) and cue.kind != "notes"}
    for at, edge in told.items():
        yield f"note: {at.astimezone(tz):%a %Y-%m-%d %H:%M %Z}: {EDGES[edge]}."


def _share(share: Share) -> dict[str, Any]:
    return {
        "zone": share.zone,
        "phase": share.phase,
        "hours": _hours(share),
        "enough": share.is_enough,
    }


def _hours(share: Share) -> float:
    return round(share.hours.total_seconds() / 3600, 2)
