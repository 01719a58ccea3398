"""Only what Teams signed, for this app and of this tenant, is ever heard."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.clock import SteppedClock
from bot.platforms.teams import auth
from bot.platforms.teams import keys as fetching
from bot.platforms.teams.config import CLOUDS, MESSAGES_PATH, TeamsConfig
from bot.platforms.teams.connection import open_teams
from tests.records import MemoryRecords
from tests.slack.signed import Ear
from tests.teams.forged import (
    APP,
    CANARY,
    CASES,
    NOW,
    OTHER,
    SERVICE,
    TALK,
    TENANT,
    Request,
    activity,
    bearing,
    edited,
    forgery,
    right,
    token,
)
from tests.teams.keys import KeyServer, key_server

Json = Any

LEEWAY = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Door:
    """The door for Teams over HTTP, and who listens behind it."""

    http: httpx.AsyncClient
    ear: Ear

    async def send(self, request: Request) -> int:
        """The status of the answer. Nothing is heard but what is answered with 200."""
        before = len(self.ear.heard)
        headers = [(b"authorization", line.encode("latin-1")) for line in request.authorization]
        headers.append((b"content-type", b"application/json; charset=utf-8"))
        given = request.body
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        answer = await self.http.post(MESSAGES_PATH, content=body, headers=headers)
        assert len(self.ear.heard) - before == (answer.status_code == 200)
        return answer.status_code

    async def opens(self, request: Request) -> bool:
        """Whether it is heard; what is not, gets 401."""
        status = await self.send(request)
        assert status in (200, 401)
        return status == 200


@asynccontextmanager
async def door_for(config: TeamsConfig) -> AsyncIterator[Door]:
    ear, clock = Ear(), SteppedClock(NOW)
    async with open_teams(config, MemoryRecords(), ear, clock, clock) as teams:
        transport = httpx.ASGITransport(Starlette(routes=list(teams.routes)))
        async with httpx.AsyncClient(transport=transport, base_url="https://bot.test") as http:
            yield Door(http, ear)


def config_for(keys: KeyServer, cloud: str = "public") -> TeamsConfig:
    there = replace(CLOUDS[cloud], keys_url=keys.keys_url)
    return TeamsConfig(app_id=APP, secret="s", tenant=TENANT, cloud=there)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may be slow."""
    monkeypatch.setattr(fetching, "PATIENCE", 30)


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    async with key_server() as keys:
        yield keys


@pytest.fixture
async def door(keys: KeyServer) -> AsyncIterator[Door]:
    async with door_for(config_for(keys)) as door:
        yield door


# -- what is not right


@pytest.mark.parametrize("case", CASES)
async def test_what_is_not_right_is_not_heard(
    door: Door, keys: KeyServer, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    request = forgery(keys, case)
    assert not await door.opens(request)
    (line,) = [record.getMessage() for record in caplog.records if record.name == auth.__name__]
    given = [part for value in request.authorization for part in value.split(".")]
    secrets = [CANARY, OTHER, TENANT, APP, *(part for part in given if len(part) > 8)]
    assert [secret for secret in secrets if secret in line] == []


async def test_after_all_of_them_what_is_right_is_still_heard(door: Door, keys: KeyServer) -> None:
    listed = dict(keys.entries)
    for case in CASES:
        request = forgery(keys, case)
        keys.entries = dict(listed)
        await door.opens(request)
    assert await door.opens(right(keys))
    assert keys.fetched == {"metadata": 1, "keys": 1}


@pytest.mark.parametrize(
    "case", ["signed with 'none'", "PS256", "no kid", "no alg", "two lines", "channel: another"]
)
async def test_what_cannot_be_right_is_refused_before_any_key_is_fetched(
    door: Door, keys: KeyServer, case: str
) -> None:
    assert not await door.opens(forgery(keys, case))
    assert keys.fetched == {}


EDITS = st.fixed_dictionaries(
    {},
    optional={
        "aud": st.sampled_from([APP, OTHER, [APP]]),
        "iss": st.sampled_from([cloud.issuer for cloud in CLOUDS.values()]),
        "exp": st.integers(0, 2**40),
        "nbf": st.integers(0, 2**40),
        "alg": st.sampled_from(["RS256", "RS384", "RS512", "none", "HS256"]),
        "kid": st.sampled_from(["key-0", "key-1"]),
        "serviceurl": st.just(SERVICE),
        "typ": st.text(max_size=3),
    },
)


@st.composite
def mutated(draw: st.DrawFn, genuine: str) -> str:
    """Bits, characters, or whole parts of a token changed."""
    at = draw(st.integers(0, len(genuine) - 1))
    length = draw(st.integers(0, 40))
    more = draw(st.text(st.characters(max_codepoint=255), max_size=4))
    headers, claims, seal = genuine.split(".")
    changes = draw(EDITS)
    return draw(
        st.sampled_from(
            [
                genuine[:at] + chr(ord(genuine[at]) ^ 1 << length % 8) + genuine[at + 1 :],
                genuine[:at] + more + genuine[at + length :],
                genuine[:at],
                genuine[at:],
                genuine[at:] + genuine[:at],
                genuine[:at] + genuine[at : at + length].swapcase() + genuine[at + length :],
                f"{headers}.{edited(claims, **changes)}.{seal}",
                f"{edited(headers, **changes)}.{claims}.{seal}",
                f"{headers}.{claims}.{seal[:at]}",
                ".".join(draw(st.permutations([headers, claims, seal]))),
            ]
        )
    )


@settings(max_examples=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_no_change_of_a_good_token_is_let_in(
    door: Door, keys: KeyServer, data: st.DataObject
) -> None:
    genuine = token(keys)
    given = data.draw(mutated(genuine))
    assert await door.opens(bearing(given, activity())) == (given == genuine)


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["serviceUrl", "channelId", "channelData", "conversation"]), nonsense)
async def test_any_json_where_teams_says_who_it_is_gets_an_answer(
    door: Door, keys: KeyServer, name: str, value: Json
) -> None:
    status = await door.send(bearing(token(keys), activity() | {name: value}))
    # The tenant stands in two places, and one of them is enough.
    assert status == 401 or (name in ("channelData", "conversation") and status in (200, 400))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1e999", b"9" * 5_000, b'"' + b"x" * 2_000_000],
    ids=["nothing", "cut", "binary", "deep", "endless", "long", "huge"],
)
async def test_what_is_no_json_is_not_heard_with_the_right_token(
    door: Door, keys: KeyServer, body: bytes
) -> None:
    assert not await door.opens(bearing(token(keys), body))


# -- what is right


@pytest.mark.parametrize(
    ("cloud", "issuer", "service_url"),
    [
        ("public", "https://api.botframework.com", "https://smba.trafficmanager.net/amer/"),
        ("public", "https://api.botframework.com", "https://smba.trafficmanager.net/emea"),
        ("gcc", "https://api.botframework.com", "https://smba.infra.gcc.teams.microsoft.com/gcc"),
        ("gcc-high", "https://api.botframework.us", "https://smba.infra.gov.teams.microsoft.us/x/"),
    ],
)
async def test_what_teams_sends_is_heard_in_each_cloud_and_only_there(
    cloud: str, issuer: str, service_url: str
) -> None:
    heard = set()
    async with key_server(issuer) as keys:
        request = bearing(token(keys, service_url=service_url), activity(serviceUrl=service_url))
        for name in CLOUDS:
            async with door_for(config_for(keys, name)) as door:
                if await door.opens(request):
                    heard.add(name)
    assert cloud in heard
    assert ("gcc-high" in heard) == (heard == {"gcc-high"})


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
async def test_every_way_of_rsa_signatures_is_known(
    door: Door, keys: KeyServer, algorithm: str
) -> None:
    assert await door.opens(bearing(token(keys, algorithm=algorithm), activity()))


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_may_be_written_in_any_case(
    door: Door, keys: KeyServer, scheme: str
) -> None:
    assert await door.opens(Request((f"{scheme} {token(keys)}",), activity()))


@pytest.mark.parametrize(("claimed", "said"), [(SERVICE, SERVICE[:-1]), (SERVICE[:-1], SERVICE)])
async def test_a_slash_at_the_end_of_the_service_address_means_nothing(
    door: Door, keys: KeyServer, claimed: str, said: str
) -> None:
    request = bearing(token(keys, service_url=claimed), activity(serviceUrl=said))
    assert await door.opens(request)


@pytest.mark.parametrize("place", ["channelData", "conversation"])
async def test_the_tenant_may_be_named_in_one_place_only(
    door: Door, keys: KeyServer, place: str
) -> None:
    without = {"channelData": {"source": {"name": "message"}}, "conversation": TALK}[place]
    assert await door.opens(bearing(token(keys), activity(**{place: without})))


async def test_a_guest_of_the_tenant_is_heard(door: Door, keys: KeyServer) -> None:
    guest = {"id": "29:gus", "aadObjectId": "0b0b", "tenantId": OTHER}
    assert await door.opens(bearing(token(keys), activity(**{"from": guest})))


@pytest.mark.parametrize(
    ("change", "opens"),
    [
        ({"exp": NOW - LEEWAY + SECOND}, True),
        ({"exp": NOW - LEEWAY}, False),
        ({"nbf": NOW + LEEWAY}, True),
        ({"nbf": NOW + LEEWAY + SECOND}, False),
    ],
)
async def test_clocks_may_be_five_minutes_apart(
    door: Door, keys: KeyServer, change: Json, opens: bool
) -> None:
    times = {name: int(at.timestamp()) for name, at in change.items()}
    assert await door.opens(bearing(token(keys, **times), activity())) == opens


# -- without an app


@pytest.mark.parametrize(
    ("body", "opens"),
    [
        (activity(serviceUrl="http://127.0.0.1:56150/_connector"), True),
        (activity(serviceUrl="http://localhost:56150/_connector"), True),
        (activity(serviceUrl="http://[::1]:56150/_connector"), True),
        (activity(serviceUrl=SERVICE), False),
        (activity(serviceUrl="http://127.0.0.1.evil.example/"), False),
        (activity(serviceUrl="http://127.0.0.1@evil.example/"), False),
        (activity(serviceUrl="http://127.0.0.1:56150/", channelId="emulator"), False),
    ],
)
@pytest.mark.parametrize("authorization", [(), ("Bearer x",), ("Basic x", "Basic y")])
async def test_without_an_app_no_token_is_asked_for_and_all_stays_on_this_machine(
    body: Json, opens: bool, authorization: tuple[str, ...]
) -> None:
    async with door_for(TeamsConfig(local=True)) as door:
        assert await door.opens(Request(authorization, body)) == opens


@pytest.mark.parametrize(("tenant", "opens"), [("", True), (TENANT, True), (OTHER, False)])
async def test_without_an_app_the_tenant_is_looked_at_where_one_is_set(
    tenant: str, opens: bool
) -> None:
    body = activity(serviceUrl="http://127.0.0.1:56150/_connector")
    async with door_for(TeamsConfig(local=True, tenant=tenant)) as door:
        assert await door.opens(Request((), body)) == opens
