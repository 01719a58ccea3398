"""A Microsoft that only signs: OpenID metadata, a list of keys, and tokens, on loopback."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm, get_default_algorithms
from jwt.utils import base64url_encode

from bot.platforms.teams.config import CLOUDS

Json = Any

METADATA_PATH = "/v1/.well-known/openidconfiguration"
KEYS_PATH = "/v1/.well-known/keys"
LASTS = 3600
"""Seconds for which a token is good."""

Fault = Literal[
    "down", "dropped", "elsewhere", "binary", "deep", "bare", "huge", "empty", "listless", "slow"
]
"""What both documents are: 503, a broken connection, a redirect to themselves, no text, JSON that
is too deep, JSON that is no object, more than anybody reads, without keys, without a list of them,
or nothing until the server closes."""


@cache
def private_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of our own; the same number gives the same one."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def listed(kid: Json, key: rsa.RSAPrivateKey, **values: Json) -> Json:
    """A public key as Microsoft lists it; ``None`` leaves a field out."""
    entry = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    entry |= {"use": "sig", "kid": kid, "x5t": kid, "endorsements": ["msteams", "webchat"]}
    return {name: value for name, value in {**entry, **values}.items() if value is not None}


def sealed(head: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """A token of any headers, claims and signature, in the compact form of RFC 7515."""
    parts = [json.dumps(part).encode() for part in (head, claims)]
    text = b".".join(base64url_encode(part) for part in parts)
    return (text + b"." + base64url_encode(sign(text))).decode()


@dataclass
class KeyServer:
    """What signs for an issuer.

    ``fetched`` counts the documents that were asked for, "metadata" and "keys". ``entries`` is the
    list of keys by their ids, and may be changed; ``kid`` is the one that signs. ``metadata`` is
    added to the first document. While there is a ``fault``, documents are as it says. ``reached``
    is set once anything was asked for.
    """

    issuer: str
    url: str = ""
    kid: str = "key-0"
    entries: dict[str, Json] = field(default_factory=dict)
    metadata: dict[str, Json] = field(default_factory=dict)
    fault: Fault | None = None
    fetched: Counter[str] = field(default_factory=Counter)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.rotations = 0
        self.entries[self.kid] = listed(self.kid, self.key)

    @property
    def keys_url(self) -> str:
        """What goes into `Cloud.keys_url`."""
        return self.url + METADATA_PATH

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The key that signs now."""
        return private_key(self.rotations)

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with a new key; the one before is listed no more, unless it is kept."""
        if not keep:
            del self.entries[self.kid]
        self.rotations += 1
        self.kid = f"key-{self.rotations}"
        self.entries[self.kid] = listed(self.kid, self.key)

    def claims(
        self, *, audience: str, service_url: str, now: datetime | None = None, **changes: Json
    ) -> dict[str, Json]:
        """What a token says, valid from ``now`` on; a change to ``None`` leaves a claim out."""
        at = int(now.timestamp() if now else time.time())
        times = {"nbf": at, "exp": at + LASTS}
        claims = {"iss": self.issuer, "aud": audience, "serviceurl": service_url, **times}
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(
        self,
        *,
        audience: str,
        service_url: str,
        now: datetime | None = None,
        headers: Mapping[str, Json] | None = None,
        algorithm: str = "RS256",
        key: rsa.RSAPrivateKey | None = None,
        **changes: Json,
    ) -> str:
        """A token with these claims (see `claims`), signed with the key of now or with another.

        A change of the headers to ``None`` leaves one out.
        """
        head = {"alg": algorithm, "kid": self.kid, "typ": "JWT", **(headers or {})}
        claims = self.claims(audience=audience, service_url=service_url, now=now, **changes)
        signs = get_default_algorithms()[algorithm]
        return sealed(
            {name: value for name, value in head.items() if value is not None},
            claims,
            lambda text: signs.sign(text, key or self.key),
        )

    async def serve_metadata(self, request: web.Request) -> web.StreamResponse:
        """The document to which `keys_url` leads."""
        self.fetched["metadata"] += 1
        document = {"issuer": self.issuer, "jwks_uri": self.url + KEYS_PATH, **self.metadata}
        return await self._served(request, document)

    async def serve_keys(self, request: web.Request) -> web.StreamResponse:
        """The list of keys."""
        self.fetched["keys"] += 1
        return await self._served(request, {"keys": list(self.entries.values())})

    async def _served(self, request: web.Request, document: Json) -> web.StreamResponse:
        self.reached.set()
        match self.fault:
            case None:
                return web.json_response(document)
            case "down":
                return web.json_response(document, status=503)
            case "dropped":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "elsewhere":
                raise web.HTTPFound(request.path)
            case "binary":
                return web.Response(body=b"\xff{}")
            case "deep":
                return web.Response(body=b"[" * 100_000 + b"]" * 100_000)
            case "bare":
                return web.json_response([document])
            case "huge":
                return web.json_response({**document, "more": "x" * 5_000_000})
            case "empty":
                return web.json_response({**document, "keys": []})
            case "listless":
                return web.json_response({**document, "keys": 7})
            case "slow":
                await self.closing.wait()
                return web.Response(status=503)


@asynccontextmanager
async def key_server(issuer: str = CLOUDS["public"].issuer) -> AsyncIterator[KeyServer]:
    """One on a port of its own."""
    keys = KeyServer(issuer)
    app = web.Application()
    app.router.add_get(METADATA_PATH, keys.serve_metadata)
    app.router.add_get(KEYS_PATH, keys.serve_keys)
    async with TestServer(app) as server:
        keys.url = str(server.make_url("")).removesuffix("/")
        try:
            yield keys
        finally:
            keys.closing.set()
