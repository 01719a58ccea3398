"""A lesson with every kind of activity, from the install to the evidence, in the Playground."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bot.evidence.data import evidence_json
from bot.evidence.pack import write_evidence
from bot.facilitation.activities import KINDS
from bot.service.reporting import RunReport, report_run
from tests.e2e.every_kind import permits
from tests.teams.playground import LESSON, Someone
from tests.teams.playground_record import Post
from tests.teams.running import Running, running

pytestmark = pytest.mark.peers

OWN_WORDS = "In *between*, says <at>Fivefold</at> [here](https://example.com)"
TALK = "Two bells at the door"
ASKED = "May I hand in a drawing?"
LONG = "A door, and a bell beside it. " * 300


class Class:
    """The people of one lesson, and what they do in it. Ana sits at the Playground's page."""

    def __init__(self, house: Running) -> None:
        self.house, self.play, self.people = house, house.play, house.people
        self.fay, self.ana, self.bo, self.cy, self.dee = map(
            Someone, ("fay", "ana", "bo", "cy", "dee")
        )
        self.reviews = 0

    async def schedule(self) -> None:
        """Fay adds the bot to the team and plans the lesson in her talk with it, by the dry run."""
        await self.play.installs(self.fay)
        await self.say(self.fay, "schedule")
        wanted = {"lesson": "permits", "place": LESSON, "pace": "live"}
        await self.people.press(self.fay, "See what happens when", fields=wanted)
        assert "Hand in your design" in await self.people.sees(self.fay)
        await self.press(self.fay, "Schedule it")
        assert "It is scheduled" in await self.people.sees(self.fay)
        await self.house.work()

    async def say(self, who: Someone, text: str) -> None:
        """Say this to the bot alone."""
        await self.play.say(who, await self.play.talk(who), text)
        await self.house.settle()

    async def press(self, who: Someone, what: str, at: Post | None = None, **typed: str) -> str:
        """Press this, and let what goes beside the answer arrive."""
        said = await self.people.press(who, what, at=at, fields=typed)
        await self.house.settle()
        return said

    async def until(self, title: str) -> Post:
        """Go on until the activity with this title is posted."""
        for _ in range(60):
            await self.house.run_for(1)
            for post in self.play.posts(LESSON):
                if f": {title}" in post.card["fallbackText"] and post.begins:
                    return post
        raise AssertionError(f"{title} is not posted")

    async def reads(self, who: Someone, words: str) -> bool:
        return words in await self.people.sees(who)

    async def report(self) -> RunReport:
        """All that the lesson has gathered."""
        (run,) = await self.house.runs()
        async with self.house.app.store.reading() as reading:
            return await report_run(reading, run.id)

    async def evidence(self) -> dict[str, Any]:
        """What is saved of the lesson."""
        saved: dict[str, Any] = json.loads(evidence_json(await self.report()))
        return saved


async def _hold(lesson: Class, *, replies: bool) -> None:
    """Everybody does everything once."""
    house, play, press = lesson.house, lesson.play, lesson.press
    fay, ana, bo, cy, dee = lesson.fay, lesson.ana, lesson.bo, lesson.cy, lesson.dee
    read = await lesson.until("A counter")
    await press(ana, "Read: The counter of Talvern", read)
    assert await lesson.reads(ana, "two doors, and one bell.")
    assert not await lesson.reads(bo, "two doors, and one bell."), "it is shown to Ana alone"
    assert await lesson.reads(fay, "Begin slowly.")

    poll = await lesson.until("Where people get lost")
    await press(ana, "At the door", poll)
    await press(bo, "At the desk", poll)
    await press(bo, "Back", poll)
    await press(bo, "At the door", poll)
    await press(cy, "Send my vote", poll, other=OWN_WORDS)
    await lesson.people.press(dee, "At the desk", at=poll, old=True)
    await lesson.say(fay, "+5")
    await house.run_for(1)
    assert await lesson.reads(ana, "4 people have answered")
    assert await lesson.reads(dee, "Your vote is saved"), "an old client is told in the talk"
    assert poll.edits == 0, "what people fill in is left alone"

    ticks = await lesson.until("What helps")
    assert await lesson.reads(bo, OWN_WORDS), "the results show what people wrote"
    for options in (("A sign", "A map"), ("A map",)):
        await lesson.people.press(ana, "Send my vote", *options, at=ticks)

    talk = await lesson.until("Talk about it")
    if replies:
        await play.say(bo, talk.conversation, TALK)
        await house.settle()
    else:
        await press(bo, "Send", talk, answer=TALK)
    await press(cy, "Ask", talk, words=ASKED)
    await house.run_for(1)
    assert await lesson.reads(ana, TALK) != replies, "answers by form are mirrored in the thread"
    assert await lesson.reads(fay, ASKED)

    back = await lesson.until("Look back")
    await press(bo, "Save", back, q1="Ask the people who wait.")
    await press(dee, "Save", back, q1="I am not sure.")
    await lesson.say(dee, "my part")
    await press(dee, "Save", q1="I am not sure yet.")
    await lesson.say(dee, "my part")
    assert await lesson.reads(dee, "I am not sure yet.")
    await press(dee, "Take it back")
    await press(dee, "Take it back")
    pairs = await lesson.until("Your pairs")
    await press(ana, "Show my group", pairs)
    work = await lesson.until("Hand in your design")
    for who, words in ((ana, LONG), (bo, "One door"), (cy, "No door"), (dee, "Two doors")):
        await press(who, "Hand in", work, text=words)

    review = await lesson.until("Review each other")
    for who in (ana, bo, cy, dee):
        await press(who, "Give feedback", review)
        # Members of one group review each other only where nobody else could.
        while not await lesson.reads(who, "You have done them all"):
            await press(who, "Review", review)
            comment = f"Says {who.handle}: “{OWN_WORDS}”"
            await press(who, "Save", review, level="3", comment=comment)
            lesson.reviews += 1
    await house.work()
    await press(fay, "Release the reviews now")
    await house.work()
    assert await lesson.reads(ana, OWN_WORDS)
    await lesson.say(ana, "my part")
    assert await lesson.reads(ana, "What I gave")
    await house.run_for(60)
    assert await lesson.reads(ana, "The lesson has ended")


@pytest.mark.parametrize("allow", [(), ("replies",)], ids=["without-consent", "with-consent"])
async def test_a_lesson_runs_from_install_to_evidence(
    tmp_path: Path, allow: tuple[str, ...]
) -> None:
    async with running(tmp_path, permits(tmp_path), allow=allow) as house:
        lesson = Class(house)
        await lesson.schedule()
        await house.play.mention(lesson.fay, LESSON, "start")
        await _hold(lesson, replies="replies" in allow)
        saved = await lesson.evidence()

        def standing(activity: str) -> list[str]:
            answers = (a for a in saved["answers"] if a["activity"] == activity and a["stands"])
            return sorted(a["text"] or ", ".join(a["choices"] or ()) for a in answers)

        assert {each["kind"] for each in saved["activities"]} == KINDS.keys() - {"lobby"}
        lost = ["At the desk", "At the door", "At the door", OWN_WORDS]
        assert standing("Engage.poll") == lost
        assert standing("Engage.poll[2]") == ["A map"]
        assert standing("Engage.discussion") == sorted([ASKED, TALK])
        assert standing("Engage.reflection") == ["", "Ask the people who wait."]
        assert standing("Engage.submission") == [LONG, "No door", "One door", "Two doors"]
        assert len([one for one in saved["allotted"] if one["what"] == "group"]) == 4
        reviews = [one for one in saved["reviews"] if OWN_WORDS in one["comment"]]
        assert len(reviews) == lesson.reviews >= 4
        assert saved["troubles"] == []
        assert house.play.refused() == []
        sent = [one["ref"] for one in saved["deliveries"] if one["state"] == "sent"]
        refs = [(ref["place"]["channel"], ref["id"]) for ref in sent]
        posts = house.play.posts()
        assert len(set(refs)) == len(refs)
        assert set(refs) <= {(post.channel, post.id) for post in posts}
        begun = [post.id for post in posts if post.channel == LESSON and post.begins]
        first = [ref["id"] for ref in sent if ref["place"] == asdict(house.play.place)]
        assert sorted(begun) == sorted(first)
        shown = [(post.conversation, json.dumps(post.card)) for post in posts]
        assert len(set(shown)) == len(shown), "nothing stands twice"
        assert sum(post.edits for post in posts) > 5
        files = write_evidence(await lesson.report(), tmp_path / "evidence")
        assert (tmp_path / "evidence" / "evidence.html") in files
