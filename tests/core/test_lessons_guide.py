"""The author's guide says what is: its keys, examples, commands and tables are held against it."""

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot.chat.message import Buttons, Message
from bot.cli.app import COMMANDS, Command, invoke
from bot.cli.errors import guarded
from bot.facilitation.activities import KINDS
from bot.facilitation.controls import parse_command
from bot.facilitation.gallery import gallery
from bot.facilitation.handouts import LONG
from bot.lessons import yaml_tree
from bot.lessons.files import MOST_BYTES, MOST_LINES, MOST_SCRIPT_BYTES, load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan
from bot.lessons.minutes import MOST, read_length
from bot.lessons.problem import Problem
from bot.lessons.read_activities import COMMON
from bot.lessons.read_script import MOST_POSTS, read_script
from bot.lessons.read_values import MOST_DAYS, MOST_LISTED
from bot.lessons.schema import script_schema
from tests.core.lessons import CONTENT, NAMES

GUIDE = (Path(__file__).parents[2] / "docs" / "lessons.md").read_text(encoding="utf-8")
SCHEMA = script_schema(KINDS)
DEFS = SCHEMA["$defs"]
_, RUBRIC_AS_LIST, _ = DEFS["peer_review"]["properties"]["peer_review"]["anyOf"]
KEYED = {
    "At the top": SCHEMA["properties"],
    "In a phase": DEFS["phase"]["properties"],
    "In every activity": {name: DEFS["prompt"]["properties"][name] for name in ("title", *COMMON)},
    **{
        heading: {
            name: said
            for name, said in DEFS[kind]["properties"].items()
            if name not in ("title", *COMMON)
        }
        for heading, kind in (
            ("Prompt", "prompt"),
            ("Discussion", "discussion"),
            ("Poll", "poll"),
            ("Reflection", "reflection"),
            ("Groups", "groups"),
            ("Submission", "submission"),
            ("Peer review", "peer_review"),
        )
    },
    "An option as id and label": DEFS["PollOption"]["properties"],
    "A question as id and text": DEFS["ReflectionQuestion"]["properties"],
    "A field as id and label": DEFS["WorkField"]["properties"],
    "A criterion as id and title": DEFS["CriterionSpec"]["properties"],
}
"""The keys that a script can have, by the heading or the line above the table of each."""


def fenced(language: str) -> list[str]:
    """The blocks of the guide in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def rows(text: str) -> list[list[str]]:
    """The first table in a text, by rows and cells, without its heading."""
    lines = iter(text.split("\n"))
    table: list[str] = []
    for line in lines:
        if line.startswith("|"):
            table.append(line)
        elif table:
            break
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def below(heading: str) -> str:
    """What the guide says below a heading or a line."""
    _, found, rest = re.split(rf"^((?:#+ )?{re.escape(heading)}:?)$", GUIDE, flags=re.MULTILINE)
    assert found
    return re.split(r"^#{1,3} ", rest, flags=re.MULTILINE)[0]


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


# The keys.


@pytest.mark.parametrize("heading", KEYED)
def test_its_tables_have_every_key_of_the_schema_and_no_other(heading: str) -> None:
    explained = [codes(row[0]) for row in rows(below(heading))]
    assert sorted(explained) == sorted([name] for name in KEYED[heading])


def test_there_is_no_table_of_keys_that_is_not_looked_at() -> None:
    assert GUIDE.count("\n| Key |") == len(KEYED)


def test_no_key_of_the_schema_is_on_no_list_of_keys() -> None:
    known = {name for keys in KEYED.values() for name in keys}
    found = {name for part in (SCHEMA, *DEFS.values()) for name in part.get("properties", {})}
    assert found == known


@pytest.mark.parametrize("heading", KEYED)
def test_every_key_has_a_meaning_and_the_default_of_the_schema(heading: str) -> None:
    for key, meaning, default, example in rows(below(heading)):
        said = KEYED[heading][codes(key)[0]]
        assert meaning.strip("– ")
        assert example
        if "default" in said:
            assert default == str(said["default"]).lower(), key


def test_the_examples_of_keys_are_yaml_with_that_key_in_it() -> None:
    for heading in KEYED:
        for key, _, _, example in rows(below(heading)):
            name = codes(key)[0]
            for shown in codes(example):
                value = yaml.safe_load(shown)
                assert name in value or heading == "At the top", shown


@pytest.mark.parametrize(
    "limit",
    [
        f"| {MOST_POSTS} (",
        f"more than {MOST_LISTED} is not read",
        f"| {MOST_LISTED} |",
        f"| {yaml_tree.MOST_VALUES:,}; {yaml_tree.MOST_LINES:,} |",
        f"{MOST:,}",
        f"| {MOST_DAYS} |",
        f"| {MOST_SCRIPT_BYTES // 1024} KB |",
        f"| {MOST_BYTES // 1_000_000} MB |",
        f"| {MOST_LINES:,} lines |",
        f"| {DEFS['poll']['properties']['options']['maxItems']} |",
        f"fields of a submission | {DEFS['submission']['properties']['fields']['maxItems']} |",
        f"| Criteria of a rubric | {RUBRIC_AS_LIST['maxItems']} |",
        f"| Works that each reviews | {DEFS['peer_review']['properties']['reviews']['maximum']} |",
    ],
)
def test_it_names_the_limits_that_are_kept(limit: str) -> None:
    assert limit in below("How much fits")


def test_it_says_when_a_prompt_is_too_long_to_be_posted_whole() -> None:
    assert f"more than {LONG:,} characters" in below("Prompt")


# The examples.

PLAN_TEXT, SIGNS = fenced("markdown")
PLAN, PLAN_PROBLEMS = read_plan(PLAN_TEXT)
(RUBRIC,) = (text for text in fenced("yaml") if text.startswith("criteria:"))


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with an example; activities alone stand in Engage, after a prompt."""

    files = {"signs.md": SIGNS, "rubric.yaml": RUBRIC}

    def handout(name: str) -> str:
        return files.get(name, "# A handout\n\nRead this.\n")

    if text.startswith("- "):
        inside = "".join(f"      {line}\n" for line in text.splitlines())
        text = f"phases:\n  Engage:\n    do:\n      - Welcome.\n{inside}"
    return read_script(text, KINDS, PLAN, handout)[1]


def test_its_plan_is_read_without_a_problem() -> None:
    assert PLAN_PROBLEMS == ()
    assert [(one.name, one.minutes) for one in PLAN.phases] == [
        ("Engage", 10),
        ("Explore", 15),
        ("Explain", 10),
        ("Elaborate", 15),
        ("Evaluate", 10),
    ]


def test_the_durations_that_it_lists_are_understood() -> None:
    (line,) = re.findall(r"^These are all understood: (.+)$", GUIDE, re.MULTILINE)
    assert [one for one in codes(line) if read_length(one) is None] == []


@pytest.mark.parametrize("text", [text for text in fenced("yaml") if text != RUBRIC])
def test_its_scripts_are_read_without_a_problem(text: str) -> None:
    assert problems_of(text) == ()


def test_an_example_with_a_mistake_would_be_found() -> None:
    assert problems_of("- poll: Which?\n  option: [a, b]\n")


def commands() -> Iterator[list[str]]:
    """The words of each command line in the guide."""
    for block in fenced("console"):
        for line in block.splitlines():
            words = shlex.split(line.split(" > ")[0])
            if words[0] == "fivefold":
                yield words[1:]


def parser_of(command: Command) -> Any:
    """What takes the words of a command line."""
    app = typer.Typer(add_completion=False)
    app.command(command.name)(command.load())
    return typer.main.get_command(app)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_its_commands_are_taken(words: list[str]) -> None:
    name, *rest = words
    known = {command.name: command for command in COMMANDS}
    assert name in known
    # Raises for an option or a value that there is not; runs nothing.
    parser_of(known[name]).make_context(name, [*rest])
    if name == "run":
        assert parse_command(" ".join(rest[1:]))


def test_the_options_over_days_are_those_that_there_are() -> None:
    schedule = next(command for command in COMMANDS if command.name == "schedule")
    there = {opt for each in parser_of(schedule).params for opt in each.opts}
    named = {codes(row[0])[0].split()[0] for row in rows(below("Over days"))}
    assert named <= there
    assert there - named == {"lesson", "--place", "--json"}


def test_what_one_says_to_steer_is_understood() -> None:
    said = [
        word
        for row in rows(GUIDE.split("**Steering.**")[1])
        for word in codes(row[0])
        if parse_command(word) is None
    ]
    assert said == []


def test_its_links_to_itself_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    there = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= there


def test_the_buttons_that_it_names_are_called_so() -> None:
    scripted = load_lesson(CONTENT / NAMES[0], kinds=lambda: KINDS)
    there = {
        button.label
        for _, what in gallery(scripted.for_pace("live"))
        for block in (what.blocks if isinstance(what, Message) else ())
        for button in (block.buttons if isinstance(block, Buttons) else ())
    }
    tables = (below("Beside every activity"), 0), (below("What comes in private"), 2)
    named = {one for text, column in tables for row in rows(text) for one in codes(row[column])}
    said = "\n".join(below(one) for one in ("Groups", "Submission", "Peer review"))
    quoted = set(re.findall(r"“([A-Z][^”]+)”", said + below("What comes in private")))
    assert len(named) >= 6
    assert (named | quoted) - there == {"What I will change", "Read"}


# The first lesson, step by step.


def test_the_first_lesson_goes_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown, counted, message, *_ = fenced("text")
    poll, explore = (yaml.safe_load(text) for text in fenced("yaml")[:2])

    def typed(line: str) -> str:
        assert f"\n{line}" in GUIDE
        assert guarded(lambda: invoke(shlex.split(line.split(" > ")[0])[1:])) == 0
        return capsys.readouterr().out

    folder = Path("phishing")
    folder.mkdir()
    (folder / "plan.md").write_text(PLAN_TEXT, encoding="utf-8")
    assert typed("fivefold check phishing") == shown

    script = yaml.safe_load(typed("fivefold derive phishing > phishing/script.yaml"))
    engage, explored = (script["phases"][name]["do"] for name in ("Engage", "Explore"))
    assert engage[1] | {"options": poll[0]["options"]} == poll[0]
    assert explored[1].pop("minutes") == 6
    explored[0] |= {"minutes": 11, "read": ["signs.md"]}
    assert {"Explore": script["phases"]["Explore"]} == explore["phases"]

    engage[1] = poll[0]
    (folder / "script.yaml").write_text(yaml.safe_dump(script), encoding="utf-8")
    (folder / "signs.md").write_text(SIGNS, encoding="utf-8")
    checked = typed("fivefold check phishing")
    assert "1 handout to read\n" in checked
    assert checked.endswith("No problems.\n")
    assert typed("fivefold preview phishing --as text --out preview") == counted
    posted = Path("preview/021-Explore.prompt-open.txt")
    assert f"`{posted.name}`" in GUIDE
    assert posted.read_text("utf-8").startswith(message)


# The three lessons.


@cache
def lesson(name: str) -> Lesson:
    return load_lesson(CONTENT / name, kinds=lambda: KINDS)


def table_of(name: str) -> Mapping[str, list[str]]:
    """The rows of a lesson's table, by the phase."""
    return {row[0]: row[1:] for row in rows(below(f"`{name}`"))}


def data_of(name: str) -> tuple[set[str], set[str]]:
    """The files of data that the script uses, and those that later kinds will need."""
    script = (CONTENT / name / "script.yaml").read_text("utf-8")
    files = {path.name for path in (CONTENT / name).glob("*.yaml")} - {"script.yaml"}
    used = {file for file in files if f" {file}\n" in script}
    return used, files - used


def test_every_lesson_has_its_part() -> None:
    named = re.findall(r"^### `(.+)`$", GUIDE, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in CONTENT.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_every_phase_in_its_order(name: str) -> None:
    assert list(table_of(name)) == [part.name for part in lesson(name).script.parts()]


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_every_activity_in_its_phase_and_no_other(name: str) -> None:
    for part in lesson(name).script.parts():
        named = codes(table_of(name)[part.name][1])
        runs = [one for one in named if not one.endswith((".md", ".yaml"))]
        assert runs == [activity.id for activity in part.activities]


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_what_the_plan_names_word_for_word(name: str) -> None:
    for phase in lesson(name).plan.phases:
        named = table_of(name)[phase.name][0]
        assert f"*Resources:* {phase.resources}" in named
        assert f"*Technology:* {phase.technology}" in named


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_the_handouts_of_every_phase(name: str) -> None:
    for part in lesson(name).script.parts():
        runs = codes(table_of(name)[part.name][1])
        read = {file for activity in part.activities for file in activity.read}
        assert read | {file for _, file in part.extra} <= set(runs)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_and_place_that_is_named_exists_and_none_is_missing(name: str) -> None:
    said = below(f"`{name}`")
    files = {one for one in codes(said) if re.search(r"\.(?:md|yaml|csv)$", one)}
    assert [one for one in sorted(files) if not (CONTENT / name / one).is_file()] == []
    used, later = data_of(name)
    assert files >= used | later | dict(lesson(name).script.handouts).keys()
    assert set(re.findall(r"\{\{(\w+)\}\}", said)) == dict(lesson(name).script.places).keys()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_come_has_its_content_ready(name: str) -> None:
    to_come = {file for row in table_of(name).values() for file in codes(row[2])}
    assert to_come == data_of(name)[1]
    runs = {file for row in table_of(name).values() for file in codes(row[1])}
    assert {file for file in runs if file.endswith(".yaml")} == data_of(name)[0]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_where_all_materials_and_assessments_are(name: str) -> None:
    listed = re.findall(r"^- (.+)$", below(f"`{name}`"), re.MULTILINE)
    plan = lesson(name).plan
    wanted = [*plan.materials, *(one.text for one in plan.assessments)]
    assert len(listed) == len(wanted)
    for line, text in zip(listed, wanted, strict=True):
        where = line.removeprefix(f"{text}: ")
        assert where != line, text
        assert codes(where) or "{{" in where
