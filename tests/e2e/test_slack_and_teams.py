"""One Fivefold for a class in Slack and a class in Teams: they know nothing of each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from tests.core.making import START
from tests.e2e.both import Both, permits_of_both, running_on_both
from tests.slack.delivery import Acknowledged
from tests.teams.faults import Fault
from tests.teams.hands import TROUBLE
from tests.teams.people import Acknowledged as TeamsAcknowledged

pytestmark = pytest.mark.peers

POLL, TALK, HELPS, DESIGN = (
    "Where people get lost",
    "Talk about it",
    "What helps",
    "Hand in your design",
)
SLACK_WORDS, TEAMS_WORDS = "Two bells at the door", "A lamp above the desk"
TOKEN = "/*/oauth2/v2.0/token"
LONG = 10
"""Seconds: less than a call to either platform may take."""
T = TypeVar("T")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Both]:
    """A class in each."""
    async with running_on_both(tmp_path, permits_of_both(tmp_path)) as house:
        yield house


async def in_slack(house: Both, handle: str, title: str, option: str) -> Acknowledged:
    """Somebody in Slack votes."""
    lesson = house.slack
    who = lesson.world.person(handle)
    poll = await lesson.posted(title)
    assert poll
    return await lesson.hands.press(who, option, at=poll)


async def in_teams(house: Both, handle: str, title: str, option: str) -> TeamsAcknowledged:
    """Somebody in Teams votes."""
    lesson = house.teams
    poll = lesson.posted(title)
    assert poll
    answer = await lesson.hands.press(lesson.world.person(handle), option, at=poll)
    assert answer
    return answer


async def soon(waited_for: Awaitable[T]) -> T:
    """What comes without any other platform's doing; a test that waits longer has failed."""
    return await asyncio.wait_for(waited_for, LONG)


async def begin_with_a_vote(house: Both) -> None:
    """Both lessons begin, and in each Ana votes."""
    await house.begin()
    await house.slack.until(POLL)
    await in_slack(house, "ana", POLL, "At the door")
    await in_teams(house, "ana", POLL, "At the door")


async def votes(house: Both, platform: str) -> dict[str, list[str]]:
    """Who chose what, by name, in the polls of the run there."""
    answers = (await house.evidence(platform))["answers"]
    chosen: dict[str, list[str]] = {}
    for answer in answers:
        if answer["stands"] and answer["choices"]:
            chosen.setdefault(answer["name"], []).append(*answer["choices"])
    return chosen


async def test_both_run_to_their_end_and_nothing_of_one_is_in_the_other(house: Both) -> None:
    slack, teams = house.slack, house.teams
    await house.begin()
    await slack.until(POLL)
    for handle, option in (("ana", "At the door"), ("bo", "At the desk")):
        await in_slack(house, handle, POLL, option)
    for handle, option in (("ana", "At the desk"), ("cy", "At the desk")):
        await in_teams(house, handle, POLL, option)
    talk = await slack.until(TALK)
    said = teams.posted(TALK)
    assert said, "both lessons are at the same activity"
    await slack.hands.say(slack.ana, talk.thread, SLACK_WORDS)
    await teams.hands.say(teams.ana, said.thread, TEAMS_WORDS)
    await house.run_for(60)

    for here, lesson, own, others in (
        ("slack", slack, SLACK_WORDS, TEAMS_WORDS),
        ("teams", teams, TEAMS_WORDS, SLACK_WORDS),
    ):
        assert await lesson.sees(lesson.ana, "The lesson has ended")
        assert await lesson.sees(lesson.bo, own)
        assert not await lesson.sees(lesson.bo, others)
        saved = await house.evidence(here)
        assert saved["troubles"] == []
        assert others not in json.dumps(saved)
        assert {each["state"] for each in saved["deliveries"]} == {"sent"}
        assert {one.owed.to.platform for one in await house.deliveries(here)} == {here}
    # They are called the same, and are others.
    assert await votes(house, "slack") == {"ana": ["At the door"], "bo": ["At the desk"]}
    assert await votes(house, "teams") == {"ana": ["At the desk"], "cy": ["At the desk"]}
    sent = [one.owed.key for one in await house.deliveries("slack")]
    assert sorted(await slack.posted_keys()) == sorted(sent)
    assert house.teams.doubled() == []
    refs = [one.ref for one in await house.deliveries("teams")]
    assert len(set(refs)) == len(refs)


async def untroubled(folder: Path) -> dict[str, list[tuple[str, ...]]]:
    """The course of both runs when all goes well."""
    async with running_on_both(folder, permits_of_both(folder)) as house:
        await begin_with_a_vote(house)
        await house.run_for(60)
        return {here: await house.course(here) for here in ("slack", "teams")}


async def until_minute(house: Both, minute: float) -> None:
    """Go on until this minute of the lessons."""
    await house.run_to(START + timedelta(minutes=minute))


async def test_while_teams_is_out_of_reach_slack_goes_on_as_if_nothing_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = await untroubled(tmp_path / "quiet")
    async with running_on_both(tmp_path, permits_of_both(tmp_path)) as house:
        slack, teams, line = house.slack, house.teams, house.teams_line
        await begin_with_a_vote(house)

        await until_minute(house, 14.8)
        await line.turn("refused")
        await until_minute(house, 15.5)
        assert await slack.posted(TALK)
        assert teams.posted(TALK) is None
        await line.turn("up")
        await house.run_for(0.5)
        assert teams.posted(TALK), "what could not leave has waited"

        await until_minute(house, 24.8)
        await line.turn("hanging")
        turn = await house.turn_at(25)
        await soon(line.held.wait())
        while not await soon(slack.posted(HELPS)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert (await soon(in_slack(house, "bo", HELPS, "A map"))).status == 200
        assert (await votes(house, "slack"))["bo"] == ["A map"]
        assert not turn.done(), "Teams has said nothing yet"
        await line.turn("up")
        await turn
        await house.run_for(0.5)
        assert teams.posted(HELPS) is None, "it may have arrived: nobody posts it unasked"
        await teams.hands.press(teams.fay, "Resend")
        await house.run_for(0.5)
        assert teams.posted(HELPS)

        await until_minute(house, 34.9)
        await line.turn("hanging")
        with monkeypatch.context() as patched:
            patched.setattr("bot.platforms.teams.connector.SECONDS", 0.05)
            await until_minute(house, 35.2)
        await line.turn("503")
        await until_minute(house, 36)
        assert line.calls > 1
        assert await slack.posted(DESIGN)
        await line.turn("up")
        await house.run_for(1)
        await teams.hands.press(teams.fay, "Resend")
        await house.run_for(60)

        course = {here: await house.course(here) for here in ("slack", "teams")}
        assert course["slack"] == quiet["slack"]
        assert teams.doubled() == []
        asked = [row for row in course["teams"] if row[0] == "trouble"]
        assert [row[:-1] for row in course["teams"] if row not in asked] == [
            row[:-1] for row in quiet["teams"]
        ], "late, and whole"
        assert await teams.sees(teams.ana, "The lesson has ended")


async def test_while_slack_is_out_of_reach_teams_goes_on_as_if_nothing_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = await untroubled(tmp_path / "quiet")
    async with running_on_both(tmp_path, permits_of_both(tmp_path)) as house:
        slack, teams, line = house.slack, house.teams, house.slack_line
        await begin_with_a_vote(house)

        await until_minute(house, 14.8)
        await line.turn("refused")
        await until_minute(house, 15.5)
        assert teams.posted(TALK)
        assert await slack.posted(TALK) is None
        await line.turn("up")
        await house.run_for(0.5)
        assert await slack.posted(TALK), "what could not leave has waited"

        await until_minute(house, 24.8)
        await line.turn("hanging")
        turn = await house.turn_at(25)
        await soon(line.held.wait())
        async with asyncio.timeout(LONG):
            while not teams.posted(HELPS):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (await soon(in_teams(house, "bo", HELPS, "A map"))).status == 200
        assert (await votes(house, "teams"))["bo"] == ["A map"]
        assert not turn.done(), "Slack has said nothing yet"
        await line.turn("up")
        await turn
        await house.run_for(0.5)
        assert await slack.posted(HELPS), "it is looked for, and then posted"

        await until_minute(house, 34.9)
        await line.turn("hanging")
        with monkeypatch.context() as patched:
            patched.setattr("bot.platforms.slack.calls.SECONDS", 0.05)
            await until_minute(house, 35.2)
        await line.turn("503")
        await until_minute(house, 36)
        assert line.calls > 1
        assert teams.posted(DESIGN)
        await line.turn("up")
        await house.run_for(1)
        await house.run_for(60)

        assert await house.course("teams") == quiet["teams"]
        owed = await house.deliveries("slack")
        sent = [one.owed.key for one in owed if one.state == "sent"]
        assert sorted(await slack.posted_keys()) == sorted(sent)
        # What could not even be looked for is in doubt, and the evidence says so.
        assert {one.state for one in owed} == {"sent", "uncertain"}
        assert (await house.evidence("slack"))["troubles"] != []
        assert await slack.sees(slack.ana, "The lesson has ended")


async def test_where_microsofts_keys_cannot_be_fetched_teams_is_not_heard_and_slack_is(
    house: Both,
) -> None:
    teams = house.teams
    await begin_with_a_vote(house)
    teams.world.keys.rotate()
    teams.world.keys.fault = "down"
    assert (await in_teams(house, "bo", POLL, "At the desk")).status == 401
    assert (await in_slack(house, "bo", POLL, "At the desk")).status == 200
    assert await votes(house, "slack") == {"ana": ["At the door"], "bo": ["At the desk"]}
    assert await votes(house, "teams") == {"ana": ["At the door"]}
    assert TROUBLE in await teams.hands.sees(teams.bo), "they see that it was not taken"
    teams.world.connector.refused.clear()
    teams.world.keys.fault = None
    await house.run_for(6)
    assert (await in_teams(house, "bo", POLL, "At the desk")).status == 200
    assert (await votes(house, "teams"))["bo"] == ["At the desk"]


async def test_where_microsoft_gives_no_token_teams_waits_and_slack_goes_on(house: Both) -> None:
    teams = house.teams
    # A token is renewed after half of that.
    teams.world.connector.entra.lasts = 600
    await house.begin()
    await until_minute(house, 4.8)
    given = len(teams.world.connector.entra.given)
    teams.world.connector.fail("POST", TOKEN, Fault(status=503), times=8)
    await until_minute(house, 5.1)
    assert teams.posted(POLL) is None
    assert (await in_slack(house, "bo", POLL, "At the desk")).status == 200
    assert await votes(house, "slack") == {"bo": ["At the desk"]}
    await house.run_for(3)
    assert teams.posted(POLL)
    assert len(teams.world.connector.entra.given) > given
    assert teams.doubled() == []
    assert (await house.evidence("teams"))["troubles"] == []
