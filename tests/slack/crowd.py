"""A crowd in Slack: the real service, with Slack's platform and doors, and people of any name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from slack_bolt.async_app import AsyncBoltRequest

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer
from bot.chat.event import Event
from bot.chat.pieces import pieces
from bot.chat.platform import Hear
from bot.clock import SteppedClock
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.incoming import Origin
from bot.platforms.slack.listeners import Listeners
from bot.storage.store import open_store
from tests.core.making import START
from tests.service.house import House, Stage
from tests.slack import payloads
from tests.slack.recording import Called, Record, recording_slack
from tests.slack.shapes import (
    BOT,
    LESSON,
    ROOT,
    TALK,
    TEAM,
    a_command,
    a_message,
    a_press,
    a_submission,
    a_view,
    envelope,
    in_message,
    in_view,
)
from tests.slack.signed import installed

Json = dict[str, Any]

AT_ONCE = 25


class SlackStage:
    """Slack, where a `House` expects a platform in memory."""

    def __init__(self, platform: SlackPlatform) -> None:
        self._platform = platform
        self.hear: Hear | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    def place(self, channel: str) -> Place:
        """A channel of the workspace."""
        return Place("slack", TEAM, channel)

    def person(self, id: str) -> Person:
        """Somebody in it."""
        return Person("slack", TEAM, id)


class Crowd:
    """People of these names, U0, U1 and so on, who do everything that one can do in Slack."""

    def __init__(
        self, house: House, listeners: Listeners, record: Record, names: Sequence[str]
    ) -> None:
        self.house = house
        self.listeners = listeners
        self.record = record
        self.names = {f"U{n}": name for n, name in enumerate(names)}
        record.answers["users.info"] = self._profile

    def _profile(self, asked: Json) -> Json:
        name = self.names.get(asked["user"], "Fay")
        known = {"display_name": name, "real_name": name}
        return {"user": {"id": asked["user"], "name": "handle", "tz": "UTC", "profile": known}}

    async def tell(self, body: Json) -> Json:
        """Slack tells the bot; what the bot acknowledges with is recorded, too."""
        sent = json.loads(json.dumps(body))
        request = AsyncBoltRequest(mode="socket_mode", body=sent)
        answer = await self.listeners.bolt.async_dispatch(request)
        assert answer.status == 200, body
        told: Json = json.loads(answer.body) if answer.body else {}
        if told:
            method = "response_url" if "blocks" in told else "acknowledged"
            self.record.calls.append(Called(method, told))
        return told

    async def all(self, acts: Iterable[Coroutine[Any, Any, Any]]) -> None:
        """Do them, some at a time, as the crowd comes."""
        hands = asyncio.Semaphore(AT_ONCE)

        async def one(act: Coroutine[Any, Any, Any]) -> None:
            async with hands:
                await act

        await asyncio.gather(*map(one, acts))
        await self.listeners.reception.settled()

    # -- what one person does

    async def ref(self, activity: str) -> PostRef:
        """The post in which the activity stands."""
        ref = (await self.house.delivery(activity)).ref
        assert ref is not None
        return ref

    async def form(self, who: str, callback: str, post: PostRef, **fields: str) -> Json:
        """Fill in a form and send it; long words go on in further boxes."""
        values: Json = {
            f"{number}.{count} {field}": {"value": {"type": "plain_text_input", "value": piece}}
            for number, (field, text) in enumerate(fields.items())
            for count, piece in enumerate(pieces(text, 3_000), 1)
        }
        if "level" in fields:
            chosen: Json = {"type": "radio_buttons"}
            chosen["selected_option"] = {"value": fields["level"]}
            values["0.1 level"] = {"value": chosen}
        origin = Origin(callback, post.place.channel, post.place.thread, post.id)
        return await self.tell(self.by(who, a_submission(origin, values)))

    async def reply(self, who: str, number: int, post: PostRef | None, text: str) -> None:
        """Write in a thread, or in the channel."""
        made = payloads.typed(text)
        thread: Json = {"thread_ts": post.id, "parent_user_id": BOT} if post else {}
        words: Json = {"text": payloads.as_text(made), "blocks": payloads.rich(made, "u1")}
        event = a_message(**words, **thread) | {"user": who, "ts": f"1767603629.{number:06}"}
        await self.tell({**envelope(event), "event_id": f"Ev{post and post.id}{number}"})

    async def press(
        self, who: str, callback: str, *, does: str = "open", home: bool = False
    ) -> Json:
        """Press a button in the channel or on the home page."""
        lesson = in_message({"id": LESSON.channel, "name": "lesson"}, message_ts=ROOT)
        body = a_press(**(in_view(a_view("home")) if home else lesson))
        body["actions"][0] |= {"action_id": f"{does} 0", "value": callback}
        body["trigger_id"] = f"{who} {callback} {home}"
        return await self.tell(self.by(who, body))

    async def whisper(self, who: str, number: int, text: str) -> None:
        """Say something to the bot alone, as a message or as a command."""
        if number % 2:
            more = {"channel_id": TALK, "user_id": who, "trigger_id": f"c{number}"}
            await self.tell(a_command(text, **more))
            return
        talk = {"channel": TALK, "channel_type": "im", "user": who}
        event = a_message(payloads.escaped(text)) | talk | {"ts": f"1767603630.{number:06}"}
        del event["blocks"]
        await self.tell({**envelope(event), "event_id": f"EvD{number}"})

    async def home(self, who: str) -> None:
        """Open the bot's home page."""
        event = {"type": "app_home_opened", "user": who, "channel": TALK, "tab": "home"}
        await self.tell({**envelope(event), "event_id": f"EvH{who}"})

    @staticmethod
    def by(who: str, body: Json) -> Json:
        """The same, done by somebody else."""
        return {**body, "user": {"id": who, "name": "handle", "team_id": TEAM}}


@asynccontextmanager
async def a_crowd(url: str, names: Sequence[str]) -> AsyncIterator[Crowd]:
    """People before a service that is real, in a Slack that records."""
    record, clock = Record(), SteppedClock(START)
    houses: list[House] = []

    async def hear(event: Event) -> Answer:
        return await houses[0].hearing.hear(event)

    async with recording_slack(record, installed(TEAM), hear, clock) as slack:
        stage = SlackStage(slack.platform)
        async with open_store(url, lane_of=lambda to: stage.lane(to).id) as store:
            houses.append(House(url, store, cast(Stage, stage), clock))
            yield Crowd(houses[0], slack.listeners, record, names)
