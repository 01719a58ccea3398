"""Who takes part: people with a name, a language and habits, all drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
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
    ``tardiness``: to write only after closing. ``misses`` is the share of the lesson that is over
    when they come in.
    """

    pace: Pace
    style: Style
    language: Language
    silence: float = 0.0
    second_thoughts: float = 0.0
    tardiness: float = 0.0
    misses: float = 0.0


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who does not exist and takes part as if they did."""

    person: Person
    name: UserText
    habit: Habit


def cast(seed: int, count: int, platform: str, tenant: str) -> tuple[Persona, ...]:
    """A cohort of ``count`` people, no two of one name; the same seed gives the same people.

    Every fourth of them, the first included, always answers in time: whatever is asked, at least
    a quarter of the cohort answers. A smaller cohort is the beginning of a larger one.
    Raises ValueError unless ``count`` is from 1 to `MOST`.
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
    second_thoughts = rng.choice((0.05, 0.15, 0.4))
    if dependable:
        return Habit(pace, style, language, second_thoughts=second_thoughts)
    return Habit(
        pace,
        style,
        language,
        silence=rng.choice((0.1, 0.2, 0.35, 0.7)),
        second_thoughts=second_thoughts,
        tardiness=0.15 if pace == "late" else 0.0,
        misses=rng.uniform(0.03, 0.25) if rng.random() < 0.12 else 0.0,
    )
