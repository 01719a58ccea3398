"""Reports made by hand, and an evidence page taken apart, for the tests of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from bot.facilitation.activities import KINDS
from bot.facilitation.state import LOBBY, Participant, Run
from bot.facilitation.timeline import activity_of
from bot.service.reporting import AnswerRow, AskedActivity, RunReport
from tests.core.making import START, a_run, an_opening, cues_of, minutes


def report_of(
    people: tuple[Participant, ...],
    *answers: AnswerRow,
    run: Run | None = None,
    openings: int = 1,
) -> RunReport:
    """A run with every kind of activity, each opened so many times, and these answers."""
    held = run or a_run(status="ended", ended_at=START + minutes(40))
    return RunReport(
        run=held,
        cues=cues_of(held),
        activities=tuple(
            AskedActivity(
                activity,
                KINDS[activity.kind].questions(
                    KINDS[activity.kind].model.model_validate(activity.spec)
                ),
                tuple(
                    an_opening(held, activity.id, n, closed_at=START + minutes(10))
                    for n in range(1, openings + 1)
                ),
                activity.kind.capitalize(),
            )
            for activity in held.lesson.script.activities()
        ),
        participants=people,
        answers=answers,
        deliveries=(),
        audits=(),
    )


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
    activity = activity_of(run or a_run(), LOBBY if kind == LOBBY else f"Engage.{kind}")
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
    reader = _Reader()
    reader.feed((out / "evidence.html").read_bytes().decode())
    reader.close()
    return reader.page
