"""People in real browsers take part in a demo, and find all of it in the evidence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.demos import REPOSITORY, Demo, evidence, rows, visited

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
STEPS = 60
"""More than the lesson has."""
POLL, TALK = "Engage: Quick poll", "Engage: Let’s talk"
REFLECT = "Write my reflection"
OTHER = "Nobody asked the people who use it"
EDITED = "Who owns the data, once the vendor has gone?"
TAKEN_BACK = "This is not for the record"
REFLECTED = "I shall begin with\nan inventory of our models."

expect.set_options(timeout=15_000)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """In real time, in which nothing happens during a test but what the clock's hand does.

    The lesson is what a plan alone makes, without a script of its author's.
    """
    plan = shutil.copy(REPOSITORY / "lesson_content/mlops-core-components/plan.md", tmp_path)
    with visited(tmp_path / "out", plan, "--people", 3, "--rate", 1) as running:
        yield running


def come_in(browser: Browser, demo: Demo, role: str, name: str, **how: Any) -> Page:
    """Somebody new in the room, with a browser of their own; mistakes in the page fail the test."""
    # Reduced motion: what is still gliding into place may slip from under a robot's click.
    context = browser.new_context(timezone_id="UTC", locale="en-GB", reduced_motion="reduce", **how)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{name}'s page: {error}"))
    page.set_default_timeout(15_000)
    page.goto(demo.address)
    page.get_by_role("link", name=f"Come in as {role}").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Come in").click()
    expect(people(page)).to_contain_text(name)
    return page


def people(page: Page) -> Locator:
    return page.get_by_role("region", name="In the room")


def post(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_role("article").filter(has_text="Your panel")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


COUNT = """async ([text, atLeast]) => {
  for (let n = 0; n < 300; n++) {
    const page = await (await fetch(location.pathname)).text();
    const count = page.split(text).length - 1;
    if (count >= atLeast) return count;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return -1;
}"""
"""How often this stands in the page on the server, as soon as it is so often."""


def step(page: Page, title: str = "") -> None:
    """Go to the next moment, at which one more post (of this title) comes."""
    mark = f'aria-label="{title}"' if title else "<article"
    before = page.evaluate(COUNT, [mark, 0])
    with page.expect_response("**/clock/next"):
        page.get_by_role("button", name="Next step").click()
    assert page.evaluate(COUNT, [mark, before + 1]) > before, f"nothing came: {title}"


def thread(page: Page, title: str) -> Locator:
    """The thread under a post, open."""
    found = post(page, title).locator("details.thread")
    if found.get_attribute("open") is None:
        found.locator("summary").first.click()
    return found


def reply(page: Page, title: str, text: str) -> None:
    inside = thread(page, title)
    inside.get_by_label("Your reply").fill(text)
    inside.get_by_role("button", name="Reply", exact=True).click()


def of(page: Page, title: str, text: str) -> Locator:
    """The reply that reads so."""
    return thread(page, title).get_by_role("listitem").filter(has_text=text)


def deadline(page: Page, title: str) -> datetime:
    written = post(page, title).locator(".deadline time").get_attribute("datetime")
    assert written is not None
    return datetime.fromisoformat(written)


def test_people_take_part_and_find_it_all_in_the_evidence(chromium: Browser, demo: Demo) -> None:
    fay = come_in(chromium, demo, "the facilitator", "Fay", viewport=DESKTOP)
    ada = come_in(chromium, demo, "a learner", "Ada", viewport=PHONE)
    ben = come_in(chromium, demo, "a learner", "Ben Óg", viewport=DESKTOP)
    noor = come_in(chromium, demo, "a learner", "Noor", java_script_enabled=False)
    for name in ("Fay", "Ben Óg", "Noor"):
        expect(people(ada)).to_contain_text(name)

    stop_the_clock(fay, ada)
    vote(fay, ada, ben, noor)
    steer(fay, ada)
    step(fay, TALK)
    see_the_results(ben)
    talk(ada, ben, noor)
    for _ in range(STEPS):
        if fay.evaluate(COUNT, [REFLECT, 0]):
            break
        step(fay)
    reflect(ada, noor)
    step(fay)
    fay.get_by_role("button", name="Next step").click()

    assert demo.ended() == 0, demo.said
    assert str(demo.out / "evidence.html") in "".join(demo.said)
    assert "Traceback" not in "".join(demo.said)
    everything_is_in_the_evidence(demo.out)
    the_evidence_can_be_read(chromium, demo.out)


def stop_the_clock(fay: Page, ada: Page) -> None:
    clock = fay.get_by_role("region", name="The demo's clock")
    clock.get_by_role("button", name="Pause").click()
    for page in (fay, ada):
        expect(page.get_by_text("standing still")).to_be_visible()


def vote(fay: Page, ada: Page, ben: Page, noor: Page) -> None:
    step(fay, "Engage: Over to you")
    step(fay, POLL)
    poll = post(ada, POLL)
    for choice in ("Data Management", "Data pipelines"):
        poll.get_by_role("button", name=choice).click()
        expect(dialog(ada)).to_contain_text("Your vote is saved.")
        dialog(ada).get_by_role("button", name="Back to the room", exact=True).click()

    post(ben, POLL).get_by_role("link", name="Something else").click()
    dialog(ben).get_by_label("In your own words").fill(OTHER)
    dialog(ben).get_by_role("button", name="Send my vote").click()
    expect(dialog(ben)).to_contain_text(OTHER)
    dialog(ben).get_by_role("button", name="Back to the room", exact=True).click()

    noor.reload()
    post(noor, POLL).get_by_role("button", name="Data pipelines").click()
    expect(noor.get_by_text("Your vote is saved.")).to_be_visible()
    noor.get_by_role("link", name="Back to the room").click()
    expect(post(ada, POLL)).to_contain_text("3 of 6 have answered")


def steer(fay: Page, ada: Page) -> None:
    """By the panel's buttons and in words; everybody sees the poll's end move."""
    panel(fay).get_by_role("button", name="Pause").click()
    expect(panel(fay)).to_contain_text("Paused. Time stands still until you resume.")
    panel(fay).get_by_role("button", name="Resume").click()
    expect(panel(fay)).to_contain_text("Running.")
    before = deadline(ada, POLL)
    panel(fay).get_by_role("button", name="+5 minutes").click()
    later = re.compile(re.escape((before + timedelta(minutes=5)).isoformat()))
    poll = post(ada, POLL)
    expect(poll.locator(".deadline time")).to_have_attribute("datetime", later)
    fay.get_by_label("Say to Fivefold").fill("status")
    fay.get_by_role("button", name="Say").click()
    expect(dialog(fay)).to_contain_text(POLL)
    dialog(fay).get_by_role("button", name="Back to the room", exact=True).click()


def see_the_results(ben: Page) -> None:
    poll = post(ben, POLL)
    expect(poll).to_contain_text("Closed")
    expect(poll.get_by_role("figure")).to_contain_text(re.compile("Results [3-6] answered"))
    expect(poll).to_contain_text(OTHER)
    expect(poll).not_to_contain_text("Ben")


def talk(ada: Page, ben: Page, noor: Page) -> None:
    """Each sees the others' replies come, change and go without loading the page again."""
    reply(ada, TALK, "Who owns the data?")
    expect(of(ben, TALK, "Who owns the data?")).to_contain_text("Ada")
    reply(ben, TALK, "The ministry, I hope.")
    expect(of(ada, TALK, "The ministry, I hope.")).to_contain_text("Ben Óg")
    reply(ben, TALK, TAKEN_BACK)
    expect(of(ada, TALK, TAKEN_BACK)).to_be_visible()

    mine = of(ada, TALK, "Who owns the data?")
    mine.locator("summary").click()
    mine.get_by_label("What you wrote").fill(EDITED)
    mine.get_by_role("button", name="Save the change").click()
    expect(of(ben, TALK, EDITED)).to_contain_text("edited")

    his = of(ben, TALK, TAKEN_BACK)
    his.locator("summary").click()
    his.get_by_role("button", name="Take it back").click()
    expect(thread(ada, TALK)).to_contain_text("Ben Óg: taken back")
    for page in (ada, ben):
        expect(page.get_by_text(TAKEN_BACK)).to_have_count(0)

    noor.reload()
    expect(noor.get_by_text(TAKEN_BACK)).to_have_count(0)
    reply(noor, TALK, "Without a script, too.")
    expect(of(noor, TALK, "Without a script, too.")).to_contain_text("Noor")
    expect(of(ada, TALK, "Without a script, too.")).to_contain_text("Noor")


def reflect(ada: Page, noor: Page) -> None:
    asked = ada.get_by_role("article").filter(has=ada.get_by_role("link", name=REFLECT)).first
    asked.get_by_role("link", name=REFLECT).click()
    dialog(ada).get_by_role("textbox").first.fill(REFLECTED)
    dialog(ada).get_by_role("button", name="Save").click()
    expect(asked.get_by_text("Saved. You can change it")).to_be_visible()

    noor.reload()
    noor.get_by_role("link", name=REFLECT).first.click()
    noor.get_by_role("textbox").first.fill("To ask first.")
    noor.get_by_role("button", name="Save").click()
    expect(noor.get_by_text("Saved. You can change it")).to_be_visible()


def everything_is_in_the_evidence(out: Path) -> None:
    votes = {row["name"]: (row["option"], row["own_words"]) for row in rows(out, "polls")}
    assert votes["Ada"] == votes["Noor"] == ("Data pipelines", "")
    assert votes["Ben Óg"] == ("Something else", OTHER)

    said = [(row["name"], row["text"]) for row in rows(out, "responses")]
    for given in (
        ("Ada", EDITED),
        ("Ben Óg", "The ministry, I hope."),
        ("Noor", "Without a script, too."),
        ("Ada", REFLECTED),
        ("Noor", "To ask first."),
    ):
        assert given in said
    assert TAKEN_BACK not in (out / "responses.csv").read_text("utf-8")

    reflections = {row["name"]: list(row.values()) for row in rows(out, "reflections")}
    assert REFLECTED in reflections["Ada"]
    assert "To ask first." in reflections["Noor"]

    answers = evidence(out)["answers"]
    versions = [
        (a["choices"], a["stands"])
        for a in answers
        if a["name"] == "Ada" and a["activity"] == "Engage.poll"
    ]
    assert versions == [(["Data Management"], False), (["Data pipelines"], True)]
    assert any(a["text"] == EDITED and a["stands"] for a in answers)
    done = [audit["what"] for audit in evidence(out)["audits"]]
    assert [what for what in ("pause", "resume", "extend-5") if what not in done] == []


def the_evidence_can_be_read(browser: Browser, out: Path) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto((out / "evidence.html").as_uri())
    for text in ("Ada", "Ben Óg", "Noor", OTHER, EDITED, "To ask first."):
        expect(page.get_by_text(text).first).to_be_attached()
    expect(page.get_by_text(TAKEN_BACK)).to_have_count(0)
    # It can be read on a phone without moving it from side to side.
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
