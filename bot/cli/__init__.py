"""The command line: `fivefold` with one file for each group of commands.

Here: what people type and what they read of it, in plain English, and exit codes. `app` is the
table of commands, `errors` turns whatever goes wrong into one line.
Not here: any decision. A command's own imports are loaded only when that command is asked for.
"""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command that was typed and leave with its exit code.

    0 is done, 1 is something that could not be done (a problem in a lesson, a file that cannot be
    written), 2 is a wrong use of the command, 130 is an interruption.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        from bot.cli.app import invoke
        from bot.cli.errors import guarded
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(guarded(lambda: invoke(sys.argv[1:])))
