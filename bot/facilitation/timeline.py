"""The timeline: a lesson and a start make cues; a cue that came due makes changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Scene
from bot.facilitation.changes import Changes
from bot.facilitation.owing import LAST_WORD, owe, owe_panels
from bot.facilitation.state import LOBBY, Cue, CueKind, Opening, Run
from bot.lessons.lesson import Lesson
from bot.lessons.script import Activity

NOTES_AHEAD = timedelta(minutes=5)
"""How long before a phase its notes reach the facilitator."""


def plan_live(run: str, lesson: Lesson, start: datetime) -> tuple[Cue, ...]:
    """The cues of a lesson held in one sitting from ``start`` (UTC), in the order they come.

    Each activity closes when the next one opens. A phase's notes come ahead of it, those of the
    first phase ahead of the start.
    """
    moments: list[tuple[CueKind, datetime, str, str]] = []
    moments.append(("start", start, "", ""))
    at = start
    for phase in lesson.script.phases:
        moments.append(("notes", at - NOTES_AHEAD, phase.name, ""))
        for activity in phase.activities:
            moments.append(("open", at, phase.name, activity.id))
            at += timedelta(minutes=activity.minutes)
            moments.append(("close", at, phase.name, activity.id))
    moments.append(("end", at, "", ""))
    ordered = sorted(moments, key=lambda moment: (moment[1], _ORDER[moment[0]]))
    waiting = {activity.id for activity in lesson.script.activities() if activity.wait}
    return tuple(
        Cue(run, seq, kind, at, at, phase, activity, waits=kind == "open" and activity in waiting)
        for seq, (kind, at, phase, activity) in enumerate(ordered, start=1)
    )


_ORDER: dict[CueKind, int] = {"close": 0, "notes": 1, "start": 2, "open": 3, "end": 4}


def next_due(cues: Iterable[Cue], now: datetime) -> Cue | None:
    """The first waiting cue that is due, if one is."""
    due = [cue for cue in cues if cue.state == "waiting" and cue.at <= now]
    return min(due, key=lambda cue: (cue.at, cue.seq)) if due else None


def is_too_late(cue: Cue, now: datetime, grace: timedelta) -> bool:
    """Whether a cue came due so long ago that a person should decide what happens next.

    Notes are harmless late, and closing late takes nothing from anybody.
    """
    return cue.kind in ("start", "open", "end") and now - cue.at > grace


def name_of(run: Run, activity: str) -> str:
    """What an activity is called, for people: its phase and its title."""
    each = activity_of(run, activity)
    kind = KINDS[each.kind]
    title = kind.title(kind.model.model_validate(each.spec))
    return f"{each.phase}: {title}" if each.phase else title


def activity_of(run: Run, activity: str) -> Activity:
    """The activity with this id; the lobby is one too. Raises KeyError if there is none."""
    if activity == LOBBY:
        return Activity(LOBBY, "", LOBBY, 0, derived=False, spec={})
    for each in run.lesson.script.activities():
        if each.id == activity:
            return each
    raise KeyError(activity)


def scene_of(run: Run, opening: Opening, **seen: Any) -> Scene[Any]:
    """The scene of an opening; ``seen`` are the further fields of `Scene`."""
    activity = activity_of(run, opening.activity)
    spec = KINDS[activity.kind].model.model_validate(activity.spec)
    return Scene(run=run, activity=activity, spec=spec, opening=opening, **seen)


def opening_id(run: Run, activity: str, n: int) -> str:
    """The id of the ``n``-th opening of an activity."""
    ids = [LOBBY, *(each.id for each in run.lesson.script.activities())]
    return f"{run.id}-{ids.index(activity)}-{n}"


def perform(
    cue: Cue, run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime
) -> Changes:
    """What a due cue leads to. The cue itself is marked as done."""
    done = Changes(cues=(replace(cue, state="done", done_at=now),))
    match cue.kind:
        case "start":
            return done + _start(run, now)
        case "notes":
            return done + Changes(
                owed=tuple(
                    owe(run, "notes", person, now, now + LAST_WORD, cue=cue.seq)
                    for person in run.facilitators
                )
            )
        case "open":
            return done + _open(cue, run, cues, openings, now)
        case "close":
            return done + close_openings(run, openings, now, only=cue.activity)
        case "end":
            return done + _end(run, openings, now)


def close_openings(
    run: Run, openings: Sequence[Opening], now: datetime, *, only: str = ""
) -> Changes:
    """Close what is open (of one activity, with ``only``; the lobby never by itself)."""
    to_close = [
        opening
        for opening in openings
        if opening.is_open and (opening.activity == only or not only) and opening.activity != LOBBY
    ]
    changes = Changes()
    for opening in to_close:
        closed = replace(opening, closed_at=now)
        scene = scene_of(run, closed)
        changes += Changes(openings=(closed,), dirty=(closed.id,))
        changes += KINDS[scene.activity.kind].close(scene)
    return changes + Changes(dirty_run=run.id if to_close else "")


def _start(run: Run, now: datetime) -> Changes:
    started = replace(run, status="running", start=now)
    lobby = Opening(opening_id(run, LOBBY, 1), run.id, LOBBY, 1, now, None)
    welcome = owe(run, "welcome", run.main, now, now + LAST_WORD, opening=lobby.id)
    return Changes(run=started, openings=(lobby,), owed=(welcome, *owe_panels(run, now, 1)))


def _open(
    cue: Cue, run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime
) -> Changes:
    n = 1 + max((o.n for o in openings if o.activity == cue.activity), default=0)
    closes_at = next(
        (
            c.at
            for c in cues
            if c.kind == "close" and c.activity == cue.activity and c.state == "waiting"
        ),
        None,
    )
    opening = Opening(opening_id(run, cue.activity, n), run.id, cue.activity, n, now, closes_at)
    post = owe(run, "activity", run.main, now, closes_at or now + LAST_WORD, opening=opening.id)
    scene = scene_of(run, opening)
    more = KINDS[scene.activity.kind].open(scene)
    # A "next" pressed just now was meant for what was open before: the panel must be redrawn.
    turned = replace(run, revision=run.revision + 1)
    opened = Changes(run=turned, openings=(opening,), owed=(post,), dirty_run=run.id)
    return opened + more


def _end(run: Run, openings: Sequence[Opening], now: datetime) -> Changes:
    lobby = next((o for o in openings if o.activity == LOBBY), None)
    closed = (replace(lobby, closed_at=now),) if lobby and lobby.is_open else ()
    words = owe(run, "closing", run.main, now, now + LAST_WORD, opening=lobby.id if lobby else "")
    reports = tuple(owe(run, "report", p, now, now + LAST_WORD) for p in run.facilitators)
    ended = replace(run, status="ended", ended_at=now, revision=run.revision + 1)
    rest = close_openings(run, openings, now)
    return rest + Changes(run=ended, openings=closed, owed=(words, *reports), dirty_run=run.id)
