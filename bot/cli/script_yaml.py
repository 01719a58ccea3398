"""A script as YAML for its author to read and edit: short, commented, and strings stay strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from bot.cli.errors import one_line
from bot.lessons.lesson import Lesson
from bot.lessons.places import marks_of
from bot.lessons.script import Activity, phase_keys

_HEADER = """\
# yaml-language-server: $schema=script.schema.json
# {title}: the script
#
# This is what runs when nobody writes a script: it was made from the plan's own fields.
# Edit it to say it your own way; a phase that you delete runs as it does now. The plan's own
# notes for facilitators and questions to them come by themselves: under “notes” add yours.
# Your editor helps with each key once this has been run here: fivefold schema > script.schema.json
#
# In each activity the first key is its kind, and its value is what people read: Markdown, or the
# name of a Markdown file in this folder. The minutes are those of a lesson in one sitting.
# An activity can take more:
#   options: [Never, {{id: often, label: Every day}}]   # an id keeps its votes when you reword
#   wait: true                    # in one sitting the facilitator opens it
#   read: [background.md]         # a button opens it in private
#   days: 2                       # how many days it is open, where the lesson runs over days
#   live: {{minutes: 5}}            # what is different in one sitting,
#   async: {{title: In your time}}  # and what over days: any of its fields again
"""
_PLACES = """\
# The plan has words in double braces. People read them as they are, unless they are places, which
# are filled in when the lesson is scheduled. For that, take the marks of comments from these lines:
#"""
_FRAME = (
    ("notice", "Shown before the first place to write."),
    ("welcome", "Opens the lesson, for everyone."),
    ("closing", "Ends it, for everyone."),
)
_MAIN = {
    "prompt": "text",
    "discussion": "question",
    "poll": "question",
    "reflection": "questions",
}

_SEPARATORS = "\r\x85\u2028\u2029"
"""YAML takes these for line breaks, and some of them would come back as another."""


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they were written."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if any(one in text for one in _SEPARATORS) or (style and text != text.strip()):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def script_yaml(lesson: Lesson) -> str:
    """The script derived from a lesson's plan, as a YAML document that is read as that script."""
    data = script_data(lesson)
    parts = [_HEADER.format(title=one_line(lesson.plan.title) or "A lesson")]
    if marks := sorted(marks_of(lesson.script)):
        parts.append(_places(marks))
    for key, comment in _FRAME:
        if key in data:
            parts.append(f"# {comment}\n{_dump({key: data[key]})}")
    phases = [_phase(name, phase) for name, phase in data["phases"].items()]
    parts.append("\n".join(("phases:", *phases)) if phases else "phases: {}\n")
    return "\n".join(parts)


def _places(marks: Sequence[str]) -> str:
    """A comment on what stands in double braces in the plan: how it becomes a place."""
    asked = {name: name.replace("_", " ").strip().capitalize() or name for name in marks}
    lines = _dump({"places": asked}).splitlines()
    return "\n".join((_PLACES, *(f"# {line}" for line in lines), ""))


def script_data(lesson: Lesson) -> dict[str, Any]:
    """The script as the plain data that the YAML holds; what the plan gives again is left out."""
    script = lesson.script
    frame = {
        "notice": script.notice,
        "welcome": script.welcome,
        "closing": script.closing,
    }
    keys = phase_keys([phase.name for phase in script.phases])
    phases = {
        key: {"minutes": phase.minutes, "do": [_activity(one) for one in phase.activities]}
        for key, phase in zip(keys, script.phases, strict=True)
    }
    return {**{key: value for key, value in frame.items() if value}, "phases": phases}


def _activity(activity: Activity) -> dict[str, Any]:
    spec = {key: _shortened(value) for key, value in activity.spec.items()}
    main = spec.pop(_MAIN.get(activity.kind, ""), "")
    rest = {key: value for key, value in spec.items() if value is not False}
    return {activity.kind: main, "minutes": activity.minutes, **rest}


def _shortened(value: Any) -> Any:
    """Options and questions by their words: their ids come from their places."""
    if isinstance(value, list):
        return [one.get("label", one.get("text", "")) for one in value]
    return value


def _phase(name: str, phase: dict[str, Any]) -> str:
    listed = ", ".join(f"{next(iter(one))} {one['minutes']}" for one in phase["do"])
    comment = f"# {phase['minutes']} minutes: {listed}."
    lines = f"{comment}\n{_dump({name: phase})}".split("\n")
    return "\n".join(f"  {line}" if line else "" for line in lines)


def _dump(data: dict[str, Any]) -> str:
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=96,
        default_flow_style=False,
    )
    return text
