"""Works: what was handed in, seen by whose it is.

The scene is always that of a `submission`; what is done with it is said there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s
from typing import Any

from bot.chat.message import FormText, Note, Quote
from bot.chat.text import UserText, When
from bot.facilitation.activities.grouping import group_name, group_of, groups_around
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.submission_spec import LINK
from bot.facilitation.state import Given, Response
from bot.words import t

HAND_IN = "hand-in"
"""The verb to hand in a work."""


def owner_of(scene: Scene[Any], participant: str) -> str:
    """Whose work somebody hands in: their own, or their group's ("" while they are in none)."""
    if scene.spec.by == "person":
        return participant
    groups = groups_around(scene)
    return group_of(groups, participant) if groups else ""


def works(scene: Scene[Any]) -> tuple[str, ...]:
    """The owners whose work stands, in the order in which they handed in."""
    items = {item for item, _ in scene.spec.labels()}
    first: dict[str, datetime] = {}
    for response in sorted(scene.responses, key=lambda r: (r.at, r.owner)):
        if response.given and response.item in items:
            first.setdefault(response.owner, response.at)
    return tuple(first)


def work_of(scene: Scene[Any], owner: str) -> dict[str, Given]:
    """What stands of one owner's work, by field."""
    given = scene.by_owner(owner)
    return {item: given[item] for item, _ in scene.spec.labels() if item in given}


def work_blocks(scene: Scene[Any], owner: str) -> tuple[FormText, ...]:
    """One owner's work, whole, without anybody's name."""
    given, blocks = work_of(scene, owner), list[FormText]()
    for item, label in scene.spec.labels():
        words = given[item].text if item in given else None
        if words:
            # A text that has no fields beside it needs no label.
            blocks += [Note((label,))] if scene.spec.fields or item == LINK else []
            blocks.append(Quote(words))
    return tuple(blocks)


def owner_name(scene: Scene[Any], owner: str) -> UserText:
    """Who has handed in: a person's name or the group's."""
    if scene.spec.by == "group" and not any(p.id == owner for p in scene.participants):
        return UserText(group_name(owner))
    return scene.name_of(owner)


def last_edit(scene: Scene[Any], owner: str) -> Note | None:
    """Who of a group wrote last, and when."""
    given = [r for r in scene.responses if r.owner == owner and r.given and r.by]
    if not given:
        return None
    last = max(given, key=lambda response: response.at)
    when = When(last.at, "date_time")
    return Note((t("Last edited by "), scene.name_of(last.by), t(" on "), when, "."))


def stamp(work: Mapping[str, Given]) -> int:
    """Names a state of a work, never by 0, to see whether it changed."""
    said = "\n".join(
        f"{item}:{given.text.text if given.text else ''}" for item, given in work.items()
    )
    digest = blake2s(said.encode(errors="surrogatepass"), digest_size=4).digest()
    return 1 + int.from_bytes(digest)


def with_changes(scene: Scene[Any], changed: Sequence[Response]) -> Scene[Any]:
    """The scene as it is when these have been kept; what is older than what stands does not."""
    newest = {(response.owner, response.item): response for response in scene.responses}
    for response in changed:
        standing = newest.get((response.owner, response.item), response)
        newest[response.owner, response.item] = max(standing, response, key=lambda r: r.at)
    return replace(scene, responses=tuple(newest.values()))
