"""What Slack refuses of what an app sends, and what it adds to what it keeps. All pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.platforms.slack_rules import MODAL_BLOCKS, Judge, message_problems, modal_problems

Json = Any

MESSAGES = {"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"}
VIEWS = {"views.open", "views.push", "views.update", "views.publish"}
LONGEST_TEXT = 40_000


def problems(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """Every rule of Slack's that a call breaks, each as one line; none where it may pass."""
    try:
        if method in MESSAGES:
            return _message(method, arguments)
        if method in VIEWS:
            return _view(arguments.get("view"))
    except (AttributeError, KeyError, TypeError) as broken:
        return [f"not made as Slack documents it: {broken!r}"]
    return []


def _message(method: str, arguments: Mapping[str, Any]) -> list[str]:
    if arguments.get("delete_original"):
        return []
    text = arguments.get("text") or ""
    if arguments.get("blocks"):
        asked = method == "chat.postMessage"
        unfurls = {} if asked else {"unfurl_links": False, "unfurl_media": False}
        return message_problems({**unfurls, "text": text, **arguments})
    fine = 0 < len(text) <= LONGEST_TEXT and "<" not in text and ">" not in text
    return [] if fine else [f"text: {len(text)} long, or markup"]


def _view(view: Json) -> list[str]:
    if view["type"] == "home":
        judge = Judge()
        judge.blocks(view["blocks"], "modal", MODAL_BLOCKS)
        return judge.broken
    asks = any(block["type"] == "input" for block in view["blocks"])
    # A window without inputs needs no button to send it.
    silent = {} if asks else {"submit": {"type": "plain_text", "text": "–", "emoji": False}}
    whole = {**silent, "callback_id": "–", "private_metadata": "–", **view}
    size = len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))
    broken = modal_problems(whole, size)
    if len(view.get("close", {}).get("text", "")) > 24:
        broken.append("view.close: too long")
    return broken


def stored(blocks: Iterable[Json], mark: str) -> list[Json]:
    """The blocks as Slack keeps and sends them: each has a block_id, and inputs their defaults."""
    kept = []
    for number, block in enumerate(blocks):
        own = {"optional": False, "dispatch_action": False} if block["type"] == "input" else {}
        kept.append({"block_id": f"{mark}{number}", **own, **block})
    return kept


def page(items: list[Json], arguments: Mapping[str, Any], most: int) -> tuple[list[Json], str]:
    """The page of a list that a call asks for, at most ``most`` long, and the next cursor."""
    limit = min(int(arguments.get("limit") or most), most)
    start = int(arguments.get("cursor") or 0)
    more = start + limit < len(items)
    return items[start : start + limit], str(start + limit) if more else ""


def between(messages: Iterable[Json], arguments: Mapping[str, Any]) -> list[Json]:
    """Those after ``oldest`` and before ``latest``, and at them too where ``inclusive``."""
    oldest = str(arguments.get("oldest") or "0")
    latest = str(arguments.get("latest") or "9999999999.999999")
    edges = str(arguments.get("inclusive", "")).lower() in ("1", "true")
    return [
        message
        for message in messages
        if oldest < message["ts"] < latest or (edges and message["ts"] in (oldest, latest))
    ]


def without_metadata(messages: Iterable[Json], arguments: Mapping[str, Any]) -> list[Json]:
    """Messages tell their metadata only to who asks for it."""
    if str(arguments.get("include_all_metadata", "")).lower() in ("1", "true"):
        return list(messages)
    return [{k: v for k, v in one.items() if k != "metadata"} for one in messages]
