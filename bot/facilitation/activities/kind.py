"""What every kind of activity is: a model of its fields and a handful of pure functions.

A new kind is one new file beside this one and its line in the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import Event, FormSubmitted, Replied, ReplyDeleted, ReplyEdited
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Deadline,
    Heading,
    Message,
    Note,
)
from bot.chat.platform import Capabilities
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.handouts import Handout, handouts
from bot.facilitation.state import Given, Opening, Participant, Response, Run
from bot.lessons.plan import Plan
from bot.lessons.script import Activity
from bot.words import t, tn


class Spec(BaseModel):
    """The fields of a kind, as the script has them. A field nobody knows is an error.

    ``title`` stands above the activity in place of the kind's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field("", description="Stands above the activity, in place of its usual title.")


S = TypeVar("S", bound=Spec)


@dataclass(frozen=True, slots=True)
class Question:
    """One item that an activity asks, as the evidence shows it.

    ``table`` says which evidence table its answers belong to.
    """

    item: str
    text: str
    table: Literal["polls", "reflections", "discussion"]
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene(Generic[S]):
    """All that can be seen of an activity: everybody's standing responses.

    ``shared`` says that it is said in a post that has other activities in it.
    """

    run: Run
    activity: Activity
    spec: S
    opening: Opening
    responses: tuple[Response, ...] = ()
    participants: tuple[Participant, ...] = ()
    capabilities: Capabilities = field(default_factory=Capabilities)
    delivery: str = ""
    shared: bool = False

    def callback(self, verb: str, item: str = "") -> str:
        """A callback to this opening, for a button in the post that is being said."""
        return Callback(verb, self.opening.id, item, self.delivery).encode()

    def learners(self) -> tuple[Participant, ...]:
        """Who is asked: learners who have not left."""
        return tuple(p for p in self.participants if p.role == "learner" and p.left_at is None)

    def answered(self) -> int:
        """How many of those who are asked have something standing."""
        leaders = {p.id for p in self.participants if p.role == "facilitator"}
        return len({r.owner for r in self.responses if r.given} - leaders)

    def given(self, item: str) -> tuple[tuple[str, Given], ...]:
        """(owner, what they gave) for one item, withdrawn ones left out."""
        return tuple((r.owner, r.given) for r in self.responses if r.item == item and r.given)


@dataclass(frozen=True, slots=True)
class Asked(Generic[S]):
    """Somebody's action on an activity, with nothing of others' answers."""

    run: Run
    activity: Activity
    spec: S
    opening: Opening
    who: Participant
    mine: tuple[Response, ...]
    event: Event
    callback: Callback | None = None

    def standing(self, item: str) -> Given | None:
        """What this person has given to the item, if it stands."""
        return next((r.given for r in self.mine if r.item == item), None)

    def response(self, item: str, given: Given | None) -> Response:
        """A version of this person's answer, late if they gave it after the opening closed."""
        closed_at = self.opening.closed_at
        return Response(
            run=self.run.id,
            opening=self.opening.id,
            owner=self.who.id,
            item=item,
            at=self.event.at,
            given=given,
            event=self.event.id,
            late=closed_at is not None and self.event.at >= closed_at,
        )

    def record(self, *responses: Response) -> Changes:
        """Keep these, and let the posts that show them be drawn again."""
        return Changes(responses=responses, dirty=(self.opening.post,))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What hearing comes to. After the commit the person gets ``answer``, or, where ``then``
    names a view of the activity, that view."""

    answer: Answer
    changes: Changes = NOTHING
    then: str = ""


class Kind(Generic[S]):
    """A kind of activity. The defaults suit one that asks nothing and whose thread is open."""

    name: ClassVar[str]
    model: type[S]
    main: ClassVar[str]
    """The field that a script writes right after the kind's name."""
    late_answers: ClassVar[bool] = True
    """Whether answers still count, marked late, between closing and the end of the run."""
    shows_replies: ClassVar[bool] = True
    """Whether a reply in the thread changes what the post shows, such as its turnout."""

    def title(self, spec: S) -> str:
        """What the activity is called, for people."""
        return spec.title or self._title()

    def _title(self) -> str:
        raise NotImplementedError

    def talks(self, spec: S) -> bool:
        """Whether what people give is said in the thread of its post."""
        return False

    def overheard(self, spec: S) -> str:
        """What to tell in private somebody who replies where it stands; "" where they may."""
        return ""

    def from_plan(self, plan: Plan) -> Sequence[str] | None:
        """What the word `plan` stands for in a script, or None where it means itself."""
        return None

    def questions(self, spec: S) -> tuple[Question, ...]:
        """What it asks, for the evidence. Replies in the thread need no mention."""
        return ()

    def answered(self, scene: Scene[S]) -> int:
        """How many of those who are asked have answered."""
        return scene.answered()

    def say(self, scene: Scene[S]) -> Message:
        """The activity's post, as it is now; the same for everyone."""
        raise NotImplementedError

    def hear(self, asked: Asked[S]) -> Verdict:
        """What an action leads to. The opening is open, or late answers count."""
        match asked.event:
            case Replied() | ReplyEdited() | ReplyDeleted():
                return self.keep_reply(asked)
            case _:
                return Verdict(Refused(t("That button is not in use any more.")))

    def view(self, scene: Scene[S], who: Participant, callback: Callback) -> Answer:
        """What opens for one person; records nothing. Every kind has its handouts."""
        for handout in self.handouts(scene):
            if (callback.verb, callback.item) == ("read", handout.item):
                return Show(handout.message())
        return Refused(t("There is nothing to open here any more."))

    def handouts(self, scene: Scene[S]) -> tuple[Handout, ...]:
        """What can be read with it, in private."""
        return handouts(scene.run, scene.activity)

    def open(self, scene: Scene[S]) -> Changes:
        """What opening leads to besides the post."""
        return NOTHING

    def close(self, scene: Scene[S]) -> Changes:
        """What closing leads to besides the last edit of the post."""
        return NOTHING

    def keep_reply(self, asked: Asked[S], note: str = "") -> Verdict:
        """Keep a reply in the thread, a new wording of one, or that it was taken back."""
        match asked.event:
            case Replied(reply=reply, text=text) | ReplyEdited(reply=reply, text=text):
                given: Given | None = Given(text=text)
            case ReplyDeleted(reply=reply):
                given = None
            case _:
                raise TypeError(f"not a reply: {type(asked.event).__name__}")
        kept = asked.response(f"reply:{reply.id}", given)
        changes = asked.record(kept) if self.shows_replies else Changes(responses=(kept,))
        return Verdict(Saved(note), changes)


def field_text(event: FormSubmitted, field_id: str) -> str:
    """What was written into a field of a form; "" if nothing was."""
    return "".join(event.fields.get(field_id, ()))


def opening_blocks(scene: Scene[Any], title: str) -> tuple[Block, ...]:
    """How every activity's post begins: its phase, if it is the first of one, and its title."""
    phases = scene.run.lesson.script.parts()
    first = any(p.activities and p.activities[0].id == scene.activity.id for p in phases)
    phase = (Heading(phase_title(scene.activity.phase), 1),) if first else ()
    return (*phase, Heading(title, 2))


def closing_blocks(
    scene: Scene[Any], who_sees: str, readings: Sequence[Handout]
) -> tuple[Block, ...]:
    """How every activity's post ends: what there is to read, until when, who sees answers ("" where
    nobody gives any)."""
    buttons = tuple(
        Button(t("Read: {title}", title=each.title), scene.callback("read", each.item), "open")
        for each in readings
    )
    reading = (Buttons(buttons),) if buttons else ()
    seen = (Note((who_sees,)),) if who_sees else ()
    return (*reading, *_until(scene), *seen)


def _until(scene: Scene[Any]) -> tuple[Block, ...]:
    opening = scene.opening
    if opening.closed_at:
        return (Deadline(opening.closed_at, "closed"),)
    if scene.run.status == "paused" and scene.run.pace:
        return (Note((t("The lesson is paused."),)),)
    if scene.run.status == "paused":
        return (Note((t("The lesson is paused; the time left stands still."),)),)
    return (Deadline(opening.closes_at),) if opening.closes_at else ()


def turnout(scene: Scene[Any], answered: int) -> str:
    """``18 of 24 have answered``."""
    return tn(
        "{answered} of {count} has answered",
        "{answered} of {count} have answered",
        max(len(scene.learners()), answered),
        answered=answered,
    )
