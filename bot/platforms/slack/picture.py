"""Pictures of what Slack is sent: a page of HTML from the payload itself, for previews.

Nothing on a page can be sent, fetched or pressed; a link leads on, and a menu unfolds.
Whatever the renderers do not emit has no picture and raises ValueError, so that the pictures can
never fall behind them unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

from markupsafe import Markup, escape

from bot.platforms.slack.picture_controls import all_of, control, no_picture, plain
from bot.platforms.slack.rich_text import Json

_BAR = re.compile("([█░]+)")


def page(payload: Json) -> str:
    """A whole page that shows a payload of ``chat.postMessage``, or a view (modal or home).

    It stands alone, light or dark as the reader's screen is, wide or narrow. Moments are told in
    UTC. Raises ValueError for what has no picture.
    """
    match payload:
        case {"type": "modal" | "home"}:
            title, body = _view(payload)
        case {"text": text, "blocks": blocks}:
            # The one text of a payload that is escaped already.
            title = unescape(text)
            body = _MESSAGE.format(blocks=all_of(map(_block, blocks)), text=title)
        case _:
            raise ValueError(f"Slack payload without a picture: {sorted(payload)}")
    whole = _PAGE.format(title=title, style=_style(), body=body)
    # A parser would read a lone CR as a line feed, and no page can hold NUL.
    return str(whole).replace("\r", "&#13;").replace("\0", "␀")


_PAGE = Markup(
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
)
_MESSAGE = Markup(
    '<article class="message" aria-label="Message"><span class="icon" aria-hidden="true">5</span>'
    '<div class="said"><h1 class="by">Fivefold <small>APP</small></h1>\n{blocks}</div>'
    '</article>\n<p class="alert">In notifications: <span dir="auto">{text}</span></p>'
)
_MODAL = Markup(
    '<section class="modal" role="dialog" aria-labelledby="title"><header>'
    '<span class="icon" aria-hidden="true">5</span><h1 id="title" dir="auto">{title}</h1></header>'
    '\n<div class="said">{blocks}</div>\n<footer>{buttons}</footer></section>'
)
_HOME = Markup('<article class="said" aria-labelledby="title"><h1 id="title">Home</h1>{}</article>')


@cache
def _style() -> Markup:
    return Markup(Path(__file__).with_name("picture.css").read_text(encoding="utf-8"))


def _view(view: Json) -> tuple[str, Markup]:
    blocks = all_of(map(_block, view["blocks"]))
    if view["type"] == "home":
        return "Home", _HOME.format(blocks)
    # What Slack writes on the button where nothing is given.
    close = plain(view["close"]) if "close" in view else "Cancel"
    buttons = Markup('<button type="button" disabled>{}</button>').format(close)
    if "submit" in view:
        submit = Markup(' <button type="button" class="primary" disabled>{}</button>')
        buttons += submit.format(plain(view["submit"]))
    title = plain(view["title"])
    return title, _MODAL.format(title=title, blocks=blocks, buttons=buttons)


def _block(block: Json) -> Markup:
    match block["type"]:
        case "header":
            return Markup('<h2 dir="auto">{}</h2>').format(plain(block["text"]))
        case "divider":
            return Markup("<hr>")
        case "context":
            elements = Markup('<p class="context" dir="auto">{}</p>')
            return all_of(elements.format(plain(element)) for element in block["elements"])
        case "rich_text":
            return all_of(map(_part, block["elements"]))
        case "table":
            return _table(block["rows"])
        case "actions":
            return Markup('<div class="actions">{}</div>').format(
                all_of(map(control, block["elements"]))
            )
        case "input":
            return _input(block)
        case _:
            raise no_picture("block", block)


def _part(part: Json) -> Markup:
    """A part of a rich text block."""
    match part["type"]:
        case "rich_text_section":
            shape = '<p dir="auto">{}</p>'
        case "rich_text_quote":
            shape = '<blockquote dir="auto">{}</blockquote>'
        case "rich_text_preformatted":
            # The parser drops the first newline after the tag.
            shape = '<pre dir="auto" tabindex="0">\n{}</pre>'
        case "rich_text_list":
            return _list(part)
        case _:
            raise no_picture("rich text", part)
    return Markup(shape).format(_runs(part["elements"]))


def _list(part: Json) -> Markup:
    item = Markup('<li dir="auto">{}</li>')
    items = all_of((item.format(_runs(one["elements"])) for one in part["elements"]), "")
    if part["style"] == "ordered":
        return Markup('<ol start="{}">{}</ol>').format(part.get("offset", 0) + 1, items)
    return Markup("<ul>{}</ul>").format(items)


def _runs(runs: Iterable[Json]) -> Markup:
    return all_of(map(_run, runs), "")


_STYLES = {"bold": "strong", "italic": "em", "code": "code"}


def _run(run: Json) -> Markup:
    """An element inside a line."""
    match run:
        case {"type": "text", "text": text} if run.get("style", {}).keys() <= _STYLES.keys():
            drawn = _barred(text)
            for style in run.get("style", {}):
                drawn = Markup("<{0}>{1}</{0}>").format(Markup(_STYLES[style]), drawn)
            return drawn
        case {"type": "link", "url": str(url), "text": text} if _is_web(url):
            link = Markup('<a href="{}" rel="noopener noreferrer">{}</a>')
            return link.format(url, text)
        case {"type": "date", "timestamp": at, "format": shape, "fallback": fallback}:
            moment = datetime.fromtimestamp(at, UTC)
            tag = Markup('<time datetime="{}" title="{}">{}</time>')
            return tag.format(moment.isoformat(), fallback, _told(moment, shape))
        case _:
            raise no_picture("rich text element", run)


def _told(moment: datetime, shape: str) -> str:
    """The moment in this format of Slack's."""
    day = f"{moment:%A}, {moment.day} {moment:%B %Y}"
    told = shape.replace("{date_long}", day).replace("{time}", f"{moment:%H:%M} UTC")
    if "{" in told:
        raise ValueError(f"Slack date format without a picture: {shape}")
    return told


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def _barred(text: str) -> Markup:
    """Text whose bars are for the eye alone; the numbers beside them say the same."""
    bar = Markup('<span class="bar" aria-hidden="true">{}</span>')
    pieces = enumerate(_BAR.split(text))
    return all_of((bar.format(piece) if n % 2 else escape(piece) for n, piece in pieces), "")


def _table(rows: list[list[Json]]) -> Markup:
    def cells(row: list[Json], tag: Markup) -> Markup:
        shape = Markup("<{0}>{1}</{0}>")
        return all_of((shape.format(tag, _block(cell)) for cell in row), "")

    head, *body = rows
    lines = all_of(Markup("<tr>{}</tr>").format(cells(row, Markup("td"))) for row in body)
    return Markup(
        '<div class="wide" role="region" aria-label="{}" tabindex="0"><table>'
        "<thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>"
    ).format("Table", cells(head, Markup("th")), lines)


def _input(block: Json) -> Markup:
    optional = "(optional)" if block["optional"] else ""
    label = Markup('<span class="label">{} <small>{}</small></span>').format(
        plain(block["label"]), optional
    )
    hint = Markup("")
    if "hint" in block:
        hint = Markup('<small class="hint">{}</small>').format(plain(block["hint"]))
    element = block["element"]
    # A label belongs to one control; what holds several is a group with a legend.
    one = element["type"] in ("plain_text_input", "datepicker", "timepicker")
    shape = (
        '<label class="field" dir="auto">{}{}{}</label>'
        if one
        else '<fieldset class="field" dir="auto"><legend>{}</legend>{}{}</fieldset>'
    )
    return Markup(shape).format(label, control(element), hint)
