"""What stands on the room's page: which posts take replies, one's part and the private column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest

from bot.chat.answer import Refused, Show
from bot.chat.event import Commanded
from bot.chat.message import Button, Buttons, Deadline, Heading, Message, Text
from bot.platforms.room.adapter import place
from tests.conformance.driving import ASKING, HELLO
from tests.web.browser import Browser
from tests.web.rooms import House

MAIN = place("main")


@pytest.fixture
async def ada(house: House) -> Browser:
    """Ada, in a room with one question."""
    await house.room.post(MAIN, ASKING, key="k1")
    return await house.visitor("Ada")


# -- live pages


async def test_changes_hold_what_is_new_and_nothing_else(house: House, ada: Browser) -> None:
    before = await ada.get("/room/main/changes?since=0.0")
    mark = before.response.headers["X-Mark"]
    assert "Which?" in before.text
    assert "Which?" not in (await ada.get(f"/room/main/changes?since={mark}")).text
    root = await house.room.post(MAIN, HELLO, key="k2")
    changed = await ada.get(f"/room/main/changes?since={mark}")
    assert "Hello, all." in changed.text
    assert "Which?" not in changed.text
    assert f"post-{root.id}" in changed.response.text


@pytest.mark.parametrize(
    "since",
    ["", "x", "1", "1.2.3", "-1", "9999999.9999999", "99999999999999999999", "9" * 5000],
)
async def test_any_mark_is_survived(ada: Browser, since: str) -> None:
    assert (await ada.get(f"/room/main/changes?since={since}")).status == 200


# -- replies


@pytest.mark.parametrize(
    ("invites", "deadlines", "open_threads", "boxes", "late"),
    [
        (True, (), 1, 1, 0),
        (True, ("open",), 1, 1, 0),
        (True, ("closed", "open"), 1, 1, 0),
        (True, ("closed",), 0, 1, 1),
        (False, ("open",), 0, 0, 0),
        (False, ("closed",), 0, 0, 0),
    ],
)
async def test_a_place_for_replies_is_held_out_only_where_and_while_people_are_invited(
    house: House,
    invites: bool,
    deadlines: tuple[Literal["open", "closed"], ...],
    open_threads: int,
    boxes: int,
    late: int,
) -> None:
    blocks = tuple(Deadline(house.clock.now(), state) for state in deadlines)
    message = replace(HELLO, blocks=(*HELLO.blocks, *blocks), invites_replies=invites)
    await house.room.post(MAIN, message, key="k1")
    page = await (await house.visitor("Ada")).get("/room/main")
    thread = r'<details class="thread" data-talk="\w+" open'
    assert len(re.findall(thread, page.response.text)) == open_threads
    assert page.text.count("Your reply") == boxes
    assert page.text.count("Add a late reply") == late


async def test_replies_that_are_there_can_be_read_where_nobody_is_invited(
    house: House, ada: Browser
) -> None:
    await ada.send((await ada.get("/room/main")).form(ends="/reply"), {"text": "Early."})
    ref = await house.room.find(MAIN, "k1")
    assert ref is not None
    await house.room.edit(ref, replace(ASKING, invites_replies=False))
    page = await ada.get("/room/main")
    assert "Early." in page.text
    assert "Your reply" not in page.text
    assert "hidden" not in re.findall('<details class="thread"[^>]*>', page.response.text)[0]


# -- my part


async def test_whoever_asks_for_their_part_says_so_in_the_room_and_is_shown_it(
    house: House, ada: Browser
) -> None:
    house.ear.answers.append(Show(HELLO))
    page = await ada.get("/room/main/part")
    assert "Hello, all." in page.text
    heard = house.ear.last
    assert isinstance(heard, Commanded)
    assert (heard.text, heard.place) == ("my part", MAIN)
    assert heard.who == await house.person("Ada")


async def test_asking_for_ones_part_again_is_asking_anew(house: House, ada: Browser) -> None:
    for _ in range(2):
        await ada.get("/room/main/part")
    first, again = house.ear.events[-2:]
    assert first.id != again.id


async def test_why_there_is_no_part_yet_is_said(house: House, ada: Browser) -> None:
    house.ear.answers.append(Refused("There is nothing yet."))
    assert "There is nothing yet." in (await ada.get("/room/main/part")).text


# -- the private column


def panel(state: str) -> Message:
    button = Buttons((Button("Pause", "f.run.r1.pause.."),))
    return Message(state, (Heading("Your panel"), Text((state,)), button))


async def test_what_can_be_acted_on_stands_first_and_what_has_a_newer_one_is_folded(
    house: House, ada: Browser
) -> None:
    who = await house.person("Ada")
    for n, message in enumerate(
        (panel("Waiting."), HELLO, panel("Running."), Message("Later", (Text(("Later.",)),)))
    ):
        await house.room.post(who, message, key=f"m{n}")
    for path in ("/room/main", "/room/main/changes?since=0.0"):
        html = (await ada.get(path)).response.text
        column = html[html.index("data-private" if "data-private" in html else 'id="messages"') :]
        order = [column.index(words) for words in ("Running.", "Waiting.", "Later.", "Hello, all.")]
        assert order == sorted(order)
        folded = re.findall(r'class="earlier">\s*<summary>([^<]+?) <', column)
        assert folded == ["Your panel", "Hello"]
