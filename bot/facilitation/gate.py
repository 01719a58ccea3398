"""Until when an opening takes what people give."""

from __future__ import annotations

from bot.chat.callback import Callback
from bot.chat.event import Heard, Replied, ReplyDeleted, ReplyEdited
from bot.facilitation.activities import KINDS
from bot.facilitation.seeing import activity_of
from bot.facilitation.state import Opening, Run
from bot.words import t


def refusal(run: Run, opening: Opening, event: Heard, callback: Callback | None = None) -> str:
    """Why an opening takes this no more; "" if it does.

    What people say in a thread counts until the run ends, and may be taken back for ever. What
    facilitators do of their own, and what a kind says to last, is never too late.
    """
    if isinstance(event, ReplyDeleted):
        return ""
    kind = KINDS[activity_of(run, opening.activity).kind]
    lasts = event.who in run.facilitators or (callback and callback.verb in kind.lasting)
    if run.status == "ended" and not lasts:
        return t("This lesson has ended, so this was not saved. Your facilitator can still help.")
    said = isinstance(event, Replied | ReplyEdited)
    if not opening.is_open and not kind.late_answers and not said:
        return t("This is closed, so this was not saved.")
    return ""
