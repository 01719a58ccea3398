"""What somebody puts into the fields of a form: pure, from the form, a subject and a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Literal, assert_never

from bot.chat.event import Fields
from bot.chat.message import (
    ChoiceField,
    DateField,
    Field,
    Form,
    Heading,
    Option,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.rehearsal import words
from bot.rehearsal.personas import Persona
from bot.rehearsal.subject import Subject

Manner = Literal["answer", "brief", "question", "work"]
"""How somebody writes: an answer, a few words, a question, or a piece of work to hand in."""

_LINK = re.compile(r"\b(?:links?|url|https?|web ?(?:page|site|address))\b", re.IGNORECASE)
_LEVEL_ID = re.compile(r"(?:level|l)?[-_]?(\d{1,2})")
_LEVEL_LABEL = re.compile(r"(\d{1,2})(?!\w)")
_GENEROUS = (0.42, 0.36, 0.17, 0.05)
"""How often each level is given, best first: about a quarter more than a facilitator would give."""


def fits(form: Form) -> bool:
    """Whether it can be filled in and sent."""
    return any(map(_can, form.fields)) and all(_can(f) or not f.required for f in form.fields)


def is_filled(form: Form) -> bool:
    """Whether everything that it requires is in it already, and some words are."""
    words_in_it = any(isinstance(f, TextField) and f.value for f in form.fields)
    return words_in_it and all(kept(form)[f.id] for f in form.fields if f.required)


def filled(
    persona: Persona, form: Form, subject: Subject, near: str, rng: random.Random, manner: Manner
) -> Fields:
    """A value for every required field and most others, for one at least.

    ``near`` is what the form is about, for fields whose label does not say.
    """
    can = [field for field in form.fields if _can(field)]
    one = rng.choice([f for f in can if isinstance(f, TextField) and f.multiline] or can)
    chosen = {f.id: () for f in form.fields} | {
        f.id: _choice(f, rng) for f in can if not isinstance(f, TextField) and _wanted(f, one, rng)
    }
    written = [f for f in can if isinstance(f, TextField) and _wanted(f, one, rng)]
    judged = _judged(form, chosen)
    for field in written:
        topics = subject.near(f"{field.label}\n{near}")
        if judged and field.multiline:
            criterion, share = judged
            said = words.comment(rng, persona.habit, share, criterion, topics)
            chosen[field.id] = (said,)
        else:
            chosen[field.id] = (_words(persona, field, topics, rng, manner),)
    return {field.id: chosen[field.id] for field in form.fields}


def kept(form: Form) -> Fields:
    """What is in it already."""
    values: dict[str, tuple[str, ...]] = {}
    for field in form.fields:
        match field:
            case TextField(value=text):
                values[field.id] = (text.text,) if text else ()
            case ChoiceField(value=ids):
                values[field.id] = ids
            case DateField(value=day):
                values[field.id] = (day.isoformat(),) if day else ()
            case TimeField(value=at):
                values[field.id] = (at.strftime("%H:%M"),) if at else ()
            case PeopleField(value=people):
                values[field.id] = people
            case PlaceField(value=place):
                values[field.id] = (place,) if place else ()
            case _:
                assert_never(field)
    return values


def changed(
    form: Form, fields: Fields, subject: Subject, near: str, rng: random.Random
) -> Fields | None:
    """The same with one text that reads differently; ``None`` where there is none."""
    written = [f for f in form.fields if isinstance(f, TextField) and fields[f.id]]
    prose = [field for field in written if not asks_a_link(field)]
    if not prose:
        return None
    field = rng.choice(prose)
    topics = subject.near(f"{field.label}\n{near}")
    return {**fields, field.id: (words.reworded(rng, fields[field.id][0], topics),)}


def some(ids: Sequence[str], multiple: bool, rng: random.Random) -> tuple[str, ...]:
    """One of the ids, or, where several may be chosen, one to three; the first ones more often."""
    known = list(dict.fromkeys(ids))
    first = min(rng.randrange(len(known)), rng.randrange(len(known)))
    chosen = {known[first]}
    if multiple:
        chosen.update(rng.sample(known, rng.randint(0, min(2, len(known)))))
    return tuple(id for id in known if id in chosen)


def levels(options: Sequence[Option]) -> tuple[str, ...]:
    """The ids of a scale's levels, best first; () where the options are no scale.

    A scale has three levels or more, each with a number of its own: its id is one, or its label
    begins with one.
    """
    for found in (
        [_LEVEL_ID.fullmatch(option.id) for option in options],
        [_LEVEL_LABEL.match(option.label) for option in options],
    ):
        numbers = [int(each[1]) for each in found if each]
        if len(numbers) == len(options) > 2 and len(set(numbers)) == len(numbers):
            best = sorted(zip(numbers, options, strict=True), key=lambda each: -each[0])
            return tuple(option.id for _, option in best)
    return ()


def asks_a_link(field: Field) -> bool:
    """Whether an address is to be written there."""
    if not isinstance(field, TextField) or field.multiline:
        return False
    return bool(_LINK.search(f"{field.id.replace('_', ' ')} {field.label} {field.hint}"))


def _can(field: Field) -> bool:
    return not isinstance(field, ChoiceField) or bool(field.options)


def _wanted(field: Field, one: Field, rng: random.Random) -> bool:
    return field.required or field is one or rng.random() < 0.75


def _choice(field: Field, rng: random.Random) -> tuple[str, ...]:
    match field:
        case ChoiceField(options=options, multiple=multiple):
            scale = () if multiple else levels(options)
            if not scale:
                return some([option.id for option in options], multiple, rng)
            weights = [*_GENEROUS, *(0.02 for _ in scale)][: len(scale)]
            return (rng.choices(scale, weights)[0],)
        case DateField():
            return (f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",)
        case _:
            return (f"{rng.randint(8, 17):02}:{rng.choice((0, 15, 30, 45)):02}",)


def _judged(form: Form, chosen: Fields) -> tuple[str, float] | None:
    """What the form judges, and how good it was found, 0 to 1; ``None`` where it judges nothing."""
    for field in form.fields:
        scale = levels(field.options) if isinstance(field, ChoiceField) else ()
        if scale and chosen[field.id]:
            at = scale.index(chosen[field.id][0])
            return _criterion(form, field), 1 - at / (len(scale) - 1)
    return None


def _criterion(form: Form, field: Field) -> str:
    """What a level is given for: what stands over the field, or else its label."""
    before = form.parts[: form.parts.index(field)]
    over = [part.text for part in before if isinstance(part, Heading)]
    name = over[-1] if over else field.label
    return f"“{name}”" if len(name) > 40 or "?" in name else name


def _words(
    persona: Persona, field: TextField, topics: Sequence[str], rng: random.Random, manner: Manner
) -> str:
    if asks_a_link(field):
        return words.link(rng)
    if manner == "question":
        return words.question(rng, topics)
    if manner == "brief" or not field.multiline:
        return words.short_answer(rng, topics)
    say = words.work if manner == "work" else words.answer
    return say(rng, persona.habit, topics)
