"""Draws the pictures of Slack: what is sent, as npm's ``slack-blocks-to-jsx`` shows it.

The window around a form is drawn here, because the package draws only what stands inside.
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup
from playwright.async_api import Browser

from bot.chat.address import Place
from bot.chat.message import Form, Message
from bot.cli.lessons import runnable
from bot.facilitation.gallery import START, gallery
from bot.facilitation.notices import RunScene, panel
from bot.facilitation.pace import Pace
from bot.facilitation.planning import plan_live
from bot.facilitation.seeing import name_of
from bot.facilitation.state import Opening, Run
from bot.facilitation.turnout import Turnout
from bot.lessons.lesson import Lesson
from bot.lessons.places import fill
from bot.platforms.slack.blocks import render_message
from bot.platforms.slack.form import render_form
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.views import view_of
from docs.pictures.lighten import lightened

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = ROOT / "tests" / "peers"
ICON = ROOT / "bot" / "pages" / "static" / "icon.svg"
LESSON = ROOT / "lesson_content" / "mlops-core-components"
Json = dict[str, Any]
Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A file's name, what stands in it one below the other, and the text to scroll a window to."""

    name: str
    payloads: tuple[Json, ...]
    theme: Theme = "light"
    at: str = ""


async def draw_slack(browser: Browser) -> None:
    """Draw them all."""
    shown = pictures()
    drawn, style = rendered([(p, payload) for p in shown for payload in p.payloads])
    page = await browser.new_page(
        viewport={"width": 640, "height": 400}, device_scale_factor=2, locale="en-GB"
    )
    palette = await browser.new_page()
    rest = iter(drawn)
    for one in shown:
        inside = [framed(payload, next(rest)) for payload in one.payloads]
        await page.emulate_media(color_scheme=one.theme)
        await page.set_content(
            _PAGE.format(style=style, theme=one.theme, body=Markup("\n").join(inside))
        )
        await page.evaluate("document.fonts.ready")
        await page.evaluate(_SCROLL, one.at)
        path = HERE / f"slack-{one.name}.png"
        png = await page.locator("#picture").screenshot(animations="disabled")
        path.write_bytes(await lightened(palette, png))
        print(path)  # noqa: T201


def pictures() -> tuple[Picture, ...]:
    """What is drawn: the main messages and forms of the lesson that the demo holds."""
    lesson = runnable(LESSON)
    live, daily = lesson.for_pace("live"), lesson.for_pace("async")
    said = dict(gallery(filled(live)))
    days = dict(gallery(filled(daily), Pace()))

    def sent(what: Message | Form) -> Json:
        [payload] = [render_form(what)] if isinstance(what, Form) else render_message(what)
        return payload

    return (
        Picture("welcome", (sent(said["welcome"]), sent(said["Engage.poll-open"]))),
        Picture("results", (sent(said["Engage.poll-closed"]),), "dark"),
        Picture("discussion", (sent(said["Engage.discussion-open"]),)),
        Picture("reflection", (sent(said["Evaluate.reflection-open-answer"]),), "dark"),
        Picture("review", (sent(said["Evaluate.peer_review-step-1"]),), at="How the four parts"),
        Picture("my-part", (view_of(said["my-part-given"], Origin())[0],)),
        Picture("panel", (sent(running_panel(filled(live))),)),
        Picture("day", (sent(days["day-2-open"]),)),
    )


def filled(lesson: Lesson) -> Lesson:
    """With the labels of its places standing in them."""
    return fill(lesson, dict(lesson.script.places))


def running_panel(lesson: Lesson) -> Message:
    """The panel in the middle of the first poll."""
    run = Run("preview", lesson, Place("slack", "T1", "C1"), (), "UTC", START)
    run = replace(run, status="running")
    cues = plan_live(run.id, lesson, START)
    poll = next(cue for cue in cues if cue.kind == "open" and cue.activity == "Engage.poll")
    close = next(cue for cue in cues if cue.kind == "close" and cue.activity == "Engage.poll")
    opening = Opening("preview-2-1", run.id, poll.activity, 1, poll.at, close.at)
    return panel(
        RunScene(
            run,
            [replace(cue, state="done") if cue.at <= poll.at else cue for cue in cues],
            (opening,),
            {opening.id: Turnout(17)},
            names={each.id: name_of(run, each.id) for each in lesson.script.activities()},
        )
    )


def rendered(payloads: Sequence[tuple[Picture, Json]]) -> tuple[list[Markup], Markup]:
    """The blocks of each payload as HTML, and the style sheet for them."""
    icon = b64encode(ICON.read_bytes()).decode()
    asked = [
        {
            "blocks": payload["blocks"],
            "name": "Fivefold",
            "logo": f"data:image/svg+xml;base64,{icon}",
            "time": START.isoformat(),
            "theme": picture.theme,
            "alone": payload.get("type") == "modal",
        }
        for picture, payload in payloads
    ]
    done = subprocess.run(
        ["node", HERE / "slack.mjs"],
        input=json.dumps(asked),
        cwd=PEERS,
        env={**os.environ, "TZ": "UTC"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    answer = json.loads(done.stdout)
    return [Markup(html) for html in answer["drawn"]], Markup(answer["style"])


def framed(payload: Json, inside: Markup) -> Markup:
    """A message as it is, a form in its window."""
    if payload.get("type") != "modal":
        return Markup('<div class="message">{}</div>').format(inside)
    return Markup(
        '<div class="window"><header>{}</header><div class="inside">{}</div>{}</div>'
    ).format(payload["title"]["text"], inside, _footer(payload))


def _footer(view: Json) -> Markup:
    if "submit" not in view:
        return Markup("<footer><i>{}</i></footer>").format(view["close"]["text"])
    return Markup("<footer><i>Cancel</i><b>{}</b></footer>").format(view["submit"]["text"])


_SCROLL = """at => {
  const inside = document.querySelector(".inside");
  const found = at && [...inside.querySelectorAll("h3")].find(h => h.innerText.startsWith(at));
  if (found) inside.scrollTop += found.getBoundingClientRect().top
    - inside.getBoundingClientRect().top - 16;
}"""
_PAGE = Markup(
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<style>
{style}
:root {{ color-scheme: {theme}; }}
body {{ margin: 0; background: light-dark(#fff, #1a1d21); }}
#picture {{ background: light-dark(#fff, #1a1d21); padding: 16px; width: 640px;
  box-sizing: border-box; font-family: "Liberation Sans", sans-serif;
  color: light-dark(#1d1c1d, #d1d2d3); }}
.message + .message {{ margin-top: 20px; }}
.window {{ width: 520px; margin: 0 auto; border: 1px solid light-dark(#d9d8da, #45484c);
  border-radius: 10px; }}
.window header {{ padding: 16px 20px; border-bottom: 1px solid light-dark(#d9d8da, #45484c);
  font-size: 20px; font-weight: 700; }}
.window .inside {{ padding: 12px 20px; max-height: 720px; overflow: hidden; }}
.window footer {{ display: flex; justify-content: end; gap: 8px; padding: 14px 20px;
  border-top: 1px solid light-dark(#d9d8da, #45484c); font-size: 15px; }}
.window footer > * {{ padding: 6px 14px; border: 1px solid light-dark(#bbb, #61656a);
  border-radius: 4px; font-style: normal; font-weight: 700; }}
.window footer b {{ background: #007a5a; border-color: #007a5a; color: #fff; }}
</style>
</head>
<body><div id="picture">
{body}
</div></body>
</html>
"""
)
