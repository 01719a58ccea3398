"""The command, called as it is typed, and a plan for it to read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.app import invoke
from bot.cli.errors import guarded

PLAN = """\
# Choosing a Water Filter

**Duration:** 1 hour
**Target Audience:** Rural engineers

## Learning Objectives
| Objective | Bloom's Taxonomy Level |
|---|---|
| Compare two filters | Analyzing |

## Key Concepts
* Turbidity
* Flow rate
* Maintenance

## Lesson Structure
### Engage
**Duration:** 10 minutes

**Facilitator Actions:** Show a glass of river water.

**Learner Activities:** Say what you would do with it.

**Technology Integration:** Use a poll on who has cleaned a filter

### Explore
**Duration:** 20 minutes

**Facilitator Actions:** Hand out the filters.

**Learner Activities:** Measure how fast each filter is.

### Explain
**Duration:** 10 minutes

**Learner Activities:** Ask questions about what was measured.

### Elaborate
**Duration:** 10 minutes

**Learner Activities:** Choose a filter for your own village.

### Evaluate
**Duration:** 10 minutes

**Learner Activities:** Give peer feedback on each other's choice.

## Reflection Questions
### For Learners
* What surprised you?

### For Facilitator
* What would you measure next time?
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Fivefold = Callable[..., Said]


@pytest.fixture
def fivefold(capsys: pytest.CaptureFixture[str]) -> Fivefold:
    """Type a command; its words may be paths."""

    def typed(*words: object) -> Said:
        code = guarded(lambda: invoke([str(word) for word in words]))
        return Said(code, *capsys.readouterr())

    return typed


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan without problems."""
    path = tmp_path / "water.md"
    path.write_text(PLAN, encoding="utf-8")
    return path
