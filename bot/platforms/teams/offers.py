"""What somebody said in a channel, kept until they say whether it is an answer: Teams lets a bot
read nothing again."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.chat.address import Person, PostRef
from bot.chat.event import Said
from bot.chat.platform import Records, RecordsUnavailable
from bot.chat.text import UserText
from bot.clock import Clock

log = logging.getLogger(__name__)

SAID = "teams-said"
"""The kind of record that holds such words, by person and post."""

KEPT = timedelta(days=1)
MOST = 1_000


class Offers:
    """The words that their authors were asked about, for all processes that are asked back."""

    def __init__(self, records: Records, machine: Clock) -> None:
        self._records = records
        self._machine = machine
        self._known: OrderedDict[str, Said] = OrderedDict()

    async def offer(self, said: Said) -> None:
        """Keep this; what was asked of the same person long ago is kept no longer."""
        key = _key(said.who, said.post.id)
        self._known[key] = said
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        now = self._machine.now()
        try:
            await self.sweep(_key(said.who, ""))
            value = {"offered": now.isoformat(), "said": _as_json(said)}
            await self._records.put(SAID, key, json.dumps(value).encode())
        except RecordsUnavailable:
            log.warning("what somebody said is kept by this process alone")

    async def find(self, who: Person, post: str) -> Said | None:
        """What they said in this post; ``None`` where nobody knows. Raises RecordsUnavailable."""
        key = _key(who, post)
        if key in self._known:
            return self._known[key]
        kept = await self._records.get(SAID, key)
        read = json.loads(kept) if kept else None
        return None if read is None or self._is_old(read) else _said(who, read["said"])

    async def taken(self, who: Person, post: str) -> None:
        """It is kept as an answer, and no longer here."""
        try:
            await self._records.delete(SAID, _key(who, post))
        except RecordsUnavailable:
            log.warning("what somebody said is swept later")

    async def sweep(self, beginning: str = "") -> None:
        """Forget what was asked about long ago, of the keys that begin so.

        Raises RecordsUnavailable.
        """
        for key in await self._records.keys(SAID):
            if not key.startswith(beginning):
                continue
            kept = await self._records.get(SAID, key)
            if kept and self._is_old(json.loads(kept)):
                await self._records.delete(SAID, key)

    def _is_old(self, read: dict[str, Any]) -> bool:
        return datetime.fromisoformat(read["offered"]) < self._machine.now() - KEPT


def _key(who: Person, post: str) -> str:
    return f"{who}/{quote(post, safe='')}"


def _as_json(said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "at": said.at.isoformat(),
        "post": str(said.post),
        "text": said.text.text,
        "name": said.name.text if said.name else None,
        "zone": said.zone,
    }


def _said(who: Person, read: dict[str, Any]) -> Said:
    post = PostRef.parse(read["post"])
    return Said(
        id=read["id"],
        at=datetime.fromisoformat(read["at"]),
        who=who,
        place=post.place,
        name=UserText(read["name"]) if read["name"] is not None else None,
        zone=read["zone"],
        post=post,
        text=UserText(read["text"]),
    )
