"""Calls to Slack that only look: they are never repeated, and whatever goes wrong becomes a
sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.checking import UNREACHABLE
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.rich_text import Json

_TAKEN_BACK = frozenset({"account_inactive", "team_access_not_granted", "token_revoked"})
_UNKNOWN = frozenset({"invalid_auth", "not_allowed_token_type", "not_authed", "token_expired"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What Slack answered; ``error`` is its word for what went wrong, or `UNANSWERED`."""

    data: Json
    headers: Mapping[str, str]
    error: str = ""


UNANSWERED = "nobody answers"
NOBODY = Heard({}, {}, UNANSWERED)


async def call(client: AsyncWebClient, method: str, **data: str) -> Heard:
    """Call a method that changes nothing; never raises for what Slack or the network does."""
    try:
        answer = await client.api_call(method, data=data)
    except SlackApiError as error:
        # What is not JSON is raised with a response of another kind.
        said = getattr(error.response, "data", None)
        if isinstance(said, dict) and said.get("error"):
            return Heard(said, error.response.headers, str(said["error"]))
        return NOBODY
    except (*UNREACHABLE, SlackClientError, AttributeError):
        # The SDK stumbles with an AttributeError over JSON that is no object.
        return NOBODY
    return Heard(answer.data, answer.headers) if isinstance(answer.data, dict) else NOBODY


def why(config: SlackConfig, answer: Heard, remedy: str) -> str:
    """The error as a sentence that ends with what to do."""
    if answer.error == UNANSWERED:
        url = config.api_url
        return f"Slack cannot be reached at {url}: see that this machine may connect to it."
    if answer.error in _TAKEN_BACK:
        return f"Slack says that this token was taken back ({answer.error}): {remedy}."
    if answer.error in _UNKNOWN:
        return f"Slack does not take this token ({answer.error}): {remedy}."
    if answer.error == "ratelimited":
        return "Slack asks to wait: run this again in a minute."
    return f"Slack answers “{answer.error}”: {remedy}."
