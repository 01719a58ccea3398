"""The way to the evidence of a run, for those who lead it.

It imports no kind of activity, so that whatever a run says can have it.
"""

from __future__ import annotations

from bot.chat.callback import Callback
from bot.chat.message import Button, Heading, Message, Note, Resource, Text
from bot.chat.text import Code, Strong
from bot.facilitation.state import Run
from bot.words import t, tn

EVIDENCE = "evidence"
"""The verb of a run that asks for its evidence."""


def evidence_button(run: Run) -> Button:
    """Opens the way to what a run has gathered; for its facilitators alone."""
    return Button(t("Evidence"), Callback(EVIDENCE, run.id).encode(), does="open")


def evidence_link(run: Run, url: str, minutes: int) -> Message:
    """A link that works once, for so many minutes."""
    title = t("The evidence")
    lasts = tn(
        "The link works once, for one minute from now. Whoever has it gets everything, so keep it "
        "to yourself; you can ask for a new one at any time.",
        "The link works once, for {count} minutes from now. Whoever has it gets everything, so "
        "keep it to yourself; you can ask for a new one at any time.",
        minutes,
    )
    over = run.status == "ended"
    all_of = t("All that was gathered in ") if over else t("All that was gathered so far in ")
    return Message(
        title,
        (
            Heading(title, 2),
            Text((all_of, Strong(run.lesson.plan.title), ":")),
            Resource(t("Get the evidence"), url),
            Note((lasts,)),
        ),
        invites_replies=False,
    )


def evidence_by_hand(run: Run) -> Message:
    """How to get it where there is no page to lead to."""
    title = t("The evidence")
    unknown = t(
        "There is no link, because Fivefold does not know under which address people reach it: "
        "whoever runs it can set FIVEFOLD_PUBLIC_URL."
    )
    how = t("On the machine that Fivefold runs on, this writes out all that was gathered in ")
    return Message(
        title,
        (
            Heading(title, 2),
            Text((how, Strong(run.lesson.plan.title), ":\n", Code(f"fivefold evidence {run.id}"))),
            Note((unknown,)),
        ),
        invites_replies=False,
    )
