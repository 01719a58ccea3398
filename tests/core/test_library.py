"""The lessons that people can choose from."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.facilitation.activities import KINDS
from bot.lessons.library import CONTENT, Library
from bot.lessons.script_kinds import ScriptKind

PLAN = """# {title}

Duration: 10 minutes

## Engage

Duration: 10 minutes

Talk about what went wrong.
"""


def put(folder: Path, name: str, text: str) -> Path:
    """A lesson's folder with this plan."""
    (folder / name).mkdir(exist_ok=True)
    plan = folder / name / "plan.md"
    plan.write_text(text, "utf-8")
    return plan


def a_library(folder: Path) -> Library:
    return Library(folder, lambda: KINDS)


def test_the_lessons_that_come_along_can_all_be_held() -> None:
    names = {lesson.name for lesson in a_library(CONTENT).lessons()}
    assert names == {one.parent.name for one in CONTENT.glob("*/plan.md")}
    assert len(names) >= 3


def test_they_are_listed_by_title_and_found_by_the_name_of_their_folder(tmp_path: Path) -> None:
    put(tmp_path, "one", PLAN.format(title="Zebras"))
    put(tmp_path, "two", PLAN.format(title="apples"))
    library = a_library(tmp_path)
    assert [lesson.name for lesson in library.lessons()] == ["two", "one"]
    found = library.get("one")
    assert found
    assert found.plan.title == "Zebras"


@pytest.mark.parametrize("name", ["", ".", "..", "../one", "one/", "one/plan.md", "/etc", "three"])
def test_what_is_not_listed_is_not_there_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    put(inside, "one", PLAN.format(title="One"))
    put(tmp_path, "three", PLAN.format(title="Outside"))
    assert a_library(inside).get(name) is None


def test_a_broken_lesson_is_left_out_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "fine", PLAN.format(title="Fine"))
    put(tmp_path, "broken", "")
    put(tmp_path, "poor", "# A title and nothing else\n")
    with caplog.at_level(logging.WARNING):
        assert [lesson.name for lesson in a_library(tmp_path).lessons()] == ["fine"]
    assert {"broken", "poor"} <= set(caplog.text.replace(",", "").split())


def test_a_folder_that_is_not_there_has_no_lessons(tmp_path: Path) -> None:
    assert a_library(tmp_path / "nowhere").lessons() == ()


def test_a_link_to_another_folder_is_no_lesson(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    put(tmp_path, "outside", PLAN.format(title="Outside"))
    os.symlink(tmp_path / "outside", inside / "link")
    assert a_library(inside).lessons() == ()


def test_a_lesson_is_read_again_when_it_has_changed_and_only_then(
    tmp_path: Path,
) -> None:
    plan = put(tmp_path, "one", PLAN.format(title="Before"))
    reads = 0

    def kinds() -> Mapping[str, ScriptKind]:
        nonlocal reads
        reads += 1
        return KINDS

    (tmp_path / "one" / "script.yaml").write_text(
        "phases:\n  Engage:\n    do:\n      - prompt: Read this.\n", "utf-8"
    )
    library = Library(tmp_path, kinds)
    (first,) = library.lessons()
    assert library.lessons() == (first,)
    assert reads == 1
    plan.write_text(PLAN.format(title="Afterwards"), "utf-8")
    (lesson,) = library.lessons()
    assert lesson.plan.title == "Afterwards"
    assert reads == 2
