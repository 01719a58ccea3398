"""Callbacks that nobody of ours sent: they change nothing, and get one clear sentence."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.address import Person, Place
from bot.chat.answer import Answer, Correct, Refused, Show
from bot.chat.callback import Callback
from bot.chat.event import FormRequested, FormSubmitted, Picked
from bot.chat.platform import Uncertain
from tests.service.house import House, minutes, one_of


async def everything(house: House) -> tuple[Any, ...]:
    """All that could be changed."""
    async with house.store.reading() as reading:
        runs = await reading.runs()
        return (
            runs,
            [await reading.cues(run.id) for run in runs],
            [await reading.openings(run.id) for run in runs],
            [await reading.participants(run.id) for run in runs],
            [await reading.versions(run.id) for run in runs],
            [await reading.deliveries(run.id) for run in runs],
            [await reading.audits(run.id) for run in runs],
        )


@pytest.fixture
async def polling(house: House) -> House:
    """Two polls are open, each in a channel of its own."""
    await house.schedule(one_of("poll", other=False))
    await house.schedule(one_of("poll"), id="r2", main=house.stage.place("C2"))
    await house.work()
    return house


def is_one_sentence(answer: Answer) -> bool:
    """Whether somebody was told, once, why nothing was done."""
    return isinstance(answer, Refused) and answer.why.count(".") == 1 and answer.why.endswith(".")


GARBAGE = [
    "",
    "f",
    "f.....",
    "f.vote..x..",
    "vote",
    "f.vote.nowhere-1-1...",
    "f.vote.r1-1-99...",
    "f.vote.r1...",
    "f.fly.r1-1-1...",
    "f.run.nobody.start..1",
    "f.run.r1.start..-1",
    "f.resend.r1.nothing..",
    "f.vote.r1-1-1.….x.1",
    "x" * 151,
    "f.run.r1.start..9" + "9" * 90,
    "f.run.r1.start..٣",
    "\x00\ud800",
    "f.vote.r1-1-1'; DROP TABLE runs; --...",
]


async def test_garbage_changes_nothing(polling: House) -> None:
    house = polling
    before = await everything(house)
    for callback in GARBAGE:
        head = house.head("ann")
        for event in (
            Picked(**head, callback=callback, options=("data",)),
            FormSubmitted(**head, callback=callback, fields={"answer": ("x",)}),
            FormRequested(**head, callback=callback),
        ):
            assert is_one_sentence(await house.hear(event)), callback
    assert await everything(house) == before


async def test_a_callback_from_elsewhere_changes_nothing(polling: House) -> None:
    house = polling
    before = await everything(house)
    mine = await house.callback("poll", "vote")
    other = await house.callback("poll", "vote", id="r2")
    stranger = Person("memory", "other-town", "ann")
    foreigner = Person("slack", "local", "ann")
    away = Place("memory", "local", "C9")
    for answer in (
        await house.vote("ann", "data", callback=other),
        await house.vote("ann", "data", callback=mine, place=away),
        await house.vote(stranger, "data", callback=mine),
        await house.vote(foreigner, "data", callback=mine),
        await house.vote(stranger, "data", callback=mine, place=None),
        await house.vote("ann", "data", callback=mine, place=None),
    ):
        assert is_one_sentence(answer)
    assert await everything(house) == before


async def test_an_option_that_is_not_there_changes_nothing(polling: House) -> None:
    house = polling
    await house.vote("ann", "model")
    before = await everything(house)
    for options in ((), ("nothing",), ("data", "model"), ("data", "nothing")):
        answer = await house.vote("ann", *options)
        assert isinstance(answer, Refused)
        assert answer.why.endswith(".")
    assert await everything(house) == before


async def test_a_form_that_the_activity_does_not_have_changes_nothing(polling: House) -> None:
    house = polling
    await house.join("ann")
    before = await everything(house)
    for verb in ("answer", "other", "results", "vote"):
        answer = await house.submit("ann", "poll", verb, answer="x", other="x")
        assert isinstance(answer, Refused | Correct)
    assert await everything(house) == before


async def test_a_panels_buttons_do_nothing_for_a_learner(polling: House) -> None:
    house = polling
    before = await everything(house)
    for label in ("Pause", "+5 minutes", "Close now", "Next", "Status"):
        for place in (None, house.main):
            answer = await house.press("ann", house.panel(), label, place=place)
            assert is_one_sentence(answer)
    assert await everything(house) == before


async def test_somebody_of_the_same_name_elsewhere_leads_nothing(polling: House) -> None:
    house = polling
    before = await everything(house)
    impostor = Person("memory", "other-town", "fay")
    assert is_one_sentence(await house.press(impostor, house.panel(), "Pause"))
    assert isinstance(await house.say(impostor, "pause"), Refused)
    assert await everything(house) == before


async def test_results_are_not_shown_to_who_is_not_of_the_channel(house: House) -> None:
    await house.schedule(one_of("poll", results="live"))
    await house.work()
    await house.vote("ann", "data")
    callback = await house.callback("poll", "results")
    spy = FormRequested(**house.head("spy", place=None), callback=callback)
    answer = await house.hear(spy)
    assert isinstance(answer, Refused)
    assert "people of its channel" in answer.why
    known = FormRequested(**house.head("ann", place=None), callback=callback)
    assert isinstance(await house.hear(known), Show)


async def test_a_callback_settles_no_post_but_its_own(deaf_house: House) -> None:
    house = deaf_house
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(1))
    house.stage.fail_next(Uncertain(), call="post", times=2)
    await house.schedule(one_of("poll"), id="r2", main=house.stage.place("C2"))
    await house.work()
    lost = [d for d in await house.deliveries("r2") if d.state == "uncertain"]
    assert lost
    opening = await house.opening("poll")
    for delivery in lost:
        callback = Callback("vote", opening.id, "", delivery.owed.key).encode()
        await house.vote("ann", "data", callback=callback)
        panel = Callback("run", "r1", "status", delivery.owed.key).encode()
        await house.vote("fay", callback=panel, place=None)
    assert [d for d in await house.deliveries("r2") if d.state == "uncertain"] == lost


async def test_a_command_cannot_be_sent_as_a_form(polling: House) -> None:
    house = polling
    before = await everything(house)
    callback = Callback("run", "r1", "pause", "", (await house.run()).revision).encode()
    form = FormSubmitted(**house.head("fay"), callback=callback)
    assert is_one_sentence(await house.hear(form))
    assert await everything(house) == before


async def test_a_command_that_does_not_fit_changes_nothing(polling: House) -> None:
    house = polling
    before = (await everything(house))[:5]
    for item in ("fly", "extend-0", "extend-999", "start", "resume", ""):
        callback = Callback("run", "r1", item, "", (await house.run()).revision).encode()
        answer = await house.vote("fay", callback=callback, place=None)
        assert isinstance(answer, Refused)
        assert answer.why.endswith(".")
    assert (await everything(house))[:5] == before
