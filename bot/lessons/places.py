"""Places: what the facilitator fills in at scheduling, written `{{name}}` in a lesson's texts.

A paragraph, list item or table row whose place stays unfilled is left out whole, so that nobody is
sent to a link that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.lessons.lesson import Lesson
from bot.lessons.script import Activity, Script, ScriptPhase

NAME = r"[^\s{}]+"
"""What a place may be called."""

Sort = Literal["text", "needed", "title", "label"]
"""What a text is: Markdown that may vanish or that is needed, and the same for plain words."""

_MARK = re.compile(rf"(?<!\$)\{{\{{[ \t]*({NAME})[ \t]*\}}\}}")
_MARK_OR_CODE = re.compile(rf"{_MARK.pattern}|`")
_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_WEB = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])(?=\s)")
_HEADING = re.compile(r"\s*#{1,6}(?:\s|\Z)")
_NUMBER = re.compile(r"\d{1,9}(?=[.)])")
_LINE_END = re.compile(r"\r\n?")
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False, "maxNesting": 20})
_MARKDOWN.disable("reference")
# Only its blocks are wanted.
_MARKDOWN.core.ruler.enableOnly(["normalize", "block"])


def fill(lesson: Lesson, values: Mapping[str, str]) -> Lesson:
    """The lesson with these values in its places, by the places' names.

    A value is Markdown on one line; an http(s) address becomes a link. A place without a value, or
    with a blank one, is unfilled: the paragraph, list item or table row that needs it is left out.
    Raises ValueError, with a sentence, for a place that the lesson does not have.
    """
    script = lesson.script
    labels = dict(script.places)
    for name in values:
        if name not in labels:
            there = f"its places are {', '.join(labels)}" if labels else "it has none"
            raise ValueError(f"This lesson has no place “{name}”: {there}.")
    given = {name: line for name, value in values.items() if (line := _line(value, labels))}
    filled = _each_text(script, lambda text, sort: _filled(text, sort, given, labels))
    return Lesson.of(lesson.name, lesson.plan, filled, lesson.problems)


def unfilled(script: Script) -> tuple[tuple[str, str], ...]:
    """The places that still want a value, as pairs of their id and label; none after `fill`."""
    found = marks_of(script)
    return tuple((name, label) for name, label in script.places if name in found)


def marks_of(script: Script) -> set[str]:
    """The names in all `{{name}}` of a script's texts, declared or not."""
    found: set[str] = set()

    def look(text: str, _: Sort) -> str:
        found.update(match[1] for match in _MARK.finditer(text))
        return text

    _each_text(script, look)
    return found


def undeclared(text: str, declared: Collection[str]) -> Iterator[tuple[int, str]]:
    """The places in a text that are none of `declared`: the line of each, from 1, and its name.

    What stands in Markdown's code is not meant as a place.
    """
    if "{{" not in text:
        return
    fenced = False
    for number, line in enumerate(_LINE_END.sub("\n", text).split("\n"), 1):
        if _FENCE.match(line):
            fenced = not fenced
        code = fenced
        for match in _MARK_OR_CODE.finditer(line):
            if match[1] is None:
                code = not code
            elif not code and match[1] not in declared:
                yield number, match[1]


def emptied(spec: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """An activity's fields as they are while none of the places is filled in."""
    return {
        name: _data(value, name, lambda text, sort: _filled(text, sort, {}, places))
        for name, value in spec.items()
    }


def needs(text: str, places: Collection[str]) -> str:
    """A place without which nothing is left of the text; "" where it stands without any."""
    missing = [match[1] for match in _MARK.finditer(text) if match[1] in places]
    return missing[0] if missing and _is_bare(_reduced(text, set(missing))) else ""


# The texts of a script.


def _each_text(script: Script, change: Callable[[str, Sort], str]) -> Script:
    """The script with every text changed that people or facilitators read."""

    def activity(one: Activity) -> Activity:
        overrides = {
            pace: {k: _data(v, k, change) if k == "spec" else v for k, v in changed.items()}
            for pace, changed in one.overrides.items()
        }
        return replace(one, spec=_data(one.spec, "", change), overrides=overrides)

    def phase(one: ScriptPhase) -> ScriptPhase:
        activities = tuple(map(activity, one.activities))
        return replace(one, notes=change(one.notes, "text"), activities=activities)

    questions = (change(one, "text") for one in script.facilitator_questions)
    return replace(
        script,
        phases=tuple(map(phase, script.phases)),
        notice=change(script.notice, "text"),
        welcome=change(script.welcome, "text"),
        closing=change(script.closing, "text"),
        facilitator_notes=change(script.facilitator_notes, "text"),
        facilitator_questions=tuple(filter(None, questions)),
        who=tuple((name, change(label, "label")) for name, label in script.who),
        before=tuple(map(activity, script.before)),
        after=tuple(map(activity, script.after)),
        handouts=tuple((name, change(text, "needed")) for name, text in script.handouts),
    )


_SORTS: Mapping[str, Sort] = {"title": "title", "label": "label"}


def _data(value: Any, key: str, change: Callable[[str, Sort], str]) -> Any:
    if isinstance(value, str):
        return value if key == "id" else change(value, _SORTS.get(key, "needed"))
    if isinstance(value, dict):
        return {name: _data(each, name, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_data(each, key, change) for each in value]
    return value


# One text.


def _line(value: str, places: Collection[str]) -> str:
    """The value on one line; "" where it is blank, or itself a place that was to be filled."""
    if any(match[1] in places for match in _MARK.finditer(value)):
        return ""
    return " ".join(value.split())


def _filled(text: str, sort: Sort, given: Mapping[str, str], labels: Mapping[str, str]) -> str:
    marks = {match[1] for match in _MARK.finditer(text)} & labels.keys()
    if not marks:
        return text
    missing = marks - given.keys()
    match sort:
        case "text" if missing:
            text = _without_blocks(text, missing)
        case "title" if missing:
            text = _without_sentences(text, missing)
        case "needed" | "label" if missing and not _is_bare(left := _reduced(text, missing)):
            text = left

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in labels:
            return match[0]
        # Where nothing could be left out, as in a table's heading, the label says what is meant.
        line = given.get(name, labels[name])
        return line if sort in ("title", "label") else _inline(line)

    return _MARK.sub(value, text)


def _inline(line: str) -> str:
    """The value as it stands in Markdown, in a table too."""
    if _WEB.fullmatch(line):
        return f"<{line.replace('|', '%7C')}>"
    return re.sub(r"(?<!\\)\|", r"\\|", line)


def _is_bare(text: str) -> bool:
    """Whether there is nothing but headings."""
    return all(not line.strip() or _HEADING.match(line) for line in text.split("\n"))


def _has(text: str, missing: Collection[str]) -> bool:
    return any(match[1] in missing for match in _MARK.finditer(text))


def _reduced(text: str, missing: Collection[str]) -> str:
    """A text that is needed: its sentences go one by one where whole paragraphs are too much."""
    left = _without_blocks(text, missing)
    return _without_sentences(text, missing) if _is_bare(left) else left


def _without_sentences(text: str, missing: Collection[str]) -> str:
    lines = []
    for line in text.split("\n"):
        kept = [one for one in _SENTENCE.split(line) if not _has(one, missing)]
        lines.append("".join(kept).strip() if _has(line, missing) else line)
    return "\n".join(lines).strip("\n")


# The blocks of a text.


def _without_blocks(text: str, missing: Collection[str]) -> str:
    """The Markdown without the paragraphs, list items and table rows that have one of the places.

    A numbered list keeps its first number.
    """
    text = _LINE_END.sub("\n", text)
    lines = text.split("\n")
    root = SyntaxTreeNode(_MARKDOWN.parse(text))
    leaves = (node for node in root.walk() if node.type in ("inline", "fence", "code_block"))
    found = (_block_of(leaf) for leaf in leaves if _has(f"{leaf.info}\n{leaf.content}", missing))
    gone = {block.map: block for block in found if block and block.map}
    _renumber(lines, list(gone.values()))
    kept: list[str] = []
    at = 0
    for (begin, end), block in sorted(gone.items(), key=lambda item: item[0]):
        kept += lines[at:begin]
        while end > begin and not lines[end - 1].strip():
            end -= 1
        at = max(at, end)
        meets = kept and kept[-1].strip() and at < len(lines) and lines[at].strip()
        # What stood apart stays apart; a table's rows stay together.
        kept += [""] if meets and block.type != "tr" else []
    left = "\n".join((*kept, *lines[at:]))
    return left if left.strip() else ""


def _block_of(leaf: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """What is left out for a leaf: its table row, the list item that it begins, or itself.

    None in the heading of a table, without which there is no table.
    """
    block = leaf.parent if leaf.type == "inline" else leaf
    if block is None:
        return None
    if block.type in ("th", "td"):
        row = block.parent
        return row if row and row.parent and row.parent.type == "tbody" else None
    top = block
    while top.parent and top.parent.children[0] is top:
        top = top.parent
        if top.type == "list_item":
            return top
    return block


def _renumber(lines: list[str], gone: Collection[SyntaxTreeNode]) -> None:
    """Give the first number of a list to the first item that is left of it."""
    lists = {id(one.parent): one.parent for one in gone if one.type == "list_item"}
    left_out = {id(one) for one in gone}
    for each in lists.values():
        if each and each.type == "ordered_list":
            left = [item.map for item in each.children if id(item) not in left_out]
            if left and left[0]:
                first = str(each.attrs.get("start", 1))
                lines[left[0][0]] = _NUMBER.sub(first, lines[left[0][0]], count=1)
