"""Whether what comes is from Teams, for this app, and of this organisation.

The rules are those of Microsoft's page "Authentication with the Bot Connector API", section
"Connector to Bot", each of them required, and two more: the tenant, and where the bot is led.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import aiohttp
import jwt

from bot.clock import Clock
from bot.platforms.teams.config import CHANNEL, LOOPBACK, TeamsConfig
from bot.platforms.teams.keys import Keys

ALGORITHMS = ("RS256", "RS384", "RS512")

LEEWAY = 300
"""Seconds by which Microsoft's clock and ours may be apart."""

LONGEST = 8_192
"""Characters of the header; a token of Microsoft's has about a thousand."""

_SEGMENT = r"[A-Za-z0-9_-]+"
_BEARER = re.compile(rf"[Bb][Ee][Aa][Rr][Ee][Rr] ({_SEGMENT}\.{_SEGMENT}\.{_SEGMENT})")
# Narrower than an address may be, so that no two readers of it can find different hosts in it.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[::1\]|(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/[A-Za-z0-9._~-]*)*"
)

log = logging.getLogger(__name__)


class Unauthorized(Exception):
    """Not from Teams, or not for us; its text names the rule that failed, and quotes nothing."""


class TokenCheck:
    """Lets through what Teams sent to this app from this tenant."""

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession, machine: Clock) -> None:
        self._config = config
        self._machine = machine
        self._keys = Keys(config.cloud.keys_url, session, machine)

    async def check(self, authorization: str, activity: object) -> None:
        """Check the header ``Authorization`` (empty where there is none) and the body as it was
        read from JSON. Raises `Unauthorized`, which it has logged, and nothing else.

        Without an app (``config.local``) no token is asked for.
        """
        try:
            service_url = _read(self._config, activity)
            if not self._config.local:
                self._compare(await self._claims(authorization), service_url)
        except Unauthorized as why:
            log.warning("a request was refused, as it may not be from Teams: %s", why)
            raise

    async def _claims(self, authorization: str) -> dict[str, Any]:
        """What the token says, once its signature has been found good."""
        bearer = _BEARER.fullmatch(authorization) if len(authorization) <= LONGEST else None
        if bearer is None:
            raise Unauthorized("there is no single bearer token")
        token = bearer[1]
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Unauthorized("the token cannot be read") from None
        if header.get("alg") not in ALGORITHMS:
            raise Unauthorized("the token is signed in a way that is not Microsoft's")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise Unauthorized("the token names no key")
        key = await self._keys.find(kid)
        if key is None:
            raise Unauthorized("the token's key is not among Microsoft's")
        if CHANNEL not in key.endorsements:
            raise Unauthorized("the token's key may not speak for Teams")
        try:
            # The claims are compared here, as PyJWT reads the system's clock.
            payload = jwt.PyJWS().decode(token, key.public, algorithms=ALGORITHMS)
            claims = json.loads(payload)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Unauthorized("the token's signature is wrong") from None
        if not isinstance(claims, dict):
            raise Unauthorized("the token has no claims")
        return claims

    def _compare(self, claims: dict[str, Any], service_url: str) -> None:
        if claims.get("iss") != self._config.cloud.issuer:
            raise Unauthorized("the issuer is another")
        if claims.get("aud") != self._config.app_id:
            raise Unauthorized("the audience is another app")
        now = self._machine.now().timestamp()
        if now >= _seconds(claims, "exp") + LEEWAY:
            raise Unauthorized("the token has expired")
        if now < _seconds(claims, "nbf") - LEEWAY:
            raise Unauthorized("the token is not valid yet")
        claimed = claims.get("serviceurl")
        if not isinstance(claimed, str) or _bare(claimed) != _bare(service_url):
            raise Unauthorized("the service address is not the token's")


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unauthorized(f"the claim {name} is no time")
    return value


def _read(config: TeamsConfig, activity: object) -> str:
    """The activity's service address, once it is found to come from where it may."""
    if not isinstance(activity, dict):
        raise Unauthorized("the body is no activity")
    if activity.get("channelId") != CHANNEL:
        raise Unauthorized("the channel is not Teams")
    if config.tenant:
        # Not `from.tenantId`: guests are at home elsewhere, and the conversation decides.
        tenants = (
            _at(activity, "channelData", "tenant", "id"),
            _at(activity, "conversation", "tenantId"),
        )
        named = [tenant for tenant in tenants if tenant is not None]
        if not named or any(tenant != config.tenant for tenant in named):
            raise Unauthorized("the tenant is another")
    service_url = activity.get("serviceUrl")
    if not isinstance(service_url, str) or not leads_to(service_url, config.hosts):
        raise Unauthorized("the service address is not Microsoft's")
    return service_url


def _at(activity: dict[str, Any], *path: str) -> object:
    """What stands there; ``None`` where nothing does. Raises `Unauthorized` for odd types."""
    found: object = activity
    for name in path:
        if found is None:
            return None
        if not isinstance(found, dict):
            raise Unauthorized("the activity is not as Teams writes it")
        found = found.get(name)
    return found


def leads_to(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is plain, safe on its way, and leads to one of these hosts.

    ``hosts`` are as in `Cloud.hosts`. On the way to others than this machine that is HTTPS, at
    its own port.
    """
    address = _ADDRESS.fullmatch(url)
    if address is None:
        return False
    host = address["host"].lower().strip("[]")
    if not any(host == name or (name[0] == "." and host.endswith(name)) for name in hosts):
        return False
    return host in LOOPBACK or (address["scheme"] == "https" and address["port"] in (None, "443"))


def _bare(url: str) -> str:
    return url.removesuffix("/")
