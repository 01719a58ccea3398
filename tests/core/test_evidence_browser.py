"""The evidence page in a browser: every word whole, every rule of axe kept, wide or narrow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from bot.chat.text import UserText
from bot.evidence.pack import write_evidence
from bot.evidence.reading import hidden
from bot.service.reporting import RunReport
from tests.core.evidence import dealt_to, review, work, work_report
from tests.core.making import a_participant
from tests.strategies import HOSTILE

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "peers/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
  // One of the strictest level, for which text on a coloured ground would have to be black.
  rules["color-contrast-enhanced"] = { enabled: false };
  const { violations } = await axe.run(document, { rules, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 5).map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}"""
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


def work_of(*texts: str) -> RunReport:
    """Somebody of each of these names handed it in, and was reviewed in the same words."""
    people = tuple(
        replace(a_participant(str(n)), name=UserText(text)) for n, text in enumerate(texts)
    )
    last = people[-1]
    return work_report(
        (*people, a_participant("fay", "facilitator")),
        answers=(
            *(work(who, "problem", who.name.text, at=5) for who in people),
            work(last, "aside-1", last.name.text, at=8, table="questions"),
            work(last, "change", last.name.text, at=30, table="replies"),
        ),
        reviews=tuple(review(last, who, "clear", 2, who.name.text) for who in people),
        allotted=(
            *(dealt_to(who, ("g1", who.name.text), what="group") for who in people),
            *(dealt_to(who, last) for who in people),
        ),
    )


def opened(browser: Browser, report: RunReport, out: Path, **how: Any) -> Page:
    """The evidence page of a report, with everything unfolded."""
    write_evidence(report, out)
    page = browser.new_page(**how)
    page.goto((out / "evidence.html").as_uri())
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    return page


def test_40000_characters_of_every_sort_are_whole_in_the_browser(
    chromium: Browser, tmp_path: Path
) -> None:
    sorts = "".join(map(chr, range(0xA0))) + "\r\nשלום\u202e 👩‍👩‍👧‍👦 é\ufeff\ud800\\u0000<b>&lt;\r"
    text = (sorts * 40_000)[:40_000]
    page = opened(chromium, work_of(text), tmp_path)
    quoted = page.locator("blockquote").evaluate_all("all => all.map((each) => each.textContent)")
    assert len(quoted) == 4
    assert {hidden(each) for each in quoted} == {text}


def test_hostile_words_run_nothing_and_stay_words(chromium: Browser, tmp_path: Path) -> None:
    texts = tuple(text for text in HOSTILE if text.strip())
    report = work_of(*texts, "<img src=x onerror=console.log(1)>", "<svg onload=console.log(1)>")
    write_evidence(report, tmp_path)
    page = chromium.new_page()
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text))
    page.on("request", lambda request: heard.append(request.url))
    page.goto((tmp_path / "evidence.html").as_uri())
    quoted = page.locator("blockquote").evaluate_all("all => all.map((each) => each.textContent)")
    assert {hidden(each) for each in quoted} == {p.name.text for p in report.participants[:-1]}
    assert heard == [(tmp_path / "evidence.html").as_uri()]


@pytest.mark.peers
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_keeps_every_rule_and_fits_the_screen(
    chromium: Browser, tmp_path: Path, scheme: str, size: ViewportSize
) -> None:
    if not AXE.exists():
        pytest.skip("needs the npm packages of tests/peers: make peers")
    report = work_of("Ada", "بلال", "x" * 300, "words and lines\n" * 300)
    page = opened(chromium, report, tmp_path, viewport=size, color_scheme=scheme)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(RUN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_printed_it_is_whole_though_it_was_folded(chromium: Browser, tmp_path: Path) -> None:
    write_evidence(work_of("words and lines\n" * 300), tmp_path)
    page = chromium.new_page()
    page.goto((tmp_path / "evidence.html").as_uri())
    long = page.locator("details.long blockquote").first
    folded = page.locator("details.long").first.bounding_box()
    page.emulate_media(media="print")
    printed = page.locator("details.long").first.bounding_box()
    whole = long.bounding_box()
    assert folded
    assert printed
    assert whole
    assert folded["height"] < 200 < 5_000 < whole["height"] <= printed["height"]
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
