"""Three hundred people vote within five seconds, through the room's own HTTP door."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from bot.app import App
from bot.service.reporting import report_run
from bot.service.scenes import ACTIVITY
from bot.service.store import Delivery
from tests.load.crowd import (
    OPTIONS,
    RUN,
    Room,
    Vote,
    Voter,
    a_room,
    close_the_poll,
    come_in,
    evenly,
    lines_of,
    vote,
    vote_without_scripts,
)
from tests.web.browser import Page

PEOPLE = 300
SECONDS = 5.0
EDITS = 12
"""The poll's post may be edited once a second while people vote, and at its closing."""
PATIENCE = 120


async def test_three_hundred_votes_in_five_seconds_are_all_kept_and_stay_hidden(
    tmp_path: Path,
) -> None:
    async with asyncio.timeout(PATIENCE), a_room(tmp_path) as (room, app), lines_of() as lines:
        voters = await come_in(room, lines, PEOPLE)
        # Whoever comes in counts among those who are asked, which the post tells, too.
        before = (await poll_post(app)).edits
        votes, seen = await everybody_votes(voters, tmp_path / "votes.db", room)
        cast = Counter(vote.option for vote in votes)

        assert {vote.answer for vote in votes} == {"200 saved"}
        assert all(not hints_at_results(page) for page in seen)
        assert await standing(app) == cast
        assert f"{PEOPLE} of {PEOPLE}" in (await look_until(voters[0], room, f"{PEOPLE} of")).text

        await close_the_poll(app)
        page = await look_until(voters[0], room, "Results")
        assert hints_at_results(page)
        for label, option in zip(("The data", "The model", "The people"), OPTIONS, strict=True):
            share = round(100 * cast[option] / PEOPLE)
            assert f"{label} {cast[option]} ({share}%)" in " ".join(page.text.split())
        assert 1 <= (await poll_post(app)).edits - before <= EDITS


async def everybody_votes(
    voters: tuple[Voter, ...], database: Path, room: Room
) -> tuple[tuple[Vote, ...], list[Page]]:
    """All vote evenly over the time. Of every tenth the browser has no scripts, and as soon as it
    is answered, another connection looks whether the vote is kept; some look at the room."""
    began = time.monotonic()
    seen: list[Page] = []

    async def one(after: float, voter: Voter, option: str, number: int) -> Vote:
        await asyncio.sleep(began + after - time.monotonic())
        if number % 10:
            return await vote(voter, option)
        answered = await vote_without_scripts(voter, option)
        assert kept(database, voter.name) == option
        if number % 50 == 0:
            seen.append(await voter.browser.get(room.page))
        return answered

    votes = await asyncio.gather(
        *(one(*each, number) for number, each in enumerate(evenly(voters, SECONDS)))
    )
    seen.append(await voters[0].browser.get(room.page))
    return tuple(votes), seen


def kept(database: Path, name: str) -> str:
    """What the database holds for this person, read past everything of ours."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [(given,)] = connection.execute(
            "SELECT responses.given FROM responses JOIN participants "
            "ON participants.id = responses.owner WHERE participants.name = ?",
            (json.dumps(name),),
        ).fetchall()
    [option] = json.loads(given)["options"]
    return str(option)


def hints_at_results(page: Page) -> bool:
    """Whether the page shows a bar, or any share."""
    return "bar-count" in page.response.text or "%)" in page.text


async def look_until(voter: Voter, room: Room, words: str) -> Page:
    """The room's page, once these words stand in it; what is posted takes a second or two."""
    page = await voter.browser.get(room.page)
    for _ in range(100):
        if words in page.text:
            break
        await asyncio.sleep(0.2)
        page = await voter.browser.get(room.page)
    assert words in page.text
    return page


async def standing(app: App) -> Counter[str]:
    """The votes that stand, by option."""
    async with app.store.reading() as reading:
        report = await report_run(reading, RUN)
    return Counter(option for row in report.standing() for option in row.option_ids or ())


async def poll_post(app: App) -> Delivery:
    """The delivery that the poll's post is."""
    async with app.store.reading() as reading:
        deliveries = await reading.deliveries(RUN)
    return next(delivery for delivery in deliveries if delivery.owed.purpose == ACTIVITY)
