"""Long text is divided at sensible places and never loses a character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.pieces import flow, pieces, shortened, units
from tests.strategies import texts

sizes = st.integers(200, 4_000)


@given(texts, sizes)
def test_pieces_put_together_are_the_text(text: str, size: int) -> None:
    divided = pieces(text, size)
    assert "".join(divided) == text
    assert all(0 < units(piece) <= size for piece in divided)


@given(st.lists(texts, max_size=5), sizes)
def test_runs_put_together_are_the_runs(written: list[str], size: int) -> None:
    runs = [{"text": text, "n": n} for n, text in enumerate(written)]
    groups = flow(runs, size, units, lambda run: 5)
    for group in groups:
        assert sum(5 + units(run["text"]) for run in group) <= size
    flat = [run for group in groups for run in group]
    for n, text in enumerate(written):
        assert "".join(run["text"] for run in flat if run["n"] == n) == text
    assert [run["n"] for run in flat] == sorted(run["n"] for run in flat)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("one two.\n\nthree four\nfive six", "one two.\n\n"),
        ("one two three\nfour five six", "one two three\n"),
        ("one two three four five six", "one two three "),
        ("x" * 30, "x" * 16),
        ("x" * 15 + "👩🏽 and so on", "x" * 15),
        ("x" * 15 + "e\u0301" * 9, "x" * 15),
    ],
)
def test_text_breaks_at_a_paragraph_a_line_a_space_or_between_signs(text: str, first: str) -> None:
    assert pieces(text, 16)[0] == first


@given(texts, sizes)
def test_a_shortened_text_fits_and_begins_like_the_text(text: str, size: int) -> None:
    short = shortened(text, size)
    assert units(short) <= size
    assert short == text or text.startswith(short[:-1])
