"""The timeline: what is due, and the changes that a cue makes when it comes due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Scene
from bot.facilitation.changes import Changes
from bot.facilitation.ending import is_ending
from bot.facilitation.owing import LAST_WORD, owe, owe_panels
from bot.facilitation.planning import is_asynchronous
from bot.facilitation.seeing import (
    NOTHING_KNOWN,
    Known,
    newest_opening,
    scene_of,
)
from bot.facilitation.state import LOBBY, Cue, Opening, Owed, Run
from bot.lessons.script import AFTER, BEFORE


def next_due(cues: Iterable[Cue], now: datetime) -> Cue | None:
    """The first waiting cue that is due, if one is."""
    due = [cue for cue in cues if cue.state == "waiting" and cue.at <= now]
    return min(due, key=lambda cue: (cue.at, cue.seq)) if due else None


def is_too_late(cue: Cue, run: Run, cues: Sequence[Cue], now: datetime, grace: timedelta) -> bool:
    """Whether a cue came due so long ago that a person should decide what happens next.

    Notes are harmless late, and closing late takes nothing from anybody. What is open for days may
    open late as long as it has not come to its close. An end that somebody asked for comes in any
    case.
    """
    if is_ending(cues):
        return False
    if cue.kind not in ("start", "open", "end"):
        return False
    together = _opening_with(cue, run, cues, now)
    if together or is_asynchronous(run, cue.phase):
        names = {c.activity for c in (cue, *together)}
        return any(c.at <= now for c in cues if c.kind == "close" and c.activity in names)
    return now - cue.at > grace


def opening_id(run: Run, activity: str, n: int) -> str:
    """The id of the ``n``-th opening of an activity."""
    ids = [LOBBY, *(each.id for each in run.lesson.script.activities())]
    return f"{run.id}-{ids.index(activity)}-{n}"


def concerned(
    cue: Cue, run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime
) -> tuple[str, ...]:
    """The ids of the activities that a due cue opens, closes or wakes."""
    together = [c.activity for c in (cue, *_opening_with(cue, run, cues, now)) if c.activity]
    still = [o.activity for o in openings if o.is_open] if cue.kind == "end" else []
    return tuple(dict.fromkeys([*together, *still]))


def perform(
    cue: Cue,
    run: Run,
    cues: Sequence[Cue],
    openings: Sequence[Opening],
    now: datetime,
    known: Known = NOTHING_KNOWN,
) -> Changes:
    """What a due cue leads to. The cue itself is marked as done, with those that open with it."""
    group = _opening_with(cue, run, cues, now)
    done = Changes(cues=tuple(replace(c, state="done", done_at=now) for c in (cue, *group)))
    match cue.kind:
        case "start":
            return done + _start(run, group, cues, openings, now, known)
        case "notes":
            return done + Changes(
                owed=tuple(
                    owe(run, "notes", person, now, now + LAST_WORD, cue=cue.seq)
                    for person in run.facilitators
                )
            )
        case "open":
            return done + _open((cue, *group), run, cues, openings, now, known)
        case "wake":
            return done + _wake(cue, run, cues, openings, now, known)
        case "close":
            return done + close_openings(run, openings, now, only=cue.activity, known=known)
        case "end":
            return done + _end(run, cues, openings, now, known)


def _opening_with(cue: Cue, run: Run, cues: Sequence[Cue], now: datetime) -> tuple[Cue, ...]:
    """The other cues that open now and belong in the same post, those of a missed day too."""
    ahead = [c for c in cues if c.kind == "open" and c.state == "waiting" and c.at <= now]
    if cue.kind == "start":
        ahead = [c for c in ahead if c.phase == ahead[0].phase]
    elif cue.kind == "open":
        ahead = [c for c in ahead if c.phase == cue.phase and c.seq != cue.seq]
    else:
        return ()
    return tuple(c for c in ahead if is_asynchronous(run, c.phase))


def close_openings(
    run: Run,
    openings: Sequence[Opening],
    now: datetime,
    *,
    only: str = "",
    known: Known = NOTHING_KNOWN,
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
        scene = scene_of(run, closed, known)
        changes += Changes(openings=(closed,), dirty=(closed.post,))
        changes += KINDS[scene.activity.kind].close(scene)
    return changes + Changes(dirty_run=run.id if to_close else "")


def _wake(
    cue: Cue,
    run: Run,
    cues: Sequence[Cue],
    openings: Sequence[Opening],
    now: datetime,
    known: Known,
) -> Changes:
    """An activity looks at how things stand, if it is still open."""
    opening = newest_opening(openings, cue.activity)
    if opening is None or not opening.is_open:
        return Changes()
    scene = scene_of(run, opening, known)
    kind = KINDS[scene.activity.kind]
    looks = [c.seq for c in cues if c.kind == "wake" and c.activity == cue.activity]
    # Which of its looks it is, and not how late it is: a pause is nobody's delay.
    nth = sorted(looks).index(cue.seq) % len(kind.wakes)
    return kind.wake(scene, now, kind.wakes[nth])


def _start(
    run: Run,
    group: Sequence[Cue],
    cues: Sequence[Cue],
    openings: Sequence[Opening],
    now: datetime,
    known: Known,
) -> Changes:
    """The lesson begins, with a post of its own or at the head of the first day's."""
    # What runs before a live run does not begin it.
    start = run.start if run.lesson.script.before and run.pace is None else now
    started = replace(run, status="running", start=start)
    lobby = Opening(opening_id(run, LOBBY, 1), run.id, LOBBY, 1, now, None)
    panels = Changes(owed=owe_panels(run, now, 1))
    if group:
        return panels + _open(group, started, cues, openings, now, known, head=(lobby,))
    welcome = owe(run, "welcome", run.audience, now, now + LAST_WORD, opening=lobby.id)
    return panels + Changes(run=started, openings=(lobby,), owed=(welcome,))


def _open(
    group: Sequence[Cue],
    run: Run,
    cues: Sequence[Cue],
    openings: Sequence[Opening],
    now: datetime,
    known: Known,
    head: Sequence[Opening] = (),
) -> Changes:
    """Open these in one post, ``head`` with them. Its thread is that of the first that has one."""
    ahead = [cue for cue in cues if cue.state == "waiting"]
    closes = {cue.activity: cue.at for cue in ahead if cue.kind == "close"}
    first = next((a.id for p in run.lesson.script.phases for a in p.activities), "")
    if any(cue.waits and cue.activity == first for cue in ahead):
        # Nobody knows yet when the lesson begins, which is when what comes before it closes.
        closes = {} if group[0].phase == BEFORE else closes
    fresh = [*head]
    for cue in group:
        n = 1 + max((o.n for o in openings if o.activity == cue.activity), default=0)
        id, until = opening_id(run, cue.activity, n), closes.get(cue.activity)
        fresh.append(Opening(id, run.id, cue.activity, n, now, until))
    scenes = [scene_of(run, opening) for opening in fresh]
    talking = (s.opening for s in scenes if KINDS[s.activity.kind].talks(s.spec))
    lead = next(talking, fresh[0])
    shown = [o if o.id == lead.id else replace(o, shown_in=lead.id) for o in fresh]
    last = lead.closes_at or now + LAST_WORD
    post = owe(run, "activity", run.audience, now, last, opening=lead.id)
    begins = run.pace is None and group[0].activity == first
    # A "next" pressed just now was meant for what was open before: the panel must be redrawn.
    turned = replace(run, revision=run.revision + 1, start=now if begins else run.start)
    reports = _reports(run, now) if group[0].phase == AFTER else ()
    changes = Changes(
        run=turned,
        cues=_wakes(scenes, cues),
        openings=tuple(shown),
        owed=(post, *reports),
        dirty_run=run.id,
    )
    seen = replace(known, openings=(*known.openings, *shown))
    for opening in shown:
        scene = scene_of(run, opening, seen)
        changes += KINDS[scene.activity.kind].open(scene)
    return changes


def _wakes(scenes: Sequence[Scene[Any]], cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """When what was just opened looks at how things stand."""
    last = max((cue.seq for cue in cues), default=0)
    moments = [
        (scene, scene.opening.opened_at + (scene.opening.closes_at - scene.opening.opened_at) * by)
        for scene in scenes
        if scene.opening.closes_at
        for by in KINDS[scene.activity.kind].wakes
    ]
    return tuple(
        Cue(scene.run.id, n, "wake", at, at, scene.activity.phase, scene.activity.id)
        for n, (scene, at) in enumerate(moments, start=last + 1)
    )


def _reports(run: Run, now: datetime) -> tuple[Owed, ...]:
    return tuple(owe(run, "report", p, now, now + LAST_WORD) for p in run.facilitators)


def _end(
    run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime, known: Known
) -> Changes:
    lobby = next((o for o in openings if o.activity == LOBBY), None)
    closed = (replace(lobby, closed_at=now),) if lobby and lobby.is_open else ()
    words = owe(
        run, "closing", run.audience, now, now + LAST_WORD, opening=lobby.id if lobby else ""
    )
    # Where something came after the lesson, all that is said at its end was said with it.
    said = any(c.kind == "open" and c.phase == AFTER and c.state == "done" for c in cues)
    last = () if said else (words, *_reports(run, now))
    ended = replace(run, status="ended", ended_at=now, revision=run.revision + 1)
    rest = close_openings(run, openings, now, known=known)
    return rest + Changes(run=ended, openings=closed, owed=last, dirty_run=run.id)
