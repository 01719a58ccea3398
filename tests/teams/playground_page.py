"""The Playground's own page, in a real browser: a channel with its threads, and one's own talk.

It shows only what came after it was opened. What it would fetch from elsewhere it does not get.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from playwright.async_api import (
    Browser,
    Locator,
    Page,
    Route,
    ViewportSize,
    WebSocketRoute,
    expect,
)

from tests.teams.playground import Playground

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=960)

# On a phone the Playground leaves everything as wide as on a desk; Teams does not.
_FIT = """() => {
  for (const one of document.querySelectorAll("div"))
    if (getComputedStyle(one).minWidth === "600px") one.style.minWidth = "0";
}"""
_FIT_CARDS = """div:has(> .ac-preview-panel), div:has(> div > .ac-preview-panel) {
  width: auto !important; max-width: 450px;
}"""

_STREAM = re.compile("/conversations/stream$")
_WHEN = re.compile(r'"timestamp":\d+')
_NAVIGATION = "Toggle app bar and conversation window"


@dataclass
class PlaygroundPage:
    """What somebody has before them; ``fetched`` are the addresses elsewhere that were asked for
    and not reached."""

    page: Page
    fetched: list[str]

    async def go(self, name: str) -> None:
        """Look at a channel, or at one's own talk, the “Personal Chat”."""
        toggle = self.page.get_by_title(_NAVIGATION)
        narrow = await toggle.is_visible()
        if narrow:
            await toggle.click()
        await self.page.get_by_text(name, exact=True).click()
        if narrow:
            await toggle.click()
            await self.page.evaluate(_FIT)

    def cards(self, label: str) -> Locator:
        """The cards of this summary; one that was shown to this person alone has its own."""
        return self.page.locator(f'.ac-adaptiveCard[aria-label="{label}"]')

    def thread(self, label: str) -> Locator:
        """The thread in which such a card stands."""
        return self.page.locator(".fui-Card").filter(has=self.cards(label))

    async def press(self, where: Locator, name: str) -> None:
        """Press this button there."""
        await where.get_by_role("button", name=name, exact=True).first.click()

    async def says(self, text: str) -> None:
        """Write to the bot in one's own talk."""
        box = self.page.get_by_role("textbox").last
        await box.fill(text)
        await box.press("Enter")


async def opened(
    browser: Browser,
    play: Playground,
    size: ViewportSize,
    *,
    sharpness: float = 1,
    now: Callable[[], datetime] | None = None,
) -> PlaygroundPage:
    """The page of who sits there, without its log; posts come ``now``, where that is given."""
    context = await browser.new_context(
        viewport=size,
        device_scale_factor=sharpness,
        timezone_id="UTC",
        locale="en-GB",
        reduced_motion="reduce",
    )
    fetched: list[str] = []

    async def only_here(route: Route) -> None:
        if route.request.url.startswith(f"{play.url}/"):
            await route.continue_()
            return
        fetched.append(route.request.url)
        await route.abort()

    def dated(socket: WebSocketRoute) -> None:
        server, number = socket.connect_to_server(), count()

        def pass_on(message: str | bytes) -> None:
            assert now
            # One after the other, as they are sorted by it.
            when = int(now().timestamp() * 1000) + next(number)
            socket.send(_WHEN.sub(f'"timestamp":{when}', str(message)))

        server.on_message(pass_on)

    await context.route("**/*", only_here)
    if now:
        await context.route_web_socket(_STREAM, dated)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    await page.goto(play.url)
    await page.add_style_tag(content=_FIT_CARDS)
    await page.get_by_title("Hide log panel").click()
    await expect(page.get_by_title("Hide log panel")).to_be_hidden()
    return PlaygroundPage(page, fetched)
