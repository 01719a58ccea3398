"""Lessons from the disk. Everything that can be wrong with a file ends in a LessonError."""

from pathlib import Path

from bot.lessons.derive import derive
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan
from bot.lessons.problem import LessonError, Problem

PLAN = "plan.md"
MOST_BYTES = 1_000_000
MOST_LINES = 3_000
"""A plan has some hundred lines; three thousand are read in well under a second."""


def find_lesson(where: Path, content: Path | None = None) -> Path:
    """The plan that `where` means.

    A Markdown file, a folder with a `plan.md`, or the name of a folder in `content`. Raises
    LessonError where there is none.
    """
    candidates = [where]
    if content is not None and len(where.parts) == 1 and where.name not in ("", ".."):
        candidates.append(content / where)
    try:
        for one in candidates:
            if one.is_dir() and (one / PLAN).is_file():
                return one / PLAN
            if one.exists() and not one.is_dir():
                return one
        folder = next((one for one in candidates if one.is_dir()), None)
    except (OSError, ValueError):
        raise _refusal(f"{_shown(where)} is not a usable file name: check it.") from None
    if folder is not None:
        raise _refusal(f"{_shown(folder)} has no {PLAN}: put the lesson plan there.")
    others = _names(content)
    hint = f" The lessons here are: {', '.join(others)}." if others else " Check the path."
    raise _refusal(f"There is no lesson {_shown(where)}.{hint}")


def load_lesson(where: Path, content: Path | None = None) -> Lesson:
    """Read, check and derive the lesson at `where` (as `find_lesson` takes it).

    Raises LessonError when it cannot be read at all. A plan that can be read but not run gives a
    lesson whose problems have an error.
    """
    path = find_lesson(where, content)
    plan, problems = read_plan(_text(path))
    return Lesson.of(_name(path), plan, derive(plan), problems)


def _text(path: Path) -> str:
    shown = _shown(path)
    try:
        if not path.is_file():
            raise _refusal(f"{shown} is not a file: give a lesson plan in Markdown.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise _refusal(f"{shown} cannot be read ({why}): check the path and its rights.") from None
    if len(data) > MOST_BYTES:
        raise _refusal(
            f"{shown} is larger than {MOST_BYTES // 1_000_000} MB: a lesson plan is text alone, "
            "so move pictures and handouts to files of their own."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _refusal(f"{shown} is not a text file in UTF-8: save the plan as Markdown.")
    if not text.strip():
        raise _refusal(f"{shown} is empty: write the lesson plan there.")
    if text.count("\n") + text.count("\r") > MOST_LINES:
        raise _refusal(f"{shown} has more than {MOST_LINES:,} lines: split it into lessons.")
    return text


def _name(path: Path) -> str:
    path = path.absolute()
    return path.parent.name if path.name == PLAN and path.parent.name else path.stem


def _names(content: Path | None) -> list[str]:
    if content is None or not content.is_dir():
        return []
    return sorted(one.parent.name for one in content.glob(f"*/{PLAN}"))


def _shown(path: Path) -> str:
    """The path on one printable line."""
    return "".join(one if one.isprintable() else "?" for one in str(path))


def _refusal(message: str) -> LessonError:
    return LessonError(Problem("error", None, message))
