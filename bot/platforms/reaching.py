"""Whether a call reached a platform's servers: how long a connection may take to stand, and how it
shows that it never did."""

from __future__ import annotations

import aiohttp

STANDS = 3.0
"""Seconds in which one address has to answer; a firewall that drops packets never lets it."""

CONNECTED = 2 * STANDS
"""Seconds until there is a connection, with all addresses tried and one's turn waited for."""

NEVER_STOOD = (
    aiohttp.ClientConnectorError,
    # What a server that was reached takes too long for is another kind of ServerTimeoutError.
    aiohttp.ConnectionTimeoutError,
    # The proxy refused to let it out.
    aiohttp.ClientHttpProxyError,
)
"""The connection never stood, so no byte of the call was sent."""


def limits(seconds: float) -> aiohttp.ClientTimeout:
    """``seconds`` for the whole call, which must be more than `CONNECTED`: else it could not be
    told whether it was sent."""
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECTED, sock_connect=STANDS)
