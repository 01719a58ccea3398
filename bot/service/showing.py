"""What somebody who speaks to the bot is shown: their part, their panel, their home, the way in.

Everything here is read; all that is written is that whoever asks for their part is there.
"""

from __future__ import annotations

import asyncio

from bot.chat.answer import Answer, Refused, Show
from bot.chat.event import Commanded, FormRequested, Heard
from bot.chat.message import Message
from bot.facilitation.home import (
    MOST,
    Taken,
    greeted,
    helped,
    home,
    led_page,
    nearly,
    not_kept,
    unknown,
    way_in,
)
from bot.facilitation.my_part import my_part
from bot.facilitation.notices import RunScene
from bot.facilitation.seeing import name_of
from bot.facilitation.state import Participant, Run
from bot.facilitation.wishes import near
from bot.service.attending import Attending
from bot.service.choosing import nearest_first, run_meant
from bot.service.looking import Looking, Whole
from bot.service.managing import HELP
from bot.service.meaning import belongs, guest_of, may_join
from bot.service.scenes import CapabilitiesOf, run_scene
from bot.service.store import Reading, Store
from bot.words import t


class Showing:
    """Answers with a page; what it needs to know is read anew each time."""

    def __init__(
        self,
        store: Store,
        looking: Looking,
        capabilities_of: CapabilitiesOf,
        attending: Attending,
    ) -> None:
        self._store = store
        self._looking = looking
        self._capabilities_of = capabilities_of
        self._attending = attending

    async def my_part(self, event: Commanded | FormRequested, run_id: str = "") -> Answer:
        """What one person has to do and has given; whoever is new there has nothing yet."""
        async with self._store.reading() as reading:
            run = await reading.run(run_id) if run_id else await run_meant(reading, event)
            if run is None or not belongs(event, run):
                return Refused(t("There is no lesson of yours here.") if run_id else unknown())
            if not await self._takes_part(reading, event, run):
                return Refused(t("This lesson is for the people of its channel."))
            known = await reading.participant(run.id, event.who)
        return Show(await self._asked_part(event, run, known))

    async def panel(self, event: Heard) -> Answer:
        """The panel for whoever leads the lesson meant, also when it is over, their part for
        whoever is in it, and for anybody else the way in."""
        return Show(await self._page(event, asks=True))

    async def hello(self, event: Heard) -> Answer:
        """A greeting back, with the same below it."""
        return Show(greeted(await self._page(event, asks=False)))

    async def _page(self, event: Heard, *, asks: bool) -> Message:
        plans = self._plans(event)
        async with self._store.reading() as reading:
            run = await run_meant(reading, event)
            if run is None or not belongs(event, run):
                return way_in(None, plans=plans)
            over = run.status == "ended"
            if event.who in run.facilitators and not (over and run.rehearsal):
                return led_page(await run_scene(reading, run, self._capabilities_of), plans=plans)
            known = await reading.participant(run.id, event.who)
            if over:
                return way_in(run if known else None, plans=plans)
            if not await self._takes_part(reading, event, run):
                return way_in(None, plans=plans)
        if asks:
            return await self._asked_part(event, run, known)
        return await self._part(event, run, known)

    async def home(self, event: Heard) -> Answer:
        """Every lesson that they lead or take part in, wherever they ask."""
        async with self._store.reading() as reading:
            runs = nearest_first(await reading.runs_of(event.who))
            # A rehearsal that is over is nothing to come back to.
            runs = [run for run in runs if not run.rehearsal or run.status != "ended"]
            led = [run for run in runs if event.who in run.facilitators]
            others = [run for run in runs if event.who not in run.facilitators]
            seen = [await run_scene(reading, run, self._capabilities_of) for run in led[:MOST]]
            known = [await reading.participant(run.id, event.who) for run in others[:MOST]]
        taken = [
            await self._taken(event, run, who)
            for run, who in zip(others[:MOST], known, strict=True)
        ]
        more = len(runs) - len(seen) - len(taken)
        return Show(home(seen, taken, more=more, plans=self._plans(event)))

    async def help(self, event: Heard) -> Answer:
        """What there is to say."""
        async with self._store.reading() as reading:
            leads = await self._leads(reading, event)
        return Show(helped(leads=leads, plans=self._plans(event)))

    async def not_kept(self, event: Commanded) -> Answer:
        """Words that are no command: never silently lost, and nobody's answer."""
        async with self._store.reading() as reading:
            leads = await self._leads(reading, event)
            word = near(event.text, leads=leads, plans=self._plans(event))
            if leads and not word:
                return Refused(t("I understand: {commands}.", commands=HELP))
            run = await run_meant(reading, event)
            here = run and belongs(event, run) and await self._takes_part(reading, event, run)
            known = await reading.participant(run.id, event.who) if run else None
        if word and (leads or not here):
            return Show(nearly(word, leads=leads))
        part = await self._part(event, run, known) if run and here else None
        return Show(not_kept(event.text, part, word))

    def _plans(self, event: Heard) -> bool:
        return self._capabilities_of(event.who.platform).knows_people

    async def _leads(self, reading: Reading, event: Heard) -> bool:
        """Whether they steer the lesson that they speak of."""
        run = await run_meant(reading, event)
        return run is not None and run.status != "ended" and event.who in run.facilitators

    async def _takes_part(self, reading: Reading, event: Heard, run: Run) -> bool:
        return may_join(event, run) or await reading.participant(run.id, event.who) is not None

    async def _asked_part(self, event: Heard, run: Run, known: Participant | None) -> Message:
        """Their part; at the same time they are enrolled, if they are not."""
        part, _ = await asyncio.gather(
            self._part(event, run, known), self._attending.came(event, run, known)
        )
        return part

    async def _part(self, event: Heard, run: Run, known: Participant | None) -> Message:
        part = await self._taken(event, run, known)
        return my_part(part.seen.run, part.scenes, part.who)

    async def _taken(self, event: Heard, run: Run, known: Participant | None) -> Taken:
        whole = await self._looking.whole(run.id) or Whole(run, (), (), ())
        names = {each.id: name_of(run, each.id) for each in run.lesson.script.activities()}
        seen = RunScene(whole.run, whole.cues, whole.openings, names=names)
        return Taken(seen, whole.scenes, known or guest_of(run, event))
