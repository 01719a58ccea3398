"""What never left is told apart from what may have arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest

from bot.chat.platform import Limited, Uncertain
from bot.platforms import reaching
from bot.platforms.reaching import CONNECTED, limits
from bot.platforms.slack import calls, client
from bot.platforms.teams import connector, tokens
from tests.platforms.hole import a_hole

Told = Callable[[Awaitable[Any]], Awaitable[Any]]
every_platform = pytest.mark.parametrize("told", [calls.told, connector.told])


@asynccontextmanager
async def a_server(answer: bytes | None) -> AsyncIterator[str]:
    """What answers this to whatever comes, or nothing at all."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield "http://{}:{}/".format(*server.sockets[0].getsockname())


async def post(url: str, seconds: float = 10, **more: Any) -> None:
    async with (
        aiohttp.ClientSession(timeout=limits(seconds)) as session,
        session.post(url, data=b"{}", **more) as response,
    ):
        await response.read()


@every_platform
@pytest.mark.parametrize("limit", ["STANDS", "CONNECTED"], ids=["one address", "all of them"])
async def test_where_a_firewall_drops_everything_nothing_was_sent(
    told: Told, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(reaching, limit, 0.05)
    with a_hole() as url, pytest.raises(Limited):
        await told(post(url))


@every_platform
async def test_where_a_proxy_drops_everything_nothing_was_sent(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "STANDS", 0.05)
    with a_hole() as url, pytest.raises(Limited):
        await told(post("https://lessons.invalid/", proxy=url))


@every_platform
@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required"])
async def test_where_a_proxy_lets_nothing_out_nothing_was_sent(told: Told, status: str) -> None:
    async with a_server(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as url:
        with pytest.raises(Limited):
            await told(post("https://lessons.invalid/", proxy=url))


@every_platform
async def test_where_nobody_can_be_proxy_nothing_was_sent(told: Told) -> None:
    with pytest.raises(Limited):
        await told(post("https://lessons.invalid/", proxy="http://127.0.0.1:9/"))


@every_platform
async def test_what_a_server_took_and_does_not_answer_may_have_been_done(told: Told) -> None:
    async with a_server(None) as url:
        with pytest.raises(Uncertain):
            await told(post(url, 0.1))
    async with a_server(b"") as url:
        with pytest.raises(Uncertain):
            await told(post(url))


@every_platform
@pytest.mark.parametrize(
    "failure",
    [
        aiohttp.SocketTimeoutError(),
        aiohttp.ServerTimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(),
        aiohttp.ClientPayloadError(),
        aiohttp.ClientResponseError(Mock(), (), status=502),
        TimeoutError(),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_what_fails_once_the_connection_stands_may_have_been_done(
    told: Told, failure: Exception
) -> None:
    async def fails() -> None:
        raise failure

    with pytest.raises(Uncertain):
        await told(fails())


def test_no_call_ends_before_it_is_known_whether_it_was_sent() -> None:
    assert min(client.SECONDS, connector.SECONDS, tokens.SECONDS) > CONNECTED
