"""Words that would call people, lead somewhere or break out, wherever Slack reads them as markup;
and what of them is alive in something that was sent to Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.slack_rules import nodes
from tests.web import hostile as web

Json = Any

_MARKS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!here|here>",
    "<!subteam^S0TEAM>",
    "<!subteam^S0TEAM|@team>",
    "<!date^1767603600^{date}^https://evil.example|now>",
    "<@U0ADA>",
    "<@W0ADA|ada>",
    "<@B0FIVEFOLD>",
    "<#C0LESSON>",
    "<#C0LESSON|lesson>",
    "<https://evil.example>",
    "<https://evil.example|your bank>",
    "<http://evil.example?a=1&b=2|x>",
    "<mailto:a@evil.example|write>",
    "<tel:+1555|call>",
    "<slack://user?team=T0LOCAL&id=U0ADA>",
    "<slack://open|open>",
    "<javascript:alert(1)|x>",
    "@channel",
    "@here",
    "@everyone",
    "@ada",
    "#lesson",
    "https://evil.example/path?q=1#f",
    "mailto:a@evil.example",
    "evil.example",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "*bold* _it_ ~no~ `c`",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    ":tada: :skin-tone-2: :evil:",
)
_AROUND = (
    "{}",
    "hello {} and all",
    "*{}*",
    "`{}`",
    "```\n{}\n```",
    "> {}",
    "\n\n{}\n",
    "\u202e{}\u202c",
    "\u200b{}\u2060",
    "<{}>",
    "{}{}",
    "a\u0301{}👩‍👩‍👧‍👦",
)
_OTHERS = (
    '{"type":"mrkdwn","text":"<!channel>"}',
    '{"response_action":"clear"}',
    '[{"type":"rich_text","elements":[{"type":"broadcast","range":"channel"}]}]',
    '"}],"blocks":[{"type":"section"}]',
    "payload=%7B%22type%22%3A%22block_actions%22%7D",
    "f.vote.o1..d1.",
    "f.run.r1.stop..1",
    "f.adopt.o1.1767603629-123456..",
    "0.1 other",
    "note",
    "- !!python/object/apply:os.system [id]",
    "key: &a [*a]",
    '=HYPERLINK("https://evil.example")',
    "{user} {name} {title} {count} {{when}}",
    "\U000e0041\U000e0042 tags",
    "\u2066<!here>\u2069",
    "﷽" * 60,
    "\ufeff<!channel>",
    "e\u0301\u0301\u0301" * 200,
    "👩‍👩‍👧‍👦" * 400,
    "<!channel> " * 3_636,
    "x" * 40_000,
    "漢字\n" * 10_000,
)


def _all() -> Iterator[str]:
    for around in _AROUND:
        for mark in _MARKS:
            yield around.replace("{}", mark)
    yield from _OTHERS
    yield from web.STRINGS


STRINGS = tuple(dict.fromkeys(words for words in _all() if words.strip()))
"""All of them, each once; none is blank, for what is blank is no answer."""

_MARK = re.compile(r"[<>]|&(?!(?:lt|gt|amp);)")
_ALIVE = frozenset(
    "user usergroup channel broadcast emoji color link image image_block file".split()
)
_PARSING = ("parse", "link_names", "mrkdwn", "attachments", "markdown_text")
_LOADING = ("image_url", "external_url", "video_url", "url", "file_id", "slack_file")


def alive(sent: Json, links: frozenset[str] = frozenset()) -> list[str]:
    """What Slack would make a mention, a link or markup of in something sent to it; ``links`` are
    the lesson author's own."""
    found = [f"{name}: {sent[name]!r}" for name in _PARSING if name in sent]
    if _MARK.search(sent.get("text") or ""):
        found.append(f"markup in the text {sent['text'][:80]!r}")
    for node in nodes(sent):
        kind = node.get("type")
        if kind == "link" and node.get("url") in links:
            continue
        if kind in _ALIVE:
            found.append(f"a {kind}: {json.dumps(node)[:80]}")
        if kind == "mrkdwn" or (kind == "plain_text" and node.get("emoji") is not False):
            found.append(f"text that is read as markup: {json.dumps(node)[:80]}")
        found += [f"{name} in {json.dumps(node)[:80]}" for name in _LOADING if name in node]
    return found
