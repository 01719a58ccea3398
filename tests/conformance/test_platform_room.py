"""The browser room keeps the port's promises, to people without JavaScript, too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.chat.address import Person, PostRef
from bot.platforms.room.adapter import person, place
from bot.storage.engine import Database
from tests.conformance.driving import Driver
from tests.conformance.platform import PlatformContract
from tests.conformance.postgres import Postgres
from tests.web.browser import Browser, Page
from tests.web.rooms import House, a_house, a_house_on


class RoomDriver(Driver):
    """People at browsers without JavaScript."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.platform = house.room
        self.ear = house.ear
        self.place = place("main")
        self.elsewhere = place("other")
        self._browsers: dict[Person, Browser] = {}
        self._answers: dict[Person, Page] = {}

    async def comes_in(self, name: str) -> Person:
        browser = await self.house.visitor(name)
        who = person(next(reversed(await self.house.room.board.people("main"))).id)
        self._browsers[who] = browser
        return who

    async def pick(
        self, person: Person, ref: PostRef, callback: str, options: tuple[str, ...] = ()
    ) -> None:
        page = await self._room(person)
        form = page.form(callback=callback, inside=f"post-{ref.id}")
        ticked = all(value not in options for _, _, value, _ in form.buttons)
        self._answers[person] = (
            await self._browsers[person].send(form, {"option": options})
            if ticked
            else await self._browsers[person].send(form, button=options[0])
        )

    async def open(self, person: Person, ref: PostRef, callback: str) -> None:
        page = await self._room(person)
        link = next(link for link in page.links if f"callback={callback}" in link.address)
        assert f"post-{ref.id}" in link.inside
        self._answers[person] = await self._browsers[person].get(link.address)

    async def submit(self, person: Person, fields: Mapping[str, tuple[str, ...]]) -> None:
        form = self._answers[person].form(ends="/form")
        filled = {f"f.{id}": values for id, values in fields.items()}
        self._answers[person] = await self._browsers[person].send(form, filled)

    async def reply(self, person: Person, ref: PostRef, text: str) -> None:
        form = (await self._room(person)).form(ends="/reply", inside=f"post-{ref.id}")
        self._answers[person] = await self._browsers[person].send(form, {"text": text})

    async def edit_reply(self, person: Person, reply: PostRef, text: str) -> None:
        form = (await self._room(person)).form(ends=f"/reply/{reply.id}/edit")
        self._answers[person] = await self._browsers[person].send(form, {"text": text})

    async def delete_reply(self, person: Person, reply: PostRef) -> None:
        form = (await self._room(person)).form(ends=f"/reply/{reply.id}/edit")
        self._answers[person] = await self._browsers[person].send(form, button="Take it back")

    async def command(self, person: Person, text: str) -> None:
        form = (await self._room(person)).form(ends="/say")
        self._answers[person] = await self._browsers[person].send(form, {"text": text})

    async def sees(self, person: Person) -> str:
        # An answer on a page of its own is read first; one that came with the room is that room.
        answer = self._answers.pop(person, None)
        here = answer is not None and any(form.action.endswith("/say") for form in answer.forms)
        if answer is not None and here:
            return answer.text
        if answer is not None:
            self._answers[person] = answer
        room = await self._room(person)
        return room.text + (answer.text if answer else "")

    async def _room(self, person: Person) -> Page:
        page = await self._browsers[person].get("/room/main")
        assert page.status == 200, page.text
        return page


@pytest.mark.postgres
class TestRoomPlatformOnPostgres(PlatformContract):
    """With PostgreSQL behind it."""

    @pytest.fixture
    async def driver(self, postgres: Postgres) -> AsyncIterator[Driver]:
        async with postgres.database() as url, a_house_on(Database(url)) as house:
            yield RoomDriver(house)


class TestRoomPlatform(PlatformContract):
    """On SQLite, through the web application."""

    @pytest.fixture
    async def driver(self, tmp_path: Path) -> AsyncIterator[Driver]:
        async with a_house(tmp_path) as house:
            yield RoomDriver(house)
