"""`script.yaml` to a Script, with every problem in its line.

The script says what happens; the plan beside it gives names, order, minutes, objectives, notes,
notice and closing. What the script leaves out is filled with defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from bot.lessons.derive import derive
from bot.lessons.plan import Plan
from bot.lessons.problem import Problem, Severity
from bot.lessons.script import Activity, Script, ScriptPhase
from bot.lessons.yaml_tree import Entries, Items, Node, Plain, Scalar, Unreadable, plain, read_yaml

FILE = "script.yaml"
MOST_POSTS = 4
"""Each entry of a phase is a post; with the phase's results that is as much as people read."""
_COMMON = ("id", "minutes", "days", "wait", "read", "live", "async")
_TOP = ("who", "places", "notes", "before", "phases", "after", "welcome", "notice", "closing")
_PHASE = ("minutes", "days", "notes", "extra", "do")


class ScriptKind(Protocol):
    """What the reader has to know of a kind of activity."""

    @property
    def name(self) -> str:
        """The key that stands for it in a script."""
        ...

    @property
    def model(self) -> type[BaseModel]:
        """Its fields; the model turns short forms into full ones."""
        ...

    @property
    def main(self) -> str:
        """The field that takes the value of that key."""
        ...

    def from_plan(self, plan: Plan) -> Sequence[str] | None:
        """What `plan` as that value stands for, or None where it stands for itself."""
        ...


Handout = Callable[[str], str]
"""The text of a Markdown file of the lesson. Raises OSError or ValueError, with a sentence."""


def read_script(
    text: str, kinds: Mapping[str, ScriptKind], plan: Plan, handout: Handout
) -> tuple[Script, tuple[Problem, ...]]:
    """The script that the text is, and what is wrong with it. Never raises for any text.

    What a problem keeps from being understood is left out; an `error` keeps the lesson from being
    run. Phases that the text does not name run as the plan alone would.
    """
    reader = _Reader(kinds, plan, handout)
    try:
        root = read_yaml(text)
    except Unreadable as unreadable:
        return derive(plan), (replace(unreadable.problem, file=FILE),)
    return reader.script(root), tuple(reader.problems)


@dataclass
class _Reader:
    kinds: Mapping[str, ScriptKind]
    plan: Plan
    handout: Handout
    problems: list[Problem] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    handouts: dict[str, str] = field(default_factory=dict)
    who: tuple[tuple[str, str], ...] = ()

    # -- the whole

    def script(self, root: Node) -> Script:
        derived = derive(self.plan)
        top = self._entries(root, "The script", _TOP)
        self.who = self._labels(top.get("who"), "who")
        places = self._labels(top.get("places"), "places")
        named = top.get("phases")
        by_name = dict(named.nodes) if isinstance(named, Entries) else {}
        if named is not None and not isinstance(named, Entries):
            self._say(named.line, "“phases” needs the names of the plan's phases under it.")
        phases = []
        for phase in derived.phases:
            node = by_name.pop(phase.name, None)
            phases.append(phase if node is None else self._phase(phase, node))
        for name, node in by_name.items():
            names = ", ".join(phase.name for phase in derived.phases)
            self._say(node.line, f"The plan has no phase “{name}”: its phases are {names}.")
        own = self._words(top.get("notes"))
        return replace(
            derived,
            phases=tuple(phases),
            facilitator_notes=_joined(own, derived.facilitator_notes),
            who=self.who,
            places=places,
            before=self._aside("before", top.get("before")),
            after=self._aside("after", top.get("after")),
            notice=self._words(top.get("notice")) or derived.notice,
            welcome=self._words(top.get("welcome")) or derived.welcome,
            closing=self._words(top.get("closing")) or derived.closing,
            handouts=tuple(sorted(self.handouts.items())),
        )

    def _aside(self, name: str, node: Node | None) -> tuple[Activity, ...]:
        return tuple(self._activities(name, node)) if node is not None else ()

    # -- a phase

    def _phase(self, derived: ScriptPhase, node: Node) -> ScriptPhase:
        fields = self._entries(node, derived.name, _PHASE)
        do = fields.get("do")
        minutes = self._number(fields.get("minutes"), "minutes") or derived.minutes
        days = self._number(fields.get("days"), "days") or derived.days
        if do is None:
            self._say(node.line, f"“{derived.name}” has no “do”: list its activities there.")
            return replace(derived, minutes=minutes, days=days)
        activities = self._activities(derived.name, do)
        if not activities:
            self._say(do.line, f"“{derived.name}” does nothing: list at least one activity.")
            return derived
        if len(activities) > MOST_POSTS:
            self._say(
                do.line,
                f"“{derived.name}” has {len(activities)} activities, each of them a post: "
                f"more than {MOST_POSTS} are more than people follow.",
                "warning",
            )
        own = self._words(fields.get("notes"))
        return ScriptPhase(
            name=derived.name,
            minutes=minutes,
            notes=_joined(own, derived.notes),
            activities=tuple(self._share(derived.name, minutes, activities, do.line)),
            days=days,
            extra=self._extra(fields.get("extra")),
        )

    def _extra(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        found = []
        for who, file in self._labels(node, "extra"):
            if who not in dict(self.who) and node is not None:
                self._say(node.line, f"“{who}” is not under “who”: add it there, or correct it.")
            elif self._keep(file, node.line if node else 1):
                found.append((who, file))
        return tuple(found)

    def _share(
        self, phase: str, minutes: int, activities: Sequence[Activity], line: int
    ) -> list[Activity]:
        """Give the minutes that are left to those without any, so that the phase is filled."""
        open_ended = [each for each in activities if not each.minutes]
        left = minutes - sum(each.minutes for each in activities)
        if left < len(open_ended) or (left and not open_ended):
            taken = minutes - left
            self._say(
                line,
                f"The activities of “{phase}” take {taken} of its {minutes} minutes"
                f"{' and leave none for the others' if open_ended else ''}: change one of them.",
                "warning" if left > 0 or not open_ended else "error",
            )
            return [replace(each, minutes=max(1, each.minutes)) for each in activities]
        shares = iter(
            left // len(open_ended) + (n < left % len(open_ended)) for n in range(len(open_ended))
        )
        return [
            each if each.minutes else replace(each, minutes=next(shares)) for each in activities
        ]

    # -- an activity

    def _activities(self, phase: str, node: Node) -> list[Activity]:
        if not isinstance(node, Items):
            self._say(node.line, f"“{phase}” needs a list: begin each activity with a dash.")
            return []
        found = (self._activity(phase, each) for each in node.nodes)
        return [activity for activity in found if activity is not None]

    def _activity(self, phase: str, node: Node) -> Activity | None:
        if isinstance(node, Scalar):
            node = Entries({"prompt": node}, {"prompt": node.line}, node.line)
        if not isinstance(node, Entries):
            self._say(node.line, "An activity is a text, or a kind with its fields.")
            return None
        asked = [name for name in node.nodes if name in self.kinds]
        if len(asked) != 1:
            names = ", ".join(sorted(self.kinds))
            problem = "has two kinds" if asked else "names no kind that there is"
            self._say(node.line, f"This activity {problem}: begin it with one of {names}.")
            return None
        kind = self.kinds[asked[0]]
        common = {name: node.nodes[name] for name in _COMMON if name in node.nodes}
        spec = self._spec(kind, node, common)
        if spec is None:
            return None
        return Activity(
            id=self._id(phase, kind.name, common.get("id")),
            phase=phase,
            kind=kind.name,
            minutes=self._number(common.get("minutes"), "minutes") or 0,
            derived=False,
            spec=spec,
            wait=self._yes(common.get("wait")),
            read=self._read(common.get("read")),
            days=self._number(common.get("days"), "days") or 0,
        )

    def _spec(
        self, kind: ScriptKind, node: Entries, common: Mapping[str, Node]
    ) -> dict[str, Any] | None:
        own = {name: each for name, each in node.nodes.items() if name not in common}
        values: dict[str, Plain] = {}
        for name, each in own.items():
            values[kind.main if name == kind.name else name] = self._value(kind, name, each)
        try:
            spec = kind.model.model_validate(values)
        except ValidationError as wrong:
            for error in wrong.errors():
                self._explain(kind, node, error["loc"], error["msg"], error["type"])
            return None
        return spec.model_dump(mode="json", exclude_defaults=True)

    def _value(self, kind: ScriptKind, name: str, node: Node) -> Plain:
        """A field's value; the main one may be a file, or stand for the plan's own words."""
        if name != kind.name:
            return plain(node)
        if isinstance(node, Scalar):
            if node.text == "plan" and (planned := kind.from_plan(self.plan)) is not None:
                return list(planned)
            return self._words(node)
        return plain(node)

    def _explain(
        self, kind: ScriptKind, node: Entries, where: Sequence[object], why: str, type: str
    ) -> None:
        name = str(where[0]) if where else kind.main
        key = kind.name if name == kind.main else name
        line = node.lines.get(key, node.line)
        fields = sorted(set(kind.model.model_fields) - {kind.main})
        if type == "extra_forbidden":
            said = f"A {kind.name} has no field “{name}”: it takes {', '.join(fields)}."
        elif type == "missing":
            said = f"This {kind.name} lacks “{key}”: add it."
        else:
            said = (
                f"“{key}” of this {kind.name} cannot be used: {why.removeprefix('Value error, ')}."
            )
        self._say(line, said)

    def _id(self, phase: str, kind: str, node: Node | None) -> str:
        if isinstance(node, Scalar) and node.text:
            if node.text in self.ids:
                self._say(node.line, f"There are two activities “{node.text}”: ids are unique.")
            else:
                self.ids.add(node.text)
                return node.text
        n, name = 1, f"{phase}.{kind}"
        while name in self.ids:
            n += 1
            name = f"{phase}.{kind}[{n}]"
        self.ids.add(name)
        return name

    # -- values

    def _entries(self, node: Node, what: str, known: Sequence[str]) -> Mapping[str, Node]:
        if not isinstance(node, Entries):
            self._say(node.line, f"{what} needs fields under it, such as “{known[0]}”.")
            return {}
        for name in node.nodes:
            if name not in known:
                self._say(node.lines[name], f"{what} has no “{name}”: it takes {', '.join(known)}.")
        return node.nodes

    def _labels(self, node: Node | None, what: str) -> tuple[tuple[str, str], ...]:
        if node is None:
            return ()
        if not isinstance(node, Entries):
            self._say(node.line, f"“{what}” needs names with a text each under it.")
            return ()
        found = []
        for name, each in node.nodes.items():
            if isinstance(each, Scalar):
                found.append((name, each.text))
            else:
                self._say(each.line, f"“{name}” needs a text.")
        return tuple(found)

    def _number(self, node: Node | None, what: str) -> int | None:
        if node is None:
            return None
        text = node.text.strip() if isinstance(node, Scalar) else ""
        if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 10_000):
            self._say(node.line, f"“{what}” is a whole number above 0, such as 10.")
            return None
        return int(text)

    def _yes(self, node: Node | None) -> bool:
        text = node.text.lower() if isinstance(node, Scalar) else ""
        if node is not None and text not in ("true", "yes", "false", "no"):
            self._say(node.line, "Say true or false here.")
        return text in ("true", "yes")

    def _read(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        names = node.nodes if isinstance(node, Items) else (node,)
        files = [(each.text, each.line) for each in names if isinstance(each, Scalar)]
        return tuple(name for name, line in files if self._keep(name, line))

    def _words(self, node: Node | None) -> str:
        """A text, or that of the Markdown file it names."""
        if not isinstance(node, Scalar):
            if node is not None:
                self._say(node.line, "A text is wanted here, or the name of a Markdown file.")
            return ""
        named = node.text.endswith(".md") and "\n" not in node.text and " " not in node.text
        return self._file(node.text, node.line) if named else node.text

    def _keep(self, name: str, line: int) -> str:
        """The text of a handout that people read, which goes with the lesson."""
        if name not in self.handouts and (text := self._file(name, line)):
            self.handouts[name] = text
        return self.handouts.get(name, "")

    def _file(self, name: str, line: int) -> str:
        """The text of one of the lesson's files; "" with a problem if there is none."""
        try:
            return self.handout(name)
        except (OSError, ValueError) as wrong:
            self._say(line, str(wrong))
            return ""

    def _say(self, line: int, message: str, severity: Severity = "error") -> None:
        self.problems.append(Problem(severity, line, message, FILE))


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
