"""Draws the pictures of Teams: a lesson in Microsoft's 365 Agents Playground, on its own page.

The Playground is started as for the tests, and its page gets nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.lessons.library import CONTENT
from tests.teams.playground import LESSON, Someone
from tests.teams.playground_page import PlaygroundPage, opened
from tests.teams.playground_record import Post
from tests.teams.running import Running, running

HERE = Path(__file__).parent
MLOPS = "mlops-core-components"
FAY, ANA, BO, CY, DEE, ELI = map(Someone, ("fay", "ana", "bo", "cy", "dee", "eli"))
BEFORE = "Before the lesson: Before you write anything, Quick poll, Look back, Who is here?"
POLL, TALK = "Engage: Quick poll", "Engage: What do you think happened?"
VERSION, DATA = "Nobody could say which model was live", "The data changed and nobody saw it"
VOTES = {BO: VERSION, CY: DATA, DEE: "Nobody watched what the model decided", ELI: VERSION}
WORDS = "A forecast of permit requests that we trust more than we check. I would like to know who "
SAID = {
    BO: "24 January: nobody could say which version had written the letters.",
    CY: "Before that. The data had changed in the autumn, and nobody was asked to look.",
    ANA: "Nobody owned it, so nobody could switch it off.",
}
DESK, PHONE = ViewportSize(width=640, height=2400), ViewportSize(width=390, height=2400)
"""As high as what is shown."""
SHARPNESS = 1.5


async def draw_teams(browser: Browser) -> None:
    """Draw them all."""
    async with held("fay") as house:
        desk = await look(browser, house, DESK)
        await begin(house)
        await vote(house, await until(house, POLL))
        await say(house, "panel")
        panel = desk.page.locator(".ac-adaptiveCard").filter(has_text="Your panel").last
        await expect(panel).to_contain_text("4 people have answered")
        await keep("panel", desk.page, panel)
    async with held("ana") as house:
        desk, phone = [await look(browser, house, size) for size in (DESK, PHONE)]
        for each in (desk, phone):
            await each.go("Lesson")
        await begin(house)
        await draw_learner(house, desk, phone)


async def draw_learner(house: Running, desk: PlaygroundPage, phone: PlaygroundPage) -> None:
    """What Ana sees."""
    await phone.press(phone.cards(BEFORE), "Write my reflection")
    form = phone.cards(BEFORE).locator(".ac-adaptiveCard").filter(has_text="My reflection")
    await form.get_by_role("textbox").first.fill(WORDS)
    await keep("form", phone.page, form)

    poll = await until(house, POLL)
    await vote(house, poll)
    await expect(desk.thread(POLL)).to_contain_text("4 people have answered")
    await keep("poll", desk.page, desk.thread(POLL))
    await phone.cards(POLL).get_by_label(VERSION).check()
    await phone.press(phone.cards(POLL), "Send my vote")
    results = phone.cards("Results so far")
    await expect(results).to_contain_text("Your vote is saved.")
    await keep("results", phone.page, results)

    talk = await until(house, TALK)
    for who, words in SAID.items():
        await house.people.press(who, "Send", at=talk, fields={"answer": words})
    await house.run_for(1)
    await expect(desk.thread(TALK)).to_contain_text(SAID[ANA])
    await keep("discussion", desk.page, desk.thread(TALK))
    await phone.press(phone.cards(TALK), "My part")
    part = phone.cards("My part")
    await expect(part).to_contain_text("What I gave")
    await keep("my-part", phone.page, part)


@asynccontextmanager
async def held(me: str) -> AsyncIterator[Running]:
    """The library's lessons in a new Playground, at whose page ``me`` sits."""
    with TemporaryDirectory() as folder:
        async with running(Path(folder), CONTENT, me=me) as house:
            yield house


async def begin(house: Running) -> None:
    """Fay plans the lesson and starts it."""
    await house.play.installs(FAY)
    await say(house, "schedule")
    wanted = {"lesson": MLOPS, "place": LESSON, "pace": "live"}
    await house.people.press(FAY, "See what happens when", fields=wanted)
    await house.people.press(FAY, "Schedule it")
    await house.work()
    await say(house, "start")
    await house.work()


async def say(house: Running, words: str) -> None:
    """Fay says this to the bot."""
    await house.play.say(FAY, await house.play.talk(FAY), words)
    await house.settle()


async def until(house: Running, label: str) -> Post:
    """Go on, not waiting for anybody, until this stands in the channel."""
    for _ in range(30):
        await house.run_for(1)
        for post in house.play.posts(LESSON):
            if post.card["fallbackText"] == label and post.begins:
                return post
        (run,) = await house.runs()
        if run.status == "paused":
            await say(house, "resume")
    raise AssertionError(f"{label} is not posted")


async def vote(house: Running, poll: Post) -> None:
    """Everybody votes but who sits at the page."""
    for who, option in VOTES.items():
        await house.people.press(who, "Send my vote", option, at=poll)
    await house.run_for(1)


async def look(browser: Browser, house: Running, size: ViewportSize) -> PlaygroundPage:
    """The Playground's page, at which posts come when they do in the lesson."""
    return await opened(browser, house.play, size, sharpness=SHARPNESS, now=house.lesson.now)


async def keep(name: str, page: Page, what: Locator) -> None:
    """Keep a picture of this."""
    await page.mouse.move(0, 0)
    path = HERE / f"teams-{name}.png"
    await what.screenshot(path=path, animations="disabled", caret="hide")
    print(path)  # noqa: T201
