"""The pages on which an admin installs Fivefold in a workspace or an organisation, by OAuth.

``/slack/install`` sends the browser to Slack, which sends it back to ``/slack/oauth_redirect``
with a code: https://docs.slack.dev/authentication/installing-with-oauth. The state that goes both
ways works once, for ten minutes, in the browser that it was given to.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.chat.address import Person
from bot.chat.event import Installed
from bot.chat.platform import Hear, Records, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.slack.client import SlackFailure, answer_of, oauth_access, web_client
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.installs import Install, Installs, rotated_by
from bot.platforms.slack.manifest import COMMAND, INSTALL_PATH, REDIRECT_PATH
from bot.platforms.slack.states import SECONDS, States
from bot.words import t

log = logging.getLogger(__name__)

_WORD = re.compile(r"[a-z_]{1,60}")
_START_AGAIN = frozenset({"invalid_code", "code_already_used", "code_expired"})


class OAuth:
    """The two pages."""

    def __init__(
        self,
        config: SlackConfig,
        installs: Installs,
        records: Records,
        hear: Hear,
        clock: Clock,
    ) -> None:
        """``config`` has a client id, its secret and a public URL; ``clock`` is the machine's."""
        self._config = config
        self._installs = installs
        self._states = States(records, clock)
        self._hear = hear
        self._clock = clock
        self._https = config.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the cookie; over TLS it is one that no other host can set."""
        return "__Host-fivefold-slack" if self._https else "fivefold-slack"

    async def install(self, request: Request) -> Response:
        """To Slack, where an admin says yes or no."""
        try:
            state = await self._states.issue()
        except RecordsUnavailable as down:
            return _unavailable(down)
        query = {
            "client_id": self._config.client_id,
            "scope": ",".join(self._config.scopes),
            "state": state,
            "redirect_uri": self._redirect_uri,
        }
        response = RedirectResponse(
            f"{self._config.authorize_url}?{urlencode(query)}",
            302,
            {"Cache-Control": "no-store"},
        )
        response.set_cookie(
            self.cookie, state, SECONDS, secure=self._https, httponly=True, samesite="lax"
        )
        return response

    async def oauth_redirect(self, request: Request) -> Response:
        """Back from Slack: what came of it, on a page."""
        try:
            if not await self._began_here(request):
                return _start_again(
                    t(
                        "This step was done before, took longer than ten minutes, or was begun in "
                        "another browser: nothing was installed."
                    )
                )
            response = await self._finish(request.query_params)
        except RecordsUnavailable as down:
            response = _unavailable(down)
        response.delete_cookie(self.cookie, secure=self._https, httponly=True, samesite="lax")
        return response

    async def _began_here(self, request: Request) -> bool:
        """Whether the browser was sent to Slack by us, and comes back for the first time."""
        state = request.query_params.get("state", "")
        given = request.cookies.get(self.cookie, "")
        same = hmac.compare_digest(state.encode(), given.encode())
        return same and await self._states.take(state)

    async def _finish(self, query: Mapping[str, str]) -> Response:
        if error := query.get("error"):
            return _not_allowed(error)
        try:
            install = await self._granted(query.get("code", ""))
        except SlackFailure as failure:
            return _failed(failure)
        await self._installs.put(install)
        log.info("Fivefold was installed in %s", install.tenant)
        await self._hear(
            Installed(
                id=f"installed-{secrets.token_hex(8)}",
                at=self._clock.now(),
                who=Person("slack", install.tenant, install.installer),
            )
        )
        return _installed(install)

    async def _granted(self, code: str) -> Install:
        """What the code stands for. Raises SlackFailure."""
        if not code:
            raise SlackFailure("invalid_code")
        now = self._clock.now()
        answer = await oauth_access(self._config, code=code, redirect_uri=self._redirect_uri)
        install = granted_by(answer, now)
        # Slack does not say here by which id the bot signs its messages.
        about = await answer_of(web_client(self._config, install.bot_token).auth_test())
        return replace(install, bot_id=str(about.get("bot_id") or ""))

    @property
    def _redirect_uri(self) -> str:
        return f"{self._config.public_url}{REDIRECT_PATH}"


def granted_by(answer: AsyncSlackResponse, now: datetime) -> Install:
    """The install that an ``oauth.v2.access`` asked at ``now`` describes.

    An organisation's has no team. Raises SlackFailure if no bot was granted anything.
    """
    org_wide = bool(answer.get("is_enterprise_install"))
    where = answer.get("enterprise" if org_wide else "team") or {}
    if not where.get("id"):
        raise SlackFailure("no_team")
    scopes = str(answer.get("scope") or "")
    install = Install(
        tenant=str(where["id"]),
        name=str(where.get("name") or where["id"]),
        bot_token="",
        bot_user=str(answer.get("bot_user_id") or ""),
        scopes=frozenset(scopes.split(",")) - {""},
        installer=str((answer.get("authed_user") or {}).get("id") or ""),
        app_id=str(answer.get("app_id") or ""),
        is_enterprise=org_wide,
    )
    return rotated_by(install, answer, now)


# -- the pages


def _installed(install: Install) -> Response:
    name = Markup("<bdi>{}</bdi>").format(install.name)
    title = Markup(t("Fivefold is in {workspace}")).format(workspace=name)
    say = t(
        "In Slack, invite it to your cohort's channel with /invite @Fivefold, then type {command} "
        "there.",
        command=COMMAND,
    )
    if install.is_enterprise:
        say = t(
            "First let an administrator of the organisation add it to the workspaces that shall "
            "have it. Then, in Slack, invite it to your cohort's channel with /invite @Fivefold, "
            "and type {command} there.",
            command=COMMAND,
        )
    return _page(200, title, say)


def _not_allowed(error: str) -> Response:
    if error == "access_denied":
        return _page(
            403,
            t("Fivefold was not installed"),
            t("You did not allow it in Slack, and nothing was changed."),
            again=True,
        )
    word = error if _WORD.fullmatch(error) else "an unknown error"
    log.warning("Slack did not let Fivefold be installed: %s", word)
    return _failed_page(400)


def _failed(failure: SlackFailure) -> Response:
    if failure.error in _START_AGAIN:
        return _start_again(
            t("Slack gives its permission for one use within ten minutes: nothing was installed.")
        )
    log.warning("Slack did not let Fivefold be installed: %s", failure)
    return _failed_page(502)


def _failed_page(status: int) -> Response:
    return _page(
        status,
        t("Fivefold was not installed"),
        t(
            "Slack did not complete it: try again in a moment, and if it stays like that, ask "
            "whoever runs Fivefold to look into its log."
        ),
        again=True,
    )


def _start_again(sentence: str) -> Response:
    return _page(400, t("Please start again"), sentence, again=True)


def _unavailable(down: RecordsUnavailable) -> Response:
    log.warning("an install could not be kept: %s", down)
    return _page(
        503,
        t("Fivefold was not installed"),
        t("It could not be saved just now: try again in a moment."),
        again=True,
    )


_HTML = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Fivefold</title>
<link rel="stylesheet" href="/static/pages/base.css">
</head>
<body>
<main>
<div class="narrow">
<h1>{heading}</h1>
<p>{sentence}</p>
{link}</div>
</main>
</body>
</html>
"""
)


def _page(status: int, title: str, sentence: str, *, again: bool = False) -> Response:
    """A page without script or style of its own, which no cache may keep."""
    link = Markup('<p><a href="{}">{}</a></p>\n').format(INSTALL_PATH, t("Install Fivefold"))
    html = _HTML.format(
        title=title.striptags() if isinstance(title, Markup) else title,
        heading=title,
        sentence=sentence,
        link=link if again else "",
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
