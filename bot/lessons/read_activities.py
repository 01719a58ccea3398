"""The activities in a script, each by the model of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.lessons.derive import slug
from bot.lessons.places import emptied, needs
from bot.lessons.plan import Plan
from bot.lessons.read_values import FILE, MOST_LISTED, Values, is_data
from bot.lessons.script import AFTER, BEFORE, Activity
from bot.lessons.script_kinds import ScriptKind, reason, telling
from bot.lessons.yaml_tree import Entries, Items, Node, Plain, Scalar, plain

OVERRIDABLE = ("minutes", "days", "wait", "read")
PACES = ("live", "async")
COMMON = ("id", *OVERRIDABLE, *PACES)
"""What every activity takes, beside the fields of its kind."""
ID = r"\S{1,80}"


@dataclass
class Activities:
    """Reads lists of activities. `ids` are those that are taken, `lines` where each is written."""

    kinds: Mapping[str, ScriptKind]
    plan: Plan
    values: Values
    ids: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def listed(self, phase: str, node: Node) -> list[Activity]:
        """The activities of a phase; those without minutes have 0."""
        if not isinstance(node, Items):
            self.values.say(node.line, f"“{phase}” needs a list: begin each activity with a dash.")
            return []
        if len(node.nodes) > MOST_LISTED:
            self.values.say(
                node.line,
                f"“{phase}” lists {len(node.nodes)} activities and takes at most {MOST_LISTED}: "
                "leave some out.",
            )
            return []
        found = (self._activity(phase, each) for each in node.nodes)
        return [activity for activity in found if activity is not None]

    def _activity(self, phase: str, node: Node) -> Activity | None:
        if isinstance(node, Scalar):
            node = Entries({"prompt": node}, {"prompt": node.line}, node.line)
        if not isinstance(node, Entries):
            self.values.say(node.line, "An activity is a text, or a kind with its fields.")
            return None
        asked = [name for name in node.nodes if name in self.kinds]
        if len(asked) != 1:
            names = ", ".join(sorted(self.kinds))
            problem = "has two kinds" if asked else "names no kind that there is"
            self.values.say(node.line, f"This activity {problem}: begin it with one of {names}.")
            return None
        kind = self.kinds[asked[0]]
        own = _part(node, [name for name in node.nodes if name not in COMMON])
        spec = self._spec(kind, own)
        if spec is None:
            return None
        self._idle(phase, node)
        activity = Activity(
            id=self._id(phase, kind.name, node.nodes.get("id")),
            phase=phase,
            kind=kind.name,
            minutes=self.values.number(node.nodes, "minutes"),
            derived=False,
            spec=spec,
            wait=self.values.yes(node.nodes.get("wait")),
            read=self.values.read(node.nodes.get("read")),
            days=self.values.number(node.nodes, "days") or kind.days,
        )
        self.lines[activity.id] = node.line
        return self._overridden(activity, kind, own, node)

    def _overridden(
        self, activity: Activity, kind: ScriptKind, own: Entries, node: Entries
    ) -> Activity:
        """The activity with what is different in each pace. Its minutes are those it has live."""
        overrides: dict[str, dict[str, Any]] = {}
        for pace in PACES:
            if pace in node.nodes:
                changed = self._changed(kind, own, node.nodes[pace], pace)
                overrides |= {pace: changed} if changed else {}
                self._idle(activity.phase, node.nodes[pace], pace)
        live = overrides.get("live", {}).get("minutes")
        if live and activity.minutes:
            overrides["async"] = {"minutes": activity.minutes, **overrides.get("async", {})}
        return replace(activity, minutes=live or activity.minutes, overrides=overrides)

    def _changed(self, kind: ScriptKind, own: Entries, node: Node, pace: str) -> dict[str, Any]:
        """What `live:` or `async:` changes: names of `Activity`'s fields, and JSON data."""
        if not isinstance(node, Entries):
            self.values.say(
                node.line, f"“{pace}” needs fields under it that are different then, as minutes."
            )
            return {}
        for name in node.nodes:
            if name in ("id", *PACES) or (name in self.kinds and name != kind.name):
                self.values.say(
                    node.lines[name],
                    f"“{name}” cannot be in “{pace}”: an activity keeps its id and its kind.",
                )
                return {}
        changed: dict[str, Any] = {}
        if mine := [name for name in node.nodes if name not in OVERRIDABLE]:
            new = _part(node, mine)
            merged = Entries({**own.nodes, **new.nodes}, {**own.lines, **new.lines}, node.line)
            if (spec := self._spec(kind, merged)) is not None:
                changed["spec"] = spec
        for name in ("minutes", "days"):
            if number := self.values.number(node.nodes, name):
                changed[name] = number
        if "wait" in node.nodes:
            changed["wait"] = self.values.yes(node.nodes["wait"])
        if "read" in node.nodes:
            changed["read"] = list(self.values.read(node.nodes["read"]))
        return changed

    def _idle(self, phase: str, node: Node, pace: str = "") -> None:
        """Warn of the fields that do nothing where they stand."""
        where = phase if phase in (BEFORE, AFTER) else pace
        if not where or not isinstance(node, Entries):
            return
        goes, idle = ("minutes", ["days"]) if where == "live" else ("days", ["minutes", "wait"])
        for name in idle:
            if name in node.nodes:
                self.values.say(
                    node.lines[name],
                    f"“{name}” does nothing in “{where}”, where all goes by {goes}: leave it out.",
                    "warning",
                )

    # -- the kind's own fields

    def _spec(self, kind: ScriptKind, own: Entries) -> dict[str, Any] | None:
        values: dict[str, Plain] = {}
        for name, each in own.nodes.items():
            if name == kind.main != kind.name:
                self._no_field(kind, name, own)
                return None
            value = self._value(kind, name, each)
            if value == "" and isinstance(each, Scalar) and each.text:
                # A file that is not there, which was said.
                return None
            if value is None:
                self.values.say(each.line, f"The plan has nothing for a {name}: write it here.")
                return None
            values[kind.main if name == kind.name else name] = value
        try:
            model = kind.model.model_validate(values)
        except ValidationError as wrong:
            for error in telling(wrong.errors()):
                self._explain(kind, own, error)
            return None
        spec = model.model_dump(mode="json", exclude_none=True)
        self._needing(kind, own, spec)
        return {name: value for name, value in spec.items() if name != "title" or value}

    def _needing(self, kind: ScriptKind, own: Entries, spec: Mapping[str, Any]) -> None:
        """Say where a text, or the activity, is nothing without one of the places."""
        found = len(self.values.problems)
        for name, value in spec.items():
            key = kind.name if name == kind.main else name
            places = (needs(text, self.values.places) for text in _texts(value))
            if name != "title" and (place := next(filter(None, places), "")):
                self.values.say(
                    own.lines.get(key, own.line),
                    f"Nothing is left of this {key} while {{{{{place}}}}} is not filled in: add a "
                    "sentence that stands without it.",
                )
        bare = emptied(spec, self.values.places)
        if bare != spec and len(self.values.problems) == found:
            try:
                kind.model.model_validate(bare)
            except ValidationError as wrong:
                for error in telling(wrong.errors()):
                    self._explain(kind, own, error, " while its places are not filled in")

    def _value(self, kind: ScriptKind, name: str, node: Node) -> Plain | None:
        """A field's value; the main one may be a file, or stand for the plan's own words.

        None where the plan has none.
        """
        if name != kind.name:
            return plain(node)
        if isinstance(node, Scalar):
            if node.text == "plan" and (planned := kind.from_plan(self.plan)) is not None:
                return list(planned) or None
            if is_data(node.text):
                tree = self.values.data(node)
                return plain(tree) if tree else ""
            return self.values.words(node)
        return plain(node)

    def _explain(self, kind: ScriptKind, own: Entries, error: ErrorDetails, when: str = "") -> None:
        where, type = error["loc"], error["type"]
        name = str(where[0]) if where else kind.main
        key = kind.name if name == kind.main else name
        if type == "extra_forbidden" and len(where) == 1:
            self._no_field(kind, name, own)
        elif type == "missing" and len(where) == 1:
            self.values.say(own.line, f"This {kind.name} lacks “{key}”: add it.")
        else:
            what = f"This {key}" if key == kind.name else f"“{key}” of this {kind.name}"
            file, line = self._place_of(own, key, where[1:])
            self.values.say(line, f"{what} cannot be used{when}: {reason(error)}.", file=file)

    def _place_of(self, own: Entries, key: str, inside: Sequence[object]) -> tuple[str, int]:
        """The file and line of a field, or of the item of it that is meant."""
        node = own.nodes.get(key)
        if isinstance(node, Scalar) and (tree := self.values.trees.get(node.text)) is not None:
            listed = isinstance(tree, Entries) and len(tree.nodes) == 1
            if isinstance(tree, Entries) and listed and inside:
                (tree,) = tree.nodes.values()
            return node.text, _line_in(tree, inside, tree.line)
        line = own.lines.get(key, own.line)
        return FILE, line if node is None else _line_in(node, inside, line)

    def _no_field(self, kind: ScriptKind, name: str, own: Entries) -> None:
        fields = sorted({*kind.model.model_fields, *COMMON} - {kind.main})
        self.values.say(
            own.lines.get(name, own.line),
            f"A {kind.name} has no field “{name}”: it takes {', '.join(fields)}.",
        )

    def _id(self, phase: str, kind: str, node: Node | None) -> str:
        if node is not None:
            text = node.text if isinstance(node, Scalar) else ""
            if not re.fullmatch(ID, text):
                self.values.say(node.line, "An “id” is one word of at most 80 characters.")
            elif text in self.ids:
                self.values.say(node.line, f"“{text}” is taken: give each activity its own id.")
            else:
                self.ids.add(text)
                return text
        stem = f"{slug(phase)}.{kind}"
        # The next begins where the last one ended: counting anew would be slow for thousands.
        n, name = self._last.get(stem, 1), stem
        while name in self.ids:
            n += 1
            name = f"{stem}[{n}]"
        self._last[stem] = n
        self.ids.add(name)
        return name


def _part(node: Entries, names: Sequence[str]) -> Entries:
    return Entries(
        {name: node.nodes[name] for name in names},
        {name: node.lines[name] for name in names},
        node.line,
    )


def _line_in(node: Node, inside: Sequence[object], line: int) -> int:
    """The line of the item that is meant, as near as one comes; ``line`` is that of the node."""
    for step in inside:
        if isinstance(node, Items) and isinstance(step, int) and step < len(node.nodes):
            node = node.nodes[step]
            line = node.line
        elif isinstance(node, Entries) and str(step) in node.nodes:
            line = node.lines[str(step)]
            node = node.nodes[str(step)]
        else:
            break
    return line


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
