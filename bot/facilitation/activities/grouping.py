"""Who is in which group: the fields of `groups`, and what can be asked of a scene of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from bot.chat.message import People
from bot.chat.text import Inline, Line, Strong
from bot.facilitation.activities.scene import Scene, Spec
from bot.facilitation.state import Assignment, Participant
from bot.lessons.script import Activity, Script
from bot.words import t

GROUPS = "groups"
"""The name of the kind."""


class GroupsSpec(Spec):
    """``task`` is Markdown.

    What ``meet`` asks for is what a platform may not have: see `meeting.meets`.
    """

    size: int = Field(
        ge=2,
        le=30,
        description="About how many people a group has; of those left over each joins a group.",
    )
    task: str = Field("", description="What the groups are for: Markdown.")
    meet: Literal["here", "threads", "places"] = Field(
        "here",
        description="Where the groups work: here, wherever they like; in threads, each in one of "
        "its own; or in places, each in a group message or a private channel where the platform "
        "can open one, otherwise in threads.",
    )


def group_name(group: str) -> str:
    """What a group is called."""
    return t("Group {number}", number=number_of(group))


def groups_of(scene: Scene[GroupsSpec]) -> tuple[str, ...]:
    """The groups there are, in order; one at least."""
    found = {each.what for each in scene.assignments} | {"g1"}
    return tuple(sorted(found, key=number_of))


def group_of(scene: Scene[GroupsSpec], participant: str) -> str:
    """The group that somebody is in, or ""."""
    return next((each.what for each in held(scene) if each.who == participant), "")


def was_in(scene: Scene[GroupsSpec], participant: str, group: str, at: datetime) -> bool:
    """Whether somebody was in a group at a moment."""
    dealt = [each for each in scene.assignments if each.who == participant and each.at <= at]
    return bool(dealt) and max(dealt, key=lambda each: each.n).what == group


def members_of(scene: Scene[GroupsSpec], group: str) -> tuple[Participant, ...]:
    """Who is in a group and has not left the lesson."""
    inside = {each.who for each in held(scene) if each.what == group}
    return tuple(p for p in scene.learners() if p.id in inside)


def groups_around(scene: Scene[Any]) -> Scene[GroupsSpec] | None:
    """The scene of the groups that a kind looks at, if they have been dealt."""
    found = (other for other in scene.around.values() if other.activity.kind == GROUPS)
    return next(found, None)


def groups_before(script: Script, activity: Activity) -> str:
    """The id of the last `groups` that comes before an activity; "" if none does."""
    found = ""
    for each in script.activities():
        if each.id == activity.id:
            return found
        found = each.id if each.kind == GROUPS else found
    return found


def held(scene: Scene[GroupsSpec]) -> Sequence[Assignment]:
    """Who sits where now, as dealt; some of them may have left the lesson."""
    return [each for each in scene.assignments if each.state == "held"]


def number_of(group: str) -> int:
    """The number in its name."""
    return int(group.removeprefix("g"))


def line_of(scene: Scene[GroupsSpec], group: str) -> Line:
    """A group and who is in it, in one line."""
    names: list[Inline] = []
    for member in members_of(scene, group):
        names += [", " if names else ": ", member.name]
    return (Strong(group_name(group)), *names)


def people_of(scene: Scene[GroupsSpec], group: str) -> People:
    """A group and who is in it, to be shown."""
    return People(group_name(group), tuple(p.name for p in members_of(scene, group)))
