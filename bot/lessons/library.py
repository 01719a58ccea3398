"""The lessons in a folder that can be run, for people to choose from by name."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.lessons.files import Kinds, load_lesson
from bot.lessons.lesson import Lesson
from bot.lessons.problem import LessonError

CONTENT = Path(__file__).parents[2] / "lesson_content"
"""The lessons that come with Fivefold; their folders' names can stand for them."""

log = logging.getLogger(__name__)

_State = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Shelved:
    """What was read of a lesson's folder when its files were like this; None if it cannot run."""

    state: _State
    lesson: Lesson | None


class Library:
    """Reads a lesson again only when a file of it has changed. It reads files, so call it in a
    thread where others wait."""

    def __init__(self, folder: Path, kinds: Kinds) -> None:
        """``folder`` has a folder for each lesson; ``kinds`` is asked for when one has a script."""
        self._folder = folder
        self._kinds = kinds
        self._shelf: dict[str, _Shelved] = {}

    def lessons(self) -> tuple[Lesson, ...]:
        """Those that can be run, by title. One that cannot is left out and named in the log."""
        found = {name: self._read(name, state) for name, state in self._folders()}
        self._shelf = found
        lessons = [each.lesson for each in found.values() if each.lesson]
        return tuple(
            sorted(lessons, key=lambda lesson: (lesson.plan.title.casefold(), lesson.name))
        )

    def get(self, name: str) -> Lesson | None:
        """The one of `lessons` with this name; whatever else it may be, it is no path."""
        return next((lesson for lesson in self.lessons() if lesson.name == name), None)

    def _folders(self) -> Iterator[tuple[str, _State]]:
        try:
            inside = sorted(self._folder.iterdir())
        except OSError as error:
            log.error("the lessons in %s cannot be listed: %s", self._folder, error.strerror)
            return
        for one in inside:
            if not one.is_symlink() and (one / "plan.md").is_file():
                yield one.name, tuple(_files(one))

    def _read(self, name: str, state: _State) -> _Shelved:
        held = self._shelf.get(name)
        if held and held.state == state:
            return held
        try:
            lesson = load_lesson(self._folder / name, None, self._kinds)
            problems = lesson.problems
        except LessonError as error:
            lesson, problems = None, error.problems
        if lesson and lesson.runnable:
            return _Shelved(state, lesson)
        why = next((p.message for p in problems if p.severity == "error"), "")
        log.warning("the lesson %s cannot be run, so it is not offered: %s", name, why)
        return _Shelved(state, None)


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The name, time and size of each file below."""
    for where, inside, names in os.walk(folder):
        inside.sort()
        for name in sorted(names):
            path = os.path.join(where, name)
            try:
                found = os.lstat(path)
            except OSError:
                continue
            yield path, found.st_mtime_ns, found.st_size
