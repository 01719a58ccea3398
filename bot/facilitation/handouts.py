"""Handouts: texts of the lesson that open in private behind a "Read" button."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.chat.message import Block, Button, Buttons, Heading, Message, Text
from bot.facilitation.state import Run
from bot.lessons.prose import prose
from bot.lessons.script import Activity
from bot.words import t

LONG = 1200
"""A prompt of more characters posts its lead, with the whole behind a button."""
WHOLE = "whole"

_SECTION = re.compile(r"^##[ \t]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Handout:
    """A text to read; ``item`` is how a button of its activity names it."""

    item: str
    title: str
    text: str

    def message(self) -> Message:
        """The whole, for one person's eyes."""
        return Message(self.title, (Heading(self.title, 1), *prose(self.text)))


def split_title(markdown: str) -> tuple[str, str]:
    """The title that a text begins with ("" without one), and the rest."""
    first, _, rest = markdown.lstrip().partition("\n")
    if not first.startswith(("# ", "#\t")):
        return "", markdown
    title = first[1:].strip()
    closed = title.rstrip("#")
    # A closing sequence of # counts only after a space: “C#” is a name.
    title = closed.rstrip() if not closed or closed[-1].isspace() else title
    return (title, rest) if title else ("", markdown)


def lead(markdown: str) -> str:
    """What of a prompt is posted: all of it, or where it is long what stands before its parts."""
    first = _SECTION.search(markdown)
    if len(markdown) <= LONG or first is None or not markdown[: first.start()].strip():
        return markdown
    return markdown[: first.start()].rstrip()


def handouts(run: Run, activity: Activity) -> tuple[Handout, ...]:
    """What can be read with an activity; with the first of a phase also what is extra."""
    texts = dict(run.lesson.script.handouts)
    named = [(f"read-{n}", name) for n, name in enumerate(activity.read)]
    for phase in run.lesson.script.phases:
        if phase.activities and phase.activities[0].id == activity.id:
            named += [(f"extra-{n}", name) for n, (_, name) in enumerate(phase.extra)]
    found = []
    for item, name in named:
        if name in texts:
            title, text = split_title(texts[name])
            found.append(Handout(item, title or name.removesuffix(".md"), text))
    return tuple(found)


def ways_to_read(handouts: Sequence[Handout], callback: Callable[[str], str]) -> tuple[Block, ...]:
    """The buttons that open them; several say their titles alone, under one line for all.

    ``callback`` gives the callback of a handout's button, of its item.
    """
    if not handouts:
        return ()
    several = len(handouts) > 1
    buttons = tuple(
        Button(
            each.title if several else t("Read: {title}", title=each.title),
            callback(each.item),
            "open",
        )
        for each in handouts
    )
    above = (Text((t("To read:"),)),) if several else ()
    return (*above, Buttons(buttons))
