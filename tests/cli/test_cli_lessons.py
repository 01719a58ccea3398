"""What an author does with a lesson: check, derive, timeline and preview."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.script_yaml import script_data, script_yaml
from bot.facilitation.gallery import gallery
from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.plan import Plan
from bot.lessons.script import Activity, Script, ScriptPhase
from tests.cli.conftest import PLAN, Fivefold

KEYS = (
    "title duration_minutes audience objectives key_concepts prior_knowledge materials phases "
    "assessments differentiation connections applications metacognition extensions safety "
    "reflection virtual resources problems"
).split()
PHASE_KEYS = (
    "name minutes facilitator_actions learner_activities resources differentiation technology "
    "activities"
).split()


def test_check_shows_how_the_lesson_is_divided(fivefold: Fivefold, plan: Path) -> None:
    said = fivefold("check", plan)
    assert (said.code, said.err) == (0, "")
    assert "Choosing a Water Filter" in said.out
    assert "60 minutes in 5 phases" in said.out
    assert "No problems." in said.out
    [explore] = [line for line in said.out.splitlines() if line.startswith("Explore")]
    assert explore.split()[1:3] == ["20", "prompt"]


def test_check_names_file_and_line_of_a_problem(fivefold: Fivefold, plan: Path) -> None:
    plan.write_text(PLAN.replace("**Duration:** 20 minutes", "**Duration:** a while"), "utf-8")
    said = fivefold("check", plan)
    line = 1 + PLAN.splitlines().index("### Explore")
    assert said.code == 0
    assert f"{plan}:{line}: warning: " in said.out


def test_check_takes_several_lessons_and_fails_for_the_one_that_cannot_run(
    fivefold: Fivefold, plan: Path, tmp_path: Path
) -> None:
    said = fivefold("check", tmp_path / "missing.md", plan)
    assert said.code == 1
    assert "Choosing a Water Filter" in said.out
    assert said.err.count("\n") == 1
    assert "missing.md" in said.err


def test_check_prints_all_that_was_read_as_one_json_object(fivefold: Fivefold, plan: Path) -> None:
    said = fivefold("check", "--json", plan)
    report = json.loads(said.out)
    assert said.code == 0
    assert set(KEYS) <= set(report)
    assert all(set(PHASE_KEYS) <= set(phase) for phase in report["phases"])
    assert report["objectives"] == [{"text": "Compare two filters", "bloom": "Analyzing"}]
    activities = [activity for phase in report["phases"] for activity in phase["activities"]]
    assert all({"id", "kind", "derived"} <= set(activity) for activity in activities)


def test_check_warns_of_discussions_that_are_too_short_for_the_people(
    fivefold: Fivefold, plan: Path
) -> None:
    few, many = (fivefold("check", plan, "--people", n) for n in (2, 60))
    assert "No problems." in few.out
    assert "with 60 people" in many.out
    assert many.code == 0


def test_a_folder_with_a_plan_is_a_lesson(fivefold: Fivefold, plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "water"
    folder.mkdir()
    plan.rename(folder / "plan.md")
    assert "Choosing a Water Filter" in fivefold("check", folder).out


def test_derive_writes_commented_yaml_that_says_what_runs(fivefold: Fivefold, plan: Path) -> None:
    said = fivefold("derive", plan)
    data = yaml.safe_load(said.out)
    assert "# Choosing a Water Filter" in said.out
    assert list(data["phases"]) == ["Engage", "Explore", "Explain", "Elaborate", "Evaluate"]
    assert data == script_data(load_lesson(plan))
    [poll] = [one for one in data["phases"]["Engage"]["do"] if "poll" in one]
    assert poll["options"] == ["Turbidity", "Flow rate", "Maintenance"]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6), st.text(max_size=20))
def test_every_text_of_a_script_comes_back_from_its_yaml(texts: list[str], name: str) -> None:
    options = [{"id": str(n), "label": text} for n, text in enumerate(texts)]
    activities = (
        Activity("a", name, "prompt", 3, True, {"text": texts[0]}),
        Activity("b", name, "poll", 4, True, {"question": texts[-1], "options": options}),
    )
    phases = tuple(ScriptPhase(name, 7, text, activities) for text in texts)
    script = Script(phases, notice=texts[0], welcome="\n".join(texts), closing="no")
    lesson = Lesson.of("any", Plan(title=name, duration_minutes=None), script)
    assert yaml.safe_load(script_yaml(lesson)) == script_data(lesson)


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    words = ["no", "10:30", "1e3", "~", "2026-03-02", "*a", "# b", "y: z", "- c", "", " d "]
    options = [{"id": word, "label": word} for word in words]
    activity = Activity("a", "Engage", "poll", 1, True, {"question": "no", "options": options})
    script = Script((ScriptPhase("Engage", 1, "", (activity,)),))
    lesson = Lesson.of("any", Plan(title="T", duration_minutes=1), script)
    [poll] = yaml.safe_load(script_yaml(lesson))["phases"]["Engage"]["do"]
    assert (poll["poll"], poll["options"]) == ("no", words)


def timeline(fivefold: Fivefold, plan: Path, *more: str) -> Any:
    return json.loads(fivefold("timeline", plan, "--json", *more).out)


def test_timeline_gives_each_cue_in_local_time_and_in_utc(fivefold: Fivefold, plan: Path) -> None:
    report = timeline(fivefold, plan, "--start", "2026-03-02 09:00", "--zone", "Europe/Berlin")
    [start] = [cue for cue in report["cues"] if cue["kind"] == "start"]
    assert start["at"] == "2026-03-02T08:00:00+00:00"
    assert start["local"] == "2026-03-02T09:00:00+01:00"
    assert report["end"] == "2026-03-02T09:00:00+00:00"
    said = fivefold("timeline", plan, "--start", "2026-03-02 09:00", "--zone", "Europe/Berlin")
    assert "Mon 2026-03-02 09:00 CET  08:00 UTC  start" in said.out


def test_timeline_keeps_its_length_when_the_clocks_go_forward(
    fivefold: Fivefold, plan: Path
) -> None:
    report = timeline(fivefold, plan, "--start", "2026-03-29 01:30", "--zone", "Europe/Berlin")
    assert report["cues"][-1]["local"] == "2026-03-29T03:30:00+02:00"


def test_timeline_takes_the_first_of_a_time_that_comes_twice_and_says_so(
    fivefold: Fivefold, plan: Path
) -> None:
    said = fivefold("timeline", plan, "--start", "2026-10-25 02:30", "--zone", "Europe/Berlin")
    assert said.code == 0
    assert "02:30 CEST  00:30 UTC  start" in said.out
    assert "comes twice" in said.err


def test_timeline_begins_at_the_next_full_hour_if_nothing_is_said(
    fivefold: Fivefold, plan: Path
) -> None:
    before = datetime.now(UTC)
    start = datetime.fromisoformat(timeline(fivefold, plan)["start"])
    assert (start.minute, start.second) == (0, 0)
    assert 0 < (start - before).total_seconds() <= 3600


@pytest.mark.parametrize(
    ("look", "ending"), [("text", "txt"), ("slack", "json"), ("teams", "json")]
)
def test_preview_writes_every_message_into_a_file_of_its_own(
    fivefold: Fivefold, plan: Path, tmp_path: Path, look: str, ending: str
) -> None:
    out = tmp_path / "new" / look
    said = fivefold("preview", plan, "--as", look, "--out", out)
    assert said.code == 0
    assert said.out == f"{len([*out.iterdir()])} files in {out}\n"
    files = sorted(path.name for path in out.glob(f"*.{ending}"))
    assert files[0] == f"001-welcome.{ending}"
    stems = [name.removesuffix(f".{ending}").partition("-")[2] for name in files]
    # What takes several cards is written into several files, with a number at the end of each.
    whole = {re.sub(r"-\d+$", "", stem) for stem in stems}
    assert {name for name, _ in gallery(load_lesson(plan))} <= whole.union(stems)


def test_preview_for_slack_puts_a_picture_beside_each_message_and_an_index_of_them(
    fivefold: Fivefold, plan: Path, tmp_path: Path
) -> None:
    assert fivefold("preview", plan, "--as", "slack", "--out", tmp_path / "o").code == 0
    sent, drawn = (
        sorted(path.stem for path in (tmp_path / "o").glob(f"[0-9]*.{ending}"))
        for ending in ("json", "html")
    )
    assert sent == drawn
    assert "Choosing a Water Filter" in (tmp_path / "o" / "001-welcome.html").read_text("utf-8")
    index = (tmp_path / "o" / "index.html").read_text("utf-8")
    assert [unquote(name) for name in re.findall('href="(.*?).html"', index)] == drawn


def test_preview_for_the_room_gives_pages_in_its_own_style(
    fivefold: Fivefold, plan: Path, tmp_path: Path
) -> None:
    assert fivefold("preview", plan, "--as", "room", "--out", tmp_path / "o").code == 0
    page = (tmp_path / "o" / "001-welcome.html").read_text("utf-8")
    sheets = [path.name for path in (tmp_path / "o").glob("*.css")]
    assert sheets
    assert all(f'href="{sheet}"' in page for sheet in sheets)
    assert "Choosing a Water Filter" in page
