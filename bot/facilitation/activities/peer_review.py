"""``peer_review``: those who handed in review each other's work by a rubric.

Everybody gives and receives the same number of reviews. Neither side learns who the other is,
unless the author wants it open: reviews are given by form, step by step, and reach their authors
together, at closing or when the facilitator releases them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from bot.chat.answer import Answer, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Picked
from bot.chat.message import Block, Button, Buttons, Live, Message, Note, Text
from bot.chat.text import UserText
from bot.facilitation.activities import peer_board, peer_forms, peer_hearing, peer_results, peers
from bot.facilitation.activities.kind import Kind, closing_blocks, opening_blocks
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.peer_spec import PeerReviewSpec
from bot.facilitation.activities.peers import (
    OVERVIEW,
    REVIEWED_OPENLY,
    REVIEWS,
    TROUBLED,
    Desk,
    groups_of_work,
)
from bot.facilitation.activities.ring import SAID_WRONG, SUBMISSION, reviewed_by
from bot.facilitation.activities.scene import (
    Allotment,
    Asked,
    Judged,
    Question,
    Scene,
    Verdict,
)
from bot.facilitation.allocating import reviews_each
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.handouts import Handout
from bot.facilitation.owing import LAST_WORD, owe, tell
from bot.facilitation.rubric import Criterion, criteria_of, rubric_text
from bot.facilitation.state import Participant, Response
from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script
from bot.words import t, tn


class PeerReview(Kind[PeerReviewSpec]):
    """One item a criterion of each review; who reviews whom was dealt when it opened."""

    name = "peer_review"
    model = PeerReviewSpec
    main = "rubric"
    deals = True
    wakes = (0.5, 0.75)
    days = 2
    alone = Kind.alone | {
        peers.MORE,
        peers.PROBLEM,
        peers.RELEASE,
        peers.ASSESS,
        peers.CHANGE,
        peers.JUDGE_ALONE,
    }

    # Reviews are often released with the last words of the lesson.
    lasting = frozenset({peers.CHANGE})

    def from_plan(self, plan: Plan) -> Sequence[str] | None:
        """The learning objectives."""
        return [objective.text for objective in plan.objectives]

    def looks_at(self, script: Script, activity: Activity, spec: PeerReviewSpec) -> tuple[str, ...]:
        """The submission, and the groups there are."""
        found = (reviewed_by(script, activity), groups_of_work(script, activity))
        return tuple(id for id in found if id)

    def misfits(self, script: Script, activity: Activity, spec: PeerReviewSpec) -> str:
        """There must be something to review, and it must have come before."""
        if reviewed_by(script, activity):
            return ""
        works = [each.id for each in script.activities() if each.kind == SUBMISSION]
        if spec.of in works:
            return f"“{spec.of}” comes after it: put it after “{spec.of}”"
        if spec.of:
            names = f"one of {', '.join(works)}" if works else "the id of one"
            return f"there is no submission “{spec.of}”: write {names}, or leave out “of”"
        return "there is no submission before it: put one before it"

    def criteria(self, spec: PeerReviewSpec) -> tuple[Criterion, ...]:
        """The rubric."""
        return criteria_of(each.model_dump() for each in spec.rubric)

    def handouts(self, scene: Scene[PeerReviewSpec]) -> tuple[Handout, ...]:
        """The rubric, with what else there is."""
        rubric = Handout("rubric", t("The rubric"), rubric_text(self.criteria(scene.spec)))
        return (rubric, *super().handouts(scene))

    def _title(self) -> str:
        return t("Review each other’s work")

    def question(self, spec: PeerReviewSpec, item: str) -> Question | None:
        """What an author will change, and what was wrong with a work; the rest is `judged`."""
        if item == peers.CHANGE:
            return Question(item, t("What I will change"), "replies")
        if item.endswith(f".{SAID_WRONG}"):
            return Question(item, t("Why this work cannot be reviewed"), "replies")
        return super().question(spec, item)

    def answered(self, scene: Scene[PeerReviewSpec]) -> int:
        """How many have done all their reviews."""
        desk = Desk.of(scene)
        if desk is None:
            return 0
        here = (p.id for p in scene.learners())
        return sum(1 for who in here if desk.dealt_to(who) and not desk.undone(who))

    def overheard(self, spec: PeerReviewSpec) -> str:
        """That everyone can read it."""
        return t(
            "Kept, but everyone here can read a reply in this thread. "
            "To review somebody’s work, delete it and use the button."
        )

    def say(self, scene: Scene[PeerReviewSpec]) -> Message:
        """What is asked, how far it is, and the ways in; the same for everyone."""
        spec, title, desk = scene.spec, self.title(scene.spec), Desk.of(scene)
        give = Button(t("Give feedback"), scene.callback(peers.LIST), does="open", style="primary")
        got = Button(t("Feedback on my work"), scene.callback(peers.RECEIVED), does="open")
        ways = (give, got) if desk and desk.released() else (give,)
        return Message(
            summary=f"{phase_title(scene.activity.phase)}: {title}",
            blocks=(
                *opening_blocks(scene, title),
                Live((Text((self._asked(scene, desk),)),)),
                Buttons(ways),
                *((Live((Note((desk.turnout(),)),)),) if desk else ()),
                *closing_blocks(scene, self.who_sees(spec), self.handouts(scene), helps=True),
            ),
            invites_replies=False,
        )

    def who_sees(self, spec: PeerReviewSpec) -> str:
        """The author and the facilitator, and whether they learn from whom it is."""
        if spec.open:
            return t("Everyone here can read your reviews, with your name.")
        return t(
            "The author reads your review without your name. Your facilitator sees who wrote it."
        )

    # -- what happens

    def open(self, scene: Scene[PeerReviewSpec]) -> Changes:
        """Deal the works that are in, and give the facilitators their overview."""
        desk, opening = Desk.of(scene), scene.opening
        boards = tuple(
            owe(
                scene.run, OVERVIEW, person, opening.opened_at, opening.opened_at + LAST_WORD,
                opening=opening.id,
            )
            for person in scene.run.facilitators
        )  # fmt: skip
        return Changes(owed=boards) + (desk.ring.deal() if desk else NOTHING)

    def wake(self, scene: Scene[PeerReviewSpec], now: datetime, share: float) -> Changes:
        """Reviews of those who do not come go to those who do."""
        desk = Desk.of(scene)
        return desk.ring.take_over(now, share) if desk else NOTHING

    def close(self, scene: Scene[PeerReviewSpec]) -> Changes:
        """The reviews reach their authors, unless the facilitator releases them; works that nobody
        reviewed are the facilitator's."""
        desk, opening = Desk.of(scene), scene.opening
        at = opening.closed_at
        if desk is None or at is None:
            return NOTHING
        released = peer_hearing.to_authors(desk, at) if scene.spec.release == "close" else NOTHING
        left = desk.unreviewed
        about = tuple(
            tell(scene.run, opening, TROUBLED, p, at, "unreviewed")
            for p in (scene.run.facilitators if left else ())
        )
        return released + Changes(owed=about, dirty=(opening.id,))

    # -- what is heard

    def hear(self, asked: Asked[PeerReviewSpec]) -> Verdict:
        """A step of a review, and all that may be said around it."""
        desk = Desk.of(asked.scene) if asked.scene else None
        callback = asked.callback or Callback("", "")
        match asked.event, callback.verb:
            case FormSubmitted() as event, peers.JUDGE:
                return peer_hearing.judged(asked, event, callback.item, None)
            case FormSubmitted() as event, (peers.JUDGE_ALONE | peers.ASSESS):
                return peer_hearing.judged(asked, event, callback.item, desk)
            case FormSubmitted() as event, peers.PROBLEM if desk:
                return peer_hearing.problem(asked, event, desk, callback.item)
            case FormSubmitted() as event, peers.CHANGE if desk:
                return peer_hearing.change(asked, event, desk)
            case Picked(), peers.MORE if desk:
                return peer_hearing.more(asked, desk)
            case Picked(), peers.RELEASE if desk:
                return peer_hearing.release(asked, desk)
            case _:
                return super().hear(asked)

    def withdraw(self, asked: Asked[PeerReviewSpec]) -> Verdict:
        """Others learn from a review: it can be changed, not taken back."""
        return Verdict(Refused(t("A review can be changed step by step, not taken back.")))

    # -- what is shown

    def view(self, scene: Scene[PeerReviewSpec], who: Participant, callback: Callback) -> Answer:
        """What somebody may see of the reviews: theirs, those on their work, or all of them."""
        desk = Desk.of(scene)
        if desk is None:
            return super().view(scene, who, callback)
        leads = who.role == "facilitator"
        match callback.verb:
            case peers.LIST:
                shown = peer_board.works(desk) if leads else peer_forms.listed(desk, who)
                return Show(shown)
            case peers.REVIEW:
                return peer_forms.step(desk, who, callback)
            case peers.PROBLEM:
                return peer_forms.problem(desk, who, callback)
            case peers.RECEIVED | peers.CHANGE:
                return peer_results.received(desk, who, callback)
            case peers.BOARD if leads:
                item = callback.item
                return Show(peer_board.works(desk, int(item) if item.isdecimal() else 0))
            case peers.WORK if leads:
                return peer_board.work(desk, callback.item)
            case _:
                return super().view(scene, who, callback)

    def tell(self, scene: Scene[PeerReviewSpec], purpose: str, about: str) -> Message:
        """To an author, to everyone in the thread, or to a facilitator."""
        desk = Desk.of(scene)
        if desk and purpose == REVIEWS:
            return peer_results.message(desk, about)
        if desk and purpose == REVIEWED_OPENLY:
            return peer_results.openly(desk, about)
        if desk and purpose == TROUBLED:
            return peer_board.trouble(desk, about)
        if purpose == OVERVIEW:
            return peer_board.overview(scene, desk, self.title(scene.spec))
        return super().tell(scene, purpose, about)

    def owner_name(self, scene: Scene[PeerReviewSpec], owner: str) -> UserText:
        """The person's name or the group's."""
        desk = Desk.of(scene)
        return desk.name(owner) if desk else scene.name_of(owner)

    def is_due(self, scene: Scene[PeerReviewSpec], who: Participant) -> bool:
        """While somebody has a review to give."""
        desk = Desk.of(scene)
        return bool(scene.opening.is_open and desk and desk.undone(who.id))

    def owned(self, scene: Scene[PeerReviewSpec], who: Participant) -> tuple[str, ...]:
        """Nothing that is taken back here: a review can be changed step by step."""
        return ()

    def given_by(self, scene: Scene[PeerReviewSpec], who: Participant) -> tuple[Block, ...]:
        """The reviews that somebody gave, and the way to those that they got."""
        desk = Desk.of(scene)
        if desk is None:
            return ()
        mine = peer_results.given(desk, who)
        got = Button(t("Feedback on my work"), scene.callback(peers.RECEIVED), does="open")
        has = desk.released() and desk.owner_of(who.id) in desk.works()
        return (*mine, *((Buttons((got,)),) if has else ()))

    # -- evidence

    def judge(self, scene: Scene[PeerReviewSpec]) -> Callable[[Response], Judged | None]:
        """Whose work a response judges, and by what."""
        desk = Desk.of(scene)
        if desk is None:
            return super().judge(scene)
        criteria, released = {each.id for each in scene.spec.rubric}, desk.released()
        works = frozenset(desk.works())

        def judged(response: Response) -> Judged | None:
            name, _, criterion = response.item.partition(".")
            author = desk.subject(response.owner, name)
            nothing = name == peers.SELF and author not in works
            if criterion not in criteria or nothing:
                return None
            said_by: Literal["peer", "self", "facilitator"] = (
                "self" if name == peers.SELF else "facilitator" if name[:2] == "f_" else "peer"
            )
            level = int(response.given.options[0]) if response.given else None
            counts = said_by == "facilitator" or not desk.overridden(author)
            return Judged(said_by, author, criterion, level, counts, released)

        return judged

    def allotted(self, scene: Scene[PeerReviewSpec]) -> tuple[Allotment, ...]:
        """Who was dealt whose work."""
        desk = Desk.of(scene)
        if desk is None:
            return ()
        return tuple(
            Allotment("review", each, each.what, desk.name(each.what).text, desk.is_done(each))
            for each in scene.assignments
        )

    def _asked(self, scene: Scene[PeerReviewSpec], desk: Desk | None) -> str:
        count = len({author.work for author in desk.ring.authors()}) if desk else 0
        if count == 1:
            return t("Only one piece of work has come in, so your facilitator reviews it.")
        least, most = desk.load() if desk else (0, 0)
        if most == 0:
            return t("As soon as work comes in, those who handed in review each other’s.")
        what = tn(
            "You each review {count} work that somebody else handed in.",
            "You each review {count} works that others handed in.",
            most,
        )
        if least != most:
            what = t(
                "You review {least} to {most} works that others handed in: “Give feedback” shows "
                "you yours.",
                least=least,
                most=most,
            )
        if most >= scene.spec.reviews:
            return what
        fewer = t("As only {count} have come in, it is fewer than planned.", count=count)
        if reviews_each(count, scene.spec.reviews) == scene.spec.reviews:
            fewer = t("Nobody reviews the work of their own group, so it is fewer than planned.")
        return f"{what} {fewer}"
