"""Plans of any author: many hands, many forms, the same phases and minutes, and no line lost."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lessons.lesson import check_report
from bot.lessons.markdown import read_plan
from bot.lessons.names import COLUMNS, KOLB, PHASE_COLUMN, PHASE_PARTS, PHASES, ROLES, SECTIONS
from bot.lessons.plan import Plan
from tests.core.lessons import NAMES, lesson_of, strings, text_of, words
from tests.corpus.rewriting import minutes_of, rewritten, taken_apart

CORPUS = Path(__file__).parents[1] / "corpus"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CORPUS / "expected.yaml").read_text("utf-8"))
SEEDS = range(60)
LISTS = (
    "objectives",
    "key_concepts",
    "prior_knowledge",
    "materials",
    "assessments",
    "differentiation",
    "connections",
    "applications",
    "metacognition",
    "extensions",
    "safety",
    "reflection_learners",
    "reflection_facilitator",
    "virtual",
    "resources",
)
TABLES = (SECTIONS, PHASE_PARTS, PHASES, KOLB, PHASE_COLUMN, COLUMNS, ROLES)
NAMED = {word for table in TABLES for name in table for word in words(name)}
NUMBER = re.compile(
    r"^\W*(?:1️⃣ )?(?:(?:(?:phase|stage|day) )?(?:\d{1,2}\.)*\d{1,2}\W|[ivx]{1,4}\. )?", re.IGNORECASE
)
NAMED |= set(words("phase stage one two three four five br alignment bloom s taxonomy used cross"))


def corpus(name: str) -> str:
    return (CORPUS / f"{name}.md").read_text("utf-8")


def mutation(seed: int) -> str:
    return rewritten(taken_apart(text_of(NAMES[seed % 3])), seed // 3)


def words_kept(text: str) -> set[str]:
    report = check_report(lesson_of(text))
    del report["problems"]
    return {word for one in strings(report) for word in words(one)}


def unnumbered(line: str) -> str:
    return NUMBER.sub("", line)


def phases_of(plan: Plan) -> list[tuple[str, int | None]]:
    return [(phase.name, phase.minutes) for phase in plan.phases]


def test_every_plan_of_the_corpus_says_what_it_is_read_as() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CORPUS.glob("*.md"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_plan_of_any_author_has_its_phases_and_minutes(name: str) -> None:
    plan, _ = read_plan(corpus(name))

    assert phases_of(plan) == list(EXPECTED[name]["phases"].items())
    assert (plan.title, plan.duration_minutes) == (EXPECTED[name]["title"], EXPECTED[name]["total"])


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_plan_of_any_author_says_is_where_it_belongs(name: str) -> None:
    plan, _ = read_plan(corpus(name))
    phases = {phase.name: phase for phase in plan.phases}

    for where, said in EXPECTED[name]["fields"].items():
        phase, _, part = where.rpartition(".")
        assert said in getattr(phases[phase], part), where
    for part, count in EXPECTED[name].get("parts", {}).items():
        assert len(getattr(plan, part)) == count, part


@pytest.mark.parametrize("name", EXPECTED)
def test_the_author_is_told_of_what_could_not_be_placed(name: str) -> None:
    plan, problems = read_plan(corpus(name))
    kept = {one.line for one in plan.more} | {m.line for one in plan.phases for m in one.more}

    assert set(EXPECTED[name].get("told", [])) | kept <= {one.line for one in problems}
    assert "error" not in {one.severity for one in problems}


@pytest.mark.parametrize("name", EXPECTED)
def test_no_line_of_a_plan_of_any_author_is_lost(name: str) -> None:
    kept = words_kept(corpus(name))

    for line in corpus(name).splitlines():
        assert set(words(unnumbered(line))) <= kept | NAMED, line


def marked(text: str) -> str:
    """The text with a word of its own in each line that has words."""
    lines = []
    for number, line in enumerate(text.split("\n")):
        mark = f" zq{number}x"
        if not words(line) or line.startswith("```"):
            lines.append(line)
        elif line.rstrip().endswith("|"):
            lines.append(f"{line.rstrip()[:-1]}{mark} |")
        else:
            lines.append(line + mark)
    return "\n".join(lines)


@pytest.mark.parametrize("text", [*map(corpus, EXPECTED), *map(mutation, SEEDS[:12])])
def test_a_word_that_nobody_knows_is_kept_on_every_line(text: str) -> None:
    text = marked(text.replace("\r\n", "\n").replace("\r", "\n"))

    assert {word for word in words(text) if word.startswith("zq")} <= words_kept(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_three_plans_mean_the_same_in_any_form(seed: int) -> None:
    original, _ = read_plan(text_of(NAMES[seed % 3]))
    written = taken_apart(text_of(NAMES[seed % 3]))
    plan, problems = read_plan(mutation(seed))

    assert [phase.name for phase in plan.phases] == list(written.phases)
    assert [phase.minutes for phase in plan.phases] == list(
        map(minutes_of, written.phases.values())
    )
    assert (plan.title, plan.duration_minutes) == (original.title, original.duration_minutes)
    assert plan.audience == original.audience
    for part in LISTS:
        assert getattr(plan, part) == getattr(original, part), part
    for phase, meant in zip(plan.phases, original.phases, strict=True):
        assert phase.facilitator_actions.removeprefix("(lead)").strip() == meant.facilitator_actions
        assert phase.learner_activities.removeprefix("(all)").strip() == meant.learner_activities
        assert phase.resources == meant.resources
        assert phase.differentiation == meant.differentiation
        assert phase.technology == meant.technology
    assert (plan.more, [phase.more for phase in plan.phases]) == ((), [()] * 5)
    assert {one.severity for one in problems} <= {"note"}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_of_the_three_plans_is_lost_in_any_form(seed: int) -> None:
    kept = words_kept(mutation(seed))

    for line in re.split(r"\r\n?|\n", mutation(seed)):
        assert set(words(unnumbered(line))) <= kept | NAMED, line


@given(st.integers(0, 10**6), st.integers(0, 2))
@settings(max_examples=40)
def test_any_other_form_of_the_three_plans_keeps_phases_and_minutes(seed: int, which: int) -> None:
    written = taken_apart(text_of(NAMES[which]))
    plan, _ = read_plan(rewritten(written, seed))

    meant = [(name, minutes_of(phase)) for name, phase in written.phases.items()]
    assert phases_of(plan) == meant
