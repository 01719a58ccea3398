"""When a persona does what with a post: pure decisions from a message, a time and a seed.

A persona looks at a message as a person does and knows no kinds: where there are options it picks,
what the primary button leads to it does, and what else is asked it answers in the thread. Other
buttons it presses seldom, and dangerous ones never.
What a button or a form leads to is walked in `bot.rehearsal.walking`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.chat.event import Fields
from bot.chat.message import Button, Buttons, Choices, Form, Message
from bot.chat.text import UserText
from bot.rehearsal import words
from bot.rehearsal.filling import filled, fits, some
from bot.rehearsal.personas import Pace, Persona
from bot.rehearsal.subject import Subject

NO_END = timedelta(minutes=10)
"""How long personas act on what has no known end."""
SELDOM = 0.025
"""How often somebody presses a button that is not what the post asks for."""


@dataclass(frozen=True, slots=True)
class Come:
    """Come in."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Go out."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Pick these options, by id; none where a button is pressed."""

    callback: str
    options: tuple[str, ...] = ()


Purpose = Literal["give", "give at home", "translate", "reword", "take back"]
"""What somebody wants who opens something: to give what is asked, perhaps in the language of their
home; or, coming back, to add its English, to change it, or to take it back."""


@dataclass(frozen=True, slots=True)
class Open:
    """Press a button that opens something; what is shown then is another matter."""

    callback: str
    purpose: Purpose = "give"


@dataclass(frozen=True, slots=True)
class Submit:
    """Send a form with these values."""

    callback: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Reply:
    """Write in the thread."""

    text: UserText


@dataclass(frozen=True, slots=True)
class EditReply:
    """Let the reply that was written as event ``reply`` read differently."""

    reply: str
    text: UserText


@dataclass(frozen=True, slots=True)
class DeleteReply:
    """Take back the reply that was written as event ``reply``."""

    reply: str


InWords = Open | Submit | Reply | EditReply | DeleteReply
Doing = Come | Leave | Pick | InWords


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a persona does at ``at``; the same act always has the same ``event_id``.

    ``twice``: they do it twice, as a double click does, and it is still one.
    ``aside``: it is not what the post asks for: something to read, or a word in private.
    """

    at: datetime
    event_id: str
    does: Doing
    twice: bool = False
    aside: bool = False


def acts(
    persona: Persona,
    opening_id: str,
    message: Message,
    asks: bool,
    opened_at: datetime,
    closes_at: datetime | None,
    seed: int,
    subject: Subject,
) -> tuple[Act, ...]:
    """What the persona does with the message while it is open, in order; often nothing.

    ``asks`` says that the activity has questions. All is done in time, but for the few answers in
    words that come late (at most by a fifth of the time that it was open).
    The times move with ``opened_at`` and ``closes_at``, nothing else does.
    """
    name = f"{seed}:{persona.person.id}:{opening_id}"
    rng, beside_it = random.Random(name), random.Random(f"{name}:beside")
    if rng.random() < persona.habit.silence:
        return ()
    asked, own_words, beside = _asked(message)
    topics = subject.topics_of(message)
    doings = list(
        _doings(persona, opening_id, message, asked, own_words, asks, subject, topics, rng)
    )
    main = len(doings)
    doings += _aside(persona, beside, subject, topics, beside_it)
    opens = ends(opened_at, closes_at) - opened_at
    writes = all(isinstance(doing, InWords) for doing in doings)
    moments = _moments(persona, len(doings), rng, may_be_late=writes and closes_at is not None)
    clicks = [
        not isinstance(each, Open) and beside_it.random() < persona.habit.double_clicks
        for each in doings
    ]
    return tuple(
        Act(opened_at + opens * share, event_id(opening_id, persona, n), doing, twice, n >= main)
        for n, (share, doing, twice) in enumerate(zip(moments, doings, clicks, strict=True))
    )


def ends(opened_at: datetime, closes_at: datetime | None) -> datetime:
    """Until when personas act on what opened then."""
    return closes_at if closes_at and closes_at > opened_at else opened_at + NO_END


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody is there: from ``comes`` on, but not between ``leaves`` and ``returns``."""

    comes: datetime
    leaves: datetime | None = None
    returns: datetime | None = None

    def has(self, at: datetime) -> bool:
        """Whether they are there then, and may act."""
        gone = self.leaves is not None and at >= self.leaves
        back = self.returns is not None and at > self.returns
        return at > self.comes and (back or not gone)


def stay(persona: Persona, start: datetime, length: timedelta) -> Stay:
    """When the persona is in a lesson of this length: from its start to its end, but for a few."""
    habit = persona.habit
    return Stay(
        start + length * habit.misses,
        None if habit.leaves is None else start + length * habit.leaves,
        None if habit.returns is None else start + length * habit.returns,
    )


def event_id(opening_id: str, persona: Persona, n: int) -> str:
    """The id of the ``n``-th thing that somebody does with an opening."""
    return f"{opening_id}-{persona.person.id}-{n}"


_FIRST: dict[Pace, tuple[float, float]] = {
    "early": (0.04, 0.3),
    "steady": (0.15, 0.7),
    "late": (0.55, 0.93),
}
_LAST = 0.97


def _moments(
    persona: Persona, count: int, rng: random.Random, *, may_be_late: bool
) -> Iterator[float]:
    """Shares of the open time, each later than the one before."""
    share = rng.uniform(*_FIRST[persona.habit.pace])
    last = _LAST
    if may_be_late and rng.random() < persona.habit.tardiness:
        share, last = rng.uniform(1.02, 1.1), 1.2
    for _ in range(count):
        yield share
        share += (last - share) * rng.uniform(0.2, 0.6)


def _asked(message: Message) -> tuple[Button | None, Form | None, list[Button]]:
    """The button for what the post asks, if it has one; the form for own words beside options; and
    the buttons beside all that.

    What is asked is the first primary one. Own words go into the first form beside options.
    """
    buttons = [
        button
        for block in message.blocks
        if isinstance(block, Buttons)
        for button in block.buttons
        if button.style != "danger"
    ]
    primary = [b for b in buttons if b.style == "primary" and (fillable(b) or not b.form)]
    has_options = any(isinstance(block, Choices) and block.options for block in message.blocks)
    forms = [b for b in buttons if fillable(b)] if has_options and not primary else []
    chosen = next(iter((*primary, *forms)), None)
    beside = [b for b in buttons if b is not chosen and b.style == "plain"]
    if chosen and not primary:
        return None, fillable(chosen), beside
    return chosen, None, beside


def fillable(button: Button) -> Form | None:
    """The form that a button holds, where it can be filled in and sent."""
    form = button.form if button.does == "open" else None
    return form if form and fits(form) else None


def _doings(
    persona: Persona,
    opening_id: str,
    message: Message,
    asked: Button | None,
    own_words: Form | None,
    asks: bool,
    subject: Subject,
    topics: Sequence[str],
    rng: random.Random,
) -> Iterator[Doing]:
    choices = [b for b in message.blocks if isinstance(b, Choices) and b.options]
    near = "\n".join(topics)
    if choices:
        yield from _vote(persona, choices, own_words, subject, near, rng)
    if asked and asked.does == "open":
        yield from _give(persona, asked.callback, rng)
    elif asked:
        yield Pick(asked.callback)
    elif asks and not choices and message.invites_replies:
        yield from _write(persona, opening_id, topics, rng)
    elif not choices and message.invites_replies and rng.random() < 0.06:
        yield Reply(UserText(words.question(rng, topics)))


def _aside(
    persona: Persona,
    beside: Sequence[Button],
    subject: Subject,
    topics: Sequence[str],
    rng: random.Random,
) -> Iterator[Doing]:
    """Now and then a handout is read, a private word said, a sign given."""
    if not beside or rng.random() >= SELDOM:
        return
    button = rng.choice(beside)
    if form := fillable(button):
        fields = filled(persona, form, subject, "\n".join(topics), rng, "question")
        yield Submit(form.callback, fields)
    elif button.does == "open":
        yield Open(button.callback)
    else:
        yield Pick(button.callback)


def _vote(
    persona: Persona,
    choices: Sequence[Choices],
    form: Form | None,
    subject: Subject,
    near: str,
    rng: random.Random,
) -> Iterator[Doing]:
    """A pick of each; rarely own words, after it or in its place."""
    own_words = rng.random() if form else 1.0
    if form and own_words < 0.06:
        yield Submit(form.callback, filled(persona, form, subject, near, rng, "brief"))
        return
    for each in choices:
        yield pick(each, rng)
    if rng.random() < persona.habit.second_thoughts:
        yield pick(rng.choice(choices), rng)
    if form and own_words < 0.12:
        yield Submit(form.callback, filled(persona, form, subject, near, rng, "brief"))


def pick(choices: Choices, rng: random.Random) -> Pick:
    """One of what is offered, or several where several may be picked."""
    return Pick(choices.callback, some([o.id for o in choices.options], choices.multiple, rng))


def _give(persona: Persona, callback: str, rng: random.Random) -> Iterator[Open]:
    habit = persona.habit
    at_home = rng.random() < habit.translates
    yield Open(callback, "give at home" if at_home else "give")
    if at_home:
        yield Open(callback, "translate")
    if rng.random() < habit.second_thoughts:
        yield Open(callback, "reword")
    if rng.random() < habit.regrets:
        yield Open(callback, "take back")


def _write(
    persona: Persona, opening_id: str, topics: Sequence[str], rng: random.Random
) -> Iterator[Doing]:
    habit, first = persona.habit, event_id(opening_id, persona, 0)
    if rng.random() < habit.translates:
        at_home = words.at_home(rng, habit.language, topics)
        text = at_home.both
        yield Reply(UserText(at_home.said))
        yield EditReply(first, UserText(text))
    else:
        text = words.answer(rng, habit, topics)
        yield Reply(UserText(text))
    if rng.random() < habit.second_thoughts:
        yield EditReply(first, UserText(words.reworded(rng, text, topics)))
    if rng.random() < (0.35 if habit.style == "wordy" else 0.1):
        asking = rng.random() < 0.5
        more = words.question(rng, topics) if asking else words.answer(rng, habit, topics)
        yield Reply(UserText(more))
    if rng.random() < habit.regrets:
        yield DeleteReply(first)
