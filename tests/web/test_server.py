"""The server: what surrounds every answer, and how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.pages.parts import Unavailable
from bot.web.headers import ALWAYS, POLICY
from bot.web.server import PortInUse, build_web, listen, serve
from tests.web.browser import Browser
from tests.web.rooms import House, a_house


async def broken(request: Request) -> Response:
    raise RuntimeError("the secret of the house")


async def away(request: Request) -> Response:
    raise Unavailable("the secret of the house")


def application(*, https: bool = False) -> Browser:
    routes = [Route("/broken", broken), Route("/away", away)]
    return Browser(build_web(routes, https=https), https=https)


@pytest.mark.parametrize("https", [False, True])
@pytest.mark.parametrize(
    "path",
    ["/healthz", "/nothing", "/broken", "/away", "/static/pages/base.css", "/static/pages/x"],
)
async def test_every_answer_tells_browsers_what_they_may_do(path: str, https: bool) -> None:
    headers = (await application(https=https).get(path)).response.headers
    assert {name: headers[name] for name in ALWAYS} == ALWAYS
    assert ("Strict-Transport-Security" in headers) is https


def test_the_policy_allows_nothing_inline() -> None:
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe" not in POLICY


async def test_it_says_that_it_is_well() -> None:
    assert (await application().get("/healthz")).text == "ok\n"


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500), ("/away", 503)])
async def test_an_error_is_a_page_with_a_sentence_and_no_more(path: str, status: int) -> None:
    page = await application().get(path)
    assert page.status == status
    assert "h1" in page.tags
    assert "secret of the house" not in page.text
    assert "Traceback" not in page.text


async def test_a_method_that_a_page_does_not_know_is_said_so() -> None:
    assert (await application().post("/healthz", [])).status == 405


async def test_the_pages_script_gets_an_error_as_a_sentence(house: House) -> None:
    page = await house.browser().post("/room/main/act", [("csrf", "x")], fetch=True)
    assert page.status == 403
    assert page.tags == ["p"]


async def test_static_files_are_kept_for_as_long_as_they_are_the_same(house: House) -> None:
    browser = await house.visitor("Ada")
    html = (await browser.get("/room/main")).response.text
    address = next(part for part in html.split('"') if part.startswith("/static/room/room.js?v="))
    lasting = (await browser.get(address)).response.headers["Cache-Control"]
    assert "immutable" in lasting
    loose = (await browser.get(address.partition("?")[0])).response.headers["Cache-Control"]
    assert "immutable" not in loose


async def test_a_page_of_a_person_is_kept_by_no_cache(house: House) -> None:
    browser = await house.visitor("Ada")
    for path in ("/room/main", "/room/main/changes?since=0.0"):
        assert (await browser.get(path)).response.headers["Cache-Control"] == "no-store"


async def test_no_page_holds_style_or_script_of_its_own(house: House) -> None:
    browser = await house.visitor("Ada")
    for path in ("/", "/room/main", "/room/main/enter", house.room.entry_link("main"), "/nothing"):
        html = (await browser.get(path)).response.text
        assert "<style" not in html
        assert " style=" not in html
        assert html.count("<script") == html.count('<script src="/static/')


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {port} is in use"):
            listen("127.0.0.1", port)


async def test_the_server_stops_though_somebody_still_listens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A page that is open keeps a stream for ever; the server ends it and goes."""
    async with a_house(tmp_path) as house:
        with listen("127.0.0.1", 0) as listening:
            origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
            running = asyncio.create_task(
                serve(house.app, "", 0, [listening], stopping=house.room.bell.close)
            )
            visitor = await house.visitor("Ada")
            cookies = {c.name: c.value or "" for c in visitor.client.cookies.jar}
            async with httpx.AsyncClient(base_url=origin, cookies=cookies) as client:
                async with asyncio.timeout(20), client.stream("GET", "/room/main/events") as stream:
                    lines = stream.aiter_lines()
                    assert await anext(lines) == "retry: 2000"
                    running.cancel()
                    async for _ in lines:
                        pass
                with pytest.raises(asyncio.CancelledError):
                    await running
        assert "/room/" not in caplog.text


async def test_a_visitor_who_goes_away_ends_their_stream() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                yield ": still here\n\n"
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async def stream(request: Request) -> Response:
        return StreamingResponse(endless())

    async def plain(request: Request) -> Response:
        return PlainTextResponse("")

    app = build_web([Route("/stream", stream), Route("/plain", plain)])
    with listen("127.0.0.1", 0) as listening:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = asyncio.create_task(serve(app, "", 0, [listening]))
        async with asyncio.timeout(20):
            async with (
                httpx.AsyncClient(base_url=origin) as client,
                client.stream("GET", "/stream") as answer,
            ):
                await anext(answer.aiter_lines())
            await ended.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_what_nobody_foresaw_is_logged_by_its_place_and_not_in_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with listen("127.0.0.1", 0) as listening:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = build_web([Route("/broken", broken)])
        running = asyncio.create_task(serve(app, "", 0, [listening]))
        async with asyncio.timeout(20), httpx.AsyncClient(base_url=origin) as client:
            assert (await client.get("/broken")).status_code == 500
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert "RuntimeError < test_server.py" in caplog.text
    assert "secret of the house" not in caplog.text
    assert "Traceback" not in caplog.text
