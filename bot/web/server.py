"""The web application and its server."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.failing import WhereAlone
from bot.pages.parts import PAGES, Unavailable, environment, is_fetch, page, static_mount
from bot.web.headers import SecurityHeaders, security_headers
from bot.words import t

_UNFORESEEN = WhereAlone()

STREAMS_END_WITHIN = 5
"""Seconds that a server going down waits for its open answers."""


class PortInUse(Exception):
    """Something else listens there already; the text says so to people."""


def build_web(routes: Sequence[BaseRoute], *, https: bool = False) -> Starlette:
    """The application with these routes, error pages, static files and ``/healthz``.

    ``https`` says that people come over TLS and shall keep to it.
    """

    async def broken(request: Request, error: Exception) -> Response:
        response = _error(
            request, 500, t("That did not work, and we do not know why: go back and try again.")
        )
        # This one is made outside of every middleware.
        response.headers.update(security_headers(https=https))
        return response

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            static_mount("pages", PAGES["pages"]),
            *routes,
        ],
        middleware=[Middleware(SecurityHeaders, https=https)],
        exception_handlers={
            HTTPException: _refused,
            Unavailable: _unavailable,
            Exception: broken,
        },
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any free one. Raises PortInUse or OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, asyncio sends small answers at once; else each may wait 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if isinstance(error, PermissionError):
            why = t(
                "Port {port} needs rights that this user does not have: choose one above 1023.",
                port=port,
            )
            raise PortInUse(why) from error
        raise PortInUse(
            t("Port {port} is in use: stop what listens there, or choose another.", port=port)
        ) from error
    return listening


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Unlike uvicorn's own, these signals are not raised once more when the server is down:
        # whoever serves has other things to bring to an end.
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams never end by themselves, and uvicorn waits for them.
        self._stopping()
        await super().shutdown(sockets)


async def serve(
    app: Starlette,
    host: str,
    port: int,
    sockets: Sequence[socket.socket] = (),
    *,
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM or cancelled), on ``sockets`` if given.

    For the main thread: after a signal it returns, and what comes after it still happens.
    ``stopping`` is called when the server goes down, to end what streams.
    Raises PortInUse. Nothing of a request is logged: addresses hold secrets, and what fails may
    quote what somebody wrote.
    """
    logging.getLogger("uvicorn.error").addFilter(_UNFORESEEN)
    listening = list(sockets) or [listen(host, port)]
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=STREAMS_END_WITHIN,
    )
    server = _Server(config, stopping)
    try:
        await server.serve(sockets=listening)
    except asyncio.CancelledError:
        if server.started:
            await server.shutdown(listening)
        raise


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


_ENV = environment()


def _error(request: Request, status: int, sentence: str) -> Response:
    if is_fetch(request):
        answer = _ENV.from_string('<p class="answer not-saved">{{ sentence }}</p>')
        return HTMLResponse(answer.render(sentence=sentence), status, {"X-Answer": "failed"})
    titles = {
        403: t("That was not accepted"),
        404: t("There is nothing here"),
        413: t("That was too much at once"),
        500: t("Something went wrong"),
        503: t("Not possible just now"),
    }
    title = titles.get(status, HTTPStatus(status).phrase)
    return page(_ENV, "error.html", status, title=title, sentence=sentence)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    said = {
        404: t(
            "This page does not exist, or it is not for you: check the link that you were given."
        ),
        405: t("This page cannot be used like that: go back and try again."),
    }
    sentence = said.get(error.status_code, error.detail)
    response = _error(request, error.status_code, sentence)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _unavailable(request: Request, error: Exception) -> Response:
    return _error(
        request, 503, t("This could not be read or saved just now: try again in a moment.")
    )
