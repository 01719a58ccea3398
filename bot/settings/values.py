"""Values that are read alike for every platform."""

from __future__ import annotations

from collections.abc import Mapping

from bot.settings.problem import SettingsError


def words_of(given: Mapping[str, str], name: str, known: tuple[str, ...]) -> frozenset[str]:
    """The known words that the variable lists, with commas. Raises SettingsError."""
    words = {word.strip().lower() for word in given.get(name, "").split(",")} - {""}
    if unknown := sorted(words - set(known)):
        both = ", or both" if len(known) > 1 else ""
        raise SettingsError(
            f"{name} has {unknown[0]!r} in it, which is nothing to allow: give "
            f"{' or '.join(known)}{both}, or leave it out."
        )
    return frozenset(words)


def is_yes(given: Mapping[str, str], name: str, to: str) -> bool:
    """Whether the variable is yes; ``to`` says what that is for. Raises SettingsError."""
    answer = given.get(name, "no")
    if answer.lower() not in ("yes", "no"):
        raise SettingsError(f"{name} is {answer!r}: write yes {to}, else no.")
    return answer.lower() == "yes"
