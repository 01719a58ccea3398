"""The record behind the lesson: timeline, troubles, and what was done to the run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.chat.address import Party, Person, Place, Recipient
from bot.evidence.moments import difference, moment
from bot.evidence.reading import labels, shown_name, troubled, visible
from bot.facilitation.activities.naming import phase_title
from bot.facilitation.state import Cue
from bot.service.reporting import RunReport
from bot.service.store import Delivery
from bot.words import t, tn


def timeline(report: RunReport) -> list[dict[str, str]]:
    """What was due and what happened, in the order in which it went."""
    names = labels(report)
    return [
        {
            "what": _cue(cue, names),
            "kind": cue.kind,
            "planned": moment(cue.planned, report.run),
            "actual": moment(cue.done_at, report.run) if cue.done_at else _not_done(cue),
            "difference": difference(cue.planned, cue.done_at) if cue.done_at else "–",
        }
        for cue in sorted(report.cues, key=lambda cue: (cue.done_at or cue.at, cue.seq))
    ]


def _cue(cue: Cue, names: dict[str, str]) -> str:
    about = visible(f"{phase_title(cue.phase)}: {names.get(cue.activity, cue.activity)}")
    match cue.kind:
        case "start":
            return t("The lesson starts")
        case "notes":
            return t("Notes for the facilitator: {phase}", phase=visible(cue.phase))
        case "open":
            return t("{what} opens", what=about)
        case "close":
            return t("{what} closes", what=about)
        case "wake":
            return t("{what}: a look at what is due", what=about)
        case "end":
            return t("The lesson ends")


def _not_done(cue: Cue) -> str:
    return t("cancelled") if cue.state == "cancelled" else t("not yet")


def troubles(report: RunReport) -> list[dict[str, str]]:
    """Each message that did not simply arrive: what it was, for whom, what became of it."""
    people = {person.person: shown_name(person.name.text) for person in report.participants}
    return [
        {
            "what": _message(report, delivery),
            "to": _recipient(to, people),
            "due": moment(delivery.owed.due_at, report.run),
            "outcome": _outcome(delivery),
            "problem": visible(delivery.problem),
        }
        for delivery in troubled(report)
        for to in (delivery.owed.to,)
    ]


def _recipient(to: Recipient, people: Mapping[Person, str]) -> str:
    match to:
        case Person():
            return people.get(to, to.id)
        case Party(people=together):
            return ", ".join(people.get(person, person.id) for person in together)
        case Place():
            return t("everyone")


def _message(report: RunReport, delivery: Delivery) -> str:
    openings = {
        opening.id: asked.activity for asked in report.activities for opening in asked.openings
    }
    activity = openings.get(delivery.owed.opening)
    cues = {cue.seq: cue for cue in report.cues}
    cue = cues.get(delivery.owed.cue) if delivery.owed.cue is not None else None
    purpose = delivery.owed.purpose.replace("_", " ").capitalize()
    about = f"{phase_title(activity.phase)}: {labels(report)[activity.id]}" if activity else ""
    about = about or (cue.phase if cue else "")
    return visible(f"{purpose} ({about})" if about else purpose)


def _outcome(delivery: Delivery) -> str:
    match delivery.state:
        case "uncertain":
            return t("Nobody knows whether it arrived")
        case "late":
            return t("Its time had passed, so it was not posted")
        case "failed":
            return t("The platform refused it")
        case "dropped":
            return t("In doubt, and not sent again")
    return delivery.state


def deeds(report: RunReport) -> list[dict[str, str]]:
    """What the facilitator, or Fivefold by itself, did to the run, in order."""
    names = {person.id: shown_name(person.name.text) for person in report.participants}
    ours = {"system": t("Fivefold itself"), "cli": t("From the command line")}
    return [
        {
            "at": moment(audit.at, report.run),
            "who": names.get(audit.by) or ours.get(audit.by) or visible(audit.by),
            "what": _deed(audit.what),
        }
        for audit in report.audits
    ]


def _deed(what: str) -> str:
    said = {
        "start": t("Started the lesson"),
        "pause": t("Paused the lesson"),
        "resume": t("Went on after the pause"),
        "next": t("Moved on to what comes next"),
        "close": t("Closed what was open"),
        "wait": t("Waited for the facilitator"),
    }
    if days := re.fullmatch(r"extend-(\d{1,2})d", what):
        return tn("Gave {count} day more", "Gave {count} days more", int(days[1]))
    minutes = re.fullmatch(r"extend-(\d{1,3})", what)
    if minutes:
        return tn("Gave {count} minute more", "Gave {count} minutes more", int(minutes[1]))
    return said.get(what) or visible(what)
