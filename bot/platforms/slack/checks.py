"""What ``fivefold doctor`` asks Slack: whether everything that a lesson needs is in order.

Nothing is posted or changed, and no secret is in any sentence.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.address import Place
from bot.chat.message import Form, Message
from bot.clock import Clock
from bot.platforms.checking import Check
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.check_calls import Heard, call, why
from bot.platforms.slack.check_url import check_request_url
from bot.platforms.slack.client import web_client
from bot.platforms.slack.config import ALLOWS, SlackConfig
from bot.platforms.slack.form import render_form
from bot.platforms.slack.manifest import INSTALL_PATH
from bot.platforms.slack.rich_text import Json

CLOCK_IS_OFF = timedelta(seconds=60)
"""A request that looks older than five minutes is refused, so a clock must stay well below that."""

Sample = tuple[str, Message | Form]
"""Something that people may be shown, and a name for it."""


async def check_slack(
    config: SlackConfig,
    tokens: Mapping[str, str],
    places: Collection[Place],
    samples: Sequence[Sample],
    clock: Clock,
) -> list[Check]:
    """Look at everything, in an order in which it is best put right.

    ``tokens`` are the bot tokens by the names of their workspaces, ``places`` those in which runs
    are to speak; one of each shape of message in ``samples`` is shown to Slack's own validator.
    """
    checks = []
    heard: list[tuple[Heard, datetime]] = []
    works: AsyncWebClient | None = None
    for workspace, token in tokens.items():
        client = web_client(config, token)
        answer = await call(client, "auth.test")
        heard.append((answer, clock.now()))
        checks.append(_token(config, workspace, token, answer))
        if answer.error:
            continue
        works = works or client
        checks.append(_scopes(config, workspace, answer))
        checks += await _channels(config, client, workspace, _of_tenant(places, answer.data))
    if not tokens:
        checks.append(_no_token(config))
    if config.app_token:
        answer = await call(web_client(config, config.app_token), "apps.connections.open")
        heard.append((answer, clock.now()))
        checks.append(_app_token(config, answer))
    else:
        checks += await check_request_url(config, clock)
    checks.append(_clock(heard))
    checks.append(await _messages(config, works, samples))
    return checks


# -- what each answer means


def _no_token(config: SlackConfig) -> Check:
    where = f"{config.public_url or 'FIVEFOLD_PUBLIC_URL (not set)'}{INSTALL_PATH}"
    return Check("token", False, f"No workspace is connected yet: open {where} and say yes.")


def _token(config: SlackConfig, workspace: str, token: str, answer: Heard) -> Check:
    if answer.error:
        remedy = (
            "install the app again and copy its bot token into FIVEFOLD_SLACK_BOT_TOKEN"
            if token == config.bot_token
            else f"connect the workspace again at {config.public_url}{INSTALL_PATH}"
        )
        return Check(f"token of {workspace}", False, why(config, answer, remedy))
    team, bot = answer.data.get("team", "?"), answer.data.get("user", "?")
    return Check(f"token of {workspace}", True, f"Fivefold speaks in {team} as @{bot}.")


def _scopes(config: SlackConfig, workspace: str, answer: Heard) -> Check:
    name = f"scopes of {workspace}"
    listed = answer.headers.get("x-oauth-scopes")
    if listed is None:
        return Check(name, None, "Slack does not say which scopes the token has.")
    granted = {scope.strip() for scope in listed.split(",")}
    if missing := [scope for scope in config.scopes if scope not in granted]:
        return Check(
            name,
            False,
            f"The token lacks {', '.join(missing)}: give the app the manifest that "
            "“fivefold manifest slack” prints, with the same --allow, and install it again.",
        )
    unused = [
        word for word in sorted(ALLOWS) if word not in config.allow and ALLOWS[word] <= granted
    ]
    more = f" FIVEFOLD_SLACK_ALLOW could have {','.join(unused)} in it, too." if unused else ""
    return Check(name, True, f"All {len(config.scopes)} that are needed are granted.{more}")


def _of_tenant(places: Iterable[Place], auth: Json) -> list[str]:
    """Their channels in this workspace or organisation; not talks with one person."""
    tenant = auth.get("enterprise_id" if auth.get("is_enterprise_install") else "team_id")
    mine = {place.channel for place in places if place.tenant == tenant}
    return sorted(channel for channel in mine if not channel.startswith("D"))


async def _channels(
    config: SlackConfig, client: AsyncWebClient, workspace: str, channels: Sequence[str]
) -> list[Check]:
    name = f"channels of {workspace}"
    if not channels:
        return [Check(name, True, "No lesson is planned in any channel.")]
    if "history" not in config.allow:
        sentence = "Slack tells who is in a channel only where FIVEFOLD_SLACK_ALLOW has history."
        return [Check(name, None, sentence)]
    found = [await _channel(config, client, name, channel) for channel in channels]
    if wrong := [check for check in found if not check.ok]:
        return wrong
    return [Check(name, True, f"Fivefold is in all {len(channels)} in which lessons are planned.")]


async def _channel(config: SlackConfig, client: AsyncWebClient, name: str, channel: str) -> Check:
    answer = await call(client, "conversations.info", channel=channel)
    if answer.error == "channel_not_found":
        sentence = (
            f"{channel} is gone, or it is private and Fivefold is not in it: "
            "say “/invite @Fivefold” there."
        )
        return Check(name, False, sentence)
    if answer.error:
        ok = None if answer.error in ("ratelimited", "missing_scope") else False
        return Check(name, ok, f"{channel}: {why(config, answer, 'look at it in Slack')}")
    about = answer.data.get("channel") or {}
    label = f"#{about['name']}" if about.get("name") else channel
    if about.get("is_archived"):
        sentence = f"{label} is archived: unarchive it, or plan the lesson in another channel."
        return Check(name, False, sentence)
    if not about.get("is_member"):
        return Check(name, False, f"Fivefold is not in {label}: say “/invite @Fivefold” there.")
    return Check(name, True, f"Fivefold is in {label}.")


def _app_token(config: SlackConfig, answer: Heard) -> Check:
    if answer.error:
        remedy = (
            "make one with the scope connections:write under “Basic Information” of the app, see "
            "that Socket Mode is on, and copy it into FIVEFOLD_SLACK_APP_TOKEN"
        )
        return Check("app token", False, why(config, answer, remedy))
    return Check("app token", True, "Slack opens connections for Socket Mode.")


def _clock(heard: Iterable[tuple[Heard, datetime]]) -> Check:
    """By an answer's date, which has whole seconds, and when it was read."""
    dates = [(_date(answer.headers.get("Date", "")), now) for answer, now in heard]
    off = next((now - date for date, now in dates if date), None)
    if off is None:
        return Check("clock", None, "Slack did not say what time it is.")
    if abs(off) > CLOCK_IS_OFF:
        which = "ahead" if off > timedelta() else "behind"
        seconds = round(abs(off).total_seconds())
        sentence = (
            f"This machine's clock is {seconds} seconds {which}, and Slack's requests would be "
            "taken for forged: let it be set over the network (NTP)."
        )
        return Check("clock", False, sentence)
    return Check("clock", True, "This machine's clock and Slack's agree.")


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date if date.tzinfo else None


# -- what Slack thinks of our messages


_INVALID = ("invalid_blocks", "invalid_message", "invalid_view")


async def _messages(
    config: SlackConfig, client: AsyncWebClient | None, samples: Sequence[Sample]
) -> Check:
    name = "messages"
    if client is None:
        return Check(name, None, "Slack looks at messages only when there is a token.")
    payloads = list(one_of_each(samples))
    for number, (sample, payload) in enumerate(payloads):
        answer = await call(client, "blocks.validate", **payload)
        if answer.error == "unknown_method":
            return Check(name, None, "This Slack looks at no messages (blocks.validate).")
        if answer.error == "ratelimited":
            sentence = f"Slack looked at {number} of {len(payloads)} kinds of message."
            return Check(name, None, f"{sentence} Run this again later for the others.")
        if answer.error in _INVALID:
            first: Json = next(iter(answer.data.get("errors") or []), {})
            where = f"{first.get('pointer', '')} {first.get('message', '')}".strip()
            sentence = (
                f"Slack would refuse “{sample}” ({where or answer.error}): please report it; "
                "lessons without such a message are not affected."
            )
            return Check(name, False, sentence)
        if answer.error:
            return Check(name, False, why(config, answer, "run this again later"))
    return Check(name, True, f"Slack takes all {len(payloads)} kinds of message.")


def one_of_each(samples: Iterable[Sample]) -> Iterator[tuple[str, dict[str, str]]]:
    """The arguments for ``blocks.validate``, with a name, of one message or modal of each shape:
    of those made of the same types of blocks and elements the first one."""
    seen: set[frozenset[str]] = set()
    for name, what in samples:
        drawn = (render_form(what),) if isinstance(what, Form) else render_message(what)
        for payload in drawn:
            shape = frozenset(_types(payload))
            if shape in seen:
                continue
            seen.add(shape)
            if isinstance(what, Form):
                yield name, {"view": json.dumps(payload)}
            else:
                yield name, {"message": json.dumps({"blocks": payload["blocks"]})}


def _types(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("type"), str):
            yield value["type"]
        for inner in value.values():
            yield from _types(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _types(inner)
