"""What the tests of lessons share."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.lessons.derive import derive
from bot.lessons.lesson import Lesson
from bot.lessons.markdown import read_plan

CONTENT = Path(__file__).parents[2] / "lesson_content"
NAMES = (
    "automated-training-and-evaluation",
    "mlops-core-components",
    "open-source-vs-proprietary",
)
_WORD = re.compile(r"[^\W_]+")


def text_of(name: str) -> str:
    """The plan of one of the three lessons."""
    return (CONTENT / name / "plan.md").read_text(encoding="utf-8")


def lesson_of(text: str) -> Lesson:
    """The lesson that a plan's text makes."""
    plan, problems = read_plan(text)
    return Lesson.of("a-lesson", plan, derive(plan), problems)


def seconds(work: Callable[[], object]) -> float:
    """The processor time that something takes, without what measuring coverage adds."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        sys.settrace(tracer)


def strings(value: Any) -> Iterator[str]:
    """Every string in JSON data, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.casefold())
