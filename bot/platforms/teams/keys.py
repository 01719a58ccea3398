"""The keys with which Microsoft signs what it sends: fetched, kept for a day, and found by id."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from bot.clock import Clock
from bot.platforms.teams.config import LOOPBACK

LASTS = timedelta(hours=24)
"""How long keys are good without being asked for again."""

PAUSE = timedelta(minutes=5)
"""How long after one try to fetch them the next may come: ids that are invented cause no more."""

EMPTY_PAUSE = timedelta(seconds=10)
"""The same where there is no key at all, and so nothing can be heard."""

PATIENCE = 3.0
"""Seconds for both documents together; what waits for them is to be answered within 5."""

LARGEST = 4_000_000
"""Bytes of one document; Microsoft's list has about 250 keys, and not quite a million bytes."""

SHORTEST_KEY = 2048

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the channels that it may speak for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Unreadable(Exception):
    """What the addresses of the keys gave is no list of keys."""


class Keys:
    """The keys to which one OpenID metadata document leads.

    They are fetched when they are first asked for, when they are a day old, and when a key is
    asked for that is not among them; those that ask at the same time share one fetch. Where it
    fails, the keys that are there stay in use.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession, machine: Clock) -> None:
        self._url = url
        self._session = session
        self._machine = machine
        self._keys: Mapping[str, Key] = {}
        self._read: datetime | None = None
        self._tried: datetime | None = None
        self._turn = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """The key of this id; ``None`` where there is none, or none could be fetched."""
        if self._is_due(kid):
            async with self._turn:
                if self._is_due(kid):
                    await self._renew()
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        now = self._machine.now()
        if kid in self._keys and _within(self._read, LASTS, now):
            return False
        return not _within(self._tried, PAUSE if self._keys else EMPTY_PAUSE, now)

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                self._keys = await self._fetch()
            self._read = self._machine.now()
        except (aiohttp.ClientError, OSError, ValueError, Unreadable) as failure:
            # A name only: what others wrote has no place in the log.
            why = type(failure).__name__
            log.warning("Microsoft's keys could not be fetched from %s: %s", self._url, why)
        self._tried = self._machine.now()

    async def _fetch(self) -> Mapping[str, Key]:
        metadata = await self._document(self._url)
        listed = (await self._document(metadata.get("jwks_uri"))).get("keys")
        keys = _keys(listed) if isinstance(listed, list) else {}
        if not keys:
            raise Unreadable
        return keys

    async def _document(self, url: object) -> dict[str, Any]:
        if not (isinstance(url, str) and _is_safe(url)):
            raise Unreadable
        body = bytearray()
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise Unreadable
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > LARGEST:
                    raise Unreadable
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as nonsense:
            raise Unreadable from nonsense
        if not isinstance(document, dict):
            raise Unreadable
        return document


def _within(since: datetime | None, span: timedelta, now: datetime) -> bool:
    """Whether less than ``span`` has gone by. A clock that was set back counts as a long time."""
    return since is not None and since <= now < since + span


def _is_safe(url: str) -> bool:
    """Whether nobody between can change what this address gives."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _keys(listed: list[Any]) -> Mapping[str, Key]:
    """The keys that can be used; others are passed over, as a list may hold several kinds."""
    found: dict[str, Key] = {}
    for entry in listed:
        if isinstance(entry, dict) and isinstance(kid := entry.get("kid"), str):
            key = _key(entry)
            if key is not None:
                found[kid] = key
    return found


def _key(entry: dict[str, Any]) -> Key | None:
    try:
        public = RSAAlgorithm.from_jwk(entry)
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError):
        return None
    # With a private half it would be a key that everybody can sign with.
    if not isinstance(public, RSAPublicKey) or public.key_size < SHORTEST_KEY:
        return None
    endorsements = entry.get("endorsements")
    texts = endorsements if isinstance(endorsements, list) else []
    return Key(public, frozenset(text for text in texts if isinstance(text, str)))
