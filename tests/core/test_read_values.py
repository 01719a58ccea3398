"""Numbers in a script: whole, within their limit, however they are written."""

import pytest

from bot.lessons.read_values import Values
from bot.lessons.yaml_tree import Scalar


def minutes(text: str) -> tuple[int, int]:
    values = Values(handout=str)
    return values.number({"minutes": Scalar(text, 1)}, "minutes"), len(values.problems)


@pytest.mark.parametrize("text", ["10", " 10 ", "010", "0" * 5_000 + "10"])
def test_a_whole_number_is_one_with_zeros_before_it_too(text: str) -> None:
    assert minutes(text) == (10, 0)


@pytest.mark.parametrize("text", ["0", "", "1.5", "٣", "-1", "000000001999999", "1" + "0" * 5_000])
def test_anything_else_is_a_problem_and_no_number(text: str) -> None:
    assert minutes(text) == (0, 1)
