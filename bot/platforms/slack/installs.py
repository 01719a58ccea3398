"""Where Fivefold is installed in Slack, with tokens that are valid when they are needed.

An app whose tokens rotate gets ones that last twelve hours, and with each a refresh token that
works once: https://docs.slack.dev/authentication/using-token-rotation. Slack honours a used one
for a moment more, and of the two that come of it one dies; so of all processes that share the
records one refreshes, and the others wait for what it keeps.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.platform import Gone, Limited, Records, RecordsUnavailable
from bot.clock import Clock
from bot.platforms.slack.client import SlackFailure, answer_of, oauth_access, web_client
from bot.platforms.slack.config import SlackConfig

log = logging.getLogger(__name__)

INSTALL = "slack-install"
"""The kind of the records that hold installs, by tenant."""
TURN = "slack-refresh"
"""The kind of the records, by tenant, whose deletion gives the turn to refresh that install."""

VALID_FOR = timedelta(hours=2)
"""How long a token still lasts that needs no refreshing."""
LAST_USE = timedelta(minutes=1)
"""What is left of a token when it is not used any more."""
REMEMBERED = timedelta(seconds=60)
REST = timedelta(seconds=60)
"""How long a refresh that failed is not tried again while the token lasts."""
PATIENCE = 0.5
"""Seconds for which somebody waits for a refresh while the token at hand lasts."""
AGAIN = timedelta(seconds=10)
"""After which to ask again, where Slack does not say it."""

LOOKS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 4.0)
"""Seconds between looks for what another process refreshes: more than its call may take."""
PAUSES = (0.5, 1.0, 2.0, 0.0)
"""Seconds after each failed try to keep what was refreshed."""

_DEAD = frozenset(
    "account_inactive invalid_auth invalid_refresh_token not_authed token_expired token_revoked"
    " team_access_not_granted".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Fivefold in one workspace, or with ``is_enterprise`` in a whole organisation.

    ``tenant`` and ``name`` are the workspace's or the organisation's. ``expires_at`` is machine
    time, aware, in UTC; without one the token lasts. ``installer`` is the user who said yes.
    """

    tenant: str
    name: str
    bot_token: str = field(repr=False)
    bot_user: str
    bot_id: str = ""
    scopes: frozenset[str] = frozenset()
    installer: str = ""
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    app_id: str = ""
    is_enterprise: bool = False

    def to_bytes(self) -> bytes:
        """The install as JSON, secrets included."""
        at = self.expires_at
        values = asdict(self) | {
            "scopes": sorted(self.scopes),
            "expires_at": at.isoformat() if at else None,
        }
        return json.dumps(values).encode()

    @classmethod
    def from_bytes(cls, value: bytes) -> Install:
        """The install that `to_bytes` wrote."""
        values = json.loads(value)
        at = values["expires_at"]
        values["scopes"] = frozenset(values["scopes"])
        values["expires_at"] = datetime.fromisoformat(at) if at else None
        return cls(**values)

    def lasts(self, now: datetime, time: timedelta) -> bool:
        """Whether the token is valid for longer than ``time`` from ``now``."""
        return self.expires_at is None or self.expires_at - now > time


async def install_by_hand(config: SlackConfig) -> Install:
    """The install that ``config.bot_token`` is of, as Slack describes it. Raises SlackFailure."""
    answer = await answer_of(web_client(config, config.bot_token).auth_test())
    org_wide = bool(answer.get("is_enterprise_install"))
    tenant = answer.get("enterprise_id" if org_wide else "team_id")
    if not tenant:
        raise SlackFailure("no_team")
    scopes = str(answer.headers.get("x-oauth-scopes", ""))
    return Install(
        tenant=str(tenant),
        name=str(answer.get("team") or tenant),
        bot_token=config.bot_token,
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        scopes=frozenset(scope.strip() for scope in scopes.split(",")) - {""},
        is_enterprise=org_wide,
    )


class Installs:
    """All installs: those kept in the records, and the one by hand, which is never kept."""

    def __init__(self, records: Records, config: SlackConfig, clock: Clock) -> None:
        """``clock`` gives machine time."""
        self._records = records
        self._config = config
        self._clock = clock
        self._by_hand: Install | None = None
        self._seen: dict[str, tuple[datetime, Install]] = {}
        self._rests_until: dict[str, datetime] = {}
        self._learning = asyncio.Lock()
        self._refreshing: dict[str, asyncio.Task[Install | None]] = {}

    async def settled(self) -> None:
        """Wait for every refresh that was begun: what comes of it must be kept."""
        while self._refreshing:
            await asyncio.wait(set(self._refreshing.values()))

    async def get(self, tenant: str) -> Install | None:
        """The install as it was at most a minute ago, its token perhaps expired; an older one
        where the records cannot be read now.

        Raises RecordsUnavailable where none is remembered, and Limited or Gone where Slack does not
        say whose the token by hand is.
        """
        if self._by_hand and self._by_hand.tenant == tenant:
            return self._by_hand
        at, seen = self._seen.get(tenant, (None, None))
        if at and self._clock.now() - at < REMEMBERED:
            return seen
        try:
            kept = await self._read(tenant)
        except RecordsUnavailable:
            if seen is None:
                raise
            return seen
        if kept:
            return kept
        by_hand = await self._learn()
        return by_hand if by_hand and by_hand.tenant == tenant else None

    async def all(self) -> tuple[Install, ...]:
        """Every install. Raises as `get` does."""
        by_hand = await self._learn()
        kept = [await self._read(tenant) for tenant in await self._records.keys(INSTALL)]
        found = {install.tenant: install for install in (*kept, by_hand) if install}
        return tuple(found.values())

    async def put(self, install: Install) -> None:
        """Keep the install, in place of the tenant's earlier one. Raises RecordsUnavailable."""
        await self._records.put(INSTALL, install.tenant, install.to_bytes())
        self._see(install)
        if install.refresh_token:
            await self._records.put(TURN, install.tenant, b"")

    async def forget(self, tenant: str) -> None:
        """The app was taken out of there. Raises RecordsUnavailable."""
        self._seen.pop(tenant, None)
        await self._records.delete(INSTALL, tenant)
        await self._records.delete(TURN, tenant)

    async def fresh(self, tenant: str) -> Install:
        """The install, with a token for what is to be sent now: refreshed if it ends within two
        hours, or where that fails the one at hand as long as it lasts.

        Raises Gone where nothing is installed or Slack ended it, and Limited where a valid token
        cannot be had just now; both before anything was sent.
        """
        install: Install | None = None
        try:
            install = await self.get(tenant)
            if install and self._wants_refreshing(install):
                install = await self._renewed(install)
        except RecordsUnavailable as down:
            log.warning("the install in %s cannot be read or kept: %s", tenant, down)
            if install is None or not install.lasts(self._clock.now(), LAST_USE):
                raise Limited(AGAIN) from down
            return self._rest(install)
        if install is None:
            raise Gone(f"Fivefold is not installed in {tenant}")
        return install

    # -- reading

    def _see(self, install: Install) -> None:
        self._seen[install.tenant] = (self._clock.now(), install)

    async def _read(self, tenant: str) -> Install | None:
        """As the records have it now."""
        value = await self._records.get(INSTALL, tenant)
        if value is None:
            self._seen.pop(tenant, None)
            return None
        install = Install.from_bytes(value)
        self._see(install)
        return install

    async def _learn(self) -> Install | None:
        if not self._config.bot_token or self._by_hand:
            return self._by_hand
        async with self._learning:
            if self._by_hand is None:
                try:
                    self._by_hand = await install_by_hand(self._config)
                except SlackFailure as failure:
                    log.warning("the bot token cannot be used: %s", failure)
                    raise _as_platform_failure(failure) from None
        return self._by_hand

    # -- refreshing

    def _wants_refreshing(self, install: Install) -> bool:
        now = self._clock.now()
        if install.lasts(now, VALID_FOR):
            return False
        rests = now < self._rests_until.get(install.tenant, now)
        return not (rests and install.lasts(now, LAST_USE))

    async def _renewed(self, install: Install) -> Install | None:
        """What comes of the one refresh of this process; the same where that takes long and the
        token lasts. Who stops waiting stops at once, and the refresh goes on."""
        tenant = install.tenant
        task = self._refreshing.get(tenant)
        if task is None:
            task = self._refreshing[tenant] = asyncio.create_task(self._refreshed(tenant))
            task.add_done_callback(lambda done: self._ended(tenant, done))
        if install.lasts(self._clock.now(), LAST_USE):
            await asyncio.wait({task}, timeout=PATIENCE)
            if not task.done():
                return install
        return await asyncio.shield(task)

    def _ended(self, tenant: str, task: asyncio.Task[Install | None]) -> None:
        del self._refreshing[tenant]
        # It is told to whoever still waits; where nobody does, it is no news for the loop.
        if not task.cancelled():
            task.exception()

    async def _refreshed(self, tenant: str) -> Install | None:
        has_turn = await self._records.delete(TURN, tenant)
        # Only now: whoever had the turn before has kept what came of it.
        install = await self._read(tenant)
        if install is None or not self._wants_refreshing(install):
            if install and has_turn:
                await self._records.put(TURN, tenant, b"")
            return install
        if not has_turn:
            if install.lasts(self._clock.now(), LAST_USE):
                return self._rest(install)
            newer = await self._newer_than(install)
            if newer != install:
                return newer
            # Whoever had the turn has died over it.
        return await self._refresh(install)

    async def _newer_than(self, install: Install) -> Install | None:
        """What another process keeps in its place, or the same after waiting for long enough."""
        current: Install | None = install
        for seconds in LOOKS:
            await asyncio.sleep(seconds)
            current = await self._read(install.tenant)
            if current is None or current.refresh_token != install.refresh_token:
                break
        return current

    async def _refresh(self, install: Install) -> Install | None:
        now = self._clock.now()
        try:
            answer = await oauth_access(
                self._config, grant_type="refresh_token", refresh_token=install.refresh_token
            )
            rotated = rotated_by(install, answer, now)
        except SlackFailure as failure:
            return await self._not_refreshed(install, failure)
        return await self._keep(install, rotated)

    async def _keep(self, install: Install, rotated: Install) -> Install | None:
        """Keep it, unless the app was installed anew or removed meanwhile."""
        for seconds in PAUSES:
            try:
                current = await self._read(install.tenant)
                if current is None or current.refresh_token != install.refresh_token:
                    return current
                await self.put(rotated)
                return rotated
            except RecordsUnavailable as error:
                log.warning("a new token of %s is not kept yet: %s", install.tenant, error)
                await asyncio.sleep(seconds)
        lost = "A new token of Slack's could not be kept: install Fivefold again."
        log.error("in %s: %s", install.tenant, lost)
        raise RecordsUnavailable(lost)

    async def _not_refreshed(self, install: Install, failure: SlackFailure) -> Install | None:
        current = await self._read(install.tenant)
        if current is None or current.refresh_token != install.refresh_token:
            return current
        await self._records.put(TURN, install.tenant, b"")
        log.warning("the token of %s could not be refreshed: %s", install.tenant, failure)
        if install.lasts(self._clock.now(), LAST_USE):
            return self._rest(install)
        raise _as_platform_failure(failure) from None

    def _rest(self, install: Install) -> Install:
        self._rests_until[install.tenant] = self._clock.now() + REST
        return install


def rotated_by(install: Install, answer: AsyncSlackResponse, now: datetime) -> Install:
    """The install with the tokens of an ``oauth.v2.access`` asked at ``now``.

    Raises SlackFailure if there are none in it.
    """
    token, refresh = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(token, str) or not token or answer.get("token_type", "bot") != "bot":
        raise SlackFailure("no_bot_token")
    seconds = answer.get("expires_in")
    return replace(
        install,
        bot_token=token,
        refresh_token=refresh if isinstance(refresh, str) else "",
        expires_at=now + timedelta(seconds=int(seconds)) if refresh and seconds else None,
    )


def _as_platform_failure(failure: SlackFailure) -> Gone | Limited:
    if failure.error in _DEAD:
        return Gone(f"Slack does not take Fivefold's token any more ({failure.error})")
    return Limited(failure.after or AGAIN)
