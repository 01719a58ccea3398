"""The world outside: a platform that keeps its posts in a file, whatever happens to the bot.

Each post and each edit is one line, appended with one write, so that a line is there whole or not
at all, and a killed process takes none with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer, Saved, Show
from bot.chat.event import Event, FormRequested, Joined, Left
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.platform import Capabilities, Hear, Uncertain
from bot.platforms.memory import MemoryPlatform

Step = Callable[[str], None]
"""Called at each moment at which the process may be killed, with what kind of moment it is:
``call`` before and after each call of the platform, ``told`` when somebody was just answered."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done to the platform. Only a post has a ``key`` and knows its ``to``."""

    do: Literal["post", "edit"]
    ref: str
    shows: str
    key: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that this event is kept. ``joined`` says that they came in or went out by
    it."""

    event: str
    who: str
    joined: bool


class JournalPlatform(MemoryPlatform):
    """The platform in memory, but what is posted stands in a file and outlives the process."""

    def __init__(self, file: Path, *, read_back: bool, hear: Hear | None, step: Step) -> None:
        super().__init__(capabilities=Capabilities(read_back=read_back), hear=hear)
        self._file = file
        self._step = step

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post; the same key twice is two posts."""
        ref = PostRef(self._place_of(to), f"p{len(read_journal(self._file)) + 1}")
        self._do(Line("post", str(ref), plain(message), key, str(to)))
        return ref

    async def edit(self, ref: PostRef, message: Message) -> None:
        """Edit; nothing is judged here."""
        self._do(Line("edit", str(ref), plain(message)))

    async def find(self, to: Place | Person, key: str) -> PostRef | None:
        """The first post there with this key. Uncertain if this platform cannot be asked."""
        if not self.capabilities.read_back:
            raise Uncertain
        posted = (line for line in read_journal(self._file) if line.do == "post")
        found = (line.ref for line in posted if (line.to, line.key) == (str(to), key))
        return next(map(PostRef.parse, found), None)

    def _do(self, line: Line) -> None:
        self._step("call")
        append(self._file, asdict(line))
        self._step("call")


class Acknowledging:
    """Hears as ``hear`` does, and writes down who was told that something is saved."""

    def __init__(self, hear: Hear, file: Path, step: Step) -> None:
        self._hear = hear
        self._file = file
        self._step = step

    async def __call__(self, event: Event) -> Answer:
        answer = await self._hear(event)
        # Whoever asks for a form gives nothing yet.
        if isinstance(answer, Saved | Show) and not isinstance(event, FormRequested):
            told = Acknowledged(event.id, str(event.who), isinstance(event, Joined | Left))
            append(self._file, asdict(told))
            self._step("told")
        return answer


def append(file: Path, line: dict[str, Any]) -> None:
    """Add a line to the file, with one write."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        data = json.dumps(line).encode() + b"\n"
        assert os.write(handle, data) == len(data)
    finally:
        os.close(handle)


def read_journal(file: Path) -> list[Line]:
    """Everything that was done to the platform, in order."""
    return [Line(**line) for line in _lines(file)]


def read_acknowledged(file: Path) -> list[Acknowledged]:
    """Everybody who was told that something is saved, in order."""
    return [Acknowledged(**line) for line in _lines(file)]


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []
