"""With the least that Slack allows, what people write by form stands in the thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.making import a_lesson, a_phase, an_activity
from tests.slack.running import Running, running
from tests.slack.world import slack_world

pytestmark = pytest.mark.peers

RUN = "r1"


async def writes(house: Running, who: str, words: str) -> None:
    """Somebody answers in the window behind the button."""
    person, hands = house.world.person(who), house.people
    await hands.press(person, "Write your answer")
    await house.settle()
    await hands.fill(person, "answer", words)
    await hands.submit(person)
    await house.run_for(0.1)


async def test_two_answers_are_one_reply_in_the_thread_which_was_edited(tmp_path: Path) -> None:
    (lessons := tmp_path / "lessons").mkdir()
    async with slack_world(allow=()) as world, running(world, tmp_path, lessons) as house:
        place = world.place("lesson")
        await house.app.managing.schedule(
            a_lesson(a_phase("Engage", an_activity("discussion"))),
            run_id=RUN,
            main=place,
            facilitators=(world.person("fay"),),
            zone="UTC",
            start=house.lesson.now(),
        )
        await house.run_for(0.1)
        await writes(house, "ana", "The data was old.")
        await writes(house, "bo", "Nobody *asked* <@U1>.")
        sent = world.gateway.sent("chat.postMessage")
        replies = [post for post in sent if post.get("thread_ts")]
        assert len(replies) == 1
        (read,) = [
            message
            for ref, message in await house.people.posts(world.person("ana"))
            if "Answers: " in str(message)
        ]
        assert "The data was old." in str(read)
        assert "Nobody *asked* <@U1>." in str(read)
