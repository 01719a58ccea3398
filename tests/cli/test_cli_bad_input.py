"""Whatever is wrong is said in one line on standard error, with an exit code that is not 0."""

from pathlib import Path

import pytest

from bot.cli.errors import guarded
from tests.cli.conftest import PLAN, Fivefold, Said

READERS = ("check", "derive", "timeline")


def one_line_of(said: Said) -> str:
    """The one line that was said; nothing else was, and no traceback."""
    assert said.out == ""
    assert said.err.startswith("fivefold: ")
    assert said.err.endswith("\n")
    assert said.err.count("\n") == 1
    assert "mistake in Fivefold" not in said.err
    return said.err


UNREADABLE = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "10 MB": (b"# Plan\n" + b"a" * 10_000_000, "larger than 1 MB"),
    "Latin-1": ("# Caf\xe9".encode("latin-1"), "UTF-8"),
}


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_is_no_plan_is_refused(
    fivefold: Fivefold, tmp_path: Path, what: str, command: str
) -> None:
    content, why = UNREADABLE[what]
    path = tmp_path / "plan.md"
    path.write_bytes(content)
    said = fivefold(command, path)
    assert said.code == 1
    assert why in one_line_of(said)
    assert str(path) in said.err


@pytest.mark.parametrize("command", READERS)
def test_a_missing_file_is_named(fivefold: Fivefold, tmp_path: Path, command: str) -> None:
    said = fivefold(command, tmp_path / "missing.md")
    assert said.code == 1
    assert "missing.md" in one_line_of(said)


def test_a_folder_without_a_plan_is_told_what_it_lacks(fivefold: Fivefold, tmp_path: Path) -> None:
    said = fivefold("check", tmp_path)
    assert said.code == 1
    assert "plan.md" in one_line_of(said)


@pytest.mark.parametrize("name", ["x" * 5_000, "new\nline", "\x1b[31mred"])
def test_a_name_that_no_file_can_have_is_refused_on_one_printable_line(
    fivefold: Fivefold, name: str
) -> None:
    said = fivefold("check", name)
    assert said.code == 1
    assert one_line_of(said).removesuffix("\n").isprintable()


@pytest.mark.parametrize("command", ["derive", "timeline", "preview"])
def test_a_lesson_with_errors_is_not_run(fivefold: Fivefold, tmp_path: Path, command: str) -> None:
    path = tmp_path / "title.md"
    path.write_text("# Only a Title\n", "utf-8")
    more = ("--as", "text", "--out", tmp_path / "out") if command == "preview" else ()
    said = fivefold(command, path, *more)
    assert said.code == 1
    assert "no phases" in one_line_of(said)


def test_checking_a_lesson_with_errors_shows_it_and_fails(
    fivefold: Fivefold, tmp_path: Path
) -> None:
    path = tmp_path / "title.md"
    path.write_text("# Only a Title\n", "utf-8")
    assert "error: " in fivefold("check", path).out
    assert fivefold("check", path).code == 1
    assert fivefold("check", path, "--json").code == 1


def test_json_is_for_one_lesson(fivefold: Fivefold, plan: Path) -> None:
    said = fivefold("check", "--json", plan, plan)
    assert said.code == 2
    assert "one lesson at a time" in one_line_of(said)


@pytest.mark.parametrize(
    "words",
    [
        ("chekc",),
        ("check",),
        ("check", "--nonsense", "x"),
        ("check", "x", "--people", "0"),
        ("check", "x", "--people", "many"),
        ("preview", "x", "--as", "fax", "--out", "y"),
        ("preview", "x", "--as", "text"),
        ("timeline", "x", "y"),
        ("--nonsense",),
    ],
)
def test_a_wrong_use_is_told_where_to_read_on(fivefold: Fivefold, words: tuple[str, ...]) -> None:
    said = fivefold(*words)
    assert said.code == 2
    assert "--help”." in one_line_of(said)


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe", "write it like"),
        ("", "write it like"),
        ("../../etc/passwd", "write it like"),
        ("a\0b", "write it like"),
        ("x" * 300, "write it like"),
    ],
)
def test_an_unknown_zone_is_answered_with_one_that_exists(
    fivefold: Fivefold, plan: Path, zone: str, hint: str
) -> None:
    said = fivefold("timeline", plan, "--zone", zone)
    assert said.code == 2
    assert hint in one_line_of(said)


def test_a_start_that_the_clocks_leave_out_is_answered_with_one_that_exists(
    fivefold: Fivefold, plan: Path
) -> None:
    said = fivefold("timeline", plan, "--start", "2026-03-29 02:30", "--zone", "Europe/Berlin")
    assert said.code == 2
    assert "does not exist in Europe/Berlin" in one_line_of(said)
    assert "03:30" in said.err


@pytest.mark.parametrize(
    "start",
    [
        "tomorrow",
        "2026-03-02",
        "09:00",
        "2026-02-30 09:00",
        "2026-03-02 25:00",
        "2026-03-02 09:00+01:00",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
        "",
    ],
)
def test_a_start_that_is_no_time_is_answered_with_how_to_write_one(
    fivefold: Fivefold, plan: Path, start: str
) -> None:
    said = fivefold("timeline", plan, "--start", start, "--zone", "Asia/Tokyo")
    assert said.code == 2
    assert one_line_of(said)


def test_a_folder_that_cannot_be_written_is_named(
    fivefold: Fivefold, plan: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        said = fivefold("preview", plan, "--as", "text", "--out", out)
        assert said.code == 1
        assert str(out) in one_line_of(said)


def test_what_a_plan_says_cannot_steer_the_terminal(fivefold: Fivefold, tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(PLAN.replace("Choosing", "\x1b[2J\x07Choosing"), "utf-8")
    said = fivefold("check", path)
    assert "Choosing" in said.out
    assert "\x1b" not in said.out
    assert "\x07" not in said.out


def test_an_interruption_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert capsys.readouterr() == ("", "")


def test_a_mistake_of_ours_is_one_line_that_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> int:
        raise RuntimeError("of several\nlines")

    assert guarded(broken) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "RuntimeError in test_cli_bad_input.py:" in said
