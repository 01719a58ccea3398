"""What people ask of the bot in words that steer no run."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Literal

from bot.chat.spoken import bare

Wish = Literal[
    "mine", "home", "panel", "schedule", "rehearse", "evidence", "help", "hello", "thanks"
]

_WORDS: dict[str, Wish] = {
    "my part": "mine",
    "mine": "mine",
    "me": "mine",
    "home": "home",
    "": "panel",
    "panel": "panel",
    "schedule": "schedule",
    "schedule a lesson": "schedule",
    "rehearse": "rehearse",
    "rehearse a lesson": "rehearse",
    "evidence": "evidence",
    "help": "help",
    "help me": "help",
    "i need help": "help",
    "can you help me": "help",
    "commands": "help",
    "what is this": "help",
    "what’s this": "help",
    "who are you": "help",
    "what are you": "help",
    "what can you do": "help",
    "what do you do": "help",
    "what can i do": "help",
    "what can i say": "help",
    "how does this work": "help",
    "👋": "hello",
    ":wave:": "hello",
    "👍": "thanks",
    ":+1:": "thanks",
    ":thumbsup:": "thanks",
    "🙏": "thanks",
    ":pray:": "thanks",
}
_HELLO = re.compile(
    r"(?:hi|hiya|hello|hey|hallo|greetings|good (?:morning|afternoon|evening|day))"
    r"(?:,? (?:there|all|everyone|everybody|team|bot|fivefold))?"
)
_THANKS = re.compile(
    r"(?:many thanks|thanks|thank you|thankyou|thx|ty|cheers)"
    r"(?: (?:so much|very much|a lot|again|all|everyone|bot|fivefold))*"
)
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]|:skin-tone-[2-6]:")
"""What a sign carries for its look."""

# The words that can be offered: to anybody, to whoever may schedule, and to whoever leads.
FOR_ALL = ("my part", "home", "panel", "help")
TO_PLAN = ("schedule", "rehearse")
TO_LEAD = ("start", "pause", "resume", "next", "close", "end", "status", "evidence")
ALIKE = {
    "begin": "start",
    "continue": "resume",
    "unpause": "resume",
    "close the lesson": "end",
    "finish": "end",
    "results": "evidence",
}
"""What people say for a word that stands for something else here."""

_ALIKE_ENOUGH = 0.75
"""So that two letters of four may have changed places."""


def wish(text: str) -> Wish | None:
    """What these words ask for: one's part, home, the panel, a form, evidence, help; or that they
    greet or thank; or nothing. Of a whole sentence it makes nothing."""
    words = _SKIN.sub("", _unasked(text)).replace("'", "’")
    if _HELLO.fullmatch(words):
        return "hello"
    if _THANKS.fullmatch(words):
        return "thanks"
    return _WORDS.get(words)


def _unasked(text: str) -> str:
    """The words, also where they are asked."""
    return bare(bare(text).rstrip("? "))


def near(text: str, *, leads: bool, plans: bool) -> str:
    """The word that somebody seems to have meant, of those that do something for whoever ``leads``
    a lesson, ``plans`` one or does neither; "" where none is near. More than a few words are no
    mistyped word."""
    words = _unasked(text)
    known = (*FOR_ALL, *(TO_PLAN if plans else ()), *(TO_LEAD if leads else ()))
    if ALIKE.get(words) in known:
        return ALIKE[words]
    close = get_close_matches(words, known, n=1, cutoff=_ALIKE_ENOUGH)
    return close[0] if close and len(words.split()) <= 2 else ""
