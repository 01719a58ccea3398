"""The end before its time: what comes of a run that its facilitator ends or cancels.

What has begun ends through its cues, as it would have by itself; what nobody has seen yet, and a
rehearsal, is over at once and without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.facilitation.changes import Changes
from bot.facilitation.owing import LAST_WORD, owe
from bot.facilitation.state import LOBBY, Cue, Opening, Run


def has_begun(cues: Sequence[Cue]) -> bool:
    """Whether anything was posted to the cohort, were it what comes before a live lesson."""
    return any(cue.kind == "start" and cue.state == "done" for cue in cues)


def was_cancelled(run: Run, cues: Sequence[Cue]) -> bool:
    """Whether it ended before it began."""
    return run.status == "ended" and not has_begun(cues)


def is_ending(cues: Sequence[Cue]) -> bool:
    """Whether somebody ended it: another end stands in for the one that was planned."""
    return any(cue.kind == "end" and cue.state == "cancelled" for cue in cues)


def end_now(run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime) -> Changes:
    """The run on its way to its end, or at it where nothing is left to be said to the cohort."""
    if run.rehearsal:
        reports = (owe(run, "report", who, now, now + LAST_WORD) for who in run.facilitators)
        return given_up(run, cues, openings, now) + Changes(owed=tuple(reports))
    if not has_begun(cues):
        return given_up(run, cues, openings, now)
    going = replace(
        run, status="running", paused_at=None, pause_reason="", revision=run.revision + 1
    )
    closing = [replace(o, closes_at=now) for o in openings if o.is_open and o.activity != LOBBY]
    return Changes(
        run=going,
        cues=_only_the_end(cues, {opening.activity for opening in closing}, now),
        openings=tuple(closing),
        dirty=tuple(dict.fromkeys(opening.post for opening in closing)),
        dirty_run=run.id,
    )


def given_up(run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime) -> Changes:
    """The run over at once, in the middle or before it began, without a word to anybody."""
    ended = replace(
        run,
        status="ended",
        ended_at=now,
        paused_at=None,
        pause_reason="",
        revision=run.revision + 1,
    )
    closed = tuple(replace(o, closed_at=now) for o in openings if o.is_open)
    return Changes(
        run=ended,
        cues=_cancelled(cues),
        openings=closed,
        dirty=tuple(dict.fromkeys(opening.post for opening in closed)),
        dirty_run=run.id,
    )


def _only_the_end(cues: Sequence[Cue], closing: set[str], now: datetime) -> tuple[Cue, ...]:
    """What is open closes now, and then the end comes, by a cue of its own; nothing else does."""
    kept = tuple(
        replace(cue, at=min(cue.at, now))
        for cue in cues
        if cue.state == "waiting" and cue.kind == "close" and cue.activity in closing
    )
    seqs = {cue.seq for cue in kept}
    last = max(cue.seq for cue in cues)
    end = Cue(cues[0].run, last + 1, "end", at=now, planned=now)
    return (*kept, *_cancelled([cue for cue in cues if cue.seq not in seqs]), end)


def _cancelled(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    return tuple(replace(cue, state="cancelled") for cue in cues if cue.state == "waiting")
