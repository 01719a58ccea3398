"""The author's Markdown as HTML, for the page: no element but those named here, nothing left out.

Learners' words never come this way; the template escapes them as they are.
"""

from __future__ import annotations

from typing import assert_never

from markupsafe import Markup, escape

from bot.chat.message import Divider, Heading, Listing, Preformatted, Table, Text
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong, UserText, When
from bot.evidence.moments import utc
from bot.evidence.reading import visible
from bot.lessons.prose import Prose, prose


def prose_html(markdown: str) -> Markup:
    """The text as block elements. Its headings are paragraphs, so that the page's stay in order."""
    return Markup("\n").join(_block(block) for block in prose(visible(markdown)))


def _block(block: Prose) -> Markup:
    match block:
        case Heading(text):
            return Markup('<p class="heading"><strong>{}</strong></p>').format(text)
        case Text(line):
            return Markup("<p>{}</p>").format(_line(line))
        case Listing(items, ordered):
            tag = Markup("ol" if ordered else "ul")
            inside = Markup("").join(Markup("<li>{}</li>").format(_line(item)) for item in items)
            return Markup("<{0}>{1}</{0}>").format(tag, inside)
        case Preformatted(text):
            # The parser drops a line end that follows the tag, so one is put there to be dropped.
            return Markup("<pre>\n{}</pre>").format(text)
        case Table(columns, rows):
            head = Markup("").join(Markup('<th scope="col">{}</th>').format(c) for c in columns)
            body = Markup("").join(_row(row) for row in rows)
            table = "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
            return Markup(f'<div class="scroll" tabindex="0" role="group">{table}</div>').format(
                head, body
            )
        case Divider():
            return Markup("<hr>")
        case _:
            assert_never(block)


def _row(row: tuple[Line, ...]) -> Markup:
    cells = Markup("").join(Markup("<td>{}</td>").format(_line(cell)) for cell in row)
    return Markup("<tr>{}</tr>").format(cells)


def _line(line: Line) -> Markup:
    return Markup("").join(_inline(part) for part in line)


def _inline(part: Inline) -> Markup:
    match part:
        case str():
            return escape(part)
        case UserText(text):
            return Markup("<bdi>{}</bdi>").format(text)
        case Strong(text):
            return Markup("<strong>{}</strong>").format(text)
        case Emphasis(text):
            return Markup("<em>{}</em>").format(text)
        case Code(text):
            return Markup("<code>{}</code>").format(text)
        case Link(text, url):
            return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, text)
        case When(at):
            return escape(utc(at))
        case _:
            assert_never(part)
