"""One learner takes part in a whole phase with the keyboard alone, and is told what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.demos import Demo, evidence, visited

pytestmark = pytest.mark.browser

DESKTOP = ViewportSize(width=1280, height=800)
POLL, TALK, REFLECT = "Quick poll", "What went wrong", "Look back"
PLAN = """\
# Lesson Plan: Permits for everybody

## Lesson Overview
- **Audience:** Public officials
- **Duration:** 1 hour

## Learning Objectives
- Name what went wrong

## 5E Instructional Model

### Engage (60 minutes)
- **Purpose:** To begin.
"""
SCRIPT = """\
phases:
  Engage:
    do:
      - poll: Which part failed first?
        options: [The data, The model, The people]
        minutes: 20
        read: [case.md]
      - discussion: What went wrong in the case?
        title: What went wrong
        minutes: 20
      - reflection: [What will you change?, What is still unclear?]
        minutes: 20
"""
MOST = 120
"""Key presses after which whoever has not come to a control never will."""

ACTIVE = """() => {
  let at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const top = document.querySelector(".top").getBoundingClientRect().bottom;
  return {
    name: (at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent || "")
      .replace(/\\s+/g, " ").trim(),
    tag: at.localName,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    inside: Boolean(at.closest("dialog")),
    covered: !at.closest("dialog, .top, .clock, .skip") && box.bottom <= top,
  };
}"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A lesson of one phase in real time, in which nothing happens but what the clock's hand
    does."""
    lesson = tmp_path / "permits"
    lesson.mkdir()
    (lesson / "plan.md").write_text(PLAN, "utf-8")
    (lesson / "script.yaml").write_text(SCRIPT, "utf-8")
    (lesson / "case.md").write_text("# The case\n\nNobody asked the people.\n", "utf-8")
    with visited(tmp_path / "out", lesson, "--people", 3, "--rate", 1) as running:
        yield running


class Keys:
    """Somebody at a keyboard, who looks at each step whether they see where they are."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.trouble: list[str] = []

    def at(self) -> dict[str, object]:
        """Where the focus is; what is wrong with that is kept as ``trouble``."""
        found: dict[str, object] | None = self.page.evaluate(ACTIVE)
        if found is None:
            return {"name": "", "tag": "body", "inside": False}
        where = f"{found['tag']} {str(found['name'])[:40]}"
        if not found["outlined"]:
            self.trouble.append(f"not seen: {where}")
        if not found["inView"] or found["covered"]:
            self.trouble.append(f"out of sight: {where}")
        return found

    def press(self, *keys: str) -> None:
        """Press them one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, name: str, tag: str = "", key: str = "Tab") -> None:
        """Press Tab until the focus is on what is called so."""
        wanted = re.compile(name)
        for _ in range(MOST):
            found = self.at()
            if wanted.search(str(found["name"])) and tag in ("", found["tag"]):
                return
            self.press(key)
        raise AssertionError(f"never came to {name}: {self.trouble}")

    def do(self, name: str, tag: str = "", key: str = "Enter") -> None:
        """Go there and press."""
        self.go_to(name, tag)
        self.press(key)

    def write(self, text: str) -> None:
        """Write where the focus is."""
        self.page.keyboard.type(text)

    def tab_through(self) -> list[dict[str, object]]:
        """Every stop of a whole round within the open window."""
        first, stops = self.at(), []
        for _ in range(MOST):
            self.press("Tab")
            stops.append(self.at())
            if stops[-1]["name"] == first["name"]:
                break
        return stops


def step(page: Page, post: Locator) -> None:
    """Turn the clock to the next moment, as nobody would do in a lesson, until it has come."""
    for _ in range(6):
        with page.expect_response("**/clock/next"):
            page.evaluate(
                "[...document.querySelectorAll('.clock button')]"
                ".find((button) => button.textContent === 'Next step').click()"
            )
        with suppress(AssertionError):
            expect(post).to_be_attached(timeout=5_000)
            return
    raise AssertionError("it never came")


def come_in(page: Page, demo: Demo, keys: Keys) -> None:
    page.goto(demo.address)
    keys.press("Tab")
    for _ in range(MOST):
        if page.evaluate("document.activeElement.textContent") == "Come in as a learner":
            break
        keys.press("Tab")
    keys.press("Enter")
    page.get_by_label("Your name").wait_for()
    for _ in range(MOST):
        if page.evaluate("document.activeElement.id") == "name":
            break
        keys.press("Tab")
    keys.write("Kay")
    keys.press("Enter")
    page.locator("html[data-script=live] #posts").wait_for(state="attached")


def test_a_whole_phase_is_done_with_the_keyboard_alone(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(
        viewport=DESKTOP, timezone_id="UTC", locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{error}"))
    page.set_default_timeout(15_000)
    keys = Keys(page)
    come_in(page, demo, keys)
    expect(page.get_by_role("status").first).to_be_attached()
    dialog = page.get_by_role("dialog")

    # The poll: read the case, come back to where one was, and vote.
    poll = page.get_by_role("article", name=re.compile(POLL))
    step(page, poll)
    expect(page.locator("#announcer")).to_have_text(re.compile(POLL))
    keys.do("Read: The case", "a")
    expect(dialog).to_contain_text("Nobody asked the people.")
    expect(dialog).to_have_accessible_name("The case")
    assert all(stop["inside"] or stop["tag"] == "body" for stop in keys.tab_through())
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(poll.get_by_role("link", name="Read: The case")).to_be_focused()
    keys.at()
    keys.go_to("The model", "button", "Shift+Tab")
    keys.press("Space")
    expect(dialog).to_contain_text("Your vote is saved.")
    keys.press("Escape")
    mine = poll.get_by_role("button", name="The model")
    expect(mine).to_be_focused()
    expect(mine).to_have_attribute("aria-pressed", "true")

    # The talk: a reply, then its change.
    talk = page.get_by_role("article", name=re.compile(TALK))
    step(page, talk)
    keys.go_to("Your reply", "textarea")
    keys.write("Nobody asked us.")
    keys.do("^Reply$", "button")
    expect(talk.locator(".reply.mine")).to_contain_text("Nobody asked us.")
    keys.go_to("Change or take back", "summary", "Shift+Tab")
    keys.press("Enter")
    keys.go_to("What you wrote", "textarea")
    keys.press("Control+End")
    keys.write(" Nor the others.")
    keys.do("Save the change", "button")
    expect(talk.locator(".reply.mine")).to_contain_text("Nobody asked us. Nor the others.")
    assert keys.page.evaluate("document.activeElement !== document.body")

    # The reflection: a form whose first field is wanting, then whole.
    reflect = page.get_by_role("article", name=re.compile(REFLECT))
    step(page, reflect)
    keys.do("^Write my reflection", "a")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading").first).to_be_focused()
    keys.go_to("What will you change", "textarea")
    keys.write("I ask first.")
    keys.go_to("What is still unclear", "textarea")
    keys.write("Who decides?")
    keys.do("Save", "button")
    expect(dialog).to_be_hidden()
    expect(reflect.get_by_role("status")).to_contain_text("Saved")
    expect(reflect.get_by_role("link", name="Write my reflection")).to_be_focused()

    # One's own part: what was given stands in it, and one comes back to where one was.
    keys.go_to("^My part$", "a", "Shift+Tab")
    keys.press("Enter")
    expect(dialog).to_contain_text("I ask first.")
    keys.do("Close", "button")
    expect(dialog).to_be_hidden()
    page.wait_for_function("document.activeElement.textContent.trim() === 'My part'")
    keys.at()

    assert keys.trouble == []
    names_are_said(page)
    demo.process.terminate()
    demo.ended()
    kept = {(a["name"], a["text"]) for a in evidence(demo.out)["answers"] if a["stands"]}
    for text in ("Nobody asked us. Nor the others.", "I ask first.", "Who decides?"):
        assert ("Kay", text) in kept
    votes = [a for a in evidence(demo.out)["answers"] if a["name"] == "Kay" and a["choices"]]
    assert [vote["choices"] for vote in votes] == [["The model"]]


def names_are_said(page: Page) -> None:
    """What a screen reader is given: landmarks, named posts, and regions that speak up."""
    tree = page.locator("body").aria_snapshot()
    for said in (
        "banner",
        'navigation "In this room"',
        "main",
        'region "Conversation"',
        'region "Only you see this"',
        'region "In the room"',
        'textbox "Say to Fivefold"',
        f'article "Engage: {POLL}"',
        f'article "Engage: {TALK}"',
        'link "My part"',
    ):
        assert said in tree, said
    unnamed = re.findall(r"- (?:button|link|textbox|article|checkbox|radio)(?: \[\w+\])*:?$", tree)
    assert unnamed == []
    assert page.locator("[aria-live], [role=status]").count() >= 4
