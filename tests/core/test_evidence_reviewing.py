"""Reviews counted by the evidence, against a simple count of the same rows."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.reviewing import (
    distribution,
    far_apart,
    reviews,
    shares,
    without_review,
)
from bot.facilitation.state import Participant
from bot.service.reporting import ReviewRow, RunReport
from tests.core.evidence import REVIEW, dealt_to, review, work, work_report
from tests.core.making import a_participant

PEOPLE = tuple(a_participant(name) for name in "abcd")
GROUP = ("g1", "Group 1")
AUTHORS: tuple[Participant | tuple[str, str], ...] = (GROUP, *PEOPLE[2:])
"""The first two are a group; the others hand in alone."""


@st.composite
def reports(draw: st.DrawFn) -> RunReport:
    """Any reviews of any of the works by anybody, with older versions and things taken back."""
    rows: list[ReviewRow] = []
    for reviewer, author, criterion in product(PEOPLE, AUTHORS, ("clear", "safe")):
        levels = draw(st.lists(st.one_of(st.none(), st.integers(1, 4)), max_size=2))
        rows += [
            review(
                reviewer,
                author,
                criterion,
                level,
                None if level is None else "Words",
                version=n,
                stands=n == len(levels),
            )
            for n, level in enumerate(levels, start=1)
        ]
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(AUTHORS))
    deals = draw(st.lists(pairs, unique=True))
    return work_report(
        PEOPLE,
        answers=tuple(work(author, "problem", "Here", at=1) for author in AUTHORS),
        reviews=tuple(rows),
        allotted=(
            *(dealt_to(who, GROUP, what="group") for who in PEOPLE[:2]),
            *(dealt_to(who, of, done=draw(st.booleans())) for who, of in deals),
        ),
    )


def standing_levels(report: RunReport) -> dict[tuple[str, str], dict[str, int]]:
    """By reviewer and author: what stands of each criterion."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in report.reviews:
        if row.stands and row.level is not None:
            found.setdefault((row.reviewer, row.author), {})[row.criterion] = row.level
    return found


@given(reports())
def test_given_and_received_reviews_are_those_with_a_level_for_every_criterion(
    report: RunReport,
) -> None:
    finished = [pair for pair, levels in standing_levels(report).items() if len(levels) == 2]
    given = Counter(reviewer for reviewer, _ in finished)
    received = Counter(author for _, author in finished)
    found = shares(report)
    assert {person: share.given for person, share in found.items()} == {
        person.id: given[person.id] for person in PEOPLE
    }
    for person in PEOPLE:
        name = "g1" if person in PEOPLE[:2] else person.id
        assert found[person.id].received == received[name]


@given(reports())
def test_dealt_and_done_reviews_are_those_of_the_deals(report: RunReport) -> None:
    for person in PEOPLE:
        mine = [a for a in report.allotted if a.what == "review" and a.participant == person.id]
        share = shares(report)[person.id]
        assert (share.dealt, share.done) == (len(mine), sum(each.done for each in mine))


@given(reports())
def test_the_spread_of_levels_counts_what_stands(report: RunReport) -> None:
    for criterion in ("clear", "safe"):
        levels = [
            found[criterion] for found in standing_levels(report).values() if criterion in found
        ]
        assert distribution(reviews(report), criterion, "peer") == Counter(levels)
        assert not distribution(reviews(report), criterion, "self")


@given(reports())
def test_a_work_is_without_review_until_somebody_finishes_one(report: RunReport) -> None:
    finished = {
        author for (_, author), levels in standing_levels(report).items() if len(levels) == 2
    }
    (asked,) = (asked for asked in report.activities if asked.activity.id == REVIEW)
    assert set(without_review(report, asked)) == {"g1", "p-c", "p-d"} - finished


@pytest.mark.parametrize(
    ("levels", "far"),
    [((), False), ((4,), False), ((4, 3), False), ((3, 1), True), ((4, 3, 2), True)],
)
def test_peers_are_far_apart_from_two_levels_on(levels: tuple[int, ...], far: bool) -> None:
    rows = [
        review(who, PEOPLE[3], "clear", level) for who, level in zip(PEOPLE, levels, strict=False)
    ]
    # What authors and facilitators say is no disagreement between peers.
    rows += [
        review(PEOPLE[3], PEOPLE[3], "clear", 1, said_by="self"),
        review(PEOPLE[3], PEOPLE[3], "clear", 1, said_by="facilitator"),
    ]
    assert far_apart(reviews(work_report(PEOPLE, reviews=tuple(rows))), "clear") is far


def test_a_facilitators_review_is_a_review_and_an_authors_own_is_none() -> None:
    def bare(said_by: str) -> tuple[str, ...]:
        report = work_report(
            PEOPLE,
            answers=(work(PEOPLE[0], "problem", "Here", at=1),),
            reviews=tuple(
                review(PEOPLE[0], PEOPLE[0], each, 3, said_by=said_by)  # type: ignore[arg-type]
                for each in ("clear", "safe")
            ),
        )
        return without_review(report, report.activities[2])

    assert bare("self") == ("p-a",)
    assert bare("facilitator") == ()
