"""Inline text: what stands inside a line, whatever platform draws it.

A plain ``str`` is the bot's or the lesson author's own text.
What a learner wrote is always a `UserText`, so that every renderer meets it with its encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

WhenStyle = Literal["time", "date", "date_time"]


@dataclass(frozen=True, slots=True)
class UserText:
    """Words of a person we do not answer for: names, answers, replies.

    Kept and shown exactly as written; never markup, never a mention, never a live link.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Text that matters more than what stands around it."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Text said with a stress."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be read letter by letter: a command, a file name."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An author's link. ``url`` is http or https; it is shown, never fetched."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment (aware), shown in the reader's own zone wherever the platform can."""

    at: datetime
    style: WhenStyle = "time"


Inline = str | UserText | Strong | Emphasis | Code | Link | When
Line = tuple[Inline, ...]


def line(*parts: Inline) -> Line:
    """A line made of these parts."""
    return parts
