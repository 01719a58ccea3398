"""How a line or a heading begins that may open a phase: its name, its duration, its rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.lessons.minutes import WITHIN, Length, find_length
from bot.lessons.names import phase_named, without_ordinal

LONGEST = 80
"""A longer line is a sentence."""

_BOLD = re.compile(
    r"\s{0,3}(?P<before>[^*_\n]{0,24})(?P<mark>[*_]{1,3})(?P<head>[^*_\n]{1,120})(?P=mark)"
    r"(?P<after>.*)",
    re.DOTALL,
)
_PLAIN = re.compile(
    r"(?P<head>[^:：–—(\[\n-]{1,60})(?P<group>[(\[][^)\]\n]{0,80}[)\]])?"
    r"(?P<sep>\s{0,2}[:：]|\s{0,2}[–—]|\s-(?=\s)|(?<=[)\]])|\Z)(?P<after>.*)",
    re.DOTALL,
)
_GROUP = re.compile(r"[\s:：–—-]{0,4}[(\[](?P<inside>[^()\[\]\n]{0,80})[)\]]")
_ABOUT = re.compile(
    r"\b(?:approx|approximately|about|around|circa|ca)\b\.?\s{0,2}\Z", re.IGNORECASE
)
_JOINT = " \t\n\xa0:：–—-"


@dataclass(frozen=True, slots=True)
class Opening:
    """How a line begins that may open a phase: its title, and what else it says."""

    head: str
    rest: str
    name: str | None
    length: Length | None
    bold: bool


def bracketed_length(title: str) -> Length | None:
    """The first duration that stands in brackets of its own."""
    for group in _GROUP.finditer(title, 0, WITHIN):
        if length := find_length(group["inside"]):
            shift = group.start("inside")
            return replace(length, start=length.start + shift, end=length.end + shift)
    return None


def without_length(title: str) -> tuple[str, Length | None]:
    """A title without the duration in it, and that duration; one in brackets comes first."""
    if len(title) > 2 * LONGEST:
        return title, None
    length = bracketed_length(title) or find_length(title)
    if length is None:
        return title, None
    if about := _ABOUT.search(title[: length.start]):
        length = replace(length, start=about.start())
    before = title[: length.start].rstrip(" \t\xa0([–—:,-*_~|")
    after = title[length.end :].lstrip(" \t\xa0)].:*_")
    return f"{before} {after}".strip(), length


def read_opening(line: str, phases: Mapping[str, str]) -> Opening | None:
    """The line taken apart, or None where it cannot open anything."""
    found = _BOLD.match(line)
    bold = bool(found and without_ordinal(f"{found['before']}x") == "x")
    if found and bold:
        head, rest = found["before"] + found["head"], found["after"]
    else:
        title = without_ordinal(line)
        length = find_length(title) if len(title) <= LONGEST else None
        if length and not title[length.end :].strip(" \t)].:*_"):
            head, rest = title, ""
        elif found := _PLAIN.match(title):
            head, rest = found["head"] + (found["group"] or ""), found["after"]
            short = len(head.split()) < 3 or "/" in head
            if not (found["sep"] or found["group"] or short):
                return None
        else:
            return None
    head, rest = _with_length(head, rest)
    name, length = without_length(without_ordinal(head))
    return Opening(head.strip(), rest.strip(_JOINT), phase_named(name, phases), length, bold)


def _with_length(head: str, rest: str) -> tuple[str, str]:
    """A duration that follows the head, in brackets or between dashes, belongs to it."""
    group = _GROUP.match(rest)
    if group and find_length(group["inside"]):
        return f"{head.rstrip(' :')} {group[0].strip(_JOINT)}", rest[group.end() :]
    length = find_length(rest[:LONGEST])
    if length and not rest[: length.start].strip(_JOINT):
        after = rest[length.end :]
        if not after.strip() or after.lstrip()[0] in ":：–—-.;,\n":
            shown = rest[length.start : length.end]
            return f"{head.rstrip(' :')} ({shown})", after.lstrip(".;, ")
    return head, rest
