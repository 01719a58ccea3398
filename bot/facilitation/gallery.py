"""Every message that a lesson can lead to, in every state, with made-up answers.

For previews, and for tests that hold each platform's renderer against each lesson.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.chat.address import Person, Place
from bot.chat.message import Message
from bot.chat.platform import Capabilities
from bot.facilitation import made_up, notices
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.written import IN_THREAD
from bot.facilitation.controls import pause_for_late_cue
from bot.facilitation.day import day_post
from bot.facilitation.gallery_pages import pages, rehearsing, scheduling
from bot.facilitation.gallery_private import Named, asked, behind, in_private, parts
from bot.facilitation.notices import RunScene, Trouble
from bot.facilitation.pace import Pace, days_of
from bot.facilitation.planning import plan_daily, plan_live
from bot.facilitation.seeing import Known, name_of, scene_of
from bot.facilitation.state import Cue, Opening, Run
from bot.facilitation.timeline import opening_id, perform
from bot.facilitation.turnout import Turnout
from bot.lessons.lesson import Lesson

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The Monday morning on which every lesson in the gallery begins."""

_THREADLESS = Capabilities(threads=False, hears_replies=False)
_DEAF = Capabilities(hears_replies=False)

_FACILITATOR = Person("preview", "preview", "facilitator")


def gallery(lesson: Lesson, pace: Pace | None = None) -> tuple[Named, ...]:
    """Everything that is said in a run of this lesson, each under a name of its own.

    First the welcome; then each activity, or with a ``pace`` each day's post, as it opens, with
    three answers, and closed, followed by the forms and private views behind its buttons; what
    single people get around it; then the closing; everybody's own part; last what facilitators
    get: questions, notes, the panel, troubles, and the report; and people's own pages. The lesson
    must be runnable, and as it is in this pace.
    """
    run = Run(
        id="preview",
        lesson=lesson,
        main=Place("preview", "preview", "main"),
        facilitators=(_FACILITATOR,),
        zone="UTC",
        start=START,
        pace=pace,
    )
    running = replace(run, status="running")
    if pace:
        cues = plan_daily(run.id, lesson, START.date(), run.zone, pace, days_of(lesson.script))
    else:
        cues = plan_live(run.id, lesson, START)
    days = _days(running, cues) if pace else _one_by_one(running, cues)
    known = made_up.known(running, [opening for day in days for opening in day])
    acts = [_Act.of(running, opening, known) for day in days for opening in day]
    named: list[Named] = []
    if pace:
        named += _day_posts(acts, days)
    else:
        named.append(("welcome", notices.welcome(run)))
        for act in acts:
            named += _states(act)
    for act in acts:
        named += in_private(act.name, act.fresh, act.answered, act.closed)
    named.append(("closing", notices.closing(run, last=not run.lesson.script.after)))
    named += parts(running, [act.fresh for act in acts], [act.answered for act in acts])
    named += asked([act.fresh for act in acts])
    named += _for_facilitators(run, cues)
    named += pages(running, cues, [act.answered for act in acts])
    named += scheduling(run)
    if pace is None:
        named += rehearsing(running, cues)
    return tuple(_distinct(named))


@dataclass(frozen=True)
class _Act:
    """An activity as it opens, with answers, and closed."""

    fresh: Scene[Any]
    answered: Scene[Any]
    closed: Scene[Any]

    @classmethod
    def of(cls, run: Run, opening: Opening, known: Known) -> _Act:
        def seen(opening: Opening, known: Known) -> Scene[Any]:
            return scene_of(run, opening, known, delivery="preview")

        closed = replace(opening, closed_at=opening.closes_at or opening.opened_at)
        return cls(
            seen(opening, made_up.unanswered(known, opening.id)),
            seen(opening, known),
            seen(closed, known),
        )

    @property
    def name(self) -> str:
        return self.fresh.activity.id

    @property
    def has_thread(self) -> bool:
        """Whether people talk in the thread of its post, or write for it where they cannot."""
        own = not self.fresh.opening.shown_in
        return own and KINDS[self.fresh.activity.kind].talks(self.fresh.spec)

    @property
    def unheard(self) -> Scene[Any]:
        """As it opens on a platform with threads whose replies are not heard."""
        return replace(self.fresh, capabilities=_DEAF) if self.has_thread else self.fresh


def _one_by_one(run: Run, cues: Sequence[Cue]) -> list[list[Opening]]:
    """The openings of a live run."""
    closes = {cue.activity: cue.at for cue in cues if cue.kind == "close"}
    return [
        [
            Opening(
                opening_id(run, cue.activity, 1),
                run.id,
                cue.activity,
                1,
                cue.at,
                closes[cue.activity],
            )
        ]
        for cue in cues
        if cue.kind == "open"
    ]


def _days(run: Run, cues: Sequence[Cue]) -> list[list[Opening]]:
    """The openings of each day of a run over days."""
    waiting = {cue.seq: cue for cue in cues if cue.kind in ("start", "open")}
    days = []
    while waiting:
        first = min(waiting.values(), key=_order)
        opened = perform(first, run, tuple(waiting.values()), (), first.at)
        for cue in opened.cues:
            del waiting[cue.seq]
        days.append(list(opened.openings))
    return days


def _states(act: _Act) -> Iterator[Named]:
    for state, scene in (("open", act.fresh), ("answered", act.answered), ("closed", act.closed)):
        said = _say(scene)
        if scene is act.answered and said == _say(act.fresh):
            continue
        yield f"{act.name}-{state}", said
        yield from behind(said, scene, f"{act.name}-{state}")
    # Where replies cannot be heard, some kinds ask for answers by form.
    deaf = replace(act.fresh, capabilities=_THREADLESS)
    if _say(deaf) != _say(act.fresh):
        yield f"{act.name}-without-threads", _say(deaf)
        yield from behind(_say(deaf), deaf, f"{act.name}-without-threads")
    if act.has_thread:
        yield f"{act.name}-by-form", _say(act.unheard)
        yield f"{act.name}-in-thread", _tell_in_thread(act)


def _day_posts(acts: Sequence[_Act], days: Sequence[Sequence[Opening]]) -> Iterator[Named]:
    """Each day's post, and what is behind the buttons in it."""
    rest = iter(acts)
    for number, day in enumerate(days, 1):
        todays = [next(rest) for _ in day]
        for state, scenes in (
            ("open", [act.fresh for act in todays]),
            ("answered", [act.answered for act in todays]),
            ("closed", [act.closed for act in todays]),
        ):
            name = f"day-{number}-{state}"
            said = day_post(scenes)
            yield name, said
            for scene in scenes if state != "closed" else ():
                yield from behind(said, scene, f"{name}-{scene.activity.id}")
        for act in todays:
            if act.has_thread:
                said = day_post([each.unheard for each in todays])
                yield f"day-{number}-by-form", said
                yield from behind(said, act.unheard, f"day-{number}-by-form-{act.name}")
                yield f"{act.name}-in-thread", _tell_in_thread(act)


def _order(cue: Cue) -> tuple[datetime, int]:
    return cue.at, cue.seq


def _tell_in_thread(act: _Act) -> Message:
    return KINDS[act.answered.activity.kind].tell(act.answered, IN_THREAD, IN_THREAD)


def _say(scene: Scene[Any]) -> Message:
    return KINDS[scene.activity.kind].say(scene)


def _for_facilitators(run: Run, cues: tuple[Cue, ...]) -> Iterator[Named]:
    names = {each.id: name_of(run, each.id) for each in run.lesson.script.activities()}
    scene = RunScene(run, cues, names=names, delivery="preview")
    for cue in cues:
        if cue.kind == "notes":
            yield f"notes-{cue.phase}", notices.notes(replace(scene, cue=cue.seq))
    for state, seen in _panels(scene).items():
        yield f"panel-{state}", notices.panel(seen)
    for state, troubles in _TROUBLES.items():
        yield f"trouble-{state}", notices.trouble(replace(scene, troubles=troubles))
    yield "report", notices.report(run)


def _panels(scene: RunScene) -> Mapping[str, RunScene]:
    run, cues = scene.run, scene.cues
    first = next((cue for cue in cues if cue.kind == "open"), None)
    if first is None:
        return {"scheduled": scene}
    opening = Opening("preview-1-1", run.id, first.activity, 1, first.at, first.at)
    running = replace(run, status="running")
    under_way = replace(
        scene,
        run=running,
        cues=[replace(c, state="done") if c.seq <= first.seq else c for c in cues],
        openings=(opening,),
        turnouts={opening.id: Turnout(2, len(made_up.NAMES))},
    )
    paused = replace(running, status="paused", paused_at=first.at)
    late = pause_for_late_cue(running, first, first.at + timedelta(minutes=12)).run or paused
    ended = replace(run, status="ended", ended_at=cues[-1].at)
    return {
        "scheduled": scene,
        "running": under_way,
        "paused": replace(under_way, run=paused),
        "paused-by-itself": replace(under_way, run=late),
        "ended": replace(scene, run=ended, cues=[replace(c, state="done") for c in cues]),
    }


_TROUBLES: Mapping[str, tuple[Trouble, ...]] = MappingProxyType(
    {
        "uncertain": (
            Trouble("1", "uncertain", "The opening post of the poll"),
            Trouble("2", "late", "The results of the poll"),
            Trouble("3", "failed", "The closing message", "the channel is gone"),
            Trouble("4", "dropped", "A reminder"),
        ),
        "settled": (),
    }
)


def _distinct(named: Sequence[Named]) -> Iterator[Named]:
    """A name that comes again, as where two phases are called the same, is numbered."""
    used: Counter[str] = Counter()
    for name, what in named:
        used[name] += 1
        yield (f"{name}[{used[name]}]" if used[name] > 1 else name), what
