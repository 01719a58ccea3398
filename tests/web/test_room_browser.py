"""The room with its scripts: what appears where, what is marked, and what stays in its place."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.chat.answer import Saved
from bot.chat.event import Commanded, Event, FormSubmitted, Picked
from bot.chat.message import Deadline, Heading, Message, Text
from bot.platforms.room.adapter import FACILITATOR, person
from tests.web.rooms import START
from tests.web.showroom import (
    DESKTOP,
    LIVE,
    MAIN,
    PHONE,
    POLL,
    PROMPT,
    TALK,
    Showroom,
    panel,
)

pytestmark = pytest.mark.browser


@pytest.fixture
async def ada(showroom: Showroom, chromium: Browser) -> AsyncIterator[Page]:
    """Ada at a desk; a mistake in her page fails the test."""
    page = await showroom.visit(chromium, "Ada", viewport=DESKTOP)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    assert mistakes == []


def post(page: Page, message: Message) -> Locator:
    return page.get_by_role("article", name=message.summary, exact=True)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def heard(showroom: Showroom) -> list[type[Event]]:
    return [type(event) for event in showroom.ear.events]


async def test_ones_own_vote_is_marked_and_stays_so(showroom: Showroom, ada: Page) -> None:
    mine = post(ada, POLL).get_by_role("button", name="The data changed")
    other = post(ada, POLL).get_by_role("button", name="Nobody watched")
    await other.click()
    await expect(dialog(ada)).to_contain_text("Your vote is saved.")
    await ada.keyboard.press("Escape")
    await mine.click()
    await expect(dialog(ada)).to_be_visible()
    await ada.keyboard.press("Escape")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await expect(other).to_have_attribute("aria-pressed", "false")

    ref = await showroom.house.room.find(MAIN, "p1")
    assert ref is not None
    changed = replace(POLL, blocks=(*POLL.blocks, Text(("4 of 24",))))
    await showroom.house.room.edit(ref, changed)
    await expect(post(ada, POLL)).to_contain_text("4 of 24")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    await expect(mine).to_have_attribute("aria-pressed", "true")


async def test_nobody_who_comes_after_one_in_the_same_browser_sees_ones_vote(
    showroom: Showroom, ada: Page
) -> None:
    mine = post(ada, POLL).get_by_role("button", name="The data changed")
    await mine.click()
    await ada.keyboard.press("Escape")
    await ada.goto(showroom.address + showroom.house.room.entry_link("main", "bo"))
    await ada.get_by_label("Your name").fill("Bo")
    await ada.get_by_role("button", name="Come in").click()
    await ada.locator(f"{LIVE} #posts").wait_for()
    await expect(mine).to_be_visible()
    await expect(mine).not_to_have_attribute("aria-pressed", "true")


async def test_after_the_window_one_is_back_where_one_pressed_also_in_a_post_drawn_anew(
    showroom: Showroom, ada: Page
) -> None:
    pressed = post(ada, POLL).get_by_role("link", name="Something else")
    await pressed.press("Enter")
    await expect(dialog(ada)).to_be_visible()
    ref = await showroom.house.room.find(MAIN, "p1")
    assert ref is not None
    await showroom.house.room.edit(ref, replace(POLL, blocks=(*POLL.blocks, Text(("4 of 24",)))))
    await expect(post(ada, POLL)).to_contain_text("4 of 24")
    await ada.keyboard.press("Escape")
    await expect(pressed).to_be_focused()

    await pressed.press("Enter")
    await expect(dialog(ada)).to_be_visible()
    await showroom.house.room.edit(ref, replace(POLL, blocks=(Text(("It has ended.",)),)))
    await expect(post(ada, POLL)).to_contain_text("It has ended.")
    await ada.keyboard.press("Escape")
    await expect(post(ada, POLL)).to_be_focused()


async def test_what_follows_a_form_is_shown_in_its_place_and_read_from_its_top(ada: Page) -> None:
    await ada.get_by_role("link", name="My part").click()
    await dialog(ada).get_by_role("link", name="Give feedback").click()
    for n in (1, 2):
        title = dialog(ada).get_by_role("heading", name=f"Criterion {n} of 2")
        await expect(title).to_be_focused()
        await dialog(ada).get_by_label("Accomplished").check()
        await dialog(ada).get_by_label("Why?").fill("It is clear.")
        await dialog(ada).get_by_role("button", name="Save and go on").click()
    await expect(dialog(ada)).to_contain_text("Your feedback is saved.")
    await dialog(ada).get_by_role("button", name="Back", exact=True).click()
    await expect(dialog(ada)).to_contain_text("Your part")


async def test_what_is_to_be_put_right_is_tied_to_its_field_and_in_focus(ada: Page) -> None:
    await post(ada, POLL).get_by_role("link", name="Something else").click()
    why = dialog(ada).get_by_label("Why is that?")
    await why.fill("short")
    await dialog(ada).get_by_label("In one line").fill("kept")
    await dialog(ada).get_by_role("button", name="Save").click()
    await expect(why).to_be_focused()
    await expect(why).to_have_accessible_description(re.compile("Say a little more."))
    await expect(why).to_have_attribute("aria-invalid", "true")
    await expect(dialog(ada).get_by_label("In one line")).to_have_value("kept")
    group = dialog(ada).get_by_role("group", name="How sure are you?")
    await expect(group).to_have_accessible_description("Choose one.")


async def test_ones_part_is_asked_for_again_after_something_was_done_in_it(
    showroom: Showroom, ada: Page
) -> None:
    def asked() -> list[str]:
        return [e.text for e in showroom.ear.events if isinstance(e, Commanded)]

    await ada.get_by_role("link", name="My part").click()
    await expect(dialog(ada)).to_contain_text("Your part")
    assert asked() == ["my part"] * 1
    await dialog(ada).get_by_role("button", name="Take it back").click()
    await expect(dialog(ada)).to_contain_text("Saved. You can change it.")
    assert heard(showroom)[-2] is Picked
    assert asked() == ["my part"] * 2
    await expect(dialog(ada).get_by_role("heading", name="Your part")).to_be_focused()

    await dialog(ada).get_by_role("link", name="Write my reflection").click()
    await dialog(ada).get_by_label("Why is that?").fill("Because it is so.")
    await dialog(ada).get_by_role("button", name="Save").click()
    await expect(dialog(ada)).to_contain_text("Your part")
    await expect(dialog(ada)).to_contain_text("Saved. You can change it.")
    assert heard(showroom)[-2] is FormSubmitted
    assert asked() == ["my part"] * 3
    await dialog(ada).get_by_role("button", name="Back to the room").click()
    await expect(ada.get_by_role("link", name="My part").first).to_be_focused()


async def test_what_was_shown_once_is_not_left_standing_when_it_is_out_of_date(
    showroom: Showroom, chromium: Browser
) -> None:
    fay = await showroom.visit(chromium, "Fay", FACILITATOR, viewport=DESKTOP)
    mine = fay.get_by_role("article").filter(has_text="Running.").first
    await mine.get_by_role("button", name="Status").click()
    await dialog(fay).get_by_role("button", name="Pause").click()
    await expect(dialog(fay)).to_be_hidden()
    await expect(mine.get_by_role("status")).to_contain_text("Saved.")


async def test_what_is_refused_in_the_window_is_said_there(ada: Page) -> None:
    await post(ada, TALK).get_by_role("button", name="I’m stuck").click()
    await expect(post(ada, TALK)).to_contain_text("This is closed, so this was not saved.")


async def test_a_new_panel_comes_first_and_the_one_before_it_is_folded(
    showroom: Showroom, chromium: Browser
) -> None:
    fay = await showroom.visit(chromium, "Fay", FACILITATOR, viewport=DESKTOP)
    first = fay.locator("#messages > article").first
    await expect(first).to_contain_text("Running.")
    await showroom.house.room.post(person(FACILITATOR), panel("Waiting for you."), key="m9")
    await expect(first).to_contain_text("Waiting for you.")
    await expect(fay.get_by_text("Running.", exact=False).first).to_be_hidden()
    await expect(fay.locator("#messages > article")).to_have_count(5)


async def test_on_a_phone_ones_own_column_is_one_tap_away_and_says_when_it_has_news(
    showroom: Showroom, chromium: Browser
) -> None:
    page = await showroom.visit(chromium, "Ada", viewport=PHONE)
    await expect(page.locator("#private")).to_be_hidden()
    who = await showroom.house.person("Ada")
    note = Message("A note for you", (Heading("A note for you"), Text(("You are in group 2.",))))
    await showroom.house.room.post(who, note, key="n1")
    tab = page.get_by_role("link", name="Only you")
    news = tab.get_by_text("new", exact=True)
    await expect(news).to_be_visible()
    await tab.click()
    await expect(page.get_by_text("You are in group 2.")).to_be_visible()
    await expect(news).to_be_hidden()
    await expect(page.locator("#posts")).to_be_hidden()
    await page.get_by_role("link", name="Lesson").click()
    await expect(post(page, TALK)).to_be_visible()
    for way in await page.get_by_role("navigation").get_by_role("link").all():
        box = await way.bounding_box()
        assert box is not None
        assert box["y"] > PHONE["height"] - 100
        assert min(box["width"], box["height"]) >= 44


async def test_what_one_reads_stays_where_it_is_when_a_post_above_it_grows(
    showroom: Showroom, ada: Page
) -> None:
    reading = post(ada, TALK)
    await reading.evaluate("post => post.scrollIntoView({ block: 'center' })")
    before = await reading.bounding_box()
    ref = await showroom.house.room.find(MAIN, "p0")
    assert ref is not None
    longer = replace(PROMPT, blocks=(*PROMPT.blocks, *[Text(("One more line.",))] * 20))
    await showroom.house.room.edit(ref, longer)
    await expect(post(ada, PROMPT)).to_contain_text("One more line.")
    await ada.wait_for_function("() => new Promise(requestAnimationFrame)")
    after = await reading.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) <= 2


async def test_the_colours_one_chose_are_kept(showroom: Showroom, ada: Page) -> None:
    def ground() -> str:
        return "getComputedStyle(document.body).backgroundColor"

    light = await ada.evaluate(ground())
    await ada.get_by_role("button", name="Light or dark").click()
    dark = await ada.evaluate(ground())
    assert dark != light
    await ada.reload()
    await ada.locator(LIVE).wait_for()
    assert await ada.evaluate(ground()) == dark


async def test_a_post_that_closes_takes_late_words_and_asks_for_none(
    showroom: Showroom, ada: Page
) -> None:
    ref = await showroom.house.room.find(MAIN, "p4")
    assert ref is not None
    await expect(post(ada, TALK).get_by_label("Your reply")).to_be_visible()
    over = (*TALK.blocks[:-1], Deadline(START, "closed"))
    await showroom.house.room.edit(ref, replace(TALK, blocks=over))
    await expect(post(ada, TALK).get_by_label("Your reply")).to_be_hidden()


async def test_a_part_that_is_not_there_yet_is_told_in_a_sentence(
    showroom: Showroom, ada: Page
) -> None:
    showroom.ear.part = Saved("There is nothing for you to do yet.")
    await ada.get_by_role("link", name="My part").click()
    await expect(ada.get_by_text("There is nothing for you to do yet.")).to_be_visible()
