"""Coming into a room and going out of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from bot.chat.answer import NotSaved, Refused
from bot.chat.event import Joined, Left
from bot.chat.text import UserText
from bot.platforms.room.adapter import FACILITATOR
from bot.platforms.room.board import BoardUnavailable, Inhabitant
from tests.web.rooms import House, a_house


async def test_opening_a_link_does_nothing_however_often(house: House) -> None:
    browser = house.browser()
    link = house.room.entry_link("main")
    for _ in range(25):
        await browser.get(link)
        await browser.client.head(link)
    assert house.ear.events == []
    assert await house.room.board.people("main") == ()
    assert (await browser.get("/room/main")).response.url.path == "/room/main/enter"


async def test_the_cohorts_link_makes_everybody_somebody_else(house: House) -> None:
    await house.visitor("Ada")
    await house.visitor("Ada")
    first, second = house.ear.events
    assert isinstance(first, Joined)
    assert isinstance(second, Joined)
    assert first.who != second.who
    assert first.name == UserText("Ada")


async def test_who_comes_back_by_the_cohorts_link_stays_who_they_were(house: House) -> None:
    browser = await house.visitor("Ada")
    await browser.enter(house.room.entry_link("main"), "Ada")
    first, second = house.ear.events
    assert first.who == second.who
    assert [p.name for p in await house.room.board.people("main")] == [UserText("Ada")]


async def test_under_another_name_the_same_browser_brings_somebody_else(house: House) -> None:
    browser = await house.visitor("Ada")
    page = await browser.get(house.room.entry_link("main"))
    assert "You were here as Ada" in page.text
    await browser.enter(house.room.entry_link("main"), "Ben")
    first, second = house.ear.events
    assert first.who != second.who
    names = {p.name for p in await house.room.board.people("main")}
    assert names == {UserText("Ada"), UserText("Ben")}


async def test_a_link_of_ones_own_brings_in_exactly_that_person(house: House) -> None:
    browser = await house.visitor("Fay", person_id=FACILITATOR)
    assert house.ear.last.who.id == FACILITATOR
    again = await browser.get(house.room.entry_link("main", FACILITATOR))
    assert again.form().value("name") == "Fay"


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link.replace("main", "other"),
        lambda link: link.replace("as=fay", "as=ada"),
        lambda link: link.partition("?")[0],
        lambda link: link.replace("?as=", "A?as="),
    ],
    ids=["another room", "another person", "nobody", "another token"],
)
async def test_a_link_is_good_for_one_room_and_one_person(house: House, change: object) -> None:
    assert callable(change)
    browser = house.browser()
    assert (await browser.get(change(house.room.entry_link("main", "fay")))).status == 404


def test_a_link_holds_256_bits(house: House) -> None:
    token = house.room.entry_link("main").rpartition("/")[2]
    assert len(token) * 6 >= 256


async def test_coming_in_changes_the_session_and_its_token(house: House) -> None:
    browser = house.browser()
    page = await browser.get(house.room.entry_link("main"))
    before = dict(browser.client.cookies)
    old = page.form().value("csrf")
    await browser.send(page.form(), {"name": "Ada"})
    assert dict(browser.client.cookies) != before
    answer = await browser.post("/room/main/say", {"csrf": old, "text": "status"}.items())
    assert answer.status == 403


async def test_a_second_click_on_come_in_is_the_same_person(house: House) -> None:
    browser = house.browser()
    page = await browser.get(house.room.entry_link("main"))
    jar = dict(browser.client.cookies)
    await browser.send(page.form(), {"name": "Ada"})
    browser.client.cookies.clear()
    for name, value in jar.items():
        browser.client.cookies.set(name, value, domain="room.test")
    await browser.send(page.form(), {"name": "Ada"})
    first, second = house.ear.events
    assert (first.id, first.who) == (second.id, second.who)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81], ids=["empty", "blank", "too long"])
async def test_a_name_is_needed(house: House, name: str) -> None:
    browser = house.browser()
    page = await browser.get(house.room.entry_link("main"))
    answer = await browser.send(page.form(), {"name": name})
    assert answer.status == 422
    assert house.ear.events == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Refused("The room is full."), 422), (NotSaved("Please try again."), 503)],
    ids=["refused", "not saved"],
)
async def test_who_is_not_let_in_stays_outside_and_keeps_their_name(
    house: House, answer: Refused | NotSaved, status: int
) -> None:
    house.ear.answers.append(answer)
    browser = house.browser()
    page = await browser.enter(house.room.entry_link("main"), "Ada")
    assert page.status == status
    assert answer.why in page.text
    assert page.form().value("name") == "Ada"
    assert await house.room.board.people("main") == ()
    again = await browser.send(page.form())
    assert "The main room" in again.text
    assert len({event.id for event in house.ear.events}) == 1


async def test_leaving_ends_the_session_in_this_room(house: House) -> None:
    browser = await house.visitor("Ada")
    page = await browser.get("/room/main")
    await browser.send(page.form(ends="/leave"))
    assert isinstance(house.ear.last, Left)
    assert (await browser.get("/room/main")).response.url.path == "/room/main/enter"
    assert [p.here for p in await house.room.board.people("main")] == [False]


async def test_a_cookie_from_before_leaving_neither_reads_nor_posts(house: House) -> None:
    browser = await house.visitor("Ada")
    page = await browser.get("/room/main")
    jar = dict(browser.client.cookies)
    await browser.send(page.form(ends="/leave"))
    browser.client.cookies.clear()
    for name, value in jar.items():
        browser.client.cookies.set(name, value, domain="room.test")
    heard = len(house.ear.events)
    for path in ("/room/main", "/room/main/changes?since=0.0", "/room/main/events"):
        assert (await browser.get(path)).response.url.path == "/room/main/enter"
    answer = await browser.send(page.form(ends="/say"), {"text": "status"})
    assert answer.status == 403
    assert "You have left this room" in answer.text
    assert "The main room" not in (await browser.get("/")).text
    assert len(house.ear.events) == heard


async def test_a_link_of_ones_own_knows_the_name_one_last_came_in_with_anywhere(
    house: House,
) -> None:
    for n in range(5):
        await house.visitor(f"Somebody {n}")
    for channel, name in [("main", "Fay"), ("other", "Fay B."), ("main", "Fay C.")]:
        await house.visitor(name, channel, FACILITATOR)
        for room in ("main", "other"):
            page = await house.browser().get(house.room.entry_link(room, FACILITATOR))
            assert page.form().value("name") == name


async def test_words_sent_while_the_board_cannot_be_read_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.visitor("Ada")
    form = (await browser.get("/room/main")).form(ends="/say")

    async def away(channel: str, people: Collection[str]) -> tuple[Inhabitant, ...]:
        raise BoardUnavailable("The database is away.")

    monkeypatch.setattr(house.room.board, "here", away)
    house.ear.answers.append(NotSaved("Please try again."))
    page = await browser.send(form, {"text": "Keep this."})
    assert page.form(ends="/say").value("text") == "Keep this."


async def test_without_a_link_nobody_learns_of_a_room(house: House) -> None:
    page = await house.browser().get("/")
    assert "The main room" not in page.text
    assert "/enter/" not in page.response.text


async def test_an_open_entrance_offers_both_sides(tmp_path: Path) -> None:
    async with a_house(tmp_path, open_entry=True) as house:
        browser = house.browser()
        links = {link.text: link.address for link in (await browser.get("/")).links}
        await browser.enter(links["Come in as the facilitator"], "Fay")
        assert house.ear.last.who.id == FACILITATOR
        await browser.enter(links["Come in as a learner"], "Ada")
        assert house.ear.last.who.id != FACILITATOR


@pytest.mark.parametrize("https", [False, True])
async def test_the_cookie_is_kept_from_scripts_and_other_sites(tmp_path: Path, https: bool) -> None:
    async with a_house(tmp_path, https=https) as house:
        answer = await house.browser().get(house.room.entry_link("main"))
        cookie = answer.response.headers["set-cookie"]
        name, _, flags = cookie.partition("=")
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(flags.split("; "))
        assert ("Secure" in flags) is https
        assert name.startswith("__Host-") is https
        assert "Domain" not in flags
