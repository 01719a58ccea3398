"""Options and buttons: what their narrow labels cannot hold is shown whole above them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.chat.message import Button, Choices, Option
from bot.chat.pieces import shortened, units
from bot.chat.platform import Rejected
from bot.platforms.slack import limits
from bot.platforms.slack.rich_text import Json, numbered, paragraphs, plain_text, words
from bot.words import t

_STYLES: dict[str, Json] = {
    "plain": {},
    "primary": {"style": "primary"},
    "danger": {"style": "danger"},
}


def label(text: str) -> str:
    """A label that Slack accepts: it refuses empty ones."""
    return text if text.strip() else f"{text}…"


def short_labels(labels: Sequence[str]) -> list[str]:
    """The labels by number, with their first words while there are not too many."""
    if len(labels) > limits.SELECT_OPTIONS:
        return [str(number) for number in range(1, len(labels) + 1)]
    return [f"{number}. {shortened(text, 40)}" for number, text in enumerate(labels, 1)]


def _narrow(options: Sequence[Option]) -> tuple[list[Json], list[Option]]:
    """What must be shown above the options, and the options as they fit their places."""
    if len(options) > limits.OPTIONS:
        raise Rejected(t("A question in Slack can have at most {n} options.", n=limits.OPTIONS))
    total = sum(units(option.label + option.detail) for option in options)
    if total <= limits.TEXT and all(
        units(label(option.label)) <= limits.OPTION_LABEL
        and units(option.detail) <= limits.OPTION_LABEL
        for option in options
    ):
        return [], [Option(o.id, label(o.label), o.detail) for o in options]
    rows = [words(o.label) + words(f" – {o.detail}" if o.detail else "") for o in options]
    labels = [label(option.label) for option in options]
    if _can_stand(labels):
        # What is too long are the details: the labels say by themselves which is which.
        return numbered(rows, ordered=False), [
            Option(o.id, name) for o, name in zip(options, labels, strict=True)
        ]
    short = short_labels([option.label for option in options])
    return numbered(rows, ordered=True), [
        Option(o.id, name) for o, name in zip(options, short, strict=True)
    ]


def _can_stand(labels: Sequence[str]) -> bool:
    fit = all(units(text) <= limits.OPTION_LABEL for text in labels)
    return fit and len(set(labels)) == len(labels) and sum(map(units, labels)) <= limits.TEXT


def _option(option: Option) -> Json:
    drawn: Json = {"text": plain_text(option.label), "value": option.id}
    if option.detail.strip():
        drawn["description"] = plain_text(option.detail)
    return drawn


def menu(
    options: Sequence[Option], action_id: str, *, multiple: bool, chosen: Collection[str] = ()
) -> tuple[list[Json], Json]:
    """Blocks to show above, and an element to choose from: a list, a menu, or one in groups.

    An option's value is its id, at most 150 characters. Raises Rejected above `limits.OPTIONS`.
    """
    above, narrow = _narrow(options)
    drawn = [_option(option) for option in narrow]
    element: Json = {"action_id": action_id}
    if len(drawn) <= limits.LISTED_OPTIONS:
        element |= {"type": "checkboxes" if multiple else "radio_buttons", "options": drawn}
    else:
        element |= {"type": "multi_static_select" if multiple else "static_select"}
        element |= {"placeholder": plain_text(t("Choose"))}
        if len(drawn) <= limits.SELECT_OPTIONS:
            element |= {"options": drawn}
        else:
            element |= {"option_groups": _option_groups(drawn)}
    initial = [option for option in drawn if option["value"] in chosen]
    if initial and multiple:
        element["initial_options"] = initial
    elif initial:
        element["initial_option"] = initial[0]
    return above, element


def _option_groups(drawn: list[Json]) -> list[Json]:
    size = limits.SELECT_OPTIONS
    return [
        {
            "label": plain_text(f"{start + 1}–{min(start + size, len(drawn))}"),
            "options": drawn[start : start + size],
        }
        for start in range(0, len(drawn), size)
    ]


def actions(elements: list[Json], block_id: str) -> Json:
    """A row of things to press."""
    return {"type": "actions", "block_id": block_id, "elements": elements}


def button(text: str, action_id: str, value: str, style: str = "plain") -> Json:
    """A button whose label already fits."""
    return {
        "type": "button",
        "text": plain_text(text),
        "action_id": action_id,
        "value": value,
        **_STYLES[style],
    }


def choices(block: Choices, name: str) -> list[Json]:
    """A question to answer in the post. ``name`` is unique in the message.

    Its callback stands in the block_id behind a space; `reading.read_press` reads it back.
    """
    blocks = paragraphs(words(block.label, bold=True))
    if not block.options:
        return blocks
    block_id = f"{name} {block.callback}"
    below: list[Json] = []
    if block.multiple:
        above, element = menu(block.options, f"tick {name}", multiple=True)
        submit = _fitting(block.submit)
        below = [] if submit == label(block.submit) else paragraphs(words(block.submit))
        elements = [element, button(submit, f"send {name}", "send", "primary")]
    elif len(block.options) <= limits.BUTTON_OPTIONS and not any(o.detail for o in block.options):
        above, narrow = _narrow(block.options)
        elements = [
            button(option.label, f"option {name}.{n}", option.id) for n, option in enumerate(narrow)
        ]
    else:
        above, element = menu(block.options, f"choose {name}", multiple=False)
        elements = [element]
    return [*blocks, *above, actions(elements, block_id), *below]


def _fitting(text: str) -> str:
    return shortened(label(text), limits.BUTTON_LABEL)


def button_rows(buttons: Sequence[Button], name: str) -> list[Json]:
    """Buttons side by side, in as many rows as they need; each one's value is its callback."""
    labels = [label(one.label) for one in buttons]
    blocks: list[Json] = []
    if any(units(text) > limits.BUTTON_LABEL for text in labels):
        blocks = numbered(map(words, labels), ordered=True)
        labels = short_labels(labels)
    drawn = [
        button(text, f"{one.does} {name}.{n}", one.callback, one.style)
        for n, (one, text) in enumerate(zip(buttons, labels, strict=True))
    ]
    rows = range(0, len(drawn), limits.BUTTONS_IN_ROW)
    return blocks + [
        actions(drawn[row : row + limits.BUTTONS_IN_ROW], f"{name}.{row}") for row in rows
    ]
