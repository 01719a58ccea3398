"""Whatever goes wrong ends here: one clear line on standard error, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from typer import Abort, TyperException

from bot.lessons.problem import LessonError
from bot.settings import SettingsError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


class CommandError(Exception):
    """What keeps a command from its work: one sentence that says so and what to do.

    ``code`` is the exit code.
    """

    code = FAILED


class BadUsage(CommandError):
    """An argument or option that cannot be what was meant."""

    code = MISUSED


def guarded(work: Callable[[], int]) -> int:
    """The exit code of ``work``, whatever happens in it. No traceback ever reaches people."""
    try:
        code = work()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else FAILED
    except BrokenPipeError:
        code = FAILED
    except Exception as error:
        code = explain(error)
    _let_go_of_output()
    return code


def explain(error: Exception) -> int:
    """Say on standard error what went wrong; gives the exit code for it."""
    match error:
        case CommandError():
            return say(str(error), error.code)
        case LessonError():
            for problem in error.problems:
                line = f"line {problem.line}" if problem.line else ""
                place = ", ".join(part for part in (problem.file, line) if part)
                say(f"{place}: {problem.message}" if place else problem.message)
            return FAILED
        case SettingsError():
            return say(str(error), MISUSED)
        case Abort():
            return INTERRUPTED
        case TyperException():
            return say(_misuse(error), error.exit_code)
        case OSError(strerror=str(why)):
            what = f"{error.filename}: " if error.filename else ""
            return say(f"{what}{why}.")
        case _:
            return say(_our_mistake(error))


def say(sentence: str, code: int = FAILED) -> int:
    """One line on standard error; gives ``code`` back."""
    sys.stderr.write(f"fivefold: {one_line(sentence)}\n")
    return code


def one_line(text: str) -> str:
    """The text on one line, whatever it was; what cannot be printed becomes a question mark."""
    joined = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in joined)


def _misuse(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "fivefold"
    message = error.format_message().replace("Value error, ", "").removesuffix(".")
    return f"{message}. See “{path} --help”."


def _our_mistake(error: Exception) -> str:
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    what = f"{type(error).__name__} in {place}: {error}"
    return f"This is a mistake in Fivefold, not yours. Please report it: {what}"


def _let_go_of_output() -> None:
    """Whoever read our output may be gone: the interpreter must not stumble over that at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
