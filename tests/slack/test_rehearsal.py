"""A lesson of the library, rehearsed in somebody's messages in an emulated Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.address import Person, PostRef
from bot.facilitation.rehearsing import PERSONAS
from bot.facilitation.state import Run
from bot.lessons.library import CONTENT
from bot.rehearsal.driving import catch_up
from bot.service.reporting import report_run
from tests.slack.finding import delivery_key
from tests.slack.running import Running, running
from tests.slack.world import World, slack_world
from tests.stepping import MOST_STEPS

pytestmark = pytest.mark.peers

LESSON = "mlops-core-components"
STEP = timedelta(seconds=20)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """One workspace."""
    async with slack_world() as made:
        yield made


async def _rehearsal(house: Running) -> Run:
    """The only one there is."""
    (run,) = await house.runs()
    assert run.rehearsal
    return run


async def _play(house: Running, minutes: float = 0) -> None:
    """Let the made-up people act and the lesson go on, for so long or to its end."""
    run = await _rehearsal(house)
    # Called anew, they do all that they have done again, and none of it stands twice.
    cohort, start = house.app.attending.cohort(run), house.lesson.now()
    for _ in range(MOST_STEPS):
        await house.work()
        await cohort.look()
        await cohort.act_until(house.lesson.now())
        if (await _rehearsal(house)).status == "ended":
            await house.run_for(1)
            return
        if minutes and house.lesson.now() - start >= timedelta(minutes=minutes):
            await house.work()
            return
        await house.run_to(house.lesson.now() + STEP)
    raise AssertionError("the rehearsal does not come to its end")


async def _vote(house: Running, who: Person) -> bool:
    """They pick the first option of the newest post, if it is one to vote on."""
    ref, message = (await house.people.posts(who))[-1]
    for block in message.get("blocks", ()):
        if block["type"] == "actions" and ".vote." in block["block_id"]:
            first = block["elements"][0]
            words = first.get("options", [first])[0]["text"]["text"]
            callback = block["block_id"].partition(" ")[2]
            await house.people.press(who, callback, words, at=ref)
            await house.settle()
            return True
    return False


async def _seen_by_others(house: Running) -> dict[str, list[PostRef]]:
    return {
        handle: [ref for ref, _ in await house.people.posts(house.world.person(handle))]
        for handle in ("ana", "bo", "cy")
    }


async def test_a_lesson_is_rehearsed_to_its_end_and_nobody_else_sees_a_thing(
    world: World, tmp_path: Path
) -> None:
    fay, channel = world.person("fay"), world.place("lesson")
    async with running(world, tmp_path, CONTENT) as house:
        before = await _seen_by_others(house)
        await house.people.command(fay, "rehearse", channel)
        await house.people.fill(fay, "lesson", LESSON)
        await house.people.submit(fay)
        assert "The rehearsal begins" in await house.people.sees(fay)
        await house.people.close(fay)
        run = await _rehearsal(house)
        await _play(house, 2)
    # As after a restart: another process, which knows what the database knows.
    async with running(world, tmp_path, CONTENT) as house:
        await catch_up(house.app.store, run.id, house.lesson)
        voted = False
        while not voted:
            await _play(house, 1 / 3)
            voted = await _vote(house, fay)
        await _play(house)
        assert await _seen_by_others(house) == before
        async with house.app.store.reading() as reading:
            report = await report_run(reading, run.id)
        people = {p.id: p for p in report.participants}
        assert len({answer.text for answer in report.answers if answer.text}) > PERSONAS
        made_up = {id for id, p in people.items() if p.person.id.startswith("persona-")}
        (own,) = [id for id, p in people.items() if p.person == fay]
        assert len(made_up) == PERSONAS
        voters = {answer.participant for answer in report.answers if answer.choices}
        assert own in voters
        assert len(voters & made_up) >= PERSONAS / 4
        assert [d for d in report.deliveries if d.state not in ("sent", "cancelled")] == []
        sent = [d.owed.key for d in report.deliveries if d.state == "sent"]
        seen = [delivery_key(message) for _, message in await house.people.posts(fay)]
        assert sorted({key for key in seen if key}) == sorted(sent)
        to = {call["channel"] for call in world.gateway.sent("chat.postMessage")}
        assert to <= {fay.id, *(ref.place.channel for ref, _ in await house.people.posts(fay))}
        assert channel.channel not in to
        said = await house.people.sees(fay)
        assert "That was a rehearsal" in said
        assert "Schedule a lesson" in said
