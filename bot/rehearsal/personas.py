"""Who takes part: people with a name, a language and habits, all drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Literal

from bot.chat.address import Person
from bot.chat.text import UserText
from bot.rehearsal.names import Language, every_name

MOST = 1_000
"""The largest cohort there is."""

Pace = Literal["early", "steady", "late"]
Style = Literal["terse", "plain", "wordy"]


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody takes part. Chances go from 0 (never) to 1 (always).

    ``silence``: to give nothing when asked. ``second_thoughts``: to change a vote or an answer.
    ``tardiness``: to write only after closing. ``regrets``: to take an answer back.
    ``translates``: to write in the language of home first and add English afterwards.
    ``double_clicks``: to do the same thing twice at once. ``floods``: to write some thousand
    characters. ``gives_up``: to stop at one step of many.

    ``misses``, ``leaves`` and ``returns`` are shares of the lesson that are over when they come in,
    go out and are back; ``None`` is never.
    """

    pace: Pace
    style: Style
    language: Language
    silence: float = 0.0
    second_thoughts: float = 0.0
    tardiness: float = 0.0
    misses: float = 0.0
    regrets: float = 0.0
    translates: float = 0.0
    double_clicks: float = 0.0
    floods: float = 0.0
    gives_up: float = 0.0
    leaves: float | None = None
    returns: float | None = None


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who does not exist and takes part as if they did."""

    person: Person
    name: UserText
    habit: Habit


def cast(seed: int, count: int, platform: str, tenant: str) -> tuple[Persona, ...]:
    """A cohort of ``count`` people, no two of one name; the same seed gives the same people.

    Every fourth of them, the first included, always answers in time, stands by it and stays to the
    end: whatever is asked, at least a quarter of the cohort answers. A smaller cohort is the
    beginning of a larger one. Raises ValueError unless ``count`` is from 1 to `MOST`.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"a cohort has 1 to {MOST:,} people, not {count:,}")
    names = list(every_name())
    random.Random(f"{seed}:names").shuffle(names)
    cohort = []
    for number, name in enumerate(names[:count]):
        person = Person(platform, tenant, f"persona-{number + 1:04}")
        rng = random.Random(f"{seed}:{person.id}")
        habit = _habit(rng, name.language, dependable=number % 4 == 0)
        cohort.append(Persona(person, UserText(name.whole), habit))
    return tuple(cohort)


_PACES: tuple[Pace, ...] = ("early", "steady", "steady", "late")
_STYLES: tuple[Style, ...] = ("terse", "plain", "plain", "wordy")


def _habit(rng: random.Random, language: Language, *, dependable: bool) -> Habit:
    pace, style = rng.choice(_PACES), rng.choice(_STYLES)
    habit = Habit(
        pace,
        style,
        language,
        second_thoughts=rng.choice((0.05, 0.15, 0.4)),
        translates=0.0 if language == "en" else rng.choice((0.0, 0.3, 0.5)),
        double_clicks=rng.choice((0.0, 0.0, 0.0, 0.05, 0.25)),
        floods=0.06 if style == "wordy" else 0.0,
    )
    return habit if dependable else _unsteady(habit, rng)


def _unsteady(habit: Habit, rng: random.Random) -> Habit:
    """The same with what keeps people from answering: one in sixteen never says a word."""
    leaves = rng.uniform(0.35, 0.75) if rng.random() < 0.1 else None
    return replace(
        habit,
        silence=1.0 if rng.random() < 0.0625 else rng.choice((0.05, 0.2, 0.35, 0.7)),
        tardiness=0.15 if habit.pace == "late" else 0.0,
        misses=rng.uniform(0.03, 0.25) if rng.random() < 0.12 else 0.0,
        regrets=rng.choice((0.0, 0.0, 0.0, 0.2)),
        gives_up=rng.choice((0.0, 0.0, 0.02, 0.2)),
        leaves=leaves,
        returns=leaves + rng.uniform(0.05, 0.2) if leaves and rng.random() < 0.5 else None,
    )
