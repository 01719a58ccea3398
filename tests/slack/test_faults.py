"""A run in a Slack that fails: nothing is doubled, nothing is lost, and the facilitators know."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.chat.address import Person, Place
from bot.chat.answer import Answer
from bot.chat.event import Event
from bot.chat.platform import Capabilities, Hear
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.slack.adapter import EDITS_A_MINUTE, SlackPlatform
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.connection import open_slack
from bot.service.sending import Sending
from bot.storage.migrate import migrate
from bot.storage.store import SqlStore, open_store
from tests.core.making import START
from tests.service.house import House, minutes, one_of, seconds
from tests.slack.faults import Fault
from tests.slack.finding import offered
from tests.slack.plain_slack import ANA, FAY, LESSON, OTHER, TEAM, PlainSlack, plain_slack
from tests.slack.screens import elements
from tests.slack.signed import EVENTS, RESPONSE, SECRET, Request, acting, installed, signed
from tests.slack.signed import encoded as as_sent

TALK = "D0FAY"


@dataclass
class Stand:
    """What a `House` asks of the platform that it stands on, where that is Slack."""

    capabilities: Capabilities
    name: str = "slack"
    hear: Hear | None = None

    def person(self, id: str) -> Person:
        return Person("slack", TEAM, FAY if id == "fay" else id)

    def place(self, channel: str) -> Place:
        return Place("slack", TEAM, LESSON if channel == "C1" else channel)

    async def say(self, event: Event) -> Answer:
        assert self.hear
        return await self.hear(event)


class SlackHouse(House):
    """A run in Slack's channel `LESSON`, led by `FAY`."""

    slack: PlainSlack
    http: httpx.AsyncClient

    def __init__(self, store: SqlStore, platform: SlackPlatform, clock: SteppedClock) -> None:
        self.platform = platform
        stand: Any = Stand(platform.capabilities)
        super().__init__("", store, stand, clock)

    def another_sending(self, owner: str, width: int = 2) -> Sending:
        return Sending(
            self.store,
            {"slack": self.platform},
            lesson=self.lesson,
            machine=self.machine,
            owner=owner,
            width=width,
        )

    async def send(self, request: Request) -> httpx.Response:
        """Slack tells the bot of something."""
        return await self.http.post(
            request.path, content=request.body, headers=list(request.headers)
        )

    async def tells(self, kind: str, payload: Any) -> None:
        """Slack tells the bot of something, and it was kept."""
        assert (await self.send(signed(*as_sent(kind, payload), secret=SECRET))).status_code == 200

    async def presses(self, user: str, message: Any, label: str) -> None:
        """Somebody presses a button, or chooses an option, of this name."""
        block, element = next(
            (block, one)
            for block, element in elements(message["blocks"])
            for one in [element, *offered(element)]
            if one["text"]["text"] == label
        )
        action = {**element, "block_id": block["block_id"], "action_ts": "1.2"}
        payload = acting(
            "block_actions",
            user={"id": user, "name": user, "team_id": TEAM},
            actions=[action],
            container={"message_ts": message["ts"], "channel_id": message["channel"]},
            channel={"id": message["channel"], "name": "lesson"},
            message=message,
            trigger_id=f"{len(self.slack.times)}.{user}.{label}",
            response_url=RESPONSE,
        )
        await self.tells("press", payload)

    def standing(self, channel: str, words: str) -> list[Any]:
        """The messages of a channel in which these words can be read."""
        return [m for m in self.slack.at(channel) if words in str(m["blocks"])]

    def nothing_is_doubled(self) -> bool:
        """Whether each post stands once."""
        return max(Counter(self.slack.posted()).values()) == 1


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, because migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "fivefold.db"
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(migrate(f"sqlite:///{file}"))).result()
    return file


@asynccontextmanager
async def slack_house(file: Path, *allow: str) -> AsyncIterator[SlackHouse]:
    """A house on Slack, with what the installer allows."""
    clock = SteppedClock(START)
    houses: list[SlackHouse] = []

    async def hear(event: Event) -> Answer:
        return await houses[0].hearing.hear(event)

    async with plain_slack(clock.now) as slack:
        config = SlackConfig(signing_secret=SECRET, api_url=slack.api_url, allow=frozenset(allow))
        lesson = IncreasingClock(clock)
        async with (
            open_slack(config, installed(TEAM), hear, lesson, clock) as opened,
            open_store(
                f"sqlite:///{file}", lane_of=lambda to: opened.platform.lane(to).id
            ) as store,
        ):
            house = SlackHouse(store, opened.platform, clock)
            house.slack = slack
            houses.append(house)
            transport = httpx.ASGITransport(Starlette(routes=list(opened.routes)))
            async with httpx.AsyncClient(transport=transport, base_url="https://bot.test") as http:
                house.http = http
                yield house
            await opened.listeners.reception.settled()


@pytest.fixture
async def house(migrated: Path, tmp_path: Path) -> AsyncIterator[SlackHouse]:
    file = Path(shutil.copy(migrated, tmp_path / "fivefold.db"))
    async with slack_house(file, "history") as house:
        yield house


@pytest.fixture
async def blind_house(migrated: Path, tmp_path: Path) -> AsyncIterator[SlackHouse]:
    """Where nothing that was posted can be read back."""
    file = Path(shutil.copy(migrated, tmp_path / "fivefold.db"))
    async with slack_house(file) as house:
        yield house


# -- posts in doubt


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True, reached=True),
        Fault(drop=True),
        Fault(status=503, reached=True),
        Fault(status=200, reached=True),
        Fault(error="internal_error"),
    ],
    ids=["dropped after", "dropped before", "503 after", "a page after", "an error before"],
)
@pytest.mark.parametrize("nth", range(4))
async def test_a_post_in_doubt_is_read_back_and_stands_once(
    house: SlackHouse, nth: int, fault: Fault
) -> None:
    house.slack.fail("chat.postMessage", Fault(), times=nth)
    house.slack.fail("chat.postMessage", fault)
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(2))
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert sorted(f"{d.owed.key}/1" for d in await house.deliveries()) == sorted(
        house.slack.posted()
    )
    assert await house.owed("trouble") == []


async def test_in_a_bad_hour_nothing_is_doubled(house: SlackHouse) -> None:
    """Every other call fails, before or after it was carried out; reading back fails as well."""
    faults = (Fault(drop=True, reached=True), Fault(), Fault(status=502), Fault(retry_after=2))
    for number in range(60):
        house.slack.fail("chat.postMessage", faults[number % 4], channel=LESSON)
        house.slack.fail("conversations.history", faults[-number % 3], channel=LESSON)
        house.slack.fail("chat.update", faults[number % 4])
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(15))
    assert house.nothing_is_doubled()
    states = Counter(d.state for d in await house.deliveries())
    assert states.keys() <= {"sent", "cancelled", "uncertain"}
    # What could not even be read back is asked about, and not sent again unasked.
    asked = [message["blocks"] for message in house.standing(TALK, "Please have a look")]
    assert str(asked).count("'text': 'Resend'") == states["uncertain"]


async def in_doubt(house: SlackHouse, *, reached: bool) -> Any:
    """The poll is in doubt; the message in which the facilitator is asked about it."""
    await house.schedule(one_of("poll"))
    fault = Fault(drop=True, reached=reached)
    house.slack.fail("chat.postMessage", Fault(), channel=LESSON)
    house.slack.fail("chat.postMessage", fault, channel=LESSON)
    await house.run_for(minutes(1))
    (asked,) = house.standing(TALK, "I do not know whether")
    return asked


async def test_where_nothing_can_be_read_back_the_facilitator_says_send_it_again(
    blind_house: SlackHouse,
) -> None:
    house = blind_house
    asked = await in_doubt(house, reached=False)
    before = len(house.slack.at(LESSON))
    for _ in range(2):
        await house.presses(FAY, asked, "Resend")
    await house.run_for(minutes(1))
    assert len(house.slack.at(LESSON)) == before + 1
    assert house.nothing_is_doubled()
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.standing(TALK, "All settled")


async def test_where_nothing_can_be_read_back_the_facilitator_says_it_is_there(
    blind_house: SlackHouse,
) -> None:
    house = blind_house
    asked = await in_doubt(house, reached=True)
    before = len(house.slack.at(LESSON))
    await house.presses(FAY, asked, "It’s there")
    await house.run_for(minutes(1))
    assert len(house.slack.at(LESSON)) == before
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.standing(TALK, "All settled")


async def test_only_the_facilitator_says_so(blind_house: SlackHouse) -> None:
    house = blind_house
    asked = await in_doubt(house, reached=False)
    before = len(house.slack.at(LESSON))
    await house.presses(ANA, asked, "Resend")
    await house.run_for(minutes(1))
    assert len(house.slack.at(LESSON)) == before


# -- rates


async def test_too_fast_in_one_channel_holds_up_no_other(house: SlackHouse) -> None:
    house.slack.fail("chat.postMessage", Fault(retry_after=30), channel=LESSON)
    await house.schedule(one_of("poll"))
    await house.schedule(one_of("poll"), id="r2", main=house.stage.place(OTHER))
    await house.run_for(seconds(20))
    assert house.slack.at(LESSON) == []
    assert {d.state for d in await house.deliveries("r2")} == {"sent"}
    await house.run_for(seconds(20))
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.nothing_is_doubled()


async def test_two_busy_polls_share_the_edits_of_a_minute_and_the_last_is_right(
    house: SlackHouse,
) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.schedule(one_of("poll", results="live"), id="r2", main=house.stage.place(OTHER))
    await house.run_for(seconds(20))
    polls = [house.standing(channel, "Which part failed first?")[0] for channel in (LESSON, OTHER)]
    for number in range(40):
        for poll in polls:
            await house.presses(f"U{number:05}", poll, ("The data", "The model")[number % 2])
        await house.run_for(seconds(1))
    await house.run_for(minutes(2))
    calls = zip(house.slack.times, house.slack.calls, strict=True)
    edits = [at for at, call in calls if call.method == "chat.update"]
    busiest = max(sum(at <= one < at + minutes(1) for one in edits) for at in edits)
    assert busiest == EDITS_A_MINUTE
    for poll in polls:
        assert len(re.findall(r"20 \(50%\)", str(poll["blocks"]))) == 2


async def test_too_fast_for_edits_delays_edits_only(house: SlackHouse) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.run_for(seconds(20))
    (poll,) = house.standing(LESSON, "Which part failed first?")
    house.slack.fail("chat.update", Fault(retry_after=40))
    await house.presses(ANA, poll, "The data")
    await house.schedule(one_of("prompt"), id="r2", main=house.stage.place(OTHER))
    await house.run_for(seconds(20))
    assert {d.state for d in await house.deliveries("r2")} == {"sent"}
    assert "1 (100%)" not in str(poll["blocks"])
    await house.run_for(seconds(40))
    assert "1 (100%)" in str(poll["blocks"])


# -- out of reach


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_a_channel_out_of_reach_pauses_the_run_and_the_facilitator_is_told(
    house: SlackHouse, error: str
) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    house.slack.gone[LESSON] = error
    await house.run_for(minutes(10))
    assert (await house.run()).status == "paused"
    assert "pause" in await house.audits()
    (told,) = house.standing(TALK, "Please have a look")
    assert re.search("/invite @Fivefold|archived", str(told["blocks"]))
    assert house.standing(TALK, "I cannot post in the channel")


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_where_fivefold_was_removed_the_run_pauses_and_that_is_recorded(
    house: SlackHouse, error: str
) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    house.slack.gone |= {"chat.postMessage": error, "chat.update": error, "auth.test": error}
    await house.run_for(minutes(10))
    assert (await house.run()).status == "paused"
    assert "pause" in await house.audits()
    (trouble,) = await house.owed("trouble")
    assert trouble.state == "failed"
    failed = [d for d in await house.deliveries() if d.state == "failed"]
    assert all("install" in d.problem for d in failed)
    posts = len(house.slack.sent("chat.postMessage"))
    await house.run_for(minutes(60))
    assert len(house.slack.sent("chat.postMessage")) == posts, "it is left in peace"


async def test_one_person_out_of_reach_stops_nobody_else(house: SlackHouse) -> None:
    house.slack.gone[FAY] = house.slack.gone[TALK] = "user_disabled"
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(5))
    assert (await house.run()).status == "running"
    assert house.standing(LESSON, "Which part failed first?")


async def test_somebody_whose_account_is_no_more_has_left(house: SlackHouse) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(1))
    (poll,) = house.standing(LESSON, "Which part failed first?")
    await house.presses(ANA, poll, "The data")
    assert (await house.people())[ANA].left_at is None
    await house.tells("gone", EVENTS["gone"]())
    assert (await house.people())[ANA].left_at
    (kept,) = await house.responses("poll")
    assert kept.given


async def test_a_vote_that_slack_tells_three_times_is_one(house: SlackHouse) -> None:
    await house.schedule(one_of("discussion"))
    await house.run_for(minutes(1))
    (root,) = house.standing(LESSON, "What went wrong in the")
    payload = EVENTS["reply"]()
    payload["event"] |= {"thread_ts": root["ts"], "ts": "1767603700.000100"}
    for _ in range(3):
        await house.tells("reply", payload)
    (kept,) = await house.responses("discussion")
    assert kept.given
    assert kept.given.text
    assert kept.given.text.text == "I see it."
    assert len(await house.versions()) == 1
