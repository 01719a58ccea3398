"""Bad weather between the bot and Teams: calls fail at random, the same way for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.teams.faults import Call, Fault

FAULTS = (
    Fault(retry_after=2),
    Fault(status=412),
    Fault(status=500),
    Fault(status=502, reached=True),
    Fault(status=503),
    Fault(status=504, reached=True),
    Fault(drop=True),
    Fault(drop=True, reached=True),
)


@dataclass
class Weather:
    """In the place of `Faults`: of the calls that it ``touches``, so many in a hundred fail."""

    seed: int
    percent: int
    touches: Callable[[Call], bool]
    failed: list[tuple[Call, Fault]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def add(self, method: str, pattern: str, fault: Fault, times: int) -> None:
        """Nothing besides the weather can be asked for here."""
        raise AssertionError(f"{method} {pattern} was to fail, but the weather is by chance")

    def next(self, call: Call) -> Fault:
        """How this call fails, if it does."""
        if not self.touches(call) or self._random.randrange(100) >= self.percent:
            return Fault()
        fault = self._random.choice(FAULTS)
        self.failed.append((call, fault))
        return fault
