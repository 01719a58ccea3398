"""A message that takes several posts: the first stands for all, and the others are kept by it.

No post of a message is ever posted twice: where nobody knows whether one was, it is read back, or
stays in doubt and may be missing.
"""

from __future__ import annotations

import asyncio
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Protocol

from bot.chat.address import PostRef
from bot.chat.platform import (
    Gone,
    Incomplete,
    Limited,
    Records,
    RecordsUnavailable,
    Rejected,
    Uncertain,
)

Payload = Mapping[str, Any]
Digest = Callable[[Payload], str]

PATIENCE = timedelta(seconds=20)
"""How long each further post of a long message waits for the platform to take it."""


class Deleted(Gone):
    """Somebody deleted that post."""


class Hand(Protocol):
    """What a platform does with the single posts of one message; each raises as the port says."""

    @property
    def ref(self) -> PostRef:
        """The first post, which stands for all."""
        ...

    async def post(self, payload: Payload, key: str, part: int) -> str:
        """Post a further part, and give its id; ``part`` counts from 1, which is the first."""
        ...

    async def update(self, id: str, payload: Payload) -> None:
        """Let this post read that. Raises Deleted, too."""
        ...

    async def delete(self, id: str) -> None:
        """Take this post away; one that is gone is no trouble."""
        ...

    async def later(self, key: str) -> Sequence[str] | None:
        """The ids of the further parts that stand; ``None`` where that cannot be known."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One post of a message.

    ``id`` is ``""`` where nobody knows whether it was posted. ``reads`` is the digest of what it
    surely reads, or ``""``.
    """

    id: str = ""
    reads: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """All posts of a message, in order."""

    key: str
    posts: tuple[Part, ...]


def digest_of(payload: Payload) -> str:
    """The digest of all that a post reads."""
    return sha256(json.dumps(payload).encode()).hexdigest()


class Series:
    """Posts and edits messages of several posts, for one platform.

    Records are of the kind given, by the address of the first post. ``digest`` tells what a post
    reads, and ``is_same``, of what it reads and shall read, whether that is worth no edit.
    """

    def __init__(
        self,
        records: Records,
        kind: str,
        digest: Digest = digest_of,
        is_same: Callable[[str, str], bool] = operator.eq,
    ) -> None:
        self._records = records
        self._kind = kind
        self._digest = digest
        self._is_same = is_same

    async def begin(self, hand: Hand, key: str, payloads: Sequence[Payload]) -> None:
        """The first payload was posted: post the others.

        Raises Incomplete where one is missing yet, and Uncertain where one may be or stays so.
        """
        first, *rest = payloads
        parts = Parts(key, (Part(hand.ref.id, self._digest(first)),))
        if not rest and not key:
            # It is never edited, and never looked for.
            return
        try:
            await self._keep(hand.ref, parts)
            await self._go_on(hand, parts, rest)
        except (Limited, RecordsUnavailable):
            raise Incomplete(hand.ref) from None
        except (Gone, Rejected):
            raise Uncertain("a part of it") from None

    async def edit(self, hand: Hand, payloads: Sequence[Payload]) -> None:
        """Let the posts read this: fewer or more of them, where it takes fewer or more."""
        kept = await self.of(hand.ref)
        posts = await self._redraw(hand, await self._cleared(hand, kept), payloads)
        for surplus in posts[len(payloads) :]:
            if surplus.id:
                await hand.delete(surplus.id)
        parts = Parts(kept.key, posts[: len(payloads)])
        if parts != kept:
            await self._keep(hand.ref, parts)
        await self._go_on(hand, parts, payloads[len(parts.posts) :])

    async def found(self, ref: PostRef, key: str) -> None:
        """The post with this key was read back, and whether it goes on somewhere is not known."""
        if await self._records.get(self._kind, str(ref)) is None:
            await self._keep(ref, Parts(key, (Part(ref.id), Part())))

    async def knows(self, ref: PostRef) -> bool:
        """Whether that is the first post of a message of ours."""
        return await self._records.get(self._kind, str(ref)) is not None

    async def of(self, ref: PostRef) -> Parts:
        """What is kept of the message; the one post where nothing is."""
        kept = await self._records.get(self._kind, str(ref))
        if kept is None:
            return Parts("", (Part(ref.id),))
        read = json.loads(kept)
        return Parts(read["key"], tuple(Part(**post) for post in read["posts"]))

    async def _redraw(
        self, hand: Hand, parts: Parts, payloads: Sequence[Payload]
    ) -> tuple[Part, ...]:
        """Let the posts that stand read this; gives them without those that somebody deleted."""
        posts = list(parts.posts)
        at = 0
        while at < min(len(posts), len(payloads)):
            id, payload = posts[at].id, payloads[at]
            reads = self._digest(payload)
            if id and not self._is_same(posts[at].reads, reads):
                if posts[at].reads:
                    # If the answer is lost, nobody will know which of the two it reads.
                    posts[at] = Part(id)
                    await self._keep(hand.ref, Parts(parts.key, tuple(posts)))
                try:
                    await hand.update(id, payload)
                except Deleted:
                    if at == 0:
                        raise
                    del posts[at]
                    continue
                posts[at] = Part(id, reads)
            at += 1
        return tuple(posts)

    async def _go_on(self, hand: Hand, parts: Parts, rest: Sequence[Payload]) -> None:
        """Post what does not stand yet, and keep where. Raises like the port's ``post``."""
        for payload in rest:
            # It is kept before, so that it is not posted again where the answer is lost.
            await self._keep(hand.ref, Parts(parts.key, (*parts.posts, Part())))
            try:
                id = await _patiently(hand, payload, parts)
            except (Limited, Gone, Rejected):
                await self._keep(hand.ref, parts)
                raise
            parts = Parts(parts.key, (*parts.posts, Part(id, self._digest(payload))))
            await self._keep(hand.ref, parts)

    async def _cleared(self, hand: Hand, parts: Parts) -> Parts:
        """The posts that stand, read back where nobody knows of one whether it was posted.

        What cannot be read back stays in doubt and is never posted again: that a part may be
        missing is better than that it may stand there twice.
        """
        known = {post.id: post for post in parts.posts}
        if "" not in known or not parts.key:
            return parts
        later = await hand.later(parts.key)
        if later is None:
            return parts
        return Parts(parts.key, tuple(known.get(id, Part(id)) for id in (hand.ref.id, *later)))

    async def _keep(self, ref: PostRef, parts: Parts) -> None:
        await self._records.put(self._kind, str(ref), json.dumps(asdict(parts)).encode())


async def _patiently(hand: Hand, payload: Payload, parts: Parts) -> str:
    """Post a further part, which nobody else will; a moment's wait is waited for."""
    patience = PATIENCE
    while True:
        try:
            return await hand.post(payload, parts.key, len(parts.posts) + 1)
        except Limited as limited:
            patience -= limited.after
            if patience < timedelta(0):
                raise
            await asyncio.sleep(limited.after.total_seconds())
