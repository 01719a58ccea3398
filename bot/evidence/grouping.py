"""Who works with whom, and in whose name somebody hands in."""

from __future__ import annotations

from bot.evidence.reading import dealt, shown_name
from bot.facilitation.state import Opening
from bot.service.reporting import AskedActivity, RunReport


def subject(report: RunReport, asked: AskedActivity) -> AskedActivity:
    """What an activity with a rubric is about: the one that it names among those in which work is
    handed in, or the last of these before it. Every other activity is about itself."""
    if not asked.criteria:
        return asked
    found = asked
    for each in report.activities:
        if any(question.table == "submissions" for question in each.questions):
            if each.activity.id in asked.activity.spec.values():
                return each
            found = each
        if each is asked:
            break
    return found


def members(report: RunReport, asked: AskedActivity) -> dict[str, tuple[str, ...]]:
    """Who is in each of the groups that an activity has to do with, by the group's id.

    Those are the groups that were last dealt before what it is about. A group's id says which it
    is only among groups that were dealt together.
    """
    about = report.activities.index(subject(report, asked))
    before = [each.activity.id for each in report.activities[: about + 1]]
    deals = [deal for deal in dealt(report, "group") if deal.activity in before]
    if not deals:
        return {}
    last = max((before.index(deal.activity), deal.opening) for deal in deals)
    found: dict[str, list[str]] = {}
    for deal in deals:
        if (before.index(deal.activity), deal.opening) == last:
            found.setdefault(deal.of, []).append(deal.participant)
    return {group: tuple(dict.fromkeys(people)) for group, people in found.items()}


def owners(person: str, groups: dict[str, tuple[str, ...]]) -> set[str]:
    """In whose names somebody hands in: their own, and that of their group."""
    return {person, *(group for group, people in groups.items() if person in people)}


def groups_of(report: RunReport) -> dict[str, tuple[str, ...]]:
    """The names of the groups that somebody is in, in the order of dealing, by participant."""
    found: dict[str, dict[tuple[str, int, str], str]] = {}
    for each in dealt(report, "group"):
        key = (each.activity, each.opening, each.of)
        found.setdefault(each.participant, {})[key] = each.of_name
    return {person: tuple(groups.values()) for person, groups in found.items()}


def teams(
    report: RunReport, asked: AskedActivity, opening: Opening
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The groups that were dealt in one opening, by name, each with its members' names."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in dealt(report, "group"):
        if (each.activity, each.opening) == (asked.activity.id, opening.n):
            found.setdefault((each.of_name, each.of), []).append(shown_name(each.name))
    by_length = sorted(found.items(), key=lambda team: (len(team[0][0]), team[0]))
    return tuple((shown_name(name), tuple(people)) for (name, _), people in by_length)
