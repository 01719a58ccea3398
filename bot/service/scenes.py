"""What is to be said of a delivery, from the state as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat.address import Person, Place
from bot.chat.message import Message
from bot.chat.platform import Capabilities
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Scene
from bot.facilitation.day import day_post
from bot.facilitation.notices import PURPOSES, RunScene, Trouble, say_notice
from bot.facilitation.planning import is_asynchronous
from bot.facilitation.seeing import (
    NOTHING_KNOWN,
    Known,
    activity_of,
    name_of,
    needed,
    newest_opening,
    scene_of,
)
from bot.facilitation.state import LOBBY, Opening, Owed, Participant, Run
from bot.facilitation.turnout import Turnout
from bot.lessons.script import AFTER
from bot.service.store import Delivery, Reading
from bot.service.trouble import trouble_key
from bot.words import t

CapabilitiesOf = Callable[[str], Capabilities]
"""The capabilities of the platform of this name."""

ACTIVITY = "activity"
"""The purpose of the post that an opening is."""

SKIPPED = timedelta(minutes=1)
"""How soon after its opening an activity is closed by somebody who did not want it."""

_PURPOSES: Mapping[str, Callable[[], str]] = {
    "welcome": lambda: t("The welcome"),
    "closing": lambda: t("The closing words"),
    "notes": lambda: t("Your notes"),
    "panel": lambda: t("Your panel"),
    "trouble": lambda: t("This list"),
    "report": lambda: t("Your report"),
    "question": lambda: t("A private question"),
    "response": lambda: t("Your private answer to a learner"),
    "problem": lambda: t("That a work handed in is a problem"),
    "reviews": lambda: t("What peers wrote, to one author"),
    "board": lambda: t("Your overview of the reviews"),
    "group": lambda: t("The message to a group"),
    "open-review": lambda: t("A review that everyone can read"),
    "in-thread": lambda: t("What people wrote, in the thread of its question"),
}


def capabilities_in(run: Run, capabilities_of: CapabilitiesOf) -> Capabilities:
    """What can be done in a run. Nobody meets in a rehearsal, which is held in private, and all of
    whose people have come in."""
    able = capabilities_of(run.main.platform)
    if not run.rehearsal:
        return able
    return replace(able, threads=False, hears_replies=False, open_place=False, attendance=True)


class CannotDraw(Exception):
    """A mistake of ours or of the lesson's: the state is known and no message comes of it."""


async def activity_scene(
    reading: Reading,
    run: Run,
    opening: Opening,
    capabilities: Capabilities,
    delivery: str = "",
    newcomer: Participant | None = None,
) -> Scene[Any]:
    """The scene of an opening with everything that stands, and somebody just coming in, or back."""
    (scene,) = await scenes_of(reading, run, (opening,), capabilities, delivery, newcomer)
    return scene


async def known_of(
    reading: Reading, run: Run, openings: Sequence[Opening], activities: Iterable[str]
) -> Known:
    """What has to be known to decide on these activities, of which most need nothing."""
    ids = needed(run, activities)
    found = [opening for id in ids if (opening := newest_opening(openings, id))]
    return await _known(reading, run, openings, found) if ids else NOTHING_KNOWN


async def _known(
    reading: Reading,
    run: Run,
    openings: Sequence[Opening],
    seen: Sequence[Opening],
    newcomer: Participant | None = None,
) -> Known:
    """What stands in those ``seen``; the cohort is read once, as it may be large."""
    dealing = [o for o in seen if KINDS[activity_of(run, o.activity).kind].deals]
    people = await reading.participants(run.id)
    if newcomer:
        # Whoever comes back is here again, though the store does not know it yet.
        people = tuple(newcomer if p.person == newcomer.person else p for p in people)
        people = people if newcomer in people else (*people, newcomer)
    return Known(
        openings=tuple(openings),
        participants=people,
        responses={o.id: await reading.responses(o.id) for o in seen},
        assignments={o.id: await reading.assignments(o.id) for o in dealing},
    )


async def scenes_of(
    reading: Reading,
    run: Run,
    openings: Sequence[Opening],
    capabilities: Capabilities,
    delivery: str = "",
    newcomer: Participant | None = None,
) -> list[Scene[Any]]:
    """Their scenes, with everything that stands in them and around them."""
    around = needed(run, (opening.activity for opening in openings))
    held = await reading.openings(run.id) if around else openings
    newest = [found for id in around if (found := newest_opening(held, id))]
    seen = {opening.id: opening for opening in (*newest, *openings)}
    known = await _known(reading, run, held, tuple(seen.values()), newcomer)
    return [
        scene_of(run, opening, known, capabilities=capabilities, delivery=delivery)
        for opening in openings
    ]


async def run_scene(
    reading: Reading, run: Run, capabilities_of: CapabilitiesOf, delivery: Delivery | None = None
) -> RunScene:
    """The run as a whole and the troubles there are.

    The turnout of what is open is for whoever asks now: a post (``delivery``) would not be drawn
    anew with each answer, and so would soon be wrong.
    """
    openings = await reading.openings(run.id)
    return RunScene(
        run=run,
        cues=await reading.cues(run.id),
        openings=openings,
        turnouts={}
        if delivery
        else await _turnouts(reading, run, openings, capabilities_in(run, capabilities_of)),
        names={a.id: name_of(run, a.id) for a in run.lesson.script.activities()},
        troubles=tuple(trouble_of(run, d) for d in await reading.deliveries(run.id) if troubled(d)),
        cue=delivery.owed.cue if delivery else None,
        delivery=delivery.owed.key if delivery else "",
    )


async def _turnouts(
    reading: Reading, run: Run, openings: Sequence[Opening], capabilities: Capabilities
) -> dict[str, Turnout]:
    """How many have answered what is open, by opening, where something is asked."""
    current = [o for o in openings if o.is_open and o.activity != LOBBY]
    found = {}
    for scene in await scenes_of(reading, run, current, capabilities):
        kind = KINDS[scene.activity.kind]
        if kind.questions(scene.spec):
            found[scene.opening.id] = scene.turnout(kind.answered(scene))
    return found


def troubled(delivery: Delivery) -> bool:
    """Whether a facilitator should know what became of it."""
    return delivery.state in ("uncertain", "late", "failed", "dropped")


def trouble_of(run: Run, delivery: Delivery) -> Trouble:
    """The trouble with a delivery, named for a person. It has to be `troubled`."""
    owed = delivery.owed
    ids = [LOBBY, *(each.id for each in run.lesson.script.activities())]
    about = ids[int(owed.opening.split("-")[1])] if owed.purpose == ACTIVITY else ""
    what = name_of(run, about) if about else _PURPOSES[owed.purpose]()
    state = delivery.state
    if state not in ("uncertain", "late", "failed", "dropped"):
        raise ValueError(f"a delivery that is {state} is no trouble")
    return Trouble(trouble_key(delivery), state, what, delivery.problem)


async def message_of(
    reading: Reading, delivery: Delivery, capabilities_of: CapabilitiesOf
) -> Message | None:
    """The message that a delivery is, or ``None`` where a first post comes too late for it.

    Raises CannotDraw.
    """
    owed = delivery.owed
    run = await reading.run(owed.run)
    if run is None or (run.rehearsal and owed.to not in run.facilitators):
        # Nothing of a rehearsal is ever said to anybody else; its people are not there.
        return None
    if owed.purpose in PURPOSES:
        run_seen = await run_scene(reading, run, capabilities_of, delivery)
        return _drawn(lambda: say_notice(owed.purpose, run_seen))
    if owed.purpose != ACTIVITY:
        return await _told(reading, run, delivery, capabilities_of)
    together = await _in_one_post(reading, run, owed.opening)
    if delivery.ref is None:
        # What has closed meanwhile is not asked any more.
        together = [opening for opening in together if opening.is_open]
    if not together:
        return None
    capabilities = capabilities_in(run, capabilities_of)
    scenes = await scenes_of(reading, run, together, capabilities, owed.key)
    if len(scenes) == 1 and scenes[0].activity.phase != AFTER:
        return _drawn(lambda: KINDS[scenes[0].activity.kind].say(scenes[0]))
    return _drawn(lambda: day_post(scenes))


async def _told(
    reading: Reading, run: Run, delivery: Delivery, capabilities_of: CapabilitiesOf
) -> Message | None:
    """The message about an opening that a delivery is, to one person or in a thread."""
    owed = delivery.owed
    opening = await reading.opening(owed.opening)
    if opening is None:
        return None
    capabilities = capabilities_in(run, capabilities_of)
    scene = await activity_scene(reading, run, opening, capabilities, owed.key)
    kind = KINDS[scene.activity.kind]
    if delivery.ref is None and not kind.still_said(scene, owed.purpose, owed.about):
        return None
    return _drawn(lambda: kind.tell(scene, owed.purpose, owed.about))


async def _in_one_post(reading: Reading, run: Run, lead: str) -> list[Opening]:
    """The openings that stand in the post of this one, in the order of the lesson."""
    opening = await reading.opening(lead)
    if opening is None:
        return []
    alone = opening.activity != LOBBY and not is_asynchronous(
        run, activity_of(run, opening.activity).phase
    )
    return [opening] if alone else [o for o in await reading.openings(run.id) if o.post == lead]


def _drawn(say: Callable[[], Message]) -> Message:
    try:
        return say()
    except Exception as failure:
        raise CannotDraw from failure


async def is_late(reading: Reading, owed: Owed, now: datetime) -> bool:
    """Whether the time of a message that was not posted yet has passed at ``now`` (lesson time).

    An activity's post has as long as its opening, or the last of those that stand in it, whose time
    can be given more and stands still in a pause. If that was closed at once after it opened,
    somebody skipped it, and its post is not late but no longer wanted. The welcome at the head of
    a day's post is worth posting in any case.
    """
    run = await reading.run(owed.run) if owed.purpose == ACTIVITY else None
    together = await _in_one_post(reading, run, owed.opening) if run else []
    ends = [opening.closed_at for opening in together if opening.closed_at]
    if not together or any(o.activity == LOBBY and o.is_open for o in together):
        return now > owed.not_after
    return len(ends) == len(together) and max(ends) - owed.due_at > SKIPPED


def tenant_of(address: Person | Place) -> str:
    """The key under which the events of a platform's tenant are told apart."""
    return f"{address.platform}/{address.tenant}"
