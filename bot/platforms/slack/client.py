"""Slack's own client, made so that it never repeats a call and never logs what it carries."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import timedelta

from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.config import SlackConfig

SECONDS = 10
"""The longest that one call may take."""

# The client logs tokens, secrets and codes at DEBUG, so that this one must not have that level.
_QUIET = logging.getLogger(__name__)
_QUIET.setLevel(logging.INFO)


class SlackFailure(Exception):
    """A call to Slack did not succeed. ``error`` is Slack's word for why, ``""`` where Slack did
    not answer or not as was agreed; ``after`` is how long Slack asks to wait, if it does."""

    def __init__(
        self, error: str, after: timedelta | None = None, *, cause: Exception | None = None
    ) -> None:
        odd = type(cause).__name__ if cause else "an odd answer"
        super().__init__(error or f"Slack cannot be reached: {odd}")
        self.error = error
        self.after = after


def web_client(
    config: SlackConfig, token: str = "", session: ClientSession | None = None
) -> AsyncWebClient:
    """A client of Slack's Web API that never repeats a call and never logs what it carries.

    Its calls share the ``session``'s connections; without one each makes its own.
    """
    return AsyncWebClient(
        token or None,
        config.api_url,
        timeout=SECONDS,
        session=session,
        retry_handlers=[],
        logger=_QUIET,
    )


async def oauth_access(config: SlackConfig, **what: str) -> AsyncSlackResponse:
    """Slack's answer to ``oauth.v2.access``: tokens for a code, or for a refresh token.

    Raises SlackFailure.
    """
    # Slack's client has a method for this, which uses what aiohttp is about to drop.
    app = {"client_id": config.client_id, "client_secret": config.client_secret}
    return await answer_of(web_client(config).api_call("oauth.v2.access", data=app | what))


async def answer_of(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Slack's answer to a call of the client's. Raises SlackFailure."""
    try:
        answer = await call
    except SlackApiError as error:
        said = error.response
        if not isinstance(said, AsyncSlackResponse) or not isinstance(said.data, dict):
            raise SlackFailure("", cause=error) from None
        waits = str(said.headers.get("Retry-After", ""))
        after = timedelta(seconds=int(waits)) if waits.isdecimal() else None
        raise SlackFailure(str(said.get("error") or ""), after) from None
    except Exception as error:
        # What is not JSON makes Slack's client stumble in more ways than it names.
        raise SlackFailure("", cause=error) from None
    if not isinstance(answer.data, dict):
        raise SlackFailure("")
    return answer
