"""Which words said to the bot are a command, even in a thread where words are answers.

What is no command there is somebody's answer, and the service never sees it as anything else: so
whatever steers a lesson has to be known here, too.
"""

from __future__ import annotations

import re

from bot.chat.spoken import bare
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


def is_command(text: str) -> bool:
    """Whether these words are a command and nothing else, as `bare` compares them. A question is
    none."""
    words = bare(text)
    return words in _COMMANDS or _TIME.fullmatch(words) is not None
