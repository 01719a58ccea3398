"""Windows and home pages: messages and forms as views.

A view holds 100 blocks and 250 KB. What does not fit is given back, to be sent to the person as a
message: nothing is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.chat.message import Block, Field, Form, Heading, Message, Note, Part
from bot.chat.pieces import shortened, units
from bot.chat.platform import Rejected
from bot.platforms.slack import limits
from bot.platforms.slack.blocks import draw
from bot.platforms.slack.form import render_form
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.options import label
from bot.platforms.slack.rich_text import Json, paragraphs, plain_text, words
from bot.words import t

NOTE = "note"
"""How the block_ids begin of what says what was done just now."""

MOST_BLOCKS = limits.MODAL_BLOCKS - 2
MOST_BYTES = limits.MODAL_BYTES - 10_000
"""Room for a note, for that it goes on elsewhere, and for what Slack counts beside the blocks."""

_KEYS = ("type", "callback_id", "private_metadata", "title", "submit", "close", "blocks")


def view_of(what: Form | Message, origin: Origin, note: str = "") -> tuple[Json, Message | None]:
    """The window that shows it, and what did not fit. Raises Rejected for too long a form."""
    return _form_view(what, origin, note) if isinstance(what, Form) else _window(what, origin, note)


def home_view(message: Message, note: str = "") -> Json:
    """The app's home page. Whatever does not fit can be had by the page's own buttons."""
    blocks, rest = _fitting(message.blocks)
    if rest:
        blocks += paragraphs(words(t("There is more: press “My part”, or type /fivefold.")))
    return {"type": "home", "blocks": [*_noted(note), *(blocks or paragraphs(words("…")))]}


def said_view(sentence: str, title: str) -> Json:
    """A window that says one thing."""
    return _modal(title, Origin(), paragraphs(words(sentence)))


def with_note(view: Mapping[str, Any], note: str) -> Json:
    """A view as Slack sent it, with this note at its head. What people have typed in it stays."""
    blocks = [b for b in view["blocks"] if not str(b.get("block_id", "")).startswith(NOTE)]
    kept = {key: view[key] for key in _KEYS if view.get(key)}
    return {**kept, "blocks": [*_noted(note), *blocks]}


def first_input(view: Mapping[str, Any], field: str = "") -> str:
    """The block_id of the first input of a field, or of the first input at all; "" without any."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block["type"] == "input"]
    of_field = [id for id in inputs if id.partition(" ")[2] == field]
    return next(iter((*of_field, *inputs)), "")


def _form_view(form: Form, origin: Origin, note: str) -> tuple[Json, Message | None]:
    metadata = {"private_metadata": origin.asking(form.callback).encode()}
    rest = None
    try:
        view = _checked({**render_form(form), **metadata}, note)
    except Rejected:
        told = Note((t("This is long: I have sent you what is to be read as a message."),))
        texts = tuple(part for part in form.parts if not isinstance(part, Field))
        fields: tuple[Part, ...] = form.fields
        short = Form(form.title, form.callback, (told, *fields), form.submit)
        view = _checked({**render_form(short), **metadata}, note)
        rest = Message(form.title, texts, invites_replies=False)
    return view, rest


def _checked(view: Json, note: str) -> Json:
    """The form's view under the note, if both fit. Raises Rejected.

    A note always fits: what is wrong with a form can be said in it.
    """
    noted = {**view, "blocks": [*_noted(note), *view["blocks"]]}
    if len(view["blocks"]) > limits.MOST_IN_FORM or _size(noted) > MOST_BYTES:
        raise Rejected(t("This form is too long for a window in Slack; what is saved stays saved."))
    return noted


def _window(message: Message, origin: Origin, note: str) -> tuple[Json, Message | None]:
    above = paragraphs(words(message.summary, bold=True)) if _is_long(message.summary) else []
    blocks, rest = _fitting(_untitled(message), above)
    if rest:
        blocks += paragraphs(words(t("This goes on in your messages from me.")))
    view = _modal(message.summary, origin.asking(""), [*_noted(note), *blocks])
    return view, Message(message.summary, rest, invites_replies=False) if rest else None


def _untitled(message: Message) -> tuple[Block, ...]:
    """The blocks but for a heading that only says what the title or what is above says."""
    first = message.blocks[0] if message.blocks else None
    titled = isinstance(first, Heading) and first.text == message.summary
    return message.blocks[1:] if titled else message.blocks


def _fitting(
    blocks: Iterable[Block], above: Sequence[Json] = ()
) -> tuple[list[Json], tuple[Block, ...]]:
    """The blocks that fit into a view, drawn below what stands ``above``, and those that do not."""
    drawn = [*above]
    rest: list[Block] = []
    size = _size(drawn)
    for number, block in enumerate(blocks):
        pieces = draw(block, str(number))
        # Two lists are as long as both in one, where ", " stands in place of "][".
        size += _size(pieces)
        if rest or len(drawn) + len(pieces) > MOST_BLOCKS or size > MOST_BYTES:
            rest.append(block)
        else:
            drawn += pieces
    return drawn, tuple(rest)


def _modal(title: str, origin: Origin, blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": "shown",
        "private_metadata": origin.encode(),
        "title": plain_text(shortened(label(title), limits.MODAL_TITLE)),
        "close": plain_text(t("Close")),
        "blocks": blocks or paragraphs(words("…")),
    }


def _is_long(title: str) -> bool:
    return units(title) > limits.MODAL_TITLE


def _noted(note: str) -> list[Json]:
    if not note:
        return []
    if units(note) > limits.TEXT:
        pieces = paragraphs(words(note))
        return [{**piece, "block_id": f"{NOTE} {n}"} for n, piece in enumerate(pieces)]
    return [{"type": "context", "block_id": NOTE, "elements": [plain_text(note)]}]


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))
