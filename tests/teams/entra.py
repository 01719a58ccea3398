"""Where a tenant's apps get their tokens, and what it says to who may not have one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.teams.organisation import TENANT

Json = Any
APP_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
BOT = f"28:{APP_ID}"
"""The bot's address, as people have theirs."""

SECRET = "the client secret of the tests"
SCOPE = "https://api.botframework.com/.default"
LASTS = 3599
"""Seconds for which a token is good."""


@dataclass
class Entra:
    """One app of one tenant. With ``expired`` its secret is good no longer.

    ``given`` are the tokens that are good now; a test may take them back.
    """

    tenant: str = TENANT
    app_id: str = APP_ID
    secret: str = SECRET
    scope: str = SCOPE
    expired: bool = False
    lasts: int = LASTS
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def knows(self, authorization: str) -> bool:
        """Whether this header carries a token that is good now."""
        kind, _, token = authorization.partition(" ")
        return kind == "Bearer" and token in self.given

    def answer(self, tenant: str, asked: Mapping[str, str]) -> tuple[int, Json]:
        """A status and a body for who asks at the token endpoint of a tenant."""
        app = asked.get("client_id", "")
        if tenant != self.tenant:
            return _error(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if asked.get("grant_type") != "client_credentials":
            why = "The grant type is not supported."
            return _error(400, "unsupported_grant_type", 70003, why)
        if app != self.app_id:
            why = f"Application with identifier '{app}' was not found in the directory."
            return _error(400, "unauthorized_client", 700016, why)
        if asked.get("client_secret") != self.secret:
            why = f"Invalid client secret provided for app '{app}'."
            return _error(401, "invalid_client", 7000215, why)
        if self.expired:
            why = f"The provided client secret keys for app '{app}' are expired."
            return _error(401, "invalid_client", 7000222, why)
        if asked.get("scope") != self.scope:
            return _error(400, "invalid_scope", 70011, "The provided value for scope is not valid.")
        token = f"token-of-the-bot-{next(self._numbers)}"
        self.given.append(token)
        times = {"expires_in": self.lasts, "ext_expires_in": self.lasts}
        return 200, {"token_type": "Bearer", **times, "access_token": token}


def _error(status: int, error: str, code: int, why: str) -> tuple[int, Json]:
    ids = "Trace ID: 0 Correlation ID: 0 Timestamp: 2026-01-05 09:00:00Z"
    return status, {
        "error": error,
        "error_description": f"AADSTS{code}: {why} {ids}",
        "error_codes": [code],
        "timestamp": "2026-01-05 09:00:00Z",
        "trace_id": "00000000-0000-4000-8000-000000000001",
        "correlation_id": "00000000-0000-4000-8000-000000000002",
    }
