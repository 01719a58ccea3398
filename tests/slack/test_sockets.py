"""Over Socket Mode nothing is lost: not while connections are renewed, dropped or refused, not
while the database is down, and not when Fivefold itself begins anew."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.chat.answer import Answer, NotSaved, Saved
from bot.chat.event import Event
from bot.clock import IncreasingClock, SystemClock
from bot.platforms.slack import sockets
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.connection import Slack, open_slack
from bot.platforms.slack.installs import INSTALL, Install
from tests.records import MemoryRecords
from tests.slack.oauth_server import fake_slack
from tests.slack.signed import ACTS, EVENTS, RESPONSE, Ear, installed
from tests.slack.socket_stub import APP_TOKEN, Envelope, SocketStub, socket_stub

CANARY = "kanarienvogel"


class Database:
    """Keeps each event once, as the real one does by its id. ``down`` says that it cannot; while
    ``gate`` is shut, hearing takes its time."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.kept: dict[str, Event] = {}
        self.down = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def hear(self, event: Event) -> Answer:
        self.heard.append(event.id)
        await self.gate.wait()
        if self.down:
            return NotSaved("That was not saved. Please try again in a moment.")
        self.kept.setdefault(event.id, event)
        return Saved()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is measured in seconds takes less."""
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "DOWN_SECONDS", 0.5)
    monkeypatch.setattr(sockets, "WAITS", (0.02,))
    handler = partial(AsyncSocketModeHandler, ping_interval=0.3)
    monkeypatch.setattr(sockets, "AsyncSocketModeHandler", handler)


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Neither what people wrote nor what lets anybody in is ever logged."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    ours = [record for record in caplog.records if not record.name.startswith("aiohttp")]
    told = "\n".join(record.getMessage() for record in ours)
    for secret in (CANARY, "ticket=", APP_TOKEN, "xoxb-1"):
        assert secret not in told


@pytest.fixture
async def slack() -> AsyncIterator[SocketStub]:
    async with socket_stub() as stub:
        yield stub


@asynccontextmanager
async def listening(slack: SocketStub, database: Database) -> AsyncIterator[None]:
    """Fivefold, from its start with two open connections to its end."""
    config = SlackConfig(app_token=APP_TOKEN, api_url=slack.api_url, allow=frozenset({"history"}))
    clock, stopping = SystemClock(), asyncio.Event()
    doors = open_slack(config, installed(), database.hear, IncreasingClock(clock), clock)
    async with doors as opened:
        assert opened.routes == ()
        task = asyncio.create_task(opened.listen(stopping))
        try:
            await slack.until(lambda: len(slack.links) >= 2 or task.done())
            yield
        finally:
            stopping.set()
            async with asyncio.timeout(10):
                await task
    await slack.until(lambda: not slack.links)


@asynccontextmanager
async def opened_at(
    url: str, records: MemoryRecords | None = None, **config: Any
) -> AsyncIterator[Slack]:
    """Fivefold, that does not listen yet."""
    clock = SystemClock()
    with_token = SlackConfig(app_token=APP_TOKEN, api_url=url, **config)
    kept = installed() if records is None else records
    async with open_slack(with_token, kept, Ear(), IncreasingClock(clock), clock) as opened:
        yield opened


def a_reply(number: int) -> Any:
    payload = {**EVENTS["reply"](), "event_id": f"Ev{number}"}
    payload["event"]["text"] = CANARY
    return payload


async def say(slack: SocketStub, number: int) -> Envelope:
    """Somebody's reply."""
    return await slack.send("events_api", a_reply(number))


def all_kept(slack: SocketStub, database: Database) -> bool:
    """Whether everything was acknowledged; it was kept then, each once."""
    if slack.waiting:
        return False
    told = {envelope.payload["event_id"] for envelope in slack.envelopes}
    assert database.kept.keys() == told
    return True


async def test_payloads_come_over_two_connections(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        for number in range(20):
            await say(slack, number)
        await slack.until(lambda: all_kept(slack, database))
    assert slack.opened == 2
    numbers = [envelope.sent_to for envelope in slack.envelopes]
    assert len({first for (first,) in numbers}) == 2
    assert len(database.heard) == 20


async def test_every_kind_of_payload_is_acknowledged(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        for kind, made in EVENTS.items():
            await slack.send("events_api", {**made(), "event_id": f"Ev-{kind}"})
        for kind, made in ACTS.items():
            way = "slash_commands" if kind == "command" else "interactive"
            await slack.send(way, made())  # type: ignore[arg-type]
        await slack.until(lambda: not slack.waiting)


async def test_the_acknowledgement_carries_the_answer(slack: SocketStub) -> None:
    database = Database()
    database.down = True
    async with listening(slack, database):
        form = await slack.send("interactive", ACTS["form"]())
        command = await slack.send("slash_commands", ACTS["command"]())
        press = await slack.send("interactive", {**ACTS["press"](), "response_url": RESPONSE})
        await slack.until(lambda: not slack.waiting)
    assert "not saved" in form.answer["errors"]["0.1 why"]
    assert "not saved" in command.answer["text"]
    assert press.answer is None


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
@pytest.mark.parametrize("close", [False, True], ids=["left open", "closed at once"])
async def test_connections_are_renewed_while_payloads_flow(
    slack: SocketStub, reason: str, close: bool
) -> None:
    database = Database()
    async with listening(slack, database):
        first = list(slack.links)
        slack.fewest = len(first)
        for number in range(60):
            if number in (10, 30):
                await slack.disconnect(first.pop(), reason, close=close)
                before = slack.opened
            await say(slack, number)
            if number in (20, 40):
                await slack.until(lambda before=before: slack.opened > before)  # type: ignore[misc]
        await slack.until(lambda: all_kept(slack, database))
        await slack.until(lambda: len(slack.links) == 2)
        # Where Slack leaves it open it waits for the next one, so that there is never none.
        assert slack.fewest >= 1 or close
    assert slack.strangers == 0


async def test_what_a_dropped_connection_took_with_it_comes_again(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        database.gate.clear()
        envelopes = [await say(slack, number) for number in range(4)]
        await slack.until(lambda: len(database.heard) == 4)
        gone = slack.links[0]
        slack.drop(gone)
        await slack.until(lambda: len(database.heard) == 6)
        database.gate.set()
        await slack.until(lambda: all_kept(slack, database))
        await slack.until(lambda: len(slack.links) == 2)
    assert sum(len(envelope.sent_to) == 2 for envelope in envelopes) == 2


async def test_both_connections_are_made_again(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        for link in list(slack.links):
            slack.drop(link)
        await slack.until(lambda: not slack.links)
        await say(slack, 1)
        await slack.until(lambda: all_kept(slack, database))
        await slack.until(lambda: len(slack.links) == 2)


async def test_a_connection_whose_address_was_spent_in_vain_is_made_anew(
    slack: SocketStub,
) -> None:
    """Slack's own client tries the same address for ever, which lets nobody in twice."""
    database = Database()
    async with listening(slack, database):
        slack.turn_away = 1
        slack.drop(slack.links[0])
        await slack.until(lambda: not slack.turn_away)
        await slack.until(lambda: len(slack.links) == 2)
        for number in range(4):
            await say(slack, number)
        await slack.until(lambda: all_kept(slack, database))


async def test_what_the_database_did_not_take_is_not_acknowledged(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        database.down = True
        for number in range(6):
            await say(slack, number)
        await slack.until(lambda: len(database.heard) == 6)
        await slack.again()
        await slack.until(lambda: len(database.heard) == 12)
        assert len(slack.waiting) == 6
        database.down = False
        await slack.again()
        await slack.until(lambda: all_kept(slack, database))
    assert len(database.heard) == 18
    assert len(database.kept) == 6


@pytest.mark.parametrize("refused", ["no address", "turned away"])
async def test_connecting_is_tried_until_it_works(slack: SocketStub, refused: str) -> None:
    database = Database()
    if refused == "no address":
        slack.refuse = 5
    else:
        slack.turn_away = 3
    async with listening(slack, database):
        await say(slack, 1)
        await slack.until(lambda: all_kept(slack, database))
    assert (slack.refuse, slack.turn_away) == (0, 0)


async def test_what_was_not_acknowledged_is_heard_after_a_restart(slack: SocketStub) -> None:
    database = Database()
    async with listening(slack, database):
        database.gate.clear()
        for number in range(4):
            await say(slack, number)
        await slack.until(lambda: len(database.heard) >= 4)
    database.gate.set()
    await say(slack, 4)
    async with listening(slack, database):
        await slack.until(lambda: all_kept(slack, database))
    assert len(database.kept) == 5


async def test_where_socket_mode_was_turned_off_it_is_asked_for_until_it_is_on(
    slack: SocketStub,
) -> None:
    database = Database()
    async with listening(slack, database):
        slack.disabled = True
        for link in list(slack.links):
            await slack.disconnect(link, "link_disabled", close=True)
        await slack.until(lambda: not slack.links)
        await say(slack, 1)
        slack.disabled = False
        await slack.until(lambda: all_kept(slack, database))
        await slack.until(lambda: len(slack.links) == 2)


async def test_why_slack_refuses_the_app_token_is_told_in_the_log(
    slack: SocketStub, logs: pytest.LogCaptureFixture
) -> None:
    slack.disabled = True
    async with opened_at(slack.api_url) as opened:
        stopping = asyncio.Event()
        task = asyncio.create_task(opened.listen(stopping))
        await slack.until(lambda: "refuses the app token (socket_mode_disabled)" in logs.text)
        stopping.set()
        await task
    assert "run “fivefold doctor”" in logs.text


async def test_it_is_told_in_which_workspaces_slack_is_heard(slack: SocketStub) -> None:
    async with opened_at(slack.api_url, MemoryRecords()) as opened:
        assert "installed nowhere yet" in await opened.where()
    records = installed()
    async with opened_at(slack.api_url, records) as opened:
        assert await opened.where() == "Slack is heard over Socket Mode, in Acme."
    globex = Install(tenant="T2", name="Globex", bot_token="xoxb-1", bot_user="UBOT")
    records.kept[INSTALL, "T2"] = globex.to_bytes()
    async with opened_at(slack.api_url, records) as opened:
        assert await opened.where() == "Slack is heard over Socket Mode, in Acme and Globex."


async def test_why_a_token_by_hand_does_not_work_is_told() -> None:
    async with fake_slack() as slack, opened_at(slack.url, bot_token="xoxb-0") as opened:
        sentence = await opened.where()
    assert "invalid_auth" in sentence
    assert "run “fivefold doctor”" in sentence


async def test_it_ends_when_it_is_told_though_slack_cannot_be_reached(slack: SocketStub) -> None:
    slack.disabled = True
    config = SlackConfig(app_token=APP_TOKEN, api_url=slack.api_url)
    clock, stopping, database = SystemClock(), asyncio.Event(), Database()
    doors = open_slack(config, installed(), database.hear, IncreasingClock(clock), clock)
    before = asyncio.all_tasks()
    async with doors as opened:
        task = asyncio.create_task(opened.listen(stopping))
        await asyncio.sleep(0)
        stopping.set()
        async with asyncio.timeout(5):
            await task
    assert {t for t in asyncio.all_tasks() - before if "TestServer" not in repr(t)} <= {task}


@pytest.mark.parametrize("seed", range(3))
async def test_in_a_storm_everything_is_kept_once(slack: SocketStub, seed: int) -> None:
    chance, database = random.Random(seed), Database()
    numbers = iter(range(1000))

    async def weather() -> None:
        for _ in range(25):
            await say(slack, next(numbers))
            links = list(slack.links)
            match chance.randrange(9):
                case 0 if links:
                    slack.drop(chance.choice(links))
                case 1 if links:
                    await slack.disconnect(chance.choice(links), "refresh_requested")
                case 2 if links:
                    await slack.disconnect(chance.choice(links), "warning", close=True)
                case 3:
                    database.down = not database.down
                case 4:
                    slack.refuse = chance.randrange(3)
                case 5:
                    await slack.again()
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)

    for _ in range(3):
        async with listening(slack, database):
            await weather()
    database.down = False
    async with listening(slack, database):
        await slack.again()
        await slack.until(lambda: all_kept(slack, database))
        await slack.until(lambda: len(slack.links) == 2)
    assert len(database.kept) == 75
