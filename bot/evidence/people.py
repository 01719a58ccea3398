"""Each person: what they gave, handed in, reviewed and received, and what is missing.

What somebody wrote stands once on the page, where it was asked; from here it is linked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.chat.plain import percent
from bot.evidence.board import levels_of, review_anchors
from bot.evidence.charts import bar
from bot.evidence.grouping import groups_of, members, owners
from bot.evidence.look import person_anchors
from bot.evidence.moments import moment
from bot.evidence.reading import (
    dealt,
    labels,
    shown_name,
    standing,
    visible,
)
from bot.evidence.reviewing import (
    Review,
    Shares,
    handing_in,
    late_works,
    reviews,
    shares,
)
from bot.evidence.turnout import turnouts
from bot.evidence.works import anchors
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.state import Participant
from bot.service.reporting import AnswerRow, RunReport
from bot.words import t, tn


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that somebody gave or got: ``what`` is linked to the place ``anchor`` on the page
    ("" for none), ``detail`` stands after it."""

    what: str
    anchor: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person. ``work`` is "yes", "late", "no", or "" where none was asked of them."""

    anchor: str
    name: str
    role: str
    left: str
    groups: tuple[str, ...]
    answered: int
    asked: int
    drawing: Markup
    first: str
    last: str
    work: str
    shares: Shares
    gave: tuple[Entry, ...]
    handed_in: tuple[Entry, ...]
    reviewed: tuple[Entry, ...]
    received: tuple[Entry, ...]
    missing: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, learners first; which columns of the table have anything in them."""

    everybody: tuple[Somebody, ...]
    in_groups: bool
    handing_in: bool
    reviewing: bool


def people(report: RunReport) -> People:
    """Learners first, each of the two in the order of joining."""
    everybody = _Everybody(report)
    listed = tuple(
        everybody.somebody(person)
        for person in sorted(report.participants, key=lambda p: p.role != "learner")
    )
    return People(
        listed,
        in_groups=any(each.groups for each in listed),
        handing_in=any(each.work for each in listed),
        reviewing=any(each.shares.dealt or each.shares.given for each in listed),
    )


class _Everybody:
    """What is read from the report once for everybody."""

    def __init__(self, report: RunReport) -> None:
        self.report = report
        self.rows = standing(report)
        self.who = turnouts(report)
        self.groups = {a.activity.id: members(report, a) for a in report.activities}
        self.group_names = groups_of(report)
        self.reviews = reviews(report)
        self.deals = dealt(report, "review")
        self.shares = shares(report)
        self.work = handing_in(report)
        self.late = late_works(report)
        self.persons = person_anchors(report)
        self.works = anchors(report)
        self.boards = review_anchors(report)
        names = labels(report)
        self.names = {
            asked.activity.id: visible(
                f"{phase_title(asked.activity.phase)}: {names[asked.activity.id]}"
            )
            for asked in report.activities
        }
        self.places = {
            asked.activity.id: f"activity-{n}" for n, asked in enumerate(report.activities, start=1)
        }
        self.with_rubric = {a.activity.id: a.criteria for a in report.activities if a.criteria}

    def somebody(self, person: Participant) -> Somebody:
        run = self.report.run
        asked = [activity for activity, turnout in self.who.items() if person.id in turnout.asked]
        missing = [id_ for id_ in asked if person.id not in self.who[id_].answered]
        mine = {id_: owners(person.id, groups) for id_, groups in self.groups.items()}
        rows = [
            row
            for row in self.rows
            if row.participant in mine.get(row.activity, {person.id}) or row.by == person.id
        ]
        times = [row.at for row in rows if person.id in (row.participant, row.by)]
        share = percent(len(asked) - len(missing), len(asked))
        return Somebody(
            anchor=self.persons[person.id],
            name=shown_name(person.name.text),
            role=t("Facilitator") if person.role == "facilitator" else "",
            left=t("left {when}", when=moment(person.left_at, run)) if person.left_at else "",
            groups=tuple(shown_name(name) for name in self.group_names.get(person.id, ())),
            answered=len(asked) - len(missing),
            asked=len(asked),
            drawing=bar(share),
            first=moment(min(times), run) if times else "–",
            last=moment(max(times), run) if times else "–",
            work=self.work.get(person.id, ""),
            shares=self.shares[person.id],
            gave=self._gave([row for row in rows if row.table != "submissions"]),
            handed_in=self._handed_in(mine),
            reviewed=self._reviewed(person.id),
            received=self._received(mine),
            missing=(*self._unanswered(missing), *self._undone(person.id)),
        )

    def _gave(self, rows: Sequence[AnswerRow]) -> tuple[Entry, ...]:
        """By activity: the options chosen, and how many words of their own."""
        found: dict[str, list[AnswerRow]] = {}
        for row in rows:
            found.setdefault(row.activity, []).append(row)
        return tuple(
            Entry(
                self.names.get(activity, t("Around the lesson")),
                self.places.get(activity, "around"),
                _detail(given),
            )
            for activity, given in found.items()
        )

    def _handed_in(self, mine: dict[str, set[str]]) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                self.names[activity],
                place,
                t("late") if (activity, owner) in self.late else "",
            )
            for (activity, _, owner), place in self.works.items()
            if owner in mine[activity]
        )

    def _reviewed(self, person: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                shown_name(each.rows[0].author_name),
                self.boards.get((each.activity, each.author), ""),
                "" if each.finished else t("not finished"),
            )
            for each in self.reviews
            if each.reviewer == person and each.said_by != "self"
        )

    def _received(self, mine: dict[str, set[str]]) -> tuple[Entry, ...]:
        """By activity with a rubric: the levels by criterion."""
        found = []
        for activity, criteria in self.with_rubric.items():
            got = [e for e in self.reviews if e.activity == activity and e.author in mine[activity]]
            levels = "; ".join(
                f"{visible(criterion.title)} {_levels(got, criterion.id)}"
                for criterion in criteria
                if _levels(got, criterion.id)
            )
            if got:
                place = self.boards.get((activity, got[0].author), "")
                found.append(Entry(self.names[activity], place, levels))
        return tuple(found)

    def _unanswered(self, missing: Sequence[str]) -> tuple[Entry, ...]:
        """What was asked of everyone; reviews are told one by one."""
        return tuple(
            Entry(self.names[activity], self.places[activity])
            for activity in missing
            if activity not in self.with_rubric
        )

    def _undone(self, person: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                t("Review of {name}", name=shown_name(each.of_name)),
                self.boards.get((each.activity, each.of), ""),
                t("time ran out") if each.state == "lapsed" else "",
            )
            for each in self.deals
            if each.participant == person and not each.done
        )


def _levels(got: Sequence[Review], criterion: str) -> str:
    """``4 3 1 (own 4, facilitator 3)``, as far as there are any."""
    peers, own, leaders = (levels_of(got, criterion, by) for by in ("peer", "self", "facilitator"))
    others = ", ".join(
        (
            *((t("own {levels}", levels=own),) if own else ()),
            *((t("facilitator {levels}", levels=leaders),) if leaders else ()),
        )
    )
    return " ".join((*((peers,) if peers else ()), *((f"({others})",) if others else ())))


def _detail(rows: Sequence[AnswerRow]) -> str:
    """What was chosen, in the labels' own words, and how many answers there are in words."""
    chosen = "; ".join(visible(label) for row in rows for label in row.choices or ())
    written = sum(bool(row.text) for row in rows)
    said = tn("{count} answer in words", "{count} answers in words", written) if written else ""
    return ", ".join(part for part in (chosen, said) if part)
