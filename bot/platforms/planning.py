"""What callbacks and words ask for that a platform has to know of itself. Pure."""

from __future__ import annotations

import re

from bot.chat.callback import BadCallback, Callback

ADOPT = "adopt"
"""The verb by which somebody says that what they wrote elsewhere is an answer."""

REHEARSE = "rehearse"
VERBS = frozenset({"plan", "schedule", REHEARSE})
"""Verbs and first words that plan lessons: guests and people from elsewhere do not."""

_FIRST_WORD = re.compile(r"(?:\W*fivefold)*\W*(\w+)")
"""The bot may be called by its name first."""


def decoded(callback: str) -> Callback | None:
    """The callback; ``None`` for any other string."""
    try:
        return Callback.decode(callback)
    except BadCallback:
        return None


def planning_verb(asked: str) -> str:
    """By which of `VERBS` this callback, or these words, plan a lesson; ``""`` where by none."""
    callback, word = decoded(asked), _FIRST_WORD.match(asked.lower())
    verb = callback.verb if callback else word[1] if word else ""
    return verb if verb in VERBS else ""
