"""Lessons from the disk. Everything that can be wrong with a file ends in a LessonError."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.lessons.derive import derive
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan
from bot.lessons.problem import LessonError, Problem

if TYPE_CHECKING:
    from bot.lessons.read_script import ScriptKind

Kinds = Callable[[], Mapping[str, "ScriptKind"]]
"""Gives the registry of kinds, for whoever reads a script."""

PLAN = "plan.md"
SCRIPT = "script.yaml"
MOST_SCRIPT_BYTES = 256 * 1024
MOST_BYTES = 1_000_000
MOST_LINES = 2_000
"""A plan has some hundred lines; two thousand are read in well under a second."""


def find_lesson(where: Path, content: Path | None = None) -> Path:
    """The plan that `where` means.

    A Markdown file, a folder with a `plan.md` or the `script.yaml` in it, or the name of a folder
    in `content`. Raises LessonError where there is none.
    """
    if where.name == SCRIPT:
        where = where.parent
    candidates = [where]
    if content is not None and len(where.parts) == 1 and where.name not in ("", ".."):
        candidates.append(content / where)
    try:
        for one in candidates:
            if one.is_dir() and (one / PLAN).is_file():
                return _own(one / PLAN)
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


def find_script(plan: Path) -> Path | None:
    """The script beside a `plan.md`, if there is one. Raises LessonError for a link."""
    beside = plan.with_name(SCRIPT)
    if plan.name == PLAN and (other := plan.with_name("script.yml")).is_file():
        raise _refusal(f"{_shown(other)} would not be read: call it {SCRIPT}.")
    return beside if plan.name == PLAN and _own(beside).is_file() else None


def load_lesson(where: Path, content: Path | None = None, kinds: Kinds | None = None) -> Lesson:
    """Read and check the lesson at `where` (as `find_lesson` takes it).

    Its script is the `script.yaml` beside a `plan.md`, read with the registry of kinds that
    `kinds` gives (asked for only then), or else derived from the plan.
    Raises LessonError when it cannot be read at all. A lesson that can be read but not run has an
    error among its problems.
    """
    path = find_lesson(where, content)
    plan, problems = read_plan(_text(path))
    beside = find_script(path)
    if kinds is None or beside is None:
        return Lesson.of(_name(path), plan, derive(plan), problems)
    from bot.lessons.read_script import read_script

    text = _text(beside, "script", MOST_SCRIPT_BYTES)
    folder = path.parent.resolve()
    script, found = read_script(text, kinds(), plan, lambda name: _handout(folder, name))
    return Lesson.of(_name(path), plan, script, (*problems, *found))


def _own(path: Path) -> Path:
    """The path again, which must be the lesson's own file: whose words would a link's be?"""
    if path.is_symlink():
        raise _refusal(f"{_shown(path)} is a link to somewhere else: put the file itself there.")
    return path


def _handout(folder: Path, name: str) -> str:
    """A Markdown or YAML file of the lesson, from inside its folder.

    Raises ValueError with a sentence.
    """
    shown = _shown(Path(name))
    path = folder / name
    inside = not Path(name).is_absolute() and ".." not in Path(name).parts
    if not inside or "\0" in name:
        raise ValueError(f"{shown} is not inside the lesson's folder: put the file there.")
    if any(part.is_symlink() for part in (path, *path.parents) if folder in part.parents):
        raise ValueError(f"{shown} is a link to somewhere else: put the file itself there.")
    if path.suffix not in (".md", ".yaml", ".yml"):
        raise ValueError(f"{shown} is not a Markdown file: handouts end in .md.")
    if not path.is_file():
        raise ValueError(f"There is no file {shown} in the lesson's folder: write it there.")
    try:
        return _text(path, "handout")
    except LessonError as error:
        raise ValueError(str(error)) from None


def _text(path: Path, what: str = "lesson plan", most: int = MOST_BYTES) -> str:
    shown = _shown(path)
    try:
        if not path.is_file():
            raise _refusal(f"{shown} is not a file: give a lesson plan in Markdown.")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise _refusal(f"{shown} cannot be read ({why}): check the path and its rights.") from None
    if len(data) > most:
        size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1024} KB"
        raise _refusal(
            f"{shown} is larger than {size}: a {what} is text alone, so move pictures and "
            "handouts to files of their own."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        kind = "YAML" if what == "script" else "Markdown"
        raise _refusal(f"{shown} is not a text file in UTF-8: save the {what} as {kind}.")
    if not text.strip():
        raise _refusal(f"{shown} is empty: write the {what} there.")
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
