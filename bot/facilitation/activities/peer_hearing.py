"""What is heard of reviews: their steps, and all that may be said around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.answer import Correct, Refused, Saved
from bot.chat.event import FormSubmitted
from bot.chat.text import UserText
from bot.facilitation.activities import peers
from bot.facilitation.activities.kind import field_text, said_in
from bot.facilitation.activities.peer_spec import PeerReviewSpec
from bot.facilitation.activities.peers import (
    REVIEWED_OPENLY,
    REVIEWS,
    TROUBLED,
    Desk,
    is_complete,
    split_slot,
)
from bot.facilitation.activities.ring import SAID_WRONG, slot
from bot.facilitation.activities.scene import Asked, Verdict
from bot.facilitation.allocating import MOST_MORE
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.owing import tell, tell_in_thread
from bot.facilitation.rubric import LEVELS
from bot.facilitation.state import Assignment, Given
from bot.words import t


def judged(
    asked: Asked[PeerReviewSpec], event: FormSubmitted, item: str, desk: Desk | None
) -> Verdict:
    """One step of a review is kept, and the next one shown."""
    name, step = split_slot(item)
    refused, kept = _may_judge(asked, name, desk)
    if refused:
        return Verdict(Refused(refused))
    rubric = asked.spec.rubric
    if name.startswith("f_") and step == len(rubric) + 1:
        return _counted(asked, event, name)
    if not 1 <= step <= len(rubric):
        return Verdict(Refused(t("That button is not in use any more.")))
    said = asked.standing(f"{name}.{rubric[step - 1].id}") or Given()
    level, comment = said_in(event, "level"), said_in(event, "comment")
    level = "".join(said.options) if level is None else level
    comment = (said.text.text if said.text else "") if comment is None else comment
    errors = {}
    if level not in [str(each) for each in LEVELS]:
        errors["level"] = t("Choose one of the levels.")
    if not comment.strip():
        errors["comment"] = t("Write a sentence on why: it helps more than the level.")
    if errors:
        return Verdict(Correct(errors))
    given = Given((level,), UserText(comment))
    response = asked.response(f"{name}.{rubric[step - 1].id}", given)
    changes = asked.record(response) + Changes(assignments=kept)
    changes += Changes(dirty=(asked.opening.id,), dirty_about=_redrawn(asked, name))
    mine = {r.item for r in asked.mine if r.given} | {response.item}
    done = is_complete(asked.spec, name, mine)
    if done and asked.spec.open and desk and name.startswith("r"):
        changes += _in_thread(asked, desk, name)
    if asked.standing(f"{name}.{SAID_WRONG}"):
        aside = t("Kept, but it does not reach the author: you said that something is wrong here.")
        return Verdict(Saved(aside), changes)
    last = step >= len(rubric) and not name.startswith("f_")
    then, what = (peers.LIST, "") if last else (peers.REVIEW, f"{name}-{step + 1}")
    note = t("Your review is saved. Thank you!") if done else t("Saved.")
    again = asked.standing(response.item) is not None
    return Verdict(Saved(note, again), changes, then, what)


def _may_judge(
    asked: Asked[PeerReviewSpec], name: str, desk: Desk | None
) -> tuple[str, tuple[Assignment, ...]]:
    """Why somebody may not judge this ("" if they may), and what of their own stands again:
    what they wrote counts even if the work had just been dealt to somebody else."""
    if name == peers.SELF and asked.spec.self:
        return "", ()
    if name.startswith("f_"):
        known = asked.who.role == "facilitator" and desk and name[2:] in desk.works()
        return ("" if known else t("Only the facilitators of this lesson can do that."), ())
    for each in asked.dealt:
        if slot(each.n) == name:
            gone = each.state == "dropped" and not asked.standing(f"{name}.{SAID_WRONG}")
            return "", ((replace(each, state="held"),) if gone else ())
    return t("This work is not yours to review. Press “Give feedback” to see yours."), ()


def _counted(asked: Asked[PeerReviewSpec], event: FormSubmitted, name: str) -> Verdict:
    how = field_text(event, peers.COUNTS)
    if how not in ("beside", peers.INSTEAD):
        return Verdict(Correct({peers.COUNTS: t("Choose one of the two.")}))
    kept = asked.record(asked.response(f"{name}.{peers.COUNTED}", Given((how,))))
    kept += Changes(dirty=(asked.opening.id,), dirty_about=_redrawn(asked, name))
    return Verdict(Saved(t("Your review is saved.")), kept, peers.WORK, name[2:])


def _redrawn(asked: Asked[PeerReviewSpec], name: str) -> tuple[tuple[str, str], ...]:
    """What may have gone out already: the message to the author, and an open review."""
    owner = name[2:] if name.startswith("f_") else ""
    for each in asked.dealt:
        owner = each.what if slot(each.n) == name else owner
    openly = f"{asked.who.id}_{name}"
    return tuple((asked.opening.id, about) for about in (owner, openly) if about)


def _in_thread(asked: Asked[PeerReviewSpec], desk: Desk, name: str) -> Changes:
    """An open review goes where the work was handed in."""
    run, opening, about = asked.run, asked.opening, f"{asked.who.id}_{name}"
    work = desk.work.opening
    said = tell_in_thread(run, opening, REVIEWED_OPENLY, asked.event.at, about, of=work)
    return Changes(owed=(said,))


def problem(asked: Asked[PeerReviewSpec], event: FormSubmitted, desk: Desk, name: str) -> Verdict:
    """A work that cannot be reviewed: another one, and the facilitator is told."""
    mine = next((a for a in asked.dealt if slot(a.n) == name and a.state != "dropped"), None)
    if mine is None:
        return Verdict(Refused(t("This work is not yours to review any more.")))
    if desk.is_done(mine):
        return Verdict(Refused(t("You have reviewed it already. You can change your review.")))
    words = field_text(event, "words")
    if not words.strip():
        return Verdict(Correct({"words": t("Say in a few words what is wrong with it.")}))
    said = asked.response(f"{name}.{SAID_WRONG}", Given(text=UserText(words)))
    gone = replace(mine, state="dropped")
    rest = [a for a in desk.scene.assignments if (a.who, a.n) != (mine.who, mine.n)]
    after = Desk.of(
        replace(
            desk.scene,
            assignments=(*rest, gone),
            responses=(*desk.scene.responses, said),
        )
    )
    said_before = sum(r.item.endswith(f".{SAID_WRONG}") for r in asked.mine if r.given)
    again = after is not None and said_before < MOST_MORE
    instead = after.ring.another(asked.who.id, mine.what, event.at) if after and again else NOTHING
    told = tuple(
        tell(asked.run, asked.opening, TROUBLED, person, event.at, f"{asked.who.id}_{name}")
        for person in asked.run.facilitators
    )
    note = (
        t("Thank you. Your facilitator has been told, and you have another work to review.")
        if instead.assignments
        else t("Thank you. Your facilitator has been told. There is no other work for you.")
    )
    kept = Changes(assignments=(gone,), owed=told, dirty=(asked.opening.id,))
    return Verdict(Saved(note), asked.record(said) + kept + instead, peers.LIST)


def change(asked: Asked[PeerReviewSpec], event: FormSubmitted, desk: Desk) -> Verdict:
    """What an author, or somebody of a group for all of it, answers to what was said."""
    owner = desk.owner_of(asked.who.id)
    if not desk.released() or owner not in desk.works():
        return Verdict(Refused(t("There is no feedback on your work yet.")))
    words = said_in(event, "words")
    given = Given(text=UserText(words)) if words and words.strip() else None
    if given is None and (words is None or peers.CHANGE not in desk.scene.by_owner(owner)):
        return Verdict(Correct({"words": t("Write what you will change, then send it.")}))
    kept = asked.record(asked.response(peers.CHANGE, given, owner))
    kept += Changes(dirty=(asked.opening.id,), dirty_about=((asked.opening.id, owner),))
    return Verdict(Saved(t("Saved.")), kept, peers.RECEIVED)


def more(asked: Asked[PeerReviewSpec], desk: Desk) -> Verdict:
    """Somebody who is done volunteers for one more."""
    if not desk.authored_by(asked.who.id):
        return Verdict(Refused(t("Only those who handed in review each other’s work.")))
    if desk.undone(asked.who.id):
        return Verdict(Saved(), then=peers.LIST)
    more = desk.ring.another(asked.who.id, "", asked.event.at)
    if not more.assignments:
        return Verdict(Saved(t("There is no other work that you could review. Thank you!")))
    return Verdict(Saved(t("Here is one more. Thank you!")), more, peers.LIST)


def release(asked: Asked[PeerReviewSpec], desk: Desk) -> Verdict:
    """The facilitator lets the reviews go to their authors, once."""
    if asked.who.role != "facilitator":
        return Verdict(Refused(t("Only the facilitators of this lesson can do that.")))
    if desk.released():
        return Verdict(Saved(t("They have been released already.")))
    kept = asked.record(asked.response(peers.RELEASED, Given((peers.RELEASED,))))
    sent = to_authors(desk, asked.event.at) + Changes(dirty=(asked.opening.id,))
    return Verdict(Saved(t("Released: every author gets theirs.")), kept + sent)


def to_authors(desk: Desk, at: datetime) -> Changes:
    """One message to each author: also of a work that nobody has reviewed yet, as it says so, and
    is drawn again when somebody does."""
    run, opening = desk.scene.run, desk.scene.opening
    return Changes(
        owed=tuple(
            tell(run, opening, REVIEWS, p.person, at, work)
            for work in desk.works()
            for p in desk.owners(work)
        )
    )
