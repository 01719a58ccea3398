"""YAML as a tree in which every value knows its line, and every scalar is text.

What YAML would make of `10:30` or `no` is nobody's business here: whoever wants a number or a
yes reads one from the text. Anchors, aliases, tags, repeated keys, great depth and great size are
refused before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import ReaderError

from bot.lessons.problem import Problem

MOST_BYTES = 256 * 1024
MOST_VALUES = 20_000
"""A long script has some hundred; so many are read in well under a second."""
MOST_LINES = 4_000
"""Twice those that a file may have: a text can hold more lines than it takes in the file."""
DEEPEST = 20

Plain = str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `line` counts from 1. A value left out is ""."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, in the order of the file; `lines` are those of its keys."""

    nodes: Mapping[str, Node]
    lines: Mapping[str, int]
    line: int


Node = Scalar | Items | Entries

_PLAINLY = {
    "mapping values are not allowed": "put a text that has a colon in quotes.",
    "cannot start any token": "put the text in quotes, and indent with spaces, not with tabs.",
}
"""What authors slip on, by the parser's words, in plain ones."""
_LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_CUT = re.compile(r"[ \t]+(#[^#\s].*)")


class Unreadable(Exception):
    """The text is no YAML that we take; `problem` says why, with its line."""

    def __init__(self, line: int | None, message: str) -> None:
        self.problem = Problem("error", line, message)
        super().__init__(message)


def read_yaml(text: str) -> Node:
    """The tree of a YAML text. Raises Unreadable, never anything else; an empty text is {}."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Unreadable(None, f"The file is larger than {MOST_BYTES // 1024} KB: split it.")
    try:
        _check(text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(part) for part in (error.problem, error.context) if part)
        said = next((words for part, words in _PLAINLY.items() if part in what), f"{what}.")
        raise Unreadable(mark.line + 1 if mark else 1, f"This is not YAML: {said}") from None
    except (yaml.YAMLError, ValueError) as error:
        said = f"This is not YAML: {_first_line(error)}."
        raise Unreadable(_line_of(error, text), said) from None
    return Entries({}, {}, 1) if root is None else _node(root)


def plain(node: Node) -> Plain:
    """The values alone."""
    match node:
        case Scalar(text):
            return text
        case Items(nodes):
            return [plain(each) for each in nodes]
        case Entries(nodes):
            return {key: plain(each) for key, each in nodes.items()}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The quick one, where it is there. No rule turns a scalar into anything but text."""

    yaml_implicit_resolvers: dict[str, list[object]] = {}  # noqa: RUF012


def _check(text: str) -> None:
    """Refuse what could do harm, event by event, before a tree is built of it."""
    depth, documents, values, ends = 0, 0, 0, 0
    lines = _LINE_END.split(text)
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(line, "Anchors and aliases (& and *) are not taken: write it out.")
        if tag:
            raise Unreadable(line, f"Tags such as {tag} are not taken: leave it out.")
        if isinstance(event, yaml.ScalarEvent):
            ends += event.value.count("\n")
            if ends > MOST_LINES:
                raise Unreadable(line, f"The texts have more than {MOST_LINES:,} lines: cut them.")
            if not event.style and event.end_mark:
                _refuse_cut_text(lines, event.end_mark)
        if isinstance(event, yaml.NodeEvent):
            values += 1
            if values > MOST_VALUES:
                raise Unreadable(line, f"There are more than {MOST_VALUES:,} values: cut it.")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Unreadable(line, "There is a second document after ---: use one file each.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(line, f"This is nested more than {DEEPEST} deep: make it flatter.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_cut_text(lines: Sequence[str], end: Any) -> None:
    """A text that goes on with #1 would lose the rest as a comment, of which nobody would know."""
    line = lines[end.line] if end.line < len(lines) else ""
    if cut := _CUT.match(line, end.column):
        raise Unreadable(
            end.line + 1,
            f"“{cut[1][:40]}” would not be read: put the text in quotes, or leave a space after "
            "the # of a comment.",
        )


def _node(node: yaml.Node) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_node(each) for each in node.value), line)
    if isinstance(node, yaml.MappingNode):
        nodes: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(at, "A key has to be a word: put a list or a mapping after it.")
            if key.value in nodes:
                first = lines[key.value]
                raise Unreadable(at, f"“{key.value}” is here twice (first in line {first}).")
            nodes[key.value] = _node(value)
            lines[key.value] = at
        return Entries(nodes, lines, line)
    return Scalar(str(node.value), line)


def _line_of(error: Exception, text: str) -> int:
    """The line of a character that no file may have; the first where an error names none."""
    match error:
        case ReaderError():
            at = text.find(chr(error.character)) if isinstance(error.character, int) else 0
        case UnicodeEncodeError():
            at = error.start
        case _:
            at = 0
    return text.count("\n", 0, max(at, 0)) + 1


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
