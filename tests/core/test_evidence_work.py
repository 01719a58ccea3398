"""Work handed in, reviewed and asked about, in the tables and on the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.evidence.look import looks
from bot.evidence.pack import write_evidence
from bot.service.reporting import RunReport
from tests.core.evidence import (
    DESIGN,
    REVIEW,
    dealt_to,
    read_page,
    review,
    table,
    work,
    work_report,
)
from tests.core.making import a_participant

FAY, BO, CY, DI, ED = (
    a_participant("fay", "facilitator"),
    *(a_participant(name) for name in ("bo", "cy", "di", "ed")),
)
TWO = ("g2", "Group 2")


@pytest.fixture
def whole() -> RunReport:
    """Bo and Cy are Group 2. Di handed in alone and late, Ed nothing. Bo reviewed Di, Cy did not;
    Di reviewed Group 2 and changed a level, Ed began; Fay's own review of Group 2 stands."""
    return work_report(
        (FAY, BO, CY, DI, ED),
        answers=(
            work(TWO, "problem", "Long queues", at=5, by=BO, stands=False),
            work(TWO, "problem", "Longer queues", at=9, by=CY, version=2),
            work(TWO, "data", "https://example.org/data", at=6, by=BO),
            work(DI, "problem", "Potholes", at=22, late=True),
            work(DI, "data", None, at=21, late=True, stands=False),
            work(DI, "data", None, at=23, late=True, version=2),
            work(TWO, "change", "We shall count.", at=30, by=BO, table="replies"),
            work(CY, "aside-1", "May I say this?", at=8, table="questions"),
            work(ED, "aside-1", None, at=8, table="questions"),
        ),
        reviews=(
            review(DI, TWO, "clear", 2, "Hm.", at=25, stands=False, counts=False),
            review(DI, TWO, "clear", 4, "Yes!", at=26, version=2, counts=False),
            review(DI, TWO, "safe", 3, "", at=26, counts=False),
            review(ED, TWO, "clear", 1, "No.", at=27, counts=False),
            review(BO, DI, "clear", 3, "Good", at=28, late=True, released=False),
            review(BO, DI, "safe", None, None, at=29, version=2),
            review(FAY, TWO, "clear", 3, "Mine", said_by="facilitator"),
            review(FAY, TWO, "safe", 3, "Mine, too", said_by="facilitator"),
            review(BO, TWO, "clear", 4, "Ours", said_by="self"),
        ),
        allotted=(
            dealt_to(BO, TWO, what="group"),
            dealt_to(CY, TWO, what="group"),
            dealt_to(ED, TWO, what="group", state="dropped"),
            dealt_to(DI, TWO, done=True),
            dealt_to(ED, TWO, state="lapsed"),
            dealt_to(BO, DI),
            dealt_to(CY, DI),
            dealt_to(ED, DI, state="dropped"),
        ),
    )


def test_every_version_of_every_field_is_a_row_of_the_submissions(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    rows = table(tmp_path, "submissions")
    assert [
        (r["owner_name"], r["owner_is"], r["edited_by_name"], r["item"], r["text"], r["version"])
        for r in rows
    ] == [
        ("Group 2", "group", "Bo", "problem", "Long queues", "1"),
        ("Group 2", "group", "Cy", "problem", "Longer queues", "2"),
        ("Di", "person", "Di", "problem", "Potholes", "1"),
        ("Group 2", "group", "Bo", "data", "https://example.org/data", "1"),
        ("Di", "person", "Di", "data", "", "1"),
        ("Di", "person", "Di", "data", "", "2"),
    ]
    assert [r["stands"] for r in rows] == ["no", "yes", "yes", "yes", "no", "yes"]
    assert [r["withdrawn"] for r in rows] == ["no", "no", "no", "no", "yes", "yes"]
    assert [r["late"] for r in rows] == ["no", "no", "yes", "no", "yes", "yes"]
    assert [r["link"] for r in rows] == ["", "", "", "https://example.org/data", "", ""]
    assert (rows[0]["time_utc"], rows[0]["time_local"], rows[0]["field"]) == (
        "2026-01-05T09:05:00Z",
        "2026-01-05 10:05:00",
        "What **problem** does it solve?",
    )


def test_the_comparison_has_a_row_for_every_work_and_a_column_for_every_field(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    rows = table(tmp_path, "comparison")
    assert [list(row.values()) for row in rows] == [
        [DESIGN, "1", "p-di", "Di", "Potholes", ""],
        [DESIGN, "1", "g2", "Group 2", "Longer queues", "https://example.org/data"],
    ]
    assert list(rows[0])[4:] == [
        "Elaborate.design problem: What **problem** does it solve?",
        "Elaborate.design data: Which data does it need?",
    ]


def test_every_version_of_every_level_is_a_row_of_the_reviews(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    rows = table(tmp_path, "peer_reviews")
    said = [
        (r["said_by"], r["reviewer_name"], r["author_name"], r["criterion"], r["level"])
        for r in rows
    ]
    assert said == [
        ("peer", "Bo", "Di", "clear", "3"),
        ("peer", "Bo", "Di", "safe", ""),
        ("peer", "Di", "Group 2", "clear", "2"),
        ("peer", "Di", "Group 2", "clear", "4"),
        ("peer", "Di", "Group 2", "safe", "3"),
        ("peer", "Ed", "Group 2", "clear", "1"),
        ("self", "Bo", "Group 2", "clear", "4"),
        ("facilitator", "Fay", "Group 2", "clear", "3"),
        ("facilitator", "Fay", "Group 2", "safe", "3"),
        ("peer", "Cy", "Di", "", ""),
        ("peer", "Ed", "Di", "", ""),
    ]
    assert [(r["level_title"], r["comment"], r["version"], r["stands"]) for r in rows[2:4]] == [
        ("Developing", "Hm.", "1", "no"),
        ("Exemplary", "Yes!", "2", "yes"),
    ]
    assert [r["withdrawn"] for r in rows[:3]] == ["no", "yes", "no"]
    assert [(r["late"], r["released"], r["counts"]) for r in (rows[0], rows[3])] == [
        ("yes", "no", "yes"),
        ("no", "yes", "no"),
    ]


def test_a_review_that_nobody_did_is_a_row_with_its_state(whole: RunReport, tmp_path: Path) -> None:
    write_evidence(whole, tmp_path)
    states = {
        (r["reviewer_name"], r["author_name"]): (r["state"], r["done"], r["version"])
        for r in table(tmp_path, "peer_reviews")
        if r["said_by"] == "peer"
    }
    assert states == {
        ("Bo", "Di"): ("held", "no", "2"),
        ("Di", "Group 2"): ("held", "yes", "1"),
        ("Ed", "Group 2"): ("lapsed", "no", "1"),
        ("Cy", "Di"): ("held", "no", ""),
        ("Ed", "Di"): ("dropped", "no", ""),
    }


def test_participants_tell_groups_work_and_reviews(whole: RunReport, tmp_path: Path) -> None:
    write_evidence(whole, tmp_path)
    assert [
        (
            r["name"],
            r["group"],
            r["work_handed_in"],
            *(r[f"reviews_{what}"] for what in ("dealt", "done", "given", "received")),
            r["not_answered"],
        )
        for r in table(tmp_path, "participants")
    ] == [
        ("Fay", "", "", "0", "0", "0", "0", ""),
        ("Bo", "Group 2", "yes", "1", "0", "0", "1", REVIEW),
        ("Cy", "Group 2", "yes", "1", "0", "0", "1", REVIEW),
        ("Di", "", "late", "1", "1", "1", "0", ""),
        ("Ed", "", "no", "1", "0", "0", "0", f"{DESIGN}; {REVIEW}"),
    ]


def test_what_was_asked_in_private_and_answered_by_authors_has_tables_of_its_own(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    assert [(r["name"], r["text"], r["withdrawn"]) for r in table(tmp_path, "questions")] == [
        ("Cy", "May I say this?", "no"),
        ("Ed", "", "yes"),
    ]
    assert [(r["name"], r["by_name"], r["text"]) for r in table(tmp_path, "replies")] == [
        ("Group 2", "Bo", "We shall count.")
    ]


def test_the_json_file_has_the_reviews_the_deals_and_the_rubric(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    everything: dict[str, Any] = json.loads((tmp_path / "evidence.json").read_bytes())
    assert len(everything["reviews"]) == len(whole.reviews)
    assert len(everything["allotted"]) == len(whole.allotted)
    first, second = everything["activities"][2]["criteria"]
    assert (first["levels"][0], second["title"]) == (
        {"level": 4, "words": "At once"},
        "Is it safe?",
    )


def test_the_order_in_which_rows_were_read_changes_no_byte(
    whole: RunReport, tmp_path: Path
) -> None:
    turned = replace(
        whole,
        answers=whole.answers[::-1],
        reviews=whole.reviews[::-1],
        allotted=whole.allotted[::-1],
    )
    for one, other in zip(
        write_evidence(whole, tmp_path / "a"), write_evidence(turned, tmp_path / "b"), strict=True
    ):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_page_says_at_its_top_whom_it_is_not_for(whole: RunReport, tmp_path: Path) -> None:
    write_evidence(whole, tmp_path)
    text = read_page(tmp_path).text
    assert 0 < text.index("Not for learners.") < text.index("At a glance")


def test_what_needs_a_look_stands_before_everything_else(whole: RunReport) -> None:
    assert [(look.what, [spot.name for spot in look.where]) for look in looks(whole)] == [
        ("3 learners took part and left something unanswered", ["Bo", "Cy", "Ed"]),
        ("1 work has no review", ["Di"]),
        ("Peers disagree strongly about 1 work", ["Group 2"]),
        ("The facilitator’s own review stands in place of peers’ for 1 work", ["Group 2"]),
        ("1 work came late", ["Di"]),
        ("1 thing was said in private", ["Elaborate: Design"]),
    ]


def test_whoever_gave_nothing_is_named_once(whole: RunReport) -> None:
    silent = replace(whole, reviews=tuple(r for r in whole.reviews if r.reviewer != ED.id))
    first, second, *_ = looks(silent)
    assert (first.what, [spot.name for spot in first.where]) == ("1 learner gave nothing", ["Ed"])
    assert "Ed" not in [spot.name for spot in second.where]


def test_where_all_is_well_nothing_needs_a_look(tmp_path: Path) -> None:
    report = work_report(
        (BO, DI),
        answers=(work(BO, "problem", "A", at=1), work(DI, "problem", "B", at=1)),
        reviews=tuple(
            review(who, of, criterion, 3)
            for who, of in ((BO, DI), (DI, BO))
            for criterion in ("clear", "safe")
        ),
        allotted=(dealt_to(BO, DI, done=True), dealt_to(DI, BO, done=True)),
    )
    assert looks(report) == ()
    write_evidence(report, tmp_path)
    assert "Nothing stands out." in read_page(tmp_path).text


def test_the_page_shows_what_stands_and_neither_old_nor_withdrawn_words(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    page = read_page(tmp_path)
    for quoted in ("Longer queues", "https://example.org/data", "Potholes", "May I say this?"):
        assert page.quotes.count(quoted) == 1
    for quoted in ("Yes!", "No.", "Good", "Mine", "Ours", "We shall count."):
        assert page.quotes.count(quoted) == 1
    assert not {"Long queues", "Hm."} & set(page.quotes)
    for said in (
        "3 of 4 learners handed in",
        "1 of 4 reviewers finished",
        "changed once",
        "handed in late",
        "far apart",
        "no review",
        "not finished",
        "not released",
        "the facilitator’s own stands in its place",
        "What I will change",
        "Said in private",
        "time ran out",
    ):
        assert said in page.text, said


def test_short_works_of_several_stand_side_by_side_and_long_ones_one_after_another(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path / "short")
    long = replace(whole, answers=(*whole.answers, work(ED, "data", "x" * 3_000, at=9)))
    write_evidence(long, tmp_path / "long")
    tables = [
        {attributes.get("class") for tag, attributes in read_page(tmp_path / which).elements}
        for which in ("short", "long")
    ]
    assert ["list matrix" in classes for classes in tables] == [True, False]
    assert ["long" in classes for classes in tables] == [False, True]


def test_groups_stand_with_their_members_where_they_were_dealt(tmp_path: Path) -> None:
    deals = (
        dealt_to(CY, ("g1", "Group 1"), what="group"),
        dealt_to(BO, TWO, what="group"),
        dealt_to(DI, TWO, what="group"),
        dealt_to(ED, TWO, what="group", state="dropped"),
    )
    write_evidence(work_report((BO, CY, DI, ED), allotted=deals), tmp_path)
    text = " ".join(read_page(tmp_path).text.split())
    assert "Group 1 Cy Group 2 Bo, Di Design" in text


def test_groups_that_are_dealt_anew_do_not_get_the_work_of_those_before(tmp_path: Path) -> None:
    report = work_report(
        (BO, CY),
        answers=(work(TWO, "problem", "Queues", at=5, by=BO),),
        allotted=(
            dealt_to(BO, TWO, what="group"),
            dealt_to(CY, TWO, what="group", activity="Evaluate.groups"),
        ),
    )
    write_evidence(report, tmp_path)
    handed_in = {r["name"]: r["work_handed_in"] for r in table(tmp_path, "participants")}
    assert handed_in == {"Bo": "yes", "Cy": "no"}


def test_pictures_are_svg_hidden_from_a_screen_reader_with_their_numbers_beside_them(
    whole: RunReport, tmp_path: Path
) -> None:
    write_evidence(whole, tmp_path)
    page = read_page(tmp_path)
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    # Turnouts, phases (planned and actual), two criteria of four levels, and four learners.
    assert len(pictures) == 2 + 4 + 8 + 4
    assert all(each["aria-hidden"] == "true" for each in pictures)
    assert "1 (33%)" in page.text


@pytest.mark.parametrize("first", [1, 2])
def test_links_on_the_page_lead_somewhere(first: int, whole: RunReport, tmp_path: Path) -> None:
    openings = (first, 3)
    report = replace(
        whole,
        activities=tuple(
            replace(
                asked, openings=tuple(replace(o, n=n) for o in asked.openings for n in openings)
            )
            for asked in whole.activities
        ),
        answers=tuple(
            replace(row, opening=3 if row.table == "questions" else first) for row in whole.answers
        ),
        reviews=tuple(replace(row, opening=3) for row in whole.reviews),
        allotted=tuple(replace(each, opening=first) for each in whole.allotted),
    )
    write_evidence(report, tmp_path)
    elements = read_page(tmp_path).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    targets = {a["href"][1:] for tag, a in elements if tag == "a"}
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert all("scope" in attributes for tag, attributes in elements if tag == "th")
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in elements}
