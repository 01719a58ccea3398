"""The short string that a button or form carries out and brings back.

It names things by opaque ids and nothing else: no words, no person, no secret.
Whoever gets one back checks it against the state; a forged one is as good as a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 150
"""The narrowest place a callback travels in: the value of a Slack option."""

_PART = re.compile(r"[A-Za-z0-9_-]*")


class BadCallback(ValueError):
    """A string that no button of ours carries."""


@dataclass(frozen=True, slots=True)
class Callback:
    """``verb`` says what is asked; ``target`` names the opening or run that it is asked of.

    ``item`` is the question, option or handout meant; ``delivery`` the post that carried it
    (hearing it proves that the post arrived); ``revision`` the run's when it was drawn.
    Parts are letters, digits, ``_`` and ``-``.
    """

    verb: str
    target: str
    item: str = ""
    delivery: str = ""
    revision: int = 0

    def encode(self) -> str:
        """The string form, at most `MAX_LENGTH` long; raises ValueError if it would not fit."""
        parts = (
            self.verb,
            self.target,
            self.item,
            self.delivery,
            str(self.revision or ""),
        )
        text = ".".join(("f", *parts))
        if len(text) > MAX_LENGTH or not all(_PART.fullmatch(part) for part in parts):
            raise ValueError(f"not a callback that can travel: {text!r}")
        return text

    @classmethod
    def decode(cls, text: str) -> Callback:
        """What `encode` made; raises BadCallback for any other string."""
        parts = text.split(".") if len(text) <= MAX_LENGTH else []
        if len(parts) != 6 or parts[0] != "f" or not all(_PART.fullmatch(p) for p in parts):
            raise BadCallback(text[:MAX_LENGTH])
        revision = parts[5]
        if revision and not (revision.isascii() and revision.isdigit()):
            raise BadCallback(text)
        return cls(parts[1], parts[2], parts[3], parts[4], int(revision or 0))
