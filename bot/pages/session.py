"""The session: a signed cookie that says as whom a browser came into which channels.

Nothing about it is stored with us, so a cookie that somebody kept stays readable: who must know
whether a person is still in a channel asks there. A new secret ends every session.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from bot.pages.signing import Signer

LASTS = 30 * 24 * 3600
"""Seconds after its birth at which a session ends, however busy it was."""
_MOST_CHANNELS = 6
_NOBODY: Mapping[str, tuple[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Session:
    """``people`` holds, by channel, the id and name that the browser goes by."""

    id: str
    born: int
    people: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _NOBODY)


class Sessions:
    """Reads and writes sessions. ``now`` gives machine time in seconds since 1970."""

    def __init__(
        self, signer: Signer, *, https: bool, now: Callable[[], float] = time.time
    ) -> None:
        self._signer = signer
        self._https = https
        self._now = now

    @property
    def cookie(self) -> str:
        """The cookie's name; over TLS it is one that no other host can set."""
        return "__Host-fivefold" if self._https else "fivefold"

    def new(self) -> Session:
        """A session of nobody, which is there to carry a form token."""
        return Session(secrets.token_urlsafe(18), int(self._now()))

    def read(self, request: Request) -> Session | None:
        """The browser's session, if it is one of ours and young enough."""
        payload = self._signer.unseal("session", request.cookies.get(self.cookie, ""))
        if payload is None:
            return None
        id, born, people = json.loads(payload)
        if not 0 <= self._now() - born < LASTS:
            return None
        return Session(id, born, {c: (p, n) for c, (p, n) in people.items()})

    def entered(self, before: Session, channel: str, person: str, name: str) -> Session:
        """The session after coming in: as old as before, with a new id, so that no form that
        was drawn before is trusted in it."""
        others = [(c, who) for c, who in before.people.items() if c != channel]
        people = dict(others[-(_MOST_CHANNELS - 1) :]) | {channel: (person, name)}
        return Session(secrets.token_urlsafe(18), before.born, people)

    def left(self, before: Session, channel: str) -> Session:
        """The session after going out; it ends when the one before would have."""
        people = {c: who for c, who in before.people.items() if c != channel}
        return Session(secrets.token_urlsafe(18), before.born, people)

    def save(self, response: Response, session: Session) -> None:
        """Have the browser keep the session."""
        people = {c: list(who) for c, who in session.people.items()}
        payload = json.dumps([session.id, session.born, people], ensure_ascii=False)
        self._keep(response, self.cookie, self._signer.seal("session", payload.encode()), LASTS)

    def token(self, session: Session) -> str:
        """The token that every form of this session carries."""
        return self._signer.token("form token", session.id)

    def trusts(self, session: Session | None, token: str) -> bool:
        """Whether the token is this session's."""
        return session is not None and self._signer.verify(token, "form token", session.id)

    def flash(self, response: Response, session: Session, text: str) -> None:
        """Have the next page say ``text`` once."""
        sealed = self._signer.seal(f"flash {session.id}", text.encode())
        self._keep(response, f"{self.cookie}-flash", sealed, 60)

    def flashed(self, request: Request, session: Session) -> str:
        """What the page before wants said, or ``""``."""
        sealed = request.cookies.get(f"{self.cookie}-flash", "")
        return (self._signer.unseal(f"flash {session.id}", sealed) or b"").decode()

    def unflash(self, response: Response) -> None:
        """It was said."""
        self._keep(response, f"{self.cookie}-flash", "", 0)

    def _keep(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, httponly=True, samesite="lax", secure=self._https
        )
