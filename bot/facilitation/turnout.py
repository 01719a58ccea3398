"""How many have answered, in words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.words import tn


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many have answered, of how many; ``of`` is None where nobody knows how many take part.

    Whoever has pressed nothing yet is then unknown, and would make the first answer all of them.
    """

    answered: int
    of: int | None = None

    def __str__(self) -> str:
        """``18 of 24 have answered``, or ``18 people have answered``."""
        if self.of is None:
            return tn("{count} person has answered", "{count} people have answered", self.answered)
        return tn(
            "{answered} of {count} has answered",
            "{answered} of {count} have answered",
            self.of,
            answered=self.answered,
        )
