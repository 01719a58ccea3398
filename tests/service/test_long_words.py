"""Forty thousand characters of every sort come back from the evidence as they were given."""

from __future__ import annotations

import csv
import io
import json
import random
from html.parser import HTMLParser
from pathlib import Path

from bot.chat.answer import Saved
from bot.evidence.cells import whole_rows
from bot.evidence.pack import write_evidence
from bot.evidence.reading import hidden
from bot.service.reporting import report_run
from tests.service.house import RUN, House, one_of

_SORTS = (
    "abc äß …\n\t",
    "".join(map(chr, range(1, 32))),
    "\x00\x7f\x85\u2028\ufeff",
    "مرحبا بالعالم",
    "שלום",
    "\u202e\u200f\u2066\u2069",
    "👩🏽‍🚒🏳️‍🌈🇪🇺",
    "=+-@'\"<>&;{{}}\\u0000",
    "\udfff",
)


def forty_thousand() -> str:
    """Exactly so many, drawn from a seed; the first looks like a formula."""
    rng = random.Random(40_000)
    text = "=" + "".join(rng.choice(rng.choice(_SORTS)) for _ in range(39_999))
    assert len(text) == 40_000
    return text


class Texts(HTMLParser):
    """All the text of a page, as a browser would show it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Another piece."""
        self.parts.append(data)


async def test_a_response_of_forty_thousand_characters_is_in_every_file_unchanged(
    house: House, tmp_path: Path
) -> None:
    await house.schedule(one_of("submission"))
    await house.work()
    given = forty_thousand()
    assert isinstance(await house.submit("ada", "submission", "hand-in", text=given), Saved)
    async with house.store.reading() as reading:
        report = await report_run(reading, RUN)
    write_evidence(report, tmp_path)

    kept = json.loads((tmp_path / "evidence.json").read_bytes())
    assert given in [row["text"] for row in kept["answers"]]

    text = (tmp_path / "submissions.csv").read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r\n" and cell]
    assert given in [row["text"] for row in whole_rows(header, rows)]

    page = Texts()
    page.feed((tmp_path / "evidence.html").read_bytes().decode())
    assert given in hidden("".join(page.parts))
