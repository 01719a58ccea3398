"""How what is still to come moves: the waiting cues of a run after a control.

In one sitting everything moves by the same time. The start of a live lesson that something comes
before is an appointment: nothing but its facilitator, or its being missed, moves it. Over days
everything keeps its time of day and moves by whole lesson days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.facilitation.pace import Pace
from bot.facilitation.planning import days_until, moved_by_days
from bot.facilitation.state import Cue, Run
from bot.lessons.script import BEFORE


def is_before(run: Run, cues: Sequence[Cue]) -> bool:
    """Whether of a live run only that has begun which comes before it."""
    opened = {cue.phase for cue in cues if cue.kind == "open" and cue.state == "done"}
    return run.pace is None and opened == {BEFORE}


def shifted(cues: Sequence[Cue], by: timedelta) -> list[Cue]:
    """All of them, by the same time."""
    return [replace(cue, at=cue.at + by) for cue in waiting(cues)]


def waiting(cues: Sequence[Cue]) -> list[Cue]:
    """Those that are still to come."""
    return [cue for cue in cues if cue.state == "waiting"]


def resumed(run: Run, cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """Going on at ``now`` after a pause, which is `Run.paused_at`."""
    if run.pace:
        return _from_now_on(run, run.pace, cues, now)
    if run.lesson.script.before and not _has_begun(cues):
        return _appointment_kept(cues, now)
    # Clocks differ between machines: going on never takes time away.
    since = run.paused_at or now
    return shifted(cues, max(now - since, timedelta(0)))


def started(run: Run, cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """Beginning at ``now``, whatever was planned: with what comes before, if something does."""
    if run.pace:
        ahead = _from_now_on(run, run.pace, cues, now)
        first = {cue.seq: cue for cue in pulled(ahead, now)}
        return [first.get(cue.seq, cue) for cue in ahead]
    if run.lesson.script.before:
        later = {cue.seq: cue for cue in _appointment_kept(cues, now)}
        ahead = [later.get(cue.seq, cue) for cue in waiting(cues)]
        return [replace(c, at=min(c.at, now)) if _opens_before(c) else c for c in ahead]
    by = now - next(cue.at for cue in cues if cue.kind == "start")
    return [replace(cue, at=max(now, cue.at)) for cue in shifted(cues, by)]


def skipped(cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """Live: what opens next, or the end, comes now, and everything after it as much sooner."""
    target = _next(cues)
    by = now - target.at
    return [
        # Whoever goes on is ready for what comes.
        replace(cue, at=max(now, cue.at + by), waits=cue.waits and cue.seq != target.seq)
        if (cue.at, cue.seq) >= (target.at, target.seq)
        else replace(cue, at=min(cue.at, now))
        for cue in waiting(cues)
    ]


def pulled(cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """Over days: the next day's post comes now; everything after it stays where it is."""
    target = _next(cues).at
    return [
        replace(cue, at=min(cue.at, now))
        for cue in waiting(cues)
        if cue.at < target or (cue.at == target and _opens(cue))
    ]


def _next(cues: Sequence[Cue]) -> Cue:
    return min((cue for cue in waiting(cues) if _opens(cue)), key=lambda cue: (cue.at, cue.seq))


def _opens(cue: Cue) -> bool:
    return cue.kind in ("start", "open", "end")


def _opens_before(cue: Cue) -> bool:
    return cue.kind == "start" or (cue.kind == "open" and cue.phase == BEFORE)


def _has_begun(cues: Sequence[Cue]) -> bool:
    return any(c.kind == "open" and c.phase != BEFORE and c.state == "done" for c in cues)


def _appointment_kept(cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """The live part moves only if its start was missed: then it begins now."""
    live = [cue for cue in waiting(cues) if not _opens_before(cue)]
    starts = min((cue.at for cue in live if cue.kind in ("open", "end")), default=now)
    return shifted(live, now - starts) if starts < now else []


def _from_now_on(run: Run, pace: Pace, cues: Sequence[Cue], now: datetime) -> list[Cue]:
    """Over days: what was missed altogether, because it has closed meanwhile, comes on the next
    lesson day, and everything after it as many days later. What is not yet closed opens late."""
    ahead = waiting(cues)
    closing = [cue for cue in ahead if cue.kind == "close"]
    if not closing or min(cue.at for cue in closing) > now:
        return ahead
    first = min(closing, key=lambda cue: cue.at)
    return moved_by_days(ahead, days_until(first, now, pace, run.zone), run)
