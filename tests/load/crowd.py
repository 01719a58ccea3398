"""A crowd that votes: a served room, people in it with sessions of their own, and their votes.

The room is the command ``fivefold serve`` in a process of its own, on a free port of this machine.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx

from bot.app import App, open_app
from bot.facilitation.controls import Command
from bot.lessons.lesson import Lesson
from bot.settings import Settings, read_settings
from bot.storage.migrate import migrate
from tests.core.making import a_lesson, a_phase, an_activity
from tests.web.browser import Browser, PageForm

RUN = "votes"
OPTIONS = ("data", "model", "people")
LESSON = a_lesson(a_phase("Engage", an_activity("poll", results="close", minutes=30)))
POLL = "Quick poll"
AT_ONCE = 24
"""How many people come in at a time."""
POSTED_WITHIN = 20
"""Seconds that the room may take until the poll stands."""


def lines_of(most: int = AT_ONCE) -> httpx.AsyncHTTPTransport:
    """The lines that a crowd shares: so many connections at once. A server lets them go after 5 s
    of silence, so they are let go earlier here."""
    return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=most, keepalive_expiry=2))


class Visitor(Browser):
    """Somebody's browser at a served room, with cookies of its own and a shared bundle of lines."""

    def __init__(self, room: str, lines: httpx.AsyncHTTPTransport) -> None:
        self.client = httpx.AsyncClient(
            transport=lines, base_url=room, follow_redirects=True, trust_env=False, timeout=60
        )


@dataclass(frozen=True, slots=True)
class Voter:
    """A person in the room, with the poll in front of them."""

    name: str
    browser: Visitor
    ballot: PageForm


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote, and what its voter was told."""

    voter: Voter
    option: str
    answer: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room that is being served, and the way into it. ``settings`` are those of the server."""

    address: str
    link: str
    settings: Settings

    @property
    def page(self) -> str:
        """Where the room is."""
        return f"/room/{RUN}"


@contextmanager
def serving(folder: Path, *, environ: dict[str, str]) -> Iterator[str]:
    """``fivefold serve``: its address. The process is gone at the end of the block."""
    with (
        (folder / "complaints").open("w") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0"],
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().rpartition(" ")[2].strip()
            assert address.startswith("http://"), (folder / "complaints").read_text()
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()


@asynccontextmanager
async def a_room(folder: Path, lesson: Lesson = LESSON) -> AsyncIterator[tuple[Room, App]]:
    """A room whose lesson has just begun, and the same database opened from here."""
    environ = {
        "FIVEFOLD_DATABASE": f"sqlite:///{folder / 'votes.db'}",
        "FIVEFOLD_SECRET": "s" * 43,
    }
    settings = read_settings(environ)
    await migrate(settings.database)
    async with open_app(settings) as app:
        place = await app.room.open_channel(RUN, lesson.plan.title)
        await app.managing.schedule(
            lesson, run_id=RUN, main=place, facilitators=(), zone="UTC", start=datetime.now(UTC)
        )
        with serving(folder, environ=environ) as address:
            yield Room(address, app.room.entry_link(RUN), settings), app


async def close_the_poll(app: App) -> None:
    """As the facilitator does from the command line."""
    await app.managing.carry_out(RUN, Command("close"), by="cli")


async def come_in(room: Room, lines: httpx.AsyncHTTPTransport, count: int) -> tuple[Voter, ...]:
    """So many people, come in by the cohort's link, each with the poll on their page."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Voter:
        async with hands:
            browser, name = Visitor(room.address, lines), f"Voter {number:03}"
            page = await browser.enter(room.link, name)
            for _ in range(POSTED_WITHIN * 5):
                if POLL in page.text:
                    break
                await asyncio.sleep(0.2)
                page = await browser.get(room.page)
            assert page.status == 200, page.text
            return Voter(name, browser, page.form(ends="/act"))

    return tuple(await asyncio.gather(*map(one, range(count))))


async def vote(voter: Voter, option: str) -> Vote:
    """Press the button as the page's script does, each time anew, on a connection of its own."""
    fields = {**dict(voter.ballot.fields), "event": secrets.token_urlsafe(12), "option": option}
    cookies = "; ".join(f"{name}={value}" for name, value in voter.browser.client.cookies.items())
    headers = {"Cookie": cookies, "X-Requested-With": "fetch"}
    address = f"{voter.browser.client.base_url}{voter.ballot.action.lstrip('/')}"
    status, answered, _ = await post(address, fields.items(), headers)
    return Vote(voter, option, f"{status} {answered.get('x-answer', '')}".strip())


async def vote_without_scripts(voter: Voter, option: str) -> Vote:
    """Press the button in a browser without scripts, which then loads the room again."""
    page = await voter.browser.send(voter.ballot, button=option)
    saved = page.status == 200 and "Your vote is saved" in page.text
    return Vote(voter, option, "200 saved" if saved else f"{page.status} {page.text}")


async def post(
    address: str, fields: Iterable[tuple[str, str]], headers: Mapping[str, str]
) -> tuple[int, dict[str, str], str]:
    """Send a form: status, headers and body of the answer. It costs the sender next to nothing, so
    that what is measured is who answers."""
    parts, body = urlsplit(address), urlencode(list(fields)).encode()
    lines = {
        "Host": parts.netloc,
        "Connection": "close",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"POST {parts.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        top, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
        await writer.wait_closed()
    first, *rest = top.decode().split("\r\n")
    answered = dict(line.lower().split(": ", 1) for line in rest)
    return int(first.split()[1]), answered, answer.decode()


def evenly(votes: Sequence[Voter], seconds: float) -> Iterator[tuple[float, Voter, str]]:
    """When each votes, and for what: evenly over so many seconds, in unequal shares."""
    for number, voter in enumerate(votes):
        # Of six votes three go to the first option, two to the second, one to the third.
        option = OPTIONS[(0, 0, 0, 1, 1, 2)[number % 6]]
        yield seconds * number / len(votes), voter, option
