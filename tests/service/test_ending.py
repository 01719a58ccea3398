"""A lesson is ended or cancelled before its time: asked once, carried out once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.address import Person, Place
from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.event import Picked
from bot.chat.message import Message
from bot.chat.plain import plain
from bot.chat.platform import Gone
from bot.evidence.data import evidence_json
from bot.facilitation.controls import Command, control
from bot.facilitation.state import Cue
from bot.lessons.lesson import Lesson
from bot.lessons.script import AFTER
from bot.service.reporting import report_run
from tests.core.making import a_lesson, a_phase, a_run, an_activity
from tests.service.house import RUN, House, buttons, minutes, of_each_kind

SURE = "End it now"


def question(answer: Answer) -> Message:
    """What somebody is asked."""
    assert isinstance(answer, Show), answer
    assert isinstance(answer.what, Message)
    assert list(buttons(answer.what)) == [SURE]
    return answer.what


async def sure(house: House, asked: Message) -> Answer:
    """Fay answers that it is meant."""
    callback = buttons(asked)[SURE]
    return await house.hear(Picked(**house.head("fay", place=None), callback=callback))


async def by_words(house: House) -> Answer:
    return await sure(house, question(await house.say("fay", "end the lesson")))


async def by_button(house: House) -> Answer:
    await house.work()
    panel = house.panel()
    label = list(buttons(panel.message))[-1]
    return await sure(house, question(await house.press("fay", panel, label)))


async def by_line(house: House) -> Answer:
    return await house.managing.carry_out(RUN, Command("end-now"), by="cli")


WAYS = pytest.mark.parametrize("end", [by_words, by_button, by_line])


def in_the_channel(house: House) -> str:
    """All that the cohort can read."""
    return "\n".join(plain(post.message) for post in house.stage.posted(house.main))


async def later(house: House) -> None:
    """Much time passes with the bot there."""
    await house.run_for(timedelta(days=3))


@WAYS
async def test_what_is_open_closes_and_nothing_further_is_posted(house: House, end: object) -> None:
    await house.schedule()
    await house.run_for(minutes(12))
    await house.vote("ann", "data")
    at = house.now
    assert isinstance(await end(house), Saved)  # type: ignore[operator]
    await later(house)
    run = await house.run()
    assert (run.status, run.ended_at) == ("ended", at)
    assert (await house.opening("poll")).closed_at == at
    assert "The data" in await house.text("poll")
    assert len(house.stage.posted(house.main)) == 4
    assert "no more answers are taken" in plain(house.stage.posted(house.main)[-1].message)
    assert len(await house.owed("closing")) == len(await house.owed("report")) == 1
    assert any("Well done" in told for told in house.told())
    assert "Ended." in plain(house.panel().message)
    assert await house.audits() == ["end-now"]


@WAYS
async def test_what_nobody_has_seen_is_cancelled_without_a_word(house: House, end: object) -> None:
    await house.managing.schedule(
        of_each_kind(),
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now + minutes(60),
    )
    await house.work()
    assert isinstance(await end(house), Saved)  # type: ignore[operator]
    await later(house)
    assert (await house.run()).status == "ended"
    assert house.stage.posted(house.main) == []
    assert not any("Well done" in told for told in house.told())
    assert "Cancelled; nothing of it was posted." in plain(house.panel().message)
    assert isinstance(await by_line(house), Refused)


async def test_nothing_is_ended_before_it_is_confirmed(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    before = await house.run()
    question(await house.say("fay", "stop"))
    question(await house.press("fay", house.panel(), "End the lesson"))
    assert await house.run() == before
    assert isinstance(await house.say("ann", "end"), Refused)
    assert await house.audits() == []


async def test_a_question_asked_before_the_lesson_moved_on_shows_the_panel(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    asked = question(await house.say("fay", "end"))
    await house.run_for(minutes(5))
    answer = await sure(house, asked)
    assert isinstance(answer, Show)
    assert "moved on" in plain(answer.what)
    assert (await house.run()).status == "running"


async def test_a_paused_lesson_can_be_ended(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    await house.say("fay", "pause")
    await by_words(house)
    await later(house)
    assert (await house.run()).status == "ended"
    assert len(await house.owed("closing")) == 1
    answer = await house.managing.carry_out(RUN, Command("end"), by="cli")
    assert isinstance(answer, Refused)


async def test_two_who_end_it_at_once_end_it_once(either_house: House) -> None:
    house = either_house
    await house.schedule()
    await house.run_for(minutes(5))
    asked = question(await house.say("fay", "end"))
    answers = await asyncio.gather(*(sure(house, asked) for _ in range(4)))
    assert sum(isinstance(answer, Saved) for answer in answers) == 1
    await later(house)
    assert await house.audits() == ["end-now"]
    assert len(await house.owed("closing")) == len(await house.owed("report")) == 1


async def test_an_end_that_finds_no_worker_comes_when_there_is_one_again(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(5))
    await by_line(house)
    house.step(timedelta(hours=5))
    answer = await house.managing.carry_out(RUN, Command("next"), by="cli")
    assert isinstance(answer, Refused)
    await house.work()
    assert (await house.run()).status == "ended"
    assert len(await house.owed("closing")) == 1


def with_homework() -> Lesson:
    """A live lesson that something comes after."""
    return a_lesson(
        a_phase("Engage", an_activity("poll", id="poll")),
        after=(an_activity("reflection", id="homework", phase=AFTER),),
    )


async def test_what_would_come_after_the_lesson_does_not(house: House) -> None:
    await house.schedule(with_homework())
    await house.run_for(minutes(5))
    await by_line(house)
    await later(house)
    assert "no more answers are taken" in in_the_channel(house)
    assert len(house.stage.posted(house.main)) == 3
    assert len(await house.owed("report")) == 1


async def test_the_evidence_of_an_ended_lesson_is_whole(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(12))
    await house.vote("ann", "data")
    await by_line(house)
    await later(house)
    async with house.store.reading() as reading:
        report = await report_run(reading, RUN)
    held = {asked.activity.kind: len(asked.openings) for asked in report.activities}
    assert (held["poll"], held["discussion"]) == (1, 0)
    assert b"end-now" in evidence_json(report)


async def test_a_rehearsal_is_ended_and_says_what_it_was(house: House) -> None:
    zoe = house.stage.person("zoe")
    await house.managing.rehearse(of_each_kind(), run_id="abc123", who=zoe, zone="UTC")
    await house.run_for(minutes(5))
    asked = question(await house.say("zoe", "end the rehearsal", place=None))
    head = house.head("zoe", place=None)
    answer = await house.hear(Picked(**head, callback=buttons(asked)[SURE]))
    assert isinstance(answer, Saved)
    await later(house)
    assert (await house.run("abc123")).status == "ended"
    assert sum("That was a rehearsal" in told for told in house.told(zoe)) == 1
    assert await house.owed("closing", "abc123") == []
    assert not (await house.opening("prompt", "abc123")).is_open


async def test_a_channel_that_is_gone_just_then_holds_up_no_end(house: House) -> None:
    await house.schedule()
    await house.run_for(minutes(9.9))

    async def ended_meanwhile(to: Place | Person) -> None:
        if isinstance(to, Place):
            await by_line(house)
            raise Gone("the channel is gone")

    house.stage.before = ended_meanwhile
    house.lesson.step_to(house.now + minutes(0.2))
    await house.cueing.run_due()
    await house.sending.send_due()
    house.stage.before = None
    assert (await house.run()).status == "running"
    await house.work()
    assert (await house.run()).status == "ended"


def test_a_paused_run_that_was_to_end_can_be_ended_once_more() -> None:
    run = replace(a_run(a_lesson(a_phase("Engage", an_activity("poll")))), status="paused")
    cues = (
        Cue(run.id, 1, "start", run.start, run.start, state="done"),
        Cue(run.id, 2, "end", run.start, run.start, state="cancelled"),
        Cue(run.id, 3, "end", run.start, run.start),
    )
    over = control(Command("end-now"), run, cues, (), run.start, "fay")
    assert over.run
    assert over.run.status == "running"
    assert [cue.kind for cue in over.cues if cue.state == "waiting"] == ["end"]
