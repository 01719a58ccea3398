"""Fivefold as it is served to a Slack and to a Teams at once: one app, one worker."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from bot.app import open_app
from bot.chat.address import Person, Place, PostRef
from bot.clock import SteppedClock
from bot.evidence.data import evidence_json
from bot.facilitation.state import Run
from bot.service.reporting import report_run
from bot.service.store import Delivery
from bot.settings import Settings, SlackSettings, TeamsSettings
from bot.storage.migrate import migrate
from tests.core.making import START
from tests.e2e.test_slack_lesson import Class
from tests.line import Line, line_to
from tests.slack.running import Running as SlackRunning
from tests.slack.world import World as SlackWorld
from tests.slack.world import slack_world
from tests.stepping import Stepping
from tests.teams.hands import Hands
from tests.teams.organisation import Message
from tests.teams.world import PUBLIC, teams_world
from tests.teams.world import World as TeamsWorld

PLAN = """\
# Lesson Plan: Permits for everybody

## Lesson Overview
- **Audience:** Public officials
- **Duration:** 45 minutes

## Learning Objectives
- Design a counter that everybody finds

## 5E Instructional Model

### Engage (45 minutes)
- **Purpose:** To begin.
- **Learner Activities:** Vote, talk, and look back.
"""
SCRIPT = """\
phases:
  Engage:
    do:
      - prompt: Think of a counter where you waited.
        title: A counter
        minutes: 5
      - poll: Where do people get lost?
        title: Where people get lost
        options: [At the door, At the desk]
        results: after
        minutes: 10
      - discussion: What would you change first?
        title: Talk about it
        minutes: 10
      - poll: What helps most?
        title: What helps
        options: [A sign, A person, A map]
        minutes: 10
      - discussion: What would your counter look like?
        title: Hand in your design
        minutes: 10
"""


def permits_of_both(folder: Path) -> Path:
    """The folder of a library whose only lesson, ``permits``, takes 45 minutes."""
    lesson = folder / "lessons" / "permits"
    lesson.mkdir(parents=True)
    (lesson / "plan.md").write_text(PLAN, "utf-8")
    (lesson / "script.yaml").write_text(SCRIPT, "utf-8")
    return lesson.parent


class SlackClass(Class):
    """The people of one workspace in one lesson, and what they do in it."""

    async def posted(self, title: str) -> PostRef | None:
        """Where the activity with this title stands."""
        return await self._posted(title)


class TeamsClass:
    """The people of one team in one lesson, and what they do in it."""

    def __init__(self, house: Stepping, world: TeamsWorld, hands: Hands) -> None:
        self.house, self.world, self.hands = house, world, hands
        self.place: Place = world.place("lesson")
        self.fay, self.ana, self.bo, self.cy = map(world.person, ("fay", "ana", "bo", "cy"))

    async def schedule(self) -> None:
        """Fay adds the bot and plans the lesson in her talk with it, by the dry run."""
        await self.hands.adds_bot(self.fay, self.place)
        await self.house.settle()
        await self.hands.whisper(self.fay, "schedule")
        await self.house.settle()
        for field, value in (("lesson", "permits"), ("place", self.place.channel)):
            self.hands.fill(self.fay, field, value)
        self.hands.fill(self.fay, "pace", "live")
        await self.hands.submit(self.fay)
        assert "Talk about it" in await self.hands.sees(self.fay)
        await self.hands.submit(self.fay)
        assert "It is scheduled" in await self.hands.sees(self.fay)
        await self.house.work()

    async def start(self) -> None:
        """Fay begins it now."""
        await self.hands.say(self.fay, self.place, "start", mention=True)
        await self.house.settle()

    def posted(self, title: str) -> PostRef | None:
        """Where the activity with this title stands."""
        for message in self._standing():
            if not message.root and f": {title}" in message.cards[0]["fallbackText"]:
                return self.world.organisation.ref(message)
        return None

    async def until(self, title: str) -> PostRef:
        """Go on until the activity with this title is posted."""
        for _ in range(60):
            if found := self.posted(title):
                return found
            await self.house.run_for(1)
        raise AssertionError(f"{title} is not posted")

    async def sees(self, who: Person, words: str) -> bool:
        return words in await self.hands.sees(who)

    def _standing(self) -> list[Message]:
        here = self.world.organisation.standing(self.place.channel)
        return [message for message in here if not message.author]

    def doubled(self) -> list[str]:
        """What the bot posted more than once, in the channel and in talks."""
        posts = Counter(
            (message.channel, json.dumps(message.versions[0], sort_keys=True))
            for message in self.world.organisation.messages.values()
            if not message.author
        )
        return [text for (_, text), times in posts.items() if times > 1]


@dataclass
class Both(Stepping):
    """One app with a class in each; everything between it and either goes through a line."""

    slack: SlackClass
    teams: TeamsClass
    slack_line: Line
    teams_line: Line

    async def begin(self) -> None:
        """Both plan the lesson, and both begin it at the same moment."""
        await self.slack.schedule()
        await self.teams.schedule()
        await self.slack.hands.command(self.slack.fay, "start", self.slack.place)
        await self.settle()
        await self.teams.start()

    async def run_on(self, platform: str) -> Run:
        """The run there."""
        (run,) = [run for run in await self.runs() if run.main.platform == platform]
        return run

    async def turn_at(self, minutes: float) -> asyncio.Task[bool]:
        """The worker's turn at this minute of the lessons, begun and not waited for."""
        moment = START + timedelta(minutes=minutes)
        self.machine.step_to(self.machine.now() + (moment - self.lesson.now()))
        self.lesson.step_to(moment)
        return asyncio.create_task(self.app.worker.turn())

    async def deliveries(self, platform: str) -> tuple[Delivery, ...]:
        """All that the run there ever owed."""
        run = await self.run_on(platform)
        async with self.app.store.reading() as reading:
            return await reading.deliveries(run.id)

    async def course(self, platform: str) -> list[tuple[str, ...]]:
        """What was said in the run there: what it is, of which opening, whether privately, what
        became of it, and when it was due and left, from the start."""
        run = await self.run_on(platform)

        def row(one: Delivery) -> tuple[str, ...]:
            opening = one.owed.opening.removeprefix(run.id)
            left = str(one.sent_at and one.sent_at - START)
            due = str(one.owed.due_at - START)
            return one.owed.purpose, opening, type(one.owed.to).__name__, one.state, due, left

        return sorted(map(row, await self.deliveries(platform)))

    async def evidence(self, platform: str) -> dict[str, Any]:
        """What is saved of the run there."""
        run = await self.run_on(platform)
        async with self.app.store.reading() as reading:
            report = await report_run(reading, run.id)
        saved: dict[str, Any] = json.loads(evidence_json(report))
        return saved


@asynccontextmanager
async def running_on_both(folder: Path, lessons: Path) -> AsyncIterator[Both]:
    """The app over a database in ``folder``, with the lessons of another to choose from."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_world())
        teams = await stack.enter_async_context(teams_world())
        for handle, one in teams.organisation.people.items():
            # As the others are called in Slack.
            one.name = handle
        slack_line = await stack.enter_async_context(line_to(slack.gateway.url))
        teams_line = await stack.enter_async_context(line_to(teams.connector.url))
        slack.gateway.url, teams.connector.url = slack_line.url, teams_line.url
        cloud = replace(teams.cloud, login=teams_line.url, service_url=f"{teams_line.url}/teams")
        stack.enter_context(patch("bot.platforms.teams.config.CLOUDS", {"public": cloud}))
        settings = Settings(
            database=f"sqlite:///{folder}/fivefold.db",
            secret=bytes(range(32)),
            public_url=PUBLIC,
            lessons=lessons,
            slack=slack_settings(slack),
            teams=teams_settings(teams),
        )
        await migrate(settings.database)
        lesson, machine = SteppedClock(START), SteppedClock(datetime.now(UTC))
        app = await stack.enter_async_context(open_app(settings, lesson=lesson, machine=machine))
        transport = httpx.ASGITransport(app.web())
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=PUBLIC)
        )

        async def settle() -> None:
            assert app.slack
            assert app.teams
            await app.slack.listeners.reception.settled()
            await app.teams.settled()

        times = (app, lesson, machine, settle)
        in_slack = SlackClass(
            SlackRunning(*times, slack, slack.people(http), http), slack.first.team
        )
        hands = teams.people(http, now=lambda: machine.now().timestamp())
        in_teams = TeamsClass(Stepping(*times), teams, hands)
        yield Both(*times, in_slack, in_teams, slack_line, teams_line)


def slack_settings(world: SlackWorld) -> SlackSettings:
    """How the app is connected to this Slack."""
    config = world.config()
    return SlackSettings(
        signing_secret=config.signing_secret,
        bot_token=config.bot_token,
        api_url=config.api_url,
        allow=config.allow,
    )


def teams_settings(world: TeamsWorld) -> TeamsSettings:
    """How the app is connected to this Teams."""
    config = world.config()
    return TeamsSettings(
        app_id=config.app_id, secret=config.secret, tenant=config.tenant, allow=config.allow
    )
