"""What people wrote, word for word, from the two forms in which Teams hands it over.

With most messages comes their HTML, which has every sign that was typed; the plain text beside it
has lost lists, emoji and some signs, and stands alone only where no HTML came that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.platforms.teams.markup import html_words

Json = Mapping[str, Any]

HTML = "text/html"
FILE = "application/vnd.microsoft.teams.file.download.info"

_TAG = re.compile(r"<at\b")


def words_of(activity: Json) -> str:
    """The words of a message but for the bot's own name, by which it was called, and for others'
    that it quotes; then the names and addresses of the files that came along."""
    attachments = _dicts(activity.get("attachments"))
    html = next((one["content"] for one in attachments if _is_html(one)), "")
    names = bot_names(activity)
    said = _said(activity, html, names)
    # Where it was called by name, a space stands beside what is left.
    said = said.strip() if names else said
    return "\n".join(filter(None, (said, *map(_file, attachments))))


def bot_names(activity: Json) -> frozenset[str]:
    """How the bot is called in this message, where it is."""
    recipient = activity.get("recipient")
    bot = recipient.get("id") if isinstance(recipient, dict) else None
    called = [one for one in _mentions(activity) if bot and one["mentioned"].get("id") == bot]
    return frozenset(
        untagged(str(one.get("text") or one["mentioned"].get("name") or "")) for one in called
    )


def untagged(name: str) -> str:
    """The name without the tags in which Teams wraps the names of who is mentioned."""
    said: list[str] = []
    at = 0
    # Where a tag has no end, none that begins behind it has one.
    while (
        (tag := _TAG.search(name, at))
        and (begins := name.find(">", tag.end()) + 1)
        and (ends := name.find("</at>", begins)) >= 0
    ):
        said += (name[at : tag.start()], name[begins:ends])
        at = ends + len("</at>")
    return "".join((*said, name[at:]))


def _said(activity: Json, html: str, names: frozenset[str]) -> str:
    if not html:
        return _plain_words(activity, names)
    try:
        return html_words(html, names)
    except ValueError:
        return _plain_words(activity, names) or html


def _mentions(activity: Json) -> list[dict[str, Any]]:
    return [
        one
        for one in _dicts(activity.get("entities"))
        if one.get("type") == "mention" and isinstance(one.get("mentioned"), dict)
    ]


def _plain_words(activity: Json, names: frozenset[str]) -> str:
    """The text, in which only what an entity tells of is a mention or a quotation; the rest was
    typed so."""
    said = activity.get("text")
    text = said if isinstance(said, str) else ""
    for one in _mentions(activity):
        tagged = str(one.get("text") or "")
        name = untagged(tagged)
        text = text.replace(tagged, "" if name in names else name, 1) if tagged else text
    for one in _dicts(activity.get("entities")):
        quoted = one.get("quotedReply")
        if one.get("type") == "quotedReply" and isinstance(quoted, dict):
            before, mark, after = text.partition(f'<quoted messageId="{quoted.get("messageId")}"/>')
            text = before + after.lstrip() if mark else text
    return text


def _is_html(attachment: Json) -> bool:
    return attachment.get("contentType") == HTML and isinstance(attachment.get("content"), str)


def _file(attachment: Json) -> str:
    name, url = str(attachment.get("name") or ""), str(attachment.get("contentUrl") or "")
    if attachment.get("contentType") != FILE and not name:
        return ""
    return f"{name} ({url})" if name and url else name or url


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
