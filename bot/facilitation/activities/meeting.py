"""Where groups meet, and what they are told there: in a thread or a place of their own.

A group's message in a place is of the people who are in the group. Whenever they change, it is owed
anew to those who are in it then, and the one before says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.chat.address import Party, Person
from bot.chat.message import Button, Buttons, Message, Note, Text
from bot.facilitation.activities.grouping import (
    GroupsSpec,
    group_name,
    groups_before,
    groups_of,
    line_of,
    members_of,
    number_of,
)
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.works import HAND_IN
from bot.facilitation.changes import Changes
from bot.facilitation.mine import my_part_button
from bot.facilitation.owing import tell
from bot.facilitation.planning import is_asynchronous
from bot.facilitation.state import Assignment, Owed
from bot.lessons.prose import prose
from bot.lessons.script import Activity, Script
from bot.words import t

GROUP = "group"
"""The purpose of the message to a group."""

POSTS = 5
"""The most posts that a phase of a live run has in its channel."""

Where = Literal["here", "threads", "places"]


def meets(scene: Scene[GroupsSpec]) -> Where:
    """Where the groups meet, as far as the platform can and the lesson stays quiet.

    Over days the channel has one post a day, which leaves none for the threads of groups.
    """
    wanted, able = scene.spec.meet, scene.capabilities
    if wanted == "places" and able.open_place:
        return "places"
    if wanted == "here" or not able.threads or is_asynchronous(scene.run, scene.activity.phase):
        return "here"
    return "threads"


def handing_in(script: Script, activity: Activity) -> tuple[str, ...]:
    """The ids of what these groups hand in together."""
    return tuple(
        each.id
        for each in script.activities()
        if each.kind == "submission"
        and each.spec.get("by") == "group"
        and groups_before(script, each) == activity.id
    )


def gathered(
    scene: Scene[GroupsSpec], dealt: tuple[Assignment, ...], groups: Iterable[str] | None = None
) -> Changes:
    """These were dealt just now, and ``groups`` (all, by default) are told who is in them."""
    ids = {(each.who, each.n) for each in dealt}
    before = tuple(each for each in scene.assignments if (each.who, each.n) not in ids)
    now = replace(scene, assignments=(*before, *dealt))
    at = max((each.at for each in dealt), default=scene.opening.opened_at)
    concerned = groups_of(now) if groups is None else tuple(groups)
    owed = (_owed(now, group, at) for group in concerned)
    stale = tuple((scene.opening.id, about) for g in concerned for about in _shown(now, g))
    return Changes(assignments=dealt, owed=tuple(each for each in owed if each), dirty_about=stale)


def redrawn(scene: Scene[GroupsSpec]) -> Changes:
    """What the groups can do has changed, and so have their messages."""
    if meets(scene) == "here":
        return Changes()
    return Changes(
        dirty_about=tuple((scene.opening.id, about_of(scene, group)) for group in groups_of(scene))
    )


def is_superseded(scene: Scene[GroupsSpec], about: str) -> bool:
    """Whether a message is to people who are not all of the group any more, or not alone in it."""
    group, _, version = about.partition(".")
    return bool(version) and int(version) != _version(scene, group)


def say_group(scene: Scene[GroupsSpec], about: str, title: str) -> Message:
    """The message to a group: who is in it, what to do, and how to hand in."""
    group, _, version = about.partition(".")
    summary = f"{group_name(group)}: {title}"
    if is_superseded(scene, about):
        gone = t("People have come or gone: this group goes on in a newer message from me.")
        none = t("Nobody is in this group any more.")
        words = gone if members_of(scene, group) else none
        return Message(summary, (Text((words,)),), invites_replies=False)
    here = t("Work here, together.") if version else t("Work here, in this thread.")
    return Message(
        summary,
        (
            Text(line_of(scene, group)),
            Text((here,)),
            *prose(scene.spec.task),
            Buttons((*_hand_in(scene), my_part_button(scene.run))),
            Note((_who_reads(scene, in_place=bool(version)),)),
        ),
        invites_replies=scene.capabilities.hears_replies,
    )


def where_told(scene: Scene[GroupsSpec]) -> tuple[Text, ...]:
    """Where the groups meet, for the post of all of them."""
    groups = groups_of(scene)
    own = [group for group in groups if _has_thread(scene, group)]
    where = meets(scene)
    if where == "here":
        return ()
    if where == "places":
        words = t("Each group has a place of its own: look for it among your conversations.")
    elif len(own) == len(groups):
        words = t("Each group works in a thread of its own, under a post below.")
    elif own:
        words = t(
            "{first} to {last} work in threads of their own, under posts below; everybody else in "
            "the thread of this post. Say there which group you are.",
            first=group_name(own[0]),
            last=group_name(own[-1]),
        )
    else:
        words = t("All groups work in the thread of this post. Say there which group you are.")
    return (Text((words,)),)


def shares_thread(scene: Scene[GroupsSpec]) -> bool:
    """Whether some group works in the thread of the post of all of them."""
    groups = groups_of(scene)
    return meets(scene) == "threads" and not all(_has_thread(scene, group) for group in groups)


def _owed(scene: Scene[GroupsSpec], group: str, at: datetime) -> Owed | None:
    """The message to a group as it is now; None where it has none."""
    run, opening, about = scene.run, scene.opening, about_of(scene, group)
    where = meets(scene)
    if where == "threads" and _has_thread(scene, group):
        return tell(run, opening, GROUP, run.main, at, about)
    if where != "places" or not members_of(scene, group):
        return None
    return tell(run, opening, GROUP, _party(scene, group), at, about)


def _party(scene: Scene[GroupsSpec], group: str) -> Party:
    """The group and the facilitators."""
    main = scene.run.main
    there: list[Person] = [p.person for p in members_of(scene, group)]
    there += [
        person
        for person in scene.run.facilitators
        if (person.platform, person.tenant) == (main.platform, main.tenant)
    ]
    name = f"{scene.run.lesson.name}-group-{number_of(group)}"
    key = f"{scene.opening.id}.{group}"
    return Party(main.platform, main.tenant, key, name, tuple(dict.fromkeys(there)))


def about_of(scene: Scene[GroupsSpec], group: str) -> str:
    """Of a message in a place also which it is: a new one is owed whenever people come or go."""
    return f"{group}.{_version(scene, group)}" if meets(scene) == "places" else group


def _shown(scene: Scene[GroupsSpec], group: str) -> tuple[str, ...]:
    """What a message before was about that no longer shows the group as it is."""
    match meets(scene):
        case "here":
            return ()
        case "threads":
            return (group,)
        case "places":
            return (f"{group}.{_version(scene, group) - 1}",)


def _version(scene: Scene[GroupsSpec], group: str) -> int:
    """How often somebody has come into the group or gone from it."""
    own = [each for each in scene.assignments if each.what == group]
    return len(own) + sum(each.state == "dropped" for each in own)


def _has_thread(scene: Scene[GroupsSpec], group: str) -> bool:
    """Whether a group has a post of its own: all do that the phase has room for; none do where not
    all that were there from the beginning can."""
    at_first = {e.what for e in scene.assignments if e.at == scene.opening.opened_at}
    room = _room(scene)
    return len(at_first) <= room and number_of(group) <= room


def _room(scene: Scene[GroupsSpec]) -> int:
    """How many more posts the phase may have in its channel."""
    phases = scene.run.lesson.script.phases
    for n, phase in enumerate(phases):
        if any(each.id == scene.activity.id for each in phase.activities):
            around = (n == 0) + (n == len(phases) - 1)
            return max(0, POSTS - len(phase.activities) - around)
    return 0


def _hand_in(scene: Scene[GroupsSpec]) -> tuple[Button, ...]:
    """The way to hand in, once something can be."""
    opened = [
        other
        for id in handing_in(scene.run.lesson.script, scene.activity)
        if (other := scene.around.get(id))
    ]
    if not opened:
        return ()
    newest = max(opened, key=lambda other: other.opening.opened_at)
    return (Button(t("Hand in"), newest.callback(HAND_IN), does="open", style="primary"),)


def _who_reads(scene: Scene[GroupsSpec], *, in_place: bool) -> str:
    hears = scene.capabilities.hears_replies
    if in_place and hears:
        return t(
            "Only this group and your facilitator can read what is written here. Replies in the "
            "thread of this message are kept with the lesson; what you write beside it is not."
        )
    if in_place:
        return t(
            "Only this group and your facilitator can read what is written here. It is not kept "
            "with the lesson."
        )
    if hears:
        return t("Everyone here can read this thread. Replies are kept with the lesson.")
    return t("Everyone here can read this thread. It is not kept with the lesson.")
