"""What people wrote by form for everyone to read, which stands in no thread.

A post that is theirs alone shows it; in one that other activities share it stands behind a button,
so that the post stays one post however many write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.chat.message import Block, Button, Buttons, Heading, Message, Note, Quote, Text
from bot.facilitation.activities.scene import Question, Scene
from bot.facilitation.state import Response
from bot.lessons.prose import prose_line
from bot.words import t, tn

READ = "answers"
"""The verb of the button that opens what was written."""

MOST = 50
"""How many answers are opened at once at most."""

MOST_CHARACTERS = 30_000
"""And how many characters, unless one answer alone is longer: a few posts on every platform."""


def written(scene: Scene[Any], *items: str) -> tuple[Response, ...]:
    """The standing responses to these items that have words, in the order of writing."""
    said = (r for r in scene.responses if r.item in items and r.given and r.given.text)
    return tuple(sorted(said, key=lambda r: (r.at, r.owner)))


def newest(said: Sequence[Response]) -> tuple[Response, ...]:
    """The last of them, as many as can be shown at once; each is whole."""
    room, first = MOST_CHARACTERS, len(said)
    for response in reversed(said[-MOST:]):
        room -= len(_text(response))
        if room < 0 and first < len(said):
            break
        first -= 1
    return tuple(said[first:])


def left_out(count: int) -> tuple[Block, ...]:
    """Says how many are not shown; nothing where all are."""
    if not count:
        return ()
    text = tn(
        "{count} earlier answer is not shown here; it is kept in the lesson’s record.",
        "{count} earlier answers are not shown here; they are kept in the lesson’s record.",
        count,
    )
    return (Note((text,)),)


def read_button(scene: Scene[Any], verb: str = READ) -> Button:
    """Opens what was written."""
    return Button(t("Read the answers"), scene.callback(verb), does="open")


def write_and_read(
    scene: Scene[Any], write: Button, questions: Sequence[Question]
) -> tuple[Block, ...]:
    """The button to write with, and what was written, or the button to read it with."""
    if scene.shared:
        return (Buttons((write, read_button(scene))),)
    said = (quote for q in questions for quote in _quotes(scene, written(scene, q.item)))
    return (Buttons((write,)), *said)


def answers(scene: Scene[Any], title: str, questions: Sequence[Question]) -> Message:
    """The newest of what was written, with names, under the questions if there are several."""
    said = written(scene, *(q.item for q in questions))
    shown = newest(said)
    blocks: list[Block] = [Heading(title, 2), *left_out(len(said) - len(shown))]
    for question in questions:
        quotes = _quotes(scene, [r for r in shown if r.item == question.item])
        if quotes and len(questions) > 1:
            blocks.append(Text(prose_line(question.text)))
        blocks += quotes
    if not said:
        blocks.append(Text((t("Nobody has written anything yet."),)))
    return Message(title, tuple(blocks))


def _quotes(scene: Scene[Any], said: Sequence[Response]) -> list[Quote]:
    names = {p.id: p.name for p in scene.participants}
    return [Quote(r.given.text, names.get(r.owner)) for r in said if r.given and r.given.text]


def _text(response: Response) -> str:
    return response.given.text.text if response.given and response.given.text else ""
