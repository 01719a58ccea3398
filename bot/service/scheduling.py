"""Scheduling from inside a platform: a form, the dry run, and the run itself, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import blake2s

from bot.chat.address import Person, Place
from bot.chat.answer import Answer, Correct, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import Commanded, FormRequested, FormSubmitted, Heard
from bot.chat.text import Line
from bot.facilitation.beginning import NEW, PLAN
from bot.facilitation.dry_run import dry_run, overlaps, planned_of, scheduled
from bot.facilitation.scheduling import (
    Planned,
    Wanted,
    first_form,
    plan,
    read_wanted,
    second_form,
)
from bot.lessons.lesson import Lesson
from bot.lessons.library import Library
from bot.service.managing import Managing
from bot.service.scenes import CapabilitiesOf
from bot.service.store import Conflict, Store
from bot.words import t


class Scheduling:
    """Whoever the platform vouches for may schedule; a platform turns away its guests itself."""

    def __init__(
        self, store: Store, managing: Managing, library: Library, capabilities_of: CapabilitiesOf
    ) -> None:
        self._store = store
        self._managing = managing
        self._library = library
        self._capabilities_of = capabilities_of

    async def asked(self, event: Commanded | FormRequested) -> Answer:
        """The form to choose a lesson, a place and a time in."""
        if refused := self._refusal(event):
            return refused
        lessons = await self._lessons()
        if not lessons:
            return Refused(t("There is no lesson here yet that could be held."))
        here = event.place.channel if event.place else ""
        callback = Callback(PLAN, NEW).encode()
        return Show(first_form(lessons, callback, here, self._managing.now(), event.zone))

    async def sent(self, event: FormSubmitted, callback: Callback) -> Answer:
        """The dry run of what was chosen or, where it was shown already, the run scheduled."""
        if refused := self._refusal(event):
            return refused
        lessons = await self._lessons()
        wanted = read_wanted(event.fields, lessons, event.zone)
        if isinstance(wanted, Correct):
            return wanted
        lesson = next(one for one in lessons if one.name == wanted.lesson)
        seen = callback.target != NEW and callback.item == wanted.digest(lesson)
        run_id = _run_id(event.who, callback.target)
        if seen and (there := await self._there(run_id, wanted)):
            # However often it is sent, and however late: it was scheduled when it could be.
            return Show(scheduled(there))
        planned = plan(wanted, lesson, self._managing.now())
        if isinstance(planned, Correct):
            return planned
        place = Place(event.who.platform, event.who.tenant, wanted.place)
        if not seen:
            again = Callback(PLAN, _tag(event.id), wanted.digest(lesson)).encode()
            said = dry_run(planned, await self._others(planned, place))
            anywhere = not self._capabilities_of(event.who.platform).own_places
            return Show(second_form(lessons, again, wanted, lesson, said, anywhere=anywhere))
        leaders = _leaders(event.who, wanted)
        try:
            await self._schedule(planned, run_id, place, leaders)
        except Conflict:
            # Another process scheduled it, or was in the way.
            await self._schedule(planned, run_id, place, leaders)
        return Show(scheduled(await self._there(run_id, wanted) or planned))

    async def _schedule(
        self, planned: Planned, run_id: str, place: Place, leaders: Sequence[Person]
    ) -> None:
        if planned.pace and planned.first:
            await self._managing.schedule_daily(
                planned.lesson,
                run_id=run_id,
                main=place,
                facilitators=leaders,
                zone=planned.zone,
                first=planned.first,
                pace=planned.pace,
            )
            return
        await self._managing.schedule(
            planned.lesson,
            run_id=run_id,
            main=place,
            facilitators=leaders,
            zone=planned.zone,
            start=planned.start or self._managing.now(),
            by_itself=planned.start is not None,
        )

    def _refusal(self, event: Heard) -> Refused | None:
        if self._capabilities_of(event.who.platform).knows_people:
            return None
        return Refused(t("Lessons cannot be scheduled from here: ask whoever runs Fivefold."))

    async def _lessons(self) -> tuple[Lesson, ...]:
        return await asyncio.to_thread(self._library.lessons)

    async def _there(self, run_id: str, wanted: Wanted) -> Planned | None:
        """What comes of a run that is there already."""
        async with self._store.reading() as reading:
            run = await reading.run(run_id)
            cues = await reading.cues(run_id) if run else ()
        return planned_of(run, cues, waits=wanted.at is None) if run else None

    async def _others(self, planned: Planned, place: Place) -> tuple[Line, ...]:
        """A line for each lesson that is held in the same place at the same time."""
        async with self._store.reading() as reading:
            there = [run for run in await reading.runs_at(place) if run.status != "ended"]
            at_that_time = [
                run for run in there if overlaps(planned, run, await reading.cues(run.id))
            ]
        return tuple(
            (
                t(
                    "There is another lesson here at that time: {lesson}",
                    lesson=run.lesson.plan.title,
                ),
            )
            for run in at_that_time
        )


def _leaders(who: Person, wanted: Wanted) -> tuple[Person, ...]:
    others = (Person(who.platform, who.tenant, id) for id in wanted.people if id != who.id)
    return (who, *others)


def _tag(event: str) -> str:
    """What a second form is known by: the same for the same event."""
    return blake2s(event.encode(), digest_size=8).hexdigest()


def _run_id(who: Person, form: str) -> str:
    """The run that a form schedules: one form, one run, however often it is sent."""
    return blake2s(f"{who}\n{form}".encode(), digest_size=6).hexdigest()
