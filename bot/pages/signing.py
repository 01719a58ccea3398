"""Signatures: what we gave out and get back is known to be ours, and for which purpose."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

SHORTEST_SECRET = 16


class Signer:
    """Signs with HMAC-SHA256 under one secret; raises ValueError if that is short."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"a secret has at least {SHORTEST_SECRET} bytes")
        self._secret = secret

    def token(self, purpose: str, *parts: str) -> str:
        """256 bits in 43 letters that fit into an address; other parts give another token."""
        return _text(self._mac(purpose, *(part.encode() for part in parts)))

    def verify(self, token: str, purpose: str, *parts: str) -> bool:
        """Whether `token` made it of the same purpose and parts."""
        return hmac.compare_digest(token.encode(), self.token(purpose, *parts).encode())

    def seal(self, purpose: str, payload: bytes) -> str:
        """The payload, readable but not changeable, as text."""
        return f"{_text(payload)}.{_text(self._mac(purpose, payload))}"

    def unseal(self, purpose: str, text: str) -> bytes | None:
        """What `seal` was given for this purpose; ``None`` for anything else."""
        head, _, mac = text.partition(".")
        try:
            payload = urlsafe_b64decode(head + "=" * (-len(head) % 4))
        except ValueError:
            return None
        expected = _text(self._mac(purpose, payload))
        # The text is compared, too: base64 has more than one way to spell the same bytes.
        same = hmac.compare_digest(mac.encode(), expected.encode()) and head == _text(payload)
        return payload if same else None

    def _mac(self, purpose: str, *parts: bytes) -> bytes:
        mac = hmac.new(self._secret, digestmod=sha256)
        for part in (purpose.encode(), *parts):
            mac.update(len(part).to_bytes(8) + part)
        return mac.digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
