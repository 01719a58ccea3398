"""Nothing that a person writes breaks the evidence, gets lost in it, or comes alive in it."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.text import UserText
from bot.evidence.cells import LONGEST, cell, pieces, restore
from bot.evidence.pack import write_evidence
from bot.evidence.page import evidence_page
from bot.evidence.reading import hidden, shown_name, visible
from bot.service.reporting import RunReport
from tests.core.evidence import (
    answer,
    dealt_to,
    page_of,
    read_page,
    report_of,
    review,
    table,
    work,
    work_report,
)
from tests.core.making import a_participant
from tests.strategies import HOSTILE

FORMULAS = (
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "'=1",
    "''+1",
    "'tis",
    "＝1+1",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
)
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Two separate surrogates that make a pair are one character in JSON, so text never has both.
anything = st.text(st.characters(blacklist_categories=())).filter(
    lambda text: not re.search("[\ud800-\udbff][\udc00-\udfff]", text)
)
words = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(FORMULAS),
    anything,
    st.builds(str.__add__, st.sampled_from(SIGNS), anything),
)


def report_with(name: str, texts: list[str]) -> RunReport:
    """A run in which one person of this name wrote these texts everywhere one can."""
    who = replace(a_participant("x"), name=UserText(name))
    rows = [
        answer(who, "poll", "vote", texts[0], options=("data",), at=1),
        answer(who, "reflection", "q1", texts[-1], at=2),
        *(answer(who, "discussion", f"reply:{n}", text, at=3) for n, text in enumerate(texts)),
    ]
    return report_of((who,), *rows)


def work_with(name: str, text: str) -> RunReport:
    """A run in which people and a group of this name handed in this text, reviewed each other in
    these words, and asked for help in them."""
    who = replace(a_participant("x"), name=UserText(name))
    other = replace(a_participant("y"), name=UserText(name))
    group = ("g1", name)
    return work_report(
        (who, other),
        answers=(
            work(group, "problem", text, at=5, by=who),
            work(group, "data", text, at=6, by=who),
            work(other, "problem", text, at=7),
            work(group, "change", text, at=30, by=who, table="replies"),
            work(who, "aside-1", text, at=8, table="questions"),
        ),
        reviews=(review(other, group, "clear", 4, text), review(who, other, "clear", 1, text)),
        allotted=(
            dealt_to(who, group, what="group"),
            dealt_to(other, group),
            dealt_to(who, other, done=True),
        ),
    )


def shape(text: str) -> str:
    """Letters in place of a text, as long and with as many lines."""
    return re.sub(r"[^\n]", "x", visible(text))


def cells(out: Path) -> Iterator[str]:
    """Every cell of every table."""
    for path in sorted(out.glob("*.csv")):
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b'"\r\n')
        text = raw.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield from row


def assert_whole(report: RunReport, name: str, text: str, out: Path) -> None:
    """The text is in the JSON file and the tables to the character, no cell is a formula or too
    long, and on the page it is text."""
    write_evidence(report, out)
    everything = json.loads((out / "evidence.json").read_bytes())
    assert {row["text"] for row in everything["answers"]} == {text}
    assert {row["comment"] for row in everything["reviews"]} <= {text}
    assert {each["name"] for each in everything["participants"]} == {name}

    for row in table(out, "responses"):
        assert (row["text"], row["name"]) == (text, name)
    assert {row["name"] for row in table(out, "participants")} == {name}
    for each in cells(out):
        assert not each.startswith(SIGNS)
        assert len(each.encode("utf-16-le", "surrogatepass")) // 2 <= 32_767

    page = read_page(out)
    assert {hidden(quote) for quote in page.quotes} <= {text}
    assert shown_name(name) in page.text
    assert page.elements == page_of(evidence_page(shaped(report, shape(text)))).elements


def shaped(report: RunReport, text: str) -> RunReport:
    """The same report with other words and plain names."""
    return replace(
        report,
        participants=tuple(replace(p, name=UserText("name")) for p in report.participants),
        answers=tuple(replace(a, text=text, name="name") for a in report.answers),
        reviews=tuple(
            replace(r, comment=text, reviewer_name="name", author_name="name")
            for r in report.reviews
        ),
        allotted=tuple(replace(a, name="name", of_name="name") for a in report.allotted),
    )


@given(name=words, text=words)
@example(name="\x00\ud800\x1b", text="</blockquote><script>alert(1)</script><!--")
@example(name="{{ 7 * 7 }}", text="{% raw %}&lt;&amp;")
@example(name="\\u0041", text="\r\r\n\\u000d")
def test_whatever_is_answered_is_kept_exactly_and_stays_text(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_whole(report_with(name, [text]), name, text, Path(folder))
        assert read_page(Path(folder)).quotes == [visible(text)] * 3


@given(name=words, text=words)
@example(name="=1+1", text="https://example.org/?<script>")
@example(name="\u202eabc", text="@SUM(A1)")
def test_whatever_is_handed_in_or_reviewed_is_kept_exactly_and_stays_text(
    name: str, text: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        assert_whole(work_with(name, text), name, text, out)
        assert [(row["text"], row["owner_name"]) for row in table(out, "submissions")] == [
            (text, name)
        ] * 3
        assert [row["comment"] for row in table(out, "peer_reviews")] == [text, text]
        assert [row["text"] for row in table(out, "questions")] == [text]
        assert [row["text"] for row in table(out, "replies")] == [text]
        # Where nothing was written there is nothing to quote.
        assert len(read_page(out).quotes) == (7 if text else 2)


@pytest.mark.parametrize(
    "unit",
    ["=", "word ", "é👩‍👧", "<b>&amp;", '"\r\n', "\x00", "\ud800", "\u202e", "\r", "\\u0000"],
)
def test_40000_characters_arrive_whole(unit: str, tmp_path: Path) -> None:
    text = (unit * 40_000)[:40_000]
    assert_whole(report_with("Bo", [text]), "Bo", text, tmp_path / "answers")
    assert_whole(work_with("Bo", text), "Bo", text, tmp_path / "work")
    assert {row["text"] for row in table(tmp_path / "work", "submissions")} == {text}
    assert text in {row["comment"] for row in table(tmp_path / "work", "peer_reviews")}
    assert read_page(tmp_path / "work").quotes == [visible(text)] * 7


def test_what_is_too_long_for_a_cell_goes_on_beside_it(tmp_path: Path) -> None:
    write_evidence(work_with("Bo", "x" * 70_000), tmp_path)
    raw = (tmp_path / "submissions.csv").read_bytes().decode("utf-8-sig")
    header, first, *_ = csv.reader(io.StringIO(raw, newline=""))
    at = header.index("text")
    assert header[at : at + 4] == ["text", "text (2)", "text (3)", "link"]
    assert [len(each) for each in first[at : at + 4]] == [32_000, 32_000, 6_000, 0]


@given(st.text(st.sampled_from("a👩\x00"), max_size=60).map(lambda text: text * 2_000))
def test_pieces_fit_cells_and_make_up_the_whole(text: str) -> None:
    found = pieces(text)
    assert "".join(found) == text
    assert all(len(each.encode("utf-16-le")) // 2 <= LONGEST for each in found)
    assert len(found) <= len(text.encode("utf-16-le")) // 2 // (LONGEST - 1) + 1


@given(words)
def test_a_cell_is_no_formula_and_can_be_undone(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip(" ").startswith(SIGNS)
    assert restore(shown) == text


@given(words)
def test_what_is_shown_of_a_text_tells_what_was_written(text: str) -> None:
    assert hidden(visible(text)) == text


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\\")))
def test_text_without_control_characters_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_hostile_words_of_an_author_stay_text_too(tmp_path: Path) -> None:
    title = "<script>alert(1)</script>\x00"
    report = report_with("Bo", ["text"])
    plan = replace(report.run.lesson.plan, title=title, audience="<img src=x onerror=alert(1)>")
    lesson = replace(report.run.lesson, plan=plan)
    write_evidence(replace(report, run=replace(report.run, lesson=lesson)), tmp_path)
    page = read_page(tmp_path)
    assert visible(title) in page.text
    assert not {"script", "img"} & {tag for tag, _ in page.elements}
