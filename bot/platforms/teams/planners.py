"""Who may plan lessons, and where: members of the organisation, in channels that they are in."""

from __future__ import annotations

from bot.chat.answer import Refused
from bot.chat.event import Event, FormSubmitted
from bot.chat.platform import PlatformFailure
from bot.platforms.planning import plans_lessons
from bot.platforms.teams.choosing import Choosing
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.incoming import Door
from bot.words import t


class Planners:
    """Asks Teams who somebody is who plans a lesson."""

    def __init__(self, contacts: Contacts, choosing: Choosing) -> None:
        self._contacts = contacts
        self._choosing = choosing

    async def refusal(self, event: Event, asked: str, door: Door) -> Refused | None:
        """Why they may not do this, which ``asked`` says; ``None`` where they may.

        Raises RecordsUnavailable.
        """
        if not plans_lessons(asked):
            return None
        profile = await self._contacts.profile(event.who, door.address, door.talk)
        if profile is None:
            return Refused(t("Teams did not tell me who you are. Please try again in a moment."))
        if profile.is_guest:
            return Refused(t("Only members of your organization can plan a lesson here."))
        if not isinstance(event, FormSubmitted):
            return None
        try:
            theirs = await self._choosing.are_theirs(event.who, event.fields)
        except (PlatformFailure, TimeoutError):
            return Refused(
                t("Teams did not tell me which teams you are in. Please try again in a moment.")
            )
        return None if theirs else Refused(t("You are not in that team: choose one of your own."))
