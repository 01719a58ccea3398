"""The schema of a script says what the reader takes, and what each key is for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from bot.facilitation.activities import KINDS
from bot.lessons.markdown import read_plan
from bot.lessons.problem import Problem
from bot.lessons.read_activities import COMMON, OVERRIDABLE
from bot.lessons.read_script import PHASE, TOP, read_script
from bot.lessons.schema import script_schema
from tests.core.lessons import CONTENT, NAMES

SCHEMA = script_schema(KINDS)
VALIDATOR = Draft202012Validator(SCHEMA)
KEPT = Path(__file__).parents[2] / "docs" / "script.schema.json"
PLAN, _ = read_plan(
    "# T\n## Learning Objectives\n* See lichens\n### Engage (20 min)\n### Explore (30 min)\n"
    "## Reflection Questions\n### For Learners\n* What surprised you?\n"
)


def problems(script: Any) -> tuple[Problem, ...]:
    """What the reader finds wrong; there is one Markdown file, and one rubric."""
    files = {"wall.md": "# The wall\n\nLook.\n", "rubric.yaml": "criteria: [It is exact]\n"}

    def handout(name: str) -> str:
        if name not in files:
            raise ValueError(f"There is no file {name}.")
        return files[name]

    return read_script(json.dumps(script), KINDS, PLAN, handout)[1]


def refused(script: Any) -> list[str]:
    """What the schema finds wrong."""
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in VALIDATOR.iter_errors(script)
    ]


def test_it_is_a_schema() -> None:
    meta.validate(SCHEMA)


def test_the_kept_schema_is_the_one_that_is_printed() -> None:
    assert json.loads(KEPT.read_text("utf-8")) == SCHEMA, (
        "fivefold schema > docs/script.schema.json"
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_the_scripts_of_the_three_lessons(name: str) -> None:
    assert refused(yaml.safe_load((CONTENT / name / "script.yaml").read_text("utf-8"))) == []


def keys(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a script can have, with what the schema says of it."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties.items() if isinstance(properties, dict) else ()
        for each in schema.values():
            yield from keys(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from keys(each)


def test_every_key_is_described_in_a_sentence() -> None:
    silent = [key for key, said in keys(SCHEMA) if not said.get("description", "").endswith(".")]
    assert silent == []


def test_it_knows_the_readers_keys_and_no_others() -> None:
    assert set(SCHEMA["properties"]) == set(TOP)
    assert set(SCHEMA["$defs"]["phase"]["properties"]) == set(PHASE)
    for name, kind in KINDS.items():
        if kind.main:
            fields = set(kind.model.model_fields) - {kind.main} | {name}
            assert set(SCHEMA["$defs"][name]["properties"]) == fields | set(COMMON)
            changes = SCHEMA["$defs"][f"{name}_changes"]["properties"]
            assert set(changes) == fields | set(OVERRIDABLE)
    assert "lobby" not in SCHEMA["$defs"]


def engage(activity: Any) -> Any:
    """A script whose Engage has this to do."""
    return {"phases": {"Engage": {"do": [activity]}}}


TAKEN = [
    {},
    engage("Look."),
    engage("wall.md"),
    engage({"poll": "Which?", "options": ["A", 5, {"id": "c", "label": True}], "multiple": "no"}),
    engage({"reflection": "plan"}),
    engage({"reflection": ["One?", {"id": "two", "text": "Two?"}], "visible": "everyone"}),
    engage({"prompt": "wall.md", "read": "wall.md", "wait": True, "days": 3, "id": "x.y"}),
    engage({"discussion": "Why?", "live": {"minutes": 20}, "async": {"discussion": "How?"}}),
    {"phases": {"Engage": {"do": [{"groups": 3}, {"submission": "wall.md", "by": "group"}]}}},
    engage({"submission": "A", "fields": ["One", {"id": "two", "label": "Two", "hint": "Short"}]}),
    {"before": [{"submission": "A"}], "after": [{"peer_review": "rubric.yaml", "self": "yes"}]},
    {"before": [{"submission": "A"}], "after": [{"peer_review": "plan", "reviews": 5}]},
    {
        "before": [{"submission": "A", "id": "work", "visible": "everyone"}],
        "after": [
            {
                "peer_review": ["A", {"id": "b", "title": 5, "objective": 1, "levels": {"4": "C"}}],
                "of": "work",
                "open": True,
                "release": "facilitator",
            }
        ],
    },
    {"who": {"new": "New to it"}, "phases": {"Engage": {"extra": {"new": "wall.md"}, "do": ["A"]}}},
    {"places": {"wall": "Where"}, "welcome": "Go to {{wall}}. Hello.", "before": ["A"]},
]
UNKNOWN = [
    {"colour": "red"},
    {"phases": {"Engage": {"colour": "red", "do": ["A"]}}},
    engage({"poll": "Which?", "options": ["A", "B"], "colour": "red"}),
    engage({"poll": "Which?", "options": ["A", {"id": "b", "label": "B", "colour": "red"}]}),
    engage({"poll": "Which?", "question": "Which?", "options": ["A", "B"]}),
    engage({"prompt": "A", "options": ["A", "B"]}),
    engage({"prompt": "A", "discussion": "B"}),
    engage({"prompt": "A", "live": {"id": "x"}}),
    engage({"prompt": "A", "live": {"colour": "red"}}),
    engage({"prompt": "A", "async": {"live": {"minutes": 3}}}),
    engage({"lobby": "A"}),
    engage({"groups": 3, "size": 3}),
    engage({"submission": "A", "task": "B"}),
    engage({"submission": "A", "fields": [{"id": "b", "label": "B", "colour": "red"}]}),
    engage({"peer_review": [{"id": "b", "title": "B", "colour": "red"}]}),
    engage({"peer_review": ["A"], "rubric": ["B"]}),
]


@pytest.mark.parametrize("script", TAKEN)
def test_what_the_reader_takes_is_valid(script: Any) -> None:
    assert problems(script) == ()
    assert refused(script) == []


@pytest.mark.parametrize("script", UNKNOWN)
def test_a_key_that_nobody_knows_is_refused_by_both(script: Any) -> None:
    assert refused(script)
    assert problems(script)


# Small scripts: mostly right, and wrong in every way.

WORDS = st.sampled_from(["Look.", "wall.md", "gone.md", "Which?", "10:30", "x y", "plan", ""])
TEXTS = WORDS | st.integers(2, 9) | st.booleans()
NAMED = st.sampled_from(["novice", "wall", "x y", "colour", "title", "id"])
WRONG = TEXTS | st.lists(TEXTS, max_size=2) | st.dictionaries(NAMED, TEXTS, max_size=2)


def mostly(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of the right ones, or now and then anything."""
    return st.integers(0, 9).flatmap(lambda n: right if n else WRONG)


def fields(must: dict[str, Any], may: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with its fields mostly right; now and then one is missing, or unknown."""

    def broken(found: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        less = st.sampled_from([{k: v for k, v in found.items() if k != gone} for gone in must])
        more = st.builds(lambda key, value: {**found, key: value}, NAMED, WRONG)
        return st.integers(0, 9).flatmap(
            lambda n: st.just(found) if n > 1 else more if n or not must else less
        )

    right = {key: mostly(value) for key, value in must.items()}
    return st.fixed_dictionaries(
        right, optional={key: mostly(value) for key, value in may.items()}
    ).flatmap(broken)


MAYBE = st.sampled_from([True, False, "yes", "no"])
WHOLE = st.integers(-1, 6) | st.just(99_999)
FILES = st.sampled_from(["wall.md", "gone.md", "wall"])
COMMONS: dict[str, Any] = {
    "title": TEXTS,
    "minutes": WHOLE,
    "days": WHOLE,
    "wait": MAYBE,
    "read": FILES | st.lists(FILES, max_size=2),
}
ITEMS = st.sampled_from(["a", "b", "c!", "other"])
OPTIONS = st.lists(TEXTS | fields({"id": ITEMS, "label": TEXTS}, {}), max_size=4)
QUESTIONS = TEXTS | st.lists(TEXTS | fields({"id": ITEMS, "text": TEXTS}, {}), max_size=3)
LEVELS = st.dictionaries(st.sampled_from(["4", "1", "5", "four"]), TEXTS, max_size=2)
CRITERION = fields({"id": ITEMS, "title": TEXTS}, {"objective": WHOLE, "levels": LEVELS})
CRITERIA = st.lists(TEXTS | CRITERION, max_size=3)
RUBRICS = st.sampled_from(["plan", "rubric.yaml", "gone.yaml"]) | CRITERIA
KINDS_OF: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "prompt": ({"prompt": TEXTS}, {}),
    "discussion": ({"discussion": TEXTS}, {}),
    "poll": (
        {"poll": TEXTS, "options": OPTIONS},
        {"multiple": MAYBE, "other": MAYBE, "results": st.sampled_from(["live", "after", "never"])},
    ),
    "reflection": (
        {"reflection": QUESTIONS},
        {"visible": st.sampled_from(["facilitator", "everyone", "nobody"])},
    ),
    "groups": ({"groups": WHOLE}, {"task": TEXTS}),
    "submission": (
        {"submission": TEXTS},
        {
            "by": st.sampled_from(["person", "group", "team"]),
            "fields": st.lists(
                TEXTS | fields({"id": ITEMS, "label": TEXTS}, {"hint": TEXTS}), max_size=3
            ),
            "visible": st.sampled_from(["facilitator", "everyone", "nobody"]),
        },
    ),
    "peer_review": (
        {"peer_review": RUBRICS},
        {
            "of": st.sampled_from(["x", "y", "Engage.submission"]),
            "reviews": WHOLE,
            "self": MAYBE,
            "open": MAYBE,
            "release": st.sampled_from(["close", "facilitator", "now"]),
        },
    ),
}


def activity(kind: str) -> st.SearchStrategy[Any]:
    must, may = KINDS_OF[kind]
    pace = fields({}, {**must, **may, **COMMONS})
    ids = st.sampled_from(["x", "y", "x y", "lobby"])
    return fields(must, {**may, **COMMONS, "id": ids, "live": pace, "async": pace})


ACTIVITIES = st.lists(TEXTS | st.sampled_from(list(KINDS_OF)).flatmap(activity), max_size=3)
EXTRA = st.dictionaries(st.sampled_from(["novice", "other"]), FILES, max_size=2)
PHASES = st.dictionaries(
    st.sampled_from(["Engage", "Explore", "Elicit"]),
    mostly(
        fields(
            {"do": ACTIVITIES}, {"minutes": WHOLE, "days": WHOLE, "notes": TEXTS, "extra": EXTRA}
        )
    ),
    max_size=2,
)
SCRIPTS = fields(
    {},
    {
        "who": st.dictionaries(NAMED, TEXTS, max_size=2),
        "places": st.dictionaries(NAMED, TEXTS, max_size=1),
        "phases": PHASES,
        **dict.fromkeys(("before", "after"), ACTIVITIES),
        **dict.fromkeys(("notes", "welcome", "notice", "closing"), TEXTS),
    },
)


@given(SCRIPTS)
def test_what_the_schema_refuses_the_reader_refuses_too(script: Any) -> None:
    assert not refused(script) or problems(script)
