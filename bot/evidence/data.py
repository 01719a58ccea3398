"""``evidence.json``: everything in a report, exactly."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import datetime, time
from typing import Any

from bot.chat.text import UserText
from bot.evidence.moments import utc
from bot.evidence.reading import dealing, ordered, troubled
from bot.evidence.reviewing import ordered_reviews
from bot.facilitation.rubric import Criterion
from bot.service.reporting import AskedActivity, RunReport

VERSION = 2
"""The shape of ``evidence.json``; it rises when that shape changes."""


def evidence_json(report: RunReport) -> bytes:
    """UTF-8, keys sorted, moments in ISO 8601 UTC; the same report gives the same bytes.

    Every version of every answer is there, withdrawn ones too, every text as it was written.
    A lone surrogate, which UTF-8 has no bytes for, stands as its JSON escape.
    """
    run = as_data(report.run)
    lesson = run.pop("lesson")
    everything = {
        "format": "fivefold-evidence",
        "version": VERSION,
        "run": run | {"title": report.run.lesson.plan.title, "lesson_hash": lesson["hash"]},
        "lesson": lesson,
        "participants": as_data(report.participants),
        "activities": [_activity(asked) for asked in report.activities],
        "answers": as_data(ordered(report)),
        "reviews": as_data(ordered_reviews(report)),
        "allotted": as_data(sorted(report.allotted, key=dealing)),
        "cues": as_data(report.cues),
        "deliveries": as_data(report.deliveries),
        "troubles": as_data(troubled(report)),
        "audits": as_data(report.audits),
    }
    text = json.dumps(everything, ensure_ascii=False, sort_keys=True, indent=1)
    # For a lone surrogate Python's escape and JSON's are the same six characters.
    return (text + "\n").encode("utf-8", "backslashreplace")


def as_data(value: Any) -> Any:
    """A frozen value as JSON data, field by field: texts verbatim, moments in UTC."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case UserText(text):
            return text
        case datetime():
            return utc(value)
        case time():
            return value.isoformat("minutes")
        case tuple() | list():
            return [as_data(each) for each in value]
        case dict():
            return {key: as_data(each) for key, each in value.items()}
        case _ if is_dataclass(value):
            return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"no JSON for {type(value).__name__}")


def _activity(asked: AskedActivity) -> dict[str, Any]:
    questions = [
        as_data(question) | {"options": [{"id": id_, "label": la} for id_, la in question.options]}
        for question in asked.questions
    ]
    activity: dict[str, Any] = as_data(asked.activity)
    return activity | {
        "questions": questions,
        "openings": as_data(asked.openings),
        "criteria": [_criterion(criterion) for criterion in asked.criteria],
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    levels = [{"level": level, "words": words} for level, words in criterion.levels]
    return {"id": criterion.id, "title": criterion.title, "levels": levels}
