"""What the fuzzers share: bytes to text, the promises to hold, and libFuzzer's run."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.lessons.script import Script

atheris: Any = importlib.import_module("atheris")

SECONDS = 1.0


def text_from(data: bytes, pieces: Sequence[str]) -> str:
    """The text that the bytes mean: raw UTF-8, or one of up to 256 pieces for each byte."""
    if data[:1] < b"\x80":
        return data[1:].decode("utf-8", "replace")
    return "".join(pieces[byte % len(pieces)] for byte in data[1:])


def bytes_from(text: str, pieces: Sequence[str]) -> bytes:
    """Bytes whose pieces say much the same as the text: what no piece says is left out."""
    by_length = sorted(range(len(pieces)), key=lambda n: -len(pieces[n]))
    data, at = bytearray(b"\x80"), 0
    while at < len(text):
        found = next((n for n in by_length if text.startswith(pieces[n], at)), None)
        at += 1 if found is None else len(pieces[found])
        data += b"" if found is None else bytes([found])
    return bytes(data)


@contextmanager
def quickly(text: str) -> Iterator[None]:
    """Raise AssertionError where what is done with `text` takes over a second of this process."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    if took > SECONDS:
        raise AssertionError(f"{took:.1f} seconds for {len(text)} characters")


def fills_phases(script: Script) -> None:
    """Raise AssertionError where a phase is empty or its activities do not fill its minutes."""
    for phase in script.phases:
        minutes = [activity.minutes for activity in phase.activities]
        if min(minutes, default=0) < 1 or sum(minutes) != phase.minutes:
            raise AssertionError(f"{minutes} of the {phase.minutes} minutes of {phase.name}")


def run(
    name: str, one_input: Callable[[str], None], pieces: Sequence[str], texts: list[str]
) -> None:
    """Fuzz with `texts` as the first inputs, raw and in pieces; all arguments are libFuzzer's.

    Without any it runs for a minute. What is found is written to a new folder `fuzz-name-…` under
    the system's temporary one, and nothing in the project is touched.
    """
    arguments = sys.argv[1:] or ["-max_total_time=60"]
    found = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    seeds = [b"\x00" + text.encode() for text in texts]
    seeds += [bytes_from(text, pieces) for text in texts]
    first = [found / f"seed-{number}" for number, _ in enumerate(seeds)]
    for path, seed in zip(first, seeds, strict=True):
        path.write_bytes(seed)
    own = [f"-artifact_prefix={found}/", f"-seed_inputs={','.join(map(str, first))}"]
    own += ["-max_len=4096", "-timeout=20", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *own, *arguments], lambda data: one_input(text_from(data, pieces)))
    atheris.Fuzz()
