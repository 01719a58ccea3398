"""What every kind of activity is: a model of its fields and a handful of pure functions.

A new kind is one new file beside this one and its line in the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Generic

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.callback import Callback
from bot.chat.event import FormSubmitted, Replied, ReplyDeleted, ReplyEdited
from bot.chat.message import (
    Block,
    Buttons,
    Choices,
    Deadline,
    Form,
    Heading,
    Live,
    Message,
    Note,
    Quote,
    Text,
)
from bot.chat.text import UserText
from bot.facilitation.activities.asides import (
    ALONE,
    aside_buttons,
    aside_question,
    hear_aside,
    tell_aside,
    view_aside,
)
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.activities.scene import (
    Allotment,
    Asked,
    Judged,
    Question,
    S,
    Scene,
    Verdict,
    is_aside,
    is_reply,
    reply_item,
)
from bot.facilitation.changes import NOTHING, Changes
from bot.facilitation.handouts import Handout, handouts, ways_to_read
from bot.facilitation.rubric import Criterion
from bot.facilitation.state import Given, Participant, Response
from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script
from bot.words import t

WITHDRAW = "withdraw"
"""The verb of the form with which somebody takes back what they gave."""


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
    alone: ClassVar[frozenset[str]] = ALONE
    """The verbs whose hearing has to see everybody's, and so has the run for itself."""
    lasting: ClassVar[frozenset[str]] = frozenset()
    """The verbs that count even after the run has ended."""
    deals: ClassVar[bool] = False
    """Whether it deals something to participants, which hearing looks at."""
    days: ClassVar[int] = 0
    """How many days it takes where a script does not say; 0 for as many as its phase."""
    wakes: ClassVar[tuple[float, ...]] = ()
    """After which shares of its time, from 0 to 1, it looks at how things stand."""

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

    def looks_at(self, script: Script, activity: Activity, spec: S) -> tuple[str, ...]:
        """The ids of the other activities whose scenes it needs around its own."""
        return ()

    def misfits(self, script: Script, activity: Activity, spec: S) -> str:
        """Why it cannot be where it is in the script; "" if it can."""
        return ""

    def questions(self, spec: S) -> tuple[Question, ...]:
        """What it asks, for the evidence. Replies in the thread need no mention."""
        return ()

    def question(self, spec: S, item: str) -> Question | None:
        """What an item stands for in the evidence; None for a reply in the thread."""
        found = (question for question in self.questions(spec) if question.item == item)
        return next(found, aside_question(item))

    def criteria(self, spec: S) -> tuple[Criterion, ...]:
        """What work is judged by in it."""
        return ()

    def judge(self, scene: Scene[S]) -> Callable[[Response], Judged | None]:
        """What tells of a response what it says of somebody's work, for the evidence."""
        return lambda response: None

    def allotted(self, scene: Scene[S]) -> tuple[Allotment, ...]:
        """What was dealt in it, for the evidence."""
        return ()

    def is_answer(self, spec: S, item: str) -> bool:
        """Whether an item answers what is asked. A reply does where people talk in the thread;
        elsewhere it is a comment."""
        return not is_aside(item) and (self.talks(spec) or not is_reply(item))

    def answered(self, scene: Scene[S]) -> int:
        """How many of those who are asked have answered."""
        leaders = {p.id for p in scene.participants if p.role == "facilitator"}
        given = (r for r in scene.responses if r.given and self.is_answer(scene.spec, r.item))
        return len({response.owner for response in given} - leaders)

    def say(self, scene: Scene[S]) -> Message:
        """The activity's post, as it is now; the same for everyone."""
        raise NotImplementedError

    def tell(self, scene: Scene[S], purpose: str, about: str) -> Message:
        """A private message of this purpose. Raises KeyError for one that it does not know."""
        said = tell_aside(scene, purpose, about, self.title(scene.spec))
        if said is None:
            raise KeyError(purpose)
        return said

    def still_said(self, scene: Scene[S], purpose: str, about: str) -> bool:
        """Whether such a message, where it was not posted yet, is still worth posting."""
        return True

    def hear(self, asked: Asked[S]) -> Verdict:
        """What an action leads to. The opening is open, or late answers count."""
        match asked.event:
            case Replied() | ReplyEdited() | ReplyDeleted():
                return self.keep_reply(asked)
            case FormSubmitted() if asked.callback and asked.callback.verb == WITHDRAW:
                return self.withdraw(asked)
            case _:
                refused = Verdict(Refused(t("That button is not in use any more.")))
                return hear_aside(asked) or refused

    def view(self, scene: Scene[S], who: Participant, callback: Callback) -> Answer:
        """What opens for one person; records nothing. Every kind has its handouts."""
        for handout in self.handouts(scene):
            if (callback.verb, callback.item) == ("read", handout.item):
                return Show(handout.message())
        if callback.verb == WITHDRAW:
            return Show(_withdraw_form(callback.encode(), self.title(scene.spec)))
        gone = Refused(t("There is nothing to open here any more."))
        return view_aside(scene, who, callback) or gone

    def withdraw(self, asked: Asked[S]) -> Verdict:
        """Take back everything that this person has given here."""
        kept = [r.item for r in asked.mine if r.given]
        mine = [item for item in kept if not is_aside(item) and not is_reply(item)]
        if not mine:
            return Verdict(Refused(t("There is nothing of yours here to take back.")))
        taken = asked.record(*(asked.response(item, None) for item in mine))
        return Verdict(Saved(t("Taken back.")), taken)

    def handouts(self, scene: Scene[S]) -> tuple[Handout, ...]:
        """What can be read with it, in private."""
        return handouts(scene.run, scene.activity)

    def open(self, scene: Scene[S]) -> Changes:
        """What opening leads to besides the post."""
        return NOTHING

    def wake(self, scene: Scene[S], now: datetime, share: float) -> Changes:
        """What the one of its `wakes` leads to that comes after this share of its time."""
        return NOTHING

    def owner_name(self, scene: Scene[S], owner: str) -> UserText:
        """Whose something is: a person's name or, where a kind has groups, the group's."""
        return scene.name_of(owner)

    def is_due(self, scene: Scene[S], who: Participant) -> bool:
        """Whether somebody who is asked still has something to give here."""
        given = scene.by_owner(who.id)
        asks = bool(self.questions(scene.spec)) and scene.asks(who)
        answers = (item for item in given if self.is_answer(scene.spec, item))
        return asks and scene.opening.is_open and not any(answers)

    def ways_in(self, scene: Scene[S]) -> tuple[Block, ...]:
        """What of the post somebody needs to give or to change what they gave, in private."""
        post = self.say(replace(scene, responses=(), shared=True))
        mine = {scene.opening.id}
        blocks: list[Block] = [b for b in post.blocks if isinstance(b, Choices)]
        buttons = [
            button
            for block in post.blocks
            for button in (block.buttons if isinstance(block, Buttons) else ())
            if button.style == "primary" and Callback.decode(button.callback).target in mine
        ]
        return (*blocks, *((Buttons(tuple(buttons)),) if buttons else ()))

    def owned(self, scene: Scene[S], who: Participant) -> tuple[str, ...]:
        """The items of theirs that stand here."""
        return tuple(scene.by_owner(who.id))

    def given_by(self, scene: Scene[S], who: Participant) -> tuple[Block, ...]:
        """What somebody has given here, in their own words, for their own eyes."""
        blocks: list[Block] = []
        for item, given in scene.by_owner(who.id).items():
            question = self.question(scene.spec, item)
            labels = dict(question.options) if question else {}
            chosen = ", ".join(
                labels.get(o, o) for o in given.options if not given.text or o in labels
            )
            if not self.is_answer(scene.spec, item) or (question is None and not given.text):
                continue
            blocks += [Text((chosen,))] if chosen else []
            blocks += [Quote(given.text)] if given.text else []
        return tuple(blocks)

    def comments(self, scene: Scene[S], who: Participant) -> tuple[Quote, ...]:
        """What somebody said in the thread that is no answer, for their own eyes."""
        return tuple(
            Quote(given.text)
            for item, given in scene.by_owner(who.id).items()
            if is_reply(item) and given.text and not self.is_answer(scene.spec, item)
        )

    def who_sees(self, spec: S) -> str:
        """Who can read what people give here; "" where nobody gives any."""
        return ""

    def seen_by(self, scene: Scene[S]) -> str:
        """The same, where it depends on what else is in the lesson."""
        return self.who_sees(scene.spec)

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
        kept = asked.response(reply_item(reply), given)
        changes = asked.record(kept) if self.shows_replies else Changes(responses=(kept,))
        again = bool(note) and asked.standing(kept.item) is not None
        return Verdict(Saved(note, again), changes)


def _withdraw_form(callback: str, title: str) -> Form:
    words = t(
        "What you gave here is then hidden everywhere. Until the lesson ends you can give it anew."
    )
    return Form(
        title=t("Take it back?"),
        callback=callback,
        parts=(Text((title,)), Note((words,))),
        submit=t("Take it back"),
    )


def said_in(event: FormSubmitted, field_id: str) -> str | None:
    """What a form says of a field: an empty one ("") takes back what stood there, and what stands
    of one that did not come at all (None) stays, as of a form that is blank for everybody only what
    is filled in comes."""
    return "".join(event.fields[field_id]) if field_id in event.fields else None


def field_text(event: FormSubmitted, field_id: str) -> str:
    """What was written into a field of a form in which nothing stood; "" if nothing was."""
    return said_in(event, field_id) or ""


def opening_blocks(scene: Scene[Any], title: str) -> tuple[Block, ...]:
    """How every activity's post begins: its phase, if it is the first of one, and its title."""
    phases = scene.run.lesson.script.parts()
    first = any(p.activities and p.activities[0].id == scene.activity.id for p in phases)
    phase = (Heading(phase_title(scene.activity.phase), 1),) if first else ()
    return (*phase, Heading(title, 2))


def closing_blocks(
    scene: Scene[Any], who_sees: str, readings: Sequence[Handout], *, helps: bool = False
) -> tuple[Block, ...]:
    """How every activity's post ends: what there is to read, help where it asks for writing, until
    when, who sees answers ("" where nobody gives any)."""
    reading = ways_to_read(readings, lambda item: scene.callback("read", item))
    seen = (Note((who_sees,)),) if who_sees else ()
    help = (Buttons(aside_buttons(scene)),) if helps and scene.opening.is_open else ()
    return (*reading, *help, *_until(scene), *seen)


def _until(scene: Scene[Any]) -> tuple[Block, ...]:
    opening = scene.opening
    if opening.closed_at:
        return (Deadline(opening.closed_at, "closed"),)
    if scene.run.status == "paused" and scene.run.pace:
        return (Live((Note((t("The lesson is paused."),)),)),)
    if scene.run.status == "paused":
        return (Live((Note((t("The lesson is paused; the time left stands still."),)),)),)
    return (Deadline(opening.closes_at),) if opening.closes_at else ()


def turnout(scene: Scene[Any], answered: int) -> Live:
    """How many have answered, in small."""
    return Live((Note((str(scene.turnout(answered)),)),))
