"""A script beside a plan: short because of its defaults, and every problem in its line."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.activities import KINDS
from bot.lessons.derive import derive
from bot.lessons.files import load_lesson
from bot.lessons.markdown import read_plan
from bot.lessons.problem import Problem
from bot.lessons.read_script import FILE, read_script
from bot.lessons.script import Activity, Script
from tests.core.lessons import CONTENT, NAMES

PLAN, _ = read_plan(
    """# Lichens

## Lesson Structure
### Engage
**Duration:** 20 minutes

**Facilitator Actions:** Show the stone wall.

### Explore
**Duration:** 30 minutes

## Reflection Questions
### For Learners
* What will you look at on your way home?
* What surprised you?
"""
)
FILES = {"wall.md": "# The wall\n\nLook closely.\n", "more.md": "# More\n\nOn spores.\n"}


def read(text: str, files: Mapping[str, str] = FILES) -> tuple[Script, tuple[Problem, ...]]:
    def handout(name: str) -> str:
        if name not in files:
            raise ValueError(f"There is no file {name}.")
        return files[name]

    return read_script(text, KINDS, PLAN, handout)


def engage(do: str) -> tuple[tuple[Activity, ...], tuple[Problem, ...]]:
    text = "phases:\n  Engage:\n    do:\n" + "".join(f"      {line}\n" for line in do.splitlines())
    script, problems = read(text)
    return script.phases[0].activities, problems


def test_a_text_or_a_markdown_file_is_a_prompt() -> None:
    activities, problems = engage("- Go outside.\n- wall.md")
    assert problems == ()
    assert [a.kind for a in activities] == ["prompt", "prompt"]
    assert [a.spec["text"] for a in activities] == ["Go outside.", FILES["wall.md"]]


def test_activities_without_minutes_share_what_the_plan_leaves() -> None:
    activities, problems = engage("- discussion: Why?\n  minutes: 9\n- One\n- Two")
    assert problems == ()
    assert [a.minutes for a in activities] == [9, 6, 5]


def test_ids_are_the_phase_and_the_kind_and_count_on() -> None:
    activities, _ = engage("- One\n- Two\n- {poll: Which?, options: [A, B], id: wall-poll}")
    assert [a.id for a in activities] == ["Engage.prompt", "Engage.prompt[2]", "wall-poll"]


def test_a_poll_is_single_changeable_and_shows_results_after_the_vote() -> None:
    ((poll,), problems) = engage("- poll: Which?\n  options: [Moss, Lichen]")
    assert problems == ()
    spec = KINDS["poll"].model.model_validate(poll.spec)
    assert (spec.multiple, spec.other, spec.results) == (False, False, "after")
    assert [(o.id, o.label) for o in spec.options] == [("a", "Moss"), ("b", "Lichen")]


def test_words_that_yaml_would_change_stay_words() -> None:
    ((poll,), problems) = engage("- poll: At what time?\n  options: [10:30, no, 1e3]")
    assert problems == ()
    assert [option["label"] for option in poll.spec["options"]] == ["10:30", "no", "1e3"]


def test_a_reflection_takes_the_plans_own_questions() -> None:
    ((reflection,), problems) = engage("- reflection: plan")
    assert problems == ()
    assert [q["text"] for q in reflection.spec["questions"]] == list(PLAN.reflection_learners)
    assert "visible" not in reflection.spec


def test_the_facilitators_notes_stand_before_those_of_the_plan() -> None:
    script, problems = read("phases:\n  Engage:\n    notes: Stop early.\n    do: [wall.md]\n")
    assert problems == ()
    assert script.phases[0].notes.startswith("Stop early.")
    assert "Show the stone wall." in script.phases[0].notes


def test_handouts_to_read_go_with_the_lesson_and_others_do_not() -> None:
    text = (
        "who: {expert: People who know}\nphases:\n  Engage:\n    extra: {expert: more.md}\n"
        "    do:\n      - prompt: wall.md\n        read: [more.md]\n"
    )
    script, problems = read(text)
    assert problems == ()
    assert dict(script.handouts) == {"more.md": FILES["more.md"]}
    assert script.phases[0].extra == (("expert", "more.md"),)


def test_a_phase_that_the_script_leaves_out_runs_as_the_plan_alone_would() -> None:
    script, _ = read("phases:\n  Engage:\n    do: [wall.md]\n")
    assert script.phases[1] == derive(PLAN).phases[1]


def test_before_and_after_are_lists_of_their_own() -> None:
    script, problems = read("before:\n  - wall.md\nafter:\n  - reflection: plan\n    days: 7\n")
    assert problems == ()
    assert [a.id for a in script.before] == ["before.prompt"]
    assert [(a.id, a.days) for a in script.after] == [("after.reflection", 7)]


@pytest.mark.parametrize(
    ("do", "line", "words"),
    [
        ("- poll: Which?", 4, "lacks “options”"),
        ("- poll: Which?\n  options: [A]", 5, "at least 2"),
        ("- poll: Which?\n  options: [A, A]", 5, "the same"),
        ("- poll: Which?\n  options: [A, B]\n  colour: red", 6, "no field “colour”"),
        ("- poll: Which?\n  options: [A, B]\n  results: never", 6, "results"),
        ("- quiz: Which?", 4, "no kind that there is"),
        ("- {poll: A, prompt: B}", 4, "two kinds"),
        ("- prompt: One\n  minutes: soon", 5, "whole number"),
        ("- prompt: One\n  minutes: 21", 4, "21 of its 20"),
        ("- prompt: One\n  minutes: 20\n- Two", 4, "leave none"),
        ("- prompt: One\n  read: [gone.md]", 5, "no file gone.md"),
        ("- prompt: gone.md", 4, "no file gone.md"),
        ("- {prompt: One, id: x}\n- {prompt: Two, id: x}", 5, "unique"),
        ("- [One]", 4, "kind with its fields"),
        ("- prompt: One\n  wait: perhaps", 5, "true or false"),
    ],
)
def test_a_problem_names_its_file_and_line(do: str, line: int, words: str) -> None:
    _, problems = engage(do)
    found = [p for p in problems if words in p.message]
    assert [(p.file, p.line) for p in found] == [(FILE, line)], problems


def test_a_phase_that_the_plan_has_not_is_a_problem() -> None:
    _, (problem,) = read("phases:\n  Elicit:\n    do: [wall.md]\n")
    assert (problem.severity, problem.line) == ("error", 3)
    assert "no phase “Elicit”" in problem.message


def test_more_posts_than_people_follow_are_a_warning() -> None:
    _, problems = engage("\n".join(f"- Number {n}" for n in range(6)))
    assert [p.severity for p in problems] == ["warning"]


@given(st.text(alphabet="polhasediw:-[]{}, \n\t.#|", max_size=300))
def test_any_text_gives_a_script_or_problems(tail: str) -> None:
    script, problems = read(f"phases:\n  Engage:\n    do:\n{tail}")
    assert len(script.phases) == len(PLAN.phases)
    assert all(problem.file == FILE for problem in problems)


@pytest.mark.parametrize("name", NAMES)
def test_the_lessons_that_come_with_it_are_read_without_a_problem(name: str) -> None:
    lesson = load_lesson(Path(name), CONTENT, lambda: KINDS)
    assert lesson.problems == ()
    assert not any(activity.derived for activity in lesson.script.activities())
    for phase in lesson.script.phases:
        assert sum(activity.minutes for activity in phase.activities) == phase.minutes


@pytest.mark.parametrize(
    "name", ["../outside.md", "/etc/hostname", "link.md", "notes.txt", "a\0.md"]
)
def test_a_handout_comes_from_inside_the_lessons_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# Secret\n")
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "plan.md").write_text("# A\n\n### Engage\n**Duration:** 5 minutes\n")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "notes.txt").write_text("Notes")
    quoted = name.replace("\0", "\\0")
    (folder / "script.yaml").write_text(
        f'phases:\n  Engage:\n    do:\n      - prompt: One\n        read: ["{quoted}"]\n'
    )
    lesson = load_lesson(folder, None, lambda: KINDS)
    (problem,) = [p for p in lesson.problems if p.severity == "error"]
    assert (problem.file, problem.line) == (FILE, 5)
    assert lesson.script.handouts == ()
