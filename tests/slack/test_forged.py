"""What Slack did not sign is never heard, and what it did is never too odd for an answer."""

from __future__ import annotations

import json
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import Form, Message, Text, TextField
from bot.platforms.slack.config import SlackConfig
from bot.platforms.slack.routes import LARGEST, events_route
from tests.slack.signed import (
    ACTS,
    EVENTS,
    PAYLOADS,
    SECRET,
    House,
    Request,
    a_request,
    encoded,
    seal,
    signed,
    signed_house,
)

Json = Any
Mutation = Callable[[Request, random.Random], Request]

FORGERIES = 12_000
TIMESTAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with signed_house() as house:
        yield house


@pytest.mark.parametrize("kind", PAYLOADS)
async def test_what_slack_signed_is_taken(house: House, kind: str) -> None:
    answer = await house.send(a_request(kind))
    assert answer.status_code == 200
    # The last two are news that the token, which still works, gives the lie to.
    silent = ("url_verification", "more room", "uninstalled", "revoked")
    assert len(house.ear.heard) == (kind not in silent)


async def test_slacks_question_whose_address_this_is_gets_its_answer(house: House) -> None:
    answer = await house.send(a_request("url_verification"))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c"})


# -- forgeries


def _flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _another_body(request: Request, chance: random.Random) -> Request:
    body = request.body
    at = chance.randrange(len(body))
    return replace(
        request,
        body=chance.choice(
            (
                _flipped(body, chance),
                body[:at],
                body[at + 1 :],
                body + chance.randbytes(chance.randrange(1, 9)),
                body[:at] + chance.randbytes(3) + body[at:],
                b"\xff\xfe" + body,
                chance.randbytes(chance.randrange(200)),
                b"",
                b"{}",
                b"ssl_check=1&token=t",
                json.dumps({"type": "url_verification", "challenge": "c"}).encode(),
                body * 2,
                body.replace(b"U0ANA", b"U0FAY"),
            )
        ),
    )


def _another_time(request: Request, chance: random.Random) -> Request:
    now = int(request.header(TIMESTAMP))
    further = (301, 600, 86_400, 10**9, -360, -600, -86_400, 1, -1, 2)
    odd = "1e9 0x5 -1 +5 0 ٣ nan inf 12.5 9999999999999 '' , v0".split()
    chosen = chance.choice((str(now - chance.choice(further)), chance.choice(odd), "9" * 5000))
    return request.but(TIMESTAMP, chosen.encode())


def _out_of_time(request: Request, chance: random.Random) -> Request:
    """A true signature, of a moment that is not now."""
    off = chance.choice((-1, 1)) * chance.choice((310, 3600, 86_400, 10**8))
    return signed(request.body, at=time.time() + off)


def _no_time(request: Request, chance: random.Random) -> Request:
    """A true signature, of something that is no moment."""
    odd = (b"", b"-5", b"1.5", b"abc", b"1e9", "٣٤".encode(), b"9" * 400, b"\xff", b"0x1", b"nan")
    at = chance.choice(odd)
    return request.but(TIMESTAMP, at).but(SIGNATURE, seal(SECRET, at, request.body))


def _another_signature(request: Request, chance: random.Random) -> Request:
    given = request.header(SIGNATURE)
    return request.but(
        SIGNATURE,
        chance.choice(
            (
                _flipped(given, chance),
                given[: chance.randrange(len(given))],
                given + chance.randbytes(1),
                given.upper(),
                given[3:],
                given.replace(b"v0=", b"v1="),
                b"",
                b"v0=",
                b"v0=" + b"0" * 64,
                "v0=é☃".encode(),
                b"v0=" + b"\xff" * 64,
                b"None",
                signed(b"{}").header(SIGNATURE),
                seal(SECRET, b"", request.body),
                seal("", request.header(TIMESTAMP), request.body),
                seal(f"{SECRET} ", request.header(TIMESTAMP), request.body),
            )
        ),
    )


def _headers_missing_or_twice(request: Request, chance: random.Random) -> Request:
    name = chance.choice((TIMESTAMP, SIGNATURE))
    given = request.header(name)
    values = ((), (b"", given), (given, b""), (given, given), (b"v0=x", given), (given, b"1"))
    return request.but(name, *chance.choice(values))


def _another_secret(request: Request, chance: random.Random) -> Request:
    secret = chance.choice(("", "x", SECRET[:-1], SECRET.upper(), chance.randbytes(16).hex()))
    return signed(request.body, secret=secret)


MUTATIONS: tuple[Mutation, ...] = (
    _another_body,
    _another_time,
    _out_of_time,
    _no_time,
    _another_signature,
    _headers_missing_or_twice,
    _another_secret,
)


def _beside(request: Request, chance: random.Random) -> Request:
    """With headers besides that are not what Slack sends."""
    types = (b"application/json", b"text/plain", b"\xff", b"", b"multipart/form-data; boundary=x")
    more = (
        ("content-type", chance.choice(types)),
        ("content-encoding", chance.choice((b"gzip", b"br", b"nonsense"))),
        ("x-slack-bolt-lazy-only", b"1"),
        ("x-slack-retry-num", chance.choice((b"1", b"-1", b"x"))),
        ("x-forwarded-for", b"127.0.0.1"),
        ("authorization", b"Bearer xoxb-1"),
    )
    return request.but(*chance.choice(more)) if chance.random() < 0.3 else request


async def test_no_forged_request_is_heard(house: House) -> None:
    chance = random.Random(5)
    answers: Counter[tuple[str, int]] = Counter()
    genuine = [a_request(kind) for kind in PAYLOADS]
    while answers.total() < FORGERIES:
        mutate = chance.choice(MUTATIONS)
        request = mutate(chance.choice(genuine), chance)
        if request in genuine:
            continue
        answer = await house.send(_beside(request, chance))
        answers[mutate.__name__, answer.status_code] += 1
    assert {status for _, status in answers} == {401}, answers
    assert {name for name, _ in answers} == {mutate.__name__ for mutate in MUTATIONS}
    assert house.ear.heard == []
    for request in genuine:
        assert (await house.send(request)).status_code == 200


async def test_other_methods_and_addresses_are_not_there(house: House) -> None:
    request = a_request("press")
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "X"):
        assert (await house.send(replace(request, method=method))).status_code in (405, 401, 200)
        if method != "post":
            assert (await house.send(replace(request, method=method))).status_code == 405
    for path in ("/slack", "/slack/events/", "/slack/events/x", "/slack/actions", "//slack/events"):
        assert (await house.send(replace(request, path=path))).status_code in (404, 307)
    assert len(house.ear.heard) <= 1


async def test_more_than_slack_sends_is_not_read(house: House) -> None:
    body = b"payload=" + b"x" * LARGEST
    assert (await house.send(signed(body))).status_code == 401


def test_there_is_no_door_without_a_secret() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        events_route(SlackConfig(), None)  # type: ignore[arg-type]


# -- nonsense that is well signed

CANARY = "kanarienvogel"
MESSAGE = Message("Hello", (Text(("Hello, all.",)),))
FORM = Form("In your words", "f.words.o1...", (TextField("why", "Why is that?"),))
ANSWERS: tuple[Answer, ...] = (
    Saved(),
    Saved("Kept."),
    Refused("No more."),
    NotSaved("Not saved."),
    Correct({"why": "Say more."}),
    Show(MESSAGE),
    Show(FORM, "Kept."),
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.just(CANARY),
    st.just(""),
    st.just("\x00\ud800"),
    st.sampled_from(["U0FIVEFOLD", "f.vote.o1...", "f.adopt.o1.1-2..", "form", "home", "1" * 500]),
    st.text(max_size=8),
)
nonsense = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
paths = st.lists(st.integers(0, 30), min_size=1, max_size=7)
changes = st.lists(st.tuples(paths, st.booleans(), nonsense), min_size=1, max_size=3)


def changed(payload: Json, path: list[int], removed: bool, value: Json) -> Json:
    """The payload without, or with something else in, the place that the path leads to."""
    if not isinstance(payload, dict | list) or not payload or not path:
        return value
    keys = list(payload) if isinstance(payload, dict) else list(range(len(payload)))
    key = keys[path[0] % len(keys)]
    copy = payload.copy()
    if removed and len(path) == 1:
        del copy[key]
    else:
        copy[key] = changed(payload[key], path[1:], removed, value)
    return copy


def saying_the_canary(payload: Json) -> Json:
    """The payload with the canary in whatever somebody could have written."""
    if isinstance(payload, dict):
        return {
            key: CANARY if key in ("text", "value") and isinstance(value, str) else again(value)
            for key, value in payload.items()
        }
    return [again(value) for value in payload] if isinstance(payload, list) else payload


again = saying_the_canary


async def _is_answered(
    house: House, caplog: pytest.LogCaptureFixture, request: Request, answer: Answer, event: bool
) -> None:
    caplog.clear()
    house.ear.heard.clear()
    house.ear.answers[:] = [answer] * 4
    response = await house.send(request)
    heard_in_vain = event and house.ear.heard and isinstance(answer, NotSaved)
    assert response.status_code < 500 or heard_in_vain, house.ear.heard
    # The Slack and the client of the tests write down every address that they are asked for.
    ours = [record for record in caplog.records if record.name not in ("aiohttp.access", "httpx")]
    for record in ours:
        assert record.exc_info is None, record
        assert CANARY not in record.getMessage()


NEVER = settings(
    max_examples=1_100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@NEVER
@given(st.sampled_from([*EVENTS, *ACTS]), changes, st.sampled_from(ANSWERS))
async def test_a_payload_with_wrong_or_missing_fields_is_answered(
    house: House, caplog: pytest.LogCaptureFixture, kind: str, how: Json, answer: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    payload = saying_the_canary(PAYLOADS[kind]())
    for path, removed, value in how:
        payload = changed(payload, path, removed, value)
    await _is_answered(house, caplog, signed(*encoded(kind, payload)), answer, kind in EVENTS)


@settings(NEVER, max_examples=1_000)
@given(st.sampled_from(["reply", "press"]), nonsense, st.sampled_from(ANSWERS))
async def test_any_json_is_answered(
    house: House, caplog: pytest.LogCaptureFixture, kind: str, payload: Json, answer: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    await _is_answered(house, caplog, signed(*encoded(kind, payload)), answer, kind in EVENTS)


DEEP = "[" * 100_000
BODIES = [
    b"",
    b"payload",
    b"payload=",
    b"payload=%7B",
    b"payload=null",
    b"payload=[]",
    b"payload=%22x%22",
    b"payload=" + DEEP.encode(),
    DEEP.encode(),
    b"{",
    b"{}",
    b"[]",
    b"null",
    b"1" * 5000,
    b'{"type": ' + b"1" * 5000 + b"}",
    b"ssl_check=1",
    b"ssl_check=1&token=t",
    b"command=%2Ffivefold",
    b"\xff\xfe{}",
    b'{"type": "event_callback"}',
    b'{"type": "event_callback", "event": []}',
    b'{"type": "event_callback", "event": {"type": "message"}}',
    b'{"type": "event_callback", "event": {"type": ["message"]}, "team_id": "T0FIRST"}',
    b'{"type": "url_verification"}',
    b'{"type": "url_verification", "challenge": {}}',
]


@pytest.mark.parametrize("content", ["application/json", "x-www-form-urlencoded", "\xff", ""])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_any_body_is_answered(
    house: House, caplog: pytest.LogCaptureFixture, body: bytes, content: str
) -> None:
    caplog.set_level(logging.DEBUG)
    request = signed(body).but("content-type", content.encode("latin-1"))
    await _is_answered(house, caplog, request, Saved(), event=True)
    assert house.ear.heard == []


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "{}",
        "[]",
        "null",
        "x" * 3000,
        '{"callback": 5}',
        '{"callback": ["a"], "channel": {}}',
        '{"callback": "f.run.r1.start..1", "home": "yes"}',
        '{"what": "else"}',
        '{"channel": "C0OTHER", "post": "1.2"}',
        "[" * 100_000,
    ],
)
async def test_a_window_that_was_tampered_with_is_answered(
    house: House, caplog: pytest.LogCaptureFixture, metadata: str
) -> None:
    caplog.set_level(logging.DEBUG)
    payload = PAYLOADS["form"]()
    payload["view"]["private_metadata"] = metadata
    await _is_answered(house, caplog, a_request("form", payload), Saved("Kept."), event=False)
