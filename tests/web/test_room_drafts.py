"""What somebody has begun to write stays in their browser until it is sent, and theirs alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.chat.answer import NotSaved
from tests.web.showroom import DESKTOP, LIVE, POLL, TALK, Showroom

pytestmark = pytest.mark.browser

RESTORED = "This is what you had begun to write; it is not sent yet."
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('fivefold draft')).length"
DENIED = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied"); } });
}"""


@pytest.fixture
async def ada(showroom: Showroom, chromium: Browser) -> Page:
    return await showroom.visit(chromium, "Ada", viewport=DESKTOP)


def box(page: Page) -> Locator:
    return page.get_by_role("article", name=TALK.summary).get_by_label("Your reply")


async def reply(page: Page) -> None:
    talk = page.get_by_role("article", name=TALK.summary)
    await talk.get_by_role("button", name="Reply", exact=True).click()


async def form(page: Page) -> Locator:
    poll = page.get_by_role("article", name=POLL.summary)
    await poll.get_by_role("link", name="Something else").click()
    return page.get_by_role("dialog")


async def test_a_reply_one_has_begun_is_there_again_with_a_quiet_note(ada: Page) -> None:
    await box(ada).fill("Who owns\nthe data?")
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    await expect(box(ada)).to_have_value("Who owns\nthe data?")
    await expect(ada.get_by_text(RESTORED)).to_be_visible()
    await ada.get_by_role("button", name="Discard it").click()
    await expect(box(ada)).to_have_value("")
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    await expect(box(ada)).to_have_value("")
    assert await ada.evaluate(KEPT) == 0


async def test_what_was_saved_is_no_draft_any_more(ada: Page) -> None:
    await box(ada).fill("It is sent.")
    await reply(ada)
    await expect(ada.locator(".reply")).to_contain_text("It is sent.")
    assert await ada.evaluate(KEPT) == 0
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    await expect(box(ada)).to_have_value("")
    await expect(ada.get_by_text(RESTORED)).to_have_count(0)


async def test_what_could_not_be_saved_stays(showroom: Showroom, ada: Page) -> None:
    async def fails(event: object) -> NotSaved:
        return NotSaved("Please try again in a moment.")

    showroom.house.room.hear = fails
    await box(ada).fill("Keep this.")
    await reply(ada)
    await expect(ada.get_by_text("Please try again in a moment.")).to_be_visible()
    await expect(box(ada)).to_have_value("Keep this.")
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    await expect(box(ada)).to_have_value("Keep this.")


async def test_every_field_of_a_form_is_kept(ada: Page) -> None:
    dialog = await form(ada)
    await dialog.get_by_label("Why is that?").fill("Because.")
    sure = dialog.get_by_role("group", name="How sure are you?").get_by_label("Nobody watched")
    parts = dialog.get_by_role("group", name="Which parts?").get_by_role("checkbox")
    await sure.check()
    await parts.nth(0).check()
    await parts.nth(2).check()
    await dialog.get_by_label("By when?").fill("2026-02-03")
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    dialog = await form(ada)
    await expect(dialog.get_by_text(RESTORED)).to_be_visible()
    await expect(dialog.get_by_label("Why is that?")).to_have_value("Because.")
    await expect(sure).to_be_checked()
    assert [await parts.nth(n).is_checked() for n in range(3)] == [True, False, True]
    await expect(dialog.get_by_label("By when?")).to_have_value("2026-02-03")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    dialog = await form(ada)
    await expect(dialog.get_by_label("Why is that?")).to_have_value("")


async def test_nobody_else_at_the_same_machine_is_given_ones_words(
    showroom: Showroom, ada: Page
) -> None:
    await box(ada).fill("Between me and me.")
    await ada.goto(showroom.address + showroom.house.room.entry_link("main", "bo"))
    await ada.get_by_label("Your name").fill("Bo")
    await ada.get_by_role("button", name="Come in").click()
    await ada.locator(f"{LIVE} #posts").wait_for()
    await expect(box(ada)).to_have_value("")
    assert "Between me and me." not in await ada.content()


async def test_whoever_leaves_leaves_no_draft_behind(ada: Page) -> None:
    await box(ada).fill("Not for the next one.")
    await expect(box(ada)).to_have_value("Not for the next one.")
    assert await ada.evaluate(KEPT) == 1
    await ada.get_by_text("Leave the room").click()
    await ada.get_by_role("button", name="Leave").click()
    await ada.get_by_text("To come into a room").wait_for()
    assert await ada.evaluate(KEPT) == 0


async def test_a_browser_that_keeps_nothing_can_do_everything_else(
    showroom: Showroom, chromium: Browser
) -> None:
    page = await showroom.visit(chromium, "Ada", viewport=DESKTOP)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    await page.add_init_script(DENIED)
    await page.reload()
    await page.locator(LIVE).wait_for()
    await page.get_by_role("button", name="Light or dark").click()
    await box(page).fill("Said all the same.")
    await reply(page)
    await expect(page.locator(".reply")).to_contain_text("Said all the same.")
    poll = page.get_by_role("article", name=POLL.summary)
    vote = poll.get_by_role("button", name="The data changed")
    await vote.click()
    await page.keyboard.press("Escape")
    await expect(vote).to_have_attribute("aria-pressed", "true")
    assert mistakes == []
