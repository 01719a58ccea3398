"""A script beside a plan: short because of its defaults, and every problem in its line."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facilitation.activities import KINDS
from bot.lessons.derive import derive
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan
from bot.lessons.problem import Problem
from bot.lessons.read_script import FILE, read_script
from bot.lessons.script import Activity, PaceName, Script, ScriptPhase, phase_keys
from tests.core.lessons import CONTENT, NAMES, seconds

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
PACES: tuple[PaceName, ...] = ("live", "async")
TWICE, _ = read_plan("# T\n### Explore (9 min)\n### Explain (5 min)\n### Explore (7 min)\n")
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


@pytest.mark.parametrize("name", ["Engage", "before", "after"])
def test_a_list_far_beyond_what_people_follow_is_not_read(name: str) -> None:
    listed = f"[{'gone.md,' * 41}]"
    text = f"phases:\n  Engage: {{do: {listed}}}\n" if name == "Engage" else f"{name}: {listed}\n"
    script, (problem,) = read(text)
    assert (problem.severity, problem.line) == ("error", 1 + (name == "Engage"))
    assert f"“{name}” lists 41 activities and takes at most 40" in problem.message
    assert (script.before, script.after) == ((), ())
    activities, _ = engage(f"[{'One,' * 40}]")
    assert activities[-1].id == "Engage.prompt[40]"


def test_after_a_hundred_problems_no_more_are_looked_for() -> None:
    phases = "".join(f"  P{n}: {{do: [One]}}\n" for n in range(300))
    script, problems = read(f"phases:\n{phases}")
    assert len(problems) == 101
    assert [p.line for p in problems] == [*range(2, 102), 101]
    assert (problems[-1].severity, problems[-1].file) == ("error", FILE)
    assert "more problems" in problems[-1].message
    assert len(script.phases) == len(PLAN.phases)


MOST = 256 * 1024 - 200
HUGE = {
    "prompts": f"phases: {{Engage: {{do: [{'a,' * (MOST // 2)}]}}}}",
    "polls": f"phases: {{Engage: {{do: [{'{poll: q, options: [a, b]},' * (MOST // 27)}]}}}}",
    "wrong polls": f"phases: {{Engage: {{do: [{'{poll: q, options: a},' * (MOST // 22)}]}}}}",
    "before": f"before: [{'a,' * (MOST // 2)}]",
    "options": f"before: [{{poll: q, options: [{','.join(map(str, range(19_000)))}]}}]",
    "wrong options": f"before: [{{poll: q, options: [{'[],' * 19_000}]}}]",
    "handouts": f"before: [{{prompt: q, read: [{'wall.md,' * 19_000}]}}]",
    "handouts that are not there": f"before: [{{prompt: q, read: [{'gone.md,' * 19_000}]}}]",
    "phases": f"phases: {{{','.join(f'p{n}: a' for n in range(9_000))}}}",
    "keys": f"{{{','.join(f'p{n}: a' for n in range(9_000))}}}",
    "places": f"places: {{{','.join(f'p{n}: a' for n in range(9_000))}}}",
    "marks": f'notes: "{" ".join(f"{{{{p{n}}}}}" for n in range(20_000))}"',
    "lists": f"[{'[],' * (MOST // 3)}]",
    "texts with places": 'places: {a: A}\nphases: {Engage: {do: ["Go.'
    + "\\n1. {{a}}" * 26_000
    + '"]}}',
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_a_huge_script_is_read_in_time(text: str) -> None:
    """The best of three, in processor time: a busy machine does not fail what is fast."""
    assert len(text) <= 256 * 1024
    assert any(seconds(lambda: read(text)) < 1 for _ in range(3))


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
    assert reflection.spec["visible"] == "facilitator"


def test_a_plan_without_questions_has_none_for_a_reflection() -> None:
    text = "phases: {Explain: {do: [reflection: plan]}}"
    _, (problem,) = read_script(text, KINDS, TWICE, str)
    assert "The plan has nothing for a reflection" in problem.message


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
        ("- {prompt: One, id: x}\n- {prompt: Two, id: x}", 5, "its own id"),
        ("- prompt: One\n  id: lobby", 5, "its own id"),
        ("- prompt: One\n  id: two words", 5, "one word"),
        ("- lobby: One", 4, "no kind that there is"),
        ("- poll: Which?\n  question: Which?\n  options: [A, B]", 5, "no field “question”"),
        ("- poll: Which?\n  options:\n    - A\n    - {id: b!, label: B}", 7, "up to 60 letters"),
        ("- prompt: One\n  read: [[more.md]]", 5, "names Markdown files"),
        (f"- prompt: One\n  read: [{'more.md,' * 41}]", 5, "at most 40 files"),
        ("- [One]", 4, "kind with its fields"),
        ("- prompt: One\n  wait: perhaps", 5, "true or false"),
        ("- prompt: One\n  days: 367", 5, "from 1 to 366"),
        ("- prompt: One\n  live: 5", 5, "needs fields"),
        ("- prompt: One\n  live:\n    minutes: soon", 6, "whole number"),
        ("- prompt: One\n  live:\n    id: x", 6, "keeps its id"),
        ("- prompt: One\n  async:\n    discussion: Two", 6, "keeps its id and its kind"),
        ("- prompt: One\n  live: {async: {days: 2}}", 5, "keeps its id"),
        ("- prompt: One\n  live:\n    colour: red", 6, "no field “colour”"),
        ("- poll: A\n  options: [A, B]\n  live:\n    options: [A]", 7, "at least 2"),
    ],
)
def test_a_problem_names_its_file_and_line(do: str, line: int, words: str) -> None:
    _, problems = engage(do)
    found = [p for p in problems if words in p.message]
    assert [(p.file, p.line) for p in found] == [(FILE, line)], problems


def test_a_phase_that_the_plan_has_not_is_a_problem() -> None:
    _, (problem,) = read("phases:\n  Elicit:\n    do: [wall.md]\n")
    assert (problem.severity, problem.line) == ("error", 2)
    assert "no phase “Elicit”" in problem.message


def test_where_the_plan_has_no_phase_at_all_it_is_told_how_to_write_one() -> None:
    bare, _ = read_plan("# Bees\n\nNo headings here.\n")
    text = "phases:\n  Warm-up:\n    do: [One]\n"
    _, (problem,) = read_script(text, KINDS, bare, str)
    assert problem.message.startswith("The plan has no phase “Warm-up”: it has none that I can")
    assert "### Engage (20 minutes)" in problem.message
    said, _ = read_plan("# Bees\n\n### Engage (20 minutes)\n\nLook.\n")
    assert [phase.name for phase in said.phases] == ["Engage"]


def test_the_second_phase_of_a_name_has_its_number() -> None:
    text = "phases:\n  Explore: {do: [One]}\n  Explore[2]: {do: [Two]}\n"
    script, problems = read_script(text, KINDS, TWICE, str)
    assert problems == ()
    (first,), (second,) = (phase.activities for phase in script.phases[::2])
    assert (first.spec["text"], second.spec["text"]) == ("One", "Two")
    assert (first.id, second.id) == ("Explore.prompt", "Explore.prompt[2]")
    assert [phase.minutes for phase in script.phases] == [9, 5, 7]


def test_what_is_written_gives_way_to_the_ids_of_a_phase_that_is_not() -> None:
    text = "phases:\n  Explore: {do: [One, Two, Three]}\n"
    script, problems = read_script(text, KINDS, TWICE, str)
    assert problems == ()
    ids = [activity.id for activity in script.activities()]
    assert len(set(ids)) == len(ids)
    assert script.phases[2] == derive(TWICE).phases[2]


@given(st.lists(st.sampled_from(["A", "A[2]", "A[3]", "B"]), max_size=7))
def test_no_two_phases_share_a_key(names: list[str]) -> None:
    keys = phase_keys(names)
    assert len(set(keys)) == len(names)
    assert all(key.startswith(name) for key, name in zip(keys, names, strict=True))


def test_days_that_nobody_gave_are_left_open() -> None:
    script, _ = read("phases:\n  Engage: {days: 3, do: [One]}\n  Explore: {do: [One]}\n")
    assert [phase.days for phase in script.phases] == [3, 0]


POLL = """\
- poll: Which?
  options: [Moss, Lichen]
  minutes: 9
  read: [wall.md]
  live: {minutes: 5, wait: true, results: close}
  async: {poll: "And which, after a walk?", days: 2, read: [more.md]}
"""


def test_a_pace_replaces_what_it_names_and_nothing_else() -> None:
    script, problems = read(
        "phases:\n  Engage:\n    do:\n"
        + "".join(f"      {line}\n" for line in POLL.splitlines())
        + "      - Go on.\n"
    )
    assert problems == ()
    live, later = (script.for_pace(pace).phases[0].activities[0] for pace in PACES)
    assert (live.minutes, live.wait, live.days, live.read) == (5, True, 0, ("wall.md",))
    assert (later.minutes, later.wait, later.days, later.read) == (9, False, 2, ("more.md",))
    assert (live.spec["question"], live.spec["results"]) == ("Which?", "close")
    assert (later.spec["question"], later.spec["results"]) == ("And which, after a walk?", "after")
    assert live.spec["options"] == later.spec["options"]
    assert live.id == later.id
    assert dict(script.handouts) == {"wall.md": FILES["wall.md"], "more.md": FILES["more.md"]}


def test_minutes_are_shared_out_among_those_of_a_live_run() -> None:
    activities, problems = engage("- prompt: One\n  live: {minutes: 5}\n- Two")
    assert problems == ()
    assert [a.minutes for a in activities] == [5, 15]


def test_a_script_for_one_pace_has_no_overrides_left() -> None:
    text = "before:\n  - prompt: One\n    async: {title: At home}\n"
    script, _ = read(text + "after:\n  - prompt: Two\n    live: {title: Here}\n")
    for pace in PACES:
        assert not any(a.overrides for a in script.for_pace(pace).activities())
    assert script.for_pace("async").before[0].spec["title"] == "At home"
    assert "title" not in script.for_pace("live").before[0].spec
    assert script.for_pace("live").after[0].spec["title"] == "Here"
    assert script.for_pace("live").for_pace("async") == script.for_pace("live")


def test_what_differs_by_pace_comes_back_from_json_as_it_was() -> None:
    activities, _ = engage(POLL)
    assert activities[0].overrides
    script = Script((ScriptPhase("Engage", 20, "", activities),))
    lesson = Lesson.of("a-lesson", PLAN, script)
    assert Lesson.from_json(lesson.to_json()) == lesson


def test_what_runs_decides_how_long_a_phase_is() -> None:
    script, problems = read("phases:\n  Engage: {do: [{prompt: One, minutes: 21}]}\n")
    assert [p.severity for p in problems] == ["warning"]
    assert script.phases[0].minutes == 21


ENGAGE = "phases:\n  Engage:\n    do:\n"
PLACES = "places:\n  board: Link to your board\n  deck: Link to your slides\n"


def test_a_place_that_is_not_declared_is_a_problem_where_it_is_written() -> None:
    files = {"wall.md": "# The wall\n\nLook.\n\nDraw: {{bored}}\n"}
    text = PLACES + "welcome: See {{deck}}.\nphases:\n  Engage:\n    do:\n      - wall.md\n"
    _, problems = read(text + "      - Go to {{bord}}, then {{board}} it. Go.\n", files)
    assert [(p.severity, p.file, p.line) for p in problems] == [
        ("error", FILE, 9),
        ("error", "wall.md", 5),
    ]
    assert "no place “bord”" in problems[0].message


def test_braces_in_code_are_no_place() -> None:
    files = {"wall.md": "Write `{{ ds }}`.\n\n```yaml\na: {{b}}\n```\n${{ secrets.X }}\n"}
    _, problems = read("phases:\n  Engage: {do: [wall.md]}\n", files)
    assert problems == ()


def test_a_place_that_nobody_uses_is_a_warning_at_its_line() -> None:
    _, problems = read(PLACES + "welcome: Slides at {{deck}}. Hello.\n")
    assert [(p.severity, p.line) for p in problems] == [("warning", 2)]


@pytest.mark.parametrize("entry", ["a b: Link", "board: ''", "board: ' '", "'{x}': Link"])
def test_a_place_has_a_name_of_one_word_and_says_what_is_wanted(entry: str) -> None:
    _, problems = read(f"places:\n  {entry}\n")
    assert [(p.severity, p.line) for p in problems] == [("error", 2)]


def test_a_text_that_is_nothing_without_its_place_is_a_problem() -> None:
    do = ["- discussion: Talk on {{board}}.", "- {poll: Which?, options: ['{{deck}}', B]}"]
    text = PLACES + "phases:\n  Engage:\n    do:\n" + "".join(f"      {one}\n" for one in do)
    _, problems = read(text)
    assert [(p.severity, p.line) for p in problems] == [("error", 7), ("error", 8)]
    assert "{{board}}" in problems[0].message


ALIKE = """\
- poll: Which?
  title: "{{board}}"
  options:
    - A tool of ours. It is {{board}}.
    - A tool of ours. It is {{deck}}.
    - Neither
"""


def test_options_that_are_the_same_without_their_places_are_a_problem() -> None:
    indented = "".join(f"      {line}\n" for line in ALIKE.splitlines())
    _, (problem,) = read(PLACES + ENGAGE + indented)
    assert (problem.severity, problem.file, problem.line) == ("error", FILE, 9)
    assert "while its places are not filled in: two options are the same" in problem.message


def test_what_the_plan_writes_like_a_place_is_its_own_words() -> None:
    plan, _ = read_plan("# T\n### Engage (9 min)\n**Learner Activities:** Sign as {{ you }}.\n")
    text = f"{ENGAGE}      - Sign as {{{{you}}}}, not {{{{me}}}}.\n"
    script, (problem,) = read_script(text, KINDS, plan, str)
    assert "no place “me”" in problem.message
    assert "{{you}}" in str(script.activities()[0].spec)


def test_more_posts_than_people_follow_are_a_warning() -> None:
    _, problems = engage("\n".join(f"- Number {n}" for n in range(6)))
    assert [p.severity for p in problems] == ["warning"]


@pytest.mark.parametrize("name", ["before", "after"])
def test_so_is_more_before_or_after_than_people_do(name: str) -> None:
    listed = ", ".join(f"Number {n}" for n in range(4))
    assert read(f"{name}: [{listed}]")[1] == ()
    _, (problem,) = read(f"phases: {{}}\n{name}: [{listed}, One more]")
    assert (problem.severity, problem.line) == ("warning", 2)
    assert f"“{name}” has 5 activities" in problem.message


def test_the_entry_survey_counts_among_what_comes_before() -> None:
    _, (problem,) = read("who: {new: New, old: Old}\nbefore: [One, Two, Three, Four]\n")
    assert (problem.severity, problem.line) == ("warning", 2)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("before:\n  - prompt: One\n    minutes: 5\n", 3, "“minutes” does nothing in “before”"),
        ("after:\n  - prompt: One\n    wait: true\n", 3, "“wait” does nothing in “after”"),
        ("after:\n  - prompt: One\n    live:\n      minutes: 5\n", 4, "nothing in “after”"),
        (f"{ENGAGE}      - prompt: One\n        async: {{minutes: 3}}\n", 5, "nothing in “async”"),
        (f"{ENGAGE}      - prompt: One\n        async:\n          wait: false\n", 6, "“wait”"),
        (f"{ENGAGE}      - prompt: One\n        live:\n          days: 2\n", 6, "in “live”"),
    ],
)
def test_a_field_that_does_nothing_where_it_stands_is_a_warning(
    text: str, line: int, words: str
) -> None:
    _, (problem,) = read(text)
    assert (problem.severity, problem.line) == ("warning", line)
    assert words in problem.message


def test_fields_that_count_where_they_stand_are_no_problem() -> None:
    do = (
        "      - {prompt: One, minutes: 5, wait: true, days: 2, async: {days: 3}, live: {wait: no}}"
    )
    around = (
        "before:\n  - {prompt: A, days: 2, async: {days: 1}}\nafter:\n  - {prompt: B, days: 9}\n"
    )
    assert read(f"{around}{ENGAGE}{do}\n      - Two\n")[1] == ()


@pytest.mark.parametrize("kind", ["prompt", "discussion", "poll", "reflection"])
def test_a_file_that_is_not_there_is_one_problem(kind: str) -> None:
    more = ", options: [A, B]" if kind == "poll" else ""
    _, (problem,) = read(f"after: [{{{kind}: gone.md{more}}}]\n")
    assert problem.message == "There is no file gone.md."


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


def test_the_kinds_of_learners_are_the_options_of_an_entry_survey() -> None:
    script, problems = read(
        "who: {novice: New to it, expert: At home in it}\nbefore: [Welcome]\nphases: {}"
    )
    assert problems == ()
    assert [activity.id for activity in script.before] == ["before.prompt", "before.who"]
    options = script.before[1].spec["options"]
    assert [(one["id"], one["label"]) for one in options] == [
        ("novice", "New to it"),
        ("expert", "At home in it"),
    ]


@pytest.mark.parametrize(
    "who", ["{one: Alone}", "{one: ' ', two: B}", "{}", str({f"k{n}": "K" for n in range(21)})]
)
def test_there_is_no_survey_where_there_is_nothing_to_choose(who: str) -> None:
    script, problems = read(f"who: {who}\nphases: {{}}")
    assert (script.before, problems) == ((), ())


def test_kinds_of_learners_may_be_called_anything() -> None:
    script, problems = read("who: {Лев: A, other: B}\nphases: {}")
    assert problems == ()
    assert [one["id"] for one in script.before[0].spec["options"]] == ["a", "b"]
