"""The words in the HTML of a message, in time that grows with its length and no faster.

The standard library's parser is not used: in the versions of Python that we run on, a few thousand
tags without an end keep it busy for seconds, and others make it fail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

MENTION = "http://schema.skype.com/Mention"
REPLY = "http://schema.skype.com/Reply"
"""What Teams calls the quotation of the message to which somebody replies."""

_BLOCKS = frozenset("address blockquote div h1 h2 h3 h4 h5 h6 hr ol p pre table tr ul".split())
_DEEPEST = 10
"""Lists further in are drawn no further in."""

_PIECE = re.compile(
    r"""
      (?P<words> (?: [^<]++ | <(?![a-zA-Z/!?]) )++ )
    | < (?P<ends> /?+ ) (?P<tag> [a-zA-Z][^\s/>]*+ )
        (?P<given> (?: [^"'>]++ | "[^"]*+" | '[^']*+' )*+ ) >
    | <!-- .*? -->
    """,
    re.DOTALL | re.VERBOSE,
)
_GIVEN = re.compile(
    r"""([^\s"'>/=]++) \s*+ (?: = \s*+ (?: "([^"]*+)" | '([^']*+)' | ([^\s"'>]++) ) )?+""",
    re.VERBOSE,
)
_CLOSES = re.compile(r"""(?:^|["'\s])/\Z""")
"""How a tag ends that has nothing in it: any other slash at its end is an address's own."""
_SPACES = re.compile(r"\s+")


def html_words(html: str, names: frozenset[str] = frozenset()) -> str:
    """What somebody wrote, as lines: without the bot's ``names`` where they are mentioned, and
    without what is quoted of others.

    Raises ValueError for what is no HTML that Teams makes.
    """
    reader = _Reader(names)
    at = 0
    while at < len(html):
        piece = _PIECE.match(html, at)
        if piece is None:
            raise ValueError("a tag or a comment without an end")
        at = piece.end()
        if words := piece["words"]:
            reader.words(unescape(words))
        elif tag := (piece["tag"] or "").lower():
            if not piece["ends"]:
                reader.started(tag, _given(piece["given"]))
            if piece["ends"] or _CLOSES.search(piece["given"]):
                reader.ended(tag)
    return reader.all()


def on_one_line(words: str) -> str:
    """The words with each line end, and the spaces around it, as one space."""
    return _SPACES.sub(lambda found: " " if _has_line_end(found[0]) else found[0], words)


def _has_line_end(spaces: str) -> bool:
    return "\n" in spaces or "\r" in spaces


def _given(attributes: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _GIVEN.findall(attributes)
    }


class _Reader:
    """Puts together what is said; nothing in ``said`` is empty."""

    def __init__(self, names: frozenset[str]) -> None:
        self._said: list[str] = []
        self._names = names
        self._lists: list[int | None] = []
        self._spans: list[bool] = []
        self._mentions = 0
        self._link: tuple[str, int] | None = None
        self._exactly = 0
        self._quotes = 0

    def started(self, tag: str, given: Mapping[str, str]) -> None:
        """A tag begins, with these attributes."""
        if not self._quotes and (tag in _BLOCKS or tag == "li"):
            self._new_line()
        if tag == "blockquote" and (self._quotes or given.get("itemtype") == REPLY):
            self._quotes += 1
        if self._quotes:
            return
        match tag:
            case "br":
                self._say("\n")
            case "ul":
                self._lists.append(None)
            case "ol":
                start = given.get("start", "")
                self._lists.append(int(start) if start.isdecimal() and len(start) < 10 else 1)
            case "li":
                self._item()
            case "td" | "th" if self._said and not self._said[-1].endswith("\n"):
                self._say(" | ")
            case "pre":
                self._exactly += 1
            case "a":
                self._end_link()
                self._link = (given.get("href", ""), len(self._said))
            case "span":
                self._spans.append(given.get("itemtype") == MENTION)
                self._mentions += self._spans[-1]
            case "img" | "emoji":
                self._say(given.get("alt", ""))
            case _:
                pass

    def ended(self, tag: str) -> None:
        """A tag ends."""
        if self._quotes:
            self._quotes -= tag == "blockquote"
            return
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag == "pre" and self._exactly:
            self._exactly -= 1
        if tag == "span" and self._spans:
            self._mentions -= self._spans.pop()
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self._new_line()

    def words(self, words: str) -> None:
        """Words stand between two tags."""
        if self._quotes or (self._mentions and words in self._names):
            return
        if not self._exactly and not self._mentions:
            # Line ends between tags are Teams' own; what somebody typed comes as a tag.
            words = "" if not words.strip("\r\n\t ") and "\n" in words else words
            words = on_one_line(words).replace("\u00a0", " ")
        self._say(words)

    def all(self) -> str:
        """Everything that was said. Raises ValueError where a quotation has no end."""
        if self._quotes:
            raise ValueError("a quotation without an end")
        self._end_link()
        return "".join(self._said).strip("\n")

    def _say(self, words: str) -> None:
        if words:
            self._said.append(words)

    def _new_line(self) -> None:
        if self._said and not self._said[-1].endswith("\n"):
            self._say("\n")

    def _item(self) -> None:
        mark = "• "
        if self._lists and (number := self._lists[-1]) is not None:
            mark, self._lists[-1] = f"{number}. ", number + 1
        self._say("    " * min(max(len(self._lists) - 1, 0), _DEEPEST) + mark)

    def _end_link(self) -> None:
        """Tell where a link leads, unless its words do."""
        if self._link is None:
            return
        (url, start), self._link = self._link, None
        label = "".join(self._said[start:])
        bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", url).rstrip("/")
        if url and bare != re.sub(r"^https?://", "", label).rstrip("/"):
            self._say(f" ({url})")
