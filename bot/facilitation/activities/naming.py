"""What phases are called, for people."""

from bot.lessons.script import AFTER, BEFORE
from bot.words import t


def phase_title(phase: str) -> str:
    """The author's name of a phase; what runs around them has names of ours."""
    return {BEFORE: t("Before the lesson"), AFTER: t("After the lesson")}.get(phase, phase)
