"""A rubric: what work is judged by, with the levels of each criterion in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.words import t

LEVELS = (4, 3, 2, 1)
"""The levels there are, best first."""


def level_title(level: int) -> str:
    """What a level is called."""
    return {
        4: t("Exemplary"),
        3: t("Accomplished"),
        2: t("Developing"),
        1: t("Beginning"),
    }[level]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that work is judged by; ``levels`` are the words for each of `LEVELS`, "" where the
    author wrote none."""

    id: str
    title: str
    levels: tuple[tuple[int, str], ...] = tuple((level, "") for level in LEVELS)


def criteria_of(data: Iterable[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """The criteria in a script's own data, where levels are named by number or by its digits."""
    return tuple(
        Criterion(
            each["id"],
            each["title"],
            tuple(
                (level, levels.get(level) or levels.get(str(level)) or "")
                for levels in (each.get("levels") or {},)
                for level in LEVELS
            ),
        )
        for each in data
    )


def rubric_text(criteria: Iterable[Criterion]) -> str:
    """The whole as Markdown, to be read before the work is due."""
    return "\n\n".join(
        "\n".join(
            [
                f"## {criterion.title}",
                "",
                *(
                    f"- **{level} – {level_title(level)}**" + (f": {words}" if words else "")
                    for level, words in criterion.levels
                ),
            ]
        )
        for criterion in criteria
    )
