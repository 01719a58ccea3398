"""Rows to values and values to rows, in this one place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import time
from typing import Any

from sqlalchemy import RowMapping

from bot.chat.address import Person, Place, PostRef, parse_recipient
from bot.chat.text import UserText
from bot.facilitation.pace import Pace
from bot.facilitation.state import (
    Assignment,
    Audit,
    Cue,
    Given,
    Opening,
    Owed,
    Participant,
    Response,
    Run,
)
from bot.lessons.lesson import Lesson
from bot.service.store import Delivery
from bot.storage.tables import EPOCH

Values = dict[str, Any]


def given_to_json(given: Given | None) -> str | None:
    """``{"options": […], "text": …}``, verbatim, in ASCII; ``None`` stays so."""
    if given is None:
        return None
    text = None if given.text is None else given.text.text
    return json.dumps({"options": given.options, "text": text})


def given_from_json(text: str | None) -> Given | None:
    """What `given_to_json` wrote."""
    if text is None:
        return None
    kept = json.loads(text)
    words = kept["text"]
    return Given(tuple(kept["options"]), None if words is None else UserText(words))


def pace_to_json(pace: Pace | None) -> str | None:
    """``{"opens": "09:00", "closes": "17:00", "weekdays": […], "holidays": "…"}``."""
    if pace is None:
        return None
    times = {"opens": pace.opens.isoformat("minutes"), "closes": pace.closes.isoformat("minutes")}
    return json.dumps({**times, "weekdays": pace.weekdays, "holidays": pace.holidays})


def pace_from_json(text: str | None) -> Pace | None:
    """What `pace_to_json` wrote."""
    if text is None:
        return None
    kept = json.loads(text)
    return Pace(
        time.fromisoformat(kept["opens"]),
        time.fromisoformat(kept["closes"]),
        tuple(kept["weekdays"]),
        kept["holidays"],
    )


def run_values(run: Run) -> Values:
    """A run's row; its lesson and its facilitators have tables of their own."""
    return {
        "id": run.id,
        "lesson": run.lesson.hash,
        "main": str(run.main),
        "channel": str(run.main.root),
        "zone": run.zone,
        "start": run.start,
        "seed": run.seed,
        "status": run.status,
        "revision": run.revision,
        "paused_at": run.paused_at,
        "pause_reason": run.pause_reason,
        "ended_at": run.ended_at,
        "pace": pace_to_json(run.pace),
        "rehearsal": run.rehearsal,
    }


def run_of(row: RowMapping, lesson: Lesson, facilitators: Sequence[str]) -> Run:
    """The run of this row."""
    return Run(
        id=row["id"],
        lesson=lesson,
        main=Place.parse(row["main"]),
        facilitators=tuple(Person.parse(person) for person in facilitators),
        zone=row["zone"],
        start=row["start"],
        seed=row["seed"],
        status=row["status"],
        revision=row["revision"],
        paused_at=row["paused_at"],
        pause_reason=row["pause_reason"],
        ended_at=row["ended_at"],
        pace=pace_from_json(row["pace"]),
        rehearsal=row["rehearsal"],
    )


def facilitator_values(run: Run) -> list[Values]:
    """The rows of a run's facilitators, each person once."""
    return [
        {"run": run.id, "person": str(person), "position": position}
        for position, person in enumerate(dict.fromkeys(run.facilitators))
    ]


def cue_values(cue: Cue) -> Values:
    """A cue's row."""
    return {
        "run": cue.run,
        "seq": cue.seq,
        "kind": cue.kind,
        "at": cue.at,
        "planned": cue.planned,
        "phase": cue.phase,
        "activity": cue.activity,
        "state": cue.state,
        "done_at": cue.done_at,
        "waits": cue.waits,
    }


def cue_of(row: RowMapping) -> Cue:
    """The cue of this row."""
    return Cue(**dict(row))


def opening_values(opening: Opening) -> Values:
    """An opening's row."""
    return {
        "id": opening.id,
        "run": opening.run,
        "activity": opening.activity,
        "n": opening.n,
        "opened_at": opening.opened_at,
        "closes_at": opening.closes_at,
        "closed_at": opening.closed_at,
        "shown_in": opening.shown_in,
    }


def opening_of(row: RowMapping) -> Opening:
    """The opening of this row."""
    return Opening(**_without(row, "number"))


def participant_values(participant: Participant) -> Values:
    """A participant's row."""
    return {
        "id": participant.id,
        "run": participant.run,
        "person": str(participant.person),
        "name": participant.name.text,
        "role": participant.role,
        "joined_at": participant.joined_at,
        "left_at": participant.left_at,
    }


def participant_of(row: RowMapping) -> Participant:
    """The participant of this row."""
    values = _without(row, "number")
    values["person"] = Person.parse(row["person"])
    values["name"] = UserText(row["name"])
    return Participant(**values)


def response_values(response: Response) -> Values:
    """A response's row, standing or version."""
    return {
        "run": response.run,
        "opening": response.opening,
        "owner": response.owner,
        "item": response.item,
        "at": response.at,
        "given": given_to_json(response.given),
        "event": response.event,
        "late": response.late,
        "by": response.by,
    }


def response_of(row: RowMapping) -> Response:
    """The response of this row."""
    return Response(**(_without(row, "number") | {"given": given_from_json(row["given"])}))


def assignment_values(assignment: Assignment) -> Values:
    """An assignment's row."""
    return {
        "run": assignment.run,
        "opening": assignment.opening,
        "who": assignment.who,
        "n": assignment.n,
        "what": assignment.what,
        "at": assignment.at,
        "state": assignment.state,
    }


def assignment_of(row: RowMapping) -> Assignment:
    """The assignment of this row."""
    return Assignment(**dict(row))


def delivery_values(owed: Owed, lane: str) -> Values:
    """The row of a message that is owed and not yet begun."""
    return {
        "key": owed.key,
        "run": owed.run,
        "purpose": owed.purpose,
        "recipient": str(owed.to),
        "parent": owed.parent,
        "due_at": owed.due_at,
        "not_after": owed.not_after,
        "opening": owed.opening,
        "about": owed.about,
        "cue": owed.cue,
        "n": owed.n,
        "on_doubt": owed.on_doubt,
        "lane": lane,
        "state": "waiting",
        "owner": "",
        "attempt": 0,
        "ref": "",
        "dirty": False,
        "edits": 0,
        "turn": 0,
        "problem": "",
    }


def delivery_of(row: RowMapping) -> Delivery:
    """The delivery of this row."""
    return Delivery(
        id=row["id"],
        owed=Owed(
            key=row["key"],
            run=row["run"],
            purpose=row["purpose"],
            to=parse_recipient(row["recipient"]),
            due_at=row["due_at"],
            not_after=row["not_after"],
            opening=row["opening"],
            cue=row["cue"],
            n=row["n"],
            on_doubt=row["on_doubt"],
            parent=row["parent"],
            about=row["about"],
        ),
        lane=row["lane"],
        state=row["state"],
        attempt=row["attempt"],
        ref=PostRef.parse(row["ref"]) if row["ref"] else None,
        sent_at=row["sent_at"],
        dirty=row["dirty"],
        edits=row["edits"],
        problem=row["problem"],
    )


def lane_values(lane: str) -> Values:
    """The row of a lane that rests and was never claimed."""
    return {
        "id": lane,
        "owner": "",
        "busy_until": None,
        "claimed_at": EPOCH,
        "turn": 0,
    }


def audit_values(audit: Audit) -> Values:
    """An audit's row."""
    return {
        "run": audit.run,
        "at": audit.at,
        "by": audit.by,
        "what": audit.what,
        "revision": audit.revision,
    }


def audit_of(row: RowMapping) -> Audit:
    """The audit of this row."""
    return Audit(**_without(row, "number"))


def _without(row: RowMapping, name: str) -> Values:
    return {key: value for key, value in row.items() if key != name}
