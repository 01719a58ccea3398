"""The app's own token, by which it speaks to Teams: asked for once and kept while it is good.

The SDK's way is synchronous and asks anew on every turn.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import aiohttp

from bot.chat.platform import Gone, Limited
from bot.clock import Clock
from bot.platforms.reaching import limits
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.sharing import Shared
from bot.words import t

SECONDS = 10
WAIT = timedelta(seconds=10)
EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

LARGEST = 100_000
_CODE = re.compile(r"AADSTS[0-9]+")


class TokenRefused(Exception):
    """Entra gives no token. ``code`` is its word for why, as in ``AADSTS7000215``, or ``""``."""

    def __init__(self, code: str) -> None:
        super().__init__(code or "no reason given")
        self.code = code


class TokenUnreachable(Exception):
    """Entra cannot be asked just now."""


class Tokens:
    """The tokens of one app for one scope."""

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession, machine: Clock) -> None:
        self._config = config
        self._session = session
        self._machine = machine
        self._token = ""
        self._until: datetime | None = None
        self._asking: Shared[None] = Shared()

    @property
    def held(self) -> str:
        """The token that was given last; ``""`` where none was."""
        return self._token

    async def bearer(self) -> str:
        """A token that is good now; ``""`` in local use, which has none.

        Raises Gone where Entra refuses, Limited where it cannot be asked: nothing was sent then.
        """
        try:
            return await self.get()
        except TokenRefused:
            raise Gone(t("Microsoft gives Fivefold no token: run “fivefold doctor”")) from None
        except TokenUnreachable:
            raise Limited(WAIT) from None

    async def get(self) -> str:
        """Likewise. Raises TokenRefused and TokenUnreachable."""
        if self._config.local:
            return ""
        if self._until is None or self._machine.now() >= self._until:
            await self._asking.get("token", self._ask)
        return self._token

    def forget(self, token: str) -> None:
        """This token was not accepted."""
        if token == self._token:
            self._until = None

    async def _ask(self) -> None:
        config, cloud = self._config, self._config.cloud
        asked = {
            "grant_type": "client_credentials",
            "client_id": config.app_id,
            "client_secret": config.secret,
            "scope": cloud.scope,
        }
        url = f"{cloud.login}/{config.tenant}/oauth2/v2.0/token"
        try:
            async with self._session.post(
                url, data=asked, timeout=limits(SECONDS), allow_redirects=False
            ) as answer:
                if (answer.content_length or 0) > LARGEST:
                    raise TokenUnreachable
                said = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError):
            raise TokenUnreachable from None
        if answer.status >= 500 or answer.status == 429 or not isinstance(said, dict):
            raise TokenUnreachable
        token, seconds = said.get("access_token"), said.get("expires_in")
        if answer.status != 200 or not isinstance(token, str) or not token:
            found = _CODE.search(str(said.get("error_description") or ""))
            raise TokenRefused(found[0] if found else str(said.get("error") or "")[:80])
        lasts = timedelta(seconds=int(str(seconds))) if str(seconds).isdecimal() else 2 * EARLY
        self._token, self._until = token, self._machine.now() + max(lasts - EARLY, lasts / 2)
