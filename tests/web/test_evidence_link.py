"""Links to the evidence: one file for one press of a button, and nothing for anything else."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import delete, select

from bot.app import App, open_app
from bot.chat.address import Person
from bot.chat.callback import Callback
from bot.chat.platform import RecordsUnavailable
from bot.clock import SteppedClock
from bot.lessons.lesson import Lesson
from bot.platforms.room.adapter import FACILITATOR, person
from bot.service.handing_over import LASTS
from bot.settings import Settings
from bot.storage.migrate import migrate
from bot.storage.tables import facilitators, records
from bot.web.evidence import KIND, file_name
from bot.web.headers import ALWAYS
from bot.web.server import listen, serve
from tests.core.making import START, a_lesson, a_phase, a_run, an_activity
from tests.web.browser import Browser, Page
from tests.web.test_room_axe import WAYS, Scheme, violations

RUN = "run1"
TITLE = "Permits for <b>everybody</b>"
WORDS = "What I learnt: <i>patience</i>"
FAY = person(FACILITATOR)
SECOND = timedelta(seconds=1)


@dataclass
class Office:
    """The whole app, in which a lesson runs that Fay leads and Ann answered in."""

    app: App
    machine: SteppedClock
    browser: Browser

    async def link(self, run: str = RUN, who: Person = FAY) -> str:
        """A fresh link."""
        path = await self.app.links.issue(run, who)
        assert path
        return path

    async def get(self, link: str) -> Page:
        """Open a link."""
        return await self.browser.get(link)

    async def press(self, link: str) -> httpx.Response:
        """Press the button behind a link, whether or not there is one."""
        return await self.browser.client.post(link)

    async def rows(self) -> list[str]:
        """The keys of all links that are kept."""
        async with self.app.store.database.reading() as connection:
            query = select(records.c.key).where(records.c.kind == KIND)
            return list(await connection.scalars(query))

    async def visitor(self, name: str, who: str | None = None) -> Browser:
        """Somebody in the room."""
        browser = Browser(self.app.web())
        await browser.enter(self.app.room.entry_link(RUN, who), name)
        return browser


async def put_on(app: App, run: str, lesson: Lesson, leader: Person) -> None:
    main = await app.room.open_channel(run, TITLE)
    await app.managing.schedule(
        lesson, run_id=run, main=main, facilitators=(leader,), zone="UTC", start=START
    )


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    settings = Settings(database=f"sqlite:///{tmp_path}/fivefold.db", secret=bytes(range(32)))
    await migrate(settings.database)
    lesson, machine = SteppedClock(START), SteppedClock(START)
    async with open_app(settings, lesson=lesson, machine=machine) as app:
        phase = a_phase("Engage", an_activity("discussion"))
        await put_on(app, RUN, a_lesson(phase, title=TITLE), FAY)
        await put_on(app, "run2", a_lesson(phase, title="Another one"), person("gus"))
        while await app.worker.turn():
            pass
        office = Office(app, machine, Browser(app.web()))
        ann = await office.visitor("Ann")
        thread = (await ann.get(f"/room/{RUN}")).form(ends="/reply")
        await ann.send(thread, {"text": WORDS})
        yield office
        app.room.bell.close()


def files(response: httpx.Response) -> dict[str, bytes]:
    """What was packed."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(response.content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def refused(response: httpx.Response) -> str:
    """The page that everybody gets whose link does not work."""
    assert response.status_code == 404
    assert "application/zip" not in response.headers["Content-Type"]
    return response.text


# -- what one gets


async def test_the_button_behind_the_link_gives_everything_in_one_file(office: Office) -> None:
    link = await office.link()
    page = await office.get(link)
    assert TITLE in page.text
    assert "once" in page.text
    response = (await office.browser.send(page.form(ends=link))).response
    named = response.headers["Content-Disposition"]
    assert named == 'attachment; filename="permits-for-b-everybody-b-run1.zip"'
    found = files(response)
    assert b"patience" in found["evidence.html"]
    assert b"<i>patience" not in found["evidence.html"]
    assert WORDS in found["responses.csv"].decode("utf-8-sig")
    assert WORDS in json.dumps(json.loads(found["evidence.json"]), ensure_ascii=False)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Permits", "permits-run1.zip"),
        ('Café "Œuvre"\r\nSet-Cookie: x', "cafe-uvre-set-cookie-x-run1.zip"),
        ("../../etc/passwd", "etc-passwd-run1.zip"),
        ("許可証", "evidence-run1.zip"),
        ("word " * 40, f"{'word-' * 12}run1.zip"),
    ],
)
def test_the_file_is_named_after_the_lesson_for_any_computer(title: str, name: str) -> None:
    assert file_name(replace(a_run(), lesson=a_lesson(title=title))) == name


async def test_in_the_room_the_button_leads_there_without_any_address_of_its_own(
    office: Office,
) -> None:
    fay = await office.visitor("Fay", FACILITATOR)
    room = await fay.get(f"/room/{RUN}")
    button = next(link for link in room.links if link.text == "Evidence")
    shown = await fay.get(button.address)
    (link,) = [link.address for link in shown.links if link.text == "Get the evidence"]
    # Who has the link needs no session.
    assert "evidence.html" in files(await office.press(link))


async def test_nobody_else_in_the_room_is_led_there(office: Office) -> None:
    bo = await office.visitor("Bo")
    assert all(link.text != "Evidence" for link in (await bo.get(f"/room/{RUN}")).links)
    shown = await bo.get(f"/room/{RUN}/form?callback={Callback('evidence', RUN).encode()}")
    assert "Only those who lead a lesson can get its evidence." in shown.text
    assert await office.rows() == []


# -- how often, and for how long


async def test_fifty_looks_use_nothing_up_and_one_press_does(office: Office) -> None:
    link = await office.link()
    for look in range(50):
        response = await office.browser.client.request("HEAD" if look % 2 else "GET", link)
        assert response.status_code == 200
    files(await office.press(link))
    refused(await office.press(link))
    refused((await office.get(link)).response)
    assert await office.rows() == []


async def test_of_two_who_press_at_once_one_gets_the_file(office: Office) -> None:
    for _ in range(5):
        link = await office.link()
        both = await asyncio.gather(office.press(link), office.press(link))
        assert sorted(response.status_code for response in both) == [200, 404]


async def test_a_link_works_for_ten_minutes(office: Office) -> None:
    assert timedelta(minutes=10) == LASTS
    links = [await office.link() for _ in range(3)]
    office.machine.step_to(START + LASTS - SECOND)
    files(await office.press(links[0]))
    office.machine.step_to(START + LASTS)
    refused((await office.get(links[1])).response)
    refused(await office.press(links[1]))


async def test_links_that_work_no_more_are_swept_and_others_are_not(office: Office) -> None:
    await office.link()
    office.machine.step_to(START + LASTS - SECOND)
    fresh = await office.link()
    await office.app.links.sweep()
    assert len(await office.rows()) == 2
    office.machine.step_to(START + LASTS)
    await office.app.links.sweep()
    assert len(await office.rows()) == 1
    files(await office.press(fresh))


async def test_a_link_that_was_sealed_with_a_lost_secret_is_swept(office: Office) -> None:
    await office.link()
    async with office.app.store.database.writing() as connection:
        await connection.execute(records.update().values(sealed_with="lost"))
    await office.app.links.sweep()
    assert await office.rows() == []


# -- for whom


async def test_whatever_is_wrong_with_a_link_the_page_is_the_same(office: Office) -> None:
    used, old, mine = await office.link(), await office.link(), await office.link()
    await office.press(used)
    forged = ["/evidence/x", f"{mine}x", mine[:-1], "/evidence/%00", f"/evidence/{'A' * 43}"]
    forged += [f"/evidence/{key}" for key in await office.rows()]
    gone = await office.link("no-such-run")
    others = await office.link("run2", FAY)
    office.machine.step_to(START + SECOND)
    pages = set()
    for link in (used, *forged, gone, others):
        pages |= {refused((await office.get(link)).response), refused(await office.press(link))}
    files(await office.press(mine))
    office.machine.step_to(START + LASTS)
    pages |= {refused((await office.get(old)).response), refused(await office.press(old))}
    assert len(pages) == 1
    assert "works once and for 10 minutes" in pages.pop()


async def test_a_link_gives_its_own_run_and_no_other(office: Office) -> None:
    found = files(await office.press(await office.link("run2", person("gus"))))
    assert b"Another one" in found["evidence.html"]
    assert b"patience" not in b"".join(found.values())


async def test_whoever_leads_the_run_no_more_has_a_link_that_does_not_work(
    office: Office,
) -> None:
    link = await office.link()
    assert (await office.get(link)).status == 200
    async with office.app.store.database.writing() as connection:
        await connection.execute(delete(facilitators).where(facilitators.c.run == RUN))
    refused((await office.get(link)).response)
    refused(await office.press(link))


# -- trouble, and what is told of it


async def test_while_the_database_is_away_nothing_is_used_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await office.link()

    async def away(*given: object) -> bool:
        raise RecordsUnavailable("the database is away")

    for call in ("get", "delete"):
        with monkeypatch.context() as patch:
            patch.setattr(office.app.links._records, call, away)
            response = await office.press(link)
            assert response.status_code == 503
            assert "try again in a moment" in response.text
            assert "database is away" not in response.text
    with monkeypatch.context() as patch:
        patch.setattr(office.app.links._records, "get", away)
        assert (await office.get(link)).status == 503
    files(await office.press(link))


async def test_no_cache_keeps_any_of_it_and_no_other_site_learns_of_it(office: Office) -> None:
    link = await office.link()
    responses = [
        (await office.get(link)).response,
        await office.press(link),
        await office.press(link),
    ]
    assert [response.status_code for response in responses] == [200, 200, 404]
    for response in responses:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert {name: response.headers[name] for name in ALWAYS} == ALWAYS
        assert not response.cookies


async def test_the_token_is_kept_nowhere_and_logged_nowhere(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # The client of this test, which is no part of what is served, logs where it goes.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    fay = await office.visitor("Fay", FACILITATOR)
    button = next(x for x in (await fay.get(f"/room/{RUN}")).links if x.text == "Evidence")
    shown = await fay.get(button.address)
    link = next(x.address for x in shown.links if x.text == "Get the evidence")
    token = link.rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    # The database and what it has not yet folded in.
    path = office.app.store.database.path
    assert path
    stored = b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*"))
    assert b"evidence-link" in stored
    assert token.encode() not in stored
    for wanted in (link, f"{link}x"):
        await office.get(wanted)
        await office.press(wanted)
    told = "".join(f"{r.getMessage()} {r.args} {r.exc_text}" for r in caplog.records)
    assert token not in told
    assert token not in repr(office.app.links)


async def test_no_two_links_are_alike(office: Office) -> None:
    assert len({await office.link() for _ in range(50)}) == 50


# -- in a browser


@pytest.mark.browser
@pytest.mark.peers
@WAYS
async def test_in_a_browser_the_button_downloads_the_file_and_every_rule_is_kept(
    office: Office, chromium: Chromium, scheme: Scheme, size: dict[str, int]
) -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        serving = asyncio.create_task(serve(office.app.web(), "", 0, [listening]))
        try:
            context = await chromium.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
            page = await context.new_page()
            wrong: list[str] = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            address = f"http://127.0.0.1:{port}{await office.link()}"
            await page.goto(address)
            found = {"confirm": await violations(page)}
            async with page.expect_download() as coming:
                await page.get_by_role("button", name="Get the evidence").click()
            download = await coming.value
            assert download.suggested_filename == "permits-for-b-everybody-b-run1.zip"
            with ZipFile(await download.path()) as packed:
                assert "evidence.html" in packed.namelist()
            await page.goto(address)
            await expect(
                page.get_by_role("heading", name="This link does not work")
            ).to_be_visible()
            found["used"] = await violations(page)
            assert not any(found.values()), found
            assert wrong == []
        finally:
            serving.cancel()
            await asyncio.wait({serving})
