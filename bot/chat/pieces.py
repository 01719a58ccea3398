"""Long text in pieces: every renderer with a limit splits here, and nothing is lost.

Pieces put together again are the text, character for character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

Run = dict[str, Any]
"""A bit of styled text as a platform writes it; its text, if it has one, is under ``"text"``."""

_MARKS = ("\n\n", "\n", " ")
_JOINER = "\u200d"


def units(text: str) -> int:
    """How long a text is in UTF-16 units, the strictest way in which platforms count."""
    return len(text) + sum(char > "\uffff" for char in text)


def _belongs(before: str, after: str) -> bool:
    """Whether two neighbours are drawn as one sign, which a break would tear apart."""
    return (
        unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or _JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or all("\U0001f1e6" <= char <= "\U0001f1ff" for char in (before, after))
        or (before, after) == ("\r", "\n")
    )


def _break(text: str, end: int) -> int:
    """The best place to break at or before ``end``: paragraph, line, space, else between signs."""
    for mark in _MARKS:
        at = text.rfind(mark, end // 2, end)
        if at >= 0:
            return at + len(mark)
    for at in range(end, max(end // 2, end - 16, 0), -1):
        if not _belongs(text[at - 1], text[at]):
            return at
    return end


def take(text: str, size: int, weight: Callable[[str], int] = units) -> tuple[str, str]:
    """The beginning of ``text`` that weighs at most ``size``, and the rest.

    ``weight`` is given one character at a time. At least one character is taken.
    """
    used = 0
    for end, char in enumerate(text):
        used += weight(char)
        if used > size:
            at = max(_break(text, end), 1) if end else 1
            return text[:at], text[at:]
    return text, ""


def pieces(text: str, size: int, weight: Callable[[str], int] = units) -> list[str]:
    """The text in as many pieces as ``size`` asks for; no piece for an empty text."""
    result = []
    while text:
        head, text = take(text, size, weight)
        result.append(head)
    return result


def flow(
    runs: Iterable[Run],
    size: int,
    weight: Callable[[str], int],
    overhead: Callable[[Run], int],
) -> list[list[Run]]:
    """The runs in groups that weigh at most ``size``, long ones continued in the next group.

    A run weighs its ``overhead`` and its text; one without text is never divided.
    """
    groups: list[list[Run]] = []
    room = 0
    for run in runs:
        cost = overhead(run)
        rest: str = run.get("text", "")
        left = sum(map(weight, rest))
        while True:
            if cost + left > room and (cost + left <= size or room - cost < size // 4):
                groups.append([])
                room = size
            if cost + left <= room:
                groups[-1].append({**run, "text": rest} if "text" in run else run)
                room -= cost + left
                break
            head, rest = take(rest, room - cost, weight)
            left -= sum(map(weight, head))
            groups[-1].append({**run, "text": head})
            room = 0
    return groups


def shortened(text: str, size: int) -> str:
    """The text, or its beginning and ``…``, at most ``size`` long: for labels shown elsewhere."""
    if units(text) <= size:
        return text
    return take(text, size - 1)[0].rstrip() + "…"
