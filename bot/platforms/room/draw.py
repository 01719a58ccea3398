"""Messages as HTML: one exhaustive match over the blocks.

Everything is escaped by `Markup.format`; nothing that a person or an author wrote is markup.
No style or script stands in the page itself, so that its policy can forbid both.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup, escape

from bot.chat.message import (
    Bar,
    Block,
    Button,
    Buttons,
    Choices,
    Deadline,
    Divider,
    Heading,
    Listing,
    Live,
    Message,
    Note,
    Option,
    People,
    Preformatted,
    Quote,
    Resource,
    Table,
    Tally,
    Text,
)
from bot.chat.plain import moment, percent
from bot.chat.text import Code, Emphasis, Inline, Line, Link, Strong, UserText, When, WhenStyle
from bot.words import t, tn

_OWN_PAGE = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
"""The path of a page of ours, and of nobody else's, however a browser reads it."""

_FEW = 2
"""Buttons side by side that are not yet a crowd."""


def new_event_id() -> str:
    """An id that nobody else draws: what is posted with it twice is the same event."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True, slots=True)
class Controls:
    """What the controls on one person's page carry besides their callback.

    ``base`` is the path of the room, ``post`` the post that they stand in, ``thread`` the thread
    that the post stands in; ``private`` says that this person alone sees it.
    """

    base: str
    csrf: str
    post: str = ""
    thread: str = ""
    private: bool = False
    new_id: Callable[[], str] = new_event_id


def draw(message: Message, controls: Controls) -> Markup:
    """A message's blocks, in order."""
    return Markup("\n").join(_block(block, controls) for block in message.blocks)


def moment_tag(at: datetime, style: WhenStyle = "time") -> Markup:
    """A moment: in UTC as it stands, in the reader's own zone once the page's script ran."""
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(), style, moment(at, style)
    )


def said(text: UserText) -> Markup:
    """A person's words, kept apart from what stands around them, whichever way they are read."""
    return Markup('<bdi class="said">{}</bdi>').format(verbatim(text.text))


def verbatim(text: str) -> Markup:
    """Escaped; a lone CR stays one, and NUL, which no page can hold, is shown as its sign."""
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "␀"))


def inline(part: Inline) -> Markup:
    """One part of a line."""
    match part:
        case str():
            return escape(part)
        case UserText():
            return said(part)
        case Strong(text):
            return Markup("<strong>{}</strong>").format(text)
        case Emphasis(text):
            return Markup("<em>{}</em>").format(text)
        case Code(text):
            return Markup("<code>{}</code>").format(text)
        case Link(text, url):
            return link(text, url)
        case When(at, style):
            return moment_tag(at, style)
        case _:
            assert_never(part)


def line(parts: Line) -> Markup:
    """A line; a newline in it is a line break, by the style sheet."""
    return Markup("").join(inline(part) for part in parts)


def link(text: str, url: str) -> Markup:
    """A link to the web; an address of any other kind is shown and leads nowhere."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(text) if text == url else Markup("{} ({})").format(text, url)
    return Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>').format(url, text)


def _own_link(text: str, path: str) -> Markup:
    return Markup('<a href="{}" target="_blank">{}</a>').format(path, text)


def _each(pattern: str, items: Iterable[object]) -> Markup:
    return Markup("").join(Markup(pattern).format(item) for item in items)


def _block(block: Block, controls: Controls) -> Markup:
    match block:
        case Heading() | Text() | Note() | Listing() | Preformatted() | Table() | Quote():
            return text_block(block)
        case Divider():
            return Markup("<hr>")
        case Choices():
            return _choices(block, controls)
        case Tally(label, bars, people):
            answered = tn("{count} answered", "{count} answered", people)
            return Markup(
                '<figure class="tally"><figcaption>{} <span class="aside">{}</span></figcaption>'
                "<ul>{}</ul></figure>"
            ).format(label, answered, Markup("").join(_bar(bar, people) for bar in bars))
        case Deadline(at, state):
            words = {
                "open": t("Open until"),
                "closed": t("Closed"),
                "moved": t("Moved to"),
            }
            return Markup('<p class="deadline {}"><span>{}</span> {}</p>').format(
                state, words[state], moment_tag(at, "date_time")
            )
        case People(label, names):
            return Markup('<div class="people"><p>{}</p><ul>{}</ul></div>').format(
                label, _each("<li>{}</li>", map(said, names))
            )
        case Buttons(buttons):
            drawn = Markup("").join(_button(button, controls) for button in buttons)
            return Markup('<div class="buttons{}">{}</div>').format(_crowd(buttons), drawn)
        case Resource(label, url, detail):
            more = Markup(' <span class="aside">{}</span>').format(detail) if detail else ""
            drawn = _own_link(label, url) if _OWN_PAGE.fullmatch(url) else link(label, url)
            return Markup('<p class="resource">{}{}</p>').format(drawn, more)
        case Live(blocks):
            return Markup("\n").join(map(text_block, blocks))
        case _:
            assert_never(block)


def text_block(
    block: Heading | Text | Note | Listing | Preformatted | Table | Quote | Divider,
) -> Markup:
    """A block that is only read, in a post or between the fields of a form."""
    match block:
        case Heading(text, level):
            return Markup("<h{0}>{1}</h{0}>").format(level + 1, text)
        case Text(parts):
            return Markup('<p class="text">{}</p>').format(line(parts))
        case Note(parts):
            return Markup('<p class="note">{}</p>').format(line(parts))
        case Listing(items, ordered):
            return Markup("<{0}>{1}</{0}>").format(
                "ol" if ordered else "ul", _each("<li>{}</li>", map(line, items))
            )
        case Preformatted(text):
            return Markup('<pre tabindex="0">\n{}</pre>').format(verbatim(text))
        case Table(columns, rows):
            return _table(columns, rows)
        case Quote(words, by):
            source = Markup("<figcaption>{}</figcaption>").format(said(by)) if by else ""
            return Markup('<figure class="quote"><blockquote>{}</blockquote>{}</figure>').format(
                said(words), source
            )
        case Divider():
            return Markup("<hr>")
        case _:
            assert_never(block)


def _table(columns: tuple[str, ...], rows: tuple[tuple[Line, ...], ...]) -> Markup:
    """A column without a title at the left holds the titles of the rows."""
    titled = bool(columns) and columns[0] == ""
    first = '<th scope="row">{}</th>' if titled else "<td>{}</td>"
    head = Markup("").join(
        Markup('<th scope="col">{}</th>' if title else "<td>{}</td>").format(title)
        for title in columns
    )
    body = (
        _each(first, map(line, row[:1])) + _each("<td>{}</td>", map(line, row[1:])) for row in rows
    )
    return Markup(
        '<div class="table" role="region" tabindex="0" aria-label="{}">'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(
        t("Table: {columns}", columns=", ".join(filter(None, columns))),
        head,
        _each("<tr>{}</tr>", body),
    )


def hidden(callback: str, controls: Controls) -> Markup:
    """The fields that every posted control carries and nobody sees."""
    fields = {
        "csrf": controls.csrf,
        "event": controls.new_id(),
        "callback": callback,
        **_where(controls),
    }
    return Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in fields.items()
        if value
    )


def _where(controls: Controls) -> dict[str, str]:
    return {
        "post": controls.post,
        "thread": controls.thread,
        "private": "1" if controls.private else "",
    }


def option_label(option: Option) -> Markup:
    """An option's label, with what explains it."""
    if not option.detail:
        return Markup("<span>{}</span>").format(option.label)
    return Markup('<span>{} <span class="aside">{}</span></span>').format(
        option.label, option.detail
    )


def _choices(choices: Choices, controls: Controls) -> Markup:
    if choices.multiple:
        pattern = '<label class="tick"><input type="checkbox" name="option" value="{}"> {}</label>'
        send = Markup('<button class="primary">{}</button>').format(choices.submit)
    else:
        pattern = '<button class="option" name="option" value="{}">{}</button>'
        send = Markup("")
    options = Markup("").join(
        Markup(pattern).format(option.id, option_label(option)) for option in choices.options
    )
    return Markup(
        '<form class="choices" method="post" action="{}/act" data-live>{}'
        "<fieldset><legend>{}</legend>{}</fieldset>{}</form>"
    ).format(controls.base, hidden(choices.callback, controls), choices.label, options, send)


def _crowd(buttons: Iterable[Button]) -> str:
    """Several things to look into are a list; they do not compete with what is asked."""
    calm = [button.does == "open" and button.style == "plain" for button in buttons]
    return " shelf" if len(calm) > _FEW and all(calm) else ""


def _button(button: Button, controls: Controls) -> Markup:
    if button.does == "open":
        where = {name: value for name, value in _where(controls).items() if value}
        query = {"callback": button.callback, **where}
        return Markup('<a class="button {}" href="{}/form?{}" data-opens>{}</a>').format(
            button.style, controls.base, urlencode(query), button.label
        )
    return Markup(
        '<form method="post" action="{}/act" data-live>{}<button class="{}">{}</button></form>'
    ).format(controls.base, hidden(button.callback, controls), button.style, button.label)


def _bar(bar: Bar, people: int) -> Markup:
    share = percent(bar.count, people)
    return Markup(
        '<li><span class="bar-label">{}</span> <span class="bar-count">{} ({}%)</span>'
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="4"/>'
        '<rect class="fill" width="{}" height="4"/></svg></li>'
    ).format(inline(bar.label), bar.count, share, min(share, 100))
