"""Whether the doors stand open: Microsoft's for its keys, and Fivefold's own for what Teams sends.

Whatever goes wrong becomes a sentence.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.platforms.checking import UNREACHABLE, Check
from bot.platforms.teams.auth import LEEWAY
from bot.platforms.teams.config import CHANNEL, MESSAGES_PATH, TeamsConfig

CLOCK_IS_OFF = timedelta(seconds=60)
"""What comes may look `LEEWAY` seconds too old or too new, so a clock must stay well below that."""

_LARGEST = 4_000_000
_LIMIT = aiohttp.ClientTimeout(total=10)


async def check_keys(
    config: TeamsConfig, session: aiohttp.ClientSession, machine: Clock
) -> list[Check]:
    """Whether the keys are there by which it shows that something is Microsoft's, and the clock."""
    url = config.cloud.keys_url
    try:
        about, dated = await _read(session, url, machine)
        listed, _ = await _read(session, str(about["jwks_uri"]), machine)
        speak = [key for key in listed["keys"] if CHANNEL in (key.get("endorsements") or ())]
        issuer = about["issuer"]
    except (*UNREACHABLE, KeyError, TypeError, AttributeError):
        sentence = (
            f"Microsoft's keys cannot be read at {url}: without them nothing from Teams is let in. "
            "See that this machine may connect to it."
        )
        return [Check("keys", False, sentence), _clock(None)]
    if issuer != config.cloud.issuer or not speak:
        sentence = (
            f"What stands at {url} is not of the {config.cloud.name} cloud: see that nothing on "
            "the way answers in Microsoft's place."
        )
        return [Check("keys", False, sentence), _clock(dated)]
    sentence = f"Microsoft's keys can be read; {len(speak)} of them speak for Teams."
    return [Check("keys", True, sentence), _clock(dated)]


async def check_endpoint(config: TeamsConfig, session: aiohttp.ClientSession) -> Check:
    """Whether Fivefold answers where Teams is told to send, and keeps others out."""
    name, url = "endpoint", f"{config.public_url}{MESSAGES_PATH}"
    if not config.public_url:
        sentence = "Nobody knows where Teams is to send to: set FIVEFOLD_PUBLIC_URL."
        return Check(name, False, sentence)
    if config.cloud.login.startswith("https:") and not url.startswith("https:"):
        sentence = f"Teams sends only to https, and {url} is not: see FIVEFOLD_PUBLIC_URL."
        return Check(name, False, sentence)
    try:
        healthy = await _status(session, "GET", f"{config.public_url}/healthz")
        unsigned = await _status(session, "POST", url)
    except UNREACHABLE:
        sentence = (
            f"Nothing answers at {config.public_url} (from this machine): start “fivefold serve”, "
            "and see that its address and certificate are right."
        )
        return Check(name, False, sentence)
    if healthy != 200 or unsigned != 401:
        sentence = (
            f"Something answers at {url}, but not as Fivefold with Teams does (with {unsigned} to "
            "what is not signed): see that FIVEFOLD_PUBLIC_URL leads to “fivefold serve”, and "
            "that it was started with the same settings."
        )
        return Check(name, False, sentence)
    sentence = (
        f"{url} answers, and refuses what Microsoft did not sign. The bot's page “Configuration” "
        "in Azure must have the same address."
    )
    return Check(name, True, sentence)


def _clock(apart: timedelta | None) -> Check:
    """By how much this machine's clock is ahead of Microsoft's."""
    if apart is None:
        return Check("clock", None, "Microsoft did not say what time it is.")
    if abs(apart) > CLOCK_IS_OFF:
        which = "ahead" if apart > timedelta() else "behind"
        sentence = (
            f"This machine's clock is {round(abs(apart).total_seconds())} seconds {which}, and "
            f"from {LEEWAY} on all that Teams sends would be refused: let it be set over the "
            "network (NTP)."
        )
        return Check("clock", False, sentence)
    return Check("clock", True, "This machine's clock and Microsoft's agree.")


async def _read(
    session: aiohttp.ClientSession, url: str, machine: Clock
) -> tuple[Any, timedelta | None]:
    """A document, and by how much this machine's clock is ahead of whoever sent it."""
    async with session.get(url, timeout=_LIMIT, allow_redirects=False) as answer:
        text = await answer.content.read(_LARGEST)
        while not answer.content.at_eof() and len(text) < _LARGEST:
            text += await answer.content.read(_LARGEST)
        dated = _date(answer.headers.get("Date", ""))
        return json.loads(text), machine.now() - dated if dated else None


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else None


async def _status(session: aiohttp.ClientSession, method: str, url: str) -> int:
    body = "{}" if method == "POST" else None
    headers = {"Content-Type": "application/json"}
    async with session.request(
        method, url, data=body, headers=headers, timeout=_LIMIT, allow_redirects=False
    ) as answer:
        return answer.status
