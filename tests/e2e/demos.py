"""The demo as a process of its own, and the evidence that it leaves behind."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "bot", "demo")
REPOSITORY = Path(__file__).parent.parent.parent


def environment() -> dict[str, str]:
    """This process's own, but for what would name another database."""
    return {name: v for name, v in os.environ.items() if not name.startswith("FIVEFOLD_")}


@dataclass
class Demo:
    """A demo that runs; ``said`` is what it has written so far."""

    process: subprocess.Popen[str]
    out: Path
    address: str = ""
    said: list[str] = field(default_factory=list)

    def ended(self, seconds: float = 30) -> int:
        """Its exit code, once it has ended; raises TimeoutExpired if it goes on for so long."""
        return self.process.wait(seconds)


@contextmanager
def visited(out: Path, *words: object) -> Iterator[Demo]:
    """A demo with an open room. It is killed at the end of the block, if it still runs."""
    with subprocess.Popen(
        [*COMMAND, "--out", str(out), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment(),
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        demo = Demo(process, out)
        try:
            first = process.stdout.readline()
            assert "http://" in first, first
            demo.address = next(word for word in first.split() if word.startswith("http://"))
            # A pipe that nobody empties would stop the demo.
            reader = threading.Thread(target=demo.said.extend, args=(process.stdout,))
            reader.start()
            yield demo
        finally:
            process.kill()
        reader.join()


def headless(out: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A demo without a visitor, from its start to its end."""
    return subprocess.run(
        [*COMMAND, "--headless", "--out", str(out), *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env=environment(),
        cwd=REPOSITORY,
        check=False,
    )


def evidence(out: Path) -> dict[str, Any]:
    """What ``evidence.json`` holds."""
    read: dict[str, Any] = json.loads((out / "evidence.json").read_bytes())
    return read


def rows(out: Path, table: str) -> list[dict[str, str]]:
    """The rows of one of the spreadsheets."""
    text = (out / f"{table}.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))
