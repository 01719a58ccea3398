"""Read models: a run as neutral tables, for evidence, status and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.chat.platform import Capabilities
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Question, Scene, is_reply
from bot.facilitation.rubric import Criterion, level_title
from bot.facilitation.state import Audit, Cue, Given, Opening, Participant, Response, Run
from bot.lessons.script import Activity
from bot.service.scenes import ACTIVITY, scenes_of
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
    ``participant`` is whose it is, a person or a group; ``by`` who gave it, with their name.
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
    by: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One version of what somebody said of one piece of work by one criterion of its rubric.

    ``author`` is whose work it is, a person or a group. ``level`` and ``comment`` are ``None``
    where they were taken back. ``counts`` is False where the facilitator's own review stands in
    place of this one; ``released`` says that the author can read it.
    """

    phase: str
    activity: str
    opening: int
    said_by: Literal["peer", "self", "facilitator"]
    reviewer: str
    reviewer_name: str
    author: str
    author_name: str
    criterion: str
    criterion_title: str
    level: int | None
    level_title: str
    comment: str | None
    at: datetime
    late: bool
    version: int
    stands: bool
    counts: bool
    released: bool


@dataclass(frozen=True, slots=True)
class Allotted:
    """What somebody was dealt: a group to work in, or somebody's work to review.

    ``what`` is "group" or "review"; ``of`` the group's or the author's id, with its name.
    ``state`` is "held", "lapsed" (not done in time, so that others could take it over) or
    "dropped" (theirs no more); ``done`` says that the review is finished.
    """

    phase: str
    activity: str
    opening: int
    what: Literal["group", "review"]
    participant: str
    name: str
    of: str
    of_name: str
    at: datetime
    state: str
    done: bool


@dataclass(frozen=True, slots=True)
class AskedActivity:
    """An activity with what it asked and how often it was open; ``title`` is for people.

    ``criteria`` are those of a rubric, best level first. ``talks`` says that replies in its thread
    answer it; elsewhere they are comments.
    """

    activity: Activity
    questions: tuple[Question, ...]
    openings: tuple[Opening, ...]
    title: str
    criteria: tuple[Criterion, ...] = ()
    talks: bool = False


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
    reviews: tuple[ReviewRow, ...] = ()
    allotted: tuple[Allotted, ...] = ()

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
    versions = await reading.versions(run_id)
    deliveries = await reading.deliveries(run_id)
    found = await scenes_of(reading, run, openings, Capabilities())
    scenes = {scene.opening.id: scene for scene in found}
    return RunReport(
        run=run,
        cues=await reading.cues(run_id),
        activities=_activities(run, _seen(openings, deliveries, versions)),
        participants=participants,
        answers=tuple(_answers(scenes, versions)),
        deliveries=deliveries,
        audits=await reading.audits(run_id),
        reviews=tuple(_reviews(scenes, versions)),
        allotted=tuple(_allotted(found)),
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
        questions, title, criteria = kind.questions(spec), kind.title(spec), kind.criteria(spec)
        talks = kind.talks(spec)
        asked.append(AskedActivity(activity, questions, mine, title, criteria, talks))
    return tuple(asked)


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a response among all of its item, and whether it counts."""

    response: Response
    number: int
    stands: bool
    taken_back: bool

    @property
    def given(self) -> Given | None:
        """Words that were taken back are handed out no more, in none of their versions."""
        return None if self.taken_back else self.response.given


def _numbered(versions: Sequence[Response]) -> Iterator[_Version]:
    counts: dict[tuple[str, str, str], int] = {}
    newest = {(r.opening, r.owner, r.item): r for r in versions}
    for response in versions:
        key = (response.opening, response.owner, response.item)
        counts[key] = counts.get(key, 0) + 1
        last = newest[key]
        yield _Version(response, counts[key], last is response, last.given is None)


def _answers(scenes: Mapping[str, Scene[Any]], versions: Sequence[Response]) -> Iterator[AnswerRow]:
    """What is no review: answers, works, replies, and what was said in private."""
    for version in _numbered(versions):
        response, given = version.response, version.given
        scene = scenes[response.opening]
        kind = KINDS[scene.activity.kind]
        question = kind.question(scene.spec, response.item)
        if question is None and not is_reply(response.item):
            continue
        labels = dict(question.options) if question else {}
        by = response.by or response.owner
        yield AnswerRow(
            phase=scene.activity.phase,
            activity=scene.activity.id,
            kind=scene.activity.kind,
            table=question.table if question else "discussion",
            opening=scene.opening.n,
            item=response.item,
            question=question.text if question else "",
            participant=response.owner,
            name=kind.owner_name(scene, response.owner).text,
            option_ids=given.options if given else None,
            choices=tuple(labels.get(o, o) for o in given.options) if given else None,
            text=given.text.text if given and given.text else None,
            at=response.at,
            late=response.late,
            version=version.number,
            stands=version.stands,
            by=by,
            by_name=scene.name_of(by).text,
        )


def _reviews(scenes: Mapping[str, Scene[Any]], versions: Sequence[Response]) -> Iterator[ReviewRow]:
    judges = {id: KINDS[scene.activity.kind].judge(scene) for id, scene in scenes.items()}
    for version in _numbered(versions):
        response, given = version.response, version.given
        scene = scenes[response.opening]
        kind = KINDS[scene.activity.kind]
        judged = judges[response.opening](response)
        if judged is None:
            continue
        titles = {criterion.id: criterion.title for criterion in kind.criteria(scene.spec)}
        level = judged.level if given else None
        yield ReviewRow(
            phase=scene.activity.phase,
            activity=scene.activity.id,
            opening=scene.opening.n,
            said_by=judged.said_by,
            reviewer=response.owner,
            reviewer_name=scene.name_of(response.owner).text,
            author=judged.author,
            author_name=kind.owner_name(scene, judged.author).text,
            criterion=judged.criterion,
            criterion_title=titles[judged.criterion],
            level=level,
            level_title=level_title(level) if level else "",
            comment=given.text.text if given and given.text else None,
            at=response.at,
            late=response.late,
            version=version.number,
            stands=version.stands,
            counts=judged.counts,
            released=judged.released,
        )


def _allotted(scenes: Sequence[Scene[Any]]) -> Iterator[Allotted]:
    for scene in scenes:
        for each in KINDS[scene.activity.kind].allotted(scene):
            yield Allotted(
                phase=scene.activity.phase,
                activity=scene.activity.id,
                opening=scene.opening.n,
                what=each.what,
                participant=each.assignment.who,
                name=scene.name_of(each.assignment.who).text,
                of=each.of,
                of_name=each.of_name,
                at=each.assignment.at,
                state=each.assignment.state,
                done=each.done,
            )
