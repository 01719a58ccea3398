"""What Teams, or we, would refuse in a card; and what is to be read and pressed in one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from markdown_it import MarkdownIt

from bot.chat.message import Option
from bot.chat.plain import moment
from bot.chat.text import WhenStyle
from bot.platforms.teams.inputs import Known

LARGEST_CARD = 80_000
_MARKDOWN = MarkdownIt("js-default", {"html": True})
MACRO = re.compile(r"\{\{(?:DATE|TIME)\([0-9TZ:-]+(?:, ?(?:COMPACT|LONG|SHORT))?\)\}\}")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_UNSEEN = str.maketrans({"\u00a0": " ", "\u2060": None})


KNOWN = Known(
    places=(Option("19:a@thread.tacv2", "General"), Option("19:b@thread.tacv2", "Class, B")),
    people=tuple(Option(f"U{n}", f"Person {n}") for n in range(1, 3)),
)


def size_of(card: Any) -> int:
    """Its bytes as Teams counts them."""
    return len(json.dumps(card, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def nodes_of(value: Any) -> Iterator[dict[str, Any]]:
    """All in a card but what older clients are given instead."""
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            yield from nodes_of(inner) if key != "fallback" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from nodes_of(inner)


def as_read(text: str) -> str:
    """Text as the eye takes it: without what is not seen."""
    return text.translate(_UNSEEN)


def live_in(text: str) -> list[str]:
    """What a reader of Markdown would make live in a text: links, pictures, tags, addresses."""
    read = _MARKDOWN.parse(text)
    kinds = [one.type for token in read for one in (token, *(token.children or ()))]
    live = ("link_open", "image", "html_inline", "html_block")
    return [kind for kind in kinds if kind in live] + _ADDRESS.findall(text)


def text_of(value: Any) -> str:
    """What a person can read or follow, in order, as they read it.

    The address of a link that goes on in the next run is told once, behind its last words.
    """
    told, address = [], ""
    for node in nodes_of(value):
        if node.get("type") in ("TextRun", "TextBlock"):
            url = node.get("selectAction", {}).get("url", "")
            told += [address] if url != address else []
            address = url
        keys = ("text", "title", "label", "value")
        told += [node[key] for key in keys if isinstance(node.get(key), str)]
    return as_read("".join((*told, address)))


def problems_of(card: Any) -> list[str]:
    """What Teams, or we, would refuse in a card."""
    found = []
    if size_of(card) > LARGEST_CARD:
        found.append(f"{size_of(card)} bytes")
    inputs = [n for n in nodes_of(card) if str(n.get("type")).startswith("Input.")]
    twice = [id for id, count in Counter(n["id"] for n in inputs).items() if count > 1]
    found += [f"input {id} twice" for id in twice]
    found += [f"input {n['id']} without label" for n in inputs if not n["label"].strip()]
    for node in nodes_of(card):
        if len(node.get("actions", [])) > 6:
            found.append("more than six actions side by side")
        if node.get("type") == "TextBlock" and re.search(
            r"[*_\[\]#`~>\\<&\n]|//|^[-+\d]", _STRONG.sub(r"\1", MACRO.sub("x", node["text"]))
        ):
            found.append(f"Markdown could change {node['text']!r}")
        if node.get("type") == "TextRun" and MACRO.search(node["text"]):
            found.append(f"a moment in words: {node['text']!r}")
        if MACRO.search(node.get("label", "")):
            found.append(f"a moment in a label: {node['label']!r}")
        if node.get("type") == "Input.ChoiceSet":
            titles = [choice["title"] for choice in node["choices"]]
            found += [f"a moment in a title: {one!r}" for one in titles if MACRO.search(one)]
            found += [f"{kind} in {one!r}" for one in titles for kind in live_in(one)]
            values = [choice["value"] for choice in node["choices"]]
            if len(set(values)) < len(values) or not values or "," in "".join(values):
                found.append(f"values of {node['id']}")
    return found


def submitted_from(card: Any) -> dict[str, Any]:
    """What Teams sends of a form that nobody changed."""
    inputs = [n for n in nodes_of(card) if str(n.get("type")).startswith("Input.")]
    [data] = [n["data"] for n in nodes_of(card) if n.get("type") == "Action.Execute"]
    return {**{node["id"]: node.get("value", "") for node in inputs}, **data}


def actions_of(card: Any) -> list[Any]:
    """All that can be pressed in it."""
    return [node for node in nodes_of(card) if node.get("type", "").startswith("Action.")]


_ISO = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
_OWN: tuple[tuple[str, WhenStyle], ...] = (
    (rf"\{{\{{DATE\({_ISO}, SHORT\)\}}\}}, \{{\{{TIME\(\1\)\}}\}}", "date_time"),
    (rf"\{{\{{DATE\({_ISO}, SHORT\)\}}\}}", "date"),
    (rf"\{{\{{TIME\({_ISO}\)\}}\}}", "time"),
)


def read_in_utc(drawn: Any) -> Any:
    """Elements as somebody in UTC reads them: in text blocks, moments are of the reader's zone."""
    if isinstance(drawn, list):
        return [read_in_utc(one) for one in drawn]
    if not isinstance(drawn, dict):
        return drawn
    read = {name: read_in_utc(value) for name, value in drawn.items()}
    if drawn.get("type") == "TextBlock":
        for pattern, style in _OWN:
            read["text"] = re.sub(pattern, partial(_moment, style), read["text"])
    return read


def _moment(style: WhenStyle, found: re.Match[str]) -> str:
    return moment(datetime.fromisoformat(found[1]), style)
