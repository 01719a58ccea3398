"""What needs a look: what a facilitator would otherwise have to find by reading everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.evidence.board import levels_of, review_anchors
from bot.evidence.reading import (
    labels,
    learners,
    shown_name,
    standing,
    took_part,
    troubled,
    visible,
)
from bot.evidence.reviewing import (
    Review,
    far_apart,
    late_works,
    reviewed_works,
    reviews,
    without_review,
)
from bot.evidence.turnout import turnouts
from bot.evidence.works import anchors
from bot.facilitation.activities.naming import phase_title
from bot.service.reporting import AskedActivity, RunReport
from bot.words import t, tn

FEW = 6
"""More links than this begin folded."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to look: a name, the id of its place on the page, and a word more."""

    name: str
    anchor: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at, in a sentence, and where."""

    what: str
    where: tuple[Spot, ...]

    @property
    def many(self) -> bool:
        """Whether the places are to begin folded."""
        return len(self.where) > FEW


def looks(report: RunReport) -> tuple[Look, ...]:
    """All that needs a look, what concerns most people first; nothing for what is in order."""
    found = (
        _silent(report),
        _missing(report),
        *_reviewing(report),
        _late(report),
        _asides(report),
        _troubles(report),
    )
    return tuple(look for look in found if look)


def person_anchors(report: RunReport) -> dict[str, str]:
    """Where on the page each participant stands."""
    return {person.id: f"person-{n}" for n, person in enumerate(report.participants, start=1)}


def _silent(report: RunReport) -> Look | None:
    there, gave, places = learners(report), took_part(report), person_anchors(report)
    silent = [p for p in there if p.id not in gave]
    said = tn("{count} learner gave nothing", "{count} learners gave nothing", len(silent))
    where = tuple(Spot(shown_name(p.name.text), places[p.id]) for p in silent)
    return Look(said, where) if where and any(a.openings for a in report.activities) else None


def _missing(report: RunReport) -> Look | None:
    """Who took part and left something out."""
    gave, who, places = took_part(report), turnouts(report), person_anchors(report)
    missing = {p.id: 0 for p in learners(report) if p.id in gave}
    for turnout in who.values():
        for person in set(turnout.asked) - set(turnout.answered):
            if person in missing:
                missing[person] += 1
    where = tuple(
        Spot(shown_name(p.name.text), places[p.id], str(missing[p.id]))
        for p in learners(report)
        if missing.get(p.id)
    )
    said = tn(
        "{count} learner took part and left something unanswered",
        "{count} learners took part and left something unanswered",
        len(where),
    )
    return Look(said, where) if where else None


def _reviewing(report: RunReport) -> Iterator[Look]:
    """Works without a review, works about which peers disagree, and what was overridden."""
    places, said = review_anchors(report), reviews(report)
    bare: list[Spot] = []
    differing: list[Spot] = []
    replaced: list[Spot] = []
    for asked in report.activities:
        if not (asked.criteria and asked.openings):
            continue
        without = without_review(report, asked)
        for owner, name in reviewed_works(report, asked).items():
            got = [
                each for each in said if (each.activity, each.author) == (asked.activity.id, owner)
            ]
            place = places[asked.activity.id, owner]
            if owner in without:
                bare.append(Spot(shown_name(name), place))
            if criteria := _differing(asked, got):
                differing.append(Spot(shown_name(name), place, criteria))
            if not all(each.counts for each in got):
                replaced.append(Spot(shown_name(name), place))
    if bare:
        yield Look(
            tn("{count} work has no review", "{count} works have no review", len(bare)), tuple(bare)
        )
    if differing:
        what = tn(
            "Peers disagree strongly about {count} work",
            "Peers disagree strongly about {count} works",
            len(differing),
        )
        yield Look(what, tuple(differing))
    if replaced:
        what = tn(
            "The facilitator’s own review stands in place of peers’ for {count} work",
            "The facilitator’s own review stands in place of peers’ for {count} works",
            len(replaced),
        )
        yield Look(what, tuple(replaced))


def _differing(asked: AskedActivity, got: list[Review]) -> str:
    """The criteria on which peers differ strongly, with the levels that they gave."""
    return ", ".join(
        f"{visible(criterion.title)}: {levels_of(here, criterion.id, 'peer')}"
        for criterion in asked.criteria
        for opening in asked.openings
        for here in ([each for each in got if each.opening == opening.n],)
        if far_apart(here, criterion.id)
    )


def _late(report: RunReport) -> Look | None:
    """Work of which nothing was there in time."""
    places = {(activity, owner): place for (activity, _, owner), place in anchors(report).items()}
    where = tuple(
        Spot(shown_name(name), places[work])
        for work, name in late_works(report).items()
        if work in places
    )
    said = tn("{count} work came late", "{count} works came late", len(where))
    return Look(said, where) if where else None


def _asides(report: RunReport) -> Look | None:
    """What was asked in private, and where it stands."""
    rows = [row for row in standing(report) if row.table == "questions"]
    names, counts = labels(report), Counter(row.activity for row in rows)
    where = tuple(
        Spot(
            visible(f"{phase_title(asked.activity.phase)}: {names[asked.activity.id]}"),
            f"asides-{n}",
        )
        for n, asked in enumerate(report.activities, start=1)
        if counts[asked.activity.id]
    )
    said = tn("{count} thing was said in private", "{count} things were said in private", len(rows))
    return Look(said, where) if rows else None


def _troubles(report: RunReport) -> Look | None:
    """Messages that did not simply arrive."""
    count = len(troubled(report))
    said = tn(
        "{count} message did not simply arrive", "{count} messages did not simply arrive", count
    )
    return Look(said, (Spot(t("Troubles"), "troubles"),)) if count else None
