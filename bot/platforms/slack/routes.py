"""The doors for Slack over HTTP: one address for everything that it sends."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.manifest import EVENTS_PATH
from bot.platforms.slack.reception import NONSENSE

LARGEST = 1_000_000
"""Bytes of one request; a window is at most a quarter of that."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def events_route(config: SlackConfig, listeners: Listeners) -> Route:
    """Takes what Slack signed, and answers 401 to everything else.

    The signature is tried before anything is read: what follows may rely on Slack's forms.
    Raises ValueError for an empty signing secret, which would let everybody in.
    """
    verifier = SignatureVerifier(config.signing_secret)

    async def events(request: Request) -> Response:
        body = await _body(request)
        timestamp = _only(request, "x-slack-request-timestamp")
        signature = _only(request, "x-slack-signature")
        if body is None or not _is_signed(verifier, body, timestamp, signature):
            return Response(status_code=401)
        try:
            # As over a socket: read already, and nothing is left to be verified.
            asked = AsyncBoltRequest(
                mode="socket_mode", body=_read(request, body), headers=dict(request.headers)
            )
            answer = await listeners.bolt.async_dispatch(asked)
        except NONSENSE:
            # Bolt itself stumbles over what is no form of Slack's; what listeners raise it catches.
            return Response(status_code=400)
        return to_starlette_response(answer)

    return Route(EVENTS_PATH, events, methods=["POST"])


def _read(request: Request, body: bytes) -> dict[str, Any]:
    """The payload: JSON, a form's field of this name, or the form itself. Bolt takes every form in
    which somebody wrote "payload" for one that has such a field. Raises one of `NONSENSE`."""
    text = body.decode()
    if request.headers.get("content-type", "").startswith("application/json"):
        payload = json.loads(text)
    else:
        payload = dict(parse_qsl(text, keep_blank_values=True))
        payload = json.loads(payload["payload"]) if "payload" in payload else payload
    if not isinstance(payload, dict):
        raise ValueError("no payload of Slack's")
    return payload


def _only(request: Request, name: str) -> str:
    """The header; "" where there is none, or more than one to choose from."""
    found = request.headers.getlist(name)
    return found[0] if len(found) == 1 else ""


async def _body(request: Request) -> bytes | None:
    """What was sent; ``None`` where it is more than Slack sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _is_signed(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
        return False
    try:
        return bool(verifier.is_valid(body, timestamp, signature))
    except UnicodeDecodeError:
        return False
