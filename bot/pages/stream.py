"""Live pages: a bell that rings when something changed, and the stream that a browser hears.

A stream carries no content, only the news that there is some, so that it can never leak any.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import contextmanager, suppress

_LOOK_EVERY = 1.0
_LOOK_AT_MOST_EVERY = 0.1
HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is still there."""

_log = logging.getLogger(__name__)

Versions = Callable[[Collection[str]], Awaitable[Mapping[str, int]]]


class Bell:
    """Wakes the streams that watch a channel when its version has moved.

    `ring` is for changes made in this process; those of others are seen within a second.
    However many streams watch, one look asks for all of them.
    """

    def __init__(self, versions: Versions) -> None:
        self._look = versions
        self._watched: Counter[str] = Counter()
        self._known: dict[str, int] = {}
        self._moved = asyncio.Event()
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.closed = False

    def ring(self, channel: str) -> None:
        """Something changed there."""
        if channel in self._watched:
            self._rung.set()

    def wake(self) -> None:
        """Something changed that every stream shows."""
        self._wake()

    def close(self) -> None:
        """End every stream: the server is going down."""
        self.closed = True
        self._rung.set()
        self._wake()

    @contextmanager
    def watching(self, channels: Collection[str]) -> Iterator[None]:
        """Look at these channels for as long as the block lasts."""
        self._watched.update(channels)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._watched.subtract(channels)
            for channel in channels:
                if self._watched[channel] <= 0:
                    del self._watched[channel]
                    self._known.pop(channel, None)
            if not self._watched:
                self._rung.set()

    def mark(self, channels: Collection[str]) -> str:
        """The versions last seen, as one word: the same word, the same state."""
        seen = [self._known.get(channel, 0) for channel in channels]
        return mark(seen) if any(seen) else UNSEEN

    @property
    def signal(self) -> asyncio.Event:
        """What the next change sets: take it before looking, and no change is missed."""
        return self._moved

    async def _watch(self) -> None:
        while self._watched and not self.closed:
            try:
                versions = await self._look(tuple(self._watched))
            except Exception:
                _log.warning("the room's changes could not be looked up; trying again")
                versions = {}
            fresh = {c: v for c, v in versions.items() if self._known.get(c) != v}
            if fresh:
                self._known.update({c: v for c, v in fresh.items() if c in self._watched})
                self._wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await self._rung.wait()
                    await asyncio.sleep(_LOOK_AT_MOST_EVERY)
            self._rung.clear()

    def _wake(self) -> None:
        woken, self._moved = self._moved, asyncio.Event()
        woken.set()


UNSEEN = ""
"""The mark of channels that nobody has looked at yet."""


def mark(versions: Iterable[int]) -> str:
    """Versions as one word that an address can carry."""
    return ".".join(map(str, versions))


async def changes(
    bell: Bell,
    channels: Collection[str],
    since: str,
    more: Callable[[], Mapping[str, str]] = dict,
    heartbeat: float = HEARTBEAT,
) -> AsyncIterator[str]:
    """Server-sent events: ``changed`` with the new mark whenever it differs from ``since``.

    ``more`` gives further events by name, sent whenever there is anything to send.
    Ends when the bell closes.
    """
    yield "retry: 2000\n\n"
    with bell.watching(channels):
        while not bell.closed:
            signal = bell.signal
            now = bell.mark(channels)
            if now not in (since, UNSEEN):
                since = now
                yield f"id: {now}\nevent: changed\ndata: {now}\n\n"
            for event, text in more().items():
                yield f"event: {event}\ndata: {text}\n\n"
            try:
                async with asyncio.timeout(heartbeat):
                    await signal.wait()
            except TimeoutError:
                yield ": still here\n\n"
