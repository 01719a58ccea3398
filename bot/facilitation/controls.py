"""The facilitator's controls: pure changes of a run and its cues.

Time that stands still, or is given or taken, moves every cue that still waits; what was posted
with a deadline is drawn again. Cues that were carried out never move. A lesson over days moves by
whole lesson days, so that everything keeps its time of day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.chat.spoken import bare
from bot.facilitation.changes import Changes
from bot.facilitation.ending import end_now, has_begun, is_ending
from bot.facilitation.moving import is_before, pulled, resumed, shifted, skipped, started
from bot.facilitation.owing import owe_panels
from bot.facilitation.planning import moved_by_days
from bot.facilitation.state import LOBBY, Audit, Cue, Opening, Run
from bot.words import t

Verb = Literal[
    "start", "pause", "resume", "extend", "next", "close", "end", "end-now", "status", "help"
]
"""What can be asked for. "end" asks whether it is meant, and "end-now" is that it is."""
MOST_MINUTES = 240
MOST_DAYS = 60
MOST_IN_MINUTES = 90
"""Longer times are said in hours, or days."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a facilitator asks for; ``minutes``, or ``days`` over days, belong to "extend"."""

    verb: Verb
    minutes: int = 0
    days: int = 0

    @property
    def item(self) -> str:
        """How a button's callback names it."""
        if self.verb != "extend":
            return self.verb
        return f"extend-{self.days}d" if self.days else f"extend-{self.minutes}"


def not_started() -> str:
    """Why a live lesson without a time of its own stands still, until it is started."""
    return t("Not started yet. Press “Start the lesson”.")


class NotNow(Exception):
    """A command that does not fit the state of the run; its text says why and what to do."""


_WORDS: dict[str, Verb] = {
    "start": "start",
    "pause": "pause",
    "resume": "resume",
    "go on": "resume",
    "next": "next",
    "close": "close",
    "close now": "close",
    "end": "end",
    "end it": "end",
    "end now": "end",
    "end the lesson": "end",
    "end the rehearsal": "end",
    "cancel": "end",
    "cancel the lesson": "end",
    "stop": "end",
    "stop the lesson": "end",
    "status": "status",
    "panel": "status",
    "help": "help",
}
_MINUTES = re.compile(r"(?:\+|extend[ -]|\+ )(\d{1,3})(?: ?m(?:in(?:utes?)?)?)?")
_DAYS = re.compile(r"(?:\+ ?|extend[ -])(\d{1,2}) ?d(?:ays?)?")

_SHOWING = ("status", "help", "end")
"""What only shows something, and so may be said as a question."""


def parse_command(text: str) -> Command | None:
    """The command that these words are, such as ``pause``, ``+5``, ``+1 day`` or ``close now``."""
    words = bare(text)
    if words.endswith("?"):
        # Whoever asks “next?” is not to find the lesson gone on.
        asked = parse_command(words.rstrip("? "))
        return asked if asked and asked.verb in _SHOWING else None
    if words in _WORDS:
        return Command(_WORDS[words])
    if minutes := _MINUTES.fullmatch(words):
        return Command("extend", int(minutes[1]))
    days = _DAYS.fullmatch(words)
    return Command("extend", days=int(days[1])) if days else None


def command_of(item: str) -> Command | None:
    """The command that a button's ``item`` names; that one is sure to end it only a button says."""
    return Command("end-now") if item == "end-now" else parse_command(item)


def control(
    command: Command,
    run: Run,
    cues: Sequence[Cue],
    openings: Sequence[Opening],
    now: datetime,
    by: str,
) -> Changes:
    """The changed run, its moved cues and an audit row. Raises NotNow where it does not fit.

    "status", "help" and "end" change nothing and are not for here.
    """
    still_goes_on(run, cues)
    if command.verb == "end-now":
        over = end_now(run, cues, openings, now)
        return over + Changes(audits=(Audit(run.id, now, by, command.item, run.revision + 1),))
    changed = run
    moved: list[Cue] = []
    match command.verb:
        case "start":
            changed, moved = _start(run, cues, now)
            # Whoever starts by hand promises anew what comes when.
            moved = [replace(cue, planned=cue.at) for cue in moved]
        case "pause":
            changed = pause(run, now)
        case "resume":
            changed, moved = _resume(run, cues, now)
        case "extend":
            moved = _extend(run, cues, openings, command)
        case "next" if run.status == "paused" and run.pause_reason and has_begun(cues):
            # The bot itself waits or asks: whoever says "next" is ready.
            changed, moved = _resume(run, cues, now)
        case "next":
            moved = _next(run, cues, now)
        case "close":
            moved = _close(run, cues, openings, now)
        case _:
            raise ValueError(f"{command.verb} changes nothing")
    revised = replace(changed, revision=run.revision + 1)
    open_now = _with_deadlines(_open_now(openings), moved)
    return Changes(
        run=revised,
        cues=tuple(moved),
        openings=open_now,
        dirty=tuple(dict.fromkeys(o.post for o in open_now)),
        dirty_run=run.id,
        audits=(Audit(run.id, now, by, command.item, revised.revision),),
    )


def still_goes_on(run: Run, cues: Sequence[Cue]) -> None:
    """Raises NotNow if it has ended, or is about to."""
    if run.status == "ended":
        raise NotNow(t("This lesson has ended; nothing can be changed any more."))
    if run.status == "running" and is_ending(cues):
        raise NotNow(t("The lesson is ending just now."))


def pause(run: Run, now: datetime, reason: str = "") -> Run:
    """The run standing still from ``now`` on. Raises NotNow if it does already."""
    if run.status == "paused":
        raise NotNow(t("The lesson is paused already. Say “resume” to go on."))
    return replace(run, status="paused", paused_at=now, pause_reason=reason)


def pause_for_facilitator(run: Run, cue: Cue, name: str, now: datetime) -> Changes:
    """``cue`` came due and waits: time stands still until the facilitator resumes, and it opens."""
    reason = t("“{activity}” opens when you are ready: say “resume”.", activity=name)
    paused = replace(pause(run, cue.at, reason), revision=run.revision + 1)
    return Changes(
        run=paused,
        cues=(replace(cue, waits=False),),
        owed=owe_panels(run, now, paused.revision),
        dirty_run=run.id,
        audits=(Audit(run.id, now, "system", "wait", paused.revision),),
    )


def pause_for_late_cue(run: Run, cue: Cue, now: datetime) -> Changes:
    """The bot was away when ``cue`` came due: stand still and ask, instead of posting it late."""
    reason = t(
        "I could not run for {length}, so I paused the lesson instead of posting late. "
        "“Resume” goes on from here and moves everything after it.",
        length=_length(now - cue.at),
    )
    if run.pace:
        reason = t(
            "I could not run when a post was due, so I paused the lesson instead of posting late. "
            "“Resume” brings what was missed on the next lesson day."
        )
    # Time stands still from the missed moment, so that resuming gives the cohort its full time.
    paused = replace(pause(run, cue.at, reason), revision=run.revision + 1)
    return Changes(
        run=paused,
        owed=owe_panels(run, now, paused.revision),
        dirty_run=run.id,
        audits=(Audit(run.id, now, "system", "pause", paused.revision),),
    )


def _length(time: timedelta) -> str:
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes <= MOST_IN_MINUTES:
        return t("{count} min", count=minutes)
    hours = round(minutes / 60)
    return t("{count} h", count=hours) if hours < 48 else t("{count} days", count=hours // 24)


def _open_now(openings: Sequence[Opening]) -> list[Opening]:
    return [o for o in openings if o.is_open and o.activity != LOBBY]


def _with_deadlines(openings: Sequence[Opening], moved: Sequence[Cue]) -> tuple[Opening, ...]:
    closes = {cue.activity: cue.at for cue in moved if cue.kind == "close"}
    return tuple(replace(o, closes_at=closes.get(o.activity, o.closes_at)) for o in openings)


def _start(run: Run, cues: Sequence[Cue], now: datetime) -> tuple[Run, list[Cue]]:
    start = next(cue for cue in cues if cue.kind == "start")
    going = replace(run, paused_at=None, pause_reason="")
    if start.state == "done":
        if not is_before(run, cues):
            _not_paused(run)
            raise NotNow(t("The lesson has started already."))
        # What comes before it is over when the lesson itself begins.
        going = replace(going, status="running")
        return going, _next(going, cues, now)
    if run.status == "scheduled" and start.at <= now:
        raise NotNow(t("The lesson is starting just now."))
    going = replace(going, status="scheduled")
    if not run.lesson.script.before or run.pace:
        going = replace(going, start=now)
    return going, started(run, cues, now)


def _resume(run: Run, cues: Sequence[Cue], now: datetime) -> tuple[Run, list[Cue]]:
    if run.status != "paused" or run.paused_at is None:
        raise NotNow(t("The lesson is not paused."))
    begun = any(cue.kind == "start" and cue.state == "done" for cue in cues)
    status: Literal["running", "scheduled"] = "running" if begun else "scheduled"
    going = replace(run, status=status, paused_at=None, pause_reason="")
    return going, resumed(run, cues, now)


def _begun(cues: Sequence[Cue]) -> None:
    if not has_begun(cues):
        raise NotNow(t("It has not started yet: say “start”."))


def _open_activity(openings: Sequence[Opening]) -> Opening:
    current = _open_now(openings)
    if not current:
        raise NotNow(t("Nothing is open right now."))
    return current[-1]


def _extend(
    run: Run, cues: Sequence[Cue], openings: Sequence[Opening], command: Command
) -> list[Cue]:
    _begun(cues)
    if command.days and run.pace is None:
        raise NotNow(t("This lesson is held in one sitting: give minutes, for example “+5”."))
    if command.days:
        if command.days > MOST_DAYS:
            raise NotNow(t("Give 1 to {most} days, for example “+1 day”.", most=MOST_DAYS))
        _open_activity(openings)
        return moved_by_days(cues, command.days, run)
    if not 1 <= command.minutes <= MOST_MINUTES:
        most = MOST_MINUTES
        raise NotNow(t("Give 1 to {most} minutes, for example “+5”.", most=most))
    current = _open_activity(openings)
    if is_before(run, cues):
        raise NotNow(t("The lesson has not begun yet; what is open stays open until then."))
    if run.pace is None:
        return shifted(cues, timedelta(minutes=command.minutes))
    closing = _closing(cues, _beside(current, openings))
    later = [replace(cue, at=cue.at + timedelta(minutes=command.minutes)) for cue in closing]
    coming = [c.at for c in cues if c.state == "waiting" and c.kind in ("open", "end")]
    if any(was.at <= at < cue.at for was, cue in zip(closing, later, strict=True) for at in coming):
        raise NotNow(t("The next post comes before that: give a day, “+1 day”."))
    return later


def _beside(opening: Opening, openings: Sequence[Opening]) -> set[str]:
    """The activities that are open in the same post."""
    return {o.activity for o in _open_now(openings) if o.post == opening.post}


def _closing(cues: Sequence[Cue], activities: set[str]) -> list[Cue]:
    return [
        cue
        for cue in cues
        if cue.kind == "close" and cue.activity in activities and cue.state == "waiting"
    ]


def _not_paused(run: Run) -> None:
    if run.status == "paused":
        raise NotNow(t("The lesson is paused. Say “resume” first."))


def _next(run: Run, cues: Sequence[Cue], now: datetime) -> list[Cue]:
    _begun(cues)
    _not_paused(run)
    ahead = [c for c in cues if c.state == "waiting" and c.kind in ("open", "end")]
    if not ahead:
        raise NotNow(t("There is nothing after this."))
    return pulled(cues, now) if run.pace else skipped(cues, now)


def _close(run: Run, cues: Sequence[Cue], openings: Sequence[Opening], now: datetime) -> list[Cue]:
    _begun(cues)
    _not_paused(run)
    together = _beside(_open_activity(openings), openings)
    return [replace(cue, at=min(cue.at, now)) for cue in _closing(cues, together)]
