"""Fuzzes the reader of plans: it never raises, never takes a second, never loses a long word.

    python -m tests.fuzz.fuzz_reader -max_total_time=600

What the plan alone would run holds too: each phase is filled, whatever its author wrote.
"""

import re
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.harness import atheris, fills_phases, quickly, run

with atheris.instrument_imports(include=["bot.lessons"]):
    from bot.lessons.derive import derive
    from bot.lessons.markdown import read_plan
    from bot.lessons.names import COLUMNS, KOLB, PHASE_COLUMN, PHASE_PARTS, PHASES, ROLES, SECTIONS
    from bot.lessons.plan import Plan
    from bot.lessons.prose import prose
    from tests.core.lessons import CONTENT, strings, words

CORPUS = Path(__file__).parents[1] / "corpus"
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
    *("\n: ", "__", "***", "👩‍🏫 **", "- [ ] ", "Warm-up", "10 + 15", "\\\n", "# Topic: ", "For: "),
    *("zebra", "quixotic ", "xylophones", "Einstieg", "Reflective Observation", "For Learners"),
    *map(str.title, [*PHASES, *KOLB]),
    *map(str.title, [*SECTIONS][::3]),
]


def one_input(text: str) -> None:
    """Read one text and hold the reader to its promise."""
    with quickly(text):
        plan, problems = read_plan(text)
    keeps_words(text, plan)
    if any(one.line is not None and one.line < 1 for one in problems):
        raise AssertionError("a line before the first")
    with quickly(text):
        fills_phases(derive(plan))
    with quickly(text):
        prose(text)


def keeps_words(text: str, plan: Plan) -> None:
    """Raise AssertionError where a long word of the text is not in the plan."""
    kept = {word for one in strings(asdict(plan)) for word in words(one)}
    lost = {word for word in words(text) if LONG_WORD.match(word)} - kept - NAMED
    if lost:
        raise AssertionError(f"lost: {sorted(lost)}")


if __name__ == "__main__":
    plans = sorted([*CORPUS.glob("*.md"), *CONTENT.glob("*/plan.md")])
    run("reader", one_input, PIECES, [path.read_text("utf-8") for path in plans])
