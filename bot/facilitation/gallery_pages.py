"""What the gallery shows of a person's own pages, of scheduling by form and of rehearsing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from bot.chat.answer import Correct
from bot.chat.callback import Callback
from bot.chat.message import Form, Message
from bot.facilitation import made_up
from bot.facilitation.activities.scene import Scene
from bot.facilitation.beginning import NEW, PLAN, REHEARSE
from bot.facilitation.dry_run import dry_run, scheduled
from bot.facilitation.home import Taken, helped, home, led_page, not_kept, way_in
from bot.facilitation.my_part import my_part
from bot.facilitation.notices import RunScene, panel, report
from bot.facilitation.rehearsing import begun, rehearsal_form
from bot.facilitation.scheduling import DAILY, LIVE, Wanted, first_form, plan, second_form
from bot.facilitation.seeing import name_of
from bot.facilitation.state import Cue, Run

Named = tuple[str, Message | Form]

_ZONE = "Europe/Berlin"


def pages(run: Run, cues: Sequence[Cue], scenes: Sequence[Scene[Any]]) -> Iterator[Named]:
    """The home of somebody who leads and of somebody who learns, and whatever they may ask for."""
    who = made_up.people(run)[0]
    names = {each.id: name_of(run, each.id) for each in run.lesson.script.activities()}
    openings = tuple(scene.opening for scene in scenes)
    seen = RunScene(run, cues, openings[:1], names=names)
    taken = Taken(seen, scenes, who)
    yield "home-leading", home((seen,), (), more=3, plans=True)
    yield "home-learning", home((), (taken,), more=0, plans=False)
    yield "home-empty", home((), (), more=0, plans=True)
    yield "asked-panel", led_page(seen, plans=True)
    yield "way-in", way_in(run, plans=True)
    yield "help", helped(leads=True, plans=True)
    yield "not-kept", not_kept(made_up.SAID[0], my_part(run, scenes, who))
    yield "not-kept-by-strangers", not_kept(made_up.SAID[0], None)


def rehearsing(run: Run, cues: Sequence[Cue]) -> Iterator[Named]:
    """The form to rehearse this lesson with, what it leads to, and its panel and report."""
    yield "rehearse", rehearsal_form((run.lesson,), Callback(REHEARSE, NEW).encode())
    yield "rehearsal-begun", begun(run.lesson)
    played = replace(run, rehearsal=True, facilitators=run.facilitators[:1])
    yield "rehearsal-panel", panel(RunScene(played, cues))
    yield "rehearsal-report", report(played)


def scheduling(run: Run) -> Iterator[Named]:
    """The forms to schedule this lesson with, in one sitting or over days, and what comes of it."""
    lessons, callback = (run.lesson,), Callback(PLAN, NEW).encode()
    yield "schedule", first_form(lessons, callback, run.main.channel, run.start, _ZONE)
    pace = DAILY if run.pace else LIVE
    day = run.start.date().replace(month=10, day=25)
    wanted = Wanted(run.lesson.name, run.main.channel, pace, day, time(2, 30), (), (), _ZONE)
    for name, each in (("", wanted), ("-without-a-time", replace(wanted, at=None))):
        planned = plan(each, run.lesson, run.start)
        if isinstance(planned, Correct):
            raise ValueError(f"the gallery's own choices cannot be planned: {planned.errors}")
        said = dry_run(planned)
        yield f"schedule-dry-run{name}", second_form(lessons, callback, each, run.lesson, said)
        yield f"scheduled{name}", scheduled(planned)
