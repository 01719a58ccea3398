"""Three people hand in and review each other blind, in real browsers; one never comes to review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.demos import Demo, evidence, rows, visited
from tests.e2e.test_room_two_learners import (
    DESKTOP,
    PHONE,
    come_in,
    dialog,
    post,
    step,
    stop_the_clock,
)

pytestmark = pytest.mark.browser

HAND_IN, REVIEW = "Engage: Hand in your design", "Engage: Review each other’s work"
PLAN = """\
# Lesson Plan: Permits for everybody

## Lesson Overview
- **Audience:** Public officials
- **Duration:** 1 hour

## Learning Objectives
- Design a counter that everybody finds

## 5E Instructional Model

### Engage (60 minutes)
- **Purpose:** To begin.
- **Learner Activities:** Hand in, and review each other.
"""
SCRIPT = """\
phases:
  Engage:
    do:
      - submission: What would your counter look like?
        title: Hand in your design
        minutes: 20
      - peer_review:
          - {id: whole, title: It is whole, levels: {4: Nothing is missing.}}
          - {id: clear, title: It is clear}
        release: facilitator
        minutes: 40
"""
NAMES = ("Adaeze Obi", "Benoît Roux", "Cemile Kaya")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Nobody is there but who comes in, and nothing happens but what the clock's hand does."""
    lesson = tmp_path / "permits"
    lesson.mkdir()
    (lesson / "plan.md").write_text(PLAN, "utf-8")
    (lesson / "script.yaml").write_text(SCRIPT, "utf-8")
    with visited(tmp_path / "out", lesson, "--people", 0, "--rate", 1) as running:
        yield running


def heard_by(page: Page) -> list[str]:
    """Everything that comes to somebody's browser from now on."""
    bodies: list[str] = []

    def keep(response: Response) -> None:
        kind = response.headers.get("content-type", "")
        if "html" in kind or "json" in kind:
            bodies.append(response.text())

    page.on("requestfinished", lambda request: keep(r) if (r := request.response()) else None)
    return bodies


def back(page: Page) -> None:
    dialog(page).get_by_role("button", name="Back to the room", exact=True).click()
    expect(dialog(page)).to_be_hidden()


def hand_in(page: Page, text: str) -> None:
    post(page, HAND_IN).get_by_role("link", name="Hand in", exact=True).click()
    dialog(page).get_by_label(re.compile("^The work")).fill(text)
    dialog(page).get_by_role("button", name="Hand in", exact=True).click()
    expect(post(page, HAND_IN)).to_contain_text("Saved.")


def judge(page: Page, level: str, comment: str) -> None:
    """One step of a review."""
    dialog(page).get_by_label(level).check()
    dialog(page).get_by_label("Why?").fill(comment)
    dialog(page).get_by_role("button", name=re.compile("^Save")).click()


def review(page: Page, comment: str) -> None:
    """Both of one's reviews, each to its end."""
    post(page, REVIEW).get_by_role("link", name="Give feedback").click()
    for _ in range(2):
        dialog(page).get_by_role("link", name="Review", exact=True).first.click()
        judge(page, "3 · Accomplished", comment)
        expect(dialog(page)).to_contain_text("step 2 of 2")
        judge(page, "4 · Exemplary", comment)
        expect(dialog(page)).to_contain_text("Your reviews")
    expect(dialog(page)).to_contain_text("You have done them all. Thank you!")
    back(page)


def override(fay: Page) -> None:
    """The facilitator reviews a work in place of the peers, and releases everything."""
    board = fay.get_by_role("article").filter(has_text="Reviews: Review each other")
    board.get_by_role("link", name="See the works").click()
    expect(dialog(fay)).to_contain_text(NAMES[0])
    dialog(fay).get_by_role("link", name="Open").first.click()
    expect(dialog(fay)).to_contain_text("Review by Benoît Roux")
    dialog(fay).get_by_role("link", name="Write my own review").click()
    for n in (1, 2):
        expect(dialog(fay)).to_contain_text(f"step {n} of 3")
        judge(fay, "2 · Developing", "Where is the entrance?")
    dialog(fay).get_by_label("In their place: the author sees only mine").check()
    dialog(fay).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(fay)).to_contain_text("Where is the entrance?")
    back(fay)
    board.get_by_role("button", name="Release the reviews now").click()


def test_three_review_each_other_blind_and_one_never_comes(chromium: Browser, demo: Demo) -> None:
    fay = come_in(chromium, demo, "the facilitator", "Fay", viewport=DESKTOP)
    ada = come_in(chromium, demo, "a learner", NAMES[0], viewport=PHONE)
    ben = come_in(chromium, demo, "a learner", NAMES[1], viewport=DESKTOP)
    cem = come_in(chromium, demo, "a learner", NAMES[2], viewport=PHONE)
    stop_the_clock(fay, ada)
    step(fay, HAND_IN)
    to_ben = heard_by(ben)
    for page, text in ((ada, "A bell at the door"), (ben, "One door"), (cem, "No door at all")):
        hand_in(page, text)
    step(fay, REVIEW)
    review(ada, "Said by one of you")
    review(ben, "Said by another of you")
    expect(post(ada, REVIEW)).to_contain_text("4 of 6 reviews are in")
    override(fay)

    ada.get_by_role("link", name="Only you").click()
    got = ada.get_by_role("article").filter(has_text="Feedback on your work")
    expect(got).to_contain_text("Where is the entrance?")
    expect(got).not_to_contain_text("Said by another of you")
    got = ben.get_by_role("article").filter(has_text="Feedback on your work")
    expect(got).to_contain_text("Said by one of you")
    for name in NAMES:
        expect(got).not_to_contain_text(name)
    got.get_by_role("link", name="Say what I will change").click()
    dialog(ben).get_by_label("What will you change").fill("I shall add a bell")
    dialog(ben).get_by_role("button", name="Save").click()
    expect(dialog(ben)).to_contain_text("I shall add a bell")
    back(ben)

    for _ in range(8):
        if demo.process.poll() is not None:
            break
        fay.get_by_role("button", name="Next step").click()
        fay.wait_for_timeout(300)
    assert demo.ended() == 0, demo.said
    all_of_it_is_in_the_evidence(demo.out)
    nothing_names_a_reviewer(demo.out, to_ben)


def all_of_it_is_in_the_evidence(out: Path) -> None:
    works = {row["owner_name"]: row["text"] for row in rows(out, "submissions")}
    assert works == dict(
        zip(NAMES, ("A bell at the door", "One door", "No door at all"), strict=True)
    )
    reviews = rows(out, "peer_reviews")
    peers = [row for row in reviews if row["said_by"] == "peer" and row["comment"]]
    assert {(row["reviewer_name"], row["author_name"]) for row in peers} == {
        (NAMES[0], NAMES[1]),
        (NAMES[0], NAMES[2]),
        (NAMES[1], NAMES[0]),
        (NAMES[1], NAMES[2]),
    }
    assert {row["state"] for row in reviews if row["reviewer_name"] == NAMES[2]} == {"lapsed"}
    mine = [row for row in reviews if row["said_by"] == "facilitator"]
    assert {row["comment"] for row in mine} == {"Where is the entrance?"}
    assert "I shall add a bell" in (out / "evidence.html").read_text("utf-8")


def nothing_names_a_reviewer(out: Path, bodies: list[str]) -> None:
    """Of all that came to an author's browser, what is about reviews has no name and no id."""
    assert len(bodies) > 10
    people = {p["name"]: p["id"] for p in evidence(out)["participants"]}
    for name in (NAMES[0], NAMES[2]):
        assert not [body for body in bodies if people[name] in body]
    feedback = [body for body in bodies if "Said by one of you" in body]
    assert feedback
    for body in feedback:
        articles = re.findall(r"<article.*?</article>", body, re.DOTALL) or [body]
        about = [each for each in articles if "Said by one of you" in each]
        assert about
        for each in about:
            assert not [name for name in NAMES if name in each]
