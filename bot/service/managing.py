"""Flow 3: the facilitator acts, by command, by button or from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.chat.address import Person, Place
from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Commanded, Picked
from bot.chat.spoken import bare
from bot.clock import Clock
from bot.facilitation.changes import Changes
from bot.facilitation.controls import (
    Command,
    NotNow,
    command_of,
    control,
    not_started,
    still_goes_on,
)
from bot.facilitation.ending import given_up
from bot.facilitation.home import which_lesson
from bot.facilitation.notices import end_question, panel
from bot.facilitation.owing import owe_panels
from bot.facilitation.pace import Pace, days_of
from bot.facilitation.planning import plan_daily, plan_live, plan_on_call
from bot.facilitation.rehearsing import plan_rehearsal
from bot.facilitation.state import Cue, Run
from bot.lessons.lesson import Lesson
from bot.service.choosing import run_meant, runs_meant
from bot.service.reporting import NoSuchRun
from bot.service.scenes import CapabilitiesOf, run_scene, tenant_of
from bot.service.store import Store, Transaction
from bot.service.trouble import confirm, delivery_in_trouble, trouble_key
from bot.words import t, tn

HELP = "start, pause, resume, +5, +1 day, next, close, end, status, evidence, my part, help"
FORWARD = ("extend", "next", "close", "end-now")
"""What acts on whatever is open, and so only from a panel that shows what is."""


class Managing:
    """Schedules runs and carries out controls, each in one transaction with an audit row.

    Scheduling under one id twice is scheduling once: the run that is there stays as it is.
    """

    def __init__(self, store: Store, clock: Clock, capabilities_of: CapabilitiesOf) -> None:
        self._store = store
        self._clock = clock
        self._capabilities_of = capabilities_of

    async def schedule(
        self,
        lesson: Lesson,
        *,
        run_id: str,
        main: Place,
        facilitators: Sequence[Person],
        zone: str,
        start: datetime,
        by_itself: bool = True,
        seed: int = 0,
    ) -> Run:
        """A new run of a lesson, live from ``start`` (UTC).

        It begins by itself when that comes or, without ``by_itself``, when somebody says "start";
        what runs before it then begins at once.
        """
        lesson, now = lesson.for_pace("live"), self._clock.now()
        if not by_itself and lesson.script.before:
            by_itself, cues = True, plan_on_call(run_id, lesson, now, zone)
            start = next(cue.at for cue in cues if cue.waits)
        else:
            cues = plan_live(run_id, lesson, start, zone, now)
        run = Run(
            id=run_id,
            lesson=lesson,
            main=main,
            facilitators=tuple(facilitators),
            zone=zone,
            start=start,
            seed=seed,
            status="scheduled" if by_itself else "paused",
            paused_at=None if by_itself else start,
            pause_reason="" if by_itself else not_started(),
        )
        return await self._add(run, cues)

    async def schedule_daily(
        self,
        lesson: Lesson,
        *,
        run_id: str,
        main: Place,
        facilitators: Sequence[Person],
        zone: str,
        first: date,
        pace: Pace,
        days: int | None = None,
        seed: int = 0,
    ) -> Run:
        """A new run of a lesson over days from the first lesson day on or after ``first``.

        With ``days`` it fills so many. Raises DoesNotFit.
        """
        lesson = lesson.for_pace("async")
        cues = plan_daily(run_id, lesson, first, zone, pace, days_of(lesson.script, days))
        run = Run(
            id=run_id,
            lesson=lesson,
            main=main,
            facilitators=tuple(facilitators),
            zone=zone,
            start=next(cue.at for cue in cues if cue.kind == "start"),
            seed=seed,
            pace=pace,
        )
        return await self._add(run, cues)

    async def rehearse(self, lesson: Lesson, *, run_id: str, who: Person, zone: str) -> Run:
        """A rehearsal of a lesson that begins now, for this person, whose last one is over then.

        ``run_id`` is in hexadecimal.
        """
        now = self._clock.now()
        run = Run(
            id=run_id,
            lesson=lesson,
            main=Place(who.platform, who.tenant, f"rehearsal-{run_id}"),
            facilitators=(who,),
            zone=zone,
            start=now,
            seed=int(run_id, 16),
            rehearsal=True,
        )
        return await self._add(run, plan_rehearsal(run_id, lesson, now, zone))

    def now(self) -> datetime:
        """This moment, in lesson time."""
        return self._clock.now()

    async def _add(self, run: Run, cues: Sequence[Cue]) -> Run:
        async with self._store.transaction() as tx:
            # Whoever is second waits here until the first is done.
            await tx.first_time(tenant_of(run.main), f"run {run.id}", at=self.now())
            if there := await tx.run(run.id):
                return there
            if run.rehearsal:
                await self._give_up(tx, run.facilitators[0])
            await tx.add_run(run, cues)
            await tx.apply(Changes(owed=owe_panels(run, self._clock.now(), 1)))
        return run

    async def _give_up(self, tx: Transaction, who: Person) -> None:
        """End what somebody rehearses: two at once in one talk would be hard to follow."""
        for earlier in await tx.runs_of(who):
            going = earlier.rehearsal and earlier.status != "ended"
            locked = await tx.lock_run(earlier.id) if going else None
            if locked:
                cues, openings = await tx.cues(locked.id), await tx.openings(locked.id)
                await tx.apply(given_up(locked, cues, openings, self.now()))

    async def carry_out(self, run_id: str, command: Command, *, by: str) -> Answer:
        """A command from somebody who may give it, such as whoever has the command line.

        Raises NoSuchRun.
        """
        async with self._store.transaction() as tx:
            run = await tx.lock_run(run_id)
            if run is None:
                raise NoSuchRun(run_id)
            return await self._carry_out(tx, run, command, by)

    async def said(self, event: Commanded, command: Command) -> Answer:
        """A command in words, for the run in whose place it was said or that the person leads."""
        async with self._store.transaction() as tx:
            led = await runs_meant(tx, event, command, self._clock.now())
            if len(led) > 1:
                seen = [await run_scene(tx, run, self._capabilities_of) for run in led]
                return Show(which_lesson(bare(event.text), command, seen))
            run = led[0] if led else await run_meant(tx, event)
            if run is None:
                return Refused(t("There is no lesson of yours here that I could steer."))
            if event.who not in run.facilitators:
                return Refused(t("Only the facilitators of this lesson can do that."))
            locked = await tx.lock_run(run.id)
            if locked is None or await self._heard(tx, event):
                return Saved(t("Done already."))
            answer = await self._once(tx, locked, command, event)
        if isinstance(answer, Saved) and event.place is None:
            # In a private talk nothing else says which of their lessons was meant.
            return Saved(f"{run.lesson.plan.title}: {answer.note}")
        return answer

    async def pressed(self, event: Picked, callback: Callback) -> Answer:
        """A button of a panel, which carries the revision it was drawn at, or of a question."""
        async with self._store.transaction() as tx:
            run = await tx.lock_run(callback.target)
            if run is None or event.who not in run.facilitators:
                return Refused(t("Only the facilitators of this lesson can do that."))
            if callback.verb in ("resend", "there"):
                return await self._settle(tx, run, callback)
            command = command_of(callback.item)
            if command is None:
                return Refused(t("That button is not in use any more."))
            if await self._heard(tx, event):
                return Saved(t("Done already."))
            await confirm(tx, callback.delivery, event, run=run)
            if callback.revision != run.revision and command.verb in FORWARD:
                scene = await run_scene(tx, run, self._capabilities_of)
                return Show(panel(scene, t("The lesson has moved on; this is where it is now.")))
            return await self._once(tx, run, command, event)

    async def _once(
        self, tx: Transaction, run: Run, command: Command, event: Commanded | Picked
    ) -> Answer:
        """Carry it out and remember that; what was refused may be tried again."""
        answer = await self._carry_out(tx, run, command, await _by(tx, run, event))
        if isinstance(answer, Saved):
            await tx.first_time(tenant_of(event.who), event.id, at=event.at)
        return answer

    async def _carry_out(self, tx: Transaction, run: Run, command: Command, by: str) -> Answer:
        if command.verb in ("status", "help"):
            return Show(panel(await run_scene(tx, run, self._capabilities_of)))
        cues, openings = await tx.cues(run.id), await tx.openings(run.id)
        try:
            if command.verb == "end":
                still_goes_on(run, cues)
                return Show(end_question(run, cues))
            # The clock, not the event's time: a command that was long on its way acts now.
            changes = control(command, run, cues, openings, self._clock.now(), by)
        except NotNow as why:
            return Refused(str(why))
        await tx.apply(changes)
        return Saved(_done(command, run))

    async def _settle(self, tx: Transaction, run: Run, callback: Callback) -> Answer:
        delivery = await delivery_in_trouble(tx, callback.item)
        if delivery is None or delivery.owed.run != run.id:
            return Refused(t("That button is not in use any more."))
        again = callback.verb == "resend"
        # What was pressed about an earlier attempt, or comes once more, says nothing of this one.
        old = callback.item != trouble_key(delivery)
        if old or not await tx.settle(delivery.owed.key, "waiting" if again else "sent"):
            return Saved(t("That was settled already."))
        await tx.apply(Changes(dirty_run=run.id))
        return Saved(t("I post it again.") if again else t("Good, I leave it as it is."))

    async def _heard(self, tx: Transaction, event: Commanded | Picked) -> bool:
        return await tx.heard(tenant_of(event.who), event.id)


async def _by(tx: Transaction, run: Run, event: Commanded | Picked) -> str:
    """Who acted, for the audit: under a surrogate id, so that a person can be forgotten."""
    known = await tx.participant(run.id, event.who)
    return known.id if known else "facilitator"


def _done(command: Command, run: Run) -> str:
    daily = run.pace is not None
    return {
        "start": t("Started."),
        "pause": t("Paused until you resume.")
        if daily
        else t("Paused. Time stands still until you resume."),
        "resume": t("Going on. What was missed comes on the next lesson day.")
        if daily
        else t("Going on. Everything after this has moved."),
        "extend": _given(command, daily),
        "next": t("On to the next."),
        "close": t("Closed."),
        "end-now": t("Ended. Nothing further is posted."),
    }[command.verb]


def _given(command: Command, daily: bool) -> str:
    if command.days:
        return tn(
            "One day more. Everything after this has moved.",
            "{count} days more. Everything after this has moved.",
            command.days,
        )
    if daily:
        return tn("One minute more for today.", "{count} minutes more for today.", command.minutes)
    return tn(
        "One minute more. Everything after this has moved.",
        "{count} minutes more. Everything after this has moved.",
        command.minutes,
    )
