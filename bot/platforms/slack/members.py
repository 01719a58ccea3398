"""What only members of a workspace ask for: to plan lessons. Pure."""

from __future__ import annotations

import re

from bot.chat.answer import Refused
from bot.chat.callback import BadCallback, Callback
from bot.platforms.slack.incoming import Door
from bot.words import t


def decoded(callback: str) -> Callback | None:
    """The callback; ``None`` for any other string."""
    try:
        return Callback.decode(callback)
    except BadCallback:
        return None


FOR_MEMBERS = frozenset({"plan", "schedule", "rehearse"})
"""Verbs and first words that plan lessons: guests and people of other workspaces do not."""

FIRST_WORD = re.compile(r"(?:\W*fivefold)*\W*(\w+)")
"""The bot may be called by its name first."""


def not_for_guests(asked: str, door: Door) -> Refused | None:
    """Why somebody may not ask for this, by a callback or in words; ``None`` where they may."""
    callback, word = decoded(asked), FIRST_WORD.match(asked.lower())
    verb = callback.verb if callback else word[1] if word else ""
    if verb not in FOR_MEMBERS:
        return None
    if door.profile is None or door.profile.is_guess:
        return Refused(t("Slack did not tell me who you are. Please try again in a moment."))
    if door.profile.is_guest:
        return Refused(t("Only full members of this workspace can plan a lesson here."))
    return None
