"""The page to which the app's manifest leads for privacy and for terms."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.platforms.teams.config import TeamsConfig
from bot.words import t

ABOUT_PATH = "/teams/about"

_PAGES = "/static/pages"
"""Where the styles of all pages are; a page is served so that it may have none in itself."""


def about_route(config: TeamsConfig) -> Route:
    """Says what the app sees and keeps with what it is allowed, and who answers for it."""
    shown = _page("replies" in config.allow, urlsplit(config.public_url).netloc)

    async def about(request: Request) -> Response:
        return HTMLResponse(shown)

    return Route(ABOUT_PATH, about, methods=["GET"])


def keeps() -> tuple[str, ...]:
    """What the app keeps, in the sentences that this page, the manifest and the guide share: an
    admin reads them side by side."""
    return (
        t("It keeps answers to a lesson, with who gave them and when."),
        t("What is shown of an answer stands in Teams, too."),
        t(
            "Of what it posts on its own, such as a prompt or a reminder, it keeps a copy for no "
            "longer than 31 days after it last changed it."
        ),
        t(
            "Of what else is written to it, and of what it shows to whoever asked for it, it keeps "
            "nothing for longer than two days."
        ),
    )


def _page(replies: bool, host: str) -> str:
    sees = (
        t("It is sent every message in the channels of teams that it was added to.")
        if replies
        else t("In channels it is sent only what mentions it.")
    )
    privacy = (
        t("It can see who is in the teams that it was added to, and keeps their names and ids."),
        sees,
        t("It is sent what people write to it, and what they press and fill in on its cards."),
        *keeps(),
        t("Every prompt says who will see the answer, before you give it."),
        t("It asks nobody for a password."),
        t("“My part” shows you what you gave, and lets you change it or take it back."),
    )
    run = (
        t("This Fivefold, at {host}, is run by your own organisation.", host=host)
        if host
        else t("This Fivefold is run by your own organisation.")
    )
    terms = (
        run,
        t("The rules of your organisation hold here, too."),
        t("Ask those who run it for you how long answers are kept, and for yours."),
        t("It is free software under the Apache License 2.0, and comes without warranty."),
    )
    title = escape(t("Fivefold in Microsoft Teams"))
    kept, answers = escape(t("What it sees and keeps")), escape(t("Who answers for it"))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n"
        f'<link rel="icon" href="{_PAGES}/icon.svg" type="image/svg+xml">\n'
        f'<link rel="stylesheet" href="{_PAGES}/base.css">\n'
        f'<main class="narrow">\n<h1>{title}</h1>\n'
        f'<h2 id="privacy">{kept}</h2>\n{_listed(privacy)}'
        f'<h2 id="terms">{answers}</h2>\n{_listed(terms)}</main>\n'
    )


def _listed(sentences: tuple[str, ...]) -> str:
    return "<ul>\n" + "".join(f"<li>{escape(one)}</li>\n" for one in sentences) + "</ul>\n"
