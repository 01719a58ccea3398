"""The page to which the app's manifest leads for privacy and for terms."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.words import t

ABOUT_PATH = "/teams/about"


def about_route(allow: Collection[str]) -> Route:
    """Says what an app that is allowed this much sees and keeps, and who answers for it."""
    shown = _page("replies" in allow)

    async def about(request: Request) -> Response:
        return HTMLResponse(shown)

    return Route(ABOUT_PATH, about, methods=["GET"])


def _page(replies: bool) -> str:
    sees = (
        t("It is sent every message in the channels of teams that it was added to.")
        if replies
        else t("In channels it is sent only what mentions it.")
    )
    privacy = (
        t("It can see who is in the teams that it was added to, and keeps their names and ids."),
        sees,
        t("It is sent what people write to it, and what they press and fill in on its cards."),
        t("It keeps answers to a lesson, with who gave them and when."),
        t("Every prompt says who will see the answer, before you give it."),
        t("It keeps nothing else of what is written, and asks nobody for a password."),
        t("“My part” shows you what you gave, and lets you change it or take it back."),
    )
    terms = (
        t("Fivefold is run by your own organisation, whose rules hold here, too."),
        t("Ask those who run it for you how long answers are kept, and for yours."),
        t("It is free software under the Apache License 2.0, and comes without warranty."),
    )
    title = escape(t("Fivefold in Microsoft Teams"))
    kept, answers = escape(t("What it sees and keeps")), escape(t("Who answers for it"))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<h1>{title}</h1>\n"
        f'<h2 id="privacy">{kept}</h2>\n{_listed(privacy)}'
        f'<h2 id="terms">{answers}</h2>\n{_listed(terms)}'
    )


def _listed(sentences: tuple[str, ...]) -> str:
    return "<ul>\n" + "".join(f"<li>{escape(one)}</li>\n" for one in sentences) + "</ul>\n"
