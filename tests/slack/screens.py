"""What stands on each person's screen beside the messages: windows, the home tab, whispers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack_rules import nodes

Json = Any
States = dict[tuple[str, str], dict[str, Any]]
"""What somebody typed or chose, by block_id and action_id, as ``state.values`` holds it."""

STATEFUL = {
    "plain_text_input": ("value", "initial_value"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
}
"""Where an element's state holds what was given, and the element what it begins with."""

MANY = {"checkboxes", "multi_static_select", "multi_users_select"}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with its block."""
    for block in blocks:
        inner = [block["element"]] if "element" in block else block.get("elements", [])
        for element in inner:
            if "action_id" in element:
                yield block, element


def state_values(blocks: list[Json], typed: States) -> dict[str, dict[str, Any]]:
    """``state.values`` as Slack sends it: what was given, else what the element began with."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in elements(blocks):
        if element["type"] not in STATEFUL:
            continue
        name, initial = STATEFUL[element["type"]]
        nothing: Json = [] if element["type"] in MANY else None
        begun = {"type": element["type"], name: element.get(initial, nothing)}
        given = typed.get((block["block_id"], element["action_id"]), begun)
        values.setdefault(block["block_id"], {})[element["action_id"]] = given
    return values


@dataclass
class Modal:
    """A window: the view as Slack holds it, what was typed into it, and the errors shown."""

    view: Json
    typed: States = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def replace(self, view: Json) -> None:
        """Show another view; what was typed stays where an input keeps its ids."""
        kept = {
            (block["block_id"], element["action_id"]) for block, element in elements(view["blocks"])
        }
        self.view = view
        self.typed = {ids: state for ids, state in self.typed.items() if ids in kept}
        self.errors = {}

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """What stands in its inputs."""
        return state_values(self.view["blocks"], self.typed)


@dataclass
class Whisper:
    """A message that one person alone sees."""

    ts: str
    channel: str
    payload: Json


@dataclass
class Screen:
    """One person's. ``notices`` are what Slack itself told them went wrong."""

    modals: list[Modal] = field(default_factory=list)
    home: Modal | None = None
    whispers: list[Whisper] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ticked: dict[str, States] = field(default_factory=dict)
    """What was ticked in messages and not sent yet, by the message's ts."""


class Screens:
    """Everybody's, by team and user id."""

    def __init__(self) -> None:
        self._screens: dict[tuple[str, str], Screen] = {}

    def of(self, team: str, user: str) -> Screen:
        """This person's."""
        return self._screens.setdefault((team, user), Screen())

    def modal(self, team: str, view_id: str) -> Modal | None:
        """The window or home tab with this id, if it is still open."""
        for (in_team, _), screen in self._screens.items():
            shown = [*screen.modals, *filter(None, [screen.home])]
            for modal in shown if in_team == team else ():
                if modal.view["id"] == view_id:
                    return modal
        return None

    def published(self, team: str, user: str, view: Json) -> None:
        """The home tab reads differently now."""
        screen = self.of(team, user)
        if screen.home:
            screen.home.replace(view)
        else:
            screen.home = Modal(view)


_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def unescaped(text: str) -> str:
    """Message text as people read it."""
    for entity, mark in _ESCAPES.items():
        text = text.replace(entity, mark)
    return text


def shown(message: Mapping[str, Any]) -> str:
    """All that a person can read in a message: its blocks, or its text where it has none."""
    if not message.get("blocks"):
        return unescaped(message.get("text", ""))
    return drawn(message["blocks"])


def drawn(value: Json) -> str:
    """All words in blocks, in order, with nothing between them; emoji as the characters they are.

    A link's address is told behind its words where the two differ.
    """
    told = []
    for node in nodes(value):
        kind = node.get("type")
        if kind == "emoji" and "unicode" in node:
            told.append("".join(chr(int(code, 16)) for code in node["unicode"].split("-")))
        elif kind == "user":
            told.append(f"@{node['user_id']}")
        elif isinstance(node.get("text"), str):
            told.append(node["text"])
            told += [f" ({node['url']})"] if node.get("url", node["text"]) != node["text"] else []
        elif kind == "link":
            told.append(node["url"])
        elif kind == "date":
            told.append(node["fallback"])
    return "".join(told)


def read_modal(modal: Modal) -> str:
    """A window's words, what stands in its inputs, and its errors, line by line."""
    fields: dict[str, str] = {}
    for block_id, inputs in modal.values.items():
        for state in inputs.values():
            name = block_id.partition(" ")[2] or block_id
            fields[name] = fields.get(name, "") + _given(state)
    parts = [modal.view.get("title"), modal.view["blocks"], modal.view.get("submit")]
    return "\n".join([*map(drawn, filter(None, parts)), *fields.values(), *modal.errors.values()])


def _given(state: Mapping[str, Any]) -> str:
    value = state[STATEFUL[state["type"]][0]]
    if isinstance(value, dict):
        return drawn(value["text"])
    if isinstance(value, list):
        return ", ".join(one if isinstance(one, str) else drawn(one["text"]) for one in value)
    return value or ""
