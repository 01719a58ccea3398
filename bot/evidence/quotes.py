"""What somebody said, as the page quotes it: whole, with their name, the time, and its marks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.evidence.cells import words
from bot.evidence.moments import moment
from bot.evidence.reading import shown_name, visible
from bot.facilitation.activities.scene import is_reply
from bot.facilitation.state import Run
from bot.service.reporting import AnswerRow
from bot.words import t, tn

LONG = 900
"""Words of more characters than this begin folded; they are all there, and print unfolded."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words as they were written, but for control characters, which stand as their codes."""

    text: str

    @property
    def long(self) -> bool:
        """Whether they are to begin folded."""
        return len(self.text) > LONG or self.text.count("\n") > 14

    @property
    def length(self) -> str:
        """How many characters there are, for the handle that unfolds them."""
        return f"{len(self.text):,}"


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said; ``marks`` are "late" and the like."""

    name: str
    at: str
    said: Said
    marks: tuple[str, ...]


def quote(row: AnswerRow, run: Run, *, labels: bool = False) -> Quote:
    """An answer's words; with ``labels`` the options that were chosen, too."""
    text = words(row) if labels else row.text or ""
    by = (_by(row),) if row.by not in ("", row.participant) else ()
    changes = marks(late=row.late, version=row.version)
    return Quote(shown_name(row.name), moment(row.at, run), said(text), (*by, *changes))


def _by(row: AnswerRow) -> str:
    """Who wrote it for their group or, of what was said in a chat, who wanted it kept."""
    name = shown_name(row.by_name)
    return t("kept by {name}", name=name) if is_reply(row.item) else t("by {name}", name=name)


def said(text: str) -> Said:
    """Words to be read."""
    return Said(visible(text))


def marks(*, late: bool, version: int) -> tuple[str, ...]:
    """What is to be known of a version that stands."""
    changed = version - 1
    return (
        *((t("late"),) if late else ()),
        *((tn("changed once", "changed {count} times", changed),) if changed else ()),
    )
