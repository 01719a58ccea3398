"""A learner takes part in the Playground's own page, on a phone and at a desk."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.every_kind import permits
from tests.e2e.test_teams_lesson import Class
from tests.teams.playground import LESSON
from tests.teams.playground_page import DESKTOP, PHONE, opened
from tests.teams.running import running

pytestmark = [pytest.mark.peers, pytest.mark.browser]

POLL, BACK = "Engage: Where people get lost", "Engage: Look back"
HALF, WHOLE = "Nobody sees the ", "Nobody sees the bell.\n*Really* <b>nobody</b>."

expect.set_options(timeout=15_000)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser as people have it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


async def test_a_learner_takes_part_on_a_phone_and_at_a_desk(
    tmp_path: Path, browser: Browser
) -> None:
    async with running(tmp_path, permits(tmp_path), me="ana") as house:
        lesson = Class(house)
        phone = await opened(browser, house.play, PHONE)
        desk = await opened(browser, house.play, DESKTOP)
        for each in (phone, desk):
            await each.go("Lesson")
        await lesson.schedule()
        await house.play.mention(lesson.fay, LESSON, "start")

        poll = await lesson.until("Where people get lost")
        await phone.press(phone.cards(POLL), "At the door")
        await expect(phone.thread("Results so far")).to_contain_text("Your vote is saved.")
        await desk.press(desk.cards(POLL), "Something else …")
        own = desk.cards(POLL).get_by_label("In your own words")
        await own.fill(HALF)
        await lesson.press(lesson.bo, "At the desk", poll)
        await lesson.say(lesson.fay, "+5")
        await house.run_for(1)
        await expect(desk.thread(POLL)).to_contain_text("2 people have answered")
        await expect(desk.thread(POLL)).to_contain_text("9:20")
        await expect(own).to_have_value(HALF)
        await own.fill(WHOLE)
        await desk.press(desk.cards(POLL), "Send my vote")
        await expect(desk.thread("Results so far")).to_contain_text("Nobody sees the bell.")

        await lesson.until("Look back")
        await phone.press(phone.cards(BACK), "Write my reflection")
        await phone.cards(BACK).get_by_label("What will you do tomorrow?").fill(WHOLE)
        await phone.press(phone.cards(BACK), "Save")
        await expect(phone.thread(BACK)).to_contain_text("Saved. You can change it")
        await desk.go("Personal Chat")
        await desk.says("my part")
        await expect(desk.cards("My part")).to_contain_text("What I gave")
        await expect(desk.cards("My part")).to_contain_text("<b>nobody</b>")

        saved = await lesson.evidence()
        given = [a["text"] for a in saved["answers"] if a["name"] == "Ana" and a["stands"]]
        assert given == [WHOLE, WHOLE]
        assert house.play.refused() == []
