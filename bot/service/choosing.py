"""Which run somebody speaks of who names none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.event import Commanded, Heard
from bot.facilitation.controls import Command, NotNow, control
from bot.facilitation.state import Run
from bot.service.store import Reading

_STEERS = frozenset({"start", "pause", "resume", "extend", "next", "close"})


async def run_meant(reading: Reading, event: Heard) -> Run | None:
    """The run that somebody speaks of: one that has not ended, of those one they lead before
    others, and one that is going on first. A rehearsal that is over comes last."""
    runs = await (reading.runs_at(event.place) if event.place else reading.runs_of(event.who))
    nearest = nearest_first(runs)

    def order(run: Run) -> tuple[bool, bool, bool]:
        over = run.status == "ended"
        return over, over and run.rehearsal, event.who not in run.facilitators

    return min(nearest, key=order, default=None)


async def runs_meant(
    reading: Reading, event: Commanded, command: Command, now: datetime
) -> list[Run]:
    """The runs, nearest first, that a command said in private may be for: those that the person
    leads and that have not ended, and of these the ones that it fits, if it fits any.

    In a channel, and where nothing is steered, there is no doubt to settle: then it is none.
    """
    if event.place is not None or command.verb in ("status", "help"):
        return []
    runs = nearest_first(await reading.runs_of(event.who))
    led = [run for run in runs if event.who in run.facilitators and run.status != "ended"]
    fitting = [run for run in led if await _fits(reading, run, command, now)]
    if command.verb == "pause":
        # Time is short, and what has not begun is in no hurry.
        fitting = [run for run in fitting if run.status == "running"] or fitting
    return fitting or led


async def _fits(reading: Reading, run: Run, command: Command, now: datetime) -> bool:
    if command.verb not in _STEERS:
        return True
    cues, openings = await reading.cues(run.id), await reading.openings(run.id)
    try:
        control(command, run, cues, openings, now, "")
    except NotNow:
        return False
    return True


def nearest_first(runs: Sequence[Run]) -> list[Run]:
    """Runs given latest start first: those going on, then those to come, then those that ended.

    A rehearsal comes after the real ones that are going on.
    """
    going = [run for run in runs if run.status in ("running", "paused")]
    going.sort(key=lambda run: run.rehearsal)
    to_come = sorted((run for run in runs if run.status == "scheduled"), key=lambda r: r.start)
    return [*going, *to_come, *(run for run in runs if run.status == "ended")]
