"""Words that people say to the bot, as they are compared with those that it knows."""

from __future__ import annotations

import re

_AROUND = " .,;!…"
SPARE = re.compile(r"(start|pause|resume|next|status)(?: (?:the|my|this) lesson| now)+")
"""A word that steers, with what is often said with it."""


def bare(text: str) -> str:
    """The words as they are compared: without capitals, spare spaces, the name of whom they are
    said to, what ends a sentence but a question, and what people add to a word out of politeness.

    “Close the lesson” stays as it is: to close is less than that.
    """
    words = " ".join(text.lower().split()).removeprefix("/fivefold").removeprefix("fivefold")
    words = words.strip(_AROUND).removeprefix("please ").removeprefix("please, ")
    words = words.removesuffix(" please").strip(_AROUND)
    spare = SPARE.fullmatch(words)
    return spare[1] if spare else words
