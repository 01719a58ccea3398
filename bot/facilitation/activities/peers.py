"""What the parts of a peer review share: its verbs, its items, and the desk on which all lies.

An item is ``<slot>.<criterion>``. A reviewer's slot is the number of what they were dealt, so that
neither a callback nor a form names anybody; ``self`` is their own work, and ``f_<owner>`` the
facilitator's review of a work.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2s
from typing import Any

from bot.chat.text import UserText
from bot.facilitation.activities.grouping import (
    groups_around,
    groups_before,
    members_of,
    was_in,
)
from bot.facilitation.activities.ring import SAID_WRONG, SUBMISSION, Ring, reviewed_by, slot
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.works import owner_name, owner_of, works
from bot.facilitation.state import Assignment, Given, Participant
from bot.lessons.script import Activity, Script
from bot.words import tn

LIST, REVIEW, JUDGE, JUDGE_ALONE = "list", "review", "judge", "judge-alone"
MORE, PROBLEM = "more", "problem"
"""A reviewer's verbs: what is mine to review, one step of it, to send it (alone where everyone is
to hear of it), to ask for more, and to say that a work cannot be reviewed."""

RECEIVED, CHANGE = "received", "change"
"""An author's: what was said of my work, and what I will change."""

BOARD, WORK, ASSESS, RELEASE = "board", "work", "assess", "release"
"""A facilitator's: all works, one of them, to send one's own review, and to release all."""

REVIEWS, REVIEWED_OPENLY, TROUBLED, OVERVIEW = "reviews", "open-review", "problem", "board"
"""The purposes of messages: to an author, in the thread, and two to facilitators."""

SELF, COUNTS, INSTEAD, RELEASED = "self", "counts", "instead", "released"
COUNTED = "counts-"
"""The item that says how a facilitator's review counts: no criterion's id has its last sign."""

APART = 2
"""So many levels between two reviews of a work by one criterion are a strong disagreement."""


def groups_of_work(script: Script, review: Activity) -> str:
    """The id of the groups that matter to a peer review, which are those in which people worked:
    nobody reviews their own group's."""
    work = reviewed_by(script, review)
    found = (groups_before(script, each) for each in script.activities() if each.id == work)
    return next(found, "")


def split_slot(item: str) -> tuple[str, int]:
    """The slot and the step that a callback names, the step 0 where it names none."""
    name, _, step = item.rpartition("-")
    return (name, int(step)) if name and step.isascii() and step.isdigit() else (item, 0)


def is_complete(spec: Any, name: str, items: Collection[str]) -> bool:
    """Whether these items have every criterion of a review."""
    return all(f"{name}.{criterion.id}" in items for criterion in spec.rubric)


@dataclass(frozen=True, slots=True)
class Review:
    """What one person said of one work, by criterion; the facilitator's has no slot of theirs."""

    reviewer: str
    slot: str
    said: dict[str, Given]

    def level(self, criterion: str) -> int | None:
        """The level given, if it was."""
        given = self.said.get(criterion)
        return int(given.options[0]) if given and given.options else None


@dataclass(frozen=True)
class Desk:
    """Everything about the reviews of one opening."""

    scene: Scene[Any]
    work: Scene[Any]
    ring: Ring

    @classmethod
    def of(cls, scene: Scene[Any]) -> Desk | None:
        """The desk of a peer review, or None as long as nothing was to be handed in yet."""
        found = (s for s in scene.around.values() if s.activity.kind == SUBMISSION)
        work = next(found, None)
        if work is None:
            return None
        groups = groups_around(scene)
        if groups is not None:
            work = _with_around(work, groups)
        return cls(scene, work, Ring(scene, work, groups))

    @cached_property
    def _given(self) -> dict[str, dict[str, Given]]:
        found: dict[str, dict[str, Given]] = {}
        for response in self.scene.responses:
            if response.given:
                found.setdefault(response.owner, {})[response.item] = response.given
        return found

    @cached_property
    def _dealt(self) -> dict[str, list[Assignment]]:
        found: dict[str, list[Assignment]] = {}
        for each in sorted(self.scene.assignments, key=lambda a: a.n):
            found.setdefault(each.who, []).append(each)
        return found

    @cached_property
    def _standing(self) -> frozenset[str]:
        return frozenset(self._works)

    @cached_property
    def _works(self) -> tuple[str, ...]:
        return works(self.work)

    @cached_property
    def _leaders(self) -> frozenset[str]:
        return frozenset(p.id for p in self.scene.participants if p.role == "facilitator")

    @cached_property
    def _reviews(self) -> dict[str, tuple[Review, ...]]:
        found: dict[str, list[Review]] = {}
        for each in self.scene.assignments:
            wrong = f"{slot(each.n)}.{SAID_WRONG}" in self.given(each.who)
            if self.is_done(each) and not wrong and not self._is_own(each):
                found.setdefault(each.what, []).append(self.review(each.who, slot(each.n)))
        return {
            work: tuple(sorted(said, key=lambda review: _lot(work, review)))
            for work, said in found.items()
        }

    def _is_own(self, each: Assignment) -> bool:
        """Whether they were in the group whose work it is when they said the last of it: nobody
        reviews their own. What they said before they moved into it stays said."""
        if not self.ring.groups or each.what != self.owner_of(each.who):
            return each.what == self.owner_of(each.who)
        said = [r.at for r in self.scene.responses if r.owner == each.who and r.given]
        return bool(said) and was_in(self.ring.groups, each.who, each.what, max(said))

    @cached_property
    def unreviewed(self) -> dict[str, None]:
        """The owners, learners who are still here, whose works have no finished review, in the
        order of handing in."""
        return dict.fromkeys(
            work for work in self._works if self.owners(work) and not self.reviews_of(work)
        )

    @cached_property
    def problems(self) -> frozenset[str]:
        """The owners whose works somebody could not review."""
        return frozenset(
            each.what
            for each in self.scene.assignments
            if f"{slot(each.n)}.{SAID_WRONG}" in self.given(each.who)
        )

    def is_done(self, each: Assignment) -> bool:
        """Whether a review that was dealt is finished."""
        return is_complete(self.scene.spec, slot(each.n), self.given(each.who))

    def given(self, owner: str) -> dict[str, Given]:
        """What one owner has given, by item."""
        return self._given.get(owner, {})

    def works(self) -> tuple[str, ...]:
        """The owners whose works stand, in the order of handing in."""
        return self._works

    def name(self, owner: str) -> UserText:
        """Whose work it is; for facilitators, and where reviews are open."""
        return owner_name(self.work, owner)

    def owner_of(self, participant: str) -> str:
        """Whose work somebody's is: their own or their group's."""
        return owner_of(self.work, participant)

    def owners(self, owner: str) -> tuple[Participant, ...]:
        """The people whose work it is, who have not left."""
        if self.ring.groups and self.work.spec.by == "group":
            return members_of(self.ring.groups, owner)
        return tuple(p for p in self.scene.learners() if p.id == owner)

    def authored_by(self, participant: str) -> bool:
        """Whether somebody has handed in."""
        return self.owner_of(participant) in self._standing

    def dealt_to(self, participant: str) -> tuple[Assignment, ...]:
        """What somebody is to review, in order; no more their own work, nor one taken back."""
        own = self.owner_of(participant)
        return tuple(
            each
            for each in self._dealt.get(participant, ())
            if each.state != "dropped" and each.what != own and each.what in self._standing
        )

    def undone(self, participant: str) -> tuple[str, ...]:
        """The slots that somebody has still to finish, their own work first."""
        mine = self.given(participant)
        slots = [slot(each.n) for each in self.dealt_to(participant)]
        if self.scene.spec.self and self.authored_by(participant):
            slots.insert(0, SELF)
        return tuple(name for name in slots if not is_complete(self.scene.spec, name, mine))

    def subject(self, participant: str, name: str) -> str:
        """Whose work a slot of somebody's stands for, "" for none."""
        if name == SELF:
            return self.owner_of(participant) or participant
        if name.startswith("f_"):
            return name.removeprefix("f_")
        mine = self._dealt.get(participant, ())
        return next((each.what for each in mine if slot(each.n) == name), "")

    def review(self, reviewer: str, name: str) -> Review:
        """What somebody has said so far in one slot."""
        given = self.given(reviewer)
        ids = [criterion.id for criterion in self.scene.spec.rubric]
        said = {id: given[f"{name}.{id}"] for id in ids if f"{name}.{id}" in given}
        return Review(reviewer, name, said)

    def reviews_of(self, owner: str) -> tuple[Review, ...]:
        """The finished reviews of a work by peers, in an order that tells nothing, and then those
        by facilitators."""
        return (*self.peers_of(owner), *self.facilitators_of(owner))

    def peers_of(self, owner: str) -> tuple[Review, ...]:
        """The finished reviews of a work by peers."""
        return self._reviews.get(owner, ())

    def facilitators_of(self, owner: str) -> tuple[Review, ...]:
        """The finished reviews of a work by facilitators."""
        name, spec = f"f_{owner}", self.scene.spec
        done = (who for who in sorted(self._leaders) if is_complete(spec, name, self.given(who)))
        return tuple(self.review(leader, name) for leader in done)

    def overridden(self, owner: str) -> bool:
        """Whether a facilitator's review stands in place of the peers'."""
        return any(
            INSTEAD in given.options
            for review in self.facilitators_of(owner)
            for given in [self.given(review.reviewer).get(f"f_{owner}.{COUNTED}")]
            if given
        )

    def apart(self, owner: str) -> tuple[str, ...]:
        """The criteria on which the peers strongly disagree about a work, by their titles."""
        found = []
        for criterion in self.scene.spec.rubric:
            levels = [r.level(criterion.id) for r in self.peers_of(owner)]
            given = [level for level in levels if level is not None]
            if given and max(given) - min(given) >= APART:
                found.append(criterion.title)
        return tuple(found)

    def released(self) -> bool:
        """Whether authors may read what was said of their work."""
        closed = self.scene.opening.closed_at is not None
        by_itself = closed and self.scene.spec.release == "close"
        return by_itself or any(RELEASED in self.given(leader) for leader in self._leaders)

    def load(self) -> tuple[int, int]:
        """How many works those review, of all who have any to, who have the fewest and the most."""
        loads = [len(self.dealt_to(author.id)) for author in self.ring.authors()]
        some = [load for load in loads if load]
        return min(some, default=0), max(some, default=0)

    def turnout(self) -> str:
        """How many reviews are in, of all that were dealt, and how many of these were not given in
        time: no wake and no closing makes them fewer."""
        dealt = [
            each
            for each in self.scene.assignments
            if each.state != "dropped"
            and each.what in self._standing
            and (self.is_done(each) or each.what != self.owner_of(each.who))
        ]
        lapsed = sum(each.state == "lapsed" and not self.is_done(each) for each in dealt)
        told = tn(
            "{done} of {count} review is in",
            "{done} of {count} reviews are in",
            len(dealt),
            done=sum(map(self.is_done, dealt)),
        )
        if not lapsed:
            return told
        late = tn("{count} was not given in time", "{count} were not given in time", lapsed)
        return f"{told}; {late}"


def _lot(work: str, review: Review) -> bytes:
    """An order that tells nothing: not names, nor times, nor the deal, and of each work its own."""
    return blake2s(f"{work}/{review.reviewer}".encode()).digest()


def _with_around(work: Scene[Any], groups: Scene[Any]) -> Scene[Any]:
    return replace(work, around={groups.activity.id: groups})
