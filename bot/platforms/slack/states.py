"""States: what goes to Slack and back with a browser, to know that it is the same browser."""

from __future__ import annotations

import hashlib
import re
import secrets

from bot.chat.platform import Records
from bot.clock import Clock

STATE = "slack-state"
"""The kind of the records of states that were given out and did not come back yet."""
SECONDS = 600
"""How long a state may be on its way."""
SWEEP_EVERY = 60

_STATE = re.compile(r"([0-9]{1,12})\.[A-Za-z0-9_-]{43}")


class States:
    """States given out and taken back once, by any of the processes that share the records."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._swept = 0

    async def issue(self) -> str:
        """A new one. Raises RecordsUnavailable."""
        now = self._now()
        if now - self._swept >= SWEEP_EVERY:
            self._swept = now
            await self._sweep(now)
        state = f"{now + SECONDS}.{secrets.token_urlsafe(32)}"
        await self._records.put(STATE, _key(state), b"")
        return state

    async def take(self, state: str) -> bool:
        """Whether it is one of ours that was not taken before. Raises RecordsUnavailable."""
        known = _STATE.fullmatch(state)
        if known is None:
            return False
        return await self._records.delete(STATE, _key(state)) and self._now() < int(known[1])

    async def _sweep(self, now: int) -> None:
        for key in await self._records.keys(STATE):
            if int(key.partition(".")[0]) <= now:
                await self._records.delete(STATE, key)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _key(state: str) -> str:
    """When the state ends, and a name for it that says nothing of it."""
    return f"{state.partition('.')[0]}.{hashlib.sha256(state.encode()).hexdigest()}"
