"""The facilitator acts: from the command line, in words, or with a button of the panel."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.chat.answer import Answer, Refused, Saved, Show
from bot.chat.message import Deadline, Message
from bot.chat.plain import plain
from bot.facilitation.controls import Command, parse_command
from bot.service.reporting import NoSuchRun, report_run
from tests.service.house import RUN, House, buttons, minutes, of_each_kind, seconds

LABELS = {"pause": "Pause", "+5": "+5 minutes", "close": "Close now", "next": "Next"}


@pytest.fixture
async def running(house: House) -> House:
    """A lesson has run for five minutes; its prompt is open."""
    await house.schedule()
    await house.run_for(minutes(5))
    return house


async def by_line(house: House, words: str) -> Answer:
    """From the command line."""
    command = parse_command(words)
    assert command
    return await house.managing.carry_out("r1", command, by="cli")


async def by_words(house: House, words: str) -> Answer:
    """Said in the channel."""
    return await house.say("fay", words)


async def by_button(house: House, words: str) -> Answer:
    """Pressed in the newest panel, which shows what stands."""
    await house.work()
    label = {"resume": "Resume", "start": "Start the lesson"} | LABELS
    return await house.press("fay", house.panel(), label[words])


WAYS = pytest.mark.parametrize("act", [by_line, by_words, by_button])


def shown(answer: Answer) -> str:
    """The message in an answer."""
    assert isinstance(answer, Show)
    assert isinstance(answer.what, Message)
    return plain(answer.what)


def deadline(message: Message) -> Deadline | None:
    """When a post says that it closes."""
    return next((block for block in message.blocks if isinstance(block, Deadline)), None)


# -- every control, each way


@WAYS
async def test_a_lesson_is_started_before_its_time(house: House, act: object) -> None:
    await house.managing.schedule(
        of_each_kind(),
        run_id="r1",
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now + minutes(60),
    )
    assert isinstance(await act(house, "start"), Saved)  # type: ignore[operator]
    await house.work()
    assert (await house.run()).status == "running"
    assert (await house.run()).start == house.now
    assert (await house.delivery("prompt")).state == "sent"
    assert await house.audits() == ["start"]


@WAYS
async def test_a_pause_stands_still_and_going_on_moves_all_that_comes(
    running: House, act: object
) -> None:
    house = running
    before = deadline((await house.post("prompt")).message)
    assert before
    assert isinstance(await act(house, "pause"), Saved)  # type: ignore[operator]
    await house.work()
    assert (await house.run()).status == "paused"
    assert deadline((await house.post("prompt")).message) is None
    assert "paused" in await house.text("prompt")
    house.step(minutes(7))
    assert isinstance(await act(house, "resume"), Saved)  # type: ignore[operator]
    await house.work()
    after = deadline((await house.post("prompt")).message)
    assert after
    assert after.at == before.at + minutes(7)
    assert await house.audits() == ["pause", "resume"]


@WAYS
async def test_five_minutes_more_move_the_deadline_and_all_that_comes(
    running: House, act: object
) -> None:
    house = running
    before = deadline((await house.post("prompt")).message)
    assert before
    assert isinstance(await act(house, "+5"), Saved)  # type: ignore[operator]
    await house.work()
    after = deadline((await house.post("prompt")).message)
    assert after
    assert after.at == before.at + minutes(5)
    await house.run_to(after.at - seconds(1))
    assert (await house.opening("prompt")).is_open
    assert await house.audits() == ["extend-5"]


@WAYS
async def test_next_closes_what_is_open_and_opens_what_comes(running: House, act: object) -> None:
    house = running
    assert isinstance(await act(house, "next"), Saved)  # type: ignore[operator]
    await house.work()
    assert not (await house.opening("prompt")).is_open
    poll = await house.opening("poll")
    assert poll.closes_at
    assert poll.closes_at - house.now == minutes(10)
    closed = deadline((await house.post("prompt")).message)
    assert closed
    assert (closed.state, closed.at) == ("closed", house.now)
    assert await house.audits() == ["next"]


@WAYS
async def test_close_closes_what_is_open_and_moves_nothing(running: House, act: object) -> None:
    house = running
    assert isinstance(await act(house, "close"), Saved)  # type: ignore[operator]
    await house.work()
    assert not (await house.opening("prompt")).is_open
    await house.run_for(minutes(5))
    assert (await house.opening("poll")).opened_at == house.now
    assert await house.audits() == ["close"]


@pytest.mark.parametrize("words", ["status", "panel", "/fivefold status"])
async def test_status_shows_the_panel_and_changes_nothing(running: House, words: str) -> None:
    house = running
    before = await house.run()
    assert "Running." in shown(await house.say("fay", words))
    assert "Running." in shown(await by_line(house, "status"))
    assert "Running." in shown(await house.press("fay", house.panel(), "Status"))
    assert await house.run() == before
    assert await house.audits() == []


async def test_what_does_not_fit_is_refused_in_a_sentence(running: House) -> None:
    house = running
    for words in ("start", "resume", "+0", "+241"):
        answer = await by_line(house, words)
        assert isinstance(answer, Refused)
        assert answer.why.endswith(".")
    assert await house.audits() == []
    answer = await house.say("fay", "make me a coffee")
    assert isinstance(answer, Refused)
    assert "start, pause, resume" in answer.why
    with pytest.raises(NoSuchRun):
        await house.managing.carry_out("nothing", Command("pause"), by="cli")


async def test_after_the_end_nothing_can_be_steered(running: House) -> None:
    house = running
    await house.run_for(minutes(60))
    before = await house.run()
    for words in ("start", "pause", "resume", "+5", "next", "close"):
        assert isinstance(await by_line(house, words), Refused)
        assert isinstance(await house.say("fay", words), Refused)
    assert await house.run() == before


async def test_a_lesson_that_waits_to_be_started_is_not_paused_and_next_does_not_start_it(
    house: House,
) -> None:
    await house.managing.schedule(
        of_each_kind(),
        run_id=RUN,
        main=house.main,
        facilitators=(house.fay,),
        zone="UTC",
        start=house.now,
        by_itself=False,
    )
    await house.work()
    panel = house.panel()
    assert "Not started yet. Press “Start the lesson”." in plain(panel.message)
    assert "Paused" not in plain(panel.message)
    assert list(buttons(panel.message)) == ["Start the lesson", "Cancel the lesson"]
    for words in ("next", "close", "+5"):
        answer = await house.say("fay", words)
        assert answer == Refused("It has not started yet: say “start”.")
    await house.work()
    assert house.stage.posted(house.main) == []
    assert isinstance(await house.press("fay", panel, "Start the lesson"), Saved)
    await house.work()
    assert (await house.run()).status == "running"


# -- once


async def test_a_stale_panel_is_drawn_anew_instead_of_acting(running: House) -> None:
    house = running
    stale = house.panel()
    callback = buttons(stale.message)["Next"]
    await house.say("fay", "+5")
    text = shown(await house.vote("fay", callback=callback, place=None, post=stale.ref))
    assert "Running." in text
    assert (await house.opening("prompt")).is_open
    assert await house.audits() == ["extend-5"]


async def test_a_panel_drawn_before_the_next_activity_opened_does_not_skip_it(
    running: House,
) -> None:
    house = running
    callback = buttons(house.panel().message)["Next"]
    await house.run_for(minutes(5))
    assert (await house.opening("poll")).is_open
    answer = await house.vote("fay", callback=callback, place=None)
    await house.work()
    assert isinstance(answer, Show)
    assert (await house.opening("poll")).is_open


@pytest.mark.parametrize("label", LABELS.values())
async def test_pressing_twice_acts_once(running: House, label: str) -> None:
    house = running
    panel = house.panel()
    await asyncio.gather(*(house.press("fay", panel, label) for _ in range(2)))
    assert len(await house.audits()) == 1


async def test_the_same_press_heard_twice_acts_once(running: House) -> None:
    house = running
    panel = house.panel()
    first = await house.press("fay", panel, "Pause", id="pressed")
    again = await house.press("fay", panel, "Pause", id="pressed")
    assert isinstance(first, Saved)
    assert isinstance(again, Saved)
    assert await house.audits() == ["pause"]


async def test_the_same_words_heard_twice_act_once(running: House) -> None:
    house = running
    for _ in range(2):
        assert isinstance(await house.say("fay", "+5", id="said"), Saved)
    assert await house.audits() == ["extend-5"]


async def test_controls_of_many_at_once_are_carried_out_one_after_the_other(
    either_house: House,
) -> None:
    house = either_house
    await house.schedule()
    await house.run_for(minutes(1))
    before = (await house.opening("prompt")).closes_at
    assert before
    revision = (await house.run()).revision
    await asyncio.gather(*(by_line(house, "+5") for _ in range(6)))
    after = (await house.opening("prompt")).closes_at
    assert after == before + 6 * timedelta(minutes=5)
    assert (await house.run()).revision == revision + 6


# -- who may


async def test_only_a_facilitator_steers(running: House) -> None:
    house = running
    before = await house.run()
    for words in ("pause", "next", "status"):
        answer = await house.say("ann", words)
        assert isinstance(answer, Refused)
        assert answer.why.endswith(".")
    assert isinstance(await house.say("ann", "pause", place=None), Refused)
    assert await house.run() == before


async def test_a_facilitator_steers_in_private_too(running: House) -> None:
    house = running
    assert isinstance(await house.say("fay", "pause", place=None), Saved)
    assert (await house.run()).status == "paused"


async def test_words_said_where_there_is_no_lesson_steer_nothing(running: House) -> None:
    house = running
    answer = await house.say("fay", "pause", place=house.stage.place("C9"))
    assert isinstance(answer, Refused)
    assert (await house.run()).status == "running"


async def test_words_steer_the_lesson_that_is_running_not_one_to_come(running: House) -> None:
    house = running
    for number, later in enumerate((minutes(60 * 24 * 7), minutes(60 * 24)), start=2):
        await house.managing.schedule(
            of_each_kind(),
            run_id=f"r{number}",
            main=house.main,
            facilitators=(house.fay,),
            zone="UTC",
            start=house.now + later,
        )
    await house.say("fay", "pause")
    assert (await house.run()).status == "paused"
    await house.say("fay", "resume")
    assert (await house.run()).status == "running"
    await house.run_for(minutes(60))
    await house.say("fay", "start")
    assert await house.audits("r3") == ["start"]
    assert await house.audits("r2") == []


async def test_the_audit_names_no_person(running: House) -> None:
    house = running
    await by_line(house, "pause")
    await house.join("fay", "Fay")
    await house.say("fay", "resume")
    async with house.store.reading() as reading:
        audits = await reading.audits("r1")
    assert [audit.by for audit in audits] == ["cli", "r1-fay"]
    assert [audit.revision for audit in audits] == sorted({audit.revision for audit in audits})


async def test_what_was_over_before_its_post_came_was_not_held(running: House) -> None:
    house = running
    await house.say(house.fay, "next")
    await house.cueing.run_due()
    await house.say(house.fay, "next")
    await house.work()
    assert (await house.delivery("poll")).state == "cancelled"
    async with house.store.reading() as reading:
        report = await report_run(reading, RUN)
    held = {asked.activity.kind: len(asked.openings) for asked in report.activities}
    assert (held["prompt"], held["poll"], held["discussion"]) == (1, 0, 1)
