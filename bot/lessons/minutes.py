"""Durations as people write them, in minutes."""

import re
from dataclasses import dataclass

MOST = 14 * 24 * 60
"""A live lesson longer than two weeks is taken for a slip of the pen."""

_NUMBER = r"(?P<{0}>\d{{1,4}}(?:[.,]\d{{1,2}})?)"
_HOURS = r"(?:hours?|hrs?|h)(?![a-z])\.?"
_MINUTES = r"(?:minutes?|mins?|m)(?![a-z])\.?"
_DURATION = re.compile(
    r"(?<![\w.,])(?:(?P<times>\d{1,2}) ?[x×*] ?)?"
    + r"(?:"
    + _NUMBER.format("low")
    + r" ?(?:-|–|—|to) ?)?"
    + _NUMBER.format("number")
    + r"(?P<plus> ?\+)?[ -]?(?:"
    + rf"(?P<hours>{_HOURS})(?:,? ?(?:and )?(?P<rest>\d{{1,2}}) ?(?:{_MINUTES})?(?![\w.]))?"
    + rf"|(?P<minutes>{_MINUTES}))",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s*(?P<number>\d{1,4})\s*\Z")


@dataclass(frozen=True, slots=True)
class Length:
    """A duration found in a text: its minutes, what had to be decided, and where it stands."""

    minutes: int
    note: str
    start: int
    end: int


def find_length(text: str) -> Length | None:
    """The first duration in `text`, or None.

    Of a range the longer is taken, so that nobody is cut short, and of `45+ minutes` the 45; the
    note says so. Half minutes are rounded to the even one. Nothing, or more than `MOST`, is no
    duration.
    """
    for found in _DURATION.finditer(text):
        minutes = _number(found["number"]) * (60 if found["hours"] else 1)
        minutes = (minutes + int(found["rest"] or 0)) * int(found["times"] or 1)
        if 1 <= round(minutes) <= MOST:
            return Length(round(minutes), _note(found, round(minutes)), found.start(), found.end())
    return None


def read_length(text: str) -> Length | None:
    """The duration that `text` gives, where a number alone means minutes."""
    bare = _BARE.match(text)
    if bare is None:
        return find_length(text)
    minutes = int(bare["number"])
    if not 1 <= minutes <= MOST:
        return None
    return Length(minutes, f"“{minutes}” is read as minutes", 0, len(text))


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _note(found: re.Match[str], minutes: int) -> str:
    if found["low"]:
        return f"of “{found[0].strip()}” the longer, {minutes} minutes, is planned"
    if found["plus"]:
        return f"for “{found[0].strip()}” {minutes} minutes are planned"
    return ""
