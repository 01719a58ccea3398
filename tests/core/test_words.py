"""The bot's own sentences: every one of them can be gathered, and the catalogue has them all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bot.words import t, tn

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "bot/words/fivefold.pot"
Sentence = tuple[str, ...]
QUOTED = r"""(?:"[^"]*"|'[^']*')"""


def calls() -> Iterator[tuple[str, ast.Call, int]]:
    """Each call of t() or tn() in the bot: where it is, the call, and how many sentences it has."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = getattr(function, "id", "") or getattr(function, "attr", "")
                if name in ("t", "tn"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node, len(name)


def drawn() -> set[Sentence]:
    """The sentences that templates say, read off them as text."""
    found: set[Sentence] = set()
    for path in sorted((ROOT / "bot").rglob("*.html")):
        text = path.read_text("utf-8")
        for said in re.findall(rf"\bt\(\s*({QUOTED})", text):
            found.add((str(ast.literal_eval(said)),))
        for one, many in re.findall(rf"\btn\(\s*({QUOTED}),\s*({QUOTED})", text):
            found.add((str(ast.literal_eval(one)), str(ast.literal_eval(many))))
    return found


def literal(node: ast.expr) -> str | None:
    """The text of a literal, or None for anything that is only known when it runs."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def sentence(call: ast.Call, count: int) -> Sentence:
    return tuple(literal(each) or "" for each in call.args[:count])


def catalogue() -> set[Sentence]:
    """The sentences of the catalogue, read without the tool that made it."""
    entries = set()
    for entry in CATALOGUE.read_text("utf-8").split("\n\n"):
        found = re.findall(r'^msgid(?:_plural)? ((?:".*"\n?)+)', entry, re.MULTILINE)
        texts = ["".join(map(ast.literal_eval, each.split("\n")[:-1])) for each in found]
        if any(texts):
            entries.add(tuple(texts))
    return entries


def test_every_sentence_is_a_literal() -> None:
    assert [
        where for where, call, count in calls() if not all(sentence(call, count)) or not call.args
    ] == []


def test_every_sentence_is_given_the_values_that_it_names() -> None:
    wrong = []
    for where, call, count in calls():
        given = {keyword.arg for keyword in call.keywords}
        fields = (Formatter().parse(text) for text in sentence(call, count))
        named = {name for parsed in fields for _, name, _, _ in parsed if name is not None}
        # Without any value a sentence stays as it is, for a renderer that puts a moment into it.
        itself = {"count"} if count == 2 else set()
        if (given or itself) and named - itself != given:
            wrong.append(where)
    assert wrong == []


def test_the_catalogue_holds_the_sentences_of_the_code_and_no_others() -> None:
    said = {sentence(call, count) for _, call, count in calls()} | drawn()
    kept = catalogue()
    # A sentence that is also the singular of a pair is kept with the pair.
    singulars = {entry[:1] for entry in kept if len(entry) == 2}
    assert said - kept - singulars == set(), "gather the words anew: make words"
    assert kept - said == set(), "gather the words anew: make words"


def test_the_catalogue_changes_only_when_the_sentences_do() -> None:
    text = CATALOGUE.read_text("utf-8")
    assert "POT-Creation-Date" not in text
    assert not re.search(r"^#:", text, re.MULTILINE)


def test_a_sentence_is_said_with_its_values() -> None:
    assert t("Welcome to {lesson}", lesson="{braces} & <b>") == "Welcome to {braces} & <b>"


def test_a_sentence_without_values_is_said_as_it_stands() -> None:
    assert t("Use {braces} freely") == "Use {braces} freely"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (21, "21 people")]
)
def test_a_count_chooses_the_form(count: int, said: str) -> None:
    assert tn("{count} person", "{count} people", count) == said
