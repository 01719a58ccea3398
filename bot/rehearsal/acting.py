"""When a persona does what: pure decisions from a message, a time and a seed.

A persona looks at a message as a person does and knows no kinds: where there are options it picks,
where there is a form it fills it in, and what else is asked it answers in the thread.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.event import Fields
from bot.chat.message import (
    Buttons,
    ChoiceField,
    Choices,
    DateField,
    Field,
    Form,
    Message,
    TextField,
    TimeField,
)
from bot.chat.text import UserText
from bot.rehearsal import words
from bot.rehearsal.personas import Pace, Persona

NO_END = timedelta(minutes=10)
"""How long personas act on what has no known end."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Pick these options, by id."""

    callback: str
    options: tuple[str, ...]


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


Doing = Pick | Submit | Reply | EditReply


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a persona does at ``at``; the same act always has the same ``event_id``."""

    at: datetime
    event_id: str
    does: Doing


def acts(
    persona: Persona,
    opening_id: str,
    message: Message,
    asks: bool,
    opened_at: datetime,
    closes_at: datetime | None,
    seed: int,
) -> tuple[Act, ...]:
    """What the persona does with the message while it is open, in order; often nothing.

    ``asks`` says that the activity has questions. All is done in time, but for the few answers in
    words that come late (at most by a fifth of the time that it was open).
    The times move with ``opened_at`` and ``closes_at``, nothing else does.
    """
    rng = random.Random(f"{seed}:{persona.person.id}:{opening_id}")
    doings = tuple(_doings(persona, opening_id, message, asks, rng))
    ends = closes_at if closes_at and closes_at > opened_at else opened_at + NO_END
    writes = all(isinstance(doing, Submit | Reply | EditReply) for doing in doings)
    moments = _moments(persona, len(doings), rng, may_be_late=writes and closes_at is not None)
    return tuple(
        Act(opened_at + (ends - opened_at) * share, event_id(opening_id, persona, n), doing)
        for n, (share, doing) in enumerate(zip(moments, doings, strict=True))
    )


def arrival(persona: Persona, start: datetime, length: timedelta) -> datetime:
    """When the persona comes into a lesson of this length: at its start, but for a few."""
    return start + length * persona.habit.misses


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


def _doings(
    persona: Persona, opening_id: str, message: Message, asks: bool, rng: random.Random
) -> Iterator[Doing]:
    choices = [b for b in message.blocks if isinstance(b, Choices) and b.options]
    forms = list(_forms(message))
    if rng.random() < persona.habit.silence:
        return
    topics = words.topics_of(message)
    if choices:
        yield from _vote(persona, choices, forms, rng)
    elif forms:
        yield from _fill_in(persona, forms[0], topics, rng)
    elif asks:
        yield from _write(persona, opening_id, topics, rng)
    elif rng.random() < 0.06:
        yield Reply(UserText(words.question(rng, topics)))


def _vote(
    persona: Persona, choices: Sequence[Choices], forms: Sequence[Form], rng: random.Random
) -> Iterator[Doing]:
    """A pick of each; rarely own words, after it or in its place."""
    own_words = rng.random() if forms else 1.0
    if own_words < 0.06:
        yield Submit(forms[0].callback, _filled(persona, forms[0], (), rng, brief=True))
        return
    for each in choices:
        yield _pick(each, rng)
    if rng.random() < persona.habit.second_thoughts:
        yield _pick(rng.choice(choices), rng)
    if own_words < 0.12:
        yield Submit(forms[0].callback, _filled(persona, forms[0], (), rng, brief=True))


def _pick(choices: Choices, rng: random.Random) -> Pick:
    return Pick(choices.callback, _some([o.id for o in choices.options], choices.multiple, rng))


def _fill_in(
    persona: Persona, form: Form, topics: Sequence[str], rng: random.Random
) -> Iterator[Doing]:
    fields = _filled(persona, form, topics, rng)
    yield Submit(form.callback, fields)
    texts = [f.id for f in form.fields if isinstance(f, TextField) and fields[f.id]]
    if texts and rng.random() < persona.habit.second_thoughts:
        changed = rng.choice(texts)
        text = words.reworded(rng, fields[changed][0])
        yield Submit(form.callback, {**fields, changed: (text,)})


def _write(
    persona: Persona, opening_id: str, topics: Sequence[str], rng: random.Random
) -> Iterator[Doing]:
    text = _said(persona, topics, rng)
    yield Reply(UserText(text))
    if rng.random() < persona.habit.second_thoughts:
        yield EditReply(event_id(opening_id, persona, 0), UserText(words.reworded(rng, text)))
    if rng.random() < (0.35 if persona.habit.style == "wordy" else 0.1):
        more = words.question(rng, topics) if rng.random() < 0.5 else _said(persona, topics, rng)
        yield Reply(UserText(more))


def _forms(message: Message) -> Iterator[Form]:
    """The forms that can be filled in and sent."""
    for block in message.blocks:
        for button in block.buttons if isinstance(block, Buttons) else ():
            if button.does == "open" and button.form:
                fields = button.form.fields
                if any(map(_fits, fields)) and all(_fits(f) or not f.required for f in fields):
                    yield button.form


def _fits(field: Field) -> bool:
    return not isinstance(field, ChoiceField) or bool(field.options)


def _filled(
    persona: Persona, form: Form, topics: Sequence[str], rng: random.Random, *, brief: bool = False
) -> Fields:
    """A value for every required field and most others, for one at least."""
    can = [field for field in form.fields if _fits(field)]
    one = rng.choice(can)
    values: dict[str, tuple[str, ...]] = {field.id: () for field in form.fields}
    for field in can:
        if field.required or field is one or rng.random() < 0.75:
            values[field.id] = _value(persona, field, topics, rng, brief=brief)
    return values


def _value(
    persona: Persona, field: Field, topics: Sequence[str], rng: random.Random, *, brief: bool
) -> tuple[str, ...]:
    match field:
        case TextField(label=label, multiline=multiline):
            if brief or not multiline:
                return (words.short_answer(rng),)
            return (_said(persona, words.topics_in(label) or topics, rng),)
        case ChoiceField(options=options, multiple=multiple):
            return _some([option.id for option in options], multiple, rng)
        case DateField():
            return (f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",)
        case TimeField():
            return (f"{rng.randint(8, 17):02}:{rng.choice((0, 15, 30, 45)):02}",)


def _said(persona: Persona, topics: Sequence[str], rng: random.Random) -> str:
    return words.answer(rng, persona.habit.style, persona.habit.language, topics)


def _some(ids: Sequence[str], multiple: bool, rng: random.Random) -> tuple[str, ...]:
    """One of the ids, or, where several may be chosen, one to three; the first ones more often."""
    known = list(dict.fromkeys(ids))
    first = min(rng.randrange(len(known)), rng.randrange(len(known)))
    chosen = {known[first]}
    if multiple:
        chosen.update(rng.sample(known, rng.randint(0, min(2, len(known)))))
    return tuple(id for id in known if id in chosen)
