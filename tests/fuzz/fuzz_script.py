"""Fuzzes the reader of scripts: it never raises, never takes a second, and names a line each time.

    python -m tests.fuzz.fuzz_script -max_total_time=600

A script without an error runs: no phase is empty, its minutes add up, each activity is one that its
kind takes, and the lesson comes back whole from what is stored of it.
"""

import re
from collections.abc import Sequence

from tests.fuzz.harness import atheris, fills_phases, quickly, run

with atheris.instrument_imports(include=["bot.lessons", "bot.facilitation.activities"]):
    from bot.facilitation.activities import KINDS
    from bot.lessons.lesson import Lesson
    from bot.lessons.markdown import read_plan
    from bot.lessons.minutes import MOST
    from bot.lessons.problem import Problem
    from bot.lessons.read_script import FILE, read_script
    from bot.lessons.script import Script
    from bot.lessons.yaml_tree import Unreadable, read_yaml
    from tests.core.lessons import CONTENT

PLAN, _ = read_plan(
    """# Lichens

### Engage (20 minutes)
**Learner Activities:** look at the stone wall

### Coffee break (5 minutes)

### Explore (30 minutes)
**Learner Activities:** scrape, and vote on what it is

### Explore (10 minutes)

### Evaluate (10 minutes)

## Reflection Questions
### For Learners
* What surprised you?
"""
)
SHORT = "# The wall\n\nLook closely.\n"
LONG = "# Spores\n\nRead this first, at {{wall}}.\n" + "\n## More\n\nOn spores.\n" * 40
SEED = """\
who: {novice: New to it, expert: "At home: with it"}
places:
  wall: Where your wall is
welcome: Good morning.
notice: case.md
before:
  - poll: Who has seen one?
    options: [{id: yes, label: "Yes"}, {id: no, label: "No"}]
    days: 2
phases:
  Engage:
    notes: |
      Stop early.
      Go on to {{wall}}.
    extra: {expert: more.md}
    days: 2
    do:
      - case.md
      - prompt: Look.
        id: look
        title: The wall
        minutes: 9
        read: [case.md, more.md]
        live: {minutes: 8}
        async: {days: 3}
      - discussion: Why?
        wait: true
  Explore:
    do:
      - poll: Which?
        options: [Moss, Lichen]
        other: true
        multiple: true
        results: close
        minutes: 10
      - poll: When?
        options: ["10:30", 11:00]
        minutes: 20
  Explore[2]:
    do: [Again]
  Evaluate:
    minutes: 10
    do:
      - reflection: plan
        visible: everyone
      - reflection: [One?, {id: two, text: Two?}]
after:
  - reflection: And now?
    days: 7
"""
PIECES = [
    *("\n", "\n  ", "\n    ", "\n      ", "\n        ", "\n          ", "\n- ", "\n    - "),
    *("\n      - ", "\n        - ", "\n\n", " ", "- ", ": ", ":", ", ", "{", "}", "[", "]", "'"),
    *('"', "|\n", ">-\n", "|2", "? ", "# ", " # ", "\t", "\r", "\r\n", "\x85", "\u2028", "\ufeff"),
    *("\x00", "\x07", "\\", "\\ud800", "\\x00", "&a ", "*a", "!!int ", "!", "%YAML 1.1\n", "<<: "),
    *("\n---\n", "\n...\n", "`", "@", "~", "null", "true", "false", "yes", "no", "10:30", "1e3"),
    *("0", "1", "5", "9", "10", "20", "30", "-1", "10000", "20160", "99999999", "0000000000"),
    *("1.5", "٣", "²"),
    *("{{wall}}", "{{", "}}", "case.md", "more.md", "gone.md", "../gone.md", "a b.md", "é", "𝄞"),
    *("x", "y", "Moss", "Lichen", "Look.", "Why? ", "novice", "expert", "wall", "plan", "x" * 90),
    *("\nwho:", "\nplaces:", "\nnotes: ", "\nbefore:", "\nphases:", "\nafter:", "\nwelcome: "),
    *("\nnotice: ", "\nclosing: ", "\n  Engage:", "\n  Coffee break:", "\n  Explore:"),
    *("\n  Explore[2]:", "\n  Evaluate:", "\n  Elicit:", "\n    do:", "\n    minutes: "),
    *("\n    days: ", "\n    notes: ", "\n    extra: ", "\n      - prompt: ", "\n      - poll: "),
    *("\n      - discussion: ", "\n      - reflection: ", "\n      - lobby: ", "prompt: "),
    *("poll: ", "other", ".", "?", "who:"),
    *("\n        id: ", "\n        title: ", "\n        minutes: ", "\n        days: "),
    *("\n        wait: ", "\n        read: ", "\n        live: ", "\n        async: "),
    *("\n        options: ", "\n        multiple: ", "\n        other: ", "\n        results: "),
    *("\n        visible: ", "\n        questions: ", "\n        question: ", "\n        text: "),
    *("minutes: ", "days: ", "id: ", "label: ", "text: ", "options: ", "title: ", "wait: "),
    *("[Moss, Lichen]", "{id: x, label: Moss}", "live", "close", "everyone", "facilitator"),
    *dict.fromkeys(re.findall(r"\w+", SEED)),
]


def handout(name: str) -> str:
    """One of two texts; a file whose name says so is not there."""
    if "gone" in name:
        raise ValueError(f"There is no file {name}.")
    return LONG if "more" in name else SHORT


def one_input(text: str) -> None:
    """Read one text and hold the reader to its promise."""
    with quickly(text):
        unreadable = refusal(text)
    with quickly(text):
        script, problems = read_script(text, KINDS, PLAN, handout)
    names_lines(text, [*unreadable, *problems])
    if all(one.severity != "error" for one in problems):
        runs(script)


def refusal(text: str) -> list[Problem]:
    """What keeps the text from being read as YAML, if anything."""
    try:
        read_yaml(text)
    except Unreadable as refused:
        return [refused.problem]
    return []


def names_lines(text: str, problems: Sequence[Problem]) -> None:
    """Raise AssertionError where a problem does not lead its author to a line of its file."""
    for one in problems:
        file = text if one.file in ("", FILE) else handout(one.file)
        last = len(file.splitlines()) + 1
        if one.line is None or not 1 <= one.line <= last:
            raise AssertionError(f"{one} in a file of {last} lines")


def runs(script: Script) -> None:
    """Raise where a script that has no error cannot be run as it is."""
    fills_phases(script.for_pace("live"))
    for activity in (*script.for_pace("live").activities(), *script.for_pace("async").activities()):
        KINDS[activity.kind].model.model_validate(activity.spec)
        if activity.minutes > MOST:
            raise AssertionError(f"{activity.minutes} minutes")
    ids = [activity.id for activity in script.activities()]
    if len(set(ids)) < len(ids):
        raise AssertionError(f"two activities of one id: {ids}")
    lesson = Lesson.of("fuzzed", PLAN, script)
    if Lesson.from_json(lesson.to_json()) != lesson:
        raise AssertionError("the lesson is another one when it is read again")


if __name__ == "__main__":
    scripts = [path.read_text("utf-8") for path in sorted(CONTENT.glob("*/script.yaml"))]
    run("script", one_input, PIECES, [*scripts, SEED])
