"""Answers on their way back: a piece for the page's script, or a whole page without it.

Whatever was not taken stays in front of the person, in the form that they sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import Form, Message
from bot.pages.parts import is_fetch, page
from bot.pages.session import Sessions
from bot.pages.signing import Signer
from bot.platforms.room.draw import Controls, draw, new_event_id
from bot.platforms.room.draw_form import draw_form, seal_form
from bot.platforms.room.visitor import Visitor
from bot.words import t

LONGEST_FLASH = 800
"""Characters that a cookie carries to the next page; a longer answer gets a page of its own."""

Again = Callable[[Controls, Mapping[str, str]], Markup]
"""Draws what was sent, ready to be sent again, with errors beside its fields."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, by whom. ``wordy`` says that the person wrote something to do so."""

    request: Request
    visitor: Visitor
    controls: Controls
    again: Again
    event: str = ""
    wordy: bool = False

    @property
    def back(self) -> str:
        """The place on the page that it was asked from."""
        return self.controls.base + (f"#post-{self.controls.post}" if self.controls.post else "")


@dataclass(frozen=True, slots=True)
class Flash:
    """What the page after a redirect says, and at which post."""

    post: str = ""
    kind: str = ""
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Flash:
        """From what `Answering` put into the cookie; empty where that is empty."""
        return cls(*json.loads(text)) if text else cls()


class Answering:
    """Turns an `Answer` into what the browser gets."""

    def __init__(self, env: Environment, sessions: Sessions, signer: Signer) -> None:
        self._env = env
        self._sessions = sessions
        self._signer = signer

    def respond(self, asked: Asked, answer: Answer) -> Response:
        """The answer, for the one who asked."""
        again: Markup | None = None
        match answer:
            case Saved(note):
                kind, status, content = "saved", 200, sentence("saved", note)
            case Refused(why):
                kind, status, content = "refused", 422, sentence("refused", why)
                again = asked.again(asked.controls, {}) if asked.wordy else None
            case NotSaved(why):
                kind, status, content = "not-saved", 503, sentence("not-saved", why)
                # With the same id: should it have been saved after all, it is not saved twice.
                same = replace(asked.controls, new_id=lambda: asked.event)
                again = asked.again(same, {})
            case Show(what, note):
                shown = self.shown(asked.visitor, asked.controls, what)
                kind, status, content = "show", 200, sentence("saved", note) + shown
            case Correct(errors):
                kind, status = "correct", 422
                content = sentence("refused", t("Please look at what is marked below."))
                again = asked.again(asked.controls, errors)
            case _:
                assert_never(answer)
        if is_fetch(asked.request):
            headers = {"X-Answer": kind, "Cache-Control": "no-store"}
            if kind != "not-saved":
                headers["X-Event"] = new_event_id()
            piece = content + again if kind == "correct" and again else content
            return HTMLResponse(piece, status, headers)
        note = answer.note if isinstance(answer, Saved) else ""
        note = answer.why if isinstance(answer, Refused) and again is None else note
        if isinstance(answer, Saved | Refused) and again is None and len(note) <= LONGEST_FLASH:
            response: Response = RedirectResponse(asked.back, 303)
            if note:
                text = json.dumps([asked.controls.post, kind, note], ensure_ascii=False)
                self._sessions.flash(response, asked.visitor.session, text)
            return response
        return self.page(asked.visitor, asked.back, content + (again or Markup("")), status)

    def page(self, visitor: Visitor, back: str, content: Markup, status: int = 200) -> Response:
        """An answer on a page of its own, with the way back."""
        return page(self._env, "answer.html", status, visitor=visitor, back=back, content=content)

    def shown(self, visitor: Visitor, controls: Controls, what: Form | Message) -> Markup:
        """A form or message for this visitor's eyes."""
        match what:
            case Form():
                return draw_form(what, seal_form(self._signer, what, visitor.id), controls)
            case Message():
                return Markup('<div class="shown">{}</div>').format(draw(what, controls))
            case _:
                assert_never(what)


def sentence(kind: str, text: str) -> Markup:
    """An answer in one sentence; nothing where there is nothing to say."""
    if not text:
        return Markup("")
    return Markup('<p class="answer {}">{}</p>').format(kind, text)
