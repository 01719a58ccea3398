"""Fuzzes the reader of plans: it never raises, never takes a second, never loses a long word.

    python -m tests.fuzz.fuzz_reader -max_total_time=600

All arguments are libFuzzer's; without any it runs for a minute. What it finds is written to a
folder under the system's temporary one, and nothing in the project is touched.
"""

import importlib
import re
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

atheris: Any = importlib.import_module("atheris")

with atheris.instrument_imports(include=["bot.lessons"]):
    from bot.lessons.markdown import read_plan
    from bot.lessons.names import COLUMNS, KOLB, PHASE_COLUMN, PHASE_PARTS, PHASES, ROLES, SECTIONS
    from tests.core.lessons import CONTENT, strings, words

ROOT = Path(__file__).parents[1]
SECONDS = 1.0
TABLES = (SECTIONS, PHASE_PARTS, PHASES, KOLB, PHASE_COLUMN, COLUMNS, ROLES)
NAMED = {word for table in TABLES for name in table for word in words(name)}
NAMED |= set(words("alignment taxonomy cognitive continued approximately"))
LONG_WORD = re.compile(r"[a-z]{7,}\Z")
PIECES = [
    *("\n", "\n\n", "\n", " ", ": ", "**", "*", "_", "- ", "1. ", "   - ", "    ", "\t", "> ", "|"),
    *("\n# ", "\n## ", "\n### ", "\n#### ", "\n|---|---|\n", "\n| ", " | ", " |\n", "\n---\n"),
    *("---\n", "```\n", "<br>", "(", ")", "[", "]", "/", " – ", " - ", "\r\n", "\ufeff", "\xa0"),
    *("10 min", "(15-20 minutes)", "1h30", "90'", "2 x 45 min", "half an hour", "0-10 min"),
    *("9:00-9:20", "1.5 hours", "45+", "20", " each", " + ", "½", "break", "Total", "🔥 ", "1️⃣ "),
    *("Phase 1: ", "Day 2 ", "Step 3 ", "Continued", "title: ", "duration: ", "Teacher: "),
    *("**Students:** ", "Learner Activities", "Facilitator Actions", "Alignment: ", "(approx.)"),
    *("zebra", "quixotic ", "xylophones", "Einstieg", "Reflective Observation", "For Learners"),
    *map(str.title, [*PHASES, *KOLB]),
    *map(str.title, SECTIONS),
]


def text_from(data: bytes) -> str:
    """The text that the fuzzer's bytes mean: raw, or one piece of Markdown for each byte."""
    if data[:1] < b"\x80":
        return data[1:].decode("utf-8", "replace")
    return "".join(PIECES[byte % len(PIECES)] for byte in data[1:])


def one_input(data: bytes) -> None:
    """Read one text and hold the reader to its promise."""
    text = text_from(data)
    began = time.process_time()
    plan = asdict(read_plan(text)[0])
    took = time.process_time() - began
    if took > SECONDS:
        raise AssertionError(f"{took:.1f} seconds for {len(text)} characters")
    kept = {word for one in strings(plan) for word in words(one)}
    lost = {word for word in words(text) if LONG_WORD.match(word)} - kept - NAMED
    if lost:
        raise AssertionError(f"lost: {sorted(lost)}")


def main() -> None:
    """Run libFuzzer with the plans of the tests as its first inputs."""
    arguments = sys.argv[1:] or ["-max_total_time=60"]
    with tempfile.TemporaryDirectory() as seeds:
        plans = [*(ROOT / "corpus").glob("*.md"), *CONTENT.glob("*/plan.md")]
        for number, path in enumerate(sorted(plans)):
            (Path(seeds) / str(number)).write_bytes(b"\x00" + path.read_bytes())
        findings = tempfile.mkdtemp(prefix="fuzz-reader-")
        own = [f"-artifact_prefix={findings}/", "-max_len=4096", "-timeout=20"]
        atheris.Setup([sys.argv[0], *own, *arguments, seeds], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
