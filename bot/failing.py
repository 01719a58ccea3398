"""How an unexpected failure is told in the log: by kind and place, never by what it says.

An exception's own text may quote what people wrote, and that belongs in no log.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath

FRAMES = 8
"""How many of the innermost calls are named."""


def where(failure: BaseException) -> str:
    """What kind of failure it is, with what caused it, and in which lines it came up."""
    told: list[str] = []
    cause: BaseException | None = failure
    while cause is not None and len(told) < FRAMES:
        told.append(" < ".join((type(cause).__name__, *_calls(cause))))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "; because of ".join(told)


class WhereAlone(logging.Filter):
    """Has a logger tell of every failure where it was, and nothing that it says."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without the text of what went wrong."""
        failure = record.exc_info[1] if record.exc_info else None
        if failure is not None:
            record.msg, record.args = f"{record.getMessage().strip()}: {where(failure)}", ()
            record.exc_info, record.exc_text = None, None
        return True


def _calls(failure: BaseException) -> list[str]:
    innermost = traceback.extract_tb(failure.__traceback__)[-FRAMES:]
    return [f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in reversed(innermost)]
