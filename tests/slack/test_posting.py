"""The port on Slack: what every failure of a call means, and where a post is found again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.chat.address import Party, Person, Place, PostRef
from bot.chat.message import Message, Text
from bot.chat.platform import Gone, Incomplete, Limited, PlatformFailure, Rejected, Uncertain
from bot.clock import SteppedClock
from bot.platforms import parts, reaching
from bot.platforms.slack import adapter, calls
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.calls import GONE, WAIT
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.connection import open_slack
from tests.platforms.hole import a_hole
from tests.records import MemoryRecords
from tests.slack.faults import Fault
from tests.slack.plain_slack import ANA, LESSON, OTHER, TEAM, PlainSlack, plain_slack
from tests.slack.signed import Ear, installed

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HELLO = Message("Hello", (Text(("Hello, all.",)),))
CHANGED = Message("Hello", (Text(("Goodbye, all.",)),))
PLACE = Place("slack", TEAM, LESSON)
PERSON = Person("slack", TEAM, ANA)
PARTY = Party("slack", TEAM, "k1", "Group 1", (PERSON,))


@dataclass
class Port:
    """The platform, and the Slack that it speaks to."""

    slack: PlainSlack
    platform: SlackPlatform
    clock: SteppedClock
    records: MemoryRecords

    async def do(self, call: str, ref: PostRef | None) -> Any:
        """One call of the port's."""
        match call:
            case "post":
                return await self.platform.post(PLACE, HELLO, key="k1")
            case "post to a person":
                return await self.platform.post(PERSON, HELLO, key="k1")
            case "edit":
                assert ref
                return await self.platform.edit(ref, CHANGED)
            case "find":
                return await self.platform.find(PLACE, "k1")
            case "members":
                return await self.platform.members(PLACE)
            case _:
                return await self.platform.open_place(PARTY)


METHODS = {
    "post": "chat.postMessage",
    "post to a person": "chat.postMessage",
    "edit": "chat.update",
    "find": "conversations.history",
    "members": "conversations.members",
    "open_place": "conversations.open",
}
"""The calls of the port, and what Slack is asked for them."""

READS = ("find", "members")


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    clock = SteppedClock(START)
    async with plain_slack(clock.now) as slack:
        config = SlackConfig(
            signing_secret="s", api_url=slack.api_url, allow=frozenset({"history", "groups"})
        )
        records = installed(TEAM)
        async with open_slack(config, records, Ear(), clock, clock) as opened:
            yield Port(slack, opened.platform, clock, records)


async def failing(port: Port, call: str, fault: Fault) -> PlatformFailure:
    """What the port raises where Slack fails like this; Slack is asked once, and never again.

    Only what reads and changes nothing may be asked for twice, where the line is dropped.
    """
    method = METHODS[call]
    ref = await port.platform.post(PLACE, HELLO, key="k0") if call == "edit" else None
    before = len(port.slack.sent(method))
    most = 2 if call in READS and fault.drop else 1
    port.slack.fail(method, fault, times=most)
    with pytest.raises(PlatformFailure) as raised:
        await port.do(call, ref)
    assert len(port.slack.sent(method)) == before + most, "it was tried again"
    return raised.value


every_call = pytest.mark.parametrize("call", METHODS)


@every_call
@pytest.mark.parametrize("seconds", [1, 30, 3600])
async def test_too_fast_waits_as_long_as_slack_asks(port: Port, call: str, seconds: int) -> None:
    failure = await failing(port, call, Fault(retry_after=seconds))
    assert isinstance(failure, Limited)
    assert failure.after == timedelta(seconds=seconds)


@every_call
async def test_too_fast_without_a_time_waits_a_moment(port: Port, call: str) -> None:
    failure = await failing(port, call, Fault(error="ratelimited"))
    assert isinstance(failure, Limited)
    assert failure.after == WAIT


BROKEN = {
    "503": Fault(status=503),
    "502 after it was done": Fault(status=502, reached=True),
    "500 after it was done": Fault(status=500, reached=True),
    "dropped": Fault(drop=True),
    "dropped after it was done": Fault(drop=True, reached=True),
    "a page instead of an answer": Fault(status=200),
    "a page, after it was done": Fault(status=200, reached=True),
    "a page of another status": Fault(status=404),
    "internal_error": Fault(error="internal_error", reached=True),
    "fatal_error": Fault(error="fatal_error"),
    "service_unavailable": Fault(error="service_unavailable"),
    "request_timeout": Fault(error="request_timeout"),
}


@every_call
@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
async def test_what_may_have_been_done_is_uncertain(port: Port, call: str, fault: Fault) -> None:
    assert isinstance(await failing(port, call, fault), Uncertain)
    posts = port.slack.posted().count("k1/1")
    assert posts == (call.startswith("post") and fault.reached)


@every_call
async def test_what_takes_too_long_is_uncertain(
    port: Port, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "SECONDS", 0.05)
    for_ever = asyncio.Event()
    try:
        ref = PostRef(PLACE, "1.2")
        port.slack.fail(METHODS[call], Fault(until=for_ever))
        with pytest.raises(Uncertain):
            await port.do(call, ref)
        assert len(port.slack.sent(METHODS[call])) == 1
    finally:
        for_ever.set()


@pytest.mark.parametrize("drops", [False, True], ids=["refused", "dropped"])
async def test_where_nobody_answers_nothing_was_sent(
    drops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "STANDS", 0.05)
    clock = SteppedClock(START)
    records = installed(TEAM)
    with a_hole() as hole:
        config = SlackConfig(
            signing_secret="s",
            api_url=f"{hole if drops else 'http://127.0.0.1:9/'}api/",
            allow=frozenset({"history", "groups"}),
        )
        async with open_slack(config, records, Ear(), clock, clock) as opened:
            port = Port(PlainSlack(clock.now), opened.platform, clock, records)
            for call in METHODS:
                with pytest.raises(Limited):
                    await port.do(call, PostRef(PLACE, "1.2"))


@every_call
@pytest.mark.parametrize("error", sorted(GONE))
async def test_what_is_out_of_reach_is_gone(port: Port, call: str, error: str) -> None:
    if call == "post to a person":
        # The talk is opened by hand then, and is out of reach as well.
        port.slack.gone["conversations.open"] = error
    assert isinstance(await failing(port, call, Fault(error=error)), Gone)
    assert "k1/1" not in port.slack.posted()


@every_call
@pytest.mark.parametrize("error", "invalid_blocks msg_too_long no_text invalid_arguments".split())
async def test_what_slack_will_never_take_is_rejected(port: Port, call: str, error: str) -> None:
    assert isinstance(await failing(port, call, Fault(error=error)), Rejected)


async def test_without_an_install_everything_is_gone(port: Port) -> None:
    with pytest.raises(Gone):
        await port.platform.post(Place("slack", "T0NOWHERE", LESSON), HELLO, key="k1")
    assert port.slack.calls == []


async def test_a_talk_that_slack_does_not_open_by_itself_is_opened(port: Port) -> None:
    port.slack.fail("chat.postMessage", Fault(error="channel_not_found"), times=9, channel=ANA)
    first = await port.platform.post(PERSON, HELLO, key="k1")
    again = await port.platform.post(PERSON, HELLO, key="k2")
    assert first.place == again.place == Place("slack", TEAM, "D0ANA")
    assert port.slack.posted() == ["k1/1", "k2/1"]
    assert len(port.slack.sent("conversations.open")) == 1


# -- finding


async def test_a_post_is_found_where_it_stands(port: Port) -> None:
    post, find = port.platform.post, port.platform.find
    root = await post(PLACE, HELLO, key="root")
    refs = {
        "channel": await post(PLACE, HELLO, key="channel"),
        "thread": await post(root.thread, HELLO, key="thread"),
        "talk": await post(PERSON, HELLO, key="talk"),
    }
    for to, key in ((PLACE, "channel"), (root.thread, "thread"), (PERSON, "talk")):
        assert await find(to, key) == refs[key]
        assert await find(to, f"{key}-2") is None
    assert await find(Place("slack", TEAM, OTHER), "channel") is None
    assert await find(PLACE, "thread") is None


@pytest.mark.parametrize("threaded", [False, True], ids=["in a channel", "in a thread"])
async def test_a_post_is_found_on_a_later_page(port: Port, threaded: bool) -> None:
    port.slack.most = 4
    root = await port.platform.post(PLACE, HELLO, key="root")
    place = root.thread if threaded else PLACE
    within = {"thread_ts": root.id} if threaded else {}
    for _ in range(9):
        port.slack.say(LESSON, text="Hm.", **within)
    ref = await port.platform.post(place, HELLO, key="k1")
    for _ in range(9):
        port.slack.say(LESSON, text="Hm.", **within)
    assert await port.platform.find(place, "k1") == ref
    assert await port.platform.find(place, "k2") is None


async def test_where_too_much_was_said_nobody_knows(port: Port) -> None:
    port.slack.most = 1
    for _ in range(adapter.PAGES + 1):
        port.slack.say(LESSON, text="Hm.")
    with pytest.raises(Uncertain):
        await port.platform.find(PLACE, "k1")


async def test_what_somebody_else_posted_under_the_same_key_is_not_ours(port: Port) -> None:
    """Everybody in a workspace can read metadata; and other apps can write it."""
    ours = {"event_type": "fivefold_post", "event_payload": {"key": "k1", "part": 1}}
    port.slack.say(LESSON, text="I am the bot.", metadata=ours)
    port.slack.say(LESSON, text="Me too.", metadata=ours, user="U0OTHERBOT", bot_id="B0OTHER")
    other = {"event_type": "other_post", "event_payload": {"key": "k1", "part": 1}}
    port.slack.say(LESSON, text="So am I.", metadata=other, bot_id="B0FIVEFOLD")
    odd: list[Any] = [None, {}, {"event_type": "fivefold_post"}]
    for metadata in odd:
        port.slack.say(LESSON, text="Hm.", metadata=metadata or {}, bot_id="B0FIVEFOLD")
    assert await port.platform.find(PLACE, "k1") is None
    ref = await port.platform.post(PLACE, HELLO, key="k1")
    assert await port.platform.find(PLACE, "k1") == ref


async def test_the_second_part_of_a_post_is_not_the_post(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(3), key="k1")
    assert await port.platform.find(PLACE, "k1") == ref


async def test_without_the_right_to_read_nothing_is_known() -> None:
    clock = SteppedClock(START)
    async with plain_slack(clock.now) as slack:
        config = SlackConfig(signing_secret="s", api_url=slack.api_url)
        async with open_slack(config, installed(TEAM), Ear(), clock, clock) as opened:
            await opened.platform.post(PLACE, HELLO, key="k1")
            with pytest.raises(Uncertain):
                await opened.platform.find(PLACE, "k1")


# -- long messages


def words(parts: int, word: str = "evidence") -> list[str]:
    """As many words as take so many posts."""
    size = {1: 100, 2: 14_000, 3: 27_000, 4: 40_000}[parts]
    return [f"{word}{number:05}" for number in range(size // (len(word) + 6))]


def long(parts: int, word: str = "evidence") -> Message:
    """A message that takes so many posts."""
    return Message("Long", (Text((" ".join(words(parts, word)),)),))


def standing(port: Port) -> list[str]:
    """The words that can be read in the channel, in order."""
    blocks = [message["blocks"] for message in port.slack.at(LESSON)]
    return re.findall(r"[a-z]+[0-9]{5}", str(blocks))


@pytest.mark.parametrize("after", [1, 2, 3, 4])
@pytest.mark.parametrize("before", [1, 2, 3, 4])
async def test_a_long_message_is_edited_into_more_or_fewer_posts(
    port: Port, before: int, after: int
) -> None:
    ref = await port.platform.post(PLACE, long(before), key="k1")
    assert standing(port) == words(before)
    assert port.slack.posted() == [f"k1/{number}" for number in range(1, before + 1)]
    for count, word in ((after, "learning"), (after, "learning"), (before, "evidence")):
        await port.platform.edit(ref, long(count, word))
        assert standing(port) == words(count, word)
        assert len(port.slack.at(LESSON)) == count
    assert port.slack.at(LESSON)[0]["ts"] == ref.id


async def test_parts_follow_in_the_thread_and_in_the_talk(port: Port) -> None:
    root = await port.platform.post(PLACE, HELLO, key="root")
    for to in (root.thread, PERSON):
        ref = await port.platform.post(to, long(3), key="k1")
        there = [m for m in port.slack.at(ref.place.channel) if m["ts"] >= ref.id]
        assert len(there) == 3
        assert {m.get("thread_ts", "") for m in there} == {ref.place.thread}


CUT = {
    "a broken line": Fault(drop=True),
    "a line that breaks after the post": Fault(drop=True, reached=True),
    "an error of Slack's": Fault(status=503),
    "a refusal": Fault(error="invalid_blocks"),
    "an archived channel": Fault(error="is_archived"),
    "a long wait": Fault(retry_after=3600),
}


@pytest.mark.parametrize("fault", CUT.values(), ids=CUT)
@pytest.mark.parametrize("nth", [2, 3], ids=["at the second part", "at the third part"])
async def test_a_long_message_that_broke_off_is_made_whole_by_an_edit(
    port: Port, fault: Fault, nth: int
) -> None:
    """Its first part stands and is found, and says by its key that the rest is missing."""
    port.slack.fail("chat.postMessage", Fault(), times=nth - 1)
    port.slack.fail("chat.postMessage", fault)
    with pytest.raises(Incomplete if fault.retry_after else Uncertain) as failed:
        await port.platform.post(PLACE, long(3), key="k1")
    ref = await port.platform.find(PLACE, "k1")
    assert ref
    assert not isinstance(failed.value, Incomplete) or failed.value.ref == ref
    await port.platform.edit(ref, long(3))
    assert standing(port) == words(3)
    assert len(port.slack.at(LESSON)) == 3


async def test_the_rest_waits_where_slack_asks_for_a_moment(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(parts, "asyncio", SimpleNamespace(sleep=sleep))
    port.slack.fail("chat.postMessage", Fault())
    port.slack.fail("chat.postMessage", Fault(retry_after=3), times=2)
    await port.platform.post(PLACE, long(2), key="k1")
    assert waited == [3, 3]
    assert standing(port) == words(2)


async def test_an_edit_that_broke_off_is_done_by_the_next(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(4), key="k1")
    for method in ("chat.update", "chat.delete"):
        port.slack.fail(method, Fault(status=503))
        with pytest.raises(Uncertain):
            await port.platform.edit(ref, long(2, "learning"))
    await port.platform.edit(ref, long(2, "learning"))
    assert standing(port) == words(2, "learning")


async def test_a_part_that_somebody_deleted_does_not_stop_an_edit(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(3), key="k1")
    port.slack.messages.pop()
    await port.platform.edit(ref, long(1, "learning"))
    assert standing(port) == words(1, "learning")


async def test_a_later_part_that_somebody_deleted_is_posted_anew(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(3), key="k1")
    del port.slack.messages[1]
    await port.platform.edit(ref, long(3, "learning"))
    assert standing(port) == words(3, "learning")
    await port.platform.edit(ref, long(3))
    assert standing(port) == words(3)
    assert len(port.slack.at(LESSON)) == 3


async def test_where_the_channel_is_gone_no_part_is_taken_for_a_deleted_one(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(2), key="k1")
    port.slack.fail("chat.update", Fault())
    port.slack.fail("chat.update", Fault(error="is_archived"))
    with pytest.raises(Gone):
        await port.platform.edit(ref, long(2, "learning"))
    await port.platform.edit(ref, long(2, "learning"))
    assert standing(port) == words(2, "learning")
    assert len(port.slack.at(LESSON)) == 2


async def test_an_edit_changes_only_the_parts_that_read_something_else(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(2), key="k1")
    await port.platform.edit(ref, long(2))
    assert port.slack.sent("chat.update") == []
    changed = [*words(2)[:-1], "learning00000"]
    for _ in range(2):
        await port.platform.edit(ref, Message("Long", (Text((" ".join(changed),)),)))
    assert [call["ts"] for call in port.slack.sent("chat.update")] == [port.slack.messages[1]["ts"]]
    assert standing(port) == changed


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(drop=True, reached=True)])
async def test_a_change_that_slack_did_not_confirm_is_not_taken_for_made(
    port: Port, fault: Fault
) -> None:
    """Nobody knows then which of the two it reads; an edit back makes sure of it."""
    ref = await port.platform.post(PLACE, HELLO, key="k1")
    port.slack.fail("chat.update", fault)
    with pytest.raises(Uncertain):
        await port.platform.edit(ref, CHANGED)
    await port.platform.edit(ref, HELLO)
    assert "Hello, all." in str(port.slack.at(LESSON))
    port.slack.fail("chat.update", fault)
    with pytest.raises(Uncertain):
        await port.platform.edit(ref, CHANGED)
    await port.platform.edit(ref, CHANGED)
    assert "Goodbye, all." in str(port.slack.at(LESSON))


# -- edits by which a message grows


@pytest.mark.parametrize("reached", [True, False], ids=["posted", "not posted"])
@pytest.mark.parametrize("threaded", [False, True], ids=["in a channel", "in a thread"])
async def test_an_edit_that_grows_a_message_posts_every_part_once(
    port: Port, reached: bool, threaded: bool
) -> None:
    port.slack.most = 3
    root = await port.platform.post(PLACE, HELLO, key="root")
    ref = await port.platform.post(root.thread if threaded else PLACE, long(1), key="k1")
    for _ in range(3):
        port.slack.fail("chat.postMessage", Fault(drop=True, reached=reached))
        with pytest.raises(Uncertain):
            await port.platform.edit(ref, long(4))
        for _ in range(3):
            port.slack.say(LESSON, text="Hm.", blocks=[], thread_ts=root.id)
    await port.platform.edit(ref, long(4))
    assert port.slack.posted() == ["root/1", "k1/1", "k1/2", "k1/3", "k1/4"]
    assert standing(port) == words(4)
    await port.platform.edit(ref, long(1, "learning"))
    assert standing(port) == words(1, "learning")


@pytest.mark.parametrize("reached", [True, False], ids=["posted", "not posted"])
async def test_without_the_right_to_read_a_part_in_doubt_is_left_out(reached: bool) -> None:
    """Whether it stands cannot be known; it never stands there twice, and the rest follows."""
    clock = SteppedClock(START)
    async with plain_slack(clock.now) as slack:
        config = SlackConfig(signing_secret="s", api_url=slack.api_url)
        async with open_slack(config, installed(TEAM), Ear(), clock, clock) as opened:
            ref = await opened.platform.post(PLACE, long(1), key="k1")
            slack.fail("chat.postMessage", Fault(drop=True, reached=reached))
            with pytest.raises(Uncertain):
                await opened.platform.edit(ref, long(3))
            for _ in range(2):
                await opened.platform.edit(ref, long(3))
            assert slack.posted() == ["k1/1", *(["k1/2"] if reached else []), "k1/3"]


@pytest.mark.parametrize("fault", [Fault(error="invalid_blocks"), Fault(retry_after=3600)])
async def test_a_part_that_was_surely_not_posted_is_posted_by_the_next_edit(
    port: Port, fault: Fault
) -> None:
    ref = await port.platform.post(PLACE, long(1), key="k1")
    port.slack.fail("chat.postMessage", fault)
    with pytest.raises(Limited if fault.retry_after else Rejected):
        await port.platform.edit(ref, long(2))
    await port.platform.edit(ref, long(2))
    assert standing(port) == words(2)
    assert port.slack.sent("conversations.history") == []


async def test_where_too_much_was_said_a_part_in_doubt_is_left_out(port: Port) -> None:
    ref = await port.platform.post(PLACE, long(1), key="k1")
    port.slack.fail("chat.postMessage", Fault(drop=True, reached=True))
    with pytest.raises(Uncertain):
        await port.platform.edit(ref, long(2))
    port.slack.most = 1
    for _ in range(adapter.PAGES + 1):
        port.slack.say(LESSON, text="Hm.", blocks=[])
    await port.platform.edit(ref, long(2))
    assert port.slack.posted() == ["k1/1", "k1/2"]


async def test_a_post_that_is_found_in_a_long_thread_is_found_whole(port: Port) -> None:
    """A thread is told from its beginning, so that the first part comes pages before the rest."""
    root = await port.platform.post(PLACE, HELLO, key="root")
    ref = await port.platform.post(root.thread, long(3), key="k1")
    # The process ended before it could keep that.
    await port.records.delete(adapter.PARTS, str(ref))
    port.slack.most = 2
    assert await port.platform.find(root.thread, "k1") == ref
    await port.platform.edit(ref, long(3, "learning"))
    assert standing(port) == words(3, "learning")
