"""A crowd in Teams: the real service, with Teams' platform and doors, and people of any name.

Nothing goes over a network: what the connector is asked to show is recorded.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from unittest.mock import patch

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer
from bot.chat.event import Event
from bot.chat.platform import Hear
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams import connection
from bot.platforms.teams.adapter import TeamsPlatform
from bot.platforms.teams.config import TeamsConfig
from bot.platforms.teams.connection import Teams, open_teams
from bot.platforms.teams.connector import _activity as as_activity
from bot.storage.store import open_store
from tests.core.making import START
from tests.records import MemoryRecords
from tests.service.house import House, Stage
from tests.teams.activities import words
from tests.teams.organisation import Someone
from tests.teams.shapes import BOT, CHANNEL, LESSON, TENANT, an_activity, in_channel, in_talk

Json = dict[str, Any]

AT_ONCE = 25


@dataclass
class Record:
    """What was shown, oldest first: by which call, and the card."""

    shown: list[tuple[str, Json]] = field(default_factory=list)

    def cards(self, *calls: str) -> list[Json]:
        """The cards of these calls, or of all."""
        return [card for call, card in self.shown if not calls or call in calls]


def recording(record: Record) -> type:
    """A connector that says yes to everything."""
    numbers = itertools.count(int(START.timestamp()) * 1_000)

    class Recording:
        def __init__(self, *_: Any) -> None:
            pass

        async def begin(self, url: str, tenant: str, channel: str, card: Json) -> str:
            return self._keep("begin", card)

        async def talk(self, url: str, tenant: str, person: str) -> str:
            return f"a:{person}"

        async def say(self, url: str, tenant: str, conversation: str, card: Json) -> str:
            return self._keep("whisper" if conversation.startswith("a:") else "reply", card)

        async def change(
            self, url: str, tenant: str, conversation: str, id: str, card: Json
        ) -> None:
            self._keep("change", card)

        async def remove(self, url: str, tenant: str, conversation: str, id: str) -> None:
            return

        async def get(self, url: str, *path: str, **query: str) -> Json:
            return {"conversations": [{"id": CHANNEL, "name": "Lesson"}], "members": []}

        def _keep(self, call: str, card: Json) -> str:
            sent = as_activity(card).serialize()
            assert sent.keys() <= {"type", "summary", "attachments"}, "nothing beside the card"
            record.shown.append((call, json.loads(json.dumps(card))))
            return str(next(numbers))

    return Recording


class TeamsStage:
    """Teams, where a `House` expects a platform in memory."""

    def __init__(self, platform: TeamsPlatform) -> None:
        self._platform = platform
        self.hear: Hear | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    def place(self, channel: str) -> Place:
        """The lesson's channel."""
        return LESSON

    def person(self, id: str) -> Person:
        """Somebody of the tenant."""
        return Person("teams", TENANT, id)


class Crowd:
    """People of these names, u0, u1 and so on, who do everything that one can do in Teams."""

    def __init__(self, house: House, teams: Teams, record: Record, names: Sequence[str]) -> None:
        self.house = house
        self.teams = teams
        self.record = record
        self.names = {f"u{n}": name for n, name in enumerate(names)}
        self._numbers = itertools.count(1)

    async def tell(self, who: str, activity: Json) -> None:
        """Teams tells the bot what somebody did; what it acknowledges with is recorded, too."""
        at = (self.house.now + timedelta(microseconds=next(self._numbers))).isoformat()
        name = self.names.get(who, "Fay")
        sender = {"id": f"29:{who}", "name": name, "aadObjectId": who}
        sent = json.loads(json.dumps({**activity, "from": sender, "timestamp": at}))
        answer = await self.teams.doors.take(sent, asyncio.get_running_loop().time())
        if answer is not None:
            card = isinstance(answer["value"], dict)
            self.record.shown.append(("answer" if card else "sentence", answer["value"]))

    async def all(self, acts: Iterable[Coroutine[Any, Any, Any]]) -> None:
        """Do them, some at a time, as the crowd comes."""
        hands = asyncio.Semaphore(AT_ONCE)

        async def one(act: Coroutine[Any, Any, Any]) -> None:
            async with hands:
                await act

        await asyncio.gather(*map(one, acts))
        await self.teams.settled()

    # -- what one person does

    async def ref(self, activity: str) -> PostRef:
        """The post in which the activity stands."""
        ref = (await self.house.delivery(activity)).ref
        assert ref is not None
        return ref

    async def form(
        self, who: str, callback: str, post: PostRef, *, old: bool = False, **fields: str
    ) -> None:
        """Fill in a form and send it."""
        kinds = {"level": "one"}
        values = {f"0.0 {kinds.get(name, 'text')} {name}": v for name, v in fields.items()}
        data = {"fivefold": callback, "does": "form", "form": "0.0", **values}
        await self._acts(who, data, post.id, old=old)

    async def press(self, who: str, callback: str, *, does: str = "open", **more: Any) -> None:
        """Press a button in the channel."""
        await self._acts(who, {"fivefold": callback, "does": does}, "1", **more)

    async def _acts(self, who: str, data: Json, post: str, *, old: bool = False) -> None:
        kind = "message" if old else "invoke"
        action = {"type": "Action.Execute", "verb": "fivefold", "data": data}
        value = data if old else {"action": action}
        name = None if old else "adaptiveCard/action"
        activity = an_activity(kind, in_channel(post), name=name, value=value, replyToId=post)
        await self.tell(who, activity)

    async def writes(self, who: str, root: str, text: str, *, html: bool = False) -> None:
        """Write in a thread, or in the channel where there is no root; as HTML, too."""
        id = str(1_767_700_000_000 + next(self._numbers))
        said = words(_typist(who), text) if html else {"text": text}
        await self.tell(who, an_activity("message", in_channel(root or id), id=id, **said))

    async def whisper(self, who: str, text: str, *, html: bool = False) -> None:
        """Say something to the bot alone."""
        where = in_talk()
        where["conversation"]["id"] = f"a:29:{who}"
        said = words(_typist(who), text) if html else {"text": text}
        await self.tell(who, an_activity("message", where, **said))


def _typist(who: str) -> Someone:
    return Someone(who, f"29:{who}", who)


@asynccontextmanager
async def a_crowd(url: str, names: Sequence[str]) -> AsyncIterator[Crowd]:
    """People before a service that is real, in a Teams that records."""
    record, clock = Record(), SteppedClock(START)
    houses: list[House] = []

    async def hear(event: Event) -> Answer:
        return await houses[0].hearing.hear(event)

    config = TeamsConfig(
        app_id=BOT.removeprefix("28:"), secret="s", tenant=TENANT, allow=frozenset({"replies"})
    )
    with patch.object(connection, "Connector", recording(record)):
        lesson = IncreasingClock(clock)
        async with open_teams(config, MemoryRecords(), hear, lesson, clock) as teams:
            stage = TeamsStage(teams.platform)
            async with open_store(url, lane_of=lambda to: stage.lane(to).id) as store:
                houses.append(House(url, store, cast(Stage, stage), clock))
                yield Crowd(houses[0], teams, record, names)
