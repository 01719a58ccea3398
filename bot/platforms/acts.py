"""What people did, where the platform gives it no id of its own, and its clock may be off."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2s

OLDEST = timedelta(days=1)
"""A platform tries again for some hours; a moment before that is nobody's act."""


def digest(*parts: object) -> str:
    """An id for what has none: the same parts are the same event."""
    texts = ["" if part is None else str(part) for part in parts]
    # Each with its length, so that no two ways of cutting the same letters agree.
    text = "".join(f"{len(text)}:{text}" for text in texts)
    return blake2s(text.encode(errors="surrogatepass"), digest_size=12).hexdigest()


def believed(at: datetime, now: datetime) -> datetime:
    """When the platform says that it happened, or now where it cannot have been then."""
    return at if now - OLDEST <= at <= now else now
