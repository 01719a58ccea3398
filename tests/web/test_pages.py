"""Signatures, sessions and live streams, which every page of ours relies on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from bot.pages.session import LASTS, Session, Sessions
from bot.pages.signing import Signer
from bot.pages.stream import Bell, changes

SIGNER = Signer(b"a secret that is kept for tests only")
OTHER = Signer(b"another secret, of some other house")


def request_with(response: Response) -> Request:
    """A request that brings the response's cookies back."""
    cookies = [
        value.partition(b";")[0] for name, value in response.raw_headers if name == b"set-cookie"
    ]
    headers = [(b"cookie", b"; ".join(cookies))]
    return Request({"type": "http", "headers": headers, "method": "GET", "path": "/"})


def kept(session: Session, writes: Sessions, reads: Sessions) -> Session | None:
    response = Response()
    writes.save(response, session)
    return reads.read(request_with(response))


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        Signer(b"short")


@given(st.binary(), st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_comes_back_for_its_purpose_alone(payload: bytes, purpose: str) -> None:
    sealed = SIGNER.seal(purpose, payload)
    assert SIGNER.unseal(purpose, sealed) == payload
    assert SIGNER.unseal(f"{purpose}.", sealed) is None
    assert OTHER.unseal(purpose, sealed) is None


@given(st.data())
def test_not_one_letter_of_a_seal_can_be_changed(data: st.DataObject) -> None:
    sealed = SIGNER.seal("p", b"payload")
    at = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_.=").filter(lambda c: c != sealed[at]))
    assert SIGNER.unseal("p", sealed[:at] + letter + sealed[at + 1 :]) is None


@given(st.text())
def test_any_other_text_is_no_seal(text: str) -> None:
    assert SIGNER.unseal("p", text.encode("utf-8", "replace").decode()) is None


def test_parts_cannot_be_moved_between_each_other() -> None:
    assert SIGNER.token("entry", "ab", "c") != SIGNER.token("entry", "a", "bc")


def test_a_session_is_read_by_who_wrote_it() -> None:
    mine, theirs = Sessions(SIGNER, https=False), Sessions(OTHER, https=False)
    session = mine.entered(mine.new(), "main", "p1", "Añà 李")
    assert kept(session, mine, mine) == session
    assert kept(session, mine, theirs) is None


def test_a_session_ends() -> None:
    now = 1_000_000.0
    sessions = Sessions(SIGNER, https=False, now=lambda: now)
    session = sessions.new()
    later = Sessions(SIGNER, https=False, now=lambda: now + LASTS - 1)
    over = Sessions(SIGNER, https=False, now=lambda: now + LASTS)
    assert kept(session, sessions, later) == session
    assert kept(session, sessions, over) is None


def test_coming_in_and_going_out_make_no_session_younger() -> None:
    now = 1_000_000.0
    sessions = Sessions(SIGNER, https=False, now=lambda: now)
    born = sessions.new()
    now += LASTS - 1
    entered = sessions.entered(born, "main", "p1", "Ada")
    assert (entered.born, sessions.left(entered, "main").born) == (born.born, born.born)
    assert entered.id != born.id


def test_a_cookie_stays_small_however_many_rooms_one_goes_into() -> None:
    sessions = Sessions(SIGNER, https=False)
    session = sessions.new()
    for n in range(40):
        session = sessions.entered(session, "c" * 79 + str(n % 10), f"p-{n:024}", "名" * 80)
    response = Response()
    sessions.save(response, session)
    assert len(response.headers["set-cookie"]) < 4096
    assert kept(session, sessions, sessions) == session


def test_the_token_of_a_form_belongs_to_one_session() -> None:
    sessions = Sessions(SIGNER, https=False)
    first, second = sessions.new(), sessions.new()
    assert sessions.trusts(first, sessions.token(first))
    assert not sessions.trusts(second, sessions.token(first))
    assert not sessions.trusts(None, sessions.token(first))


# -- streams


class Versions:
    """The versions of channels, as a database has them."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {"main": 1}
        self.looks = 0
        self.broken = False

    async def __call__(self, channels: Collection[str]) -> Mapping[str, int]:
        self.looks += 1
        if self.broken:
            raise OSError("the database is away")
        return {c: self.now[c] for c in channels if c in self.now}


async def heard(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        return await anext(stream)


async def test_a_stream_tells_of_each_change_and_only_of_changes() -> None:
    versions = Versions()
    bell = Bell(versions)
    stream = changes(bell, ("main", "@p1"), "1.0")
    assert "retry" in await heard(stream)
    waiting = asyncio.ensure_future(heard(stream))
    versions.now["main"] = 2
    await asyncio.sleep(0)
    bell.ring("main")
    assert await waiting == "id: 2.0\nevent: changed\ndata: 2.0\n\n"
    waiting = asyncio.ensure_future(heard(stream))
    versions.now["@p1"] = 1
    await asyncio.sleep(0)
    bell.ring("@p1")
    assert "data: 2.1" in await waiting
    bell.close()
    with pytest.raises(StopAsyncIteration):
        await heard(stream)


async def test_a_change_by_another_process_is_heard_without_a_ring() -> None:
    versions = Versions()
    bell = Bell(versions)
    stream = changes(bell, ("main",), "1")
    await heard(stream)
    waiting = asyncio.ensure_future(heard(stream))
    await asyncio.sleep(0)
    versions.now["main"] = 5
    assert "data: 5" in await waiting
    bell.close()


async def test_many_streams_are_one_look() -> None:
    versions = Versions()
    bell = Bell(versions)
    streams = [changes(bell, ("main", f"@p{n}"), "") for n in range(100)]
    for stream in streams:
        await heard(stream)
    for stream in streams:
        assert "data: 1.0" in await heard(stream)
    assert versions.looks <= 3
    bell.close()


async def test_a_stream_outlives_a_database_that_is_away() -> None:
    versions = Versions()
    versions.broken = True
    bell = Bell(versions)
    stream = changes(bell, ("main",), "")
    await heard(stream)
    waiting = asyncio.ensure_future(heard(stream))
    await asyncio.sleep(0)
    versions.broken = False
    assert "data: 1" in await waiting
    bell.close()


async def test_a_silent_stream_says_that_it_is_there() -> None:
    bell = Bell(Versions())
    stream = changes(bell, ("main",), "1", heartbeat=0.01)
    await heard(stream)
    assert (await heard(stream)).startswith(":")
    bell.close()
