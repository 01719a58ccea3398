"""Every message of a lesson as a platform would draw it, written into files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from bot.chat.message import Form, Message
from bot.chat.platform import Rejected
from bot.cli.errors import FAILED, CommandError, say
from bot.cli.lessons import LessonPath, filled, runnable
from bot.cli.pacing import PaceOption
from bot.facilitation.gallery import gallery
from bot.facilitation.pace import Pace
from bot.lessons.lesson import Lesson
from bot.lessons.script import PaceName

Files = Mapping[str, str]
"""The texts of the files that one message becomes, by the end of their names."""


class Look(StrEnum):
    """What the messages are drawn for."""

    text = "text"
    room = "room"
    slack = "slack"
    teams = "teams"


def preview(
    lesson: LessonPath,
    look: Annotated[Look, typer.Option("--as", help="What the messages are drawn for.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder for the files.")],
    pace: PaceOption = "live",
) -> None:
    """Write every message of a lesson, in every state, into a folder: as text, as pages of the
    room, or as the JSON that Slack (Block Kit) and Teams (Adaptive Cards) get. Beside the JSON for
    Slack stands a page with its picture, and an index of them all. In place of what the
    facilitator fills in stands what is asked for."""
    rule = Pace() if pace == "daily" else None
    shown = _shown(runnable(lesson), "async" if rule else "live")
    named = gallery(shown, rule)
    draw = _RENDERERS[look]()
    pictures: list[str] = []
    written = refused = 0
    _make(out)
    for number, (name, what) in enumerate(named, 1):
        stem = f"{number:0{max(2, len(str(len(named))))}}-{_file_name(name)}"
        try:
            files = draw(what)
        except Rejected as error:
            say(f"{stem}: {error}")
            refused += 1
            continue
        for ending, text in files.items():
            _write(out / f"{stem}{ending}", text)
            written += 1
            if look is Look.slack and ending.endswith(".html"):
                pictures.append(f"{stem}{ending}")
    if look is Look.slack:
        _write(out / "index.html", _index(shown.plan.title, pictures))
        written += 1
    if look is Look.room:
        for sheet in _stylesheets():
            _write(out / sheet.name, sheet.read_text(encoding="utf-8"))
            written += 1
    typer.echo(f"{written} files in {out}")
    if refused:
        raise typer.Exit(FAILED)


def _shown(lesson: Lesson, pace: PaceName) -> Lesson:
    """The lesson as it is in this pace, with the labels of its places standing in them."""
    return filled(lesson.for_pace(pace), dict(lesson.script.places), pace)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> CommandError:
    why = (error.strerror or "it is refused").lower()
    return CommandError(f"{path} cannot be written ({why}): choose another folder with --out.")


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.\[\]-]+", "-", name)[:100]


# One renderer for each look. Their packages are imported only where they are asked for.

Renderer = Callable[[Message | Form], Files]


def _text() -> Renderer:
    from bot.chat.plain import plain

    return lambda what: {".txt": f"{plain(what)}\n"}


def _slack() -> Renderer:
    from bot.platforms.slack.blocks import render_message
    from bot.platforms.slack.form import render_form
    from bot.platforms.slack.picture import page

    def draw(what: Message | Form) -> Files:
        parts = (render_form(what),) if isinstance(what, Form) else render_message(what)
        return {**_json(parts), **_numbered(".html", map(page, parts))}

    return draw


def _index(title: str, pages: Sequence[str]) -> str:
    """A page that leads to the pictures, in order."""
    from markupsafe import Markup

    item = Markup('<li><a href="{}">{}</a></li>')
    items = Markup("\n").join(item.format(quote(name), name[: -len(".html")]) for name in pages)
    body = Markup("<h1>{}</h1>\n<ul>\n{}\n</ul>").format(title, items)
    return str(Markup(_PAGE).format(title=title, links="", body=body))


def _teams() -> Renderer:
    from bot.platforms.teams.card import render_form, render_message

    return lambda what: _json(
        (render_form(what),) if isinstance(what, Form) else render_message(what)
    )


def _json(parts: tuple[Mapping[str, object], ...]) -> Files:
    return _numbered(".json", (f"{json.dumps(part, indent=2)}\n" for part in parts))


def _numbered(ending: str, parts: Iterable[str]) -> Files:
    """One file, or several where one message is so long that it is sent as several posts."""
    texts = list(parts)
    return {f"-{n}{ending}" if len(texts) > 1 else ending: text for n, text in enumerate(texts, 1)}


def _room() -> Renderer:
    from markupsafe import Markup

    from bot.platforms.room.draw import Controls, draw
    from bot.platforms.room.draw_form import draw_form

    # A preview leads nowhere: its buttons and forms stay on the page.
    controls = Controls("#", "", new_id=lambda: "preview")
    link = Markup('<link rel="stylesheet" href="{}">')
    links = Markup("\n").join(link.format(sheet.name) for sheet in _stylesheets())

    def page(what: Message | Form) -> Files:
        if isinstance(what, Form):
            title, body = what.title, draw_form(what, "", controls)
        else:
            title, body = what.summary, draw(what, controls)
        return {".html": str(Markup(_PAGE).format(title=title, links=links, body=body))}

    return page


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
{links}
</head>
<body>
<main class="columns">
<article class="post card">
{body}
</article>
</main>
</body>
</html>
"""

_RENDERERS: Mapping[Look, Callable[[], Renderer]] = {
    Look.text: _text,
    Look.room: _room,
    Look.slack: _slack,
    Look.teams: _teams,
}


def _stylesheets() -> tuple[Path, ...]:
    """The room's own style sheets, in the order in which its pages take them."""
    package = Path(__file__).parents[1]
    folders = (package / "pages" / "static", package / "platforms" / "room" / "static")
    return tuple(sheet for folder in folders for sheet in sorted(folder.glob("*.css")))
