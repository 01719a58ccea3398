"""Read models: a run as neutral tables, for evidence, status and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.facilitation.activities import KINDS
from bot.facilitation.activities.kind import Question
from bot.facilitation.state import Audit, Cue, Opening, Participant, Response, Run
from bot.facilitation.timeline import activity_of, scene_of
from bot.lessons.script import Activity
from bot.service.scenes import ACTIVITY
from bot.service.store import Delivery, Reading


class NoSuchRun(Exception):
    """There is no run with this id; the text says how to list them."""

    def __init__(self, run: str) -> None:
        super().__init__(f"There is no run “{run}”. “fivefold runs” lists them.")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One version of one answer. ``stands`` marks the version that counts.

    ``choices`` are the labels of the options chosen; ``text`` the words, verbatim; both are
    ``None`` where it was withdrawn. ``version`` counts from 1 in the order of ``at``.
    """

    phase: str
    activity: str
    kind: str
    table: str
    opening: int
    item: str
    question: str
    participant: str
    name: str
    option_ids: tuple[str, ...] | None
    choices: tuple[str, ...] | None
    text: str | None
    at: datetime
    late: bool
    version: int
    stands: bool


@dataclass(frozen=True, slots=True)
class AskedActivity:
    """An activity with what it asked and how often it was open; ``title`` is for people."""

    activity: Activity
    questions: tuple[Question, ...]
    openings: tuple[Opening, ...]
    title: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """Everything known of a run."""

    run: Run
    cues: tuple[Cue, ...]
    activities: tuple[AskedActivity, ...]
    participants: tuple[Participant, ...]
    answers: tuple[AnswerRow, ...]
    deliveries: tuple[Delivery, ...]
    audits: tuple[Audit, ...]

    def standing(self) -> tuple[AnswerRow, ...]:
        """The answers that count: newest versions that were not withdrawn."""
        return tuple(a for a in self.answers if a.stands and a.choices is not None)


async def report_run(reading: Reading, run_id: str) -> RunReport:
    """The report of one run. Raises NoSuchRun."""
    run = await reading.run(run_id)
    if run is None:
        raise NoSuchRun(run_id)
    openings = await reading.openings(run_id)
    participants = await reading.participants(run_id)
    names = {p.id: p.name.text for p in participants}
    by_id = {opening.id: opening for opening in openings}
    versions = await reading.versions(run_id)
    deliveries = await reading.deliveries(run_id)
    return RunReport(
        run=run,
        cues=await reading.cues(run_id),
        activities=_activities(run, _seen(openings, deliveries, versions)),
        participants=participants,
        answers=_answers(run, by_id, versions, names),
        deliveries=deliveries,
        audits=await reading.audits(run_id),
    )


def _seen(
    openings: Sequence[Opening], deliveries: Sequence[Delivery], versions: Sequence[Response]
) -> tuple[Opening, ...]:
    """The openings that people could see: one that was over before its post came was not held."""
    skipped = {
        d.owed.opening for d in deliveries if d.owed.purpose == ACTIVITY and d.state == "cancelled"
    }
    answered = {version.opening for version in versions}
    return tuple(o for o in openings if o.post not in skipped or o.id in answered)


def _activities(run: Run, openings: tuple[Opening, ...]) -> tuple[AskedActivity, ...]:
    asked = []
    for activity in run.lesson.script.activities():
        kind = KINDS[activity.kind]
        spec = kind.model.model_validate(activity.spec)
        mine = tuple(opening for opening in openings if opening.activity == activity.id)
        asked.append(AskedActivity(activity, kind.questions(spec), mine, kind.title(spec)))
    return tuple(asked)


def _answers(
    run: Run,
    openings: dict[str, Opening],
    versions: tuple[Response, ...],
    names: dict[str, str],
) -> tuple[AnswerRow, ...]:
    counts: dict[tuple[str, str, str], int] = {}
    newest = {(r.opening, r.owner, r.item): r for r in versions}
    questions: dict[str, dict[str, Question]] = {}
    rows = []
    for response in versions:
        key = (response.opening, response.owner, response.item)
        counts[key] = counts.get(key, 0) + 1
        opening = openings[response.opening]
        activity = activity_of(run, opening.activity)
        if opening.id not in questions:
            scene = scene_of(run, opening)
            asked = KINDS[activity.kind].questions(scene.spec)
            questions[opening.id] = {question.item: question for question in asked}
        question = questions[opening.id].get(response.item)
        labels = dict(question.options) if question else {}
        # Words that were taken back are handed out no more, in none of their versions.
        given = response.given if newest[key].given else None
        rows.append(
            AnswerRow(
                phase=activity.phase,
                activity=activity.id,
                kind=activity.kind,
                table=question.table if question else "discussion",
                opening=opening.n,
                item=response.item,
                question=question.text if question else "",
                participant=response.owner,
                name=names.get(response.owner, ""),
                option_ids=given.options if given else None,
                choices=tuple(labels.get(o, o) for o in given.options) if given else None,
                text=given.text.text if given and given.text else None,
                at=response.at,
                late=response.late,
                version=counts[key],
                stands=newest[key] is response,
            )
        )
    return tuple(rows)
