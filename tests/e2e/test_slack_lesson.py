"""A lesson with every kind of activity, from the install to the evidence, in an emulated Slack."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Person, Place, PostRef
from bot.evidence.data import evidence_json
from bot.evidence.pack import write_evidence
from bot.facilitation.activities import KINDS
from bot.service.reporting import RunReport, report_run
from tests.e2e.every_kind import permits
from tests.slack.finding import delivery_key
from tests.slack.running import Running, running
from tests.slack.screens import read_modal
from tests.slack.world import World, slack_world

pytestmark = pytest.mark.peers

OWN_WORDS = "In *between*, says <!channel> to @here"
ASIDE = "My library has such a lamp"
STRAY = "A lamp above the door"
TALK = "Two bells at the door"
LONG = "A door, and a bell beside it. " * 300


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A library with one lesson."""
    return permits(tmp_path)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Two workspaces."""
    async with slack_world(teams=2) as made:
        yield made


class Class:
    """The people of one workspace in one lesson, and what they do in it."""

    def __init__(self, house: Running, team: str) -> None:
        self.house, self.hands, self.team = house, house.people, team
        self.world = house.world
        self.place: Place = self.world.place("lesson", team)
        self.fay, self.ana, self.bo, self.cy = map(self._person, ("fay", "ana", "bo", "cy"))

    def _person(self, handle: str) -> Person:
        return self.world.person(handle, self.team)

    async def schedule(self) -> None:
        """Fay plans the lesson from the channel, sees the dry run, and confirms it."""
        await self.hands.command(self.fay, "schedule", self.place)
        await self.hands.fill(self.fay, "lesson", "permits")
        await self.hands.fill(self.fay, "place", self.place.channel)
        await self.hands.fill(self.fay, "pace", "live")
        await self.hands.submit(self.fay)
        assert "Hand in your design" in await self.hands.sees(self.fay)
        await self.hands.submit(self.fay)
        assert "It is scheduled" in await self.hands.sees(self.fay)
        await self.hands.close(self.fay)
        await self.house.work()

    async def until(self, title: str) -> PostRef:
        """Go on until the activity with this title is posted."""
        for _ in range(60):
            await self.house.run_for(1)
            if found := await self._posted(title):
                return found
        raise AssertionError(f"{title} is not posted")

    async def _posted(self, title: str) -> PostRef | None:
        for ref, message in await self.hands.posts(self.ana):
            if ref.place == self.place and f": {title}" in message["text"]:
                return ref
        return None

    async def write(self, who: Person, button: str, at: PostRef, *words: str) -> None:
        """Open a window, fill in its fields in order, and send it."""
        await self.hands.press(who, button, at=at)
        await self.house.settle()
        inputs = [b for b in self.hands.modal(who).view["blocks"] if b["type"] == "input"]
        fields = list(dict.fromkeys(block["block_id"].partition(" ")[2] for block in inputs))
        for field, word in zip(fields, words, strict=False):
            await self.hands.fill(who, field, word)
        await self.hands.submit(who)
        await self.house.settle()

    async def tick(self, who: Person, post: PostRef, *options: str) -> None:
        """Tick these and send them."""
        blocks = dict(await self.hands.posts(who))[post]["blocks"]
        asked = (block["block_id"] for block in blocks if block["type"] == "actions")
        callback = next(id.partition(" ")[2] for id in asked if ".vote." in id)
        await self.hands.press(who, callback, *options, at=post)
        await self.house.settle()

    async def close_all(self, who: Person) -> None:
        while self.hands.screen(who).modals:
            await self.hands.close(who)

    async def sees(self, who: Person, words: str) -> bool:
        return words in await self.hands.sees(who)

    async def report(self) -> RunReport:
        """All that the lesson has gathered."""
        (run,) = [run for run in await self.house.runs() if run.main.tenant == self.team]
        async with self.house.app.store.reading() as reading:
            return await report_run(reading, run.id)

    async def evidence(self) -> dict[str, Any]:
        """What is saved of the lesson."""
        saved: dict[str, Any] = json.loads(evidence_json(await self.report()))
        return saved

    async def posted_keys(self) -> list[str]:
        """The delivery keys of all messages that anybody in the workspace can see."""
        seen = {
            ref: delivery_key(message)
            for who in (self.fay, self.ana, self.bo, self.cy)
            for ref, message in await self.hands.posts(who)
        }
        return [key for key in seen.values() if key]


async def _hold(lesson: Class) -> None:
    """Everybody does everything once."""
    hands, house, ana, bo, cy = lesson.hands, lesson.house, lesson.ana, lesson.bo, lesson.cy
    poll = await lesson.until("Where people get lost")
    await hands.press(ana, "At the door", at=poll)
    await hands.press(bo, "At the desk", at=poll)
    await lesson.close_all(ana)
    await hands.press(bo, "At the door", at=poll)
    await lesson.write(cy, "Something else …", poll, OWN_WORDS)
    await house.run_for(1)
    for who in (ana, bo, cy):
        await lesson.close_all(who)
    assert "3 people have answered" in await hands.sees(ana)

    ticks = await lesson.until("What helps")
    await lesson.tick(ana, ticks, "A sign", "A map")
    assert "Your vote is saved." in await hands.sees(ana)
    await lesson.tick(ana, ticks, "A map")
    assert len(hands.screen(ana).whispers) == 1, "only the first vote is answered"

    talk = await lesson.until("Talk about it")
    said = await hands.say(ana, talk.thread, "A bell <b>at</b> the door & more")
    await hands.edit(ana, said, TALK)
    taken = await hands.say(bo, talk.thread, "Never mind")
    await hands.delete(bo, taken)
    await hands.say(cy, lesson.place, STRAY)
    await house.settle()
    await hands.press(cy, "Add this as your answer", at=hands.whisper(cy))
    aside = await hands.say(bo, lesson.place, ASIDE)
    await hands.shortcut(lesson.fay, aside)
    await house.settle()
    assert "Kept in the evidence." in await hands.sees(lesson.fay)

    back = await lesson.until("Look back")
    await lesson.write(bo, "Write my reflection", back, "Ask the people who wait.")
    assert "Saved" in await hands.sees(bo)
    await lesson.close_all(bo)

    pairs = await lesson.until("Your pairs")
    await hands.press(ana, "Show my group", at=pairs)
    await house.settle()
    await lesson.close_all(ana)

    work = await lesson.until("Hand in your design")
    for who, words in ((ana, LONG), (bo, "One door"), (cy, "No door at all")):
        await lesson.write(who, "Hand in", work, words)
        await lesson.close_all(who)

    review = await lesson.until("Review each other")
    for who in (ana, bo, cy):
        await hands.press(who, "Give feedback", at=review)
        await house.settle()
        for _ in range(2):
            await hands.press(who, "Review", at=hands.modal(who))
            await house.settle()
            await hands.fill(who, "level", "3")
            await hands.fill(who, "comment", f"Says {who.id}: “{OWN_WORDS}”")
            await hands.submit(who)
            await house.settle()
        assert "You have done them all" in await hands.sees(who)
        await lesson.close_all(who)

    await house.work()
    await hands.press(lesson.fay, "Release the reviews now")
    await house.work()
    assert OWN_WORDS in await hands.sees(ana)
    await hands.opens_home(ana)
    await house.settle()
    home = hands.screen(ana).home
    assert home
    assert TALK in read_modal(home)
    await house.run_for(60)
    assert "The lesson has ended" in await hands.sees(ana)


async def test_a_lesson_runs_from_install_to_evidence_and_two_workspaces_stay_apart(
    world: World, lessons: Path, tmp_path: Path
) -> None:
    async with running(world, tmp_path, lessons, oauth=True) as house:
        for team in world.gateway.workspaces:
            page = await world.installs(house.browser, team)
            assert page.status_code == 200, page.text
        first, second = (Class(house, team) for team in world.gateway.workspaces)
        await first.schedule()
        await second.schedule()
        for one in (first, second):
            await one.hands.command(one.fay, "start", one.place)
        poll = await second.until("Where people get lost")
        await second.hands.press(second.ana, "At the desk", at=poll)
        await _hold(first)
        saved, other = await first.evidence(), await second.evidence()

        def standing(activity: str) -> list[str]:
            answers = (a for a in saved["answers"] if a["activity"] == activity and a["stands"])
            return sorted(a["text"] or ", ".join(a["choices"] or ()) for a in answers)

        assert {each["kind"] for each in saved["activities"]} == KINDS.keys() - {"lobby"}
        assert standing("Engage.poll") == ["At the door", "At the door", OWN_WORDS]
        assert standing("Engage.poll[2]") == ["A map"]
        assert standing("Engage.discussion") == ["", STRAY, ASIDE, TALK]
        assert standing("Engage.reflection") == ["Ask the people who wait."]
        assert standing("Engage.submission") == [LONG, "No door at all", "One door"]
        kept = [a for a in saved["answers"] if a["text"] == ASIDE]
        assert [(a["name"], a["by_name"]) for a in kept] == [("bo", "fay")]
        assert len([one for one in saved["allotted"] if one["what"] == "group"]) == 3
        assert len([one for one in saved["reviews"] if OWN_WORDS in one["comment"]]) == 6
        assert [a["choices"] for a in other["answers"]] == [["At the desk"]]
        assert {one["name"] for one in other["participants"]} == {"ana"}
        for lesson, run in ((first, saved), (second, other)):
            sent = [one["owed"]["key"] for one in run["deliveries"] if one["state"] == "sent"]
            assert sorted(await lesson.posted_keys()) == sorted(sent)
            assert run["troubles"] == []
            assert {one["ref"]["place"]["tenant"] for one in run["deliveries"]} == {lesson.team}
        updated = [call["ts"] for call in world.gateway.sent("chat.update")]
        assert poll.id in updated
        files = write_evidence(await first.report(), tmp_path / "evidence")
        assert (tmp_path / "evidence" / "evidence.html") in files
