"""Hostile names and answers run nothing in the room and are kept to the letter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncHTTPTransport
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.app import App
from bot.evidence.cells import whole_rows
from bot.evidence.pack import write_evidence
from bot.facilitation.controls import Command
from bot.service.reporting import report_run
from tests.core.making import a_lesson, a_phase, an_activity
from tests.load.crowd import RUN, Room, Visitor, a_room, lines_of
from tests.web.hostile import STRINGS, as_sent
from tests.web.showroom import Showroom

pytestmark = pytest.mark.browser

LESSON = a_lesson(
    a_phase(
        "Engage",
        an_activity("poll", minutes=30, other=True, results="live"),
        an_activity("discussion", minutes=30),
        an_activity("reflection", minutes=30),
    )
)
POLL, TALK, REFLECT = (f"Engage: {name}" for name in ("Quick poll", "Let’s talk", "Look back"))
LONGEST_NAME = 80
WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  (window.violations ??= []).push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
ODD = """() => {
  const allowed = new Set(`html head meta title link script body a header img div h1 h2 h3 h4 p bdi
    noscript button svg circle path rect nav span main section article strong em time details
    summary ol ul li form input label textarea fieldset legend figure figcaption blockquote hr code
    dialog aside`.split(/\\s+/));
  const odd = [];
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (!allowed.has(name)) odd.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith("on") || ["style", "srcdoc", "autofocus"].includes(attribute)) {
        odd.push(`${name} ${attribute}`);
      }
      if (["href", "src", "action", "formaction"].includes(attribute)
          && !/^(\\/(?!\\/)|#)/.test(value)) odd.push(`${name} ${attribute}=${value}`);
    }
    if (element.closest(".said") && !element.matches(".said")) odd.push(`${name} in words`);
  }
  return odd;
}"""
SAID = "all => all.map((said) => said.textContent)"


class Watched:
    """Pages on which everything is counted that ran or tried to."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    async def page(self, context: BrowserContext) -> Page:
        """A new page under watch."""
        page = await context.new_page()
        await page.expose_function("pwned", lambda number: self.ran.append(f"pwned {number}"))
        await page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: self.ran.append(f"dialog {dialog.message}"))
        page.on("pageerror", lambda error: self.ran.append(f"error {error}"))
        page.on("popup", lambda popup: self.ran.append(f"popup {popup.url}"))
        page.on(
            "request",
            lambda request: (
                self.ran.append(f"request {request.url}") if "evil.example" in request.url else None
            ),
        )
        return page

    async def judge(self, page: Page) -> None:
        """Look for what is on the page and should not be."""
        self.ran += await page.evaluate(ODD)
        self.ran += await page.evaluate("window.violations ?? []")


def shown(words: str) -> str:
    """How the words stand on a page, which cannot hold NUL."""
    return words.replace("\0", "␀")


def names() -> list[str]:
    """The strings as names, which are short and have no blanks around them."""
    cut = (as_sent(words)[:LONGEST_NAME].strip() for words in STRINGS)
    return [name for name in dict.fromkeys(cut) if name]


async def test_no_string_runs_in_the_room_and_every_one_is_kept(
    tmp_path: Path, chromium: Browser
) -> None:
    assert len(STRINGS) >= 100
    assert len(names()) >= 100
    watched = Watched()
    async with a_room(tmp_path, LESSON) as (room, app):
        context = await chromium.new_context(
            viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        page = await watched.page(context)
        await page.goto(room.address.rstrip("/") + room.link)
        await page.get_by_label("Your name").fill("Ada")
        await page.get_by_role("button", name="Come in").click()
        await page.locator("html[data-script=live]").wait_for()
        await expect(page.get_by_role("article", name=POLL)).to_be_visible()
        await many_come_in_and_vote(room)
        await app.managing.carry_out(RUN, Command("next"), by="cli")
        await write_them_all(page)
        await look_at_everything(watched, page)
        await app.managing.carry_out(RUN, Command("next"), by="cli")
        await reflect(page)
        await page.reload()
        await watched.judge(page)
        assert watched.ran == []
        await everything_is_kept(app, tmp_path / "out")

        evidence = await watched.page(context)
        await evidence.goto((tmp_path / "out/evidence.html").as_uri())
        assert watched.ran == []


async def test_what_runs_or_would_is_counted(showroom: Showroom, chromium: Browser) -> None:
    watched = Watched()
    page = await watched.page(await chromium.new_context())
    await page.set_content("<img src=x onerror=pwned(1)>")
    await page.wait_for_function("document.images[0].complete")
    assert watched.ran == ["pwned 1"]
    await page.goto(showroom.address)
    await page.evaluate("document.querySelector('main').innerHTML += '<p onclick=pwned(2)>x</p>'")
    await watched.judge(page)
    assert "p onclick" in watched.ran
    assert any("script-src-attr" in each for each in watched.ran), watched.ran


async def many_come_in_and_vote(room: Room) -> None:
    """Under every name; each votes in words of their own, which are their name again."""
    async with lines_of() as lines:
        for name in names():
            await come_in_and_vote(room, lines, name)


async def come_in_and_vote(room: Room, lines: AsyncHTTPTransport, name: str) -> None:
    browser = Visitor(room.address, lines)
    page = await browser.enter(room.link, name)
    assert page.status == 200, page.text
    link = next(link for link in page.links if "Something else" in link.text)
    form = (await browser.get(link.address)).form(ends="/form")
    answer = await browser.send(form, {"f.other": name})
    assert answer.status == 200, answer.text


async def write_them_all(page: Page) -> None:
    """Each string as a reply, typed into the page."""
    talk = page.get_by_role("article", name=TALK)
    box = talk.get_by_label("Your reply")
    await box.wait_for()
    for words in STRINGS:
        await box.fill(words)
        async with page.expect_response("**/reply") as sent:
            await talk.get_by_role("button", name="Reply", exact=True).click()
        assert (await sent.value).status == 200, words
        await expect(box).to_have_value("")


async def look_at_everything(watched: Watched, page: Page) -> None:
    """As it came piece by piece, as it is drawn whole, and with every fold open."""
    said = page.locator(f'article[aria-label="{TALK}"] .reply .body > .said')
    await expect(said).to_have_count(len(STRINGS))
    for _ in range(2):
        assert await said.evaluate_all(SAID) == [shown(as_sent(words)) for words in STRINGS]
        people = await page.locator("#people-list .said").evaluate_all(SAID)
        assert set(people) >= {shown(name) for name in names()}
        poll = page.get_by_role("article", name=POLL)
        own = await poll.locator(".body .said").evaluate_all(SAID)
        assert set(own) <= {shown(name) for name in names()}
        await page.locator("details").evaluate_all("all => all.forEach((d) => { d.open = true; })")
        await watched.judge(page)
        await page.get_by_role("link", name="My part").first.click()
        await page.get_by_role("dialog").wait_for()
        await watched.judge(page)
        await page.keyboard.press("Escape")
        await page.reload()
        await page.locator("html[data-script=live]").wait_for()
    boxes = page.locator(".own textarea")
    written = await boxes.evaluate_all("all => all.map((area) => area.value)")
    assert written == [shown(as_sent(words)) for words in STRINGS]


async def reflect(page: Page) -> None:
    """All of it in one answer of many lines, which is drawn into the form again."""
    asked = page.get_by_role("article", name=REFLECT)
    await asked.get_by_role("link").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill(LONG)
    await dialog.get_by_role("textbox").last.fill("<script>pwned(99)</script>")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await asked.get_by_role("link").first.click()
    await expect(dialog.get_by_role("textbox").first).to_have_value(shown(as_sent(LONG)))
    await page.keyboard.press("Escape")


LONG = "\n".join(words for words in STRINGS if len(words) < 1_000)


def every_cell(out: Path) -> Iterator[str]:
    """What was written into each cell of each spreadsheet."""
    csv.field_size_limit(1_000_000)
    for path in out.glob("*.csv"):
        header, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        for row in whole_rows(header, rows):
            yield from row.values()


async def everything_is_kept(app: App, out: Path) -> None:
    """In the JSON and in the spreadsheets."""
    async with app.store.reading() as reading:
        write_evidence(await report_run(reading, RUN), out)
    sent = {as_sent(words) for words in (*STRINGS, LONG)}
    everything = json.loads((out / "evidence.json").read_text("utf-8"))
    answers = {row["text"] for row in everything["answers"]}
    assert sent - answers == set()
    assert set(names()) - answers == set()
    people = {person["name"] for person in everything["participants"]}
    assert set(names()) - people == set()

    cells = set(every_cell(out))
    assert (sent | set(names())) - cells == set()
