"""`script.yaml` to a Script, with every problem in its line.

The script says what happens; the plan beside it gives names, order, minutes, objectives, notes,
notice and closing. What the script leaves out is filled with defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.lessons.derive import derive
from bot.lessons.places import NAME, marks_of
from bot.lessons.plan import Plan
from bot.lessons.problem import Problem
from bot.lessons.read_activities import Activities
from bot.lessons.read_values import FILE, MOST_PROBLEMS, Handout, TooManyProblems, Values
from bot.lessons.script import AFTER, BEFORE, Activity, Script, ScriptPhase, phase_keys
from bot.lessons.script_kinds import ScriptKind, scripted
from bot.lessons.yaml_tree import Entries, Items, Node, Scalar, Unreadable, read_yaml

__all__ = ["FILE", "MOST_POSTS", "PHASE", "TOP", "Handout", "ScriptKind", "read_script"]

MOST_POSTS = 4
"""Each entry of a phase is a post; with the phase's results that is as much as people read."""
MOST_KINDS = 20
WHO_TITLE, WHO = "Who is here?", "Which of these describe you? Choose all that fit."
NO_PHASES = (
    "it has none that I can read. Write each as a heading, such as “### Engage (20 minutes)”."
)
_OPTION_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
TOP = ("who", "places", "notes", "before", "phases", "after", "welcome", "notice", "closing")
PHASE = ("minutes", "days", "notes", "extra", "do")


def read_script(
    text: str, kinds: Mapping[str, ScriptKind], plan: Plan, handout: Handout
) -> tuple[Script, tuple[Problem, ...]]:
    """The script that the text is, and what is wrong with it. Never raises for any text.

    The problems stand in the order of their lines, those of the script before those of its
    handouts. What one keeps from being understood is left out; an `error` keeps the lesson from
    being run. Phases that the text does not name run as the plan alone would. Of more than
    `MOST_PROBLEMS` the rest is not looked for, and one more says so.
    """
    derived = derive(plan)
    try:
        root = read_yaml(text)
    except Unreadable as unreadable:
        return derived, (replace(unreadable.problem, file=FILE),)
    reader = _Reader(kinds, plan, derived, handout)
    more: tuple[Problem, ...] = ()
    try:
        script = reader.script(root)
    except TooManyProblems:
        script = derived
        said = f"There may be more problems than these {MOST_PROBLEMS}: mend them, and check again."
        last = max((one.line or 1 for one in reader.values.problems if one.file == FILE), default=1)
        more = (Problem("error", last, said, FILE),)
    return script, (*sorted(reader.values.problems, key=_place), *more)


class _Reader:
    def __init__(
        self, kinds: Mapping[str, ScriptKind], plan: Plan, derived: Script, handout: Handout
    ) -> None:
        self.derived = derived
        # What the plan writes like a place is its own words, also where a script takes them over.
        self.values = Values(handout, plain=marks_of(derived))
        self.activities = Activities(scripted(kinds), plan, self.values)
        # Such a kind's name is the id of its one activity.
        self.activities.ids |= {name for name, kind in kinds.items() if not kind.main}
        self.who: tuple[tuple[str, str], ...] = ()

    def script(self, root: Node) -> Script:
        derived = self.derived
        top = self.values.entries(root, "The script", TOP).nodes
        self.who = self.values.labels(top.get("who"), "who")
        places = self._places(top.get("places"))
        for name, node in top.items():
            if name != "places":
                self.values.marks(node)
        script = replace(
            derived,
            who=self.who,
            places=places,
            phases=self._phases(derived, top.get("phases")),
            facilitator_notes=_joined(
                self.values.words(top.get("notes")), derived.facilitator_notes
            ),
            before=self._aside(BEFORE, top.get("before"), top.get("who")),
            after=self._aside(AFTER, top.get("after")),
            notice=self.values.words(top.get("notice")) or derived.notice,
            welcome=self.values.words(top.get("welcome")) or derived.welcome,
            closing=self.values.words(top.get("closing")) or derived.closing,
        )
        script = replace(script, handouts=tuple(sorted(self.values.handouts.items())))
        self._unused(script, top.get("places"))
        self._misplaced(script)
        return script

    def _misplaced(self, script: Script) -> None:
        """Say which activities need others around them that are not there, in either pace."""
        for paced in (script.for_pace("live"), script.for_pace("async")):
            for activity in paced.activities():
                kind = self.activities.kinds.get(activity.kind)
                line = self.activities.lines.get(activity.id)
                if kind is None or line is None:
                    continue
                spec = kind.model.model_validate(activity.spec)
                if why := kind.misfits(paced, activity, spec):
                    self.values.say(line, f"This {activity.kind} cannot be here: {why}.")

    def _aside(self, name: str, node: Node | None, who: Node | None = None) -> tuple[Activity, ...]:
        """What runs before or after, the entry survey included."""
        listed = self.activities.listed(name, node) if node is not None else []
        listed += self._survey(who)
        if asked := node or who:
            self._crowded(name, len(listed), asked.line)
        return tuple(listed)

    def _crowded(self, name: str, count: int, line: int) -> None:
        if count > MOST_POSTS:
            self.values.say(
                line,
                f"“{name}” has {count} activities: more than {MOST_POSTS} are more than people "
                "follow.",
                "warning",
            )

    def _survey(self, node: Node | None) -> list[Activity]:
        """The entry survey: which of the kinds of learners people are."""
        asks = "poll" in self.activities.kinds and MOST_KINDS >= len(self.who) > 1
        if node is None or not asks or not all(label.strip() for _, label in self.who):
            return []
        named = all(_OPTION_ID.fullmatch(name) and name != "other" for name, _ in self.who)
        line = node.line

        def entries(**fields: Node) -> Entries:
            return Entries(fields, dict.fromkeys(fields, line), line)

        def option(name: str, label: str) -> Node:
            text = Scalar(label, line)
            return entries(id=Scalar(name, line), label=text) if named else text

        poll = entries(
            poll=Scalar(WHO, line),
            title=Scalar(WHO_TITLE, line),
            id=Scalar(f"{BEFORE}.who", line),
            options=Items(tuple(option(*one) for one in self.who), line),
            multiple=Scalar("true", line),
            results=Scalar("close", line),
        )
        return self.activities.listed(BEFORE, Items((poll,), line))

    # -- places

    def _places(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        found = []
        for name, label in self.values.labels(node, "places"):
            line = node.lines[name] if isinstance(node, Entries) else 1
            if not re.fullmatch(NAME, name):
                self.values.say(line, f"“{name}” is no name for a place: write one word.")
            elif not label.strip():
                self.values.say(line, f"Say what the facilitator is to fill in for “{name}”.")
            else:
                found.append((name, label))
        self.values.places = dict(found)
        return tuple(found)

    def _unused(self, script: Script, node: Node | None) -> None:
        used = marks_of(script)
        for name, _ in script.places:
            if name not in used and isinstance(node, Entries):
                self.values.say(
                    node.lines[name],
                    f"No text has {{{{{name}}}}}: write it where it belongs, or leave it out.",
                    "warning",
                )

    # -- phases

    def _phases(self, derived: Script, node: Node | None) -> tuple[ScriptPhase, ...]:
        if node is not None and not isinstance(node, Entries):
            self.values.say(node.line, "“phases” needs the names of the plan's phases under it.")
        written = dict(node.nodes) if isinstance(node, Entries) else {}
        keys = phase_keys([phase.name for phase in derived.phases])
        by_key = dict(zip(keys, derived.phases, strict=True))
        for key, phase in by_key.items():
            if key not in written:
                self.activities.ids |= {activity.id for activity in phase.activities}
        phases = []
        for key, phase in by_key.items():
            own = written.pop(key, None)
            phases.append(phase if own is None else self._phase(phase, key, own))
        for name in written:
            line = node.lines[name] if isinstance(node, Entries) else 1
            there = f"its phases are {', '.join(keys)}." if keys else NO_PHASES
            self.values.say(line, f"The plan has no phase “{name}”: {there}")
        return tuple(phases)

    def _phase(self, derived: ScriptPhase, key: str, node: Node) -> ScriptPhase:
        fields = self.values.entries(node, key, PHASE).nodes
        do = fields.get("do")
        phase = replace(
            derived,
            minutes=self.values.number(fields, "minutes") or derived.minutes,
            days=self.values.number(fields, "days"),
            notes=_joined(self.values.words(fields.get("notes")), derived.notes),
            extra=self._extra(fields.get("extra")),
        )
        if do is None:
            self.values.say(node.line, f"“{key}” has no “do”: list its activities there.")
            return phase
        activities = self.activities.listed(derived.name, do)
        if do == Items((), do.line):
            self.values.say(do.line, f"“{key}” does nothing: list at least one activity.")
        if not activities:
            return phase
        self._crowded(key, len(activities), do.line)
        shared = self._shared(key, phase.minutes, activities, do.line)
        # What runs decides how long a phase is, where the author's sum is another.
        return replace(phase, activities=shared, minutes=sum(each.minutes for each in shared))

    def _extra(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        found = []
        for who, file in self.values.labels(node, "extra"):
            line = node.lines[who] if isinstance(node, Entries) else 1
            if who not in dict(self.who):
                self.values.say(line, f"“{who}” is not under “who”: add it there, or correct it.")
            elif self.values.keep(file, line):
                found.append((who, file))
        return tuple(found)

    def _shared(
        self, phase: str, minutes: int, activities: Sequence[Activity], line: int
    ) -> tuple[Activity, ...]:
        """Give the minutes that are left to those without any, so that the phase is filled."""
        open_ended = [each for each in activities if not each.minutes]
        taken = sum(each.minutes for each in activities)
        left = minutes - taken
        if open_ended and left < len(open_ended):
            self.values.say(
                line,
                f"The activities of “{phase}” take {taken} of its {minutes} minutes and leave "
                "none for the others: change one of them.",
            )
        elif left and not open_ended:
            self.values.say(
                line,
                f"The activities of “{phase}” take {taken} of its {minutes} minutes: change one "
                "of them.",
                "warning",
            )
        count = len(open_ended) or 1
        shares = iter(max(1, left // count + (n < left % count)) for n in range(len(open_ended)))
        return tuple(
            each if each.minutes else replace(each, minutes=next(shares)) for each in activities
        )


def _place(problem: Problem) -> tuple[bool, bool, str, int]:
    """The script's come first, in the order of their lines, what is about all of them last."""
    return problem.line is None, problem.file != FILE, problem.file, problem.line or 0


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
