"""The way to one's own part, which stands in the posts of a run.

It imports no kind of activity, so that whatever a run says can have it.
"""

from __future__ import annotations

from bot.chat.callback import Callback
from bot.chat.message import Button
from bot.facilitation.state import Run
from bot.words import t

MINE = "mine"
"""The verb of a run that opens somebody's own part."""


def my_part_button(run: Run) -> Button:
    """Opens what one has to do and has given, from any post of the run."""
    return Button(t("My part"), Callback(MINE, run.id).encode(), does="open")
