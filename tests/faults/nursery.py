"""``python -m tests.faults.nursery``: raises processes that kill themselves where they are told to.

Everything is imported once; each order, a line of JSON on standard input, is carried out by a fork,
whose exit code (minus the signal that killed it) is the line that answers it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from bot.cli.app import invoke
from bot.storage.migrate import migrate
from tests.faults.world import Paced, World, carry_on

LONGEST = 60
"""Seconds after which a process is given up."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to do, and the number of the moment at which it dies (0: it lives).

    Its folder gets the file ``said``, what it wrote, and if it lives ``steps``, the kinds of all
    its moments.
    """

    do: Literal["carry on", "migrate", "demo"]
    url: str
    folder: str
    read_back: bool = True
    paced: Paced = "live"
    die_at: int = 0


class Steps:
    """Counts the moments at which a process may die, and dies at the chosen one.

    Beside those of `Step` there are ``statement``, before each, ``commit``, before it, and
    ``return``, when its connection is given back after it. ``kinds`` says what they were.
    """

    def __init__(self, die_at: int) -> None:
        self.kinds: list[str] = []
        self._die_at = die_at
        for target, name, kind in (
            (Engine, "before_cursor_execute", "statement"),
            (Engine, "commit", "commit"),
            (Pool, "checkin", "return"),
        ):
            event.listen(target, name, partial(self._happens, kind))

    def __call__(self, kind: str) -> None:
        """One more moment."""
        self.kinds.append(kind)
        if len(self.kinds) == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _happens(self, kind: str, *of: Any) -> None:
        self(kind)


def carry_out(order: Order) -> None:
    """Do what was ordered, in this process."""
    steps = Steps(order.die_at)
    folder = Path(order.folder)
    match order.do:
        case "carry on":
            world = World(order.url, folder, order.read_back, order.paced)
            asyncio.run(carry_on(world, steps))
        case "migrate":
            asyncio.run(migrate(order.url))
        case "demo":
            os.environ |= {"FIVEFOLD_DATABASE": order.url, "FIVEFOLD_SECRET": "s" * 43}
            plan, out = str(folder / "water.md"), str(folder / "out")
            invoke(["demo", plan, "--headless", "--people", "2", "--out", out])
    (folder / "steps").write_text(json.dumps(steps.kinds))


def raise_one(order: Order) -> int:
    """The exit code of a process that does this."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(LONGEST)
            said = os.open(Path(order.folder) / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(said, 1)
            os.dup2(said, 2)
            carry_out(order)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Answer orders until there are no more."""
    # No process lives long enough to need its garbage taken out.
    gc.freeze()
    gc.disable()
    for line in sys.stdin:
        sys.stdout.write(f"{raise_one(Order(**json.loads(line)))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
