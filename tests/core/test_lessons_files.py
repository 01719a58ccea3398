"""Lessons from the disk, as JSON and back, and the report of a check."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.files import load_lesson
from bot.lessons.lesson import Lesson, check_report
from bot.lessons.problem import LessonError
from tests.core.lessons import CONTENT, NAMES, lesson_of, text_of

TEXT = "# T\n### Engage\n**Duration:** 5 minutes\n"


def refusal(where: Path, content: Path | None = None) -> str:
    with pytest.raises(LessonError) as refused:
        load_lesson(where, content)
    (problem,) = refused.value.problems
    assert problem.severity == "error"
    assert "\n" not in problem.message
    return problem.message


def test_a_lesson_is_found_by_file_folder_and_name(tmp_path: Path) -> None:
    folder = tmp_path / "trees"
    folder.mkdir()
    (folder / "plan.md").write_text(TEXT)

    lessons = [
        load_lesson(folder / "plan.md"),
        load_lesson(folder),
        load_lesson(Path("trees"), tmp_path),
    ]

    assert lessons[0] == lessons[1] == lessons[2]
    assert lessons[0].name == "trees"


def test_a_plan_by_any_other_file_name_gives_the_lesson_that_name(tmp_path: Path) -> None:
    (tmp_path / "lichens.md").write_text(TEXT)

    assert load_lesson(tmp_path / "lichens.md").name == "lichens"


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())

    lesson = load_lesson(tmp_path / "a.md")

    assert (lesson.plan.title, lesson.plan.phases[0].minutes) == ("T", 5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00", "not a text file"),
        (b"# T\x00", "not a text file"),
        ("# Grün".encode("latin-1"), "not a text file"),
        (b"a" * 10_000_000, "larger than 1 MB"),
        (b"a\n" * 2_001, "more than 2,000 lines"),
    ],
    ids=["empty", "blank", "mark-only", "picture", "nul", "latin-1", "10-mb", "lines"],
)
def test_a_file_that_is_no_plan_gets_one_clear_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "plan.md").write_bytes(content)

    message = refusal(tmp_path)

    assert said in message
    assert str(tmp_path / "plan.md") in message


def test_a_missing_lesson_gets_one_clear_line_that_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "plan.md").write_text(TEXT)

    assert "There is no lesson rocks" in refusal(Path("rocks"), tmp_path)
    assert "trees" in refusal(Path("rocks"), tmp_path)
    assert "There is no lesson" in refusal(tmp_path / "rocks.md")


def test_a_folder_without_a_plan_gets_one_clear_line(tmp_path: Path) -> None:
    assert "has no plan.md" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "two\nlines", ".."])
def test_an_odd_name_gets_one_clear_line(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / "in" / name, tmp_path)


def test_a_file_one_may_not_read_gets_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.md").write_text(TEXT)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    assert "cannot be read (permission denied)" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["plan.md", "script.yaml"])
def test_a_file_of_a_lesson_that_is_a_link_is_not_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (tmp_path / "secret").write_text("# Secret\n### Engage (5 min)\n", "utf-8")
    for own in {"plan.md", "script.yaml"} - {name}:
        (folder / own).write_text("# A\n### Engage (5 min)\n", "utf-8")
    (folder / name).symlink_to(tmp_path / "secret")
    with pytest.raises(LessonError, match=f"{name} is a link to somewhere else") as refused:
        load_lesson(folder, None, dict)
    assert "Secret" not in str(refused.value)


def test_the_script_stands_for_its_lesson_too(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text(TEXT)
    (tmp_path / "script.yaml").write_text("phases: {}\n")

    assert load_lesson(tmp_path / "script.yaml") == load_lesson(tmp_path)


def test_a_script_of_another_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text(TEXT)
    (tmp_path / "script.yml").write_text("phases: {}\n")

    with pytest.raises(LessonError, match=r"call it script\.yaml"):
        load_lesson(tmp_path, None, dict)


def test_a_script_that_links_to_nothing_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("# A\n### Engage (5 min)\n", "utf-8")
    (tmp_path / "script.yaml").symlink_to(tmp_path / "gone")
    with pytest.raises(LessonError, match="link"):
        load_lesson(tmp_path, None, dict)


def test_a_device_is_not_read() -> None:
    assert "is not a file" in refusal(Path("/dev/zero"))


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_comes_back_from_json_as_it_was(name: str) -> None:
    lesson = load_lesson(Path(name), CONTENT)

    assert Lesson.from_json(lesson.to_json()) == lesson
    assert lesson.name == name
    assert lesson.runnable


@given(st.text(max_size=200).map(lambda text: f"# {text}\n### Engage (5 min)\n{text}"))
def test_any_lesson_comes_back_from_json_as_it_was(text: str) -> None:
    lesson = lesson_of(text)

    assert Lesson.from_json(lesson.to_json()) == lesson


def test_the_hash_follows_the_content_alone() -> None:
    text = text_of("mlops-core-components")

    assert lesson_of(text).hash == lesson_of(text).hash
    assert lesson_of(text).hash != lesson_of(text.replace("25 minutes", "26 minutes")).hash


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}', "null"])
def test_json_that_is_no_lesson_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Lesson.from_json(text)


def test_the_report_of_a_check_has_the_promised_shape() -> None:
    report = check_report(load_lesson(Path("mlops-core-components"), CONTENT))

    assert set(report) == {
        "title",
        "duration_minutes",
        "duration",
        "audience",
        "objectives",
        "key_concepts",
        "prior_knowledge",
        "materials",
        "phases",
        "assessments",
        "differentiation",
        "connections",
        "applications",
        "metacognition",
        "extensions",
        "safety",
        "reflection",
        "virtual",
        "resources",
        "problems",
    }
    assert set(report["reflection"]) == {"learners", "facilitator"}
    assert set(report["objectives"][0]) == {"text", "bloom"}
    assert set(report["assessments"][0]) == {"type", "text", "alignment"}
    assert set(report["differentiation"][0]) == {"who", "text"}
    engage = report["phases"][0]
    assert set(engage) == {
        "name",
        "minutes",
        "duration",
        "line",
        "facilitator_actions",
        "learner_activities",
        "resources",
        "differentiation",
        "technology",
        "activities",
    }
    poll = engage["activities"][1]
    assert (poll["id"], poll["kind"], poll["derived"]) == ("Engage.poll", "poll", True)
    assert poll["question"]
    assert json.loads(json.dumps(report))["title"] == report["title"]


def test_problems_and_unplaced_parts_are_in_the_report() -> None:
    report = check_report(lesson_of("# T\n## Homework\nRead.\n### Engage (5 min)\n**Odd:** part\n"))

    assert report["more"][0]["title"] == "Homework"
    assert report["phases"][0]["more"][0]["title"] == "Odd"
    assert {"severity", "line", "message"} == set(report["problems"][0])


def test_a_check_loads_nothing_heavy() -> None:
    """`fivefold check` is to answer in under half a second, the start of Python included."""
    code = (
        "import sys; from pathlib import Path; from bot.lessons.files import load_lesson; "
        f"load_lesson(Path({str(CONTENT / NAMES[0])!r})); "
        "print(sorted({'pydantic', 'sqlalchemy', 'asyncio'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )

    assert ran.stdout.strip() == "[]"
