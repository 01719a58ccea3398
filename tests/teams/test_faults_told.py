"""What Teams did not take or may have taken, and who is gone: the facilitators are told, and say
what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.driving import HELLO
from tests.service.house import minutes, one_of, seconds
from tests.teams.faults import Fault
from tests.teams.house import TeamsHouse, reads, teams_house
from tests.teams.organisation import Message

ACTIVITIES = "/v3/conversations/*/activities"
BEGIN = "/v3/conversations"
DOUBT = "I do not know whether"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path) as house:
        # Fay has a talk with the bot, so that what begins is the channel's.
        await house.platform.post(house.fay, HELLO, key="k0")
        yield house
        # What is still written into when it closes is edited then.
        house.world.connector.edited_while_open.clear()


# -- posts in doubt


async def in_doubt(house: TeamsHouse, *, reached: bool, kind: str = "poll") -> Message:
    """The activity's post is in doubt; the message in which the facilitator is asked about it."""
    await house.schedule(one_of(kind))
    house.world.connector.fail("POST", BEGIN, Fault())
    house.world.connector.fail("POST", BEGIN, Fault(drop=True, reached=reached))
    await house.run_for(minutes(1))
    (asked,) = house.standing("fay", DOUBT)
    return asked


async def test_the_facilitator_says_send_it_again(house: TeamsHouse) -> None:
    await in_doubt(house, reached=False)
    assert house.standing("lesson", "Which part failed first?") == []
    for _ in range(2):
        await house.presses("fay", "Resend")
    await house.run_for(minutes(1))
    assert len(house.standing("lesson", "Which part failed first?")) == 1
    assert house.doubled() == []
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.standing("fay", "All settled")


async def test_the_facilitator_says_it_is_there(house: TeamsHouse) -> None:
    await in_doubt(house, reached=True)
    await house.presses("fay", "It’s there")
    await house.run_for(minutes(1))
    assert len(house.standing("lesson", "Which part failed first?")) == 1
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.standing("fay", "All settled")


async def test_only_the_facilitator_says_so(house: TeamsHouse) -> None:
    asked = await in_doubt(house, reached=False)
    house.people_there.organisation.talks[asked.channel].aad = house.world.person("ana").id
    await house.presses("ana", "Resend")
    await house.run_for(minutes(1))
    assert house.standing("lesson", "Which part failed first?") == []


@pytest.mark.parametrize("old", [False, True], ids=["pressed", "pressed with an old client"])
async def test_whoever_uses_a_post_in_doubt_shows_that_it_is_there_and_where(
    house: TeamsHouse, old: bool
) -> None:
    await in_doubt(house, reached=True)
    (before,) = house.standing("lesson", "Which part failed first?")
    await house.presses("ana", "The data", old=old)
    delivery = await house.delivery("poll")
    assert delivery.state == "sent"
    assert delivery.ref == house.world.organisation.ref(before)
    await house.run_for(minutes(1))
    assert house.standing("fay", "All settled")
    await house.run_for(minutes(12))
    (after,) = house.standing("lesson", "Which part failed first?")
    assert len(after.versions) > 1, "it is edited again when it closes"


async def test_the_thread_of_a_post_in_doubt_goes_on_once_somebody_used_it(
    tmp_path: Path,
) -> None:
    """Where nothing is heard of threads, what is answered by form stands in it."""
    async with teams_house(tmp_path, allow=()) as house:
        await house.platform.post(house.fay, HELLO, key="k0")
        await in_doubt(house, reached=True, kind="discussion")
        (post,) = house.standing("lesson", "What went wrong")
        ana = house.world.person("ana")
        for words in ("I saw it.", "I saw it, twice."):
            await house.people_there.press(ana, "Write your answer")
            house.people_there.fill(ana, "answer", words)
            await house.people_there.submit(ana)
            await house.teams.settled()
            await house.run_for(minutes(1))
        thread = [m for m in house.standing("lesson", "I saw it") if m.root]
        assert {m.root for m in thread} == {post.id}
        assert len(thread) == 1
        house.world.connector.edited_while_open.clear()


# -- rates


async def test_too_fast_in_one_channel_holds_up_no_other(house: TeamsHouse) -> None:
    lesson = house.world.place("lesson").channel
    house.world.connector.fail("POST", f"/v3/conversations/{lesson}*", Fault(retry_after=30))
    house.world.connector.fail("POST", BEGIN, Fault(retry_after=30))
    await house.schedule(one_of("poll"))
    await house.run_for(seconds(5))
    await house.schedule(one_of("poll"), id="r2", main=house.world.place("other"))
    await house.run_for(seconds(15))
    assert house.standing("lesson", "Which part failed first?") == []
    assert {d.state for d in await house.deliveries("r2")} == {"sent"}
    await house.run_for(seconds(20))
    assert {d.state for d in await house.deliveries()} == {"sent"}
    assert house.doubled() == []


async def test_too_fast_for_edits_delays_the_edit_and_makes_it(house: TeamsHouse) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.run_for(seconds(20))
    house.world.connector.fail("PUT", f"{ACTIVITIES}/*", Fault(retry_after=40))
    await house.presses("ana", "The data")
    await house.run_for(seconds(20))
    assert house.standing("lesson", "1 (100%)") == []
    await house.run_for(seconds(40))
    assert house.standing("lesson", "1 (100%)")


# -- out of reach


async def test_where_the_bot_was_removed_the_run_pauses_and_the_facilitator_is_told(
    house: TeamsHouse,
) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    await house.people_there.removes_bot(house.fay, house.main)
    await house.teams.settled()
    await house.run_for(minutes(10))
    assert (await house.run()).status == "paused"
    assert "pause" in await house.audits()
    (told,) = house.standing("fay", "Please have a look")
    assert "add the app to it again" in reads(told)
    assert house.standing("fay", "I cannot post in the channel")
    teams = await house.teams.channels.all(house.main.tenant)
    assert [team.name for team in teams] == ["Faculty"]
    posts = len(house.world.connector.sent("POST", BEGIN))
    await house.run_for(minutes(60))
    assert len(house.world.connector.sent("POST", BEGIN)) == posts, "it is left in peace"


async def test_a_channel_that_is_gone_pauses_the_run(house: TeamsHouse) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    team = house.people_there.team(house.main)
    del team.channels["lesson"]
    await house.run_for(minutes(10))
    assert (await house.run()).status == "paused"
    assert "that channel or talk is gone" in reads(house.standing("fay", "Please have a look")[0])


async def test_a_facilitator_who_blocked_the_bot_stops_nobody_else(house: TeamsHouse) -> None:
    house.people_there.talk(house.fay).blocked = True
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(5))
    assert (await house.run()).status == "running"
    assert house.standing("lesson", "Which part failed first?")
    failed = [d for d in await house.deliveries() if d.state == "failed"]
    assert failed
    assert all("does not let Fivefold write" in d.problem for d in failed)


@pytest.mark.parametrize("how", ["leaves", "dismissed"])
async def test_somebody_who_is_gone_has_left_and_what_they_gave_stays(
    house: TeamsHouse, how: str
) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(1))
    await house.presses("ana", "The data")
    ana = house.world.person("ana")
    assert (await house.people())[ana.id].left_at is None
    if how == "leaves":
        await house.people_there.leaves(ana, house.main)
    else:
        await house.people_there.dismissed(ana)
    await house.teams.settled()
    assert (await house.people())[ana.id].left_at
    (kept,) = await house.responses("poll")
    assert kept.given


async def test_nobody_of_another_tenant_is_heard(house: TeamsHouse) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(1))
    await house.presses("ana", "The data")
    told = house.people_there.told[-1]
    heard = len(house.events)
    other = "99999999-2222-4333-8444-555555555555"
    for where in ("channelData", "conversation"):
        changed = {**told, "channelData": dict(told["channelData"])}
        if where == "channelData":
            changed["channelData"]["tenant"] = {"id": other}
        else:
            changed["conversation"] = {**told["conversation"], "tenantId": other}
        assert (await house.people_there.tell(changed)).status == 401
    assert len(house.events) == heard
    assert len(await house.versions()) == 1
