"""The values in a script: texts, numbers, files. What is wrong with one becomes a problem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.lessons.minutes import MOST
from bot.lessons.places import needs, undeclared
from bot.lessons.problem import Problem, Severity
from bot.lessons.yaml_tree import Entries, Items, Node, Scalar, Unreadable, plain, read_yaml

FILE = "script.yaml"
MOST_DAYS = 366
MOST_LISTED = 40
"""Many times the activities, or the handouts of one, that people follow: no longer list is read."""
MOST_PROBLEMS = 100
"""Nobody reads more of them at once."""

Handout = Callable[[str], str]
"""The text of a Markdown file of the lesson. Raises OSError or ValueError, with a sentence."""


class TooManyProblems(Exception):
    """There are `MOST_PROBLEMS`: it is not worth while to read on."""


def is_data(text: str) -> bool:
    """Whether a text names a YAML file."""
    return text.endswith((".yaml", ".yml")) and not any(c.isspace() for c in text)


@dataclass
class Values:
    """Reads values from the tree; `problems` are those met so far.

    `handouts` are the texts that go with the lesson, by name. `places` are what `{{…}}` may name,
    with their labels; `plain` are those names that the plan uses itself, as words. `trees` are
    what is in the YAML files that were read, by name.
    """

    handout: Handout
    problems: list[Problem] = field(default_factory=list)
    handouts: dict[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    plain: Collection[str] = ()
    trees: dict[str, Node] = field(default_factory=dict)
    _files: dict[str, str] = field(default_factory=dict)

    def say(self, line: int, message: str, severity: Severity = "error", file: str = FILE) -> None:
        """Keep a problem, once. Raises TooManyProblems after the last that is kept."""
        problem = Problem(severity, line, message, file)
        if problem not in self.problems:
            self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblems

    def entries(self, node: Node, what: str, known: Sequence[str]) -> Entries:
        """The fields under something; those not `known` are a problem."""
        if not isinstance(node, Entries):
            self.say(node.line, f"{what} needs fields under it, such as “{known[0]}”.")
            return Entries({}, {}, node.line)
        for name in node.nodes:
            if name not in known:
                self.say(node.lines[name], f"{what} has no “{name}”: it takes {', '.join(known)}.")
        return node

    def labels(self, node: Node | None, what: str) -> tuple[tuple[str, str], ...]:
        """Names with a text each."""
        if node is None:
            return ()
        if not isinstance(node, Entries):
            self.say(node.line, f"“{what}” needs names with a text each under it.")
            return ()
        found = []
        for name, each in node.nodes.items():
            if isinstance(each, Scalar):
                found.append((name, each.text))
            else:
                self.say(each.line, f"“{name}” needs a text.")
        return tuple(found)

    def number(self, fields: Mapping[str, Node], name: str) -> int:
        """`minutes` or `days`; 0 where there is none."""
        node = fields.get(name)
        if node is None:
            return 0
        most = MOST_DAYS if name == "days" else MOST
        text = node.text.strip().lstrip("0") if isinstance(node, Scalar) else ""
        if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= most):
            self.say(node.line, f"“{name}” is a whole number from 1 to {most:,}, such as 10.")
            return 0
        return int(text)

    def yes(self, node: Node | None) -> bool:
        """True or false; false where it is not said."""
        text = node.text.lower() if isinstance(node, Scalar) else ""
        if node is not None and text not in ("true", "yes", "false", "no"):
            self.say(node.line, "Say true or false here.")
        return text in ("true", "yes")

    def read(self, node: Node | None) -> tuple[str, ...]:
        """The names of handouts, one or several; they go with the lesson."""
        if node is None:
            return ()
        names = node.nodes if isinstance(node, Items) else (node,)
        if len(names) > MOST_LISTED:
            self.say(node.line, f"“read” takes at most {MOST_LISTED} files: leave some out.")
            return ()
        found = []
        for each in names:
            if not isinstance(each, Scalar):
                self.say(each.line, "“read” names Markdown files: one, or a list of them.")
            elif self.keep(each.text, each.line):
                found.append(each.text)
        return tuple(found)

    def words(self, node: Node | None) -> str:
        """A text, or that of the Markdown file it names."""
        if not isinstance(node, Scalar):
            if node is not None:
                self.say(node.line, "A text is wanted here, or the name of a Markdown file.")
            return ""
        named = node.text.endswith(".md") and "\n" not in node.text and " " not in node.text
        return self._file(node.text, node.line) if named else node.text

    def data(self, node: Scalar) -> Node | None:
        """What is in the YAML file that a text names; None, with a problem, if it is nothing or
        cannot be read."""
        name = node.text
        if not (text := self._file(name, node.line)):
            return None
        try:
            self.trees[name] = read_yaml(text)
        except Unreadable as unreadable:
            wrong = unreadable.problem
            self.say(wrong.line or 1, wrong.message, file=name)
            return None
        if not plain(self.trees[name]):
            self._nothing(name, node.line)
            return None
        return self.trees[name]

    def keep(self, name: str, line: int) -> bool:
        """Take a handout that people read with the lesson; False where that cannot be."""
        if is_data(name):
            self.say(line, f"“{name}” is not a Markdown file: handouts end in .md.")
            return False
        if name not in self.handouts and (text := self._file(name, line)):
            self.handouts[name] = text
            if place := needs(text, self.places):
                self.say(line, f"{name} is nothing without {{{{{place}}}}}: add words to it.")
        return name in self.handouts

    def marks(self, node: Node) -> None:
        """Say which `{{…}}` in the texts under `node` are not among the places."""
        match node:
            case Scalar(text, line):
                for name in dict.fromkeys(name for _, name in self._undeclared(text)):
                    self._no_place(name, line)
            case Items(nodes):
                for each in nodes:
                    self.marks(each)
            case Entries(by_name):
                for each in by_name.values():
                    self.marks(each)

    def _file(self, name: str, line: int) -> str:
        """The text of one of the lesson's files; "" with a problem if there is none."""
        if name not in self._files:
            try:
                self._files[name] = self.handout(name)
            except (OSError, ValueError) as wrong:
                self.say(line, str(wrong))
                return ""
            for at, place in self._undeclared(self._files[name]):
                self._no_place(place, at, name)
        if not self._files[name].strip():
            self._nothing(name, line)
            return ""
        return self._files[name]

    def _nothing(self, name: str, line: int) -> None:
        self.say(line, f"There is nothing in {name}: write it, or name another file.")

    def _undeclared(self, text: str) -> Iterator[tuple[int, str]]:
        return undeclared(text, {*self.places, *self.plain} if "{{" in text else ())

    def _no_place(self, name: str, line: int, file: str = FILE) -> None:
        self.say(
            line,
            f"There is no place “{name}”: add it under “places” in {FILE}, or write {{{{{name}}}}} "
            "as code, between backticks.",
            file=file,
        )
