"""Slack's published rules for messages, modals and home pages, apart from the renderer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

Json = Any

LENGTHS = {
    ("header", "text"): 150,
    ("button", "text"): 75,
    ("option", "text"): 75,
    ("option", "description"): 75,
    ("option_group", "label"): 75,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("context", "text"): 3000,
    ("placeholder", "text"): 150,
    ("view", "title"): 24,
    ("view", "submit"): 24,
    ("view", "close"): 24,
    ("action_id", ""): 255,
    ("block_id", ""): 255,
    ("callback_id", ""): 255,
    ("private_metadata", ""): 3000,
    ("option", "value"): 150,
    ("button", "value"): 2000,
    ("plain_text_input", "initial_value"): 3000,
    ("rich_text", ""): 3000,
    ("url", ""): 3000,
}
COUNTS = {
    "message": 50,
    "modal": 100,
    "home": 100,
    "actions": 25,
    "context": 10,
    "radio_buttons": 10,
    "checkboxes": 10,
    "options": 100,
    "option_groups": 100,
    "rows": 100,
    "columns": 20,
}
WHOLE_MESSAGE = 13_200
VIEW_BYTES = 250_000
MESSAGE_BLOCKS = {"actions", "context", "divider", "header", "rich_text", "table"}
MODAL_BLOCKS = MESSAGE_BLOCKS - {"table"} | {"input"}
HOME_BLOCKS = MESSAGE_BLOCKS - {"table"}
"""Slack takes inputs there, too, but no button sends them."""

PRESSED = {"button", "radio_buttons", "checkboxes", "static_select", "multi_static_select"}
"""Elements that Slack takes in a row of actions, on every surface."""

FILLED_IN = PRESSED - {"button"} | {
    "plain_text_input",
    "datepicker",
    "timepicker",
    "multi_users_select",
    "conversations_select",
}
MODAL_KEYS = set(
    """type callback_id private_metadata title submit close blocks clear_on_close notify_on_close
    external_id submit_disabled""".split()
)
HOME_KEYS = set("type callback_id private_metadata blocks external_id".split())
RICH = {"text", "link", "date"}


def length(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def nodes(value: Json) -> Iterator[dict[str, Any]]:
    """Every object in a payload, outermost first, in order."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def drawn_text(value: Json) -> str:
    """Everything that a person can read or follow in a payload, in order.

    The address of a link that goes on in the next element is told once, behind its last words.
    """
    told, address = [], ""
    for node in nodes(value):
        readable = node.get("type") in RICH or isinstance(node.get("text"), str)
        if readable and node.get("url", "") != address:
            told.append(address)
            address = node.get("url", "")
        told += [
            str(node[key]) for key in ("text", "timestamp") if isinstance(node.get(key), str | int)
        ]
    return "".join((*told, address))


class Judge:
    """Collects what breaks a rule, each as one line."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def holds(self, fine: bool, rule: str) -> None:
        """Note ``rule`` as broken unless ``fine``."""
        if not fine:
            self.broken.append(rule)

    def text(self, text: str, kind: str, part: str = "") -> None:
        """The text is there and not longer than the rule of this name allows."""
        self.holds(0 < length(text) <= LENGTHS[kind, part], f"{kind}.{part}: {length(text)} long")

    def label(self, value: Json, kind: str, part: str) -> None:
        """A plain text object, in which shortcodes stay words."""
        self.holds(
            value["type"] == "plain_text" and value["emoji"] is False, f"{kind}.{part}: not plain"
        )
        self.holds(bool(value["text"].strip()), f"{kind}.{part}: blank")
        self.text(value["text"], kind, part)

    def count(self, items: list[Any], rule: str) -> None:
        """At least one, and no more than the rule of this name allows."""
        self.holds(0 < len(items) <= COUNTS[rule], f"{rule}: {len(items)}")

    def unique(self, names: list[str], rule: str) -> None:
        """No name twice."""
        self.holds(max(Counter(names).values(), default=1) == 1, f"{rule}: one twice")

    def option(self, option: Json) -> None:
        """One option of any element."""
        self.label(option["text"], "option", "text")
        self.text(option["value"], "option", "value")
        if "description" in option:
            self.label(option["description"], "option", "description")

    def element(self, element: Json) -> None:
        """One interactive element."""
        self.text(element["action_id"], "action_id")
        kind = element["type"]
        if kind == "button":
            self.label(element["text"], "button", "text")
            self.text(element["value"], "button", "value")
        if kind in ("radio_buttons", "checkboxes"):
            self.count(element["options"], kind)
        if kind in ("static_select", "multi_static_select"):
            self.label(element["placeholder"], "placeholder", "text")
            self.holds(("options" in element) != ("option_groups" in element), f"{kind}: both")
        if kind == "plain_text_input" and "initial_value" in element:
            self.text(element["initial_value"], kind, "initial_value")
        groups = element.get("option_groups", [])
        if groups:
            self.count(groups, "option_groups")
        for group in groups:
            self.label(group["label"], "option_group", "label")
        lists = [group["options"] for group in groups]
        lists += [element["options"]] if "options" in element else []
        for options in lists:
            self.count(options, "options")
        offered = [option for options in lists for option in options]
        self.unique([option["value"] for option in offered], "option values")
        for option in offered:
            self.option(option)
        initial = [*element.get("initial_options", [])]
        initial += [element["initial_option"]] if "initial_option" in element else []
        self.holds(all(option in offered for option in initial), "initial: not offered")

    def rich_text(self, block: Json) -> None:
        """A block of rich text: known parts, none empty, not too long together."""
        inner = [node for node in nodes(block["elements"]) if node.get("type") in RICH]
        parts = [node for node in nodes(block["elements"]) if node.get("type", "text") not in RICH]
        self.holds(
            all(node["type"].startswith("rich_text_") and node["elements"] for node in parts),
            "rich_text: an empty or unknown part",
        )
        self.text(
            "".join(str(node.get("text", node.get("fallback"))) for node in inner), "rich_text"
        )
        for node in inner:
            self.holds(node.get("text") != "", "rich_text: an empty element")
            self.holds(node["type"] != "date" or bool(node["fallback"]), "date: no fallback")
            if node["type"] == "link":
                self.text(node["url"], "url")
                self.holds(node["url"].startswith(("https://", "http://")), "link: not of the web")

    def block(self, block: Json) -> None:
        """One block, by its kind."""
        if "block_id" in block:
            self.text(block["block_id"], "block_id")
        match block["type"]:
            case "header":
                self.label(block["text"], "header", "text")
            case "context":
                self.count(block["elements"], "context")
                for element in block["elements"]:
                    self.label(element, "context", "text")
            case "actions":
                self.count(block["elements"], "actions")
                self.holds(
                    {element["type"] for element in block["elements"]} <= PRESSED,
                    "actions: foreign",
                )
                self.unique([e["action_id"] for e in block["elements"]], "action_id in a block")
                for element in block["elements"]:
                    self.element(element)
            case "input":
                self.label(block["label"], "input", "label")
                if "hint" in block:
                    self.label(block["hint"], "input", "hint")
                self.holds(block["element"]["type"] in FILLED_IN, "input: foreign")
                self.element(block["element"])
            case "rich_text":
                self.rich_text(block)
            case "table":
                self.count(block["rows"], "rows")
                for row in block["rows"]:
                    self.count(row, "columns")
                    for cell in row:
                        self.rich_text(cell)

    def blocks(self, blocks: list[Any], surface: str, kinds: set[str]) -> None:
        """All the blocks of a message or modal."""
        self.count(blocks, surface)
        self.holds({block["type"] for block in blocks} <= kinds, f"{surface}: foreign blocks")
        self.unique([b["block_id"] for b in blocks if "block_id" in b], "block_id")
        for block in blocks:
            self.block(block)
        self.holds(all(node.get("type") != "mrkdwn" for node in nodes(blocks)), "mrkdwn")


def message_problems(payload: Json) -> list[str]:
    """What Slack, or we, would refuse in a payload of ``chat.postMessage``."""
    judge = Judge()
    blocks = payload["blocks"]
    judge.blocks(blocks, "message", MESSAGE_BLOCKS)
    actions = [element for block in blocks for element in block.get("elements", [])]
    judge.unique([e["action_id"] for e in actions if "action_id" in e], "action_id")
    judge.holds(sum(block["type"] == "table" for block in blocks) <= 1, "more than one table")
    weight = length(drawn_text(blocks)) + 125 * len(blocks)
    judge.holds(weight <= WHOLE_MESSAGE, f"whole message: {weight}")
    judge.holds(0 < length(payload["text"]) <= 3000, "fallback: length")
    judge.holds("<" not in payload["text"] and ">" not in payload["text"], "fallback: markup")
    judge.holds(payload["unfurl_links"] is payload["unfurl_media"] is False, "unfurls")
    return judge.broken


def modal_problems(view: Json, size: int) -> list[str]:
    """What Slack would refuse in a modal, whose JSON is ``size`` bytes."""
    judge = Judge()
    judge.holds(view["type"] == "modal" and view.keys() <= MODAL_KEYS, "modal: foreign keys")
    judge.blocks(view["blocks"], "modal", MODAL_BLOCKS)
    judge.label(view["title"], "view", "title")
    asks = any(block["type"] == "input" for block in view["blocks"])
    judge.holds("submit" in view or not asks, "modal: nothing to send it with")
    for button in ("submit", "close"):
        if button in view:
            judge.label(view[button], "view", button)
    judge.text(view["callback_id"], "callback_id")
    judge.text(view["private_metadata"], "private_metadata")
    judge.holds(size <= VIEW_BYTES, f"view: {size} bytes")
    return judge.broken


def home_problems(view: Json, size: int) -> list[str]:
    """What Slack would refuse in a home page, whose JSON is ``size`` bytes."""
    judge = Judge()
    judge.holds(view["type"] == "home" and view.keys() <= HOME_KEYS, "home: foreign keys")
    judge.blocks(view["blocks"], "home", HOME_BLOCKS)
    judge.holds(size <= VIEW_BYTES, f"view: {size} bytes")
    return judge.broken
