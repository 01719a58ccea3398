"""What `doctor` is told of a platform: what was looked at, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""How it shows that nobody answers, or not as was agreed."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and what came of it; ``ok`` is ``None`` where it could not be looked at.

    Where it is not in order, the sentence says what to do.
    """

    name: str
    ok: bool | None
    sentence: str
