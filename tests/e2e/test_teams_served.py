"""The command serves a lesson to the Playground, as somebody tries it on their own machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.platforms.teams.config import MESSAGES_PATH
from bot.storage.migrate import migrate
from tests.e2e.every_kind import permits
from tests.load.crowd import serving
from tests.teams.players import Players
from tests.teams.playground import LESSON, Playground, Someone, playground
from tests.teams.playground_record import Post

pytestmark = pytest.mark.peers

ANA, FAY = Someone("ana"), Someone("fay")
TRIES, PAUSE = 400, 0.05


async def posted(play: Playground, label: str, where: str = LESSON) -> Post:
    """The newest post of this summary, as soon as there is one."""
    for _ in range(TRIES):
        if found := [post for post in play.posts(where) if post.card["fallbackText"] == label]:
            return found[-1]
        await asyncio.sleep(PAUSE)
    raise AssertionError(f"{label} is not posted")


async def test_the_command_serves_a_lesson_to_the_playground(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/served.db"
    await migrate(database)
    environ = {
        "FIVEFOLD_DATABASE": database,
        "FIVEFOLD_SECRET": "s" * 43,
        "FIVEFOLD_LESSONS": str(permits(tmp_path)),
        "FIVEFOLD_TEAMS_LOCAL": "yes",
    }
    with serving(tmp_path, environ=environ) as address:
        async with playground(f"{address.rstrip('/')}{MESSAGES_PATH}") as play:
            people = Players(play)
            talk = await play.talk(FAY)
            await play.installs(FAY)
            await play.say(FAY, talk, "schedule")
            form = await posted(play, "Schedule a lesson", talk)
            wanted = {"lesson": "permits", "place": LESSON, "pace": "live"}
            await people.press(FAY, "See what happens when", at=form, fields=wanted)
            await people.press(FAY, "Schedule it", at=form)
            await play.say(FAY, talk, "start")
            prompt = await posted(play, "Engage: A counter")
            await people.press(ANA, "Read: The counter of Talvern", at=prompt)
            assert "two doors" in await people.sees(ANA)
            assert play.refused() == []
