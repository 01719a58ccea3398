"""A lesson with every kind of activity that a platform shows."""

from __future__ import annotations

from pathlib import Path

PLAN = """\
# Lesson Plan: Permits for everybody

## Lesson Overview
- **Audience:** Public officials
- **Duration:** 2 hours

## Learning Objectives
- Design a counter that everybody finds

## 5E Instructional Model

### Engage (120 minutes)
- **Purpose:** To begin.
- **Learner Activities:** Talk, vote, hand in, and review each other.
"""
SCRIPT = """\
phases:
  Engage:
    notes: notes.md
    do:
      - prompt: Think of a counter where you waited.
        title: A counter
        minutes: 5
        read: [counter.md]
      - poll: Where do people get lost?
        title: Where people get lost
        options: [At the door, At the desk]
        other: true
        results: after
        minutes: 10
      - poll: What helps? Choose all that fit.
        title: What helps
        multiple: true
        results: close
        options: [A sign, A person, A map]
        minutes: 10
      - discussion: What would you change first?
        title: Talk about it
        minutes: 10
      - reflection:
          - What will you do tomorrow?
        title: Look back
        minutes: 10
      - groups: 2
        title: Your pairs
        minutes: 5
      - submission: What would your counter look like?
        title: Hand in your design
        minutes: 20
      - peer_review:
          - {id: whole, title: It is whole}
        title: Review each other
        release: facilitator
        minutes: 30
"""


NOTES = "# Before they come\n\nBegin slowly.\n"
HANDOUT = "# The counter of Talvern\n\nIt had *two* doors, and one bell.\n"


def permits(folder: Path) -> Path:
    """The folder of a library whose only lesson is this one, ``permits``."""
    lesson = folder / "lessons" / "permits"
    lesson.mkdir(parents=True)
    (lesson / "plan.md").write_text(PLAN, "utf-8")
    (lesson / "script.yaml").write_text(SCRIPT, "utf-8")
    (lesson / "notes.md").write_text(NOTES, "utf-8")
    (lesson / "counter.md").write_text(HANDOUT, "utf-8")
    return lesson.parent
