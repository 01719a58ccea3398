"""One post for several activities that are open together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chat.message import Block, Buttons, Deadline, Divider, Heading, Message
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import Scene
from bot.facilitation.mine import my_part_button
from bot.facilitation.notices import closing
from bot.facilitation.state import LOBBY
from bot.lessons.script import AFTER


def day_post(scenes: Sequence[Scene[Any]]) -> Message:
    """What each of them says, one below the other under the name of their phase; the welcome goes
    first. A moment at which all of them close is told once, at the end."""
    shared = len(scenes) > 1
    said = [
        (scene, KINDS[scene.activity.kind].say(replace(scene, shared=shared))) for scene in scenes
    ]
    activities = [(scene, message) for scene, message in said if scene.activity.id != LOBBY]
    deadlines = [b for _, message in activities for b in message.blocks if isinstance(b, Deadline)]
    together = len(set(deadlines)) == 1 and len(deadlines) == len(activities)
    blocks: list[Block] = []
    for scene, message in said:
        if scene.activity.id == LOBBY:
            blocks += message.blocks
            continue
        title = phase_title(scene.activity.phase)
        if scene is activities[0][0]:
            if scene.activity.phase == AFTER:
                blocks += closing(scene.run, last=False).blocks
            blocks += [*([Divider()] if blocks else []), Heading(title, 1)]
        else:
            blocks.append(Divider())
        own = (block for block in message.blocks if block != Heading(title, 1))
        blocks += [b for b in own if not (together and isinstance(b, Deadline))]
    if shared and all(scene.activity.id != LOBBY for scene in scenes):
        blocks.append(Buttons((my_part_button(scenes[0].run),)))
    if together:
        blocks.append(deadlines[0])
    titles = ", ".join(KINDS[s.activity.kind].title(s.spec) for s, _ in activities)
    phase = phase_title(activities[0][0].activity.phase) if activities else ""
    return Message(
        f"{phase}: {titles}" if phase else said[0][1].summary,
        tuple(blocks),
        invites_replies=any(message.invites_replies for _, message in activities),
    )
