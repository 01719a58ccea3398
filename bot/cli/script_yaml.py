"""A script as YAML for its author to read and edit: short, commented, and strings stay strings."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from bot.cli.errors import one_line
from bot.lessons.lesson import Lesson
from bot.lessons.script import Activity, ScriptPhase

_HEADER = """\
# {title}: the script
#
# This is what runs when nobody writes a script: it was made from the plan's own fields.
# The minutes of a phase's activities add up to the phase's. In each activity the first key is
# its kind, and its value is what people read; all texts are Markdown.
"""
_FRAME = (
    ("notice", "Shown before the first place to write."),
    ("welcome", "Opens the lesson, for everyone."),
    ("closing", "Ends it, for everyone."),
    ("facilitator_notes", "For facilitators alone, before the lesson."),
    ("facilitator_questions", "Asked of the facilitators in private at the end."),
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
    """The script of a lesson as a YAML document. Reading it gives `script_data` again."""
    data = script_data(lesson)
    parts = [_HEADER.format(title=one_line(lesson.plan.title) or "A lesson")]
    for key, comment in _FRAME:
        if key in data:
            parts.append(f"# {comment}\n{_dump({key: data[key]})}")
    phases = [_phase(name, phase) for name, phase in data["phases"].items()]
    parts.append("\n".join(("phases:", *phases)) if phases else "phases: {}\n")
    return "\n".join(parts)


def script_data(lesson: Lesson) -> dict[str, Any]:
    """The script as the plain data that the YAML holds; what is empty is left out."""
    script = lesson.script
    frame = {
        "notice": script.notice,
        "welcome": script.welcome,
        "closing": script.closing,
        "facilitator_notes": script.facilitator_notes,
        "facilitator_questions": list(script.facilitator_questions),
    }
    phases: dict[str, Any] = {}
    used: Counter[str] = Counter()
    for phase in script.phases:
        used[phase.name] += 1
        n = used[phase.name]
        phases[f"{phase.name}[{n}]" if n > 1 else phase.name] = _phase_data(phase)
    return {**{key: value for key, value in frame.items() if value}, "phases": phases}


def _phase_data(phase: ScriptPhase) -> dict[str, Any]:
    notes = {"notes": phase.notes} if phase.notes else {}
    return {"minutes": phase.minutes, **notes, "do": [_activity(one) for one in phase.activities]}


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
