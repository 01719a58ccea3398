"""What is wrong with a lesson, said so that its author can put it right."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing an author should know.

    An `error` keeps the lesson from being run, a `warning` is probably not what the author meant,
    a `note` tells of a decision made for them. `line` counts from 1 in the file as the author sees
    it; None where the problem is about the whole file. `message` is plain text that says what is
    wrong and what to do. `file` names the file beside the plan; "" is the plan itself.
    """

    severity: Severity
    line: int | None
    message: str
    file: str = ""


class LessonError(Exception):
    """A lesson that cannot be read at all; each problem is one clear line."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.message for problem in problems))
