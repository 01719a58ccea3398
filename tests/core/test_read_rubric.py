"""Groups, work and its review in a script: what is wrong is said in its file and line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.facilitation.activities import KINDS
from bot.facilitation.rubric import criteria_of
from bot.lessons.files import load_lesson
from bot.lessons.markdown import read_plan
from bot.lessons.problem import Problem
from bot.lessons.read_script import FILE, read_script
from bot.lessons.script import Script

PLAN_TEXT = """# Lichens

## Learning Objectives
* Tell three lichens apart
* Draw a map of a wall

### Engage (20 min)
### Explore (30 min)
"""
PLAN, _ = read_plan(PLAN_TEXT)
RUBRIC = """criteria:
  - id: map
    title: The map
    objective: 2
    levels:
      4: Others find the wall with it
      1: It shows no lichen
  - id: names
    title: The names
"""
REVIEW = "- submission: Hand in your map.\n- peer_review: rubric.yaml"


def read(do: str, files: Mapping[str, str] | None = None) -> tuple[Script, tuple[Problem, ...]]:
    """A script whose Engage does this; its first activity is in line 4."""
    there = {"rubric.yaml": RUBRIC} if files is None else files

    def handout(name: str) -> str:
        if name not in there:
            raise ValueError(f"There is no file {name}.")
        return there[name]

    text = "phases:\n  Engage:\n    do:\n" + "".join(f"      {line}\n" for line in do.splitlines())
    return read_script(text, KINDS, PLAN, handout)


def said(do: str, files: Mapping[str, str] | None = None) -> tuple[str, int | None, str]:
    """The one problem that there is."""
    _, (problem,) = read(do, files)
    assert problem.severity == "error"
    assert problem.message.endswith(".")
    return problem.file, problem.line, problem.message


def test_a_rubric_is_a_file_beside_the_script() -> None:
    script, problems = read(REVIEW)
    assert problems == ()
    rubric = criteria_of(script.phases[0].activities[1].spec["rubric"])
    assert [each.title for each in rubric] == ["The map", "The names"]
    assert rubric[0].levels == (
        (4, "Others find the wall with it"), (3, ""), (2, ""), (1, "It shows no lichen"),
    )  # fmt: skip


@pytest.mark.parametrize("file", ["criteria: [The map]\n", "- The map\n", "[The map]\n"])
def test_its_criteria_may_be_texts_alone_and_stand_under_a_name_or_not(file: str) -> None:
    script, problems = read(REVIEW, {"rubric.yaml": file})
    assert problems == ()
    (criterion,) = script.phases[0].activities[1].spec["rubric"]
    assert (criterion["id"], criterion["title"]) == ("c1", "The map")


def test_the_plans_objectives_can_be_the_rubric() -> None:
    script, problems = read("- submission: Hand in your map.\n- peer_review: plan")
    assert problems == ()
    rubric = criteria_of(script.phases[0].activities[1].spec["rubric"])
    assert [each.title for each in rubric] == ["Tell three lichens apart", "Draw a map of a wall"]


def test_a_rubric_that_is_not_there_is_said_where_it_is_named() -> None:
    assert said(REVIEW, {}) == (FILE, 5, "There is no file rubric.yaml.")


@pytest.mark.parametrize("file", ["", " \n", "# nothing yet\n", "{}\n", "[]\n"])
def test_so_is_one_with_nothing_in_it(file: str) -> None:
    where, line, message = said(REVIEW, {"rubric.yaml": file})
    assert (where, line) == (FILE, 5)
    assert message.startswith("There is nothing in rubric.yaml")


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        ("criteria:\n  - [a\n", 3, "This is not YAML"),
        ("criteria: [A]\ncriteria: [B]\n", 2, "twice (first in line 1)"),
        ("criteria: &a [A]\n", 1, "Anchors and aliases"),
        ("Be kind.\n", 1, "needs a list of criteria"),
        ("criteria: Be kind.\n", 1, "needs a list of criteria"),
        ("criteria: {a: A}\n", 1, "needs a list of criteria"),
        ("items: [A]\n", 1, "needs a list of criteria"),
        ("criteria: [A]\nweights: [1]\n", 1, "nothing else"),
        ("criteria: []\n", 1, "at least 1"),
        (f"criteria: [{'A, ' * 13}]\n", 1, "at most 12"),
        ("criteria:\n  - A\n  - title: B\n", 3, "“id” is missing"),
        ("criteria:\n  - A\n  - id: b\n", 3, "“title” is missing"),
        ("criteria:\n  - A\n  - ''\n", 3, "a text is missing"),
        ("criteria:\n  - A\n  - [B]\n", 3, "a text, or an id and a text"),
        ("criteria:\n  - id: b\n    title: ''\n", 3, "a text is missing"),
        ("criteria:\n  - id: b-c\n    title: B\n", 2, "letters, digits and _."),
        ("criteria:\n  - id: b\n    title: B\n    weight: 3\n", 4, "no field “weight”"),
        ("criteria:\n  - id: b\n    title: B\n    objective: 0\n", 4, "at least 1"),
        ("criteria:\n  - id: b\n    title: B\n    objective: one\n", 4, "a whole number"),
        (RUBRIC.replace("4: Others", "5: Others"), 6, "“5” is no name for it"),
        (RUBRIC.replace("1: It", "none: It"), 7, "“none” is no name for it"),
        (RUBRIC.replace("1: It shows no lichen", "1: [It]"), 7, "it needs a text"),
        ("criteria:\n  - id: b\n    title: B\n    levels: Good\n", 4, "a text each"),
        (RUBRIC.replace("id: names", "id: map"), 1, "two criteria have the id “map”"),
    ],
)
def test_what_is_wrong_in_a_rubric_is_said_in_its_own_file_and_line(
    file: str, line: int, words: str
) -> None:
    where, at, message = said(REVIEW, {"rubric.yaml": file})
    assert (where, at) == ("rubric.yaml", line)
    assert words in message
    assert "Input should" not in message


def test_a_place_in_a_rubric_that_nobody_declared_is_said_there() -> None:
    where, line, message = said(REVIEW, {"rubric.yaml": RUBRIC.replace("The map", "'{{map}}'")})
    assert (where, line) == ("rubric.yaml", 3)
    assert "no place “map”" in message


@pytest.mark.parametrize(
    ("do", "line", "words"),
    [
        ("- groups: many", 4, "a whole number"),
        ("- groups: 1", 4, "at least 2"),
        ("- groups: 31", 4, "at most 30"),
        ("- submission: Map.\n  by: team", 5, "choose 'person' or 'group'"),
        ("- submission: Map.\n  fields: [A, {id: f1, label: B}]", 5, "have the id “f1”"),
        ("- submission: Map.\n  fields:\n    - A\n    - {label: B}", 7, "“id” is missing"),
        ("- submission: Map.\n  fields:\n    - A\n    - {id: b, hints: B}", 7, "hints"),
        ("- submission: Map.\n  fields: The wall", 5, "a list"),
        (f"- submission: Map.\n  fields: [{'A, ' * 21}]", 5, "at most 20"),
        (f"{REVIEW}\n  reviews: 6", 6, "at most 5"),
        (f"{REVIEW}\n  reviews: some", 6, "a whole number"),
        (f"{REVIEW}\n  release: now", 6, "choose 'close' or 'facilitator'"),
        (f"{REVIEW}\n  self: maybe", 6, "true or false"),
        ("- submission: Map.\n- peer_review: Be kind.", 5, "needs a list of criteria"),
    ],
)
def test_a_field_that_cannot_be_used_says_so_in_its_line(do: str, line: int, words: str) -> None:
    _, problems = read(do)
    assert {(one.file, one.line) for one in problems} == {(FILE, line)}
    assert any(words in one.message for one in problems)
    assert not any("Input should" in one.message for one in problems)


@pytest.mark.parametrize(
    ("do", "line", "words"),
    [
        ("- peer_review: [The map]", 4, "there is no submission before it"),
        ("- peer_review: [The map]\n- submission: Map.", 4, "there is no submission before it"),
        (f"{REVIEW}\n  of: nothing", 5, "there is no submission “nothing”"),
        ("- peer_review: [A]\n  of: map\n- submission: Map.\n  id: map", 4, "comes after it"),
        ("- Look.\n- peer_review: [A]\n  of: Engage.prompt", 5, "no submission “Engage.prompt”"),
        ("- submission: Map.\n  by: group", 4, "there are no groups before it"),
        ("- submission: Map.\n  by: group\n- groups: 3", 4, "there are no groups before it"),
    ],
)
def test_what_needs_others_before_it_says_which(do: str, line: int, words: str) -> None:
    where, at, message = said(do)
    assert (where, at) == (FILE, line)
    assert "cannot be here: " in message
    assert words in message


@pytest.mark.parametrize("pace", ["live", "async"])
def test_so_it_does_where_only_one_pace_lacks_them(pace: str) -> None:
    _, line, message = said(f"- submission: Map.\n  {pace}: {{by: group}}")
    assert (line, "there are no groups" in message) == (4, True)
    _, line, message = said(f"{REVIEW}\n  {pace}: {{of: nothing}}")
    assert (line, "there is no submission “nothing”" in message) == (5, True)


def test_a_review_may_be_of_an_earlier_submission_than_the_last() -> None:
    do = "- submission: Map.\n  id: map\n- submission: Names.\n- peer_review: [A]\n  of: map"
    assert read(do)[1] == ()


@pytest.mark.parametrize("name", ["../rubric.yaml", "out/rubric.yaml", "out.yaml"])
def test_a_rubric_comes_from_inside_the_lessons_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (tmp_path / "rubric.yaml").write_text(RUBRIC, "utf-8")
    (folder / "out").symlink_to(tmp_path)
    (folder / "out.yaml").symlink_to(tmp_path / "rubric.yaml")
    (folder / "plan.md").write_text(PLAN_TEXT, "utf-8")
    script = f"before:\n- submission: Map.\nafter:\n- peer_review: {name}\n"
    (folder / "script.yaml").write_text(script, "utf-8")
    lesson = load_lesson(folder, kinds=lambda: KINDS)
    (problem,) = (one for one in lesson.problems if one.severity == "error")
    assert (problem.file, problem.line) == (FILE, 4)
    assert "inside" in problem.message or "is a link" in problem.message


def test_an_empty_handout_is_said_and_not_passed_over() -> None:
    where, line, message = said("- empty.md", {"empty.md": "\n"})
    assert (where, line) == (FILE, 4)
    assert message.startswith("There is nothing in empty.md")
