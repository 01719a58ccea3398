"""What people wrote, word for word, from the two forms in which Teams hands it over.

With most messages comes their HTML, which has every sign that was typed; the plain text beside it
has lost lists, emoji and some signs, and stands alone only where nothing else came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

Json = Mapping[str, Any]

HTML = "text/html"
FILE = "application/vnd.microsoft.teams.file.download.info"
MENTION = "http://schema.skype.com/Mention"

_BLOCKS = frozenset("address blockquote div h1 h2 h3 h4 h5 h6 hr ol p pre table tr ul".split())
_NAMED = re.compile(r"<at\b[^>]*>(.*?)</at>", re.DOTALL)


def words_of(activity: Json) -> str:
    """The words of a message but for the bot's own name, by which it was called; then the names
    and addresses of the files that came along."""
    attachments = _dicts(activity.get("attachments"))
    html = next((one["content"] for one in attachments if _is_html(one)), "")
    names = bot_names(activity)
    said = _html_words(html, names) if html else _plain_words(activity, names)
    # Where it was called by name, a space stands beside what is left.
    said = said.strip() if names else said
    return "\n".join(filter(None, (said, *map(_file, attachments))))


def bot_names(activity: Json) -> frozenset[str]:
    """How the bot is called in this message, where it is."""
    recipient = activity.get("recipient")
    bot = recipient.get("id") if isinstance(recipient, dict) else None
    called = [one for one in _mentions(activity) if bot and one["mentioned"].get("id") == bot]
    return frozenset(
        _NAMED.sub(r"\1", str(one.get("text") or one["mentioned"].get("name") or ""))
        for one in called
    )


def _mentions(activity: Json) -> list[dict[str, Any]]:
    return [
        one
        for one in _dicts(activity.get("entities"))
        if one.get("type") == "mention" and isinstance(one.get("mentioned"), dict)
    ]


def _plain_words(activity: Json, names: frozenset[str]) -> str:
    """The text, in which only what an entity tells of is a mention; the rest was typed so."""
    said = activity.get("text")
    text = said if isinstance(said, str) else ""
    for one in _mentions(activity):
        tagged = str(one.get("text") or "")
        name = _NAMED.sub(r"\1", tagged)
        text = text.replace(tagged, "" if name in names else name, 1) if tagged else text
    return text


def _html_words(html: str, names: frozenset[str]) -> str:
    reader = _Reader(names)
    reader.feed(html)
    reader.close()
    return "".join(reader.said).strip("\n")


class _Reader(HTMLParser):
    """Reads the HTML of one message."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._names = names
        self._lists: list[int | None] = []
        self._spans: list[bool] = []
        self._links: list[tuple[str, int]] = []
        self._exactly = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BLOCKS or tag == "li":
            self._new_line()
        match tag:
            case "br":
                self.said.append("\n")
            case "ul":
                self._lists.append(None)
            case "ol":
                start = given.get("start") or "1"
                self._lists.append(int(start) if start.isdecimal() else 1)
            case "li":
                self._item()
            case "td" | "th" if self.said and not self.said[-1].endswith("\n"):
                self.said.append(" | ")
            case "pre":
                self._exactly += 1
            case "a":
                self._links.append((given.get("href") or "", len(self.said)))
            case "span":
                self._spans.append(given.get("itemtype") == MENTION)
            case "img" | "emoji":
                self.said.append(given.get("alt") or "")
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag == "pre" and self._exactly:
            self._exactly -= 1
        if tag == "span" and self._spans:
            self._spans.pop()
        if tag == "a" and self._links:
            self._linked(*self._links.pop())
        if tag in _BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if any(self._spans):
            self.said.append("" if data in self._names else data)
            return
        if not self._exactly:
            # Line ends between tags are Teams' own; what somebody typed comes as a tag.
            data = "" if not data.strip("\r\n\t ") and "\n" in data else data
            data = re.sub(r"\s*[\r\n]+\s*", " ", data).replace("\u00a0", " ")
        self.said.append(data)

    def _new_line(self) -> None:
        if self.said and not "".join(self.said[-2:]).endswith("\n") and any(self.said):
            self.said.append("\n")

    def _item(self) -> None:
        mark = "• "
        if self._lists and (number := self._lists[-1]) is not None:
            mark, self._lists[-1] = f"{number}. ", number + 1
        self.said.append("    " * max(len(self._lists) - 1, 0) + mark)

    def _linked(self, url: str, start: int) -> None:
        label = "".join(self.said[start:])
        bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", url).rstrip("/")
        if url and bare != re.sub(r"^https?://", "", label).rstrip("/"):
            self.said.append(f" ({url})")


def _is_html(attachment: Json) -> bool:
    return attachment.get("contentType") == HTML and isinstance(attachment.get("content"), str)


def _file(attachment: Json) -> str:
    name, url = str(attachment.get("name") or ""), str(attachment.get("contentUrl") or "")
    if attachment.get("contentType") != FILE and not name:
        return ""
    return f"{name} ({url})" if name and url else name or url


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
