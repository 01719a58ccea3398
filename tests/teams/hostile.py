"""What would be alive in Teams of words that somebody wrote, and more of such words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.card_rules import live_in
from tests.slack.hostile import STRINGS as OTHERS

Json = Any

_OWN = (
    "<at>Fay Moss</at>",
    '<at>everyone</at> <at id="0">Fivefold</at>',
    "{{DATE(2026-01-05T09:00:00Z, LONG)}}",
    "{{TIME(2026-01-05T09:00:00Z)}} and {{DATE(2026-01-05T09:00:00Z)}}",
    "{{{DATE(2026-01-05T09:00:00Z)}}}",
    "[your bank](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "[x][1]\n\n[1]: https://evil.example",
    "1. one\n2. two\r3. three",
    "# A heading\n---\n- a list",
    "${$root.secret} ${if(true, 'x', 'y')}",
    '{"type":"Action.OpenUrl","url":"https://evil.example"}',
    '"}],"msteams":{"entities":[{"type":"mention","text":"<at>x</at>"}]}',
    '<span itemtype="http://schema.skype.com/Mention" itemid="0">Fivefold</span>',
    '<speak version="1.0">loud</speak>',
    "0 text q1",
    "f text q1",
    "fivefold",
)
STRINGS = tuple(dict.fromkeys((*OTHERS, *_OWN)))
"""All of them, each once."""

_OWN_TIME = re.compile(r"\{\{(?:DATE|TIME)\([0-9:TZ-]+(?:, SHORT)?\)\}\}")
_STRONG = re.compile(r"\*\*([^*\s][^*]*)\*\*")
"""A title of the author's, in a line with a moment."""

_MARKDOWN = re.compile(r"[\[\]*_`<>]|https?:|www\.|^\s*(?:[#-]|[0-9]+\.)", re.MULTILINE)
_MACRO = re.compile(r"\{\{(?:DATE|TIME)\(")
_LOADING = frozenset("Image ImageSet Media Action.OpenUrl Action.OpenUrlDialog FactSet".split())
_BINDING = frozenset("msteams refresh authentication backgroundImage iconUrl url $data".split())


def alive(card: Json) -> list[str]:
    """What a client would make a mention, a link, a picture, markup or a date of."""
    found: list[str] = []
    for node in nodes(card):
        kind, text = node.get("type"), str(node.get("text", ""))
        if kind in _LOADING:
            found.append(f"a {kind}")
        found += [f"{name} in a {kind}" for name in _BINDING & node.keys()]
        if kind == "TextBlock":
            others = _STRONG.sub(r"\1", _OWN_TIME.sub("", text))
            if _MARKDOWN.search(others) or _MACRO.search(others):
                found.append(f"markup or a date in {text[:80]!r}")
        if kind == "TextRun" and ("selectAction" in node or _MACRO.search(text)):
            found.append(f"a link or a date in {text[:80]!r}")
        for shown in (str(node.get(name, "")) for name in ("title", "label")):
            if _MACRO.search(shown):
                found.append(f"a date in {shown[:80]!r}")
        if kind is None and (made := live_in(str(node.get("title", "")))):
            found.append(f"{made} in the choice {node['title'][:80]!r}")
    return found


def nodes(value: Json) -> Iterator[dict[str, Any]]:
    """Every object in a card, but for what only travels back."""
    if isinstance(value, dict):
        yield value
        inner = [each for name, each in value.items() if name != "data"]
    else:
        inner = value if isinstance(value, list) else []
    for one in inner:
        yield from nodes(one)
