"""What people wrote, word for word, from the markup in which Slack hands it over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

Json = Mapping[str, Any]

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")


def words_of(message: Json) -> str:
    """The words of a message, with the names and addresses of the files sent along.

    From its rich text, where Slack has not replaced people's signs by names of its own
    (``:smile:``); else from its text, in which Slack has marked addresses and mentions.
    """
    blocks = message.get("blocks") or ()
    rich = [block for block in blocks if block.get("type") == "rich_text"]
    whole = bool(rich) and len(rich) == len(blocks)
    said = rich_words(rich) if whole else plain_words(str(message.get("text") or ""))
    return "\n".join(filter(None, (said, *map(_file, message.get("files") or ()))))


def plain_words(text: str) -> str:
    """The words of a text in Slack's markup."""
    return unescape_three(_MARK.sub(lambda mark: _marked(mark[1], mark[2] or ""), text))


def unescape_three(text: str) -> str:
    """The text with the three signs that Slack escapes, and no others, as they were."""
    return re.sub("&(?:lt|gt|amp);", lambda found: unescape(found[0]), text)


def _marked(inside: str, label: str) -> str:
    if inside.startswith("!date^"):
        return label
    if inside[:1] == "!":
        name = label or inside[1:].rpartition("^")[2]
        return name if name.startswith("@") else f"@{name}"
    if inside[:1] in ("@", "#"):
        return inside[0] + (label or inside[1:])
    return _linked(inside, label)


def _linked(url: str, label: str) -> str:
    """What stood there, if Slack made the link of an address; else its label and its address."""
    bare = _SCHEME.sub("", url)
    if not label:
        return bare if url.startswith(("mailto:", "tel:")) else url
    same = _SCHEME.sub("", label).rstrip("/") == bare.rstrip("/")
    return label if same or not url else f"{label} ({url})"


def _file(file: Json) -> str:
    name, link = str(file.get("name") or file.get("title") or ""), str(file.get("permalink") or "")
    return f"{name} ({link})" if name and link else name or link


def rich_words(blocks: Iterable[Json]) -> str:
    """The words of rich text blocks."""
    parts = [_part(part) for block in blocks for part in block.get("elements") or ()]
    return "\n".join(part.removesuffix("\n") for part in parts[:-1]) + (
        ("\n" if len(parts) > 1 else "") + parts[-1] if parts else ""
    )


def _part(part: Json) -> str:
    elements = part.get("elements") or ()
    match part.get("type"):
        case "rich_text_list":
            indent = "    " * int(part.get("indent") or 0)
            first = int(part.get("offset") or 0) + 1
            ordered = part.get("style") == "ordered"
            return "\n".join(
                f"{indent}{f'{number}.' if ordered else '•'} {_inline(item.get('elements') or ())}"
                for number, item in enumerate(elements, first)
            )
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _inline(elements).split("\n"))
        case _:
            return _inline(elements)


def _inline(elements: Iterable[Json]) -> str:
    return "".join(map(_element, elements))


def _element(element: Json) -> str:
    match element.get("type"):
        case "link":
            return _linked(str(element.get("url") or ""), str(element.get("text") or ""))
        case "emoji":
            return _emoji(element)
        case "user":
            return f"@{element.get('user_id', '')}"
        case "usergroup":
            return f"@{element.get('usergroup_id', '')}"
        case "channel":
            return f"#{element.get('channel_id', '')}"
        case "broadcast":
            return f"@{element.get('range', '')}"
        case "color":
            return str(element.get("value") or "")
        case "date":
            return str(element.get("fallback") or element.get("timestamp") or "")
        case _:
            return str(element.get("text") or "")


def _emoji(element: Json) -> str:
    """The sign itself, where it is one of Unicode's; a workspace's own by its name."""
    try:
        return "".join(chr(int(code, 16)) for code in str(element["unicode"]).split("-"))
    except (KeyError, ValueError, OverflowError):
        return f":{element.get('name', '')}:"
