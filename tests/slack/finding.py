"""Finding on a screen what somebody means, and what choosing or typing there leaves. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.slack.screens import MANY, STATEFUL, Modal, elements

Json = Any
BOX = 3000
"""How many UTF-16 units an input takes."""


def offered(element: Json) -> list[Json]:
    """The options of an element, those in groups too."""
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(one for group in groups for one in group["options"])]


def _named(option: Json, name: str) -> bool:
    return name in (option["value"], option["text"]["text"])


def matching(blocks: list[Json], what: str, *options: str) -> Iterator[tuple[Json, Json]]:
    """The elements, with their blocks, that ``what`` may mean: by callback, action_id or words.

    A button of a question is meant by the question's callback and its own option.
    """
    for block, element in elements(blocks):
        callback = block["block_id"].partition(" ")[2]
        if element["type"] == "button":
            names = {element.get("value"), element["text"]["text"], element["action_id"]}
            if (what in names and not options) or (what == callback and names & set(options)):
                yield block, element
        elif what in (callback, element["action_id"]) or (not options and meant(element, what)):
            yield block, element


def meant(element: Json, what: str) -> tuple[str, ...]:
    """``what``, where it is one of the element's options."""
    return (what,) if any(_named(option, what) for option in offered(element)) else ()


def chosen(element: Json, values: Sequence[str]) -> dict[str, Any]:
    """The state after these were chosen; raises AssertionError for what is not offered."""
    kind = element["type"]
    name = STATEFUL[kind][0]
    picked: list[Any] = list(values)
    if name in ("selected_option", "selected_options"):
        picked = [one for one in offered(element) if any(_named(one, value) for value in values)]
        assert len(picked) == len(set(values)), f"{values!r} are not all offered"
    if kind in MANY:
        return {"type": kind, name: picked}
    assert len(picked) <= 1, f"only one of {values!r} can be chosen"
    return {"type": kind, name: picked[0] if picked else None}


def inputs(modal: Modal, field: str) -> list[Json]:
    """The blocks of a field's inputs, in order; raises AssertionError where there is none."""
    found = [
        block
        for block in modal.view["blocks"]
        if block["type"] == "input" and block["block_id"].partition(" ")[2] == field
    ]
    assert found, f"the window has no field {field!r}"
    return found


def boxes(text: str) -> list[str]:
    """A text as it is typed into one full input after the other."""
    made, size = [""], 0
    for character in text:
        size += 1 + (character > "\uffff")
        if size > BOX:
            made.append("")
            size = 1 + (character > "\uffff")
        made[-1] += character
    return [box for box in made if box]


def delivery_key(message: Json) -> str:
    """The key that the bot posted a message with, if it did."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def slack_link(page: str) -> str:
    """Where the button on the bot's install page leads; raises AssertionError without one."""
    found = re.search(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page)
    assert found, "the page leads nowhere in Slack"
    return html.unescape(found.group(1))
