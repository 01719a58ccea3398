"""Installs: kept apart, sealed, and with a token that is valid whenever something is sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.platform import Gone, Limited, PlatformFailure, RecordsUnavailable
from bot.clock import SteppedClock
from bot.platforms.slack import installs as module
from bot.platforms.slack.installs import TURN, Install, Installs
from bot.storage.engine import Database
from bot.storage.migrate import migrate
from bot.storage.vault import Vault
from tests.slack.oauth_server import (
    CANARY,
    COUNTY,
    LASTS,
    NORTH,
    SOUTH,
    FakeSlack,
    fake_slack,
    logged,
    refusal,
    too_fast,
)

T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECRET = bytes(range(32))


class Tripping(Vault):
    """Fails as often as it is told to when something is to be kept."""

    fails = 0

    async def put(self, kind: str, key: str, value: bytes) -> None:
        if self.fails:
            self.fails -= 1
            raise RecordsUnavailable("The database is busy with something else.")
        await super().put(kind, key, value)


class House:
    """Two processes over one database, and Slack."""

    def __init__(self, slack: FakeSlack, database: Database) -> None:
        self.slack = slack
        self.clock = SteppedClock(T0)
        self.vault = Tripping(database, [SECRET])
        self.here = self.process()
        self.there = self.process()

    def process(self, **config: str) -> Installs:
        return Installs(self.vault, self.slack.config(**config), self.clock)

    async def rotating(self, left: timedelta) -> Install:
        """North, with a token that lasts this long, as both processes know it."""
        token, refresh = self.slack.rotating(NORTH)
        install = Install(
            tenant="T1",
            name="North",
            bot_token=token,
            bot_user="UBOT",
            refresh_token=refresh,
            expires_at=self.clock.now() + left,
        )
        await self.here.put(install)
        await self.there.get("T1")
        return install

    async def kept(self) -> Install | None:
        """As a process finds it that has just started."""
        return await self.process().get("T1")


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that anybody logs is looked through."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert CANARY not in logged(caplog)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(module, "LOOKS", (0.0,) * 5)
    monkeypatch.setattr(module, "PAUSES", (0.0,) * 4)
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    database = Database(url)
    async with fake_slack() as slack:
        yield House(slack, database)
    await database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())  # noqa: ASYNC240
    assert b"xox" not in files
    assert CANARY.encode() not in files


words = st.text(max_size=8)
installs = st.builds(
    Install,
    tenant=words,
    name=words,
    bot_token=words,
    bot_user=words,
    bot_id=words,
    scopes=st.frozensets(words),
    installer=words,
    refresh_token=words,
    expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    app_id=words,
    is_enterprise=st.booleans(),
)


@given(installs)
def test_an_install_is_read_as_it_was_written(install: Install) -> None:
    assert Install.from_bytes(install.to_bytes()) == install


def test_the_secrets_of_an_install_are_not_shown() -> None:
    shown = repr(Install(tenant="T1", name="", bot_token=CANARY, bot_user="", refresh_token=CANARY))
    assert "T1" in shown
    assert CANARY not in shown


# -- keeping


def _plain(slack: FakeSlack, tenant: str, where: dict[str, object]) -> Install:
    return Install(tenant=tenant, name=tenant, bot_token=slack.token(where), bot_user="UBOT")


async def test_two_workspaces_and_an_organisation_stay_apart(house: House) -> None:
    three = [
        _plain(house.slack, tenant, where)
        for tenant, where in (("T1", NORTH), ("T2", SOUTH), ("E1", COUNTY))
    ]
    for install in three:
        await house.here.put(install)
    assert set(await house.there.all()) == set(three)
    for install in three:
        assert await house.there.get(install.tenant) == install
        assert await house.here.fresh(install.tenant) == install
    await house.here.forget("T2")
    assert await house.here.get("T2") is None
    assert {install.tenant for install in await house.here.all()} == {"T1", "E1"}
    assert house.slack.asked.total() == 0


async def test_within_a_minute_every_process_knows_what_another_changed(house: House) -> None:
    before = _plain(house.slack, "T1", NORTH)
    await house.here.put(before)
    assert await house.there.get("T1") == before
    after = replace(before, name="Elsewhere")
    await house.here.put(after)
    assert await house.here.get("T1") == after
    house.clock.step_to(T0 + timedelta(seconds=60))
    assert await house.there.get("T1") == after
    await house.here.forget("T1")
    house.clock.step_to(T0 + timedelta(seconds=120))
    assert await house.there.get("T1") is None


async def test_where_nothing_is_installed_we_are_gone(house: House) -> None:
    with pytest.raises(Gone, match="not installed in T1"):
        await house.here.fresh("T1")


async def test_what_cannot_be_read_is_tried_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(kind: str, key: str) -> bytes:
        raise RecordsUnavailable("The database is busy with something else.")

    monkeypatch.setattr(house.vault, "get", fail)
    with pytest.raises(Limited):
        await house.here.fresh("T1")


async def test_an_install_is_remembered_for_as_long_as_it_cannot_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(kind: str, key: str) -> bool:
        raise RecordsUnavailable("The database is busy with something else.")

    install = await house.rotating(timedelta(hours=1))
    monkeypatch.setattr(house.vault, "get", fail)
    monkeypatch.setattr(house.vault, "delete", fail)
    house.clock.step_to(T0 + timedelta(minutes=5))
    assert await house.here.get("T1") == install
    assert await house.here.fresh("T1") == install
    house.clock.step_to(T0 + timedelta(hours=1))
    with pytest.raises(Limited):
        await house.here.fresh("T1")


# -- refreshing


async def test_a_token_that_lasts_for_long_is_left_alone(house: House) -> None:
    install = await house.rotating(timedelta(hours=2, seconds=1))
    assert await house.here.fresh("T1") == install
    assert house.slack.asked["refresh"] == 0


@pytest.mark.parametrize("left", [timedelta(hours=2), timedelta(0), timedelta(days=-9)])
async def test_a_token_that_ends_soon_is_refreshed_again_and_again(
    house: House, left: timedelta
) -> None:
    seen = [await house.rotating(left)]
    for number in (1, 2, 3):
        fresh = await house.here.fresh("T1")
        assert house.slack.works(fresh.bot_token)
        assert fresh.expires_at == house.clock.now() + timedelta(seconds=LASTS)
        assert fresh not in seen
        assert await house.kept() == fresh
        assert house.slack.asked["refresh"] == number
        seen.append(fresh)
        house.clock.step_to(fresh.expires_at)


async def test_within_a_process_many_who_need_a_token_refresh_it_once(house: House) -> None:
    await house.rotating(timedelta(hours=1))
    fresh = await asyncio.gather(*(house.here.fresh("T1") for _ in range(20)))
    assert len(set(fresh)) == 1
    assert house.slack.asked["refresh"] == 1


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("left", [timedelta(hours=1), timedelta(0)])
async def test_two_processes_that_refresh_at_once_both_work_and_lose_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, left: timedelta, lenient: bool
) -> None:
    monkeypatch.setattr(module, "LOOKS", (0.01,) * 500)
    house.slack.lenient = lenient
    await house.rotating(left)
    for _ in range(5):
        both = await asyncio.gather(house.here.fresh("T1"), house.there.fresh("T1"))
        now = house.clock.now()
        for fresh in both:
            assert house.slack.works(fresh.bot_token)
            assert fresh.lasts(now, timedelta(0))
        kept = await house.kept()
        assert kept in both
        assert kept is not None
        assert house.slack.refreshes(kept.refresh_token)
        assert kept.expires_at
        house.clock.step_to(kept.expires_at - max(left, timedelta(0)))
    assert house.slack.asked["refresh"] == 5


async def test_a_process_that_waits_uses_what_the_other_has_refreshed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS", (0.01,) * 500)
    await house.rotating(timedelta(0))
    house.slack.held.clear()
    first = asyncio.create_task(house.here.fresh("T1"))
    await house.slack.reached.wait()
    second = asyncio.create_task(house.there.fresh("T1"))
    await asyncio.sleep(0)
    house.slack.held.set()
    assert await first == await second
    assert house.slack.asked["refresh"] == 1


async def test_a_process_that_gets_its_turn_late_sees_that_there_is_nothing_to_do(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.rotating(timedelta(0))
    delete = house.vault.delete
    done: list[bool] = []

    async def after_the_other(kind: str, key: str) -> bool:
        if not done:
            done.append(True)
            await house.there.fresh("T1")
        return await delete(kind, key)

    monkeypatch.setattr(house.vault, "delete", after_the_other)
    assert await house.here.fresh("T1") == await house.there.fresh("T1")
    assert house.slack.asked["refresh"] == 1
    assert await house.vault.get(TURN, "T1") == b""


async def test_the_turn_of_a_process_that_died_over_it_is_taken_over(house: House) -> None:
    install = await house.rotating(timedelta(hours=1))
    await house.vault.delete(TURN, "T1")
    assert await house.here.fresh("T1") == install
    assert install.expires_at
    house.clock.step_to(install.expires_at)
    fresh = await house.here.fresh("T1")
    assert fresh != install
    assert await house.vault.get(TURN, "T1") == b""


FAILURES: dict[str, tuple[Callable[[], web.Response], type[PlatformFailure], int | None]] = {
    "refused": (lambda: refusal("invalid_refresh_token"), Gone, None),
    "removed": (lambda: refusal("token_revoked"), Gone, None),
    "misconfigured": (lambda: refusal("bad_client_secret"), Limited, 10),
    "too fast": (lambda: too_fast(77), Limited, 77),
    "broken": (lambda: web.Response(status=503, text="<html>"), Limited, 10),
    "odd": (lambda: web.Response(text="odd", content_type="text/plain"), Limited, 10),
    "no JSON": (lambda: web.Response(text="{", content_type="application/json"), Limited, 10),
    "a list": (lambda: web.json_response([CANARY]), Limited, 10),
    "of a user": (lambda: web.json_response({"ok": True, "token_type": "user"}), Limited, 10),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_refresh_that_fails_is_no_harm_while_the_token_lasts(
    house: House, failure: str
) -> None:
    answer, error, seconds = FAILURES[failure]
    install = await house.rotating(timedelta(hours=1))
    house.slack.next = [answer()]
    assert await house.here.fresh("T1") == install
    house.slack.next = [answer()]
    assert await house.here.fresh("T1") == install
    assert house.slack.asked["refresh"] == 1
    house.clock.step_to(T0 + timedelta(minutes=59))
    with pytest.raises(error) as raised:
        await house.here.fresh("T1")
    after = raised.value.after if isinstance(raised.value, Limited) else None
    assert after == (None if seconds is None else timedelta(seconds=seconds))
    assert await house.kept() == install
    fresh = await house.here.fresh("T1")
    assert house.slack.works(fresh.bot_token)
    assert house.slack.asked["refresh"] == 3


async def test_a_slack_that_cannot_be_reached_is_tried_again_later(house: House) -> None:
    await house.rotating(timedelta(0))
    lost = house.process(api_url="http://127.0.0.1:9/api/")
    with pytest.raises(Limited):
        await lost.fresh("T1")


async def test_a_refresh_that_fails_because_somebody_else_was_faster_is_none(house: House) -> None:
    install = await house.rotating(timedelta(0))
    house.slack.held.clear()
    late = asyncio.create_task(house.here.fresh("T1"))
    await house.slack.reached.wait()
    token, refresh = house.slack.rotating(NORTH)
    newer = replace(install, bot_token=token, refresh_token=refresh, expires_at=T0 + timedelta(9))
    await house.there.put(newer)
    house.slack.next = [refusal("invalid_refresh_token")]
    house.slack.held.set()
    assert await late == newer
    assert await house.kept() == newer


async def test_an_app_that_is_installed_anew_during_a_refresh_keeps_its_new_tokens(
    house: House,
) -> None:
    install = await house.rotating(timedelta(0))
    house.slack.held.clear()
    late = asyncio.create_task(house.here.fresh("T1"))
    await house.slack.reached.wait()
    anew = replace(install, bot_token=house.slack.token(NORTH), refresh_token="", expires_at=None)
    await house.there.put(anew)
    house.slack.held.set()
    assert await late == anew
    assert await house.kept() == anew


async def test_an_app_that_is_removed_during_a_refresh_stays_removed(house: House) -> None:
    await house.rotating(timedelta(0))
    house.slack.held.clear()
    late = asyncio.create_task(house.here.fresh("T1"))
    await house.slack.reached.wait()
    await house.there.forget("T1")
    house.slack.held.set()
    with pytest.raises(Gone):
        await late
    assert await house.kept() is None


async def test_a_refresh_is_kept_even_if_nobody_waits_for_it_any_more(house: House) -> None:
    install = await house.rotating(timedelta(0))
    house.slack.held.clear()
    waiting = asyncio.create_task(house.here.fresh("T1"))
    await house.slack.reached.wait()
    waiting.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    house.slack.held.set()
    await house.here.settled()
    kept = await house.kept()
    assert kept is not None
    assert kept != install
    assert house.slack.refreshes(kept.refresh_token)


async def test_while_a_refresh_takes_long_a_token_that_lasts_is_used(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    install = await house.rotating(timedelta(hours=1))
    house.slack.held.clear()
    assert set(await asyncio.gather(*(house.here.fresh("T1") for _ in range(3)))) == {install}
    house.slack.held.set()
    await house.here.settled()
    assert await house.here.fresh("T1") == await house.kept() != install
    assert house.slack.asked["refresh"] == 1


async def test_a_new_token_is_kept_as_soon_as_the_database_lets_us(house: House) -> None:
    await house.rotating(timedelta(0))
    house.vault.fails = 3
    fresh = await house.here.fresh("T1")
    assert await house.kept() == fresh


async def test_a_new_token_that_cannot_be_kept_at_all_is_told_in_the_log(
    house: House, logs: pytest.LogCaptureFixture
) -> None:
    await house.rotating(timedelta(0))
    house.vault.fails = 4
    with pytest.raises(Limited):
        await house.here.fresh("T1")
    assert "could not be kept: install Fivefold again" in logs.text


# -- one workspace, by hand


async def test_an_install_by_hand_is_learnt_once_and_never_kept(house: House) -> None:
    token = house.slack.token(NORTH)
    by_hand = house.process(bot_token=token)
    both = await asyncio.gather(*(by_hand.fresh("T1") for _ in range(5)))
    assert set(both) == {
        Install(
            tenant="T1",
            name="North",
            bot_token=token,
            bot_user="UBOT",
            bot_id="BBOT",
            scopes=frozenset({"chat:write", "commands"}),
        )
    }
    assert await by_hand.get("T2") is None
    assert await by_hand.all() == (both[0],)
    assert house.slack.asked == {"auth.test": 1}
    assert await house.kept() is None


async def test_an_install_by_hand_stands_beside_those_by_oauth(house: House) -> None:
    await house.here.put(_plain(house.slack, "T2", SOUTH))
    by_hand = house.process(bot_token=house.slack.token(COUNTY))
    assert {install.tenant for install in await by_hand.all()} == {"T2", "E1"}
    org_wide = await by_hand.fresh("E1")
    assert org_wide.is_enterprise
    assert org_wide.name == "County"


async def test_a_token_by_hand_that_slack_does_not_take_is_gone(house: House) -> None:
    with pytest.raises(Gone, match="invalid_auth"):
        await house.process(bot_token=f"xoxb-{CANARY}").fresh("T1")


async def test_a_token_by_hand_is_asked_for_again_when_slack_was_away(house: House) -> None:
    by_hand = house.process(bot_token=house.slack.token(NORTH))
    house.slack.next = [too_fast(5)]
    with pytest.raises(Limited):
        await by_hand.fresh("T1")
    assert (await by_hand.fresh("T1")).name == "North"
