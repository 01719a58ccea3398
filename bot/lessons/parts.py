"""Single items of a plan: an objective, an assessment method, a kind of support."""

from collections.abc import Container

from bot.lessons.blocks import Block
from bot.lessons.fields import split_label
from bot.lessons.names import BLOOM, BRACKETED, COLUMNS, SECTIONS, normal
from bot.lessons.plan import Assessment, Objective, Support

_BLOOM_COLUMN = frozenset("bloom blooms taxonomy level levels cognitive revised of".split())
_ALIGNMENT = frozenset({"alignment", "objective alignment", "aligned with", "aligns with"})


def is_bloom(column: str) -> bool:
    """True for the normalised name of a column that gives Bloom levels."""
    words = set(column.split())
    return words <= _BLOOM_COLUMN and bool(words & {"bloom", "blooms", "taxonomy", "level"})


def read_objective(item: str) -> Objective:
    """A list item that may end in a Bloom level: `Compare the two (Analyzing)`."""
    bracketed = BRACKETED.match(item.rstrip("*_ "))
    if bracketed and bracketed["inside"].strip("*_ ").casefold() in BLOOM:
        name = bracketed["name"].strip()
        # The bracket may be emphasised; what is emphasised before it stays so.
        name = name if item.endswith((")", "]")) else name.rstrip("*_ ")
        return Objective(name, bracketed["inside"].strip("*_ "))
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


def read_objectives(table: Block) -> list[Objective]:
    """A row for each objective; a column may give its Bloom level."""
    names = _names(table)
    bloom = next((n for n, one in enumerate(names) if is_bloom(one)), None)
    text = next((n for n in range(len(names)) if n != bloom), 0)
    objectives = []
    for cells in _rows(table):
        level = cells.get(bloom, "") if bloom is not None else ""
        objectives.append(Objective(cells.get(text, ""), level))
    return objectives


def read_assessments(table: Block) -> list[Assessment]:
    """A row for each method: its type, what is done, and a column for what it aligns with."""
    names = _names(table)
    aligned = next((n for n, one in enumerate(names) if _aligns(one)), None)
    rest = [n for n in range(_width(table)) if n != aligned]
    return [
        Assessment(
            cells.get(rest[0], "") if len(rest) > 1 else "",
            _joined(cells, rest[1:] or rest),
            cells.get(aligned, "") if aligned is not None else "",
        )
        for cells in _rows(table)
    ]


def read_supports(table: Block) -> list[Support]:
    """A row for each kind of learner, who they are first."""
    rest = range(1, _width(table))
    return [Support(cells.get(0, ""), _joined(cells, rest)) for cells in _rows(table)]


def read_rows(table: Block) -> list[str]:
    """A line for each row: `Term: what it means`."""
    rest = range(1, _width(table))
    return [
        ": ".join(one for one in (cells.get(0, ""), _joined(cells, rest)) if one)
        for cells in _rows(table)
    ]


def is_understood(table: Block, part: str) -> bool:
    """True where the rows say all there is: no column has a name of its own or none at all."""
    names = _names(table)
    if part == "objectives":
        bloom = next((n for n, one in enumerate(names) if is_bloom(one)), None)
        known = all(n == bloom or one in SECTIONS for n, one in enumerate(names))
        known = known and len(names) - (bloom is not None) < 2
    else:
        known = all(one in COLUMNS or one in SECTIONS or _aligns(one) for one in names)
    return known and _width(table) == len(names)


def _aligns(column: str) -> bool:
    return column in _ALIGNMENT or SECTIONS.get(column) == "objectives"


def _names(table: Block) -> list[str]:
    return [normal(cell) for cell in table.rows[0].cells]


def _width(table: Block) -> int:
    return max(len(row.cells) for row in table.rows)


def _rows(table: Block) -> list[dict[int, str]]:
    return [dict(enumerate(row.cells)) for row in table.rows[1:] if any(row.cells)]


def _joined(cells: dict[int, str], columns: Container[int]) -> str:
    return " | ".join(cell for n, cell in cells.items() if cell and n in columns)


def _under(heading: str, name: str) -> str:
    return ": ".join(one for one in (heading, name) if one)
