"""Handouts open in private behind buttons that say what they are."""

from __future__ import annotations

from bot.chat.message import Button, Buttons, Text
from bot.facilitation.handouts import Handout, ways_to_read

ONE, OTHER = Handout("read-0", "The rubric", "…"), Handout("read-1", "The case", "…")


def test_a_single_handout_says_in_its_button_that_it_is_to_be_read() -> None:
    [row] = ways_to_read([ONE], "c.{}".format)
    assert row == Buttons((Button("Read: The rubric", "c.read-0", "open"),))


def test_several_have_their_titles_alone_under_one_line() -> None:
    above, row = ways_to_read([ONE, OTHER], "c.{}".format)
    assert above == Text(("To read:",))
    assert row == Buttons(
        (Button("The rubric", "c.read-0", "open"), Button("The case", "c.read-1", "open"))
    )


def test_where_nothing_is_to_be_read_nothing_is_said() -> None:
    assert ways_to_read([], "c.{}".format) == ()
