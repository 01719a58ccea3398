"""The port on Teams: what every failure of a call means, and that nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.address import PostRef
from bot.chat.message import Message, Text
from bot.chat.platform import Gone, Limited, PlatformFailure, Rejected, Uncertain
from bot.clock import SteppedClock
from bot.platforms import reaching
from bot.platforms.teams import connector
from bot.platforms.teams.connection import open_teams
from bot.platforms.teams.tokens import WAIT
from tests.conformance.driving import Ear, a_party
from tests.core.making import START
from tests.platforms.hole import a_hole
from tests.teams.faults import Fault
from tests.teams.opened import Odd, Opened, opened

HELLO = Message("Hello", (Text(("Hello, all.",)),))
CHANGED = Message("Hello", (Text(("Goodbye, all.",)),))
ACTIVITIES = "/v3/conversations/*/activities"

CALLS = {
    "post": ("POST", "/v3/conversations"),
    "reply": ("POST", ACTIVITIES),
    "post to a person": ("POST", ACTIVITIES),
    "first post to a person": ("POST", "/v3/conversations"),
    "edit": ("PUT", f"{ACTIVITIES}/*"),
    "members": ("GET", "/v3/conversations/*/pagedmembers"),
}
"""The calls of the port, and what Teams is asked for them."""

REPEATED = ("edit", "members")
"""What a dropped line lets aiohttp ask for once more: twice is as good as once there."""

every_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        # What is posted to Ana has a talk already; to Bo, it has none.
        await made.teams.platform.post(made.world.person("ana"), CHANGED, key="k0")
        made.world.connector.calls.clear()
        yield made


async def do(port: Opened, call: str, ref: PostRef | None) -> Any:
    """One call of the port's."""
    platform = port.teams.platform
    match call:
        case "post":
            return await platform.post(port.lesson, HELLO, key="k1")
        case "reply":
            assert ref
            return await platform.post(ref.thread, HELLO, key="k1")
        case "post to a person":
            return await platform.post(port.world.person("ana"), HELLO, key="k1")
        case "first post to a person":
            return await platform.post(port.world.person("bo"), HELLO, key="k1")
        case "edit":
            assert ref
            return await platform.edit(ref, CHANGED)
        case _:
            return await platform.members(port.lesson)


async def before(port: Opened, call: str) -> PostRef | None:
    """The post that a call is about."""
    if call not in ("reply", "edit"):
        return None
    ref = await port.teams.platform.post(port.lesson, CHANGED, key="k0")
    if call == "edit":
        await port.teams.platform.edit(ref, HELLO)
    port.world.connector.calls.clear()
    return ref


def stands(port: Opened) -> int:
    """How often the post stands."""
    posts = port.world.organisation.messages.values()
    return sum("Hello, all." in str(post.cards) for post in posts)


async def failing(port: Opened, call: str, fault: Fault, *, asked: int = 1) -> PlatformFailure:
    """What the port raises where Teams fails like this; Teams is asked no more often than that."""
    ref = await before(port, call)
    method, path = CALLS[call]
    most = 2 if call in REPEATED and fault.drop else asked
    port.world.connector.fail(method, path, fault, times=most)
    with pytest.raises(PlatformFailure) as raised:
        await do(port, call, ref)
    assert len(port.world.connector.sent(method, path)) <= most, "it was tried again"
    return raised.value


def is_a_sentence(failure: PlatformFailure) -> bool:
    """Whether a facilitator can read why."""
    why = str(failure)
    return len(why.split()) >= 3 and "\n" not in why and len(why) < 150


# -- too fast


@every_call
@pytest.mark.parametrize("seconds", [1, 30, 3600])
async def test_too_fast_waits_as_long_as_teams_asks(port: Opened, call: str, seconds: int) -> None:
    failure = await failing(port, call, Fault(retry_after=seconds))
    assert isinstance(failure, Limited)
    assert failure.after == timedelta(seconds=seconds)


TOO_FAST = ["", "0", "soon", "-1", "9" * 5_000, "Mon, 05 Jan 2026 09:00:30 GMT", "1.5", "٣"]


@every_call
@pytest.mark.parametrize("waits", TOO_FAST, ids=lambda waits: waits[:10])
async def test_too_fast_without_a_time_waits_a_moment(port: Opened, call: str, waits: str) -> None:
    page = Odd(status=429, body=b"slow down", headers={"Retry-After": waits} if waits else {})
    failure = await failing(port, call, page)
    assert isinstance(failure, Limited)
    assert failure.after == WAIT


# -- nobody knows

PAGE = b"<html><body>upstream connect error</body></html>"
BROKEN = {
    **{f"{status}": Fault(status=status) for status in (412, 500, 502, 503, 504)},
    **{
        f"{status} after it was done": Fault(status=status, reached=True)
        for status in (412, 500, 502, 503, 504)
    },
    "408": Odd(status=408),
    "dropped": Fault(drop=True),
    "dropped after it was done": Fault(drop=True, reached=True),
    "a page": Odd(status=200, body=PAGE, kind="text/html"),
    "a page, after it was done": Odd(status=200, body=PAGE, kind="text/html", reached=True),
    "a page of 502": Odd(status=502, body=PAGE, kind="text/html"),
    "nothing, after it was done": Odd(status=200, reached=True),
    "no JSON": Odd(status=201, body=b'{"id": '),
    "no JSON, not even letters": Odd(status=201, body=b"\xff\xfe\x00{"),
    "too deep": Odd(status=201, body=b"[" * 100_000),
    "another JSON": Odd(status=200, body=b'["a", 1]', reached=True),
    "another object": Odd(status=201, body=b'{"no": "id", "members": 5}'),
    "no id": Odd(status=201, body=b'{"id": "", "members": {}}'),
    "null": Odd(status=200, body=b"null"),
    "a success of another kind": Odd(status=204),
    "huge": Odd(status=200, body=b" " * 6_000_000 + b"{}", reached=True),
}


@every_call
@pytest.mark.parametrize("name", BROKEN)
async def test_what_may_have_been_done_is_uncertain(port: Opened, call: str, name: str) -> None:
    fault = BROKEN[name]
    if call == "edit" and fault.status in (200, 201):
        await an_edit_is_made_in_the_end(port, fault)
        return
    failure = await failing(port, call, fault)
    if call == "first post to a person":
        # To open a talk says nothing to anybody, and can be done once more.
        assert isinstance(failure, Limited)
        await do(port, call, None)
        assert stands(port) == 1
        assert len(port.world.organisation.talks) == 2
        return
    assert isinstance(failure, Uncertain)
    if call in ("post", "reply", "post to a person"):
        assert stands(port) == fault.reached


async def an_edit_is_made_in_the_end(port: Opened, fault: Fault) -> None:
    """It was taken, whatever the answer reads; at most it is made once more."""
    ref = await before(port, "edit")
    port.world.connector.fail(*CALLS["edit"], Fault(status=fault.status, reached=True))
    try:
        await do(port, "edit", ref)
    except Uncertain:
        await do(port, "edit", ref)
    assert stands(port) == 0


@every_call
async def test_what_takes_too_long_is_uncertain(
    port: Opened, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = await before(port, call)
    monkeypatch.setattr(connector, "SECONDS", 0.05)
    for_ever = asyncio.Event()
    try:
        method, path = CALLS[call]
        port.world.connector.fail(method, path, Fault(until=for_ever), times=9)
        opens_a_talk = call == "first post to a person"
        with pytest.raises(Limited if opens_a_talk else Uncertain):
            await do(port, call, ref)
        assert len(port.world.connector.sent(method, path)) == 1
    finally:
        for_ever.set()


@pytest.mark.parametrize("drops", [False, True], ids=["refused", "dropped"])
async def test_where_nobody_answers_nothing_was_sent(
    drops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as port:
        monkeypatch.setattr(reaching, "STANDS", 0.05)
        refs = {call: await before(port, call) for call in CALLS}
        await port.teams.platform.post(port.world.person("ana"), CHANGED, key="k0")
        clock = SteppedClock(START)
        with a_hole() as hole:
            nobody = f"{hole if drops else 'http://127.0.0.1:9/'}amer/"
            await port.records.put("teams-service", port.world.organisation.tenant, nobody.encode())
            async with open_teams(port.world.config(), port.records, Ear(), clock, clock) as teams:
                port.teams = teams
                for call in CALLS:
                    with pytest.raises(Limited):
                        await do(port, call, refs[call])


@every_call
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_led_elsewhere(port: Opened, call: str, status: int) -> None:
    """Neither a message nor a token goes to whom an answer names."""
    there = f"{port.world.connector.url}/elsewhere/v3/conversations"
    failure = await failing(port, call, Odd(status=status, headers={"Location": there}))
    assert isinstance(failure, Limited if call == "first post to a person" else Uncertain)
    assert all("elsewhere" not in sent.path for sent in port.world.connector.calls)
    assert stands(port) == (call == "edit")


# -- out of reach


GONE = {
    "blocked": Fault(status=403, code="MessageWritesBlocked"),
    "removed": Fault(status=403, code="BotNotInConversationRoster"),
    "blocked by the admin": Fault(status=403, code="BotDisabledByAdmin"),
    "no such place": Fault(status=404, code="ConversationNotFound"),
    "another reason": Fault(status=403, code="OfTomorrow"),
    "a page of 403": Odd(status=403, body=PAGE, kind="text/html"),
    "410": Odd(status=410),
}


@every_call
@pytest.mark.parametrize("fault", GONE.values(), ids=GONE)
async def test_what_is_out_of_reach_is_gone_and_the_sentence_says_why(
    port: Opened, call: str, fault: Fault
) -> None:
    # The talk is opened once more, in case that it is another by now.
    asked = 2 if call == "post to a person" else 1
    failure = await failing(port, call, fault, asked=asked)
    assert isinstance(failure, Gone)
    assert is_a_sentence(failure)
    assert stands(port) == (call == "edit")


REJECTED = {
    "too big": Fault(status=413, code="MessageSizeTooBig"),
    "too big, says a gateway": Odd(status=413, body=PAGE, kind="text/html"),
    "bad": Fault(status=400, code="BadSyntax"),
    "nonsense": Odd(status=400, body=b'{"error": "no"}'),
    "unsupported": Odd(status=415, body=b"[1]"),
}


@every_call
@pytest.mark.parametrize("fault", REJECTED.values(), ids=REJECTED)
async def test_what_teams_will_never_take_is_rejected_and_the_sentence_says_why(
    port: Opened, call: str, fault: Fault
) -> None:
    failure = await failing(port, call, fault)
    assert isinstance(failure, Rejected)
    assert is_a_sentence(failure)
    assert stands(port) == (call == "edit")


# -- tokens


@every_call
async def test_a_token_that_is_good_no_more_is_renewed_and_the_call_made(
    port: Opened, call: str
) -> None:
    ref = await before(port, call)
    port.world.connector.entra.given.clear()
    await do(port, call, ref)
    assert stands(port) == (call not in ("edit", "members"))
    statuses = [one.status for one in port.world.connector.calls]
    assert statuses.count(401) == 1
    # One refused, one for the token, and those that are asked for.
    assert len(port.world.connector.sent("POST", "*/oauth2/v2.0/token")) == 1


@every_call
async def test_where_no_token_is_taken_everything_is_gone_and_asked_for_twice_only(
    port: Opened, call: str
) -> None:
    failure = await failing(port, call, Fault(status=401), asked=2)
    assert isinstance(failure, Gone)
    assert is_a_sentence(failure)


@every_call
async def test_where_entra_gives_no_token_the_sentence_says_what_to_do(
    port: Opened, call: str
) -> None:
    ref = await before(port, call)
    port.clock.step_to(START + timedelta(hours=2))
    port.world.connector.entra.expired = True
    with pytest.raises(Gone, match="fivefold doctor"):
        await do(port, call, ref)
    assert [one.path for one in port.world.connector.calls if "/v3/" in one.path] == []


@pytest.mark.parametrize("call", [call for call in CALLS if not call.startswith("first")])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=503),
        Fault(retry_after=5),
        Fault(drop=True),
        Odd(status=200, body=PAGE, kind="text/html"),
        Odd(status=200, body=b"[]"),
        Odd(status=200, body=b"[" * 100_000),
        Odd(status=200, body=b" " * 200_000 + b'{"access_token": "x", "expires_in": 3600}'),
        Odd(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    ],
    ids="503 429 dropped page list deep huge redirect".split(),
)
async def test_where_entra_cannot_be_asked_nothing_was_sent(
    port: Opened, call: str, fault: Fault
) -> None:
    ref = await before(port, call)
    port.clock.step_to(START + timedelta(hours=2))
    port.world.connector.fail("POST", "*/oauth2/v2.0/token", fault)
    with pytest.raises(Limited):
        await do(port, call, ref)
    assert [one.path for one in port.world.connector.calls if "/v3/" in one.path] == []
    await do(port, call, ref)


async def test_a_token_is_asked_for_once_whoever_waits_for_it(port: Opened) -> None:
    port.clock.step_to(START + timedelta(hours=2))
    await asyncio.gather(*(do(port, "members", None) for _ in range(20)))
    assert len(port.world.connector.sent("POST", "*/oauth2/v2.0/token")) == 1


async def test_no_place_is_opened_and_nothing_read_back(port: Opened) -> None:
    with pytest.raises(Uncertain):
        await port.teams.platform.find(port.lesson, "k1")
    with pytest.raises(Rejected):
        await port.teams.platform.open_place(a_party("k1", port.world.person("ana")))
    assert port.world.connector.calls == []
