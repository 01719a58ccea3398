"""What a decision can see: the scene of an opening, from what is known of its run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bot.chat.platform import Capabilities
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Kind
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Scene
from bot.facilitation.state import LOBBY, Assignment, Opening, Participant, Response, Run
from bot.lessons.script import Activity


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a run: standing responses and what was dealt, by the id of the opening."""

    openings: tuple[Opening, ...] = ()
    participants: tuple[Participant, ...] = ()
    responses: Mapping[str, tuple[Response, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    assignments: Mapping[str, tuple[Assignment, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    capabilities: Capabilities = field(default_factory=Capabilities)
    """Of the platform that the run is on."""


NOTHING_KNOWN = Known()


def activity_of(run: Run, activity: str) -> Activity:
    """The activity with this id; the lobby is one too. Raises KeyError if there is none."""
    if activity == LOBBY:
        return Activity(LOBBY, "", LOBBY, 0, derived=False, spec={})
    for each in run.lesson.script.activities():
        if each.id == activity:
            return each
    raise KeyError(activity)


def name_of(run: Run, activity: str) -> str:
    """What an activity is called, for people: its phase and its title."""
    each = activity_of(run, activity)
    kind, spec = _kind_of(each)
    title = kind.title(spec)
    return f"{phase_title(each.phase)}: {title}" if each.phase else title


def scene_of(run: Run, opening: Opening, known: Known = NOTHING_KNOWN, **seen: Any) -> Scene[Any]:
    """The scene of an opening; ``seen`` are the further fields of `Scene`.

    What stands in another's post has no thread of its own.
    """
    activity = activity_of(run, opening.activity)
    kind, spec = _kind_of(activity)
    scene = _bare(run, opening, known, activity, spec)
    around = {}
    for id in kind.looks_at(run.lesson.script, activity, spec):
        if newest := newest_opening(known.openings, id):
            other = activity_of(run, id)
            around[id] = _bare(run, newest, known, other, _kind_of(other)[1])
    scene = replace(scene, around=around, **seen)
    if not opening.shown_in:
        return scene
    alone = replace(scene.capabilities, threads=False, hears_replies=False)
    return replace(scene, capabilities=alone)


def needed(run: Run, activities: Iterable[str]) -> frozenset[str]:
    """Of which activities more than the openings must be known to decide on these."""
    found: set[str] = set()
    for id in activities:
        activity = activity_of(run, id)
        kind, spec = _kind_of(activity)
        around = kind.looks_at(run.lesson.script, activity, spec)
        if around or kind.deals:
            found |= {id, *around}
    return frozenset(found)


def newest_opening(openings: Sequence[Opening], activity: str) -> Opening | None:
    """The last time that an activity was opened, if it ever was."""
    found = [opening for opening in openings if opening.activity == activity]
    return max(found, key=lambda opening: opening.n, default=None)


def _kind_of(activity: Activity) -> tuple[Kind[Any], Any]:
    kind = KINDS[activity.kind]
    return kind, kind.model.model_validate(activity.spec)


def _bare(run: Run, opening: Opening, known: Known, activity: Activity, spec: Any) -> Scene[Any]:
    return Scene(
        run=run,
        activity=activity,
        spec=spec,
        opening=opening,
        responses=known.responses.get(opening.id, ()),
        assignments=known.assignments.get(opening.id, ()),
        participants=known.participants,
        capabilities=known.capabilities,
    )
