"""A live picture of a run in the terminal: where it stands, how long yet, who has answered."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.facilitation.notices import RunScene
from bot.facilitation.state import LOBBY
from bot.facilitation.turnout import Turnout
from bot.service.scenes import run_scene

if TYPE_CHECKING:
    from bot.app import App

LOOKS_PER_SECOND = 4


async def watch(app: App, run_id: str, address: str, stopping: asyncio.Event) -> None:
    """Draw the run until it has ended and everything is posted, or ``stopping`` is set.

    Where nobody looks at a terminal, a line is printed whenever something else opens.
    """
    console = Console()
    console.print(f"[bold]Open[/bold] {address} [dim]as a learner or as the facilitator.[/dim]")
    if sys.stdout.isatty():
        with Live(console=console, refresh_per_second=LOOKS_PER_SECOND) as live:
            async for scene in _scenes(app, run_id, stopping):
                live.update(draw(scene, app.lesson.now()))
        return
    said = ""
    async for scene in _scenes(app, run_id, stopping):
        now = _now(scene)
        if now != said:
            typed = f"{app.lesson.now():%H:%M} {now}"
            console.print(typed, markup=False, highlight=False)
            said = now


async def _scenes(app: App, run_id: str, stopping: asyncio.Event) -> AsyncIterator[RunScene]:
    while not stopping.is_set():
        async with app.store.reading() as reading:
            run = await reading.run(run_id)
            if run is None:
                return
            yield await run_scene(reading, run, app.capabilities_of)
            due = await reading.due()
        if run.status == "ended" and not (due.delivery_at or due.lane_at):
            return
        await asyncio.sleep(1 / LOOKS_PER_SECOND)


def draw(scene: RunScene, now: datetime) -> RenderableType:
    """The picture at this moment of lesson time."""
    run = scene.run
    rows: list[RenderableType] = [Text(_now(scene), style="bold")]
    current = [o for o in scene.openings if o.is_open and o.activity != LOBBY]
    if current and current[-1].closes_at:
        closes_at = current[-1].closes_at
        rows.append(_countdown(current[-1].opened_at, closes_at, now))
        rows.append(_turnout(scene.turnouts.get(current[-1].id, Turnout(0, 0))))
    ahead = [c for c in scene.cues if c.state == "waiting" and c.kind in ("open", "end")]
    if ahead:
        coming = min(ahead, key=lambda cue: (cue.at, cue.seq))
        rows.append(Text(f"next: {coming.activity or 'the end'} at {coming.at:%H:%M}", "dim"))
    title = Text(run.lesson.plan.title)
    return Panel(Group(*rows), title=title, subtitle=f"{now:%H:%M:%S} UTC · {run.status}")


def _now(scene: RunScene) -> str:
    current = [o for o in scene.openings if o.is_open and o.activity != LOBBY]
    if current:
        return current[-1].activity
    return {"scheduled": "about to begin", "ended": "ended"}.get(scene.run.status, "between")


def _countdown(opened_at: datetime, closes_at: datetime, now: datetime) -> RenderableType:
    whole = (closes_at - opened_at).total_seconds()
    left = max(0.0, (closes_at - now).total_seconds())
    bar = ProgressBar(total=whole or 1.0, completed=whole - left, width=40)
    return _row("time", bar, f"{timedelta(seconds=round(left))} left")


def _turnout(turnout: Turnout) -> RenderableType:
    if turnout.of is None:
        return _row("answers", Text(""), str(turnout.answered))
    total, done = turnout.of or 1, turnout.answered
    bar = ProgressBar(total=total, completed=done, width=40, complete_style="green")
    return _row("answers", bar, f"{done} of {turnout.of}")


def _row(label: str, bar: RenderableType, text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8)
    grid.add_row(Text(label, "dim"), bar, Text(text))
    return grid
