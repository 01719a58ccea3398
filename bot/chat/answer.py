"""What the person who caused an event gets back at once, in the acknowledgement itself.

An answer is private to that person and travels only after what it reports was committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.message import Form, Message


@dataclass(frozen=True, slots=True)
class Saved:
    """It is kept. ``note`` says so in one sentence; ``""`` where silence is kinder.

    ``again`` says that the person gave this before and knows how it goes: a platform that would
    have to write to them for it may stay silent.
    """

    note: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It was understood and not accepted; ``why`` says why and what to do instead."""

    why: str


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Something of ours failed: nothing was kept. ``why`` asks the person to try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Show:
    """Something to look at or fill in, for this person's eyes; ``note`` says what was done."""

    what: Form | Message
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correct:
    """A form's fields to put right, by field id; the person's words stay in the form."""

    errors: Mapping[str, str]


Answer = Saved | Refused | NotSaved | Show | Correct
