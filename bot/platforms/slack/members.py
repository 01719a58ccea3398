"""What only members of a workspace ask for: to plan lessons. Pure."""

from __future__ import annotations

from bot.chat.answer import Refused
from bot.platforms.planning import planning_verb
from bot.platforms.slack.incoming import Door
from bot.words import t


def not_for_guests(asked: str, door: Door) -> Refused | None:
    """Why somebody may not ask for this, by a callback or in words; ``None`` where they may."""
    if not planning_verb(asked):
        return None
    if door.profile is None or door.profile.is_guess:
        return Refused(t("Slack did not tell me who you are. Please try again in a moment."))
    if door.profile.is_guest:
        return Refused(t("Only full members of this workspace can plan a lesson here."))
    return None
