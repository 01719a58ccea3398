"""Installing by OAuth: who may finish it, what is kept of it, and what the pages say."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web
from starlette.applications import Starlette
from starlette.routing import Route

from bot.chat.address import Person
from bot.chat.event import Installed
from bot.chat.platform import RecordsUnavailable
from bot.clock import SteppedClock
from bot.platforms.slack.install import OAuth
from bot.platforms.slack.installs import Installs
from bot.platforms.slack.states import STATE
from bot.storage.engine import Database
from bot.storage.migrate import migrate
from bot.storage.vault import Vault
from bot.web.server import build_web
from tests.conformance.driving import Ear
from tests.slack.oauth_server import (
    CANARY,
    COUNTY,
    LASTS,
    NORTH,
    PUBLIC,
    SOUTH,
    FakeSlack,
    Json,
    fake_slack,
    logged,
    refusal,
    too_fast,
)

T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECRET = bytes(range(32))


class Browser:
    """An admin's browser: it goes to Slack by hand and comes back with what Slack gives it."""

    def __init__(self, app: Starlette) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)

    async def begin(self) -> dict[str, str]:
        """Press "install": what Slack is asked with."""
        response = await self.http.get("/slack/install")
        assert response.status_code == 302
        asked = parse_qs(urlsplit(response.headers["location"]).query, strict_parsing=True)
        return {name: value for name, (value,) in asked.items()}

    async def back(self, **query: str) -> httpx.Response:
        """Come back from Slack."""
        return await self.http.get("/slack/oauth_redirect", params=query)


class House:
    """Fivefold's pages before a Slack, on a database of their own."""

    def __init__(self, slack: FakeSlack, database: Database, **config: Any) -> None:
        self.slack = slack
        self.clock = SteppedClock(T0)
        self.vault = Vault(database, [SECRET])
        self.ear = Ear()
        self.config = slack.config(**config)
        self.installs = Installs(self.vault, self.config, self.clock)
        self.states: list[str] = []

    def process(self) -> Starlette:
        """The web application, as each of several processes has it."""
        oauth = OAuth(self.config, self.installs, self.vault, self.ear, self.clock)
        routes = [
            Route("/slack/install", oauth.install),
            Route("/slack/oauth_redirect", oauth.oauth_redirect),
        ]
        return build_web(routes, https=PUBLIC.startswith("https://"))

    def browser(self) -> Browser:
        return Browser(self.process())

    async def install(self, where: Json) -> httpx.Response:
        """All of it."""
        browser = self.browser()
        state = (await browser.begin())["state"]
        self.states.append(state)
        return await browser.back(state=state, code=self.slack.allow(where))


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, but for the tests' own browser."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.WARNING, name)
    return caplog


@pytest.fixture
async def house(tmp_path: Path, logs: pytest.LogCaptureFixture) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path}/fivefold.db"
    await migrate(url)
    database = Database(url)
    async with fake_slack() as slack:
        house = House(slack, database)
        yield house
    await database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())  # noqa: ASYNC240
    told = logged(logs)
    for secret in (CANARY, *house.states):
        assert secret not in told
        assert secret.encode() not in files


def sentences(response: httpx.Response) -> str:
    """What people read on the page."""
    body = response.text.partition("<main>")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))).strip()


# -- what is asked and what is kept


async def test_slack_is_asked_for_what_we_need_and_to_come_back_to_us(house: House) -> None:
    response = await house.browser().http.get("/slack/install")
    target = urlsplit(response.headers["location"])
    asked = parse_qs(target.query)
    assert f"{target.scheme}://{target.netloc}/" in house.slack.url
    assert target.path == "/oauth/v2/authorize"
    assert asked == {
        "client_id": ["111.222"],
        "scope": ["chat:write,commands,im:write,users:read"],
        "state": asked["state"],
        "redirect_uri": [f"{PUBLIC}/slack/oauth_redirect"],
    }
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"__Host-fivefold-slack={asked['state'][0]};")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(
        cookie.split("; ")
    )
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("where", "tenant", "name", "org_wide"),
    [
        (NORTH, "T1", "North", False),
        (SOUTH, "T2", "South <&> \u202eHills", False),
        (COUNTY, "E1", "County", True),
    ],
)
async def test_what_slack_grants_is_kept(
    house: House, where: Json, tenant: str, name: str, org_wide: bool
) -> None:
    response = await house.install(where)
    assert response.status_code == 200
    install = await house.installs.get(tenant)
    assert install is not None
    assert (install.tenant, install.name, install.is_enterprise) == (tenant, name, org_wide)
    assert (install.bot_user, install.bot_id, install.app_id) == ("UBOT", "BBOT", "A1")
    assert install.scopes == {"chat:write", "commands"}
    assert install.installer == "UADMIN"
    assert house.slack.works(install.bot_token)
    assert house.slack.refreshes(install.refresh_token)
    assert install.expires_at == T0 + timedelta(seconds=LASTS)
    assert house.slack.redirects == [f"{PUBLIC}/slack/oauth_redirect"]
    (event,) = house.ear.events
    assert event == Installed(id=event.id, at=T0, who=Person("slack", tenant, "UADMIN"))


async def test_two_workspaces_and_an_organisation_stay_apart(house: House) -> None:
    for where in (NORTH, SOUTH, COUNTY):
        await house.install(where)
    found = {install.tenant: install for install in await house.installs.all()}
    assert set(found) == {"T1", "T2", "E1"}
    assert len({install.bot_token for install in found.values()}) == 3
    assert len({event.id for event in house.ear.events}) == 3


async def test_installing_again_puts_the_new_tokens_in_place_of_the_old(house: House) -> None:
    await house.install(NORTH)
    first = await house.installs.get("T1")
    await house.install(NORTH)
    second = await house.installs.get("T1")
    assert first
    assert second
    assert first.bot_token != second.bot_token
    assert len(await house.installs.all()) == 1


async def test_a_token_that_does_not_rotate_lasts(house: House) -> None:
    house.slack.rotates = False
    await house.install(NORTH)
    house.clock.step_to(T0 + timedelta(days=400))
    assert (await house.installs.fresh("T1")).expires_at is None
    assert house.slack.asked["refresh"] == 0


# -- the state


async def refused(house: House, response: httpx.Response) -> None:
    """Nothing came of it, and one sentence says so."""
    assert response.status_code == 400
    assert "begun in another browser: nothing was installed." in sentences(response)
    assert house.slack.asked.total() == 0
    assert await house.installs.all() == ()
    assert house.ear.events == []


async def test_who_finishes_is_who_began(house: House) -> None:
    state = (await house.browser().begin())["state"]
    stranger = house.browser()
    code = house.slack.allow(NORTH)
    await refused(house, await stranger.back(state=state, code=code))
    await stranger.begin()
    await refused(house, await stranger.back(state=state, code=code))


@pytest.mark.parametrize("forged", ["", "x", "9" * 13 + "." + "a" * 43, "é" * 60])
async def test_a_state_that_is_not_ours_is_refused_even_with_its_cookie(
    house: House, forged: str
) -> None:
    browser = house.browser()
    query = {"state": forged, "code": house.slack.allow(NORTH)}
    cookie = {b"Cookie": f"__Host-fivefold-slack={forged}".encode()}
    await refused(
        house, await browser.http.get("/slack/oauth_redirect", params=query, headers=cookie)
    )
    await refused(house, await house.browser().back(code="code"))


async def test_a_state_whose_end_was_put_off_is_refused(house: House) -> None:
    browser = house.browser()
    end, _, rest = (await browser.begin())["state"].partition(".")
    forged = f"{int(end) + 1}.{rest}"
    query = {"state": forged, "code": house.slack.allow(NORTH)}
    cookie = {"Cookie": f"__Host-fivefold-slack={forged}"}
    await refused(
        house,
        await house.browser().http.get("/slack/oauth_redirect", params=query, headers=cookie),
    )


@pytest.mark.parametrize("seconds", [599, 600, 86_400])
async def test_a_state_lasts_for_ten_minutes(house: House, seconds: int) -> None:
    browser = house.browser()
    state = (await browser.begin())["state"]
    house.clock.step_to(T0 + timedelta(seconds=seconds))
    response = await browser.back(state=state, code=house.slack.allow(NORTH))
    if seconds < 600:
        assert response.status_code == 200
    else:
        await refused(house, response)


async def test_a_state_works_once_in_whichever_process(house: House) -> None:
    first = house.browser()
    state = (await first.begin())["state"]
    second = house.browser()
    cookie = {"Cookie": f"__Host-fivefold-slack={state}"}
    query = {"state": state, "code": house.slack.allow(NORTH)}
    done = await second.http.get("/slack/oauth_redirect", params=query, headers=cookie)
    assert done.status_code == 200
    query["code"] = house.slack.allow(SOUTH)
    again = await second.http.get("/slack/oauth_redirect", params=query, headers=cookie)
    assert again.status_code == 400
    assert [install.tenant for install in await house.installs.all()] == ["T1"]


async def test_states_that_never_come_back_are_forgotten(house: House) -> None:
    browser = house.browser()
    for _ in range(3):
        await browser.begin()
    assert len(await house.vault.keys(STATE)) == 3
    house.clock.step_to(T0 + timedelta(seconds=601))
    await browser.begin()
    assert len(await house.vault.keys(STATE)) == 1


async def test_the_cookie_goes_when_its_state_comes_back_and_no_sooner(house: House) -> None:
    browser = house.browser()
    state = (await browser.begin())["state"]
    await browser.back(state="somebody-elses")
    assert "__Host-fivefold-slack" in browser.http.cookies
    await browser.back(state=state, error="access_denied")
    assert "__Host-fivefold-slack" not in browser.http.cookies


async def test_without_tls_the_cookie_is_one_that_works_without(house: House) -> None:
    plain = House(house.slack, house.vault._database, public_url="http://127.0.0.1:8000")
    response = await plain.browser().http.get("/slack/install")
    assert response.headers["set-cookie"].startswith("fivefold-slack=")
    assert "Secure" not in response.headers["set-cookie"]


# -- what the pages say


async def test_the_page_says_where_fivefold_is_now_and_what_to_do(house: House) -> None:
    assert sentences(await house.install(NORTH)) == (
        "Fivefold is in North In Slack, invite it to your cohort's channel with "
        "/invite @Fivefold, then type /fivefold there."
    )
    assert "an administrator of the organisation" in sentences(await house.install(COUNTY))


async def test_a_workspace_may_be_called_anything(house: House) -> None:
    page = (await house.install(SOUTH)).text
    assert "<h1>Fivefold is in <bdi>South &lt;&amp;&gt; \u202eHills</bdi></h1>" in page
    assert "<title>Fivefold is in South &lt;&amp;&gt;" in page


async def test_a_page_is_kept_by_no_cache_and_brings_no_script_or_style_of_its_own(
    house: House,
) -> None:
    for response in (await house.install(NORTH), await house.browser().back(state="x")):
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert not re.search(r"<script|<style|style=| on\w+=", response.text)


async def test_who_says_no_is_told_that_nothing_was_changed(house: House) -> None:
    browser = house.browser()
    state = (await browser.begin())["state"]
    response = await browser.back(state=state, error="access_denied")
    assert response.status_code == 403
    assert "You did not allow it in Slack, and nothing was changed." in sentences(response)
    assert house.slack.asked.total() == 0


@pytest.mark.parametrize("error", ["invalid_scope", f"<script>{CANARY}\r\n", "a" * 5000])
async def test_an_error_that_slack_comes_back_with_is_not_repeated(
    house: House, error: str, logs: pytest.LogCaptureFixture
) -> None:
    browser = house.browser()
    state = (await browser.begin())["state"]
    response = await browser.back(state=state, error=error)
    assert response.status_code == 400
    assert error not in response.text
    assert ("invalid_scope" in logs.text) == (error == "invalid_scope")


FAILURES: dict[str, tuple[Callable[[], web.Response], int]] = {
    "no such code": (lambda: refusal("invalid_code"), 400),
    "an old code": (lambda: refusal("code_already_used"), 400),
    "wrong secret": (lambda: refusal("bad_client_secret"), 502),
    "too fast": (lambda: too_fast(5), 502),
    "broken": (lambda: web.Response(status=503, text="<html>"), 502),
    "odd": (lambda: web.Response(text="odd", content_type="text/plain"), 502),
    "no JSON": (lambda: web.Response(text="{", content_type="application/json"), 502),
    "no bot": (lambda: web.json_response({"ok": True, "team": {"id": "T1"}}), 502),
    "nowhere": (lambda: web.json_response({"ok": True, "access_token": CANARY}), 502),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_when_slack_fails_a_plain_page_says_so(house: House, failure: str) -> None:
    answer, status = FAILURES[failure]
    house.slack.next = [answer()]
    response = await house.install(NORTH)
    assert response.status_code == status
    assert 'href="/slack/install"' in response.text
    assert not re.search(r"[a-z]_[a-z]|Traceback|Error", sentences(response))
    assert await house.installs.all() == ()
    assert house.ear.events == []
    assert (await house.install(NORTH)).status_code == 200


async def test_when_slack_is_away_a_plain_page_says_so(house: House) -> None:
    lost = House(house.slack, house.vault._database, api_url="http://127.0.0.1:9/api/")
    assert (await lost.install(NORTH)).status_code == 502


async def test_when_nothing_can_be_kept_a_plain_page_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = house.browser()
    state = (await browser.begin())["state"]

    async def fail(*args: object) -> None:
        raise RecordsUnavailable("The disk that holds the database is full.")

    monkeypatch.setattr(house.vault, "put", fail)
    for response in (
        await browser.back(state=state, code=house.slack.allow(NORTH)),
        await house.browser().http.get("/slack/install"),
    ):
        assert response.status_code == 503
        assert "It could not be saved just now: try again in a moment." in sentences(response)
    assert house.ear.events == []
