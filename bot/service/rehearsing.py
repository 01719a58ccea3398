"""Rehearsing from inside a platform: a form, and the run, at once and once."""

from __future__ import annotations

import asyncio
from hashlib import blake2s

from bot.chat.answer import Answer, Correct, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import Commanded, FormRequested, FormSubmitted, Heard
from bot.facilitation.beginning import REHEARSE
from bot.facilitation.rehearsing import LESSON, at_rehearsal_pace, begun, rehearsal_form
from bot.facilitation.scheduling import zone_known
from bot.lessons.lesson import Lesson
from bot.lessons.library import Library
from bot.service.managing import Managing
from bot.service.scenes import CapabilitiesOf
from bot.service.store import Conflict
from bot.words import t


class Rehearsing:
    """Whoever may schedule may rehearse; a platform turns away its guests itself."""

    def __init__(
        self, managing: Managing, library: Library, capabilities_of: CapabilitiesOf
    ) -> None:
        self._managing = managing
        self._library = library
        self._capabilities_of = capabilities_of

    async def asked(self, event: Commanded | FormRequested) -> Answer:
        """The form to choose a lesson in. However often it is sent, it is one rehearsal."""
        if refused := self._refusal(event):
            return refused
        lessons = await self._lessons()
        if not lessons:
            return Refused(t("There is no lesson here yet that could be held."))
        tag = blake2s(event.id.encode(), digest_size=8).hexdigest()
        return Show(rehearsal_form(lessons, Callback(REHEARSE, tag).encode()))

    async def sent(self, event: FormSubmitted, callback: Callback) -> Answer:
        """The rehearsal, which begins at once."""
        if refused := self._refusal(event):
            return refused
        chosen = "".join(event.fields.get(LESSON, ()))
        lesson = next((one for one in await self._lessons() if one.name == chosen), None)
        if lesson is None:
            return Correct({LESSON: t("Choose one of the lessons.")})
        try:
            quick = at_rehearsal_pace(lesson)
        except ValueError as why:
            return Correct({LESSON: str(why)})
        name = f"{event.who}\n{REHEARSE}\n{callback.target}"
        run_id = blake2s(name.encode(), digest_size=6).hexdigest()
        zone = zone_known(event.zone)
        try:
            run = await self._managing.rehearse(quick, run_id=run_id, who=event.who, zone=zone)
        except Conflict:
            # Another process began it, or was in the way.
            run = await self._managing.rehearse(quick, run_id=run_id, who=event.who, zone=zone)
        return Show(begun(run.lesson))

    def _refusal(self, event: Heard) -> Refused | None:
        able = self._capabilities_of(event.who.platform)
        if able.knows_people and able.direct:
            return None
        return Refused(t("Lessons cannot be rehearsed from here: ask whoever runs Fivefold."))

    async def _lessons(self) -> tuple[Lesson, ...]:
        return await asyncio.to_thread(self._library.lessons)
