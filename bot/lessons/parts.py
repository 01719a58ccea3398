"""Single items of a plan: an objective, an assessment method, a kind of support."""

import re

from bot.lessons.fields import split_label
from bot.lessons.names import BLOOM, normal
from bot.lessons.plan import Assessment, Objective, Support

BRACKETED = re.compile(r"(?P<name>[^(\[]*)[(\[](?P<inside>[^)\]]*)[)\]]\s*\Z")
_ALIGNMENT = frozenset({"alignment", "objective alignment", "aligned with", "aligns with"})


def is_bloom(column: str) -> bool:
    """True for the normalised name of a column that gives Bloom levels."""
    words = set(column.split())
    return bool({"bloom", "taxonomy"} & words) or column in ("level", "cognitive level")


def read_objective(item: str) -> Objective:
    """A list item that may end in a Bloom level: `Compare the two (Analyzing)`."""
    bracketed = BRACKETED.match(item)
    if bracketed and bracketed["inside"].strip().casefold() in BLOOM:
        return Objective(bracketed["name"].strip(), bracketed["inside"].strip())
    return Objective(item, "")


def read_assessment(item: str, heading: str = "") -> Assessment:
    """`**Formative**: text`, with its alignment on a line of its own below."""
    first, *rest = item.split("\n")
    label = split_label(first)
    kind, text = (label.label, [label.value]) if label and label.bold else ("", [first])
    alignment: list[str] = []
    for line in rest:
        inner = split_label(line)
        if inner and normal(inner.label) in _ALIGNMENT:
            alignment.append(inner.value)
        else:
            (alignment or text).append(line)
    return Assessment(_under(heading, kind), "\n".join(text).strip(), "\n".join(alignment).strip())


def read_support(item: str, heading: str = "") -> Support:
    """`**Who**: text`."""
    label = split_label(item)
    if label is None:
        return Support(heading, item)
    return Support(_under(heading, label.label), label.value.strip())


def _under(heading: str, name: str) -> str:
    return ": ".join(one for one in (heading, name) if one)
