"""A line between the bot and a platform on this machine, which a test cuts, holds, or spoils."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

State = Literal["up", "refused", "hanging", "503"]
"""Everything goes through; nobody picks up; somebody does and says nothing; all is answered 503."""

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """``url`` leads to ``far``. ``held`` is set while somebody waits for an answer in vain;
    ``calls`` counts those who were left without one of the platform's own."""

    def __init__(self, far: str) -> None:
        self._far = urlsplit(far)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._state: State = "up"
        self.held = asyncio.Event()
        self.calls = 0

    @property
    def url(self) -> str:
        """The near end, without a slash."""
        return f"http://127.0.0.1:{self._port}"

    async def turn(self, state: State) -> None:
        """From now on it is like this; whatever was under way breaks off."""
        self._state = state
        if self._server:
            self._server.close()
            self._server = None
        for task in (under_way := set(self._open)):
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)
        self.held.clear()
        if state != "refused":
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            match self._state:
                case "up":
                    await self._carry(reader, writer)
                case "hanging":
                    await self._hold(reader)
                case _:
                    await self._refuse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._far.hostname, self._far.port)
        ways = {
            asyncio.create_task(_pump(reader, far_writer)),
            asyncio.create_task(_pump(far_reader, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            far_writer.transport.abort()

    async def _hold(self, reader: asyncio.StreamReader) -> None:
        """Until whoever called gives up."""
        if await reader.read(1):
            self.calls += 1
            self.held.set()
            while await reader.read(65_536):
                pass

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = _LENGTH.search(head)
        await reader.readexactly(int(found[1]) if found else 0)
        self.calls += 1
        writer.write(_BUSY)
        await writer.drain()
        writer.write_eof()
        # Whoever closes with something unread takes the answer back.
        await reader.read(1)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def line_to(far: str) -> AsyncIterator[Line]:
    """A line to the host and port of this URL, on a port of its own."""
    line = Line(far)
    await line.turn("up")
    try:
        yield line
    finally:
        await line.turn("refused")
