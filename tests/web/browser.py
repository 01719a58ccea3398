"""A browser without JavaScript: it reads pages, fills in forms and keeps cookies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette

HOST = "http://room.test"


@dataclass
class PageForm:
    """A form as it stands on a page: where, with what in it, and with which buttons."""

    action: str
    method: str
    inside: tuple[str, ...]
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What the field holds."""
        return next((value for key, value in self.fields if key == name), "")


@dataclass
class PageLink:
    """A link as it stands on a page."""

    address: str
    inside: tuple[str, ...]
    text: str = ""


class Page(HTMLParser):
    """A page, read: all its text, forms and links."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.response = response
        self.forms: list[PageForm] = []
        self.links: list[PageLink] = []
        self.tags: list[str] = []
        self._ids: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._form: PageForm | None = None
        self._area: tuple[str, int] | None = None
        self._link: PageLink | None = None
        self._button: tuple[int, str, str, str] | None = None
        self.feed(response.text)
        self.close()

    @property
    def status(self) -> int:
        """The answer's code."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """Everything that can be read, as it is spaced in the page."""
        return "".join(self._text)

    def form(self, *, ends: str = "", callback: str = "", inside: str = "") -> PageForm:
        """The one form whose action ends so, that carries this callback, in this element."""
        found = [
            form
            for form in self.forms
            if form.action.partition("?")[0].endswith(ends)
            and callback in ("", form.value("callback"))
            and (not inside or inside in form.inside)
        ]
        assert found, f"no form {ends} {callback} in {inside or 'the page'}: {self.text}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in VOID:
            self._ids.append((tag, given.get("id", "")))
        inside = tuple(id for _, id in self._ids if id)
        match tag:
            case "form":
                self._form = PageForm(given.get("action", ""), given.get("method", "get"), inside)
                self.forms.append(self._form)
            case "input" if self._form and given.get("name"):
                ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
                if ticked:
                    self._form.fields.append((given["name"], given.get("value", "")))
            case "textarea" if self._form:
                self._area = (given.get("name", ""), len(self._text))
            case "button" if self._form:
                self._button = (
                    len(self._text),
                    given.get("name", ""),
                    given.get("value", ""),
                    given.get("formaction", ""),
                )
            case "a":
                self._link = PageLink(given.get("href", ""), inside)
                self.links.append(self._link)

    def handle_endtag(self, tag: str) -> None:
        while self._ids and self._ids.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area and self._form:
            name, start = self._area
            written = "".join(self._text[start:])
            self._form.fields.append((name, written.removeprefix("\n")))
            self._area = None
        elif tag == "button" and self._button and self._form:
            start, *rest = self._button
            label = "".join(self._text[start:]).strip()
            self._form.buttons.append((label, rest[0], rest[1], rest[2]))
            self._button = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if self._link:
            self._link.text += data


VOID = {"input", "meta", "link", "hr", "br", "rect", "img"}


class Browser:
    """One person's browser at an application."""

    def __init__(self, app: Starlette, *, https: bool = False) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=HOST.replace("http:", "https:") if https else HOST,
            follow_redirects=True,
        )

    async def get(self, path: str) -> Page:
        """The page there, after every redirect."""
        return Page(await self.client.get(path))

    async def post(
        self, path: str, fields: Iterable[tuple[str, str]], *, fetch: bool = False
    ) -> Page:
        """Post these fields there."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if fetch:
            headers["X-Requested-With"] = "fetch"
        body = urlencode(list(fields))
        return Page(await self.client.post(path, content=body, headers=headers))

    async def send(
        self,
        form: PageForm,
        fields: Mapping[str, str | tuple[str, ...]] | None = None,
        *,
        button: str = "",
        fetch: bool = False,
    ) -> Page:
        """Send the form with these fields filled in, by the button of this label or value."""
        filled = {
            name: (value,) if isinstance(value, str) else value
            for name, value in (fields or {}).items()
        }
        pairs = [(name, value) for name, value in form.fields if name not in filled]
        # Line breaks travel as CR LF, whatever was typed.
        pairs += [(n, v.replace("\n", "\r\n")) for n, values in filled.items() for v in values]
        action = form.action
        if button:
            _, name, value, other = next(b for b in form.buttons if button in (b[0], b[2]))
            pairs += [(name, value)] if name else []
            action = other or action
        return await self.post(action, pairs, fetch=fetch)

    async def enter(self, link: str, name: str) -> Page:
        """Come in by this link, under this name."""
        page = await self.get(link)
        return await self.send(page.form(ends=link.partition("?")[0]), {"name": name})
