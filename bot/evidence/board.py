"""Reviews as the page shows them: how the levels are spread, each work's levels, every comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.chat.plain import percent
from bot.evidence.charts import bar
from bot.evidence.moments import moment
from bot.evidence.quotes import Quote, Said, marks, quote, said
from bot.evidence.reading import dealt, shown_name, standing, visible
from bot.evidence.reviewing import (
    Review,
    distribution,
    far_apart,
    reviewed_works,
    reviews,
    without_review,
)
from bot.facilitation.rubric import LEVELS, Criterion, level_title
from bot.facilitation.state import Opening
from bot.service.reporting import AskedActivity, RunReport
from bot.words import t, tn

ASKED = ("peer", "self", "facilitator")


@dataclass(frozen=True, slots=True)
class Level:
    """How often a level was given, by whom; ``percent`` is of what peers gave."""

    level: int
    title: str
    words: str
    peers: int
    percent: int
    drawing: Markup
    selves: int
    facilitators: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One criterion of the rubric, best level first; ``count`` is how many peers gave a level."""

    title: str
    levels: tuple[Level, ...]
    count: str


@dataclass(frozen=True, slots=True)
class Levels:
    """What one work got by one criterion: peers' levels, best first, and the others'."""

    peers: str
    apart: bool
    selves: str
    facilitators: str


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion, the level given, and the comment."""

    criterion: str
    level: str
    said: Said
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One review: who says it, as what, and what of each criterion."""

    name: str
    role: str
    marks: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One work and all that was said of it.

    ``undone`` names whose review of it is missing, and whether their time ran out; ``bare`` says
    that there is none.
    """

    anchor: str
    owner: str
    counted: str
    bare: bool
    levels: tuple[Levels, ...]
    sheets: tuple[Sheet, ...]
    undone: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All that was said in one opening of an activity with a rubric; ``replies`` are what authors
    answered and the like, by what they answer."""

    spreads: tuple[Spread, ...]
    works: tuple[Reviewed, ...]
    replies: tuple[tuple[str, tuple[Quote, ...]], ...]
    selves: bool
    facilitators: bool


def board(report: RunReport, asked: AskedActivity, opening: Opening) -> Board | None:
    """The reviews of one opening; None where the activity has no rubric."""
    if not asked.criteria:
        return None
    here = [
        each
        for each in reviews(report)
        if (each.activity, each.opening) == (asked.activity.id, opening.n)
    ]
    said_by = {each.said_by for each in here}
    return Board(
        spreads=tuple(_spread(criterion, here) for criterion in asked.criteria),
        works=_works(report, asked, opening, here),
        replies=_replies(report, asked, opening),
        selves="self" in said_by,
        facilitators="facilitator" in said_by,
    )


def review_anchors(report: RunReport) -> dict[tuple[str, str], str]:
    """Where on the page the reviews of a work stand, by activity and owner."""
    return {
        (asked.activity.id, owner): f"reviews-{place}-{n}"
        for place, asked in enumerate(report.activities, start=1)
        if asked.criteria and asked.openings
        for n, owner in enumerate(reviewed_works(report, asked), start=1)
    }


def levels_of(some: Sequence[Review], criterion: str, said_by: str) -> str:
    """The levels that a work got, best first: ``4 3 1``; "" for none."""
    found = distribution(some, criterion, said_by)
    return " ".join(str(level) for level in sorted(found.elements(), reverse=True))


def _spread(criterion: Criterion, here: Sequence[Review]) -> Spread:
    peers, selves, leaders = (distribution(here, criterion.id, by) for by in ASKED)
    words = dict(criterion.levels)
    return Spread(
        visible(criterion.title),
        tuple(
            Level(
                level,
                level_title(level),
                visible(words.get(level, "")),
                peers[level],
                percent(peers[level], peers.total()),
                bar(percent(peers[level], peers.total())),
                selves[level],
                leaders[level],
            )
            for level in LEVELS
        ),
        tn("{count} level given by peers", "{count} levels given by peers", peers.total()),
    )


def _works(
    report: RunReport, asked: AskedActivity, opening: Opening, here: Sequence[Review]
) -> tuple[Reviewed, ...]:
    places, bare = review_anchors(report), without_review(report, asked)
    mine = [
        each
        for each in dealt(report, "review")
        if (each.activity, each.opening) == (asked.activity.id, opening.n)
    ]
    again = f"-{opening.n}" if opening != asked.openings[0] else ""
    listed = []
    for owner, name in sorted(reviewed_works(report, asked).items(), key=lambda each: each[1]):
        got = [each for each in here if each.author == owner]
        undone = [each for each in mine if each.of == owner and not each.done]
        finished = sum(each.said_by == "peer" and each.finished for each in got)
        listed.append(
            Reviewed(
                anchor=places[asked.activity.id, owner] + again,
                owner=shown_name(name),
                counted=tn("{count} peer review", "{count} peer reviews", finished),
                bare=owner in bare,
                levels=tuple(_levels(got, criterion) for criterion in asked.criteria),
                sheets=tuple(_sheet(report, each) for each in got),
                undone=tuple(
                    (shown_name(each.name), t("time ran out") if each.state == "lapsed" else "")
                    for each in undone
                ),
            )
        )
    return tuple(listed)


def _replies(
    report: RunReport, asked: AskedActivity, opening: Opening
) -> tuple[tuple[str, tuple[Quote, ...]], ...]:
    found: dict[str, list[Quote]] = {}
    for row in standing(report):
        if (row.activity, row.opening, row.table) == (asked.activity.id, opening.n, "replies"):
            found.setdefault(visible(row.question), []).append(quote(row, report.run, labels=True))
    return tuple((question, tuple(quotes)) for question, quotes in found.items())


def _levels(got: Sequence[Review], criterion: Criterion) -> Levels:
    peers, selves, leaders = (levels_of(got, criterion.id, by) for by in ASKED)
    return Levels(peers, far_apart(got, criterion.id), selves, leaders)


def _sheet(report: RunReport, review: Review) -> Sheet:
    role = {"peer": t("Peer"), "self": t("Of their own work"), "facilitator": t("Facilitator")}
    first = review.rows[0]
    return Sheet(
        name=shown_name(first.reviewer_name),
        role=role[review.said_by],
        marks=(
            moment(max(row.at for row in review.rows), report.run),
            *((t("late"),) if any(row.late for row in review.rows) else ()),
            *(() if review.finished else (t("not finished"),)),
            *(() if review.counts else (t("the facilitator’s own stands in its place"),)),
            *(() if all(row.released for row in review.rows) else (t("not released"),)),
        ),
        lines=tuple(
            Line(
                visible(row.criterion_title),
                f"{row.level} {row.level_title}" if row.level is not None else "",
                said(row.comment or ""),
                marks(late=False, version=row.version),
            )
            for row in review.rows
        ),
    )
