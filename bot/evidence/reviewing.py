"""Reviews counted: who gave and received how many, how the levels are spread, where peers differ.

Pure functions of a report. Everything here is of what stands; words taken back are nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.evidence.grouping import members, owners, subject
from bot.evidence.reading import dealt, standing
from bot.evidence.turnout import turnouts
from bot.service.reporting import AskedActivity, ReviewRow, RunReport

_WORSE = ("yes", "late", "no")

FAR_APART = 2
"""So many levels between two peers on one criterion are a strong disagreement."""


@dataclass(frozen=True, slots=True)
class Review:
    """All that one person says of one work, by criterion in the order of the rubric.

    ``finished`` says that every criterion of the rubric has its level.
    """

    activity: str
    opening: int
    said_by: str
    reviewer: str
    author: str
    rows: tuple[ReviewRow, ...]
    finished: bool

    @property
    def counts(self) -> bool:
        """Whether nothing of it is replaced by the facilitator's own."""
        return all(row.counts for row in self.rows)

    def level(self, criterion: str) -> int | None:
        """The level given, if one is."""
        levels = (row.level for row in self.rows if row.criterion == criterion)
        return next(levels, None)


@dataclass(frozen=True, slots=True)
class Shares:
    """One person's share in reviewing: reviews dealt to them and done of those, reviews finished
    (dealt or not), and finished ones that their work or their group's got from peers."""

    dealt: int
    done: int
    given: int
    received: int


def ordered_reviews(report: RunReport) -> tuple[ReviewRow, ...]:
    """All versions by activity, opening, author, reviewer, criterion of the rubric and time."""
    activities = {asked.activity.id: n for n, asked in enumerate(report.activities)}
    criteria = {
        (asked.activity.id, criterion.id): n
        for asked in report.activities
        for n, criterion in enumerate(asked.criteria)
    }
    said_by = ("peer", "self", "facilitator")

    def place(row: ReviewRow) -> tuple[object, ...]:
        return (
            activities.get(row.activity, len(activities)),
            row.opening,
            row.author_name,
            row.author,
            said_by.index(row.said_by),
            row.reviewer_name,
            row.reviewer,
            criteria.get((row.activity, row.criterion), len(criteria)),
            row.criterion,
            row.at,
            row.version,
        )

    return tuple(sorted(report.reviews, key=place))


def reviews(report: RunReport) -> tuple[Review, ...]:
    """Every review of which something stands, in that order."""
    rubric = {a.activity.id: {c.id for c in a.criteria} for a in report.activities}
    found: dict[tuple[str, int, str, str, str], list[ReviewRow]] = {}
    for row in ordered_reviews(report):
        if row.stands and (row.level is not None or row.comment is not None):
            key = (row.activity, row.opening, row.said_by, row.reviewer, row.author)
            found.setdefault(key, []).append(row)
    return tuple(
        Review(
            *key,
            rows=tuple(rows),
            finished=rubric.get(key[0], set()) <= {r.criterion for r in rows if r.level},
        )
        for key, rows in found.items()
    )


def distribution(some: Iterable[Review], criterion: str, said_by: str) -> Counter[int]:
    """How often each level was given to a criterion by peers, by authors or by facilitators."""
    levels = (each.level(criterion) for each in some if each.said_by == said_by)
    return Counter(level for level in levels if level is not None)


def far_apart(some: Iterable[Review], criterion: str) -> bool:
    """Whether peers disagree strongly about a criterion; ``some`` are the reviews of one work."""
    levels = distribution(some, criterion, "peer")
    return bool(levels) and max(levels) - min(levels) >= FAR_APART


def shares(report: RunReport) -> dict[str, Shares]:
    """Everybody's share in reviewing, by participant."""
    peers = [each for each in reviews(report) if each.said_by == "peer" and each.finished]
    mine = dealt(report, "review")
    dealt_to = Counter(each.participant for each in mine)
    done_by = Counter(each.participant for each in mine if each.done)
    given_by = Counter(each.reviewer for each in peers)
    received: Counter[str] = Counter()
    for asked in report.activities:
        groups = members(report, asked) if asked.criteria else {}
        for each in peers:
            if each.activity == asked.activity.id:
                received.update(groups.get(each.author, (each.author,)))
    return {
        person.id: Shares(
            dealt_to[person.id], done_by[person.id], given_by[person.id], received[person.id]
        )
        for person in report.participants
    }


def reviewed_works(report: RunReport, asked: AskedActivity) -> dict[str, str]:
    """Whose works are there to be reviewed in an activity with a rubric: names by owner.

    Those are the works that were dealt or reviewed, and what stands of the activity that it is
    about.
    """
    about = subject(report, asked).activity.id
    handed_in = {
        row.participant: row.name
        for row in standing(report)
        if row.table == "submissions" and row.activity == about
    }
    mine = [each for each in dealt(report, "review") if each.activity == asked.activity.id]
    said = [row for row in ordered_reviews(report) if row.activity == asked.activity.id]
    return (
        {row.author: row.author_name for row in said}
        | {each.of: each.of_name for each in mine}
        | handed_in
    )


def without_review(report: RunReport, asked: AskedActivity) -> tuple[str, ...]:
    """The owners of works that neither a peer nor a facilitator has finished a review of."""
    done = {
        each.author
        for each in reviews(report)
        if each.activity == asked.activity.id and each.said_by != "self" and each.finished
    }
    return tuple(owner for owner in reviewed_works(report, asked) if owner not in done)


def handing_in(report: RunReport) -> dict[str, str]:
    """Who has handed in everything that was asked of them: "yes", "late" or "no", by learner.

    Late is what was not there at all in time; a later change makes nothing late. Whoever was
    asked for no work is left out.
    """
    who, late = turnouts(report), late_works(report)
    said: dict[str, str] = {}
    for asked in report.activities:
        id_ = asked.activity.id
        if id_ not in who or not any(q.table == "submissions" for q in asked.questions):
            continue
        groups = members(report, asked)
        for person in who[id_].asked:
            if person not in who[id_].answered:
                now = "no"
            else:
                in_time = all((id_, name) not in late for name in owners(person, groups))
                now = "yes" if in_time else "late"
            said[person] = max(said.get(person, "yes"), now, key=_WORSE.index)
    return said


def late_works(report: RunReport) -> dict[tuple[str, str], str]:
    """The works of which nothing was there in time: (activity, owner) and the owner's name."""
    works = {
        (row.activity, row.participant): row.name
        for row in standing(report)
        if row.table == "submissions"
    }
    in_time = {
        (row.activity, row.participant)
        for row in report.answers
        if row.table == "submissions" and not row.late and row.choices is not None
    }
    return {work: name for work, name in works.items() if work not in in_time}
