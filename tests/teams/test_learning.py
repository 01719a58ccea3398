"""What is learnt of teams, people and Teams itself: soon enough, and not asked for too often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.chat.address import Person
from bot.chat.answer import Answer, NotSaved, Saved
from bot.chat.event import Event, Joined, Left
from bot.chat.platform import Limited, RecordsUnavailable
from bot.clock import IncreasingClock, SteppedClock
from bot.platforms.teams import comings, connector, tokens
from bot.platforms.teams.contacts import CONTACT, LISTED, Contacts
from tests.conformance.driving import HELLO, Ear
from tests.core.making import START
from tests.records import MemoryRecords
from tests.teams.answering import posted
from tests.teams.faults import Fault
from tests.teams.opened import Odd, Opened, hearing, opened
from tests.teams.world import teams_world

CHANNELS = "/v3/teams/*/conversations"
MEMBERS = "*/pagedmembers"
MANAGERS = "19:00000000000000000000000000000001@thread.tacv2"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


def later(port: Opened, by: timedelta) -> None:
    port.clock.step_to(port.clock.now() + by)


async def known(port: Opened) -> set[str]:
    """The teams that are known, by name."""
    teams = await port.teams.channels.all(port.world.organisation.tenant)
    return {team.name for team in teams}


# -- teams


async def test_a_team_that_did_not_say_its_channels_is_asked_again_but_not_at_once(
    port: Opened,
) -> None:
    front, other = port.world.connector, port.world.place("other")
    front.fail("GET", CHANNELS, Fault(status=503), times=2)
    await port.people.adds_bot(port.world.person("fay"), other)
    await port.teams.settled()
    assert await known(port) == {"Course"}
    front.calls.clear()
    for _ in range(3):
        await port.people.say(port.world.person("fay"), other, "Hello.")
        await port.teams.settled()
    assert front.sent("GET", CHANNELS) == []
    later(port, MINUTE)
    for _ in range(3):
        await port.people.say(port.world.person("fay"), other, "Hello again.")
        await port.teams.settled()
    assert await known(port) == {"Course", "Faculty"}
    assert len(front.sent("GET", CHANNELS)) == 1


async def test_a_new_channel_that_was_not_said_is_asked_for_again(port: Opened) -> None:
    port.world.connector.fail("GET", CHANNELS, Fault(status=503))
    new = await port.people.opens_channel(port.world.person("fay"), port.lesson, "third")
    await port.teams.settled()
    later(port, MINUTE)
    await port.people.say(port.world.person("fay"), port.lesson, "Hello.")
    await port.teams.settled()
    (team,) = await port.teams.channels.all(port.world.organisation.tenant)
    assert new.channel in {channel.id for channel in team.channels}


async def has_a_private_channel(port: Opened) -> None:
    """A channel of some of the team's members is opened in it."""
    team = port.world.organisation.team_of(port.lesson.channel)
    assert team
    listed = [
        {"id": team.id, "type": "standard"},
        {"id": port.lesson.channel, "name": "lesson"},
        {"id": MANAGERS, "name": "Managers", "type": "private"},
    ]
    told = Odd(status=200, body=json.dumps({"conversations": listed}).encode())
    port.world.connector.fail("GET", CHANNELS, told)
    await port.people.opens_channel(port.world.person("fay"), port.lesson, "x")
    await port.teams.settled()
    port.events.clear()


class Together(Ear):
    """Hears nobody before so many are there."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self._there = asyncio.Barrier(many)

    async def __call__(self, event: Event) -> Answer:
        """Heard, as all are."""
        if isinstance(event, Joined):
            await self._there.wait()
        return await super().__call__(event)


async def test_all_who_come_in_at_once_are_heard_together() -> None:
    """One by one they would wait for as many commits as there are people and channels."""
    ear, clock, records = Together(3), SteppedClock(START), MemoryRecords()
    async with (
        teams_world() as world,
        hearing(world, records, ear, IncreasingClock(clock), clock) as (teams, people),
    ):
        await people.adds_bot(world.person("fay"), world.place("lesson"))
        await teams.settled()
        async with asyncio.timeout(5):
            await people.comes_in(world.place("lesson"), "Dee Park")
        assert sum(isinstance(event, Joined) for event in ear.events) == 3


async def test_where_one_of_many_is_not_kept_teams_tells_of_all_again(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comings, "TOGETHER", 2)
    port.ear.answers += [Saved(), NotSaved("Please try again.")]
    await port.people.comes_in(port.lesson, "Dee Park")
    assert port.people.answers[-1].status >= 500
    port.events.clear()
    await port.people.tell_again()
    assert port.people.answers[-1].status == 200
    assert sum(isinstance(event, Joined) for event in port.events) == 3


async def test_who_comes_into_a_team_does_not_come_into_its_private_channels(port: Opened) -> None:
    await has_a_private_channel(port)
    who = await port.people.comes_in(port.lesson, "Newcomer")
    await port.people.leaves(who, port.lesson)
    for kind in (Joined, Left):
        places = {one.place.channel for one in port.events if type(one) is kind and one.place}
        assert port.lesson.channel in places
        assert MANAGERS not in places


async def test_who_comes_into_a_private_channel_does_not_come_into_the_team(port: Opened) -> None:
    await has_a_private_channel(port)
    who = await port.people.comes_in(port.lesson, "Newcomer")
    port.events.clear()
    told = json.loads(json.dumps(port.people.told[-1]))
    told["conversation"]["id"] = MANAGERS
    told["channelData"]["eventType"] = "channelMemberAdded"
    await port.tell(told)
    assert [(one.who, one.place and one.place.channel) for one in port.events] == [(who, MANAGERS)]


# -- people


async def test_one_listing_of_a_team_serves_everybody_who_never_wrote(port: Opened) -> None:
    organisation, front = port.world.organisation, port.world.connector
    team = organisation.team_of(port.lesson.channel)
    assert team
    new = [organisation.enter(f"Person {n}") for n in range(5)]
    team.members += [one.aad for one in new]
    everybody = [Person("teams", organisation.tenant, one.aad) for one in new]
    post = port.teams.platform.post
    await asyncio.gather(*(post(one, HELLO, key=f"k {one.id}") for one in everybody))
    assert len(front.sent("GET", MEMBERS)) == 1
    asked = [call.body["members"][0]["id"] for call in front.sent("POST", "/v3/conversations")]
    assert sorted(asked) == sorted(one.id for one in new)


async def test_whom_no_team_knows_is_reached_by_their_id_in_entra(port: Opened) -> None:
    organisation, front = port.world.organisation, port.world.connector
    ana, bo = port.world.person("ana"), port.world.person("bo")
    front.fail("GET", MEMBERS, Fault(status=503))
    await port.teams.platform.post(ana, HELLO, key="k1")
    await port.teams.platform.post(bo, HELLO, key="k2")
    assert len(front.sent("GET", MEMBERS)) == 1
    asked = [call.body["members"][0]["id"] for call in front.sent("POST", "/v3/conversations")]
    assert asked == [ana.id, bo.id]
    later(port, LISTED)
    cy = organisation.people["cy"]
    await port.teams.platform.post(port.world.person("cy"), HELLO, key="k3")
    assert front.sent("POST", "/v3/conversations")[-1].body["members"][0]["id"] == cy.id


class Away(MemoryRecords):
    """Records that cannot be read for so many calls, but written."""

    calls = 0

    async def get(self, kind: str, key: str) -> bytes | None:
        """The value, unless they are away."""
        if self.calls:
            self.calls -= 1
            raise RecordsUnavailable("The database is away.")
        return await super().get(kind, key)


@pytest.mark.parametrize("away", [1, 2])
async def test_what_could_not_be_read_is_not_written_over(port: Opened, away: int) -> None:
    made, fay = port.teams.platform._contacts, port.world.person("fay")
    records, whole = Away(), json.dumps({"id": "29:a", "talk": "a:1"}).encode()
    await records.put(CONTACT, str(fay), whole)
    contacts = Contacts(made._config, made._connector, records, made._channels, port.clock)
    records.calls = away
    for _ in range(away):
        await contacts.learn(fay, "29:b")
    assert await records.get(CONTACT, str(fay)) == whole
    assert await contacts.talk(fay) == "a:1"
    await contacts.learn(fay, "29:b")
    kept = await records.get(CONTACT, str(fay))
    assert kept
    assert json.loads(kept) == {"id": "29:b", "talk": "a:1"}


async def test_a_talk_begun_while_nothing_could_be_read_does_not_take_their_address_away(
    port: Opened,
) -> None:
    made, ana = port.teams.platform._contacts, port.world.person("ana")
    records = Away()
    await records.put(CONTACT, str(ana), json.dumps({"id": "29:a", "talk": ""}).encode())
    contacts = Contacts(made._config, made._connector, records, made._channels, port.clock)
    await contacts.serves(ana.tenant, port.world.cloud.service_url)
    port.world.connector.fail("GET", MEMBERS, Fault(status=503))
    records.calls = 1
    talk = await contacts.talk(ana)
    kept = await records.get(CONTACT, str(ana))
    assert kept
    assert json.loads(kept) == {"id": "29:a", "talk": talk}


# -- Teams


async def test_another_process_that_heard_where_teams_is_is_followed_within_a_minute(
    port: Opened,
) -> None:
    records, tenant = MemoryRecords(), port.world.organisation.tenant
    made = port.teams.platform._contacts

    def process() -> Contacts:
        return Contacts(made._config, made._connector, records, made._channels, port.clock)

    web, worker = process(), process()
    assert await worker.service_url(tenant) == port.world.cloud.service_url
    for url in ("https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/amer/"):
        await web.serves(tenant, url)
        assert await web.service_url(tenant) == url
        later(port, MINUTE)
        assert await worker.service_url(tenant) == url


# -- the token


async def test_where_entra_hangs_nothing_is_in_doubt_and_it_is_asked_once(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await posted(port)
    monkeypatch.setattr(tokens, "SECONDS", 0.2)
    monkeypatch.setattr(connector, "SECONDS", -4.95)
    gate, front = asyncio.Event(), port.world.connector
    front.calls.clear()
    later(port, timedelta(days=1))
    front.fail("POST", "*/oauth2/v2.0/token", Fault(until=gate), times=9)
    post = port.teams.platform.post
    ended = await asyncio.gather(
        *(post(port.lesson, HELLO, key=f"k{n}") for n in range(5)), return_exceptions=True
    )
    gate.set()
    assert [type(one) for one in ended] == [Limited] * 5
    assert len(front.sent("POST", "*/oauth2/v2.0/token")) == 1
    assert front.sent("POST", "/v3/*") == []
