"""What can be seen and asked of an activity: the values that every kind decides upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.chat.address import PostRef
from bot.chat.answer import Answer
from bot.chat.callback import Callback
from bot.chat.event import Event
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.state import Assignment, Given, Opening, Participant, Response, Run
from bot.facilitation.turnout import Turnout
from bot.lessons.script import Activity

ASIDE = "aside:"
"""What items begin with that are no answers: what somebody says in private beside them."""


def is_aside(item: str) -> bool:
    """Whether an item is said beside the answers, in private."""
    return item.startswith(ASIDE)


REPLY = "reply:"
"""What items begin with that were said in a chat, and so are changed where they were said."""


def is_reply(item: str) -> bool:
    """Whether an item was said in the thread of a post, or beside it."""
    return item.startswith(REPLY)


def reply_item(post: PostRef) -> str:
    """The item under which is kept what somebody said there."""
    return f"{REPLY}{post.id}"


class Spec(BaseModel):
    """The fields of a kind, as the script has them. A field nobody knows is an error.

    ``title`` stands above the activity in place of the kind's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field("", description="Stands above the activity, in place of its usual title.")


S = TypeVar("S", bound=Spec)

SaidBy = Literal["peer", "self", "facilitator"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a response says of a work, for the evidence: ``author`` is whose it is, ``level`` of
    the criterion None where only words were given."""

    said_by: SaidBy
    author: str
    criterion: str
    level: int | None
    counts: bool
    released: bool


@dataclass(frozen=True, slots=True)
class Allotment:
    """What somebody was dealt, for the evidence; ``of`` is the group or the author of a work."""

    what: Literal["group", "review"]
    assignment: Assignment
    of: str
    of_name: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One item that an activity asks, as the evidence shows it.

    ``table`` says which evidence table its answers belong to.
    """

    item: str
    text: str
    table: Literal["polls", "reflections", "discussion", "submissions", "replies", "questions"]
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene(Generic[S]):
    """All that can be seen of an activity: everybody's standing responses, and what was dealt.

    ``around`` has the scenes of other activities that its kind looks at, by their ids, as far as
    they have been open. ``shared`` says that it is said in a post that has other activities in it.
    """

    run: Run
    activity: Activity
    spec: S
    opening: Opening
    responses: tuple[Response, ...] = ()
    participants: tuple[Participant, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    around: Mapping[str, Scene[Any]] = field(default_factory=lambda: MappingProxyType({}))
    capabilities: Capabilities = field(default_factory=Capabilities)
    delivery: str = ""
    shared: bool = False

    def callback(self, verb: str, item: str = "") -> str:
        """A callback to this opening, for a button in the post that is being said."""
        return Callback(verb, self.opening.id, item, self.delivery).encode()

    def learners(self) -> tuple[Participant, ...]:
        """Who is asked: learners who have not left."""
        return tuple(p for p in self.participants if p.role == "learner" and p.left_at is None)

    def invited(self) -> int:
        """How many were there to answer while it was open: who comes or goes later changes it no
        more."""
        closed = self.opening.closed_at
        return sum(
            p.role == "learner"
            and (closed is None or p.joined_at < closed)
            and (p.left_at is None or (closed is not None and p.left_at >= closed))
            for p in self.participants
        )

    def turnout(self, answered: int) -> Turnout:
        """So many have answered, of all where the platform knows who is there."""
        known = self.capabilities.attendance
        return Turnout(answered, max(self.invited(), answered) if known else None)

    def asks(self, who: Participant) -> bool:
        """Whether somebody is asked: learners are and, in a rehearsal, the one who holds it."""
        return who.role == "learner" or self.run.rehearsal

    def by_owner(self, owner: str) -> dict[str, Given]:
        """What one owner has given, by item, withdrawn ones left out."""
        return {r.item: r.given for r in self.responses if r.owner == owner and r.given}

    def name_of(self, participant: str) -> UserText:
        """What somebody is called."""
        found = (p.name for p in self.participants if p.id == participant)
        return next(found, UserText(""))

    def given(self, item: str) -> tuple[tuple[str, Given], ...]:
        """(owner, what they gave) for one item, withdrawn ones left out."""
        return tuple((r.owner, r.given) for r in self.responses if r.item == item and r.given)


@dataclass(frozen=True, slots=True)
class Asked(Generic[S]):
    """Somebody's action on an activity, with nothing of others' answers.

    ``dealt`` is what this person was dealt in it, where its kind deals. ``capabilities`` are those
    of the platform where it stands. Only what a kind names as ``alone`` sees the ``scene`` too, and
    is then the only thing that happens in the run.
    """

    run: Run
    activity: Activity
    spec: S
    opening: Opening
    who: Participant
    mine: tuple[Response, ...]
    event: Event
    callback: Callback | None = None
    dealt: tuple[Assignment, ...] = ()
    capabilities: Capabilities = field(default_factory=Capabilities)
    scene: Scene[S] | None = None

    def standing(self, item: str) -> Given | None:
        """What this person has given to the item, if it stands."""
        return next((r.given for r in self.mine if r.item == item), None)

    def response(self, item: str, given: Given | None, owner: str = "") -> Response:
        """A version of this person's answer, late if they gave it after the opening closed.

        It is their own, or that of the group ``owner`` for which they give it.
        """
        closed_at = self.opening.closed_at
        return Response(
            run=self.run.id,
            opening=self.opening.id,
            owner=owner or self.who.id,
            item=item,
            at=self.event.at,
            given=given,
            event=self.event.id,
            late=closed_at is not None and self.event.at >= closed_at,
            by=self.who.id if owner and owner != self.who.id else "",
        )

    def record(self, *responses: Response) -> Changes:
        """Keep these, and let the posts that show them be drawn again."""
        return Changes(responses=responses, dirty=(self.opening.post,))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What hearing comes to. After the commit the person gets ``answer``, or, where ``then``
    names a view of the activity (and ``then_item`` what of it), that view."""

    answer: Answer
    changes: Changes = NOTHING
    then: str = ""
    then_item: str = ""
