"""Who may plan lessons, and where: members of the organisation, in channels that they are in."""

from __future__ import annotations

from bot.chat.answer import Answer, Refused, Show
from bot.chat.event import Event, FormSubmitted
from bot.chat.message import Heading, Listing, Message, Text
from bot.chat.platform import PlatformFailure
from bot.platforms.planning import REHEARSE, planning_verb
from bot.platforms.teams.choosing import Choosing
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.incoming import Door
from bot.words import t


class Planners:
    """Asks Teams who somebody is who plans a lesson."""

    def __init__(self, contacts: Contacts, choosing: Choosing, *, local: bool) -> None:
        """``local`` is the Playground."""
        self._contacts = contacts
        self._choosing = choosing
        self._local = local

    async def refusal(self, event: Event, asked: str, door: Door) -> Answer | None:
        """Why they may not do this, which ``asked`` says; ``None`` where they may.

        Raises RecordsUnavailable.
        """
        verb = planning_verb(asked)
        if not verb:
            return None
        profile = await self._contacts.profile(event.who, door.address, door.talk)
        if profile is None:
            return Refused(t("Teams did not tell me who you are. Please try again in a moment."))
        if profile.is_guest:
            return Refused(t("Only members of your organization can plan a lesson here."))
        if not isinstance(event, FormSubmitted):
            # A rehearsal is held in one's own talk.
            placed = verb == REHEARSE or await self._choosing.is_anywhere(event.who.tenant)
            return None if placed else Show(_nowhere(self._local))
        try:
            why = await self._choosing.refusal(event.who, event.fields)
        except (PlatformFailure, TimeoutError):
            return Refused(
                t("Teams did not tell me which teams you are in. Please try again in a moment.")
            )
        return Refused(why) if why else None


def _nowhere(local: bool) -> Message:
    """What to do before a lesson can be planned."""
    title = t("Add me to a team first")
    why = t("A lesson is held in a channel of a team, and I am in no team yet.")
    first = (
        t("Open a channel of the team once, so that I hear of it.")
        if local
        else t(
            "In Teams, under “Apps”, find Fivefold among those built for your organization, "
            "choose “Add to a team”, and choose the team."
        )
    )
    then = t("Come back, and write “schedule” to me again.")
    steps = Listing(((first,), (then,)), ordered=True)
    return Message(title, (Heading(title), Text((why,)), steps), invites_replies=False)
