"""Reports made by hand, and an evidence page taken apart, for the tests of the evidence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

from bot.evidence.cells import whole_rows
from bot.facilitation.activities import KINDS
from bot.facilitation.activities.scene import Question
from bot.facilitation.rubric import Criterion, level_title
from bot.facilitation.seeing import activity_of
from bot.facilitation.state import LOBBY, AssignmentState, Participant, Run
from bot.lessons.script import Activity
from bot.service.reporting import Allotted, AnswerRow, AskedActivity, ReviewRow, RunReport
from tests.core.making import (
    START,
    a_lesson,
    a_phase,
    a_run,
    an_activity,
    an_opening,
    cues_of,
    minutes,
)

KIND_NAMES = ("prompt", "discussion", "poll", "reflection")
HELD = a_lesson(
    a_phase("Engage", *(an_activity(kind) for kind in KIND_NAMES), notes="Keep it short.")
)
GROUPS, DESIGN, REVIEW = "Elaborate.groups", "Elaborate.design", "Evaluate.review"
FIELDS = {"problem": "What **problem** does it solve?", "data": "Which data does it need?"}
CRITERIA = (
    Criterion("clear", "Is it clear?", ((4, "At once"), (3, ""), (2, ""), (1, "Not at all"))),
    Criterion("safe", "Is it safe?"),
)


def report_of(
    people: tuple[Participant, ...],
    *answers: AnswerRow,
    run: Run | None = None,
    openings: int = 1,
) -> RunReport:
    """A run of `HELD`, each activity opened so many times, with these answers."""
    held = run or a_run(HELD, status="ended", ended_at=START + minutes(40))
    return RunReport(
        run=held,
        cues=cues_of(held),
        activities=tuple(_asked(held, each, openings) for each in held.lesson.script.activities()),
        participants=people,
        answers=answers,
        deliveries=(),
        audits=(),
    )


def _asked(run: Run, activity: Activity, openings: int) -> AskedActivity:
    kind = KINDS[activity.kind]
    spec = kind.model.model_validate(activity.spec)
    opened = tuple(
        an_opening(run, activity.id, n, closed_at=START + minutes(10))
        for n in range(1, openings + 1)
    )
    title = activity.kind.capitalize()
    criteria, talks = kind.criteria(spec), kind.talks(spec)
    return AskedActivity(activity, kind.questions(spec), opened, title, criteria, talks)


def answer(
    who: Participant,
    kind: str,
    item: str,
    text: str | None = None,
    *,
    at: float,
    options: tuple[str, ...] = (),
    version: int = 1,
    stands: bool = True,
    late: bool = False,
    withdrawn: bool = False,
    opening: int = 1,
    run: Run | None = None,
) -> AnswerRow:
    """A version of an answer to the activity ``Engage.kind`` (or the lobby), minutes in."""
    activity = activity_of(run or a_run(HELD), LOBBY if kind == LOBBY else f"Engage.{kind}")
    asked = KINDS[activity.kind].questions(KINDS[activity.kind].model.model_validate(activity.spec))
    question = next((each for each in asked if each.item == item), None)
    names = dict(question.options) if question else {}
    return AnswerRow(
        phase=activity.phase,
        activity=activity.id,
        kind=activity.kind,
        table=question.table if question else "discussion",
        opening=opening,
        item=item,
        question=question.text if question else "",
        participant=who.id,
        name=who.name.text,
        option_ids=None if withdrawn else options,
        choices=None if withdrawn else tuple(names.get(each, each) for each in options),
        text=None if withdrawn else text,
        at=START + minutes(at),
        late=late,
        version=version,
        stands=stands,
    )


def work_report(
    people: tuple[Participant, ...],
    *,
    answers: tuple[AnswerRow, ...] = (),
    reviews: tuple[ReviewRow, ...] = (),
    allotted: tuple[Allotted, ...] = (),
    fields: dict[str, str] | None = None,
) -> RunReport:
    """A run in which work of these fields was handed in, and then reviewed."""
    groups = Activity(GROUPS, "Elaborate", "groups", 5, False, {"size": 2})
    design = Activity(DESIGN, "Elaborate", "submission", 20, False, {"title": "Design"})
    review = Activity(REVIEW, "Evaluate", "peer_review", 20, False, {"of": DESIGN})
    run = a_run(
        a_lesson(a_phase("Elaborate", groups, design), a_phase("Evaluate", review)),
        status="ended",
        ended_at=START + minutes(40),
    )
    asked = FIELDS if fields is None else fields
    closed_at = START + minutes(20)
    return RunReport(
        run=run,
        cues=(),
        activities=(
            AskedActivity(groups, (), (an_opening(run, GROUPS, closed_at=closed_at),), "Groups"),
            AskedActivity(
                design,
                tuple(Question(item, text, "submissions") for item, text in asked.items()),
                (an_opening(run, DESIGN, closed_at=closed_at),),
                "Design",
            ),
            AskedActivity(
                review,
                (),
                (an_opening(run, REVIEW, closed_at=START + minutes(40)),),
                "Peer review",
                CRITERIA,
            ),
        ),
        participants=people,
        answers=answers,
        deliveries=(),
        audits=(),
        reviews=reviews,
        allotted=allotted,
    )


def work(
    owner: Participant | tuple[str, str],
    item: str,
    text: str | None,
    *,
    at: float,
    by: Participant | None = None,
    table: str = "submissions",
    version: int = 1,
    stands: bool = True,
    late: bool = False,
) -> AnswerRow:
    """A version of a field of somebody's or of a group's (id, name) work, minutes in; or, of
    another table, of words beside the reviews. Without text it was withdrawn."""
    id_, name = owner if isinstance(owner, tuple) else (owner.id, owner.name.text)
    design = table in ("submissions", "questions")
    return AnswerRow(
        phase="Elaborate" if design else "Evaluate",
        activity=DESIGN if design else REVIEW,
        kind="submission" if design else "peer_review",
        table=table,
        opening=1,
        item=item,
        question=FIELDS.get(item, "What I will change" if item == "change" else item),
        participant=id_,
        name=name,
        option_ids=None if text is None else (),
        choices=None if text is None else (),
        text=text,
        at=START + minutes(at),
        late=late,
        version=version,
        stands=stands,
        by=by.id if by else "",
        by_name=by.name.text if by else "",
    )


def review(
    reviewer: Participant,
    author: Participant | tuple[str, str],
    criterion: str,
    level: int | None,
    comment: str | None = "",
    *,
    at: float = 25,
    said_by: Literal["peer", "self", "facilitator"] = "peer",
    version: int = 1,
    stands: bool = True,
    counts: bool = True,
    released: bool = True,
    late: bool = False,
) -> ReviewRow:
    """A version of what somebody said of a work by one criterion, minutes in."""
    id_, name = author if isinstance(author, tuple) else (author.id, author.name.text)
    return ReviewRow(
        phase="Evaluate",
        activity=REVIEW,
        opening=1,
        said_by=said_by,
        reviewer=reviewer.id,
        reviewer_name=reviewer.name.text,
        author=id_,
        author_name=name,
        criterion=criterion,
        criterion_title=next((c.title for c in CRITERIA if c.id == criterion), criterion),
        level=level,
        level_title=level_title(level) if level else "",
        comment=comment,
        at=START + minutes(at),
        late=late,
        version=version,
        stands=stands,
        counts=counts,
        released=released,
    )


def dealt_to(
    who: Participant,
    of: Participant | tuple[str, str],
    *,
    what: Literal["group", "review"] = "review",
    state: AssignmentState = "held",
    done: bool = False,
    activity: str = "",
) -> Allotted:
    """Somebody was dealt a review of a work, or a group to be in."""
    id_, name = of if isinstance(of, tuple) else (of.id, of.name.text)
    return Allotted(
        phase="Evaluate",
        activity=activity or (REVIEW if what == "review" else GROUPS),
        opening=1,
        what=what,
        participant=who.id,
        name=who.name.text,
        of=id_,
        of_name=name,
        at=START + minutes(20),
        state=state,
        done=done,
    )


@dataclass
class Page:
    """An HTML page taken apart: its elements with their attributes, and all its text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    quotes: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "blockquote":
            self.quoted = True
            self.page.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        self.quoted = self.quoted and tag != "blockquote"

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self.quoted:
            self.page.quotes[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read_page(out: Path) -> Page:
    """The page of the evidence in this directory."""
    return page_of((out / "evidence.html").read_bytes())


def page_of(html: bytes) -> Page:
    """A page taken apart."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    return reader.page


def table(out: Path, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file by column, as what was written and not as cells."""
    text = (out / f"{name}.csv").read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return list(whole_rows(header, rows))
