"""Reading a card as a person does, and using it as Teams' client does. Pure.

What is nested in an ``Action.ShowCard`` counts as seen: one press and it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Json = Any
Typed = Mapping[str, str]
"""What stands in inputs since somebody filled them in, by their ids."""

_UNSEEN = {"fallback", "data", "msteams", "targetElements", "refresh"}


@dataclass(frozen=True, slots=True)
class Found:
    """An action or input, with the cards that it stands in, the outermost first."""

    node: Json
    cards: tuple[Json, ...]

    @property
    def data(self) -> Json:
        """What an action carries; empty where that is nothing of the bot's own."""
        data = self.node.get("data")
        return data if isinstance(data, dict) else {}

    @property
    def sent(self) -> list[Json]:
        """The inputs that travel with an action: its card's and those of the cards around it."""
        if self.node.get("associatedInputs") == "none":
            return []
        mine = [id(card) for card in self.cards]
        return [one.node for one in inputs(self.cards[0]) if id(one.cards[-1]) in mine]


def walk(value: Json, cards: tuple[Json, ...] = ()) -> Iterator[Found]:
    """Every element and action that can be seen, in order."""
    if isinstance(value, list):
        for inner in value:
            yield from walk(inner, cards)
    if not isinstance(value, dict):
        return
    inside = (*cards, value) if value.get("type") == "AdaptiveCard" else cards
    yield Found(value, inside)
    for key, inner in value.items():
        if key not in _UNSEEN:
            yield from walk(inner, inside)


def inputs(card: Json) -> Iterator[Found]:
    """Everything to fill in."""
    return (one for one in walk(card) if str(one.node.get("type")).startswith("Input."))


def actions(card: Json) -> Iterator[Found]:
    """Everything to press that has a title."""
    return (
        one
        for one in walk(card)
        if str(one.node.get("type")).startswith("Action.") and "title" in one.node
    )


def matching(card: Json, what: str, options: Sequence[str] = ()) -> Iterator[Found]:
    """The actions that ``what`` may mean, a callback or a title.

    With ``options`` it is what picks one of them, or sends them from the input that offers them.
    """
    for action in actions(card):
        data, title = action.data, action.node["title"]
        if what not in (data.get("fivefold"), title):
            continue
        if "option" in data:
            means = {data["option"], title} & set(options) or (what == title and not options)
        else:
            means = ("input" in data) == bool(options) or (what == title and not options)
        if means:
            yield action


def field_of(input_id: str) -> str:
    """The id of a form's field in its input's id, which names the form and the kind before it."""
    return input_id.split(" ", 2)[-1]


def given(node: Json, typed: Typed) -> str:
    """What stands in an input now."""
    return typed.get(node["id"], str(node.get("value", "")))


def filled(node: Json, values: Sequence[str]) -> str:
    """What stands in an input after somebody gave these values, as the client keeps it.

    Of choices, values are ids or titles. Raises AssertionError for what is not offered.
    """
    if node["type"] == "Input.ChoiceSet":
        picked = [
            choice["value"]
            for choice in node["choices"]
            if {choice["value"], choice["title"], unquote(choice["value"])} & set(values)
        ]
        assert len(picked) == len(set(values)), f"{values!r} are not all offered"
        assert len(picked) <= 1 or node.get("isMultiSelect"), f"only one of {values!r} can be taken"
        return ",".join(picked)
    text = "".join(values)
    if node["type"] == "Input.Text" and not node.get("isMultiline"):
        text = text.replace("\n", "").replace("\r", "")
    return text[: node["maxLength"]] if "maxLength" in node else text


def missing(action: Found, typed: Typed) -> list[str]:
    """The labels of what the client wants to be filled in before it sends."""
    return [
        str(node.get("label", node["id"]))
        for node in action.sent
        if node.get("isRequired") and not given(node, typed)
    ]


def value_of(action: Found, typed: Typed, *, android: bool = False) -> Json:
    """What the client sends: the action's data, and the inputs in which something stands.

    Android's sends the empty ones, too, as ``""``.
    """
    sent = {node["id"]: given(node, typed) for node in action.sent}
    return {**action.data, **{id: value for id, value in sent.items() if value or android}}


def drawn(cards: Collection[Json], typed: Typed) -> str:
    """All words that a person can read, in order, with nothing between them.

    A link's address is told behind its words where the two differ.
    """
    return "".join(words for card in cards for one in walk(card) for words in _words(one, typed))


def _words(found: Found, typed: Typed) -> Iterator[str]:
    node = found.node
    kind = str(node.get("type", ""))
    if kind in ("TextRun", "TextBlock"):
        yield node["text"]
        url = node.get("selectAction", {}).get("url", node["text"])
        yield f" ({url})" if url != node["text"] else ""
    elif kind.startswith("Action."):
        yield node.get("title", "")
    elif kind == "Input.ChoiceSet":
        yield node.get("label", "")
        yield from (choice["title"] for choice in node["choices"])
    elif kind.startswith("Input."):
        yield node.get("label", "")
        yield node.get("placeholder", "")
        yield given(node, typed)
    elif kind == "FactSet":
        yield from (f"{fact['title']} {fact['value']}" for fact in node["facts"])
    elif kind == "Image":
        yield node.get("altText", "")
