"""Microsoft's keys are fetched seldom, kept when they cannot be, and forgotten with their list."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from bot.platforms.teams import keys as ours
from bot.platforms.teams.keys import EMPTY_PAUSE, LASTS, PAUSE, Keys
from tests.teams.forged import NOW
from tests.teams.keys import KEYS_PATH, Fault, KeyServer, key_server, listed, private_key

Json = Any

SHORT = 0.1
SECOND = timedelta(seconds=1)
ONCE = {"metadata": 1, "keys": 1}
TWICE = {"metadata": 2, "keys": 2}
# Where a connection breaks, aiohttp asks again by itself, once.
ONE_TRY = (1, 2)
FAULTS: tuple[Fault, ...] = get_args(Fault)
BESIDE = [HealthCheck.function_scoped_fixture]


@dataclass
class HandClock:
    """A clock that is set by hand, back as well."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, at: datetime) -> float:
        raise AssertionError("nothing waits here")


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    async with key_server() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def keys(
    server: KeyServer,
    session: aiohttp.ClientSession,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Keys:
    # A busy machine may be slow.
    monkeypatch.setattr(ours, "PATIENCE", 30)
    return Keys(server.keys_url, session, clock)


async def test_nothing_is_fetched_before_it_is_needed(server: KeyServer, keys: Keys) -> None:
    assert server.fetched == {}


async def test_many_that_ask_at_once_share_one_fetch(server: KeyServer, keys: Keys) -> None:
    found = await asyncio.gather(*(keys.find("key-0") for _ in range(50)))
    assert None not in found
    assert server.fetched == ONCE


async def test_keys_are_kept_for_a_day(server: KeyServer, keys: Keys, clock: HandClock) -> None:
    await keys.find("key-0")
    clock.at += LASTS - SECOND
    assert await keys.find("key-0")
    assert server.fetched == ONCE
    clock.at += SECOND
    assert await keys.find("key-0")
    assert server.fetched == TWICE


async def test_keys_are_fetched_again_after_a_clock_was_set_back(
    server: KeyServer, keys: Keys, clock: HandClock
) -> None:
    await keys.find("key-0")
    clock.at -= timedelta(days=400)
    assert await keys.find("key-0")
    assert server.fetched == TWICE


async def test_a_new_key_is_found_after_the_pause(
    server: KeyServer, keys: Keys, clock: HandClock
) -> None:
    await keys.find("key-0")
    server.rotate(keep=True)
    clock.at += PAUSE - SECOND
    assert await keys.find("key-1") is None
    assert server.fetched == ONCE
    clock.at += SECOND
    assert await keys.find("key-1")
    assert await keys.find("key-0")


async def test_a_key_that_is_listed_no_more_is_good_no_more(
    server: KeyServer, keys: Keys, clock: HandClock
) -> None:
    await keys.find("key-0")
    server.rotate()
    clock.at += PAUSE
    assert await keys.find("key-1")
    assert await keys.find("key-0") is None


async def test_invented_keys_cause_one_fetch_in_five_minutes(
    server: KeyServer, keys: Keys, clock: HandClock
) -> None:
    for number in range(600):
        assert await keys.find(f"invented-{number}") is None
        clock.at += SECOND
    assert server.fetched == TWICE


@pytest.mark.parametrize("fault", FAULTS)
async def test_keys_stay_in_use_while_they_cannot_be_fetched(
    server: KeyServer,
    keys: Keys,
    clock: HandClock,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await keys.find("key-0")
    server.fault = fault
    clock.at += LASTS
    asked = server.fetched["metadata"]
    with monkeypatch.context() as patience:
        patience.setattr(ours, "PATIENCE", SHORT if fault == "slow" else 30)
        found = await asyncio.gather(*(keys.find("key-0") for _ in range(20)))
    assert None not in found
    assert server.fetched["metadata"] - asked in ONE_TRY
    server.rotate()
    server.fault = None
    clock.at += PAUSE
    assert await keys.find("key-0") is None
    assert await keys.find("key-1")


@pytest.mark.parametrize("fault", FAULTS)
async def test_without_any_key_another_try_comes_soon(
    server: KeyServer,
    keys: Keys,
    clock: HandClock,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.fault = fault
    with monkeypatch.context() as patience:
        patience.setattr(ours, "PATIENCE", SHORT if fault == "slow" else 30)
        found = await asyncio.gather(*(keys.find("key-0") for _ in range(20)))
    assert found == [None] * 20
    assert server.fetched["metadata"] in ONE_TRY
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    server.fault = None
    clock.at += EMPTY_PAUSE
    assert await keys.find("key-0")


async def test_nobody_listening_is_no_key(session: aiohttp.ClientSession) -> None:
    keys = Keys("http://127.0.0.1:9/openid", session, HandClock())
    assert await keys.find("key-0") is None


async def test_who_stops_waiting_does_not_stop_the_others(server: KeyServer, keys: Keys) -> None:
    server.fault = "slow"
    first, second = (asyncio.ensure_future(keys.find("key-0")) for _ in range(2))
    await server.reached.wait()
    server.fault = None
    first.cancel()
    assert await second


class EveryNameIsHere(AbstractResolver):
    """Leads every name to this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "url",
    [
        "http://keys.example:{port}{path}",
        "http://127.0.0.1.evil.example:{port}{path}",
        "http://127.0.0.1@evil.example:{port}{path}",
        "file:///etc/passwd",
        "https://[",
        "https://127.0.0.1:99999/keys",
        "https:///keys",
        "{path}",
        "",
        None,
        7,
        ["http://127.0.0.1:{port}{path}"],
    ],
)
async def test_an_unsafe_address_of_the_list_is_not_followed(server: KeyServer, url: Json) -> None:
    if isinstance(url, str):
        url = url.format(port=urlsplit(server.url).port, path=KEYS_PATH)
    server.metadata["jwks_uri"] = url
    connector = aiohttp.TCPConnector(resolver=EveryNameIsHere())
    async with aiohttp.ClientSession(connector=connector) as session:
        keys = Keys(server.keys_url, session, HandClock())
        assert await keys.find("key-0") is None
    assert server.fetched == {"metadata": 1}


def _private() -> Json:
    return RSAAlgorithm.to_jwk(private_key(0), as_dict=True) | {"kid": "key-0"}


@pytest.mark.parametrize(
    "entry",
    [
        listed("key-0", private_key(5, bits=1024)),
        _private(),
        listed(["key-0"], private_key(0)),
        listed("key-0", private_key(0), kty="EC"),
        listed("key-0", private_key(0), n=None),
        listed("key-0", private_key(0), n=7),
        listed("key-0", private_key(0), n=""),
        listed("key-0", private_key(0), e="AA"),
        listed("key-0", private_key(0), e="é"),
    ],
)
async def test_a_key_that_is_weak_or_private_or_none_is_not_taken(
    server: KeyServer, keys: Keys, entry: Json
) -> None:
    server.entries["key-0"] = entry
    server.rotate(keep=True)
    assert await keys.find("key-0") is None
    assert await keys.find("key-1")


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "kid": st.just("odd") | nonsense,
        "kty": st.sampled_from(["RSA", "EC", "oct", "OKP"]) | nonsense,
        "n": st.just(listed("", private_key(0))["n"]) | nonsense,
        "e": st.sampled_from(["AQAB", "AA", "AQ", "Ag"]) | nonsense,
        "d": nonsense,
        "oth": nonsense,
        "endorsements": nonsense,
    },
)


@settings(suppress_health_check=BESIDE)
@given(entries | nonsense)
async def test_an_odd_entry_does_not_hide_the_others(
    server: KeyServer, session: aiohttp.ClientSession, entry: Json
) -> None:
    server.entries = {"first": entry, "key-0": listed("key-0", private_key(0))}
    keys = Keys(server.keys_url, session, HandClock())
    found = await keys.find("key-0")
    assert found is not None
    assert isinstance(found.public, rsa.RSAPublicKey)


async def test_the_list_of_microsofts_size_is_read(server: KeyServer, keys: Keys) -> None:
    channels = [f"channel-{number:04}" for number in range(250)]
    for number in range(250):
        kid = f"many-{number}"
        server.entries[kid] = listed(kid, private_key(0), endorsements=[*channels, "msteams"])
    found = await keys.find("many-249")
    assert found is not None
    assert "msteams" in found.endorsements


async def test_another_issuer_in_the_metadata_changes_nothing(
    server: KeyServer, keys: Keys
) -> None:
    server.metadata["issuer"] = "https://evil.example"
    assert await keys.find("key-0")
