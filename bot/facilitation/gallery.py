"""Every message that a lesson can lead to, in every state, with made-up answers.

For previews, and for tests that hold each platform's renderer against each lesson.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.chat.address import Person, Place
from bot.chat.answer import Show
from bot.chat.callback import Callback
from bot.chat.message import Buttons, Form, Message
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation import notices
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Scene
from bot.facilitation.activities.poll import OTHER
from bot.facilitation.controls import pause_for_late_cue
from bot.facilitation.day import day_post
from bot.facilitation.notices import RunScene, Trouble
from bot.facilitation.pace import Pace, days_of
from bot.facilitation.planning import plan_daily, plan_live
from bot.facilitation.state import Cue, Given, Opening, Participant, Response, Run
from bot.facilitation.timeline import opening_id, perform, scene_of
from bot.lessons.lesson import Lesson

Named = tuple[str, Message | Form]

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The Monday morning on which every lesson in the gallery begins."""

_NAMES = ("Amina Diallo", "Jonas Weber", "Li Wei")
_SAID = (
    "We lost six weeks because nobody had written down which data the model was trained on.",
    "For me it is the hand-over: the people who build it are not the people who run it.",
    "I am not sure yet – could somebody show an example from a small agency?",
)
_FACILITATOR = Person("preview", "preview", "facilitator")


def gallery(lesson: Lesson, pace: Pace | None = None) -> tuple[Named, ...]:
    """Everything that is said in a run of this lesson, each under a name of its own.

    First the welcome; then each activity, or with a ``pace`` each day's post, as it opens, with
    three answers, and closed, followed by the forms and private views behind its buttons; then
    the closing; last what facilitators get: notes, the panel, questions about posts, and the
    report. The lesson must be runnable, and as it is in this pace.
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
    named: list[Named] = []
    if pace:
        days = days_of(lesson.script)
        cues = plan_daily(run.id, lesson, START.date(), run.zone, pace, days)
        named += _days(running, cues)
    else:
        cues = plan_live(run.id, lesson, START)
        named.append(("welcome", notices.welcome(run)))
        closes = {cue.activity: cue.at for cue in cues if cue.kind == "close"}
        for cue in cues:
            if cue.kind == "open":
                named += _activity(running, cue, closes[cue.activity])
    named.append(("closing", notices.closing(run)))
    named += _for_facilitators(run, cues)
    return tuple(_distinct(named))


def _activity(run: Run, cue: Cue, closes_at: datetime) -> Iterator[Named]:
    name = cue.activity
    opening = Opening(opening_id(run, name, 1), run.id, name, 1, cue.at, closes_at)
    fresh = scene_of(run, opening, participants=_people(run), delivery="preview")
    answered = replace(fresh, responses=_answers(fresh))
    closed = replace(answered, opening=replace(opening, closed_at=closes_at))
    for state, scene in (("open", fresh), ("answered", answered), ("closed", closed)):
        said = _say(scene)
        if scene is answered and said == _say(fresh):
            continue
        yield f"{name}-{state}", said
        yield from _behind(said, scene, f"{name}-{state}")
    # Where replies cannot be heard, some kinds ask for answers by form.
    deaf = replace(fresh, capabilities=Capabilities(threads=False, hears_replies=False))
    if _say(deaf) != _say(fresh):
        yield f"{name}-without-threads", _say(deaf)
        yield from _behind(_say(deaf), deaf, f"{name}-without-threads")


def _days(run: Run, cues: Sequence[Cue]) -> Iterator[Named]:
    """Each day's post, and what is behind the buttons in it."""
    waiting, number = {cue.seq: cue for cue in cues if cue.kind in ("start", "open")}, 0
    while waiting:
        first = min(waiting.values(), key=_order)
        opened = perform(first, run, tuple(waiting.values()), (), first.at)
        for cue in opened.cues:
            del waiting[cue.seq]
        number += 1
        fresh = [
            scene_of(run, opening, participants=_people(run), delivery="preview")
            for opening in opened.openings
        ]
        answered = [replace(scene, responses=_answers(scene)) for scene in fresh]
        closed = [replace(s, opening=replace(s.opening, closed_at=first.at)) for s in answered]
        for state, scenes in (("open", fresh), ("answered", answered), ("closed", closed)):
            name = f"day-{number}-{state}"
            said = day_post(scenes)
            yield name, said
            for scene in scenes if state != "closed" else ():
                yield from _behind(said, scene, f"{name}-{scene.activity.id}")


def _order(cue: Cue) -> tuple[datetime, int]:
    return cue.at, cue.seq


def _say(scene: Scene[Any]) -> Message:
    return KINDS[scene.activity.kind].say(scene)


def _behind(said: Message, scene: Scene[Any], name: str) -> Iterator[Named]:
    """What the first learner is shown behind each of its buttons that opens something."""
    kind = KINDS[scene.activity.kind]
    for block in said.blocks:
        for button in block.buttons if isinstance(block, Buttons) else ():
            callback = Callback.decode(button.callback)
            if button.does == "open" and callback.target == scene.opening.id:
                answer = kind.view(scene, scene.participants[0], callback)
                if isinstance(answer, Show):
                    yield f"{name}-{callback.verb}", answer.what


def _people(run: Run) -> tuple[Participant, ...]:
    return tuple(
        Participant(
            id=f"p{n}",
            run=run.id,
            person=Person("preview", "preview", f"p{n}"),
            name=UserText(name),
            role="learner",
            joined_at=run.start,
        )
        for n, name in enumerate(_NAMES, 1)
    )


def _answers(scene: Scene[Any]) -> tuple[Response, ...]:
    """One answer of each learner to each question; the last who can does so in own words."""
    questions = KINDS[scene.activity.kind].questions(scene.spec)
    return tuple(
        Response(
            run=scene.run.id,
            opening=scene.opening.id,
            owner=person.id,
            item=question.item,
            at=scene.opening.opened_at + timedelta(minutes=1),
            given=_given([option for option, _ in question.options], n),
            event=f"preview-{question.item}-{person.id}",
        )
        for question in questions
        for n, person in enumerate(scene.participants)
    )


def _given(options: Sequence[str], n: int) -> Given:
    if not options:
        return Given(text=UserText(_SAID[n % len(_SAID)]))
    if OTHER in options and n == len(_NAMES) - 1:
        return Given((OTHER,), UserText(_SAID[n]))
    return Given((options[n % len(options)],))


def _for_facilitators(run: Run, cues: tuple[Cue, ...]) -> Iterator[Named]:
    scene = RunScene(run, cues, delivery="preview")
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
        turnouts={opening.id: (2, len(_NAMES))},
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
