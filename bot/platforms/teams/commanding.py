"""Which words said to the bot are a command, even in a thread where words are answers.

What is no command there is somebody's answer, and the service never sees it as anything else: so
whatever steers a lesson has to be known here, too.
"""

from __future__ import annotations

import re

from bot.platforms.teams.manifest import COMMANDS

_COMMANDS = frozenset(
    (
        *COMMANDS,
        *("go on", "close now"),
        *("end it", "end now", "end the lesson", "end the rehearsal"),
        *("cancel", "cancel the lesson", "stop", "stop the lesson"),
    )
)
_TIME = re.compile(r"[+-] ?\d{1,3}(?: ?[a-z]+)?|extend[ -]\d{1,3}(?: ?(?:m|min|minutes?|d|days?))?")
_SPARE = re.compile(r"(start|pause|resume|next|status)(?: (?:the|my|this) lesson| now)+")
_AROUND = " .,;!…"


def is_command(text: str) -> bool:
    """Whether these words are a command and nothing else: in any letters, with whatever ends a
    sentence but a question, and with a “please”."""
    words = " ".join(text.lower().split()).strip(_AROUND)
    words = words.removeprefix("please ").removeprefix("please, ")
    words = words.removesuffix(" please").strip(_AROUND)
    if spare := _SPARE.fullmatch(words):
        words = spare[1]
    return words in _COMMANDS or _TIME.fullmatch(words) is not None
