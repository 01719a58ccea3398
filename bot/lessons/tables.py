"""Tables that hold labels, and tables that hold the phases of a plan."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from bot.lessons.blocks import Block, Row
from bot.lessons.minutes import find_length
from bot.lessons.names import (
    COLUMNS,
    PHASE_COLUMN,
    PHASE_PARTS,
    SECTIONS,
    mentions,
    normal,
    part_named,
)
from bot.lessons.titles import read_opening

_BREAK = re.compile(r" {0,3}<br ?/?> {0,3}", re.IGNORECASE)

_WIDEST, _LONGEST = 40, 100
"""A larger table is not the course of a lesson."""


@dataclass(frozen=True, slots=True)
class TablePhases:
    """The phases of a table in its order, each with its title and its labelled cells.

    `rest` is what the table says about the lesson as a whole.
    """

    phases: tuple[tuple[str, tuple[Row, ...], int], ...]
    rest: str


def table_pairs(block: Block, names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """A table as (label, value, line), or nothing where no label in it is known.

    Labels stand in the first column, in every other column, or in the header.
    """
    header, *rows = block.rows
    known = [bool(part_named(cell, names)[0]) for cell in header.cells]
    alternates = _alternates(header, known)
    by_row = alternates or any(_labelled(row, names) for row in rows)
    if sum(known) > 1 and rows and not by_row:
        return _by_column(header, rows)
    if not any(_labelled(row, names) for row in block.rows):
        return []
    pairs: list[tuple[str, str, int]] = []
    for row in block.rows:
        cells = row.cells
        if row is header and all(normal(cell) in COLUMNS or not cell for cell in cells):
            continue
        even = len(cells) > 3 and len(cells) % 2 == 0
        if even and (alternates or part_named(cells[2], names)[0]):
            pairs += [(cells[n], cells[n + 1], row.line) for n in range(0, len(cells), 2)]
        elif any(cells):
            pairs.append((cells[0], " | ".join(cells[1:]), row.line))
    return pairs


def _alternates(header: Row, known: Sequence[bool]) -> bool:
    """True for labels beside their values, `Duration | 60 | Grade | 7`: no label has a digit."""
    beside = any(character.isdigit() for cell in header.cells[1::2] for character in cell)
    return beside and all(known[::2]) and not any(known[1::2])


def _by_column(header: Row, rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    width = max(len(row.cells) for row in (header, *rows))
    pairs = []
    for n in range(width):
        label = header.cells[n] if n < len(header.cells) else ""
        values = [row.cells[n] for row in rows if n < len(row.cells) and row.cells[n]]
        if label or values:
            pairs.append((label, "\n".join(values), header.line))
    return pairs


def _labelled(row: Row, names: Mapping[str, str]) -> bool:
    return len(row.cells) > 1 and bool(part_named(row.cells[0], names)[0])


def table_phases(block: Block, phases: Mapping[str, str]) -> TablePhases | None:
    """The phases of a table, or None where it holds none.

    They are its rows or its columns, or they stand as rows of their own among rows of labels.
    """

    def opens(cell: str) -> bool:
        opening = read_opening(cell, phases) if mentions(cell, phases) else None
        return bool(opening and opening.name)

    width = max(len(row.cells) for row in block.rows)
    if len(block.rows) > _LONGEST or width > _WIDEST:
        return None
    rows = [
        Row(tuple(_BREAK.sub("\n", cell) for cell in row.cells), row.line) for row in block.rows
    ]
    if sum(map(opens, rows[0].cells)) > 2:
        columns = [
            tuple(row.cells[n] if n < len(row.cells) else "" for row in rows) for n in range(width)
        ]
        rows = [Row(cells, block.line) for cells in columns]
        if opens(rows[0].cells[0]):
            rows.insert(0, Row(("", *[""] * (len(rows[0].cells) - 1)), block.line))
    counted = Counter(n for row in rows for n, cell in enumerate(row.cells) if opens(cell))
    if not counted:
        return None
    column = max(counted, key=lambda n: (counted[n], -n))
    if column == 0 and any(_labelled(row, PHASE_PARTS) for row in rows[1:]):
        return _running(rows, opens)
    return _by_row(rows, column) if counted[column] > 1 else None


def _by_row(rows: Sequence[Row], column: int) -> TablePhases:
    labels, *rows = rows
    phases: list[tuple[str, tuple[Row, ...], int]] = []
    title = labels.cells[column] if column < len(labels.cells) else ""
    rest = [title] if title and normal(title) not in PHASE_COLUMN else []
    filled = {n for row in rows for n, cell in enumerate(row.cells) if cell}
    rest += [cell for n, cell in enumerate(labels.cells) if n not in filled | {column}]
    for row in rows:
        name = row.cells[column] if column < len(row.cells) else ""
        called = chain(labels.cells, repeat(""))
        cells = [(label, cell) for label, cell in zip(called, row.cells, strict=False) if cell]
        if name:
            cells.remove((labels.cells[column] if column < len(labels.cells) else "", name))
        pairs = tuple(Row(one, row.line) for one in cells if not _is_number(*one))
        if not name and phases:
            before = phases[-1]
            phases[-1] = (before[0], _going_on(before[1], pairs), before[2])
        elif SECTIONS.get(normal(name)) == "duration":
            known = [part_named(pair.cells[0], PHASE_PARTS)[0] for pair in pairs]
            told = [
                pair.cells[1] if part else ": ".join(filter(None, pair.cells))
                for pair, part in zip(pairs, known, strict=True)
            ]
            rest.append(f"{name.strip('*_ :')}: {' | '.join(told)}")
        elif name or pairs:
            phases.append((name, pairs, row.line))
    return TablePhases(tuple(phases), "\n\n".join(filter(None, rest)))


def _going_on(before: Sequence[Row], more: Sequence[Row]) -> tuple[Row, ...]:
    """The cells of a phase and of the row below it that goes on with it: its time comes on top."""
    joined = list(before)
    given = {row.cells[0]: n for n, row in enumerate(before)}
    for row in more:
        label, cell = row.cells
        if label in given and part_named(label, PHASE_PARTS)[0] == "duration":
            first = joined[given[label]]
            joined[given[label]] = Row((label, f"{first.cells[1]} + {cell}"), first.line)
        else:
            joined.append(row)
    return tuple(joined)


def _is_number(label: str, cell: str) -> bool:
    """True for a cell that only counts the rows."""
    return normal(label) in _COUNTING and cell.strip(".)").isdigit()


_COUNTING = frozenset({"", "no", "nr", "step", "phase", "number"})


def _running(rows: Sequence[Row], opens: Callable[[str], bool]) -> TablePhases:
    phases: list[tuple[str, tuple[Row, ...], int]] = []
    rest = []
    for row in rows:
        name, value = (row.cells or ("",))[0], " | ".join(filter(None, row.cells[1:]))
        if opens(name):
            told = (
                (Row(("duration", value), row.line),)
                if find_length(value)
                else (Row(("", value), row.line),)
            )
            phases.append((name, told if value else (), row.line))
        elif phases:
            title, pairs, line = phases[-1]
            phases[-1] = (title, (*pairs, Row((name, value), row.line)), line)
        elif any(row.cells):
            rest.append(" | ".join(row.cells))
    return TablePhases(tuple(phases), "\n\n".join(rest))
