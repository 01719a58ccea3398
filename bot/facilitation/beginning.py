"""The ways to begin: to schedule a lesson, and to rehearse one before that.

It imports no kind of activity, so that whatever a run says can have them.
"""

from __future__ import annotations

from bot.chat.callback import Callback
from bot.chat.message import Button
from bot.words import t

PLAN, NEW = "plan", "new"
"""The verb with which somebody schedules a lesson, and the target of the first form of it."""

REHEARSE = "rehearse"
"""The verb with which somebody rehearses a lesson; `NEW` is its first target, too."""


def plan_button() -> Button:
    """Opens the form to schedule a lesson with."""
    return Button(t("Schedule a lesson"), Callback(PLAN, NEW).encode(), does="open")


def rehearse_button() -> Button:
    """Opens the form to rehearse a lesson with."""
    return Button(t("Rehearse a lesson"), Callback(REHEARSE, NEW).encode(), does="open")
