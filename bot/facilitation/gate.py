"""Until when an opening takes what people give."""

from __future__ import annotations

from bot.chat.event import Heard, Replied, ReplyDeleted, ReplyEdited
from bot.facilitation.activities import KINDS
from bot.facilitation.state import Opening, Run
from bot.facilitation.timeline import activity_of
from bot.words import t


def refusal(run: Run, opening: Opening, event: Heard) -> str:
    """Why an opening takes this no more; "" if it does.

    What people say in a thread counts until the run ends, and may be taken back for ever.
    """
    if isinstance(event, ReplyDeleted):
        return ""
    if run.status == "ended":
        return t("This lesson has ended, so this was not saved. Your facilitator can still help.")
    kind = KINDS[activity_of(run, opening.activity).kind]
    said = isinstance(event, Replied | ReplyEdited)
    if not opening.is_open and not kind.late_answers and not said:
        return t("This is closed, so this was not saved.")
    return ""
