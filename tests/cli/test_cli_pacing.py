"""A lesson over days, as an operator types it: the dry run says what will be, and it is planned."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.pacing import read_when
from tests.cli.conftest import PLAN, Fivefold
from tests.cli.test_cli_bad_input import one_line_of
from tests.core.edges import CHANGES, Change

DAILY = ("--pace", "daily")


@pytest.fixture
def migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fivefold: Fivefold) -> None:
    """A database that the environment names, ready for use."""
    for name in [name for name in os.environ if name.startswith("FIVEFOLD_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FIVEFOLD_DATABASE", f"sqlite:///{tmp_path / 'fivefold.db'}")
    assert fivefold("migrate").code == 0


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A folder with the plan and a script that has a place, and something before and after."""
    folder = tmp_path / "water"
    folder.mkdir()
    (folder / "plan.md").write_text(PLAN, "utf-8")
    (folder / "script.yaml").write_text(
        "places:\n"
        "  field: The field where you meet\n"
        "before:\n"
        "  - prompt: Bring a bottle.\n"
        "    days: 2\n"
        "phases:\n"
        "  Engage:\n"
        "    do:\n"
        "      - prompt: |\n"
        "          Look at the water.\n"
        "\n"
        "          We meet at {{field}}.\n"
        "after:\n"
        "  - reflection: plan\n"
        "    days: 3\n",
        "utf-8",
    )
    return folder


def dry_run(fivefold: Fivefold, *words: object) -> dict[str, Any]:
    said = fivefold("timeline", *words, "--json")
    assert (said.code, said.err) == (0, "")
    report: dict[str, Any] = json.loads(said.out)
    return report


# -- the dry run


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_dry_run_says_what_a_change_of_the_clocks_does(
    fivefold: Fivefold, plan: Path, change: Change
) -> None:
    """The lesson's first day is the one on which they change."""
    words: tuple[object, ...] = (
        plan,
        *DAILY,
        "--start",
        change.day,
        "--zone",
        change.zone,
        "--on",
        "mon-sun",
    )
    words = (*words, "--opens", change.opens, "--closes", change.closes)
    report = dry_run(fivefold, *words)
    engage = [cue for cue in report["cues"] if cue["phase"] == "Engage"]
    opens = [cue for cue in engage if cue["kind"] == "open"]
    closes = [cue for cue in engage if cue["kind"] == "close"]
    moments = [at.isoformat() for at in change.moments]
    assert [{cue["at"] for cue in cues} for cues in (opens, closes)] == [{at} for at in moments]
    assert report["start"] == moments[0]
    assert {cue["local"][:16] for cue in opens} == {change.opens_there}
    assert {cue.get("edge", "") for cue in opens} == {change.edge}
    elsewhere = [cue for cue in report["cues"] if cue["phase"] not in ("", "Engage")]
    assert all("edge" not in cue for cue in elsewhere)
    ids = [cue["activity"] for cue in report["cues"] if cue["kind"] == "open"]
    assert len(ids) == len(set(ids))

    said = fivefold("timeline", *words).out
    local = change.opens_there.replace("T", " ")
    (row,) = [line for line in said.splitlines() if "  start" in line]
    assert local in row
    assert f"{change.opens_at[11:]} UTC" in row
    notes = [line for line in said.splitlines() if line.startswith("note: ") and local in line]
    why = {"gap": ["does not exist"], "fold": ["comes twice"], "": []}[change.edge]
    assert len(notes) == len(why)
    assert all(each in note for each, note in zip(why, notes, strict=True))


def test_a_lesson_over_days_has_a_day_for_each_phase_unless_told_otherwise(
    fivefold: Fivefold, plan: Path
) -> None:
    def days(*more: object) -> list[str]:
        cues = dry_run(fivefold, plan, *DAILY, "--start", "2026-12-22", *more)["cues"]
        return sorted({cue["local"][5:10] for cue in cues if cue["kind"] == "open"})

    assert days() == ["12-22", "12-23", "12-24", "12-25", "12-28"]
    assert days("--holidays", "de") == ["12-22", "12-23", "12-24", "12-28", "12-29"]
    assert days("--on", "tue,fri") == ["01-01", "01-05", "12-22", "12-25", "12-29"]
    assert days("--on", "Sat-Sunday") == ["01-02", "01-03", "01-09", "12-26", "12-27"]


def test_days_are_filled_exactly(fivefold: Fivefold, plan: Path) -> None:
    report = dry_run(fivefold, plan, *DAILY, "--start", "2026-03-02", "--days", "10")
    assert (
        max(cue["local"][:10] for cue in report["cues"] if cue["kind"] == "close") == "2026-03-13"
    )
    assert report["end"] == "2026-03-16T09:00:00+00:00"


def test_the_time_of_the_daily_post_may_stand_with_its_first_date(
    fivefold: Fivefold, plan: Path
) -> None:
    both = dry_run(fivefold, plan, *DAILY, "--start", "2026-03-02 08:15")
    apart = dry_run(fivefold, plan, *DAILY, "--start", "2026-03-02", "--opens", "08:15")
    assert both == apart
    assert both["start"] == "2026-03-02T08:15:00+00:00"
    assert both == dry_run(fivefold, plan, *DAILY, "--start", "2026-03-02 8.15")
    assert both == dry_run(fivefold, plan, *DAILY, "--start", "2026-03-02", "--opens", "0815")
    live = dry_run(fivefold, plan, "--start", "2026-03-02 8.15")
    assert live == dry_run(fivefold, plan, "--start", "2026-03-02T08:15")


def test_the_dry_run_lists_working_hours_and_warns_where_they_are_few(
    fivefold: Fivefold, plan: Path
) -> None:
    words: tuple[object, ...] = (plan, *DAILY, "--start", "2026-03-02", "--zone", "Europe/Berlin")
    words = (*words, "--zones", "Europe/Berlin, America/New_York")
    report = dry_run(fivefold, *words)
    hours = {(s["zone"], s["phase"]): (s["hours"], s["enough"]) for s in report["working_hours"]}
    assert len(hours) == 10
    assert hours["Europe/Berlin", "Explore"] == (8.0, True)
    assert hours["America/New_York", "Explore"] == (2.0, False)
    said = fivefold("timeline", *words).out
    assert "Working hours" in said
    warnings = [line for line in said.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert "America/New_York" in warnings[0]
    assert "6 working hours" in warnings[0]


def test_what_runs_around_a_live_lesson_is_in_its_dry_run(fivefold: Fivefold, lesson: Path) -> None:
    words = (lesson, "--start", "2099-03-30 10:00", "--zone", "Europe/Berlin")
    report = dry_run(fivefold, *words)
    assert report["start"] == "2099-03-30T08:00:00+00:00"
    local = {
        (cue["phase"], cue["kind"]): cue["local"][:16]
        for cue in report["cues"]
        if cue["phase"] in ("before", "after")
    }
    assert local == {
        ("before", "open"): "2099-03-28T10:00",
        ("before", "close"): "2099-03-30T10:00",
        ("after", "open"): "2099-03-30T11:00",
        ("after", "close"): "2099-04-02T11:00",
    }


def test_what_should_run_before_a_lesson_of_tomorrow_already_is_told_to_come_now(
    fivefold: Fivefold, lesson: Path
) -> None:
    now = datetime.now(UTC)
    tomorrow = f"{now + timedelta(days=1):%Y-%m-%d %H:%M}"
    cues = dry_run(fivefold, lesson, "--start", tomorrow)["cues"]
    (opens,) = [c["at"] for c in cues if (c["phase"], c["kind"]) == ("before", "open")]
    assert now <= datetime.fromisoformat(opens) <= datetime.now(UTC)


# -- planning it


def test_a_lesson_over_days_is_planned_as_the_dry_run_says(
    migrated: None, fivefold: Fivefold, lesson: Path
) -> None:
    words: tuple[object, ...] = (
        lesson,
        *DAILY,
        "--start",
        "2099-03-02",
        "--zone",
        "Europe/Berlin",
        "--days",
        "9",
    )
    words = (*words, "--place", "field=the north field")
    said = fivefold("schedule", *words, "--json")
    assert (said.code, said.err) == (0, "")
    links = json.loads(said.out)
    assert (links["pace"], links["unfilled"]) == ("daily", [])
    dry = dry_run(fivefold, *words[:-2])
    (listed,) = json.loads(fivefold("runs", "--json").out)
    assert listed["run"] == links["run"]
    assert listed["status"] == "scheduled"
    assert listed["start"] == links["start"] == dry["start"] == "2099-03-02T08:00:00+00:00"
    assert listed["zone"] == "Europe/Berlin"
    evidence = fivefold("evidence", links["run"], "--json").out
    assert "We meet at the north field." in evidence
    assert "Start the lesson" in fivefold("run", links["run"], "status").out


def test_a_place_that_is_not_filled_in_is_named_and_what_needs_it_left_out(
    migrated: None, fivefold: Fivefold, lesson: Path
) -> None:
    said = fivefold("schedule", lesson, *DAILY, "--start", "2099-03-02")
    assert said.code == 0
    assert "begins       2099-03-02 09:00 in UTC" in said.out
    assert "--place field=…" in said.err
    assert "The field where you meet" in said.err
    run = json.loads(fivefold("runs", "--json").out)[0]["run"]
    evidence = fivefold("evidence", run, "--json").out
    assert "Look at the water." in evidence
    assert "We meet" not in evidence


def test_values_that_make_two_options_the_same_are_refused_before_anything_is_planned(
    migrated: None, fivefold: Fivefold, lesson: Path
) -> None:
    (lesson / "script.yaml").write_text(
        "places: {tool: Your tool}\n"
        "phases:\n"
        "  Engage:\n"
        "    do:\n"
        "      - poll: Which?\n"
        "        options: [A, B]\n"
        '        live: {options: ["First, {{tool}}. Go.", "First, X. Go.", Neither]}\n',
        "utf-8",
    )
    words = ("schedule", lesson, "--place", "tool=X", "--start")
    answer = fivefold(*words, "2099-03-02 09:00")
    assert answer.code == 2
    assert "Engage.poll cannot be used: two options are the same" in one_line_of(answer)
    assert json.loads(fivefold("runs", "--json").out) == []
    assert fivefold(*words, "2099-03-02", *DAILY).code == 0


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("de", "DE"),
        ("us-ca", "US-CA"),
        ("DE-Augsburg", "DE-Augsburg"),
        ("de-AUGSBURG", "DE-Augsburg"),
        ("de-bayern", "DE-Bayern"),
        ("BE-German", "BE-German"),
        ("be-german", "BE-German"),
        ("fr-la réunion", "FR-La Réunion"),
        pytest.param(
            *("FR-Métropole", "FR-Métropole"),
            marks=pytest.mark.filterwarnings("ignore:This subdivision is deprecated"),
        ),
        ("br-são paulo capital", "BR-São Paulo Capital"),
    ],
)
def test_a_part_of_a_country_is_found_however_it_is_spelt(given: str, meant: str) -> None:
    options = (None, None, None, None)
    when = read_when("daily", None, "UTC", *options, given, None)
    assert when.pace is not None
    assert when.pace.holidays == meant


def test_planning_warns_of_few_working_hours_too(
    migrated: None, fivefold: Fivefold, plan: Path
) -> None:
    said = fivefold("schedule", plan, *DAILY, "--start", "2099-03-02", "--zones", "Asia/Tokyo")
    assert said.code == 0
    assert "Asia/Tokyo gets fewer than 6 working hours" in said.err


# -- what cannot be meant


@pytest.mark.parametrize("command", ["timeline", "schedule"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--days", "3"), "3 days are too few"),
        (("--days", "0"), "--days"),
        (("--days", "many"), "--days"),
        (("--on", "weekdays"), "names no weekdays"),
        (("--on", "monsoon"), "names no weekdays"),
        (("--on", "mo"), "names no weekdays"),
        (("--on", "mon-"), "names no weekdays"),
        (("--on", "mon-wed-fri"), "names no weekdays"),
        (("--on", ""), "names no weekdays"),
        (("--on", "mon,,fri"), "names no weekdays"),
        (("--opens", "9 am"), "no time of day"),
        (("--opens", "25:00"), "no time of day"),
        (("--opens", "09:00+01:00"), "no time of day"),
        (("--opens", "09:00:30"), "no time of day"),
        (("--closes", ""), "no time of day"),
        (("--closes", "08:00"), "before they open at 09:00"),
        (("--opens", "17:00"), "before they open at 17:00"),
        (("--holidays", "Atlantis"), "write a country as DE"),
        (("--holidays", "DE-ZZ"), "write a country as DE"),
        (("--holidays", "D-BY"), "write a country as DE"),
        (("--holidays", "jan"), "write a country as DE"),
        (("--zones", "Berlin"), "Europe/Berlin"),
        (("--zones", "UTC,Mars"), "no time zone"),
        (("--zone", "Berlin"), "Europe/Berlin"),
        (("--pace", "weekly"), "--pace"),
        (("--start", "tomorrow"), "is no date"),
        (("--start", "2026-02-30"), "is no date"),
        (("--start", "2026-03-02 9 am"), "is no date"),
        (("--start", "2026-03-02 09:00+01:00"), "is no date"),
        (("--start", "2026-03-02 09:00:30"), "is no date"),
        (("--start", "2026-03-02 09:00 sharp"), "is no date"),
        (("--start", "1066-10-14"), "year 1066"),
        (("--start", "9999-12-31"), "year 9999"),
        (("--start", "2099-03-02 08:00", "--opens", "09:00"), "Give the time once"),
        (("--start", "2099-03-02 18:00"), "before they open at 18:00"),
    ],
)
def test_an_option_that_means_nothing_is_answered_in_a_line(
    fivefold: Fivefold, plan: Path, command: str, words: tuple[str, ...], said: str
) -> None:
    answer = fivefold(command, plan, *DAILY, *words)
    assert answer.code == 2
    assert said in one_line_of(answer)


@pytest.mark.parametrize("command", ["timeline", "schedule"])
@pytest.mark.parametrize(
    "words",
    [
        ("--days", "9"),
        ("--on", "mon"),
        ("--opens", "09:00"),
        ("--closes", "17:00"),
        ("--holidays", "DE"),
        ("--zones", "UTC"),
    ],
)
def test_options_for_a_lesson_over_days_are_refused_for_one_in_one_sitting(
    fivefold: Fivefold, plan: Path, command: str, words: tuple[str, ...]
) -> None:
    answer = fivefold(command, plan, *words)
    assert answer.code == 2
    assert f"{words[0]} is for lessons over days: add --pace daily" in one_line_of(answer)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--place", "field"), "NAME=TEXT"),
        (("--place", "=text"), "NAME=TEXT"),
        (("--place", "meadow=text"), "field"),
        (("--start", "2020-03-02"), "2020-03-02 09:00 UTC has passed"),
    ],
)
def test_what_cannot_be_planned_is_refused_before_anything_is(
    migrated: None, fivefold: Fivefold, lesson: Path, words: tuple[str, ...], said: str
) -> None:
    answer = fivefold("schedule", lesson, *DAILY, *words)
    assert answer.code == 2
    assert said in one_line_of(answer)
    assert json.loads(fivefold("runs", "--json").out) == []


def test_a_demo_over_days_needs_no_visitor(fivefold: Fivefold, plan: Path) -> None:
    answer = fivefold("demo", plan, *DAILY)
    assert answer.code == 2
    assert "--headless" in one_line_of(answer)
