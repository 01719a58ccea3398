"""Calls to Slack's Web API: as which workspace, and in the port's words how each can fail.

Nothing is ever tried twice here: a connection that broke after Slack received a post would post
it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.platform import Gone, Limited, PlatformFailure, Rejected, Uncertain
from bot.platforms.reaching import NEVER_STOOD
from bot.platforms.slack.client import SECONDS, web_client
from bot.platforms.slack.config import SlackConfig
from bot.words import t

WAIT = timedelta(seconds=10)
"""How long to wait where Slack cannot be reached, or does not say how long."""

GONE = frozenset(
    """
    account_inactive app_missing_action_url cannot_dm_bot channel_is_archived channel_not_found
    ekm_access_denied enterprise_is_restricted invalid_auth is_archived message_not_found
    messages_tab_disabled method_not_supported_for_channel_type missing_scope no_permission
    not_allowed_token_type not_authed not_in_channel org_login_required restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked team_access_not_granted team_not_found
    token_expired token_revoked user_disabled user_not_found user_not_visible cant_update_message
    edit_window_closed cant_delete_message access_denied two_factor_setup_required
    """.split()
)
"""What Slack says where the place, the person or our right to reach them is gone.

From the error lists of chat.postMessage, chat.update and conversations.open in Slack's reference.
"""

UNSURE = frozenset("fatal_error internal_error request_timeout service_unavailable".split())
"""What Slack says where a part of the call may have been carried out."""

SENTENCES = {
    "not_in_channel": lambda: t("I am not in that channel: write /invite @Fivefold there"),
    "channel_not_found": lambda: t(
        "that channel is gone, or I am not in it: write /invite @Fivefold there"
    ),
    "is_archived": lambda: t("that channel was archived"),
    "channel_is_archived": lambda: t("that channel was archived"),
    "token_revoked": lambda: t("Fivefold was removed from this workspace: install it again"),
    "account_inactive": lambda: t("Fivefold was removed from this workspace: install it again"),
    "invalid_auth": lambda: t("Slack does not accept our token: install Fivefold again"),
    "missing_scope": lambda: t("Fivefold was not given the right to do that: install it again"),
    "user_disabled": lambda: t("that person’s account was deactivated"),
    "user_not_found": lambda: t("that person cannot be found"),
}
"""Why something did not arrive, for a facilitator."""


TokenOf = Callable[[str], Awaitable[str]]
"""Gives a tenant's bot token, good for the next hours. Raises Gone where there is none."""


class Api:
    """Slack's Web API, as the workspace whose turn it is."""

    def __init__(
        self, config: SlackConfig, token_of: TokenOf, session: aiohttp.ClientSession
    ) -> None:
        self._config = config
        self._token_of = token_of
        self._session = session

    async def of(self, tenant: str) -> AsyncWebClient:
        """A client that speaks as this tenant's bot. Raises Gone where there is none."""
        return self.client(await self._token_of(tenant))

    def client(self, token: str = "") -> AsyncWebClient:
        """A client with this token; it never tries a call again."""
        return web_client(self._config, token, self._session)

    async def reply_to(self, url: str, payload: dict[str, Any]) -> bool:
        """Send to the ``response_url`` of something that somebody did; whether it was taken."""
        if not (url.startswith("https://") or self._config.api_url.startswith("http://")):
            return False
        limit = aiohttp.ClientTimeout(total=3)
        try:
            async with self._session.post(url, json=payload, timeout=limit) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


async def told(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """What Slack answered. Raises Limited, Gone, Rejected or Uncertain."""
    try:
        # Slack's client does not time calls over a session that it was given.
        async with asyncio.timeout(SECONDS):
            response = await call
    except SlackApiError as error:
        raise failure_of(cast(AsyncSlackResponse, error.response)) from None
    except NEVER_STOOD:
        raise Limited(WAIT) from None
    except Exception as error:
        # What is not JSON makes Slack's client stumble in more ways than it names.
        raise Uncertain(type(error).__name__) from None
    if not isinstance(response.data, dict):
        # Not Slack's words but those of something on the way: of messages, it says nothing.
        raise Uncertain(str(response.status_code))
    return response.data


def failure_of(response: AsyncSlackResponse) -> PlatformFailure:
    """What a refusal means; Uncertain where a part of the call may have been carried out."""
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    if response.status_code == 429 or code in ("ratelimited", "rate_limited"):
        return Limited(_retry_after(response) or WAIT)
    if response.status_code >= 500 or code in UNSURE or not code:
        return Uncertain(code or str(response.status_code))
    why = SENTENCES[code]() if code in SENTENCES else code
    return Gone(why) if code in GONE else Rejected(why)


def _retry_after(response: AsyncSlackResponse) -> timedelta | None:
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    seconds = headers.get("retry-after", "")
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() else None
