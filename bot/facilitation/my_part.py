"""My part: what a lesson still wants of one person, what they gave, and who can see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chat.message import Block, Button, Buttons, Deadline, Heading, Message, Note, Text
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import WITHDRAW
from bot.facilitation.activities.scene import Scene, is_reply
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
    blocks = [block for scene in asked for block in _mine(scene, who)]
    nothing = (Text((t("Nothing yet."),)),)
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


def _mine(scene: Scene[Any], who: Participant) -> tuple[Block, ...]:
    """What somebody gave in an activity, and below it what they said beside it."""
    kind = KINDS[scene.activity.kind]
    given, comments = kind.given_by(scene, who), kind.comments(scene, who)
    if not given and not comments:
        return ()
    said: tuple[Block, ...] = ()
    if comments:
        in_thread = Text((t("Your comment in its thread:"),))
        said = (in_thread, *comments, _where_said())
    title = Heading(name_of(scene.run, scene.activity.id), 3)
    return (title, *(_given(scene, who, given) if given else ()), *said)


def _where_said() -> Note:
    return Note((t("To change or take back a reply, edit or delete it in its thread."),))


def _given(scene: Scene[Any], who: Participant, mine: Sequence[Block]) -> tuple[Block, ...]:
    kind = KINDS[scene.activity.kind]
    counts = scene.opening.is_open or kind.late_answers
    buttons: tuple[Block, ...] = ()
    if counts and scene.run.status != "ended":
        items = [item for item in kind.owned(scene, who) if kind.is_answer(scene.spec, item)]
        own = [item for item in items if not is_reply(item)]
        take_back = Button(t("Take it back"), scene.callback(WITHDRAW), does="open", style="danger")
        change = () if kind.is_due(scene, who) else kind.ways_in(scene)
        row = (*_changing(change), *((take_back,) if own else ()))
        choices = tuple(block for block in change if not isinstance(block, Buttons))
        buttons = (*choices, *((Buttons(row),) if row else ()))
        if len(own) < len(items):
            buttons = (*buttons, _where_said())
    return (*mine, *_seen_by(scene), *buttons)


def _changing(ways_in: Sequence[Block]) -> tuple[Button, ...]:
    """The ways in, for somebody who has been there: to the form with what they gave in it, not to
    the blank one that a post may hold."""
    rows = (block.buttons for block in ways_in if isinstance(block, Buttons))
    return tuple(
        replace(button, label=t("Change it"), style="plain", form=None)
        for row in rows
        for button in row
    )


def _seen_by(scene: Scene[Any]) -> tuple[Block, ...]:
    said = KINDS[scene.activity.kind].seen_by(scene)
    return (Note((said,)),) if said else ()
