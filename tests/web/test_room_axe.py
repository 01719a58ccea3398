"""Every page of the room keeps every rule of axe: light and dark, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from bot.chat.answer import Refused
from bot.platforms.room.adapter import FACILITATOR
from tests.web.showroom import CLOSED, DESKTOP, HANDOUT, MAIN, PHONE, Showroom

pytestmark = [pytest.mark.browser, pytest.mark.peers]
AXE = Path(__file__).parents[1] / "peers/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  // Every rule, also those that are off or experimental unless one asks for them.
  const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
  // One of the strictest level, for which text on a coloured ground would have to be black.
  rules["color-contrast-enhanced"] = { enabled: false };
  const found = await axe.run(document, { rules, resultTypes: ["violations"] });
  return found.violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(({ html, failureSummary }) =>
      `${html.slice(0, 200)} ${failureSummary}`).join(" | ").slice(0, 900)}`);
}"""

Scheme = Literal["light", "dark"]


async def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than its screen."""
    # Axe is put in beside the page, which takes no script from anywhere but its own server.
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(RUN)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["wider than the screen"] if wide else [])]


WAYS = pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", PHONE), ("dark", PHONE), ("light", DESKTOP), ("dark", DESKTOP)],
    ids=["light phone", "dark phone", "light desktop", "dark desktop"],
)


@WAYS
async def test_a_learners_room_keeps_every_rule(
    showroom: Showroom, chromium: Browser, scheme: Scheme, size: Any
) -> None:
    how = {"color_scheme": scheme, "viewport": size}
    other = await showroom.visit(chromium, "بلال")
    page = await showroom.visit(chromium, "Ada", **how)
    found: dict[str, list[str]] = {}

    async def judge(where: str) -> None:
        found[where] = await violations(page)

    await judge("room")
    for each, words in ((other, "<b>Hello</b>"), (page, "Mine.")):
        thread = each.get_by_role("article", name="Explain: Let’s talk")
        await thread.get_by_label("Your reply").fill(words)
        await thread.get_by_role("button", name="Reply", exact=True).click()
        await expect(page.locator(".reply").filter(has_text=words)).to_be_visible()
    await page.locator(".own > summary").click()
    await (
        page.get_by_text("Add a late reply")
        .locator("visible=true")
        .or_(page.locator("#posts"))
        .first.wait_for()
    )
    await page.locator("details").evaluate_all("all => all.forEach((d) => { d.open = true; })")
    await judge("thread")

    poll = page.get_by_role("article", name="Engage: Quick poll")
    dialog = page.get_by_role("dialog")
    await poll.get_by_role("button", name="The data changed").click()
    await expect(dialog).to_contain_text("Your vote is saved.")
    await judge("results")
    await page.keyboard.press("Escape")
    await judge("voted")
    await page.get_by_role("link", name="Read: Paper 1").click()
    await expect(dialog).to_contain_text("Much to read.")
    await judge("handout")
    await page.keyboard.press("Escape")
    await poll.get_by_role("link", name="Something else").click()
    await judge("form")
    await dialog.get_by_label("Why is that?").fill("short")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("Say a little more.")
    await judge("corrected form")
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="My part").first.click()
    await expect(dialog).to_contain_text("Your part")
    await judge("my part")
    await dialog.get_by_role("link", name="Give feedback").click()
    await expect(dialog).to_contain_text("Criterion 1 of 2")
    await judge("step")
    await page.keyboard.press("Escape")
    showroom.ear.part = Refused("There is nothing yet.")
    await page.get_by_role("link", name="My part").first.click()
    await expect(page.get_by_text("There is nothing yet.")).to_be_visible()
    await judge("refused")

    # What is new while one reads something else, and what is private.
    await page.evaluate("scrollTo(0, 0)")
    await showroom.house.room.post(MAIN, CLOSED, key="later")
    who = await showroom.house.person("Ada")
    await showroom.house.room.post(who, HANDOUT, key="mine")
    await expect(page.locator("#messages article")).to_have_count(1)
    await judge("news")
    await page.get_by_role("link", name="Only you").click()
    await judge("only you")
    assert not any(found.values()), found


@WAYS
async def test_a_facilitators_room_keeps_every_rule(
    showroom: Showroom, chromium: Browser, scheme: Scheme, size: Any
) -> None:
    page = await showroom.visit(chromium, "Fay", FACILITATOR, color_scheme=scheme, viewport=size)
    await page.get_by_role("link", name="Only you").click()
    found = {"column": await violations(page)}
    await page.get_by_role("button", name="Status").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Running.")
    found["status"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.locator("details").evaluate_all("all => all.forEach((d) => { d.open = true; })")
    found["unfolded"] = await violations(page)
    assert not any(found.values()), found


@WAYS
async def test_the_pages_around_the_room_keep_every_rule(
    showroom: Showroom, chromium: Browser, scheme: Scheme, size: Any
) -> None:
    how = {"color_scheme": scheme, "viewport": size}
    page = await showroom.stranger(chromium, **how)
    room = showroom.house.room
    found = {}

    async def judge(path: str) -> None:
        await page.goto(showroom.address + path)
        found[path] = await violations(page)

    links = (room.entry_link("main"), room.entry_link("main", "fay"))
    for path in ("/", "/room/main", "/nothing", *links):
        await judge(path)
    name, come_in = page.get_by_label("Your name"), page.get_by_role("button", name="Come in")
    await name.evaluate("field => { field.removeAttribute('maxlength'); }")
    await name.fill("x" * 90)
    await come_in.click()
    await expect(page.get_by_text("Please give a name")).to_be_visible()
    found["a name that is too long"] = await violations(page)
    await name.fill("Fay")
    await come_in.click()
    await page.locator("#posts").wait_for()
    # What a browser without scripts gets: an answer on a page of its own.
    for path in ("/", "/room/other", "/room/main/part", "/room/main/form?callback=f.open.form..."):
        await judge(path)
    room.open_entry = True
    await judge("/")
    room.open_entry = False
    await page.goto(f"{showroom.address}/room/main")
    await page.get_by_role("link", name="People").click()
    await page.get_by_text("Leave the room").click()
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_text("To come into a room")).to_be_visible()
    found["signed out"] = await violations(page)
    assert not any(found.values()), found


async def test_what_breaks_a_rule_is_found(showroom: Showroom, chromium: Browser) -> None:
    page = await showroom.stranger(chromium)
    await page.goto(showroom.address)
    await page.evaluate(
        "document.querySelector('h1').style.color = 'color-mix(in srgb, gray, white)'"
    )
    await page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    found = " ".join(await violations(page))
    assert "color-contrast" in found
    assert "button-name" in found
