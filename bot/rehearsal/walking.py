"""Where a button or a form leads, step by step: a form, the next one, a list of things to do.

A persona goes on as long as it is shown something new, at most `MOST` steps. What it does at a step
follows from the step alone, and so do the id and the giving up: whoever walks the same way again
does the same, wherever they enter it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2s

from bot.chat.answer import Answer, Saved, Show
from bot.chat.callback import BadCallback, Callback
from bot.chat.event import Fields
from bot.chat.message import (
    Button,
    Buttons,
    ChoiceField,
    Choices,
    Form,
    Heading,
    Message,
    Quote,
    TextField,
)
from bot.rehearsal import words
from bot.rehearsal.acting import Act, Open, Pick, Purpose, Submit, pick
from bot.rehearsal.filling import Manner, asks_a_link, changed, filled, fits, is_filled, kept
from bot.rehearsal.personas import Persona
from bot.rehearsal.subject import Subject

MOST = 40
"""Steps that anybody goes at most."""
_ADDS = 0.4
"""How often somebody adds to what stands in a form already, such as a group's work."""
_LATE = timedelta(seconds=30)
"""How long a step takes after the end."""


Given = Mapping[str, datetime]
"""When each event was given, by its id, as far as the database told."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a persona has come from the first act of it, which was ``entry``.

    ``id`` begins the ids of its steps. ``at`` is when it last gave something, ``ends`` when it has
    to be done. ``near`` is what the post was about. ``done`` names the steps that were gone, and
    ``via`` the button that was pressed last; ``fresh`` says that nothing was given since the entry
    was last asked for, and ``given`` that something was at all.
    """

    persona: Persona
    id: str
    entry: Act
    at: datetime
    ends: datetime
    near: str
    done: frozenset[str] = frozenset()
    via: str = ""
    steps: int = 0
    fresh: bool = True
    given: bool = False

    @property
    def purpose(self) -> Purpose:
        """What the persona wants."""
        return self.entry.does.purpose if isinstance(self.entry.does, Open) else "give"


def begin(persona: Persona, act: Act, ends: datetime, near: str, given: Given) -> Walk:
    """The walk that an act may lead to. ``given`` holds what was given before a restart."""
    # The same button may stand in what it shows.
    via = _key(act.does.callback) if isinstance(act.does, Open | Pick) else ""
    walk = Walk(persona, f"{act.event_id}-", act, act.at, ends, near, frozenset({via}), via)
    before = (at for id, at in given.items() if id.startswith(walk.id))
    return replace(walk, at=max((act.at, *before)), fresh=isinstance(act.does, Open))


def step(
    walk: Walk, answer: Answer, given: Given, seed: int, subject: Subject
) -> tuple[Act, Walk] | None:
    """What the persona does next, having got this answer; ``None`` where the walk is over."""
    if walk.steps >= MOST:
        return None
    match answer:
        case Show(Form() as form) if fits(form):
            return _at_form(walk, form, given, seed, subject)
        case Show(Message() as message) if not walk.entry.aside:
            return _at_message(walk, message, given, seed, subject) or _back(walk)
        case Saved() | Show():
            return _back(walk)
        case _:
            return None


def _at_form(
    walk: Walk, form: Form, given: Given, seed: int, subject: Subject
) -> tuple[Act, Walk] | None:
    key = _form_key(walk, form)
    rng = random.Random(f"{seed}:{walk.id}:{key}")
    if key in walk.done:
        return _back(walk)
    if rng.random() < walk.persona.habit.gives_up:
        return None
    fields = _fields(walk, form, walk.id + key in given, seed, subject, rng)
    if fields is None:
        return None
    return _given(walk, Submit(form.callback, fields), key, given, rng)


def _fields(
    walk: Walk, form: Form, known: bool, seed: int, subject: Subject, rng: random.Random
) -> Fields | None:
    """What the persona sends; ``None`` where it leaves the form as it is. ``known``: it sent it
    before a restart."""
    near = f"{form.title}\n{walk.near}"
    match walk.purpose:
        case "give" | "give at home" as purpose:
            if is_filled(form) and not known:
                adds = rng.random() < _ADDS
                return changed(form, kept(form), subject, near, rng) if adds else None
            fields = filled(walk.persona, form, subject, near, rng, _manner(walk, form))
            at_home = purpose == "give at home" and not walk.given
            return _at_home(walk, form, fields, near, seed, subject)[0] if at_home else fields
        case "translate":
            said, both = _at_home(walk, form, kept(form), near, seed, subject)
            return both if walk.fresh and said == kept(form) != both else None
        case "reword":
            return changed(form, kept(form), subject, near, rng) if walk.fresh else None
        case "take back":
            may = not any(field.required for field in form.fields) and any(kept(form).values())
            return {field.id: () for field in form.fields} if walk.fresh and may else None


def _manner(walk: Walk, form: Form) -> Manner:
    if walk.entry.aside:
        return "question"
    return "work" if any(map(asks_a_link, form.fields)) else "answer"


def _at_home(
    walk: Walk, form: Form, fields: Fields, near: str, seed: int, subject: Subject
) -> tuple[Fields, Fields]:
    """The fields with the first text in the language of home, and with its English, too: the same
    two whenever this is asked of one person."""
    text = next((f for f in form.fields if isinstance(f, TextField) and f.multiline), None)
    if text is None or not fields[text.id]:
        return fields, fields
    rng = random.Random(f"{seed}:{walk.persona.person.id}:{form.title}:{text.id}")
    language = walk.persona.habit.language
    said = words.at_home(rng, language, subject.near(f"{text.label}\n{near}"))
    return {**fields, text.id: (said.said,)}, {**fields, text.id: (said.both,)}


def _at_message(
    walk: Walk, message: Message, given: Given, seed: int, subject: Subject
) -> tuple[Act, Walk] | None:
    """The first thing in it that was not done yet: options, else a primary button, else one that
    opens something."""
    for choices in (b for b in message.blocks if isinstance(b, Choices) and b.options):
        key = _key(choices.callback)
        if key not in walk.done:
            rng = random.Random(f"{seed}:{walk.id}:{key}")
            return _given(walk, pick(choices, rng), key, given, rng)
    for button in _useful(message):
        key = _key(button.callback)
        if key in walk.done:
            continue
        if button.does == "open":
            return _opened(walk, button.callback, key)
        rng = random.Random(f"{seed}:{walk.id}:{key}")
        return _given(walk, Pick(button.callback), key, given, rng)
    return None


def _useful(message: Message) -> Iterator[Button]:
    buttons = [b for block in message.blocks if isinstance(block, Buttons) for b in block.buttons]
    primary = [button for button in buttons if button.style == "primary"]
    yield from primary or (b for b in buttons if b.style == "plain" and b.does == "open")


def _back(walk: Walk) -> tuple[Act, Walk] | None:
    """To where it began, to see whether there is more to do; not if that was just looked at."""
    does = walk.entry.does
    if walk.fresh or not isinstance(does, Open) or walk.purpose not in ("give", "give at home"):
        return None
    act, gone = _opened(walk, does.callback, _key(does.callback))
    return act, replace(gone, fresh=True)


def _opened(walk: Walk, callback: str, key: str) -> tuple[Act, Walk]:
    steps = walk.steps + 1
    act = Act(walk.at, f"{walk.id}look{steps}", Open(callback), aside=walk.entry.aside)
    return act, replace(walk, steps=steps, done=walk.done | {key}, via=key)


def _given(
    walk: Walk, does: Submit | Pick, key: str, given: Given, rng: random.Random
) -> tuple[Act, Walk]:
    """A step that leaves something. What was left before a restart was left when it was."""
    event_id = walk.id + key
    share = rng.uniform(0.04, 0.12)
    left = walk.ends - walk.at
    at = given.get(event_id) or walk.at + (left * share if left > _LATE else _LATE * share)
    twice = rng.random() < walk.persona.habit.double_clicks
    act = Act(at, event_id, does, twice, walk.entry.aside)
    now = walk.at if event_id in given else at
    gone = replace(walk, at=now, steps=walk.steps + 1, done=walk.done | {key})
    return act, replace(gone, fresh=False, given=True)


def _key(callback: str) -> str:
    """What makes a button the same: what it is of, whichever post or plan it came with."""
    try:
        known = Callback.decode(callback)
        return _digest(known.verb, known.target, known.item)
    except BadCallback:
        return _digest(callback)


def _form_key(walk: Walk, form: Form) -> str:
    """What makes a form the same: the button that led to it and what it asks of what.

    Not its callback, which may name the version of what stands in it.
    """
    asked: list[str] = []
    for part in form.parts:
        match part:
            case Heading(text):
                asked.append(text)
            case Quote(said):
                asked.append(said.text)
            case TextField() | ChoiceField():
                asked += (part.id, part.label)
            case _:
                pass
    return _digest(walk.via, form.title, *asked)


def _digest(*parts: str) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    # What people wrote may hold half a character.
    return blake2s(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
