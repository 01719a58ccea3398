"""Draws the pictures of the documentation: a demo with a seed, looked at with Chromium.

The clock of the demo begins at a set time, so that they look alike whenever they are drawn.
What Slack shows is drawn by `draw_slack`, and what Teams shows by `draw_teams`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.async_api import (
    Browser,
    Error,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from bot.cli.demo import AHEAD, LESSON, Demo, headless_run, one_sitting, visited_run
from bot.cli.lessons import runnable
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill
from bot.settings import Settings
from bot.web.server import listen
from docs.pictures.draw_slack import PEERS, draw_slack
from docs.pictures.draw_teams import draw_teams

HERE = Path(__file__).parent
AT = datetime(2026, 3, 2, 8, 58, tzinfo=UTC)
PEOPLE, SEED = 24, 14
"""A seed whose names every machine has letters for."""
DESKTOP, PHONE = ViewportSize(width=1280, height=960), ViewportSize(width=390, height=844)
TALL = ViewportSize(width=1280, height=1120)
SHARPNESS = 1.25
SCROLL = """(top, below) => {
  const y = top.getBoundingClientRect().top + scrollY - below;
  scrollTo({ top: y, behavior: "instant" });
}"""
UNDER_THE_HEAD = 130
"""Pixels from the top of the window to what is not covered by what stays there."""
STEPS = 8
"""More than there are before the talk."""
POLL, TALK = "Engage: Quick poll", "Engage: What do you think happened?"
REFLECT = "Write my reflection"
WORDS = "A forecast of permit requests that we trust more than we check. I would like to know who "
ANSWER = "24 January: nobody could say which version had written the letters."
THANKS = "Then the register comes first, and a name beside each model in it."


async def main() -> None:
    """Draw them all."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Drawing needs Chromium: apt-get install chromium")
    if not (PEERS / "node_modules" / ".installed").exists():
        sys.exit("Drawing what Slack and Teams show needs Node and some npm packages: make peers")
    with TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            async with room(Path(folder)) as address:
                await draw_room(browser, address)
            await draw_evidence(browser, Path(folder) / "whole")
            await draw_slack(browser)
            await draw_teams(browser)
            await browser.close()


def lesson() -> Lesson:
    """The demo's, whose places nobody fills in."""
    return fill(runnable(Path(LESSON)), {})


@asynccontextmanager
async def room(folder: Path) -> AsyncIterator[str]:
    """The address of a demo that stays as it is until its clock is turned."""
    demo = one_sitting(Demo(lesson(), PEOPLE, SEED, AT, folder / "visited"))
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    running = asyncio.create_task(visited_run(demo, database(demo), 1, port))
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.cancel()
        await asyncio.wait({running})


def database(demo: Demo) -> Settings:
    """Settings with a new database in the demo's folder."""
    demo.out.mkdir(parents=True)
    return replace(Settings(), database=f"sqlite:///{demo.out / 'pictures.db'}")


async def visit(
    browser: Browser,
    address: str,
    size: ViewportSize,
    role: str,
    name: str,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    """Somebody's page of the room."""
    context = await browser.new_context(
        viewport=size,
        device_scale_factor=SHARPNESS,
        timezone_id="UTC",
        locale="en-GB",
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    for _ in range(100):
        try:
            await page.goto(address)
            break
        except Error:
            await asyncio.sleep(0.1)
    await page.get_by_role("link", name=f"Come in as {role}").click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Come in").click()
    return page


def post(page: Page, title: str) -> Locator:
    """A post of the room."""
    return page.get_by_role("article", name=title, exact=True)


async def turn(page: Page, *buttons: str) -> None:
    """Turn the demo's clock."""
    clock = page.get_by_role("region", name="The demo's clock")
    for button in buttons:
        async with page.expect_response("**/clock/*"):
            await clock.get_by_role("button", name=button).click()


async def draw_room(browser: Browser, address: str) -> None:
    """What a learner sees on a phone and on a desk, by day and by night, and the facilitator."""
    leader = await visit(browser, address, DESKTOP, "the facilitator", "Grace")
    phone = await visit(browser, address, PHONE, "a learner", "Jonas")
    night = await visit(browser, address, PHONE, "a learner", "Mira", "dark")
    desk = await visit(browser, address, TALL, "a learner", "Amira")
    await turn(leader, "Pause")
    await step_until(leader, post(phone, POLL))
    await run_until(leader, post(leader, POLL), "1[0-9] of")
    for page, option in ((phone, 0), (desk, 2)):
        await post(page, POLL).get_by_role("button").nth(option).click()
        await expect(page.get_by_role("dialog")).to_contain_text("Your vote is saved.")
    await picture(phone, "room-results-phone")
    for page in (phone, desk):
        await page.keyboard.press("Escape")
    await picture(phone, "room-learner-phone", post(phone, POLL))
    await night.get_by_role("link", name=REFLECT).first.click()
    await night.get_by_role("dialog").get_by_role("textbox").first.fill(WORDS)
    await picture(night, "room-form-phone-dark")
    await night.keyboard.press("Escape")

    await step_until(leader, post(desk, TALK))
    await run_until(leader, post(leader, TALK), "1[0-9] of")
    await reply(desk, ANSWER)
    await reply(phone, THANKS)
    for page in (phone, desk, night):
        await page.get_by_role("navigation").get_by_role("link", name="My part").click()
        await expect(page.get_by_role("dialog")).to_contain_text("What I gave")
    await picture(phone, "room-my-part-phone")
    await picture(night, "room-my-part-phone-dark")
    await picture(desk, "room-my-part-desktop")
    for page in (phone, desk):
        await page.keyboard.press("Escape")
    await picture(
        phone, "room-thread-phone", post(phone, TALK).locator(".replies > :last-child"), 560
    )
    await picture(desk, "room-learner-desktop", post(desk, TALK))
    panel = leader.get_by_role("article").filter(has_text="Your panel")
    await panel.first.get_by_role("button", name="+5 minutes").click()
    await expect(panel.first).to_contain_text("09:28", timeout=60_000)
    await picture(leader, "room-facilitator", post(leader, POLL))


async def reply(page: Page, words: str) -> None:
    """Say this in the talk."""
    talk = post(page, TALK)
    if await talk.locator("details.thread").get_attribute("open") is None:
        await talk.locator("summary").first.click()
    await talk.get_by_label("Your reply").fill(words)
    await talk.get_by_role("button", name="Reply", exact=True).click()
    await expect(talk.locator(".reply.mine")).to_contain_text(words)


async def step_until(page: Page, where: Locator) -> None:
    """Click through the demo until this is there."""
    for _ in range(STEPS):
        if await where.count():
            return
        await turn(page, "Next step")
        with suppress(AssertionError):
            await expect(where).to_be_visible(timeout=3_000)
    raise AssertionError("the demo never came to this")


async def run_until(page: Page, where: Locator, text: str) -> None:
    """Let the demo go on, fast, until this is to be read."""
    await turn(page, *["Faster"] * 4, "Run")
    await expect(where).to_contain_text(re.compile(text), timeout=60_000)
    await turn(page, "Pause", *["Slower"] * 4)


async def draw_evidence(browser: Browser, out: Path) -> None:
    """The page of evidence of a whole lesson."""
    demo = Demo(lesson(), PEOPLE, SEED, AT + AHEAD, out)
    await headless_run(demo, database(demo))
    page = await browser.new_page(viewport=DESKTOP, device_scale_factor=SHARPNESS)
    await page.goto((out / "evidence.html").as_uri())
    await picture(page, "evidence")


async def picture(
    page: Page, name: str, top: Locator | None = None, below: int = UNDER_THE_HEAD
) -> None:
    """Keep what the page shows, with this so many pixels below its top."""
    if top is not None:
        await top.evaluate(SCROLL, below)
    await page.evaluate("document.getElementById('jump')?.setAttribute('hidden', '')")
    await page.mouse.move(0, 0)
    await page.evaluate(
        "document.activeElement?.matches('dialog *') || document.activeElement?.blur()"
    )
    await page.screenshot(path=HERE / f"{name}.png", animations="disabled", caret="hide")
    print(HERE / f"{name}.png")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
