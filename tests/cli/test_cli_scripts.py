"""A lesson with a script beside its plan, at the command line; and a script made from a plan."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from bot.cli.script_yaml import script_yaml
from bot.facilitation.activities import KINDS
from bot.lessons.derive import derive
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan
from bot.lessons.read_script import read_script
from bot.lessons.schema import script_schema
from bot.lessons.script import Script
from tests.cli.conftest import PLAN, Fivefold
from tests.core.lessons import CONTENT, NAMES, text_of
from tests.corpus.rewriting import rewritten, taken_apart

CORPUS = Path(__file__).parents[1] / "corpus"
SCRIPT = """\
who: {new: New to filters}
places: {board: Link to your board}
before:
  - discussion: What do you drink?
    days: 3
phases:
  Engage:
    days: 2
    extra: {new: extra.md}
    do:
      - prompt: glass.md
        read: [glass.md]
      - poll: Who has cleaned a filter?
        options: [Me, Not me]
        minutes: 4
        wait: true
        async: {days: 2}
after:
  - reflection: plan
    days: 7
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson of plan, script and handouts."""
    folder = tmp_path / "water"
    folder.mkdir()
    (folder / "plan.md").write_text(PLAN, "utf-8")
    (folder / "script.yaml").write_text(SCRIPT, "utf-8")
    (folder / "glass.md").write_text("# A glass\n\nLook at it.\n\nDraw it: {{board}}\n", "utf-8")
    (folder / "extra.md").write_text("# On filters\n\nThey clean.\n", "utf-8")
    return folder


def test_check_shows_what_the_script_says(fivefold: Fivefold, folder: Path) -> None:
    said = fivefold("check", folder)
    lines = [line.split() for line in said.out.splitlines()]
    assert (said.code, said.err) == (0, "")
    assert ["(before)", "discussion", "(3", "days)"] in lines
    assert ["Engage", "10", "prompt", "6,", "poll", "4"] in lines
    assert ["(after)", "reflection", "(7", "days)"] in lines
    assert "2 handouts to read" in said.out
    assert ["board", "Link", "to", "your", "board"] in lines
    assert "No problems." in said.out


def test_check_names_the_file_of_a_problem(fivefold: Fivefold, folder: Path) -> None:
    (folder / "glass.md").write_text("# A glass\n\nDraw: {{bord}}\n", "utf-8")
    (folder / "script.yaml").write_text(SCRIPT + "colour: red\n", "utf-8")
    said = fivefold("check", folder)
    assert said.code == 1
    assert f"{folder / 'glass.md'}:3: error: There is no place “bord”" in said.out
    last = SCRIPT.count("\n") + 1
    assert f"{folder / 'script.yaml'}:{last}: error: The script has no “colour”" in said.out
    assert f"{folder / 'script.yaml'}:2: warning: No text has {{{{board}}}}" in said.out


def test_a_lesson_whose_script_has_errors_is_not_run(fivefold: Fivefold, folder: Path) -> None:
    (folder / "script.yaml").write_text("phases: {Elicit: {do: [One]}}\n", "utf-8")
    said = fivefold("preview", folder, "--as", "text", "--out", folder / "out")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("fivefold: script.yaml, line 1: The plan has no phase “Elicit”")


def test_check_prints_the_script_as_json(fivefold: Fivefold, folder: Path) -> None:
    report = json.loads(fivefold("check", "--json", folder).out)
    engage = report["phases"][0]
    assert engage["days"] == 2
    assert engage["extra"] == {"new": "extra.md"}
    prompt, poll = engage["activities"]
    assert (prompt["id"], prompt["minutes"], prompt["read"]) == ("Engage.prompt", 6, ["glass.md"])
    assert (poll["wait"], poll["days"], poll["async"]) == (True, 0, {"days": 2})
    assert poll["derived"] is False
    assert report["phases"][1]["activities"][0]["derived"] is True
    assert [one["days"] for one in (*report["before"], *report["after"])] == [3, 7]
    assert report["who"] == {"new": "New to filters"}
    assert report["places"] == {"board": "Link to your board"}


def test_a_report_without_a_script_says_nothing_of_one(fivefold: Fivefold, plan: Path) -> None:
    report = json.loads(fivefold("check", "--json", plan).out)
    assert {"before", "after", "places", "who"} & set(report) == set()


def test_people_are_counted_for_the_live_slots_alone(fivefold: Fivefold, folder: Path) -> None:
    said = fivefold("check", folder, "--people", 60)
    assert "with 60 people" in said.out
    assert "before.discussion" not in said.out


def test_preview_shows_what_a_place_is_for(fivefold: Fivefold, folder: Path) -> None:
    out = folder / "out"
    assert fivefold("preview", folder, "--as", "text", "--out", out).code == 0
    texts = "".join(path.read_text("utf-8") for path in out.iterdir())
    assert "Draw it: Link to your board" in texts
    assert "{{" not in texts


ALIKE = """\
places: {mine: A tool}
phases:
  Engage:
    do:
      - poll: Which?
        options: [Ours. It is A tool, "Ours. It is {{mine}}", Other]
"""


def test_places_whose_labels_cannot_stand_in_them_are_told_in_a_line(
    fivefold: Fivefold, folder: Path
) -> None:
    (folder / "script.yaml").write_text(ALIKE, "utf-8")
    assert fivefold("check", folder).code == 0
    said = fivefold("preview", folder, "--as", "text", "--out", folder / "out")
    assert (said.code, said.out) == (2, "")
    assert "Engage.poll cannot be used: two options are the same" in said.err
    assert said.err.count("\n") == 1


def test_derive_goes_by_the_plan_and_says_that_there_is_a_script(
    fivefold: Fivefold, folder: Path
) -> None:
    said = fivefold("derive", folder)
    assert said.code == 0
    assert said.err.startswith(f"fivefold: Note: {folder / 'script.yaml'} is what runs")
    assert yaml.safe_load(said.out)["phases"]["Engage"]["do"][1]["poll"]
    assert "glass.md" not in said.out


def test_derive_into_the_script_itself_says_nothing(fivefold: Fivefold, folder: Path) -> None:
    (folder / "script.yaml").write_text("", "utf-8")  # as the shell has just made it
    assert fivefold("derive", folder).err == ""


def test_a_derived_script_tells_editors_where_the_schema_is(fivefold: Fivefold, plan: Path) -> None:
    first, title, *_ = fivefold("derive", plan).out.splitlines()
    assert first == "# yaml-language-server: $schema=script.schema.json"
    assert title == "# Choosing a Water Filter: the script"


def test_schema_prints_what_a_script_takes(fivefold: Fivefold) -> None:
    said = fivefold("schema")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == script_schema(KINDS)


# A script made from a plan is read as what would have run.


@cache
def plans() -> dict[str, str]:
    """Plans of many authors, the three lessons, and these in other forms."""
    found = {path.stem: path.read_text("utf-8") for path in CORPUS.glob("*.md")}
    for name in NAMES:
        found[name] = text_of(name)
        found |= {f"{name}-{n}": rewritten(taken_apart(text_of(name)), n) for n in range(20)}
    return found


def as_written(script: Script) -> Script:
    """The script as if its author had written it."""
    phases = (
        replace(p, activities=tuple(replace(a, derived=False) for a in p.activities))
        for p in script.phases
    )
    return replace(script, phases=tuple(phases))


def no_handout(name: str) -> str:
    raise ValueError(f"There is no file {name}.")


def round_trip(text: str) -> None:
    """Hold a plan's derived script to what is read of its YAML."""
    plan, _ = read_plan(text)
    derived = derive(plan)
    written = script_yaml(Lesson.of("a-lesson", plan, derived))
    script, problems = read_script(written, KINDS, plan, no_handout)
    assert problems == ()
    assert script == as_written(derived)
    Draft202012Validator(script_schema(KINDS)).validate(yaml.safe_load(written))


@pytest.mark.parametrize("name", sorted(plans()))
def test_a_derived_script_is_read_as_what_would_have_run(name: str) -> None:
    round_trip(plans()[name])


def test_phases_of_one_name_come_back_each_as_it_was() -> None:
    round_trip("# T\n### Explore (20 min)\nDraw.\n### Explain (9 min)\n### Explore (7 min)\nRun.\n")


BRACES = PLAN.replace("* Flow rate", "* {{rate}}").replace(
    "Measure how", "Sign with {{student_name}}. Then {{#each}} measure how"
)


def test_what_a_plan_has_in_double_braces_comes_back_as_it_was() -> None:
    round_trip(BRACES)
    round_trip("# T\n### Show and tell (9 min)\n**Learner Activities:** {{do}}\n")


def test_a_derived_script_says_how_words_in_braces_become_places(
    fivefold: Fivefold, folder: Path
) -> None:
    (folder / "plan.md").write_text(BRACES, "utf-8")
    written = fivefold("derive", folder).out
    assert "# places:\n" in written
    for line in ("places:", "  student_name: Student name", "  rate: Rate", "  '#each': '#each'"):
        written = written.replace(f"# {line}\n", f"{line}\n")
    (folder / "script.yaml").write_text(written, "utf-8")
    places = json.loads(fivefold("check", folder, "--json").out)["places"]
    assert places == {"#each": "#each", "rate": "Rate", "student_name": "Student name"}


def test_a_derived_script_can_be_put_beside_its_plan(fivefold: Fivefold, folder: Path) -> None:
    (folder / "script.yaml").write_text(fivefold("derive", folder).out, "utf-8")
    said = fivefold("check", folder)
    assert said.code == 0
    assert "No problems." in said.out


def test_a_plan_alone_is_checked_without_the_models_of_the_kinds() -> None:
    """So that it starts quickly; a script needs them."""
    code = (
        "import sys; from bot.cli.lessons import load_lesson, CONTENT, _kinds; "
        "from pathlib import Path; load_lesson(Path(sys.argv[1]), CONTENT, _kinds); "
        "print('bot.facilitation.activities' in sys.modules, 'bot.lessons.schema' in sys.modules)"
    )
    plan_alone = Path(CORPUS / "bees.md")
    for path, said in ((plan_alone, "False False"), (CONTENT / NAMES[0], "True False")):
        ran = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert ran.stdout.strip() == said


@pytest.mark.parametrize("name", NAMES)
def test_the_lessons_that_come_with_it_are_found_with_their_scripts(
    fivefold: Fivefold, name: str
) -> None:
    assert fivefold("check", name).out.endswith("No problems.\n")
    assert load_lesson(Path(name), CONTENT, lambda: KINDS).script.places
