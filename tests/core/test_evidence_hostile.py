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
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.text import UserText
from bot.evidence.pack import write_evidence
from bot.evidence.reading import shown_name, visible
from bot.evidence.tables import cell, restore
from bot.service.reporting import RunReport
from tests.core.evidence import answer, read_page, report_of
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


@pytest.fixture(scope="module")
def plain_elements() -> list[tuple[str, dict[str, str]]]:
    """The elements of the page where only letters were written."""
    return elements_of(report_with("name", ["text"]))


def elements_of(report: RunReport) -> list[tuple[str, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        write_evidence(report, Path(folder))
        return read_page(Path(folder)).elements


def cells(out: Path) -> Iterator[str]:
    """Every cell of every table."""
    # Python's reader refuses cells above 131,072 characters unless it is told otherwise.
    csv.field_size_limit(1_000_000)
    for path in sorted(out.glob("*.csv")):
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b'"\r\n')
        text = raw.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield from row


@given(name=words, text=words)
@example(name="\x00\ud800\x1b", text="</blockquote><script>alert(1)</script><!--")
@example(name="{{ 7 * 7 }}", text="{% raw %}&lt;&amp;")
def test_whatever_is_written_is_kept_exactly_and_stays_text(
    plain_elements: Any, name: str, text: str
) -> None:
    report = report_with(name, [text])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        write_evidence(report, out)

        everything = json.loads((out / "evidence.json").read_bytes())
        assert {row["text"] for row in everything["answers"]} == {text}
        assert {row["name"] for row in everything["answers"]} == {name}
        assert everything["participants"][0]["name"] == name

        all_cells = list(cells(out))
        assert [each for each in all_cells if each.startswith(SIGNS)] == []
        assert {visible(text), visible(name)} <= {restore(each) for each in all_cells}

        page = read_page(out)
        assert page.elements == plain_elements
        assert page.quotes == [visible(text)] * 3
        assert shown_name(name) in page.text


@pytest.mark.parametrize(
    "unit", ["=", "word ", "é👩‍👧", "<b>&amp;", '"\r\n', "\x00", "\ud800", "\u202e"]
)
def test_40000_characters_arrive_whole(unit: str, tmp_path: Path) -> None:
    text = (unit * 40_000)[:40_000]
    report = report_with("Bo", [text])
    write_evidence(report, tmp_path)
    everything = json.loads((tmp_path / "evidence.json").read_bytes())
    assert everything["answers"][0]["text"] == text
    assert visible(text) in {restore(each) for each in cells(tmp_path)}
    assert read_page(tmp_path).quotes == [visible(text)] * 3


@given(words)
def test_a_cell_is_no_formula_and_can_be_undone(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip(" ").startswith(SIGNS)
    assert restore(shown) == visible(text)


@given(words, words)
def test_two_texts_that_can_be_seen_to_differ_differ_as_cells(one: str, other: str) -> None:
    assert (cell(one) == cell(other)) == (visible(one) == visible(other))


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs"))))
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
