"""Scripts with long runs of one sign in their texts are read, filled in and drawn in time."""

import json
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from bot.chat.message import Form
from bot.chat.plain import plain
from bot.facilitation.activities import KINDS
from bot.facilitation.gallery import gallery
from bot.facilitation.handouts import lead, split_title
from bot.facilitation.pace import Pace
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill
from tests.cli.conftest import PLAN
from tests.core.lessons import seconds

SIGNS = [
    *" \t#*_({`~>|\\<&1-.!",
    "# ",
    "{{",
    "1. ",
    "- ",
    "> ",
    "http://",
    "a-",
    "a. ",
    "| ",
]
SLOW = ["[", "![", "[a](", "*a ", "**a", "\n", "a\n"]
"""The Markdown parser takes its time for each of these, and for one of many no longer; of lines a
script has a few thousand at most."""
RUNS = {
    **{f"runs of {sign!r}": sign * (1_500 // len(sign)) for sign in SIGNS},
    **{f"runs of {sign!r}": sign * (200 // len(sign)) for sign in SLOW},
}


def lesson_of(run: str, folder: Path) -> Lesson:
    """A lesson with the run in the middle of every sort of text."""
    text = f"# What failed{run}first?"
    apart = [f"What{run}failed? Number {n}. See {{{{board}}}}. Go." for n in range(2)]
    script = {
        "places": {"board": f"Your{run}board"},
        "welcome": f"Hello{run}you. {{{{board}}}}",
        "before": [{"poll": text, "options": [f"{n}{run}x" for n in range(2)], "other": True}],
        "phases": {
            "Engage": {
                "notes": text,
                "do": [
                    {"prompt": f"Look.\n\n{text}", "title": f"A{run}b", "read": ["long.md"]},
                    {"discussion": text},
                    {"reflection": apart, "visible": "everyone"},
                    "long.md",
                ],
            }
        },
    }
    (folder / "plan.md").write_text(PLAN, "utf-8")
    (folder / "script.yaml").write_text(json.dumps(script), "utf-8")
    (folder / "long.md").write_text(
        f"{text}\n\nLook.\n\n{run}\n\n- See {{{{board}}}}{run}x\n", "utf-8"
    )
    return load_lesson(folder, None, lambda: KINDS)


def drawn(lesson: Lesson, board: str, pace: Pace | None) -> None:
    """Draw every message of the lesson, its place filled in."""
    filled = fill(lesson, {"board": board})
    for _, what in gallery(filled.for_pace("async" if pace else "live"), pace):
        assert isinstance(what, Form) or plain(what)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_a_long_run_of_a_sign_takes_no_second_to_read_or_to_draw(run: str, tmp_path: Path) -> None:
    """The best of three, in processor time: a busy machine does not fail what is fast."""
    assert any(seconds(lambda: lesson_of(run, tmp_path)) < 1 for _ in range(3))
    lesson = lesson_of(run, tmp_path)
    assert [p.message for p in lesson.problems if p.severity == "error"] == []
    for board, pace in product(("", f"Room{run}3"), (None, Pace())):
        whole = partial(drawn, lesson, board, pace)
        assert any(seconds(whole) < 1 for _ in range(3))


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("# What failed?\n\nTell.", "What failed?", "\nTell."),
        ("\n  #\tWhat failed?  ##  \nTell.", "What failed?", "Tell."),
        ("# What failed?", "What failed?", ""),
        ("# Why C#\nTell.", "Why C#", "Tell."),
        ("# a # b ###", "a # b", ""),
        ("## Part\nTell.", "", "## Part\nTell."),
        ("#hash\nTell.", "", "#hash\nTell."),
        ("# ##\nTell.", "", "# ##\nTell."),
        (" \n# \nTell.", "", " \n# \nTell."),
        ("", "", ""),
    ],
)
def test_a_text_is_parted_into_its_title_and_the_rest(text: str, title: str, rest: str) -> None:
    assert split_title(text) == (title, rest)


def test_what_is_not_posted_begins_with_the_first_part() -> None:
    text = f"Read on.\n\n## One\n\n{'word ' * 300}"
    assert lead(text) == "Read on."
    assert lead(text[:1_000]) == text[:1_000]
