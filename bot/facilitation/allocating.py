"""Who reviews whose work: dealt when the work is in, and mended whenever something changes.

The deal is a shuffled rotation: in a ring of authors each reviews the works of the next few, so
that everybody gives and receives the same number. Where a group or team forbids that, the least
reviewed works step in, and reviews change hands until the receipts are even. What has been begun
is never taken away.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import lcm

MOST_MORE = 2
"""So many reviews more than was wanted may one person be asked for, so that others have theirs."""


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who handed in, alone or in a group, and so reviews others.

    ``work`` is the id of what they or their group handed in. Nobody reviews their own work, nor
    one of their own ``team`` ("" for none).
    """

    id: str
    work: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """``reviewer`` (an author's id) is to review ``work``.

    ``begun``: something of it is saved. ``done``: all of it is. ``lapsed``: its time ran out
    before it was done; somebody else may have taken it over.
    """

    reviewer: str
    work: str
    begun: bool = False
    done: bool = False
    lapsed: bool = False

    @property
    def live(self) -> bool:
        """Whether it is a review of the work, or may yet become one."""
        return self.done or not self.lapsed

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is saved, so that it can be taken away."""
        return not (self.begun or self.done)


@dataclass(frozen=True, slots=True)
class Repair:
    """What is taken away and what is given, so that the pairings are right again."""

    dropped: tuple[Pairing, ...] = ()
    added: tuple[Pairing, ...] = ()


def reviews_each(works: int, wanted: int = 3) -> int:
    """How many reviews each author gives, and each work has, where nobody is excluded."""
    return max(0, min(wanted, works - 1))


def deal(authors: Sequence[Author], seed: int, wanted: int = 3) -> tuple[Pairing, ...]:
    """The pairings for all who handed in: each reviews the works of the next few in a ring.

    Everybody gives `reviews_each`, or as many as there are works allowed to them. Without groups
    and teams every work receives exactly as many; with them the receipts (those of a group's work
    in proportion to how many authors it has) are as even as any allocation can make them.
    """
    table = _Table(authors, ())
    each = reviews_each(len(table.works), wanted)
    ring = list(authors)
    random.Random(seed).shuffle(ring)
    for place, author in enumerate(ring):
        for later in (ring[place + 1 :] + ring[:place])[:each]:
            if table.may(author.id, later.work):
                table.add(author.id, later.work)
    for author in ring:
        table.fill(author.id, each)
    table.even(table.works)
    return table.repair().added


def insert(
    authors: Sequence[Author], pairings: Collection[Pairing], late: str, seed: int, wanted: int = 3
) -> Repair:
    """The author ``late``, who is among ``authors`` by now, gives and receives like the others.

    They step into pairings that nobody has begun: somebody's review of a work becomes one of the
    late work, and the late author reviews that work instead, so that nobody else's number
    changes. What cannot be had so is given on top: the late author reviews the least reviewed
    works, and those with the least to do review the late one. So it is too where the cohort was
    so small that everybody has one more to give now. A work that has enough reviewers already,
    because others of its group were in time, gets no more; but those of the late author's team
    lose it, unless they have begun.
    """
    table = _Table(authors, pairings)
    work = table.authors[late].work
    each = reviews_each(len(table.works), wanted)
    new = all(pairing.work != work for pairing in pairings)
    if new and each == reviews_each(len(table.works) - 1, wanted):
        for reviewer, other in table.exchanges(late, each - table.load(late), seed):
            table.drop(reviewer, other)
            table.add(reviewer, work)
            table.add(late, other)
    table.fill(late, each)
    reviewers = [p.reviewer for p in table.movable() if p.work == work]
    lost = [reviewer for reviewer in reviewers if not table.allows(reviewer, work)]
    for reviewer in lost:
        table.drop(reviewer, work)
        table.fill(reviewer, min(each, table.load(reviewer) + 1))
    table.raise_to(each, [work], table.reliable(), wanted + MOST_MORE)
    table.raise_to(each, [work], table.authors, wanted + MOST_MORE)
    return table.repair()


def remove(
    authors: Sequence[Author], pairings: Collection[Pairing], work: str, wanted: int = 3
) -> Repair:
    """``work`` is withdrawn, and ``authors`` are those who stay.

    What had been dealt of it and to its authors goes, unless it is begun. Those who lose a review
    get another, and so do the works; pairings that nobody has begun change hands where there is
    no other way. What is then still missing is given to those with the least to do.
    """
    table = _Table(authors, pairings)
    each = reviews_each(len(table.works), wanted)
    reviewers: list[str] = []
    works: dict[str, None] = {}
    for pairing in pairings:
        gone = pairing.reviewer not in table.authors
        if pairing.untouched and (gone or pairing.work == work):
            table.drop(pairing.reviewer, pairing.work)
            if pairing.live and not gone:
                reviewers.append(pairing.reviewer)
            if pairing.live and pairing.work in table.works:
                works[pairing.work] = None
    for reviewer in reviewers:
        table.fill(reviewer, min(each, table.load(reviewer) + 1))
    table.even(works)
    table.raise_to(each, works, table.reliable(), wanted + MOST_MORE)
    table.raise_to(each, works, table.authors, wanted + MOST_MORE)
    return table.repair()


def cover(
    authors: Sequence[Author], pairings: Collection[Pairing], came: Collection[str], wanted: int = 3
) -> Repair:
    """After reviews have lapsed: what is missing is given to those who ``came``.

    Every work should have `reviews_each`, its group however large, and one in any case. Those
    with the least to do get them, nobody more than ``MOST_MORE`` above what was wanted, unless it
    is a work's only review. Works of authors who came go first. What has lapsed stays with whoever
    had it, who may finish it yet, and so is never given to them again. A work that nobody is left
    for gets nothing: it is among the `unreviewed`.
    """
    table = _Table(authors, pairings)
    each = reviews_each(len(table.works), wanted)
    here = [author.id for author in authors if author.id in came]
    theirs = {table.authors[reviewer].work for reviewer in here}
    first = [work for work in table.works if work in theirs]
    then = [work for work in table.works if work not in theirs]
    for level, works in ((1, first), (1, then), (each, first), (each, then)):
        table.raise_to(level, works, here, wanted + MOST_MORE)
    return table.repair()


def replace(
    authors: Sequence[Author], pairings: Collection[Pairing], reviewer: str, work: str
) -> Pairing | None:
    """Another review for somebody who cannot review ``work``: of the least reviewed one allowed
    to them that they do not have. None if there is none.

    Keep the old pairing, lapsed: then it does not count, and is never given to them again.
    """
    table = _Table(authors, pairings)
    allowed = [other for other in table.works if other != work and table.may(reviewer, other)]
    return Pairing(reviewer, min(allowed, key=table.receipts)) if allowed else None


def unreviewed(authors: Sequence[Author], pairings: Collection[Pairing]) -> tuple[str, ...]:
    """The works that nobody reviews, in the order of their authors: neither done nor awaited."""
    table = _Table(authors, pairings)
    return tuple(work for work in table.works if not table.receipts(work))


class _Table:
    """The pairings as they stand, while they are being changed."""

    def __init__(self, authors: Sequence[Author], pairings: Collection[Pairing]) -> None:
        self.authors = {author.id: author for author in authors}
        self.works: dict[str, int] = defaultdict(int)
        """How many authors each has, in the order of the authors."""
        self._teams: dict[str, set[str]] = defaultdict(set)
        for author in authors:
            self.works[author.work] += 1
            if author.team:
                self._teams[author.work].add(author.team)
        self._share = lcm(*self.works.values())
        self._given = {(pairing.reviewer, pairing.work): pairing for pairing in pairings}
        self._now: dict[tuple[str, str], Pairing] = {}
        self._of: dict[str, dict[str, Pairing]] = defaultdict(dict)
        self._receipts: dict[str, int] = defaultdict(int)
        self._load: dict[str, int] = defaultdict(int)
        for pairing in self._given.values():
            self._set(pairing)

    def _set(self, pairing: Pairing) -> None:
        self._now[pairing.reviewer, pairing.work] = pairing
        self._of[pairing.work][pairing.reviewer] = pairing
        self._receipts[pairing.work] += pairing.live
        self._load[pairing.reviewer] += pairing.live

    def add(self, reviewer: str, work: str) -> None:
        self._set(Pairing(reviewer, work))

    def drop(self, reviewer: str, work: str) -> None:
        pairing = self._now.pop((reviewer, work))
        del self._of[work][reviewer]
        self._receipts[work] -= pairing.live
        self._load[reviewer] -= pairing.live

    def movable(self) -> list[Pairing]:
        return [pairing for pairing in self._now.values() if self._movable(pairing)]

    def repair(self) -> Repair:
        """What has changed since the beginning."""
        return Repair(
            tuple(pairing for key, pairing in self._given.items() if key not in self._now),
            tuple(pairing for key, pairing in self._now.items() if key not in self._given),
        )

    def load(self, reviewer: str) -> int:
        """How many reviews they give, or are still to give."""
        return self._load[reviewer]

    def receipts(self, work: str) -> int:
        """How many reviews the work has, or is still to have."""
        return self._receipts[work]

    def allows(self, reviewer: str, work: str) -> bool:
        """Whether the work is neither their own nor their team's."""
        author = self.authors[reviewer]
        return work != author.work and author.team not in self._teams[work]

    def may(self, reviewer: str, work: str) -> bool:
        """Whether the work could be given to them: it is allowed, and they do not have it."""
        return (reviewer, work) not in self._now and self.allows(reviewer, work)

    def reliable(self) -> list[str]:
        """The authors who have let nothing lapse."""
        lapsed = {pairing.reviewer for pairing in self._now.values() if not pairing.live}
        return [reviewer for reviewer in self.authors if reviewer not in lapsed]

    def fill(self, reviewer: str, reviews: int) -> None:
        """Give them the least reviewed works, until they have so many reviews to give."""
        missing = max(0, reviews - self.load(reviewer))
        allowed = [work for work in self.works if missing and self.may(reviewer, work)]
        for work in sorted(allowed, key=self._next)[:missing]:
            self.add(reviewer, work)

    def raise_to(
        self, reviews: int, works: Collection[str], helpers: Collection[str], most: int
    ) -> None:
        """Give the works to helpers, the least burdened first, until each has so many reviews.

        Nobody gets more than ``most``, unless it is the only review of a work.
        """
        for level in range(reviews):
            for work in [work for work in works if self.receipts(work) == level]:
                allowed = [
                    helper
                    for helper in helpers
                    if self.may(helper, work) and (not level or self.load(helper) < most)
                ]
                if allowed:
                    self.add(min(allowed, key=self.load), work)

    def exchanges(self, late: str, most: int, seed: int) -> list[tuple[str, str]]:
        """Up to so many pairings for somebody to step into: no reviewer twice, and no work.

        Each is such that its reviewer may have the work of ``late``, and ``late`` this one.
        """
        mine = self.authors[late].work
        free = self.movable()
        random.Random(f"{seed}:{late}").shuffle(free)
        taken: dict[str, str] = {}
        for pairing in free:
            reviewer, work = pairing.reviewer, pairing.work
            if reviewer in taken or work in taken.values():
                continue
            if len(taken) < most and self.may(reviewer, mine) and self.may(late, work):
                taken[reviewer] = work
        return list(taken.items())

    def even(self, low: Collection[str]) -> None:
        """Let pairings that nobody has begun change hands until ``low`` have their fair share.

        A review is passed on from one work to another along a chain of reviewers who each change
        one work for the next, wherever the sum of receipts² / authors falls by it. When no chain
        is left, no allocation in which everybody gives as many is more even.
        """
        changed = bool(low)
        while changed:
            changed = False
            least = min(map(self._next, low))
            stuck: set[str] = set()
            for work in sorted(self.works, key=self._last, reverse=True):
                while work not in stuck and self._last(work) > least:
                    chain, reached = self._chain(work, low)
                    for reviewer, old, new in chain:
                        self.drop(reviewer, old)
                        self.add(reviewer, new)
                    if chain:
                        changed = True
                    else:
                        stuck |= reached

    def _last(self, work: str) -> int:
        """What the work's last review adds to the sum that `even` lowers."""
        return (2 * self.receipts(work) - 1) * (self._share // self.works[work])

    def _next(self, work: str) -> int:
        """What one more review of the work would add to that sum."""
        return (2 * self.receipts(work) + 1) * (self._share // self.works[work])

    def _movable(self, pairing: Pairing) -> bool:
        return (
            pairing.untouched
            and pairing.live
            and pairing.reviewer in self.authors
            and pairing.work in self.works
        )

    def _chain(
        self, start: str, low: Collection[str]
    ) -> tuple[list[tuple[str, str, str]], set[str]]:
        """The shortest chain of (reviewer, old work, new work) that takes a review from ``start``
        to a work of ``low`` which needs it more, if there is one; and the works within reach.
        """
        before: dict[str, tuple[str, str]] = {}
        far = [work for work in self.works if work != start]
        queue = deque([start])
        asked: set[str] = set()
        while queue and far:
            work = queue.popleft()
            for reviewer, pairing in self._of[work].items():
                if reviewer in asked or not self._movable(pairing):
                    continue
                asked.add(reviewer)
                for other in [other for other in far if self.may(reviewer, other)]:
                    before[other] = (reviewer, work)
                    queue.append(other)
                    if other in low and self._next(other) < self._last(start):
                        chain = []
                        while other != start:
                            reviewer, work = before[other]
                            chain.append((reviewer, work, other))
                            other = work
                        return chain, set(before)
                far = [other for other in far if other not in before]
        return [], {start, *before}
