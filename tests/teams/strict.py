"""What Teams will not take from a bot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.platforms.schemas import card_problems

Json = Any
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
LARGEST = 100 * 1024
"""Bytes of an activity as UTF-16; above them it is MessageSizeTooBig."""


def size(activity: Json) -> int:
    """The bytes of an activity, as Teams counts them."""
    return len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def problems(activity: Json) -> list[str]:
    """What is wrong in a message, its size apart."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        return ["it is no message"]
    attachments = activity.get("attachments") or []
    found = [] if activity.get("text") or attachments else ["there is nothing in it"]
    for attachment in attachments:
        if attachment.get("contentType") != CARD:
            found.append(f"an attachment of type {attachment.get('contentType')!r}")
        else:
            found += in_card(attachment.get("content"))
    return found


def in_card(card: Json) -> list[str]:
    """What is wrong in a card."""
    if not isinstance(card, dict):
        return ["a card that is none"]
    found = card_problems({key: value for key, value in card.items() if key != "msteams"})
    ids = [node["id"] for node in _nodes(card) if str(node.get("type")).startswith("Input.")]
    return [*found, *(f"the input {id!r} twice" for id in sorted(set(ids)) if ids.count(id) > 1)]


def in_answer(answer: Json) -> list[str]:
    """What is wrong in the answer to the press of an Action.Execute."""
    match answer:
        case {"statusCode": 200, "type": str(kind), "value": str(words)} if kind == MESSAGE:
            return [] if words else ["an answer that says nothing"]
        case {"statusCode": 200, "type": str(kind), "value": card} if kind == CARD:
            large = [f"a card of {size(card)} bytes"] if size(card) > LARGEST else []
            return large + in_card(card)
        case _:
            return ["it is no answer to an Action.Execute"]


def has_text_input(cards: list[Json]) -> bool:
    """Whether there is something to write in."""
    return any(node.get("type") == "Input.Text" for node in _nodes(cards))


def _nodes(value: Json) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    for one in inner if isinstance(value, dict | list) else ():
        yield from _nodes(one)
