"""Templates and static files, gathered from the folders of whoever shows pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2s
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.words import t, tn

Parts = Mapping[str, Path]
"""Folders by name; in each stand ``templates`` and ``static``."""

PAGES: Parts = {"pages": Path(__file__).parent}


class Unavailable(Exception):
    """What a page needs cannot be reached just now; the text says so to people."""


def environment(parts: Parts = PAGES) -> Environment:
    """Templates of these folders and ours: escaping everything, and strict about names.

    In them ``asset("room/room.js")`` is the address of a static file, which changes with it.
    """
    folders = {**PAGES, **parts}
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(f / "templates") for f in folders.values()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @cache
    def asset(name: str) -> str:
        part, _, file = name.partition("/")
        content = (folders[part] / "static" / file).read_bytes()
        return f"/static/{name}?v={blake2s(content, digest_size=6).hexdigest()}"

    env.globals.update(t=t, tn=tn, asset=asset)
    return env


def page(env: Environment, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """A page that no cache may keep, for it is one person's."""
    html = env.get_template(template).render(values)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def static_mount(part: str, folder: Path) -> Mount:
    """The route of a folder's static files."""
    files = _Lasting(directory=folder / "static")
    return Mount(f"/static/{part}", files, name=f"static-{part}")


def is_fetch(request: Request) -> bool:
    """Whether the page's script asks, and wants a piece of a page instead of a whole one."""
    return request.headers.get("X-Requested-With") == "fetch"


class _Lasting(StaticFiles):
    """Static files that browsers keep for a year where the address names their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        lasting = b"v=" in scope["query_string"]
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if lasting else "no-cache"
        )
        return response
