"""``groups``: learners are dealt into groups, which can then hand in together.

Everyone sees who is with whom. Whoever comes later is put into the smallest group, or into a new
one where all are full, and anybody may move: people sit where they sit.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from bot.chat.answer import Answer, Correct, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Picked
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    Form,
    Heading,
    Live,
    Message,
    Note,
    Option,
    Quote,
    Text,
)
from bot.facilitation.activities.grouping import (
    GROUPS,
    GroupsSpec,
    group_name,
    group_of,
    groups_of,
    held,
    line_of,
    number_of,
    people_of,
)
from bot.facilitation.activities.kind import Kind, closing_blocks, opening_blocks
from bot.facilitation.activities.meeting import (
    GROUP,
    gathered,
    handing_in,
    is_superseded,
    say_group,
    shares_thread,
    where_told,
)
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Allotment, Asked, Scene, Verdict
from bot.facilitation.changes import Changes
from bot.facilitation.state import Assignment, Participant
from bot.lessons.prose import prose
from bot.lessons.script import Activity, Script
from bot.words import t, tn

JOIN, MOVE = "join", "move"
"""The verbs: to see one's group, which puts whoever has none into one, and to change it."""

MOST_IN_POST = 12
"""More groups than this are not listed in the post: each sees their own."""


class Groups(Kind[GroupsSpec]):
    """Deals everybody who is there when it opens; the facilitators are in no group."""

    name = GROUPS
    model = GroupsSpec
    main = "size"
    deals = True
    shows_replies = False
    alone = Kind.alone | {JOIN, MOVE}

    def looks_at(self, script: Script, activity: Activity, spec: GroupsSpec) -> tuple[str, ...]:
        """What the groups hand in, where it can be handed in from their messages."""
        return handing_in(script, activity) if spec.meet != "here" else ()

    def _title(self) -> str:
        return t("Your groups")

    def say(self, scene: Scene[GroupsSpec]) -> Message:
        """Who is with whom, and the way into a group."""
        title = self.title(scene.spec)
        who_sees = t("Everyone here can see who is in which group.")
        mine = Button(t("Show my group"), scene.callback(JOIN), style="primary")
        change = Button(t("Change my group"), scene.callback(MOVE), does="open")
        ended = scene.run.status == "ended"
        # Whoever comes later still needs a group; those that have worked together stay together.
        ways = (mine, change) if scene.opening.is_open else () if ended else (mine,)
        buttons = (Buttons(ways),) if ways else ()
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                *prose(scene.spec.task),
                *self._roster(scene),
                *buttons,
                *closing_blocks(scene, who_sees, self.handouts(scene)),
            ),
            invites_replies=shares_thread(scene),
        )

    def tell(self, scene: Scene[GroupsSpec], purpose: str, about: str) -> Message:
        """The message to a group in its thread or place."""
        if purpose != GROUP:
            return super().tell(scene, purpose, about)
        return say_group(scene, about, self.title(scene.spec))

    def still_said(self, scene: Scene[GroupsSpec], purpose: str, about: str) -> bool:
        """A group that has changed meanwhile is owed another one."""
        return purpose != GROUP or not is_superseded(scene, about)

    def open(self, scene: Scene[GroupsSpec]) -> Changes:
        """Deal everybody who is there, and tell the groups that meet somewhere."""
        people = [p.id for p in scene.learners()]
        random.Random(f"{scene.run.seed}:{scene.opening.id}").shuffle(people)
        count = _count(len(people), scene.spec.size)
        at = scene.opening.opened_at
        dealt = tuple(
            Assignment(scene.run.id, scene.opening.id, who, 1, f"g{n % count + 1}", at)
            for n, who in enumerate(people)
        )
        return gathered(scene, dealt)

    def hear(self, asked: Asked[GroupsSpec]) -> Verdict:
        """Into a group, or from one into another."""
        verb = asked.callback.verb if asked.callback else ""
        match asked.event:
            case Picked() if verb == JOIN and asked.scene:
                return self._join(asked, asked.scene)
            case FormSubmitted() as event if verb == MOVE and asked.scene:
                chosen = "".join(event.fields.get("group", ()))
                return self._move(asked, asked.scene, chosen)
            case _:
                return super().hear(asked)

    def view(self, scene: Scene[GroupsSpec], who: Participant, callback: Callback) -> Answer:
        """One's own group, or the form to change it."""
        if callback.verb == JOIN:
            return Show(self._mine(scene, who))
        if callback.verb == MOVE and not scene.opening.is_open:
            return Refused(_fixed())
        if callback.verb == MOVE:
            options = tuple(Option(group, group_name(group)) for group in groups_of(scene))
            now = group_of(scene, who.id)
            field = ChoiceField("group", t("Your group"), options, value=(now,) if now else ())
            members = tuple(Text(line_of(scene, group)) for group in groups_of(scene))
            title = t("Change my group")
            return Show(Form(title, callback.encode(), (field, *members), t("Change")))
        return super().view(scene, who, callback)

    def allotted(self, scene: Scene[GroupsSpec]) -> tuple[Allotment, ...]:
        """Who is, or was, in which group."""
        return tuple(
            Allotment("group", each, each.what, group_name(each.what)) for each in scene.assignments
        )

    def given_by(self, scene: Scene[GroupsSpec], who: Participant) -> tuple[Block, ...]:
        """The group that somebody is in."""
        mine = group_of(scene, who.id)
        return (people_of(scene, mine),) if mine else ()

    def comments(self, scene: Scene[GroupsSpec], who: Participant) -> tuple[Quote, ...]:
        """None: what groups say while they work is read in their threads."""
        return ()

    def ways_in(self, scene: Scene[GroupsSpec]) -> tuple[Block, ...]:
        """The form to change one's group with: in private one sees it already."""
        change = Button(t("Change my group"), scene.callback(MOVE), does="open")
        return (Buttons((change,)),) if scene.opening.is_open else ()

    def who_sees(self, spec: GroupsSpec) -> str:
        """Everyone."""
        return t("Everyone here can see who is in which group.")

    def keep_reply(self, asked: Asked[GroupsSpec], note: str = "") -> Verdict:
        """Groups talk for as long as they work, and nothing of it is late."""
        verdict = super().keep_reply(asked, note)
        kept = tuple(replace(each, late=False) for each in verdict.changes.responses)
        return replace(verdict, changes=replace(verdict.changes, responses=kept))

    def _join(self, asked: Asked[GroupsSpec], scene: Scene[GroupsSpec]) -> Verdict:
        leads = asked.who.role == "facilitator"
        if leads or any(each.state == "held" for each in asked.dealt):
            return Verdict(Saved(), then=JOIN)
        sizes = Counter(each.what for each in held(scene))
        groups = groups_of(scene)
        group = min(groups, key=lambda g: (sizes[g], number_of(g)))
        if sizes[group] > asked.spec.size:
            group = f"g{number_of(groups[-1]) + 1}"
        return Verdict(Saved(), self._dealt(asked, scene, group), then=JOIN)

    def _move(self, asked: Asked[GroupsSpec], scene: Scene[GroupsSpec], chosen: str) -> Verdict:
        if asked.who.role == "facilitator":
            return Verdict(Refused(t("Facilitators are in no group.")))
        if not scene.opening.is_open:
            return Verdict(Refused(_fixed()))
        if chosen not in groups_of(scene):
            return Verdict(Correct({"group": t("Choose one of the groups.")}))
        if any(each.state == "held" and each.what == chosen for each in asked.dealt):
            return Verdict(Saved(t("That is your group already.")))
        name = group_name(chosen)
        note = t("You are in {group} now.", group=name)
        return Verdict(Saved(note), self._dealt(asked, scene, chosen))

    def _dealt(self, asked: Asked[GroupsSpec], scene: Scene[GroupsSpec], group: str) -> Changes:
        n = 1 + max((each.n for each in asked.dealt), default=0)
        left = tuple(replace(each, state="dropped") for each in asked.dealt if each.state == "held")
        new = Assignment(asked.run.id, asked.opening.id, asked.who.id, n, group, asked.event.at)
        told = gathered(scene, (*left, new), (*(each.what for each in left), group))
        return told + Changes(dirty=(asked.opening.post,))

    def _roster(self, scene: Scene[GroupsSpec]) -> tuple[Block, ...]:
        if scene.shared:
            return (Live((self._counted(scene), *where_told(scene))),)
        return (*self._listed(scene), *where_told(scene))

    def _listed(self, scene: Scene[GroupsSpec]) -> tuple[Block, ...]:
        groups = groups_of(scene)
        if not held(scene) or len(groups) > MOST_IN_POST:
            return (self._counted(scene),)
        return tuple(people_of(scene, group) for group in groups)

    def _counted(self, scene: Scene[GroupsSpec]) -> Text | Note:
        count = len(groups_of(scene))
        if not held(scene):
            return Text((t("Nobody is in a group yet."),))
        return Note((tn("There is {count} group.", "There are {count} groups.", count),))

    def _mine(self, scene: Scene[GroupsSpec], who: Participant) -> Message:
        mine = group_of(scene, who.id)
        if not mine:
            title = self.title(scene.spec)
            return Message(title, (Text((t("You are in no group."),)), *self._listed(scene)))
        title = group_name(mine)
        return Message(title, (Heading(title, 2), people_of(scene, mine)))


def _fixed() -> str:
    return t("The groups stay as they are now. Your facilitator can help.")


def _count(people: int, size: int) -> int:
    """How many groups so many people make: about as large as wanted, and nobody alone."""
    return max(1, min((people + size // 2) // size, people // 2))
