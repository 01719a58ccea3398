"""The ring of reviews between what was handed in and who reviews it, as changes of a run.

Who is to review whom is decided in `bot.facilitation.allocating`; here it meets what is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.facilitation.activities.grouping import group_of, groups_around, members_of
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.works import works
from bot.facilitation.allocating import (
    Author,
    Pairing,
    Repair,
    cover,
    deal,
    insert,
    remove,
)
from bot.facilitation.allocating import replace as another
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.state import Assignment
from bot.lessons.script import Activity, Script

LAST_LOOK = 0.7
"""From this share of the time on, what is begun but not finished lapses, too."""

SUBMISSION, PEER_REVIEW = "submission", "peer_review"
SAID_WRONG = "problem-"
"""The item, within a review, that says that the work is one."""


def slot(n: int) -> str:
    """How a reviewer's ``n``-th work is named, to them and in callbacks: by nothing else."""
    return f"r{n}"


def reviews_of(script: Script, work: Activity) -> tuple[str, ...]:
    """The ids of the peer reviews of a submission."""
    return tuple(
        each.id
        for each in script.activities()
        if each.kind == PEER_REVIEW and reviewed_by(script, each) == work.id
    )


def reviewed_by(script: Script, review: Activity) -> str:
    """The id of the submission that a peer review is of: the one it names, or the last before it;
    "" where there is none."""
    found = ""
    for each in script.activities():
        if each.kind == SUBMISSION and each.id == review.spec.get("of"):
            return each.id
        if each.id == review.id:
            break
        found = each.id if each.kind == SUBMISSION else found
    return "" if review.spec.get("of") else found


@dataclass(frozen=True, slots=True)
class Ring:
    """Reviews, the works they are of, and the groups, where there are any."""

    review: Scene[Any]
    work: Scene[Any]
    groups: Scene[Any] | None

    def authors(self) -> tuple[Author, ...]:
        """Who handed in and is still here, in the order of handing in.

        Of their own group people review nothing, unless that would leave somebody without any.
        """
        here = {p.id for p in self.work.learners()}
        found: list[Author] = []
        for owner in works(self.work):
            if owner in here:
                team = group_of(self.groups, owner) if self.groups else ""
                found.append(Author(owner, owner, team))
            elif self.groups:
                found += [Author(p.id, owner) for p in members_of(self.groups, owner)]
        teams = Counter(author.team for author in found if author.team)
        alone = any(count == len(found) for count in teams.values())
        return tuple(replace(author, team="") for author in found) if alone else tuple(found)

    def pairings(self) -> tuple[Pairing, ...]:
        """What has been dealt, with how far each has come. A work that somebody said to be a
        problem stays on record as lapsed, so that it never comes to them again."""
        said: dict[str, set[str]] = {}
        for response in self.review.responses:
            if response.given:
                said.setdefault(response.owner, set()).add(response.item)
        found = []
        for each in self.review.assignments:
            items = said.get(each.who, set())
            problem = f"{slot(each.n)}.{SAID_WRONG}" in items
            if each.state == "dropped" and not problem:
                continue
            done, begun = self._progress(items, each)
            lapsed = problem or each.state == "lapsed"
            found.append(Pairing(each.who, each.what, begun, done and not problem, lapsed))
        return tuple(found)

    def _progress(self, items: Collection[str], each: Assignment) -> tuple[bool, bool]:
        wanted = [f"{slot(each.n)}.{c.id}" for c in self.review.spec.rubric]
        there = [item in items for item in wanted]
        return all(there), any(there)

    def deal(self) -> Changes:
        """The first deal, among those who have handed in by now."""
        at = self.review.opening.opened_at
        added = deal(self.authors(), self._seed(), self.review.spec.reviews)
        return self._changes(Repair(added=added), at)

    def insert(self, owner: str, at: datetime) -> Changes:
        """Work that came late finds its place, as does each of its authors."""
        ring, changes = self, NOTHING
        for late in [a.id for a in self.authors() if owner in (a.work, a.id)]:
            wanted = ring.review.spec.reviews
            repair = insert(ring.authors(), ring.pairings(), late, ring._seed(), wanted)
            step = ring._changes(repair, at)
            ring, changes = ring._after(step), changes + step
        return changes

    def remove(self, owner: str, at: datetime) -> Changes:
        """Work that was taken back leaves the ring."""
        left = [r for r in self.work.responses if r.owner != owner]
        gone = replace(self, work=replace(self.work, responses=tuple(left)))
        repair = remove(gone.authors(), gone.pairings(), owner, self.review.spec.reviews)
        return gone._changes(repair, at)

    def take_over(self, now: datetime, share: float) -> Changes:
        """Reviews that nobody has begun lapse, near the end also those nobody has finished, and
        those who came are given them."""
        # What is left of the time tells how long it is without the pauses.
        left = (self.review.opening.closes_at or now) - now
        length = left / (1 - share)
        by = {(p.reviewer, p.work): p for p in self.pairings()}
        lapsing = []
        for each in self.review.assignments:
            pairing = by.get((each.who, each.what))
            if each.state != "held" or pairing is None or pairing.done:
                continue
            waited = now - each.at >= length / 5
            if waited and (pairing.untouched or share > LAST_LOOK):
                lapsing.append(replace(each, state="lapsed"))
        step = Changes(assignments=tuple(lapsing))
        ring = self._after(step)
        pairings = ring.pairings()
        came = {p.reviewer for p in pairings if not p.untouched}
        repair = cover(ring.authors(), pairings, came, self.review.spec.reviews)
        return step + ring._changes(repair, now)

    def another(self, reviewer: str, work: str, at: datetime) -> Changes:
        """One more for somebody, in place of ``work`` or, with "", as a volunteer."""
        authors = self.authors()
        if reviewer not in {author.id for author in authors}:
            return NOTHING
        found = another(authors, self.pairings(), reviewer, work)
        return self._changes(Repair(added=(found,) if found else ()), at)

    def _seed(self) -> int:
        return self.review.run.seed

    def _changes(self, repair: Repair, at: datetime) -> Changes:
        dropped = {(p.reviewer, p.work) for p in repair.dropped}
        gone = tuple(
            replace(each, state="dropped")
            for each in self.review.assignments
            if each.state != "dropped" and (each.who, each.what) in dropped
        )
        opening = self.review.opening
        last: dict[str, int] = {}
        for each in self.review.assignments:
            last[each.who] = max(last.get(each.who, 0), each.n)
        before = {(each.who, each.what): each for each in self.review.assignments}
        new = []
        for pairing in repair.added:
            if again := before.get((pairing.reviewer, pairing.work)):
                # A form of it may still be open somewhere: it goes on under its old number.
                new.append(replace(again, state="held"))
                continue
            n = last[pairing.reviewer] = last.get(pairing.reviewer, 0) + 1
            new.append(Assignment(opening.run, opening.id, pairing.reviewer, n, pairing.work, at))
        changed = (*gone, *new)
        return Changes(assignments=changed, dirty=(opening.post, opening.id) if changed else ())

    def _after(self, step: Changes) -> Ring:
        by = {(a.who, a.n): a for a in (*self.review.assignments, *step.assignments)}
        return replace(self, review=replace(self.review, assignments=tuple(by.values())))


def join_ring(work: Scene[Any], owner: str, at: datetime) -> Changes:
    """What was handed in, and is there now, joins the reviews of it that are open."""
    changes = NOTHING
    for ring in _rings(work):
        changes += ring.insert(owner, at)
    return changes


def leave_ring(work: Scene[Any], owner: str, at: datetime) -> Changes:
    """What is being taken back leaves the reviews of it that are open."""
    changes = NOTHING
    for ring in _rings(work):
        changes += ring.remove(owner, at)
    return changes


def _rings(work: Scene[Any]) -> list[Ring]:
    """The reviews of a work that are open."""
    groups = groups_around(work)
    return [
        Ring(review, work, groups)
        for review in work.around.values()
        if review.activity.kind == PEER_REVIEW and review.opening.is_open
    ]
