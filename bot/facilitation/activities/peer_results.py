"""What was said of a work, for its author; and, of one's own, for the reviewer.

No reviewer is named to an author, unless reviews are open.
"""

from __future__ import annotations

from typing import Any

from bot.chat.answer import Answer, Refused, Show
from bot.chat.callback import Callback
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Form,
    Heading,
    Message,
    Note,
    Quote,
    Text,
    TextField,
)
from bot.chat.text import Strong, UserText
from bot.facilitation.activities import peers
from bot.facilitation.activities.peers import Desk, Review
from bot.facilitation.activities.ring import slot
from bot.facilitation.rubric import level_title
from bot.facilitation.state import Participant
from bot.words import t


def received(desk: Desk, who: Participant, callback: Callback) -> Answer:
    """What was said of somebody's work, once it is released, or the form to answer it."""
    owner = desk.owner_of(who.id)
    if owner not in desk.works():
        return Refused(t("You have handed in nothing that could be reviewed."))
    if not desk.released():
        return Refused(t("The reviews of your work come to you when they are released."))
    if callback.verb == peers.CHANGE:
        return Show(_change(desk, owner))
    return Show(message(desk, owner))


def message(desk: Desk, owner: str) -> Message:
    """All that was said of a work, in one message to its author."""
    title = t("Feedback on your work")
    blocks: list[Block] = [Heading(title, 2), Text((desk.scene.run.lesson.plan.title,))]
    shown = _shown(desk, owner)
    for label, review in shown:
        blocks.append(Heading(label, 3))
        blocks += said(desk, review)
    if not shown:
        blocks.append(Text((t("Nobody has reviewed it yet. Your facilitator knows."),)))
    else:
        blocks += _answer(desk, owner)
        text = t("These levels are there to learn from; they are no grade.")
        blocks.append(Note((text,)))
    return Message(title, tuple(blocks), invites_replies=False)


def said(desk: Desk, review: Review) -> list[Block]:
    """A review, criterion by criterion."""
    blocks: list[Block] = []
    for criterion in desk.scene.spec.rubric:
        given = review.said.get(criterion.id)
        level = review.level(criterion.id)
        if given is None or level is None:
            continue
        blocks.append(Text((Strong(criterion.title), f" · {level} {level_title(level)}")))
        blocks += [Quote(given.text)] if given.text else []
    return blocks


def given(desk: Desk, who: Participant) -> tuple[Block, ...]:
    """The reviews that somebody gave, for their own eyes."""
    blocks: list[Block] = []
    slots = [(slot(a.n), t("Work {number}", number=n))
             for n, a in enumerate(desk.dealt_to(who.id), start=1)]  # fmt: skip
    for name, label in ((peers.SELF, t("Your own work")), *slots):
        review = desk.review(who.id, name)
        if review.said:
            blocks += [Heading(label, 3), *said(desk, review)]
    return tuple(blocks)


def openly(desk: Desk, about: str) -> Message:
    """An open review, in the thread of the submission."""
    reviewer, _, name = about.partition("_")
    review = desk.review(reviewer, name)
    author = desk.name(desk.subject(reviewer, name))
    summary = t("A review of somebody’s work")
    line = (desk.scene.name_of(reviewer), t(" on the work of "), author)
    return Message(summary, (Text(line), *said(desk, review)))


def _shown(desk: Desk, owner: str) -> list[tuple[str, Review]]:
    own = [(t("Your facilitator"), review) for review in desk.facilitators_of(owner)]
    if desk.overridden(owner):
        return own
    return [
        (t("Review {number}", number=n), r) for n, r in enumerate(desk.peers_of(owner), 1)
    ] + own


def _answer(desk: Desk, owner: str) -> tuple[Block, ...]:
    kept: Any = desk.given(owner).get(peers.CHANGE)
    label = t("Change what I wrote") if kept else t("Say what I will change")
    button = Button(label, desk.scene.callback(peers.CHANGE), does="open", style="primary")
    words = kept.text if kept and kept.text else UserText("")
    mine = (Text((Strong(t("What I will change")),)), Quote(words)) if kept else ()
    return (*mine, Buttons((button,)))


def _change(desk: Desk, owner: str) -> Form:
    kept = desk.given(owner).get(peers.CHANGE)
    label = t("What will you change, and what will you keep as it is?")
    field = TextField("words", label, value=kept.text if kept else None, required=kept is None)
    seen = Note((t("Your facilitator reads it."),))
    callback = desk.scene.callback(peers.CHANGE)
    return Form(t("What I will change"), callback, (field, seen), t("Save"))
