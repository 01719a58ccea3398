"""The evidence pack of runs that were made by hand."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Person
from bot.evidence.moments import difference, length
from bot.evidence.pack import EvidenceError, write_evidence
from bot.facilitation.activities import KINDS
from bot.facilitation.state import LOBBY, Audit, Owed
from bot.service.store import Delivery
from tests.core.evidence import answer, read_page, report_of, table
from tests.core.making import ADA, MAIN, START, a_participant, a_run, minutes


def data(out: Path) -> dict[str, Any]:
    """What stands in the JSON file."""
    read: dict[str, Any] = json.loads((out / "evidence.json").read_bytes())
    return read


@pytest.fixture
def small() -> Any:
    """Ada led; Bo voted twice; Cy wrote late and took one answer back; Di only said hello."""
    ada, bo, cy, di = (
        a_participant("ada", "facilitator"),
        a_participant("bo"),
        a_participant("cy"),
        a_participant("di"),
    )
    return report_of(
        (ada, bo, cy, di),
        answer(bo, "poll", "vote", options=("data",), at=1, stands=False),
        answer(bo, "poll", "vote", options=("people",), at=2, version=2),
        answer(cy, "poll", "vote", options=("data", "model"), text="and luck", at=3),
        answer(bo, "discussion", "reply:1", "Nobody looked.", at=4),
        answer(bo, "reflection", "q1", "My habit", at=4.5, stands=False),
        answer(bo, "reflection", "q1", "My habits", at=5, version=2),
        answer(cy, "reflection", "q1", "Everything", at=40, late=True),
        answer(cy, "reflection", "q2", "Secret", at=6, stands=False),
        answer(cy, "reflection", "q2", None, at=7, version=2, withdrawn=True),
        answer(di, LOBBY, "reply:2", "Hello", at=0),
    )


def test_the_pack_has_one_page_one_json_file_and_the_tables(small: Any, tmp_path: Path) -> None:
    written = write_evidence(small, tmp_path / "a" / "b")
    assert [path.name for path in written] == [
        "evidence.html",
        "evidence.json",
        "responses.csv",
        "polls.csv",
        "reflections.csv",
        "participants.csv",
        "timeline.csv",
        "submissions.csv",
        "comparison.csv",
        "peer_reviews.csv",
        "replies.csv",
        "questions.csv",
    ]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(path.name for path in written)


def test_the_same_report_gives_the_same_bytes_and_replaces_what_was_there(
    small: Any, tmp_path: Path
) -> None:
    first = [path.read_bytes() for path in write_evidence(small, tmp_path)]
    (tmp_path / "mine.txt").write_text("kept")
    (tmp_path / "evidence.json").write_text("old")
    assert [path.read_bytes() for path in write_evidence(small, tmp_path)] == first
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_the_order_in_which_answers_were_read_changes_no_byte(small: Any, tmp_path: Path) -> None:
    turned = replace(small, answers=tuple(reversed(small.answers)))
    for one, other in zip(
        write_evidence(small, tmp_path / "a"), write_evidence(turned, tmp_path / "b"), strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


def test_every_version_is_in_the_json_file_withdrawn_ones_too(small: Any, tmp_path: Path) -> None:
    write_evidence(small, tmp_path)
    everything = data(tmp_path)
    versions = [
        (row["text"], row["option_ids"], row["stands"])
        for row in everything["answers"]
        if row["item"] in ("q2", "vote")
    ]
    assert versions == [
        (None, ["data"], False),
        (None, ["people"], True),
        ("and luck", ["data", "model"], True),
        ("Secret", [], False),
        (None, None, True),
    ]
    assert everything["run"]["seed"] == 0
    assert everything["run"]["zone"] == "Europe/Berlin"
    assert everything["run"]["start"] == "2026-01-05T09:00:00Z"
    assert everything["lesson"] == json.loads(small.run.lesson.to_json())
    assert everything["run"]["lesson_hash"] == small.run.lesson.hash
    assert everything["activities"][2]["questions"][0]["options"][0] == {
        "id": "data",
        "label": "The data",
    }


def test_responses_are_those_that_stand_in_the_order_of_the_lesson(
    small: Any, tmp_path: Path
) -> None:
    write_evidence(small, tmp_path)
    rows = table(tmp_path, "responses")
    assert [(row["activity"], row["name"], row["options"], row["text"]) for row in rows] == [
        ("Engage.discussion", "Bo", "", "Nobody looked."),
        ("Engage.poll", "Bo", "The people", ""),
        ("Engage.poll", "Cy", "The data; The model", "and luck"),
        ("Engage.reflection", "Bo", "", "My habits"),
        ("Engage.reflection", "Cy", "", "Everything"),
        ("lobby", "Di", "", "Hello"),
    ]
    assert (rows[1]["time_utc"], rows[1]["time_local"], rows[1]["zone"]) == (
        "2026-01-05T09:02:00Z",
        "2026-01-05 10:02:00",
        "Europe/Berlin",
    )
    assert (rows[1]["version"], rows[4]["late"], rows[3]["late"]) == ("2", "yes", "no")


def test_a_vote_for_two_options_is_two_rows_of_the_polls(small: Any, tmp_path: Path) -> None:
    write_evidence(small, tmp_path)
    assert [
        (row["name"], row["option_id"], row["option"], row["own_words"])
        for row in table(tmp_path, "polls")
    ] == [
        ("Bo", "people", "The people", ""),
        ("Cy", "data", "The data", "and luck"),
        ("Cy", "model", "The model", "and luck"),
    ]


def test_reflections_have_a_row_for_everybody_and_a_column_for_every_question(
    small: Any, tmp_path: Path
) -> None:
    write_evidence(small, tmp_path)
    rows = table(tmp_path, "reflections")
    changes, unclear = (
        "Engage.reflection q1: What will you **change**?",
        "Engage.reflection q2: What is still unclear?",
    )
    assert list(rows[0]) == ["participant", "name", "role", changes, unclear]
    assert [(row["name"], row[changes], row[unclear]) for row in rows] == [
        ("Ada", "", ""),
        ("Bo", "My habits", ""),
        ("Cy", "Everything", ""),
        ("Di", "", ""),
    ]


def test_a_reflection_answered_in_its_thread_has_a_column_for_that(tmp_path: Path) -> None:
    bo = a_participant("bo")
    report = report_of(
        (bo,),
        answer(bo, "reflection", "reply:1", "First thought", at=1),
        answer(bo, "reflection", "reply:2", "Second thought", at=2),
    )
    write_evidence(report, tmp_path)
    (row,) = table(tmp_path, "reflections")
    assert row["Engage.reflection: replies in the thread"] == "First thought\n\nSecond thought"


def test_a_second_opening_has_columns_of_its_own(tmp_path: Path) -> None:
    bo = a_participant("bo")
    again = report_of(
        (bo,),
        answer(bo, "reflection", "q1", "Before", at=1),
        answer(bo, "reflection", "q1", "After", at=20, opening=2),
        openings=2,
    )
    write_evidence(again, tmp_path)
    (row,) = table(tmp_path, "reflections")
    assert row["Engage.reflection q1: What will you **change**?"] == "Before"
    assert row["Engage.reflection (opening 2) q1: What will you **change**?"] == "After"


def test_participants_say_how_much_each_answered_and_what_is_missing(
    small: Any, tmp_path: Path
) -> None:
    write_evidence(small, tmp_path)
    rows = {row["name"]: row for row in table(tmp_path, "participants")}
    assert (rows["Bo"]["asked"], rows["Bo"]["answered"], rows["Bo"]["not_answered"]) == (
        "3",
        "3",
        "",
    )
    assert rows["Cy"]["not_answered"] == "Engage.discussion"
    assert rows["Di"]["answered"] == "0"
    assert rows["Di"]["not_answered"] == "Engage.discussion; Engage.poll; Engage.reflection"
    assert (rows["Bo"]["first_answer_utc"], rows["Bo"]["last_answer_utc"]) == (
        "2026-01-05T09:02:00Z",
        "2026-01-05T09:05:00Z",
    )
    assert (rows["Ada"]["role"], rows["Ada"]["asked"]) == ("facilitator", "0")
    assert rows["Bo"]["person"] == "bo"


def test_whoever_left_before_an_activity_opened_is_not_counted_as_missing(tmp_path: Path) -> None:
    gone = a_participant("gone", left_at=START - timedelta(seconds=1))
    write_evidence(report_of((gone, a_participant("bo"))), tmp_path)
    rows = {row["name"]: row for row in table(tmp_path, "participants")}
    assert (rows["Gone"]["asked"], rows["Bo"]["asked"]) == ("0", "3")


def test_a_comment_below_what_is_answered_in_private_is_no_answer(tmp_path: Path) -> None:
    bo = a_participant("bo")
    said = answer(bo, "reflection", "reply:1", "Which of the two?", at=1)
    write_evidence(report_of((bo,), said), tmp_path)
    (row,) = table(tmp_path, "participants")
    assert "Engage.reflection" in row["not_answered"]
    assert "Which of the two?" in read_page(tmp_path).text


def test_a_remark_under_a_poll_is_no_vote(tmp_path: Path) -> None:
    bo = a_participant("bo")
    write_evidence(report_of((bo,), answer(bo, "poll", "reply:1", "Hm", at=1)), tmp_path)
    (row,) = table(tmp_path, "participants")
    assert "Engage.poll" in row["not_answered"]
    assert "Hm" in read_page(tmp_path).text


def test_the_timeline_tells_planned_and_actual_and_needs_no_sign(tmp_path: Path) -> None:
    report = report_of(())
    first, second, *rest = report.cues
    moved = (
        replace(first, state="done", done_at=first.planned + timedelta(seconds=90)),
        replace(second, state="done", done_at=second.planned - timedelta(milliseconds=1500)),
        *rest,
    )
    write_evidence(replace(report, cues=moved), tmp_path)
    rows = table(tmp_path, "timeline")
    assert [(row["seconds_late"], row["seconds_early"]) for row in rows[:3]] == [
        ("90", "0"),
        ("0", "1.5"),
        ("", ""),
    ]
    assert len(rows) == len(report.cues)
    assert rows[0]["planned_local"] == "2026-01-05 09:55:00"


def test_the_page_tells_the_whole_story(small: Any, tmp_path: Path) -> None:
    write_evidence(small, tmp_path)
    page = read_page(tmp_path)
    for said in (
        "Permits for everybody",
        "Mon 5 Jan 2026, 10:00",
        "All times are those of Europe/Berlin.",
        "2 of 3 learners answered",
        "1 late, 2 changed, 1 withdrawn",
        "Read the case of the parking permits.",
        "1 (50%)",
        "Nobody looked.",
        "changed once",
        "10:40:00, late",
        "Around the lesson",
        "None. No message was refused, too late or in doubt.",
        "None. The lesson ran as it was scheduled.",
    ):
        assert said in page.text
    assert page.quotes == ["Nobody looked.", "and luck", "My habits", "Everything", "Hello"]


def test_troubles_and_what_was_done_are_told(small: Any, tmp_path: Path) -> None:
    def delivery(id_: int, state: Any, purpose: str, to: Any, **more: Any) -> Delivery:
        owed = Owed(f"key{id_}", "run1", purpose, to, START, START + minutes(9), **more)
        problem = "<no such channel>" if state == "failed" else ""
        return Delivery(id_, owed, "lane", state, problem=problem)

    poll = small.activities[2].openings[0].id
    report = replace(
        small,
        deliveries=(
            delivery(1, "sent", "welcome", MAIN),
            delivery(2, "uncertain", "activity", MAIN, opening=poll),
            delivery(3, "late", "notes", ADA, cue=1),
            delivery(4, "failed", "report", Person("memory", "town", "stranger")),
        ),
        audits=(
            Audit("run1", START, "p-ada", "extend-5", 2),
            Audit("run1", START, "system", "pause", 3),
            Audit("run1", START, "cli", "something new", 4),
        ),
    )
    write_evidence(report, tmp_path)
    assert [each["id"] for each in data(tmp_path)["troubles"]] == [2, 3, 4]
    assert len(data(tmp_path)["deliveries"]) == 4
    text = read_page(tmp_path).text
    for said in (
        "Activity (Engage: Poll)",
        "Nobody knows whether it arrived",
        "Notes (Engage)",
        "The platform refused it: <no such channel>",
        "stranger",
        "Gave 5 minutes more",
        "Fivefold itself",
        "something new",
    ):
        assert said in text


def test_a_run_that_has_not_begun_has_evidence_too(tmp_path: Path) -> None:
    write_evidence(report_of((), openings=0), tmp_path)
    text = read_page(tmp_path).text
    assert "Not opened" in text
    assert "Which part failed first?" in text
    assert "Nobody has joined." in text


def test_a_run_with_every_kind_of_activity_has_evidence_before_anybody_says_a_word(
    tmp_path: Path,
) -> None:
    write_evidence(report_of((a_participant("bo"),), run=a_run()), tmp_path)
    text = read_page(tmp_path).text
    for kind in KINDS.values():
        assert kind.name == LOBBY or kind.name.capitalize() in text


def test_the_page_has_headings_in_order_scoped_headers_and_no_script(
    small: Any, tmp_path: Path
) -> None:
    write_evidence(small, tmp_path)
    page = read_page(tmp_path)
    levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
    assert ("html", {"lang": "en"}) in page.elements
    names = [tag for tag, _ in page.elements]
    assert names.count("style") == 1
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(names)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    targets = [a["href"] for tag, a in page.elements if tag == "a" and a["href"].startswith("#")]
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in targets} <= set(ids)


def test_a_place_that_cannot_be_written_gets_one_clear_line(small: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for where in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EvidenceError, match=r"^The evidence could not be .* folder\.$"):
            write_evidence(small, where)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_that_cannot_be_replaced_leaves_nothing_half_written(
    small: Any, tmp_path: Path
) -> None:
    (tmp_path / "evidence.json").mkdir()
    with pytest.raises(EvidenceError) as caught:
        write_evidence(small, tmp_path)
    assert "\n" not in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == ["evidence.html", "evidence.json"]


def test_lengths_and_differences_read_well() -> None:
    assert [length(s) for s in (0, 45, 250, 3600, 11_110)] == [
        "0 s",
        "45 s",
        "4 min 10 s",
        "1 h",
        "3 h 5 min",
    ]
    assert difference(START, START + timedelta(seconds=65)) == "1 min 5 s late"
    assert difference(START, START - timedelta(hours=1)) == "1 h early"
    assert difference(START, START + timedelta(milliseconds=300)) == "on time"


def test_a_rehearsal_says_so_on_its_page_and_in_its_data(small: Any, tmp_path: Path) -> None:
    rehearsed = replace(small, run=replace(small.run, rehearsal=True))
    for report, said in ((small, False), (rehearsed, True)):
        out = tmp_path / str(said)
        write_evidence(report, out)
        page = (out / "evidence.html").read_text("utf-8")
        assert ("a rehearsal with made-up people" in page) is said
        assert data(out)["run"]["rehearsal"] is said
