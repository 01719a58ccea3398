"""My part: what a lesson still wants of one person, what they gave, and who can see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chat.message import Block, Button, Buttons, Deadline, Heading, Message, Note, Text
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import WITHDRAW
from bot.facilitation.activities.scene import Scene, is_aside, is_reply
from bot.facilitation.seeing import name_of
from bot.facilitation.state import LOBBY, Participant, Run
from bot.words import t


def my_part(run: Run, scenes: Sequence[Scene[Any]], who: Participant) -> Message:
    """What is due, what is mine and who sees it, with the buttons to give, change and take back.

    ``scenes`` are those of the run's openings, in the order of opening. For ``who`` alone.
    """
    title = t("My part")
    blocks = (
        Heading(title, 1),
        Text((run.lesson.plan.title,)),
        *still_to_do(scenes, who),
        *what_i_gave(scenes, who),
        Note((t("Only you see this."),)),
    )
    return Message(title, blocks, invites_replies=False)


def still_to_do(scenes: Sequence[Scene[Any]], who: Participant) -> tuple[Block, ...]:
    """What is due, with the ways to give it."""
    asked = (scene for scene in scenes if scene.activity.id != LOBBY)
    due = [scene for scene in asked if KINDS[scene.activity.kind].is_due(scene, who)]
    nothing = (Text((t("Nothing is waiting for you right now."),)),)
    blocks = [block for scene in due for block in _due(scene)]
    return (Heading(t("Still to do"), 2), *(blocks or nothing))


def what_i_gave(scenes: Sequence[Scene[Any]], who: Participant) -> tuple[Block, ...]:
    """What is mine and who sees it, with the ways to change it and take it back."""
    asked = (scene for scene in scenes if scene.activity.id != LOBBY)
    given = ((scene, KINDS[scene.activity.kind].given_by(scene, who)) for scene in asked)
    nothing = (Text((t("Nothing yet."),)),)
    blocks = [b for scene, mine in given if mine for b in _given(scene, who, mine)]
    return (Heading(t("What I gave"), 2), *(blocks or nothing))


def _due(scene: Scene[Any]) -> tuple[Block, ...]:
    kind = KINDS[scene.activity.kind]
    in_thread = kind.talks(scene.spec) and scene.capabilities.hears_replies
    where = (Text((t("Answer in the thread of its post."),)),) if in_thread else ()
    return (
        Heading(name_of(scene.run, scene.activity.id), 3),
        *_until(scene),
        *where,
        *kind.ways_in(scene),
        *_seen_by(scene),
    )


def _until(scene: Scene[Any]) -> tuple[Block, ...]:
    opening = scene.opening
    if opening.closed_at:
        return (Deadline(opening.closed_at, "closed"), Note((t("Late counts, too."),)))
    shown = opening.closes_at and scene.run.status != "paused"
    return (Deadline(opening.closes_at),) if shown and opening.closes_at else ()


def _given(scene: Scene[Any], who: Participant, mine: Sequence[Block]) -> tuple[Block, ...]:
    kind = KINDS[scene.activity.kind]
    counts = scene.opening.is_open or kind.late_answers
    buttons: tuple[Block, ...] = ()
    if counts and scene.run.status != "ended":
        items = [item for item in kind.owned(scene, who) if not is_aside(item)]
        own = [item for item in items if not is_reply(item)]
        take_back = Button(t("Take it back"), scene.callback(WITHDRAW), does="open", style="danger")
        change = () if kind.is_due(scene, who) else kind.ways_in(scene)
        row = (*_changing(change), *((take_back,) if own else ()))
        choices = tuple(block for block in change if not isinstance(block, Buttons))
        buttons = (*choices, *((Buttons(row),) if row else ()))
        if len(own) < len(items):
            note = t("To change or take back a reply, edit or delete it in its thread.")
            buttons = (*buttons, Note((note,)))
    title = name_of(scene.run, scene.activity.id)
    return (Heading(title, 3), *mine, *_seen_by(scene), *buttons)


def _changing(ways_in: Sequence[Block]) -> tuple[Button, ...]:
    """The ways in, for somebody who has been there."""
    rows = (block.buttons for block in ways_in if isinstance(block, Buttons))
    return tuple(
        replace(button, label=t("Change it"), style="plain") for row in rows for button in row
    )


def _seen_by(scene: Scene[Any]) -> tuple[Block, ...]:
    said = KINDS[scene.activity.kind].seen_by(scene)
    return (Note((said,)),) if said else ()
