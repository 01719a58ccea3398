"""Who gets what: every route, for everybody who may ask. A new route needs a row here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from starlette.routing import Mount, Route

from bot.chat.message import Form, TextField
from bot.chat.text import UserText
from bot.platforms.room.adapter import FACILITATOR, person, place
from bot.platforms.room.clock_hand import ClockFace
from bot.platforms.room.draw_form import seal_form
from tests.conformance.driving import ASKING, HELLO
from tests.web.browser import Browser
from tests.web.rooms import START, House, a_house

Role = Literal["nobody", "learner", "facilitator", "stranger"]
ROLES: tuple[Role, ...] = ("nobody", "learner", "facilitator", "stranger")

# What each of them gets in the room `main`: a stranger is a learner of another room,
# and the reply that is edited and deleted is the learner's.
MATRIX: dict[tuple[str, str], tuple[int, int, int, int]] = {
    ("GET", "/healthz"): (200, 200, 200, 200),
    ("GET", "/static/pages"): (200, 200, 200, 200),
    ("GET", "/static/room"): (200, 200, 200, 200),
    ("GET", "/"): (200, 200, 200, 200),
    ("GET", "/room/{channel}/enter"): (200, 200, 200, 200),
    ("GET", "/room/{channel}/enter/{token}"): (200, 200, 200, 200),
    ("POST", "/room/{channel}/enter/{token}"): (403, 303, 303, 303),
    ("GET", "/room/{channel}"): (303, 200, 200, 404),
    ("GET", "/room/{channel}/changes"): (303, 200, 200, 404),
    ("GET", "/room/{channel}/events"): (303, 200, 200, 404),
    ("GET", "/room/{channel}/part"): (303, 303, 303, 404),
    ("GET", "/room/{channel}/form"): (303, 303, 303, 404),
    ("POST", "/room/{channel}/form"): (403, 303, 303, 404),
    ("POST", "/room/{channel}/act"): (403, 303, 303, 404),
    ("POST", "/room/{channel}/say"): (403, 303, 303, 404),
    ("POST", "/room/{channel}/reply"): (403, 303, 303, 404),
    ("POST", "/room/{channel}/reply/{reply}/edit"): (403, 303, 404, 404),
    ("POST", "/room/{channel}/reply/{reply}/delete"): (403, 303, 404, 404),
    ("POST", "/room/{channel}/clock/{turn}"): (403, 303, 303, 404),
    ("POST", "/room/{channel}/leave"): (403, 303, 303, 404),
}
STATIC = {"/static/pages": "/static/pages/base.css", "/static/room": "/static/room/room.css"}
FORM = Form("Words", "f.words.o1...", (TextField("why", "Why?"),))


class StoppedHand:
    """A clock that nobody can turn."""

    def describe(self) -> ClockFace:
        return ClockFace(datetime.fromisoformat(START.isoformat()), 1, True)

    def stop(self) -> None: ...
    def go(self) -> None: ...
    def slower(self) -> None: ...
    def faster(self) -> None: ...
    async def next_cue(self) -> None: ...


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path, clock_hand=StoppedHand()) as made:
        # Streams are to end at once.
        made.room.bell.close()
        yield made


def test_every_route_has_a_row(house: House) -> None:
    served = set()
    for route in house.app.routes:
        if isinstance(route, Mount):
            served.add(("GET", route.path))
        else:
            assert isinstance(route, Route)
            served |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
    assert served == set(MATRIX)


async def visit(house: House, role: Role) -> tuple[Browser, dict[str, str]]:
    """A browser of this role, and what it can put into a form without help."""
    channel, link_for = {
        "nobody": ("", None),
        "learner": ("main", None),
        "facilitator": ("main", FACILITATOR),
        "stranger": ("other", None),
    }[role]
    if not channel:
        return house.browser(), {"csrf": "guessed", "event": "e"}
    browser = await house.visitor(role, channel, link_for)
    who = await house.person(role, channel)
    page = await browser.get(f"/room/{channel}")
    return browser, {
        "csrf": page.form(ends="/say").value("csrf"),
        "event": "e",
        "form": seal_form(house.room.signer, FORM, who.id),
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), MATRIX, ids=" ".join)
async def test_each_role_gets_what_the_matrix_says(
    house: House, role: Role, method: str, path: str
) -> None:
    root = await house.room.post(
        (await house.room.open_channel("main", "The main room")), ASKING, key="k1"
    )
    learner, fields = await visit(house, "learner")
    said = {**fields, "post": root.id, "text": "Mine."}
    await learner.post("/room/main/reply", said.items())
    reply = (await house.room.board.posts("main"))[-1].id
    browser, fields = (learner, fields) if role == "learner" else await visit(house, role)
    token = house.room.entry_link("main").rpartition("/")[2]
    address = STATIC.get(path, path).format(channel="main", token=token, reply=reply, turn="stop")
    given = {
        **fields,
        "name": role,
        "text": "Words.",
        "post": root.id,
        "f.why": "So.",
        "event": "2",
    }

    browser.client.follow_redirects = False
    answer = (
        await browser.get(address)
        if method == "GET"
        else await browser.post(address, given.items())
    )

    assert answer.status == MATRIX[method, path][ROLES.index(role)], answer.text


async def test_a_room_of_others_and_no_room_at_all_get_the_same_answer(house: House) -> None:
    browser = await house.visitor("Ada")
    foreign, missing = await browser.get("/room/other"), await browser.get("/room/nothing")
    assert foreign.status == missing.status == 404
    assert foreign.response.content == missing.response.content
    stranger = house.browser()
    there, nowhere = await stranger.get("/room/main"), await stranger.get("/room/nothing")
    assert there.response.content == nowhere.response.content


async def test_a_form_made_for_one_person_is_worth_nothing_to_another(house: House) -> None:
    ada, _ = await visit(house, "learner")
    _, theirs = await visit(house, "facilitator")
    mine = (await ada.get("/room/main")).form(ends="/say").value("csrf")
    answer = await ada.post("/room/main/form", {**theirs, "csrf": mine, "f.why": "So."}.items())
    assert answer.status == 404
    assert "FormSubmitted" not in {type(event).__name__ for event in house.ear.events}


async def test_a_private_message_is_in_nobody_elses_page_or_changes(house: House) -> None:
    ada, bo = await house.visitor("Ada"), await house.visitor("Bo")
    await house.room.post(await house.person("Ada"), HELLO, key="k1")
    for path in ("/room/main", "/room/main/changes?since=0.0"):
        assert "Hello, all." in (await ada.get(path)).text
        assert "Hello, all." not in (await bo.get(path)).text


async def test_whoever_is_in_another_room_goes_in_without_a_link(house: House) -> None:
    ada, bo = await house.visitor("Ada"), await house.visitor("Bo")
    place = await house.room.open_channel("other", "Another room")
    await house.room.board.join(place.channel, (await house.person("Ada")).id, UserText("Ada"))
    assert (await ada.get(f"/room/{place.channel}")).status == 200
    assert (await bo.get(f"/room/{place.channel}")).status == 404
    assert await house.room.members(place) != ()
    assert person("nobody") not in {m.person for m in await house.room.members(place)}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://room.test"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://room.test.evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "http://room.test"}, 200),
        ({"Origin": "https://room.example", "X-Forwarded-Host": "room.example"}, 200),
    ],
)
async def test_what_a_page_of_others_sends_is_not_heard_even_with_a_token(
    house: House, headers: dict[str, str], status: int
) -> None:
    await house.room.post(place("main"), ASKING, key="k1")
    ada = await house.visitor("Ada")
    form = (await ada.get("/room/main")).form(callback="f.done.o1...")
    heard = len(house.ear.events)
    ada.client.headers.update(headers)
    assert (await ada.send(form)).status == status
    assert len(house.ear.events) - heard == (status == 200)
