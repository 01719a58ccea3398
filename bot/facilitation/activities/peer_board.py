"""What facilitators see of the reviews: how far they are, what needs a look, and every work."""

from __future__ import annotations

from typing import Any

from bot.chat.answer import Answer, Refused, Show
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Divider,
    Heading,
    Listing,
    Message,
    Note,
    Quote,
    Text,
)
from bot.chat.text import Line, Strong
from bot.facilitation.activities import peers
from bot.facilitation.activities.peer_results import said
from bot.facilitation.activities.peers import Desk
from bot.facilitation.activities.ring import SAID_WRONG, slot
from bot.facilitation.activities.scene import Scene
from bot.facilitation.activities.works import work_blocks
from bot.facilitation.activities.written import MOST, left_out
from bot.words import t, tn


def overview(scene: Scene[Any], desk: Desk | None, title: str) -> Message:
    """Where the reviews stand: one message that changes with them."""
    summary = t("Reviews: {title}", title=title)
    blocks: list[Block] = [Heading(summary, 2)]
    if desk is None:
        blocks.append(Text((t("Nothing has been handed in yet."),)))
        return Message(summary, tuple(blocks), invites_replies=False)
    count = len(desk.works())
    came = tn("{count} work came in", "{count} works came in", count)
    blocks.append(Text((f"{came}. {desk.turnout()}.",)))
    if desk.released():
        blocks.append(Text((t("The reviews have been released to their authors."),)))
    blocks += _look(desk)
    see = Button(t("See the works"), scene.callback(peers.BOARD), does="open", style="primary")
    now = Button(t("Release the reviews now"), scene.callback(peers.RELEASE))
    blocks.append(Buttons((see,) if desk.released() else (see, now)))
    blocks.append(Note((t("Only you and your co-facilitators see this."),)))
    return Message(summary, tuple(blocks), invites_replies=False)


def works(desk: Desk, after: int = 0) -> Message:
    """The works with how each was reviewed, those that need a look first; ``after`` so many."""
    title = t("The works and their reviews")
    owners = sorted(desk.works(), key=lambda owner: not _flags(desk, owner))
    blocks: list[Block] = [
        Heading(title, 2),
    ]
    for owner in owners[after : after + MOST]:
        count = len(desk.peers_of(owner))
        told = tn("{count} review", "{count} reviews", count)
        flags = "".join(f" · {flag}" for flag in _flags(desk, owner))
        blocks.append(Text((Strong(t("Work of ")), desk.name(owner), f" · {told}{flags}")))
        button = Button(t("Open"), desk.scene.callback(peers.WORK, owner), does="open")
        blocks.append(Buttons((button,)))
    if not owners:
        blocks.append(Text((t("Nothing has been handed in yet."),)))
    if len(owners) > after + MOST:
        label = t("Show the next of {count} works", count=len(owners))
        callback = desk.scene.callback(peers.BOARD, str(after + MOST))
        blocks.append(Buttons((Button(label, callback, does="open"),)))
    return Message(title, tuple(blocks), invites_replies=False)


def work(desk: Desk, owner: str) -> Answer:
    """One work with all that was said of it, by name, and the way to one's own review."""
    if owner not in desk.works():
        return Refused(t("This work was taken back."))
    title = t("A work and its reviews")
    blocks: list[Block] = [Heading(title, 2), Text((Strong(t("Work of ")), desk.name(owner)))]
    blocks += work_blocks(desk.work, owner)
    blocks += [Text((flag[:1].upper() + flag[1:] + ".",)) for flag in _flags(desk, owner)]
    blocks += _called_wrong(desk, owner)
    for review in desk.peers_of(owner):
        name = desk.scene.name_of(review.reviewer)
        blocks += [Divider(), Text((Strong(t("Review by ")), name)), *said(desk, review)]
    for person in desk.owners(owner):
        own = desk.review(person.id, peers.SELF)
        if own.said:
            line: Line = (Strong(t("Judged by themselves: ")), person.name)
            blocks += [Divider(), Text(line), *said(desk, own)]
    for review in desk.facilitators_of(owner):
        name = desk.scene.name_of(review.reviewer)
        blocks += [Divider(), Text((Strong(t("Facilitator: ")), name)), *said(desk, review)]
    change = desk.given(owner).get(peers.CHANGE)
    if change and change.text:
        blocks += [Divider(), Text((Strong(t("What the author will change")),)), Quote(change.text)]
    written = bool(desk.facilitators_of(owner))
    mine = Button(
        t("Change my review") if written else t("Write my own review"),
        desk.scene.callback(peers.REVIEW, f"f_{owner}"),
        does="open",
        style="primary",
    )
    back = Button(t("All works"), desk.scene.callback(peers.BOARD), does="open")
    blocks.append(Buttons((mine, back)))
    return Show(Message(title, tuple(blocks), invites_replies=False))


def _called_wrong(desk: Desk, owner: str) -> list[Block]:
    """Who says that something is wrong with a work, and what."""
    blocks: list[Block] = []
    for each in desk.scene.assignments:
        said_so = desk.given(each.who).get(f"{slot(each.n)}.{SAID_WRONG}")
        if each.what == owner and said_so and said_so.text:
            name = desk.scene.name_of(each.who)
            blocks += [Text((Strong(t("Said by ")), name, ":")), Quote(said_so.text)]
    return blocks


def trouble(desk: Desk, about: str) -> Message:
    """That a work cannot be reviewed, or that works were reviewed by nobody."""
    see = Button(t("See the works"), desk.scene.callback(peers.BOARD), does="open", style="primary")
    if about == "unreviewed":
        title = t("Works without a review")
        text = t("Nobody has reviewed these. A review of yours would reach their authors.")
        names = tuple((desk.name(owner),) for owner in desk.unreviewed)
        blocks: tuple[Block, ...] = (
            Heading(title, 2), Text((text,)), Listing(names), Buttons((see,)),
        )  # fmt: skip
        return Message(title, blocks, invites_replies=False)
    reviewer, _, name = about.partition("_")
    said_so = desk.given(reviewer).get(f"{name}.{SAID_WRONG}")
    title = t("A work that cannot be reviewed")
    owner = desk.subject(reviewer, name)
    text_line: Line = (
        desk.scene.name_of(reviewer), t(" says that something is wrong with the work of "),
        desk.name(owner), ".",
    )  # fmt: skip
    quote = (Quote(said_so.text),) if said_so and said_so.text else ()
    blocks = (Heading(title, 2), Text(text_line), *quote, Buttons((see,)))
    return Message(title, blocks, invites_replies=False)


def _look(desk: Desk) -> list[Block]:
    """What needs a facilitator's eye, if anything does."""
    lines: list[Line] = []
    for owner in desk.works():
        lines += [(desk.name(owner), f": {flag}") for flag in _flags(desk, owner)]
    if not lines:
        return []
    shown = lines[:MOST]
    return [Heading(t("Please have a look"), 3), Listing(tuple(shown)),
            *left_out(len(lines) - len(shown))]  # fmt: skip


def _flags(desk: Desk, owner: str) -> list[str]:
    """What is the matter with a work, in a few words each."""
    flags = []
    if desk.overridden(owner):
        return [t("your review stands in place of the peers’")]
    if titles := desk.apart(owner):
        flags.append(t("the reviews are far apart: {criteria}", criteria=", ".join(titles)))
    if owner in desk.problems:
        flags.append(t("somebody says that something is wrong with it"))
    if owner in desk.unreviewed and not desk.scene.opening.is_open:
        flags.append(t("no review yet"))
    return flags
