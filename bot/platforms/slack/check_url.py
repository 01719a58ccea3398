"""What Slack meets when it knocks at Fivefold's door over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.clock import Clock
from bot.platforms.checking import UNREACHABLE, Check
from bot.platforms.slack.client import SECONDS
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.manifest import EVENTS_PATH

_CHALLENGE = "fivefold-doctor"


async def check_request_url(config: SlackConfig, clock: Clock) -> list[Check]:
    """Whether Fivefold answers where Slack will look for it, as it would answer Slack."""
    name, secret = "request URL", "signing secret"
    unknown = Check(secret, None, "That is seen when the request URL answers.")
    url = f"{config.public_url}{EVENTS_PATH}"
    if not config.public_url:
        sentence = "Slack does not know where to post: set FIVEFOLD_PUBLIC_URL."
        return [Check(name, False, sentence), unknown]
    if config.api_url.startswith("https:") and not url.startswith("https:"):
        sentence = f"Slack posts only to https, and {url} is not: see FIVEFOLD_PUBLIC_URL."
        return [Check(name, False, sentence), unknown]
    body = json.dumps({"type": "url_verification", "challenge": _CHALLENGE})
    stamp = str(int(clock.now().timestamp()))
    signature = SignatureVerifier(config.signing_secret).generate_signature(
        timestamp=stamp, body=body
    )
    signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
            healthy, _ = await _answer(session, "GET", f"{config.public_url}/healthz")
            forged, _ = await _answer(session, "POST", url, body)
            status, text = await _answer(session, "POST", url, body, signed)
    except UNREACHABLE:
        sentence = (
            f"Nothing answers at {config.public_url} (from this machine): start “fivefold serve”, "
            "and see that its address and certificate are right."
        )
        return [Check(name, False, sentence), unknown]
    if healthy != 200 or forged != 401:
        sentence = (
            f"Something answers at {url}, but not as Fivefold with Slack does (with {forged} to "
            "what is not signed): see that FIVEFOLD_PUBLIC_URL leads to “fivefold serve”, and "
            "that it was started with the same settings."
        )
        return [Check(name, False, sentence), unknown]
    answers = Check(name, True, f"{url} answers, and refuses what Slack did not sign.")
    if status != 200 or _CHALLENGE not in text:
        sentence = (
            "What is signed with FIVEFOLD_SLACK_SIGNING_SECRET is refused there: start “fivefold "
            "serve” again with the same one, and see that both clocks are right."
        )
        return [answers, Check(secret, False, sentence)]
    return [
        answers,
        Check(secret, True, "What is signed with it is taken there; Slack must show the same one."),
    ]


async def _answer(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    sent = {"Content-Type": "application/json", **(headers or {})}
    async with session.request(
        method, url, data=body, headers=sent, allow_redirects=False
    ) as answer:
        return answer.status, (await answer.content.read(10_000)).decode(errors="replace")
