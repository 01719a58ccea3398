"""How posts stand on a page: which take replies, and in which order a private column is read."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2s
from typing import Literal

from bot.chat.message import Button, Buttons, Choices, Deadline, Heading, Message
from bot.chat.text import UserText
from bot.platforms.room.board import Post
from bot.words import t

HUES = 6
"""Colours that tell people apart at a glance; the names beside them tell them apart for sure."""

Talk = Literal["open", "late", "none"]
"""Whether a post holds out a place for replies: at once, behind one more step, or not at all."""


def talk(body: Message | UserText) -> Talk:
    """What is over takes late words and asks for none."""
    if not isinstance(body, Message):
        return "open"
    if not body.invites_replies:
        return "none"
    deadlines = [block.state for block in body.blocks if isinstance(block, Deadline)]
    over = deadlines and all(state == "closed" for state in deadlines)
    return "late" if over else "open"


def heading(message: Message) -> str:
    """What stands above a message, or its summary."""
    headings = (block.text for block in message.blocks if isinstance(block, Heading))
    return next(headings, message.summary)


def column(posts: Sequence[Post]) -> list[tuple[Post, bool]]:
    """A private column as it is read, each post with whether it is folded.

    What can be acted on comes first, then what is to be read; the newest of each first.
    Folded is what has a newer one: under the same heading, or of what is only read.
    """
    newest = sorted(posts, key=lambda post: post.seq, reverse=True)
    acting = [post for post in newest if _acts(post)]
    reading = [post for post in newest if not _acts(post)]
    first: dict[str, str] = {}
    for post in acting:
        first.setdefault(_above(post), post.id)
    return [
        *((post, first[_above(post)] != post.id) for post in acting),
        *((post, n > 0) for n, post in enumerate(reading)),
    ]


def face(name: str) -> str:
    """The letter that stands for a name; a dot where it has none."""
    return next((sign.upper()[:1] for sign in name if sign.isalnum()), "·")


def hue(person: str) -> int:
    """Which of the colours is a person's, everywhere and always."""
    return blake2s(person.encode("utf-8", "replace"), digest_size=1).digest()[0] % HUES


def _above(post: Post) -> str:
    return heading(post.body) if isinstance(post.body, Message) else t("Message")


def _acts(post: Post) -> bool:
    blocks = post.body.blocks if isinstance(post.body, Message) else ()
    return any(
        isinstance(block, Choices)
        or (isinstance(block, Buttons) and any(map(_does, block.buttons)))
        for block in blocks
    )


def _does(button: Button) -> bool:
    return button.does == "pick"
