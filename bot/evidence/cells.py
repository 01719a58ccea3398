r"""What a cell of a table stands for, so that a spreadsheet opens it and nothing is lost.

- CSV in UTF-8 with a byte order mark, every cell quoted, rows ended by a carriage return and a
  line feed.
- A cell that a spreadsheet could take for a formula begins with an apostrophe of ours.
- A control character or a lone surrogate stands as its code, such as ``\u0000``. A backslash of
  the writer's own that stands before ``u`` and four hexadecimal digits is ``\u005c``.
- A spreadsheet's cell ends at 32,767 characters. What is longer than 32,000 goes on in further
  columns right after its own, named ``text (2)``, ``text (3)`` and so on; a table has them only
  where it needs them.

So each text can be had back to the character: take our apostrophe from each piece, join the
pieces, and read the codes. That is what `whole_rows` does.
A spreadsheet that opens a CSV file by itself may show what looks like a number or a date as one,
such as ``1/2`` or ``007``; imported with all columns as text, every cell is as it is in the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.evidence.reading import hidden, visible
from bot.service.reporting import AnswerRow

LONGEST = 32_000
"""The longest cell, in UTF-16 code units, which is what spreadsheets count."""

# Spreadsheets skip space before the sign, and some take full-width signs for plain ones.
_FORMULA = re.compile(r"[\s']*[=+\-@\t\r\n＝＋－＠]")
_GOES_ON = re.compile(r"(.*) \((\d+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: ``name`` without its ending, a header, and rows as wide as it."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def yes(value: bool) -> str:
    """What a table says of something that is or is not so."""
    return "yes" if value else "no"


def words(row: AnswerRow) -> str:
    """All that an answer says: the options chosen, and the words, each on a line."""
    return "\n".join((*(row.choices or ()), *((row.text,) if row.text is not None else ())))


def by(row: AnswerRow) -> tuple[str, str]:
    """Who gave an answer: their id and name."""
    return (row.by, row.by_name) if row.by else (row.participant, row.name)


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet computes; see the top of this file."""
    return _guarded(visible(text))


def restore(text: str) -> str:
    """What `cell` was given."""
    return hidden(_unguarded(text))


def csv_bytes(table: Table) -> bytes:
    """The table as a file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = [[pieces(visible(value)) for value in row] for row in table.rows]
    needed = [max((len(row[n]) for row in rows), default=1) for n in range(len(table.header))]
    names = (
        f"{visible(name)} ({n})" if n > 1 else visible(name)
        for name, width in zip(table.header, needed, strict=True)
        for n in range(1, width + 1)
    )
    writer.writerow([_guarded(name) for name in names])
    for row in rows:
        padded = zip(row, needed, strict=True)
        writer.writerow(
            [_guarded(piece) for found, width in padded for piece in _padded(found, width)]
        )
    return file.getvalue().encode("utf-8-sig")


def pieces(text: str) -> list[str]:
    """The text in as many pieces as cells need; one, if it is short. No character is split."""
    if len(text) * 2 <= LONGEST:
        return [text]
    found, start, units = [], 0, 0
    for n, character in enumerate(text):
        size = 2 if character > "\uffff" else 1
        if units + size > LONGEST:
            found.append(text[start:n])
            start, units = n, 0
        units += size
    return [*found, text[start:]]


def whole_rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[dict[str, str]]:
    """A file's rows as they were before they became cells: what was written, by column.

    ``header`` and ``rows`` are as a reader of CSV gives them.
    """
    names = [_unguarded(name) for name in header]
    for row in rows:
        found: dict[str, str] = {}
        for name, value in zip(names, row, strict=True):
            goes_on = _GOES_ON.fullmatch(name)
            of = goes_on[1] if goes_on and _continues(found, goes_on) else name
            found[of] = found.get(of, "") + _unguarded(value)
        yield {hidden(name): hidden(value) for name, value in found.items()}


def _continues(found: dict[str, str], goes_on: re.Match[str]) -> bool:
    """Whether a column goes on with the one read last."""
    return next(reversed(found), None) == goes_on[1]


def _padded(found: list[str], width: int) -> list[str]:
    return found + [""] * (width - len(found))


def _guarded(shown: str) -> str:
    return f"'{shown}" if _FORMULA.match(shown) else shown


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
