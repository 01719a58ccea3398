"""What people wrote by form for everyone to read, where replies in a thread are not heard.

Where the post has a thread, one reply of ours in it shows what they wrote. Else a post that is
theirs alone shows it; in one that other activities share it stands behind a button, so that the
post stays one post however many write. A reply that was heard all the same, as it mentioned the
bot, is listed with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chat.message import (
    Block,
    Button,
    Buttons,
    FormText,
    Heading,
    Live,
    Message,
    Note,
    Quote,
    Text,
)
from bot.chat.platform import Capabilities
from bot.facilitation.activities.scene import Asked, Question, Scene, Verdict, is_reply
from bot.facilitation.changes import Changes
from bot.facilitation.owing import tell_in_thread
from bot.facilitation.state import Response
from bot.lessons.prose import prose_line
from bot.words import t, tn

READ = "answers"
"""The verb of the button that opens what was written."""

IN_THREAD = "in-thread"
"""The purpose of the reply that shows it in the thread, and what of the opening that is about: it
is drawn again when what was written changes, and only then."""

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
    """The button to write with, and what was written, or the ways to read it."""
    if shows_in_thread(scene.capabilities):
        where = t(
            "Answer with the button: what you type in the thread does not reach me. Everyone’s "
            "answers stand in the thread."
        )
        return (Text((where,)), Buttons((write, read_button(scene))))
    if scene.shared:
        return (Buttons((write, read_button(scene))),)
    said = _under(scene, questions, _everyones(scene, questions))
    return (Buttons((write,)), *((Live(tuple(said)),) if said else ()))


def answers(scene: Scene[Any], title: str, questions: Sequence[Question]) -> Message:
    """The newest of what was written, with names, under the questions if there are several."""
    said = _everyones(scene, questions)
    shown = newest(said)
    blocks: list[Block] = [Heading(title, 2), *left_out(len(said) - len(shown))]
    blocks += _under(scene, questions, shown)
    if not said:
        blocks.append(Text((t("Nobody has written anything yet."),)))
    return Message(title, tuple(blocks))


# -- in the thread


def shows_in_thread(able: Capabilities) -> bool:
    """Whether what is written by form has a thread to stand in, where nobody is heard."""
    return able.threads and not able.hears_replies


def put_in_thread(asked: Asked[Any], verdict: Verdict, questions: Sequence[Question]) -> Verdict:
    """The same, and the thread shows it where it is to: in one reply, owed with the first answer
    by form, however many write."""
    items = {question.item for question in questions}
    changed = [r for r in verdict.changes.responses if r.item in items or is_reply(r.item)]
    if not changed or not shows_in_thread(asked.capabilities):
        return verdict
    run, opening = asked.run, asked.opening
    # Whoever was heard in the thread can be read there without it.
    first = any(response.given and response.item in items for response in changed)
    reply = tell_in_thread(run, opening, IN_THREAD, asked.event.at, IN_THREAD, of=opening)
    told = Changes(owed=(reply,) if first else (), dirty_about=((opening.id, IN_THREAD),))
    return replace(verdict, changes=verdict.changes + told)


def in_thread(scene: Scene[Any], title: str, questions: Sequence[Question]) -> Message:
    """All that was written, with names, under the questions if there are several."""
    summary = t("Answers: {title}", title=title)
    said = _everyones(scene, questions)
    # Once owed it is posted, as it could not be owed again for those who write later.
    none = Text((t("What was written here was taken back."),))
    shown = _under(scene, questions, said) or [none]
    return Message(summary, (Heading(summary, 3), *shown), invites_replies=False)


def _everyones(scene: Scene[Any], questions: Sequence[Question]) -> tuple[Response, ...]:
    replies = {response.item for response in scene.responses if is_reply(response.item)}
    return written(scene, *(question.item for question in questions), *replies)


def _under(
    scene: Scene[Any], questions: Sequence[Question], said: Sequence[Response]
) -> list[FormText]:
    if len(questions) == 1:
        return [*_quotes(scene, said)]
    parts = [
        (prose_line(question.text), [r for r in said if r.item == question.item])
        for question in questions
    ]
    # A reply does not say which of the questions it is to.
    parts.append(((t("Also said here:"),), [r for r in said if is_reply(r.item)]))
    blocks: list[FormText] = []
    for above, part in parts:
        if quotes := _quotes(scene, part):
            blocks += [Text(above), *quotes]
    return blocks


def _quotes(scene: Scene[Any], said: Sequence[Response]) -> list[Quote]:
    names = {p.id: p.name for p in scene.participants}
    return [Quote(r.given.text, names.get(r.owner)) for r in said if r.given and r.given.text]


def _text(response: Response) -> str:
    return response.given.text.text if response.given and response.given.text else ""
