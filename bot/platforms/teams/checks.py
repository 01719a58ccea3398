"""What ``fivefold doctor`` asks Microsoft: whether everything that a lesson needs is in order.

Nothing is posted or changed, and no secret is in any sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import aiohttp

from bot.chat.address import Place
from bot.chat.message import Form, Message
from bot.chat.platform import (
    Gone,
    Limited,
    PlatformFailure,
    Records,
    RecordsUnavailable,
    Rejected,
)
from bot.clock import Clock
from bot.platforms.checking import Check
from bot.platforms.teams.card import CARD_BYTES, render_form, render_message
from bot.platforms.teams.channels import Channels, Team
from bot.platforms.teams.check_doors import check_endpoint, check_keys
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.contacts import Contacts
from bot.platforms.teams.manifest import REPLIES
from bot.platforms.teams.runs import size
from bot.platforms.teams.tokens import TokenRefused, Tokens, TokenUnreachable

Sample = tuple[str, Message | Form]
"""Something that people may be shown, and a name for it."""

_SECRET = "make a new client secret under “Certificates & secrets” of the app in Entra, and copy "
_REFUSED = {
    "AADSTS90002": (
        "tenant",
        "Entra knows no such tenant in this cloud: see FIVEFOLD_TEAMS_TENANT and "
        "FIVEFOLD_TEAMS_CLOUD.",
    ),
    "AADSTS900023": ("tenant", "That is no id of a tenant: see FIVEFOLD_TEAMS_TENANT."),
    "AADSTS900382": (
        "tenant",
        "That tenant is in another cloud: see FIVEFOLD_TEAMS_CLOUD.",
    ),
    "AADSTS700016": (
        "app id",
        "The tenant has no app with this id: see FIVEFOLD_TEAMS_APP_ID and FIVEFOLD_TEAMS_TENANT, "
        "which must be of the same registration.",
    ),
    "AADSTS7000112": (
        "app id",
        "The app is disabled: an admin can enable it under “Enterprise applications” in Entra.",
    ),
    "AADSTS7000215": (
        "secret",
        f"The secret is wrong: {_SECRET}its “Value”, not its “Secret ID”, into "
        "FIVEFOLD_TEAMS_APP_SECRET.",
    ),
    "AADSTS7000222": (
        "secret",
        f"The secret has expired: {_SECRET}its “Value” into FIVEFOLD_TEAMS_APP_SECRET.",
    ),
    "AADSTS500011": (
        "token",
        "The tenant does not know the Bot Framework of this cloud: see FIVEFOLD_TEAMS_CLOUD.",
    ),
}
"""What Entra's words for a refusal are about, and what to do; they are listed at
https://learn.microsoft.com/entra/identity-platform/reference-error-codes."""


async def check_teams(
    config: TeamsConfig,
    records: Records | None,
    places: Iterable[Place],
    samples: Sequence[Sample],
    machine: Clock,
) -> list[Check]:
    """Look at everything, in an order in which it is best put right.

    ``records`` are None where they cannot be read; ``places`` are those in which runs are to
    speak; everything in ``samples`` is drawn.
    """
    if config.local:
        sentence = (
            "FIVEFOLD_TEAMS_LOCAL is yes: only the Agents Playground on this machine is let in, "
            "and nothing is asked of Microsoft."
        )
        return [Check("app", None, sentence), check_cards(samples)]
    async with aiohttp.ClientSession(trust_env=True) as session:
        tokens = Tokens(config, session, machine)
        token = await _token(config, tokens)
        checks = [token, *await check_keys(config, session, machine)]
        checks += [await check_endpoint(config, session), _consent(config)]
        if records is None:
            checks.append(Check("teams", None, "They stand in the database: see to that first."))
        elif not token.ok:
            checks.append(Check("teams", None, "They can be asked for when there is a token."))
        else:
            connector = Connector(config, tokens, session)
            checks += await _teams(config, connector, records, places, machine)
    return [*checks, check_cards(samples)]


async def _token(config: TeamsConfig, tokens: Tokens) -> Check:
    cloud = config.cloud
    try:
        await tokens.get()
    except TokenUnreachable:
        sentence = (
            f"Entra cannot be asked at {cloud.login} just now: see that this machine may connect "
            "to it, and run this again."
        )
        return Check("token", False, sentence)
    except TokenRefused as refused:
        other = ("token", "Entra gives no token: see FIVEFOLD_TEAMS_APP_ID, …_SECRET and …_TENANT.")
        name, sentence = _REFUSED.get(refused.code, other)
        code = f" (Entra says {refused.code}.)" if refused.code else ""
        return Check(name, False, f"{sentence}{code}")
    sentence = f"Entra knows app and tenant, and gives a token for the {cloud.name} cloud."
    return Check("token", True, sentence)


def _consent(config: TeamsConfig) -> Check:
    if "replies" not in config.allow:
        sentence = (
            "None is needed: in channels Fivefold hears only what mentions it, and everything is "
            "answered on cards (FIVEFOLD_TEAMS_ALLOW is not set)."
        )
        return Check("consent", True, sentence)
    sentence = (
        f"Fivefold expects {REPLIES} of every team, and Teams tells no bot whether it has it: look "
        "in Teams under “Manage team”, “Apps”, “Fivefold”. A package made with “replies” "
        "asks for it when the app is added."
    )
    return Check("consent", None, sentence)


async def _teams(
    config: TeamsConfig,
    connector: Connector,
    records: Records,
    places: Iterable[Place],
    machine: Clock,
) -> list[Check]:
    """Whether Fivefold is still in each team that it was added to, and in those of the lessons."""
    channels = Channels(connector, records)
    try:
        known = await channels.all(config.tenant)
        contacts = Contacts(config, connector, records, channels, machine)
        service_url = await contacts.service_url(config.tenant)
    except RecordsUnavailable as error:
        return [Check("teams", False, str(error))]
    if not known:
        sentence = (
            "Fivefold has not heard of any team that it is in: add the app to one in Teams, under "
            "“Apps”; if it is in one already, see the endpoint, and add it once more."
        )
        return [Check("teams", False, sentence)]
    there: set[str] = set()
    wrong = []
    for team in known:
        found, check = await _team(connector, service_url, team)
        there |= found
        if check:
            wrong.append(check)
    names = ", ".join(team.name or team.id for team in known)
    in_order = Check("teams", True, f"Fivefold is in {names}.")
    # What could not be asked just now may be in order all the same.
    there |= {channel.id for team in known for channel in team.channels if wrong}
    return [*(wrong or [in_order]), *_channels(config, places, there)]


async def _team(
    connector: Connector, service_url: str, team: Team
) -> tuple[set[str], Check | None]:
    """The ids of its channels, and what is wrong."""
    label = team.name or team.id
    try:
        said = await connector.get(service_url, "teams", team.id, "conversations")
        return {str(one["id"]) for one in said["conversations"]}, None
    except Gone as why:
        return set(), Check("teams", False, f"{label}: {why}.")
    except Limited:
        return set(), Check("teams", None, f"{label}: Teams asks to wait; run this again later.")
    except (PlatformFailure, KeyError, TypeError):
        sentence = f"{label}: Teams did not say whether Fivefold is there; run this again later."
        return set(), Check("teams", None, sentence)


def _channels(config: TeamsConfig, places: Iterable[Place], there: set[str]) -> list[Check]:
    mine = sorted({place.channel for place in places if place.tenant == config.tenant})
    if not mine:
        return [Check("channels", True, "No lesson is planned in any channel.")]
    if lost := [channel for channel in mine if channel not in there]:
        sentence = (
            f"A lesson is planned in {lost[0]}, which is in no team that Fivefold is in: add the "
            "app to its team, or plan the lesson in another channel."
        )
        return [Check("channels", False, sentence)]
    sentence = f"All {len(mine)} in which lessons are planned are in teams that Fivefold is in."
    return [Check("channels", True, sentence)]


def check_cards(samples: Iterable[Sample]) -> Check:
    """Whether everything that people may be shown can be drawn, and is small enough."""
    count = largest = 0
    for name, what in samples:
        try:
            drawn = (render_form(what),) if isinstance(what, Form) else render_message(what)
        except Rejected as why:
            return Check("cards", False, f"“{name}” cannot be drawn: {why}")
        for card in drawn:
            count, largest = count + 1, max(largest, size(card))
            if size(card) > CARD_BYTES:
                sentence = (
                    f"“{name}” is too large a card for Teams ({size(card)} bytes, at most "
                    f"{CARD_BYTES}): please report it."
                )
                return Check("cards", False, sentence)
    sentence = f"All {count} can be drawn; the largest has {largest} of {CARD_BYTES} bytes."
    return Check("cards", True, sentence)
