"""A run driven headless: the stepped clock jumps from one moment to the next."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import SteppedClock
from bot.rehearsal.cohort import Cohort
from bot.rehearsal.leading import Leader
from bot.service.store import Store
from bot.service.worker import Worker

STEPS = 100_000
"""More moments than any run has: a drive that takes as many is stuck."""

STRIDE = timedelta(seconds=30)
"""How far the clock steps at once while people act, each at a time of their own: what they gave
meanwhile is shown by one edit."""


class Stuck(Exception):
    """The run does not come to its end."""


async def catch_up(store: Store, run_id: str, clock: SteppedClock) -> None:
    """Step the clock to the last moment of the run of which the database knows, after a restart."""
    async with store.reading() as reading:
        cues = [cue.done_at for cue in await reading.cues(run_id) if cue.done_at]
        answers = [response.at for response in await reading.versions(run_id)]
    for at in (*cues, *answers):
        clock.step_to(at)


async def drive(
    store: Store,
    worker: Worker,
    cohort: Cohort,
    clock: SteppedClock,
    leader: Leader | None = None,
) -> None:
    """Carry the run on, personas and all, until nothing is due any more. Raises Stuck.

    A lesson that waits for its facilitator needs a ``leader``.
    """
    # After a restart something may be open already, whose acts come before the next cue.
    await cohort.look()
    stalled = False
    for _ in range(STEPS):
        # Before the next cue is carried out, as it may close what people use.
        acted = await cohort.act_until(clock.now())
        async with store.reading() as reading:
            due = await reading.due()
        cues = [at for at in (due.cue_at, due.delivery_at) if at]
        moments = [*cues, *([due.lane_at] if due.lane_at else ())]
        if any(at <= clock.now() for at in moments) and (acted or not stalled):
            stalled = not await worker.turn()
            await cohort.look()
            continue
        if leader and await leader.go_on(clock.now()):
            continue
        acts_at, ready_at = cohort.next_at(), await leader.ready_at() if leader else None
        ahead = [at for at in (*moments, acts_at, ready_at) if at and at > clock.now()]
        if not ahead:
            if stalled:
                break
            return
        step = min(ahead)
        if step == acts_at:
            soon = (at for at in (*cues, ready_at) if at and at > clock.now())
            step = min([step + STRIDE, *soon])
        clock.step_to(step)
        stalled = False
    raise Stuck("the run does not come to its end; please report this with its lesson")
