"""Every answer reaches its person in the one way that fits there, and nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import Deadline, Form, Message, Text
from tests.conformance.driving import ASKING, FORM, HELLO
from tests.core.making import START
from tests.teams.answering import (
    CLOSED,
    HELD,
    LONG,
    PAGE,
    TOLD,
    TOO_LONG,
    hears,
    nobody_else_sees_anything_new,
    notices,
    posted,
    presses,
    sees,
    sends,
    talk,
)
from tests.teams.opened import Opened, opened

by_name = pytest.mark.parametrize("answer", TOLD, ids=lambda answer: type(answer).__name__)


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


# -- one sentence


@by_name
async def test_to_a_press_in_a_channel_it_is_said_below_the_card_to_its_person(
    port: Opened, answer: Answer
) -> None:
    ref = await posted(port)
    before = await sees(port, "bo")
    hears(port, answer)
    await presses(port, "I am done", ref=ref)
    assert notices(port) == [CLOSED]
    assert talk(port) == []
    await nobody_else_sees_anything_new(port, before)


@by_name
async def test_to_a_press_in_a_talk_it_is_said_below_the_card(port: Opened, answer: Answer) -> None:
    ref = await port.teams.platform.post(port.world.person("ana"), ASKING, key="k1")
    hears(port, answer)
    await presses(port, "I am done", ref=ref)
    assert notices(port) == [CLOSED]
    assert len(talk(port)) == len(port.world.organisation.messages)


@by_name
async def test_to_a_press_on_an_old_client_it_is_said_in_their_talk(
    port: Opened, answer: Answer
) -> None:
    ref = await posted(port)
    before = await sees(port, "bo")
    hears(port, answer)
    await presses(port, "I am done", old=True, ref=ref)
    assert notices(port) == []
    (told,) = talk(port)
    assert CLOSED in told
    await nobody_else_sees_anything_new(port, before)


@by_name
@pytest.mark.parametrize("where", ["thread", "channel", "mention", "talk"])
async def test_to_words_it_is_said_in_their_talk(port: Opened, answer: Answer, where: str) -> None:
    ref, ana = await posted(port), port.world.person("ana")
    hears(port, answer)
    match where:
        case "talk":
            await port.people.whisper(ana, "status")
        case "mention":
            await port.people.say(ana, port.lesson, "status", mention=True)
        case _:
            await port.people.say(ana, ref.thread if where == "thread" else port.lesson, "I see.")
    await port.teams.settled()
    (told,) = talk(port)
    assert CLOSED in told
    bot = [one for one in port.world.organisation.messages.values() if not one.author]
    assert sum(CLOSED in str(one.cards) for one in bot) == 1
    assert port.people.answers[-1].status == 200


@pytest.mark.parametrize("answer", [Saved(), Saved(CLOSED, again=True)], ids=["silent", "again"])
async def test_where_silence_is_kinder_nothing_is_written_to_anybody(
    port: Opened, answer: Answer
) -> None:
    ref, ana = await posted(port), port.world.person("ana")
    hears(port, answer, answer)
    await presses(port, "I am done", old=True, ref=ref)
    await port.people.say(ana, ref.thread, "I see.")
    await port.teams.settled()
    assert talk(port) == []


async def test_a_press_is_never_met_with_silence(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Saved(), Saved(CLOSED, again=True))
    await presses(port, "I am done", ref=ref)
    await presses(port, "I am done", ref=ref)
    assert notices(port) == ["Saved.", CLOSED]


# -- something to look at or to fill in


@pytest.mark.parametrize("what", [FORM, PAGE], ids=["form", "page"])
async def test_to_a_press_it_is_a_card_in_place_of_the_pressed_one_for_its_person(
    port: Opened, what: Form | Message
) -> None:
    ref = await posted(port)
    before = await sees(port, "bo")
    hears(port, Show(what, "Noted."))
    await presses(port, "In my words", ref=ref)
    seen = await sees(port)
    assert "Noted." in seen
    assert ("Why is that?" if what is FORM else "Nothing to do.") in seen
    assert "Back" in seen
    assert talk(port) == []
    await nobody_else_sees_anything_new(port, before)


@pytest.mark.parametrize("what", [FORM, PAGE], ids=["form", "page"])
@pytest.mark.parametrize("where", ["old client", "talk", "mention"])
async def test_to_anything_else_it_is_a_card_in_their_talk(
    port: Opened, what: Form | Message, where: str
) -> None:
    ref, ana = await posted(port), port.world.person("ana")
    hears(port, Show(what, "Noted."))
    if where == "old client":
        await presses(port, "In my words", old=True, ref=ref)
    elif where == "talk":
        await port.people.whisper(ana, "my part")
    else:
        await port.people.say(ana, port.lesson, "my part", mention=True)
    await port.teams.settled()
    (told,) = talk(port)
    assert "Noted." in told
    assert ("Why is that?" if what is FORM else "Nothing to do.") in told
    if what is FORM:
        hears(port, Saved(CLOSED))
        await sends(port, old=where == "old client")
        assert CLOSED in await sees(port)


async def test_a_page_of_several_cards_begins_in_the_answer_and_comes_whole_in_the_talk(
    port: Opened,
) -> None:
    ref = await posted(port)
    hears(port, Show(LONG))
    await presses(port, "In my words", ref=ref)
    seen = await sees(port)
    assert "This goes on in your chat with me." in seen
    assert "".join(talk(port)).count("x") >= 90_000
    assert "x" * 1_000 not in await sees(port, "bo")


@pytest.mark.parametrize("where", ["press", "old client", "talk", "mention"])
async def test_what_is_due_on_a_page_stands_there_with_its_form_in_one_card(
    port: Opened, where: str
) -> None:
    ref, ana = await posted(port), port.world.person("ana")
    before = len(port.world.organisation.messages)
    hears(port, Show(Message("My part", (Deadline(START), *HELD.blocks, *PAGE.blocks)), "Noted."))
    if where == "talk":
        await port.people.whisper(ana, "my part")
    elif where == "mention":
        await port.people.say(ana, port.lesson, "my part", mention=True)
    else:
        await presses(port, "In my words", old=where == "old client", ref=ref)
    await port.teams.settled()
    bot = [one for one in port.world.organisation.messages.values() if not one.author]
    assert len(bot) - 1 == (where != "press")
    assert before == 1
    seen = await sees(port) if where == "press" else "".join(talk(port))
    told = ("Noted.", "Open until ", "Why is that?", "Nothing to do.")
    assert sorted(told, key=seen.index) == list(told)
    assert "goes on" not in seen


async def test_a_form_too_long_for_a_card_is_told_not_shown(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(TOO_LONG, "Noted."), Show(TOO_LONG, "Noted."))
    await presses(port, "In my words", ref=ref)
    (told,) = notices(port)
    assert "Noted." in told
    assert "too long for a card" in told
    await presses(port, "In my words", old=True, ref=ref)
    assert "too long for a card" in talk(port)[0]


# -- back


async def test_back_leads_to_the_post_as_it_stands_now(port: Opened) -> None:
    ref = await posted(port, HELLO)
    again = Message("A question", (*HELLO.blocks, *ASKING.blocks))
    await port.teams.platform.edit(ref, again)
    hears(port, Show(PAGE))
    await presses(port, "In my words", ref=ref)
    assert "Nothing to do." in await sees(port)
    shown = port.people.told[-1]
    await presses(port, "Back", ref=ref)
    assert "Nothing to do." not in await sees(port)
    assert "Hello, all." in await sees(port)
    await port.teams.platform.edit(ref, Message("Bye", (Text(("Goodbye, all.",)),)))
    data = {"fivefold": "", "does": "back"}
    back = {**shown, "value": {"action": {**shown["value"]["action"], "data": data}}}
    answer = await port.tell(back)
    assert "Goodbye, all." in json.dumps(answer.body)
    assert port.ear.events[-1].who == port.world.person("ana")
    assert len(port.events) == 1, "who goes back does nothing"


async def test_back_from_a_post_that_nobody_knows_says_so(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(PAGE))
    await presses(port, "In my words", ref=ref)
    port.records.kept = {k: v for k, v in port.records.kept.items() if k[0] != "teams-card"}
    await presses(port, "Back", ref=ref)
    assert notices(port) == ["This is not there any more."]


async def test_back_in_a_talk_leads_to_the_card_that_was_sent_there(port: Opened) -> None:
    hears(port, Show(Message("Panel", (Text(("Your panel",)), *ASKING.blocks))), Show(PAGE))
    await port.people.whisper(port.world.person("ana"), "panel")
    await port.teams.settled()
    await presses(port, "In my words")
    assert "Nothing to do." in await sees(port)
    await presses(port, "Back")
    assert "Your panel" in await sees(port)
    assert "Nothing to do." not in await sees(port)


# -- forms that were sent


@pytest.mark.parametrize("held", [True, False], ids=["held by the post", "shown"])
async def test_what_is_wrong_in_a_form_stands_in_it_with_every_word(
    port: Opened, held: bool
) -> None:
    ref = await posted(port, HELD if held else ASKING)
    before = await sees(port, "bo")
    if not held:
        hears(port, Show(FORM))
    await presses(port, "In my words", ref=ref)
    for said in (CLOSED, "Still closed."):
        hears(port, Correct({"why": said}))
        await sends(port)
        seen = await sees(port)
        assert said in seen
        assert "Because." in seen
        # What was wrong before, and is put right, is not said again.
        assert (CLOSED in seen) is (said == CLOSED)
    hears(port, Saved("Your answer is saved."))
    await sends(port)
    assert "Your answer is saved." in await sees(port)
    await nobody_else_sees_anything_new(port, before)


@pytest.mark.parametrize("answer", [Refused(CLOSED), NotSaved(CLOSED)])
async def test_what_was_not_taken_leaves_the_form_as_it_is(port: Opened, answer: Answer) -> None:
    ref = await posted(port)
    hears(port, Show(FORM), answer)
    await presses(port, "In my words", ref=ref)
    await sends(port)
    assert notices(port) == [CLOSED]
    assert "Because." in await sees(port)


async def test_of_a_form_that_nobody_knows_any_more_the_errors_are_said(port: Opened) -> None:
    ref = await posted(port, HELD)
    hears(port, Correct({"why": CLOSED, "sure": "Choose."}))
    port.records.kept = {k: v for k, v in port.records.kept.items() if k[0] != "teams-card"}
    await presses(port, "In my words", ref=ref)
    await sends(port)
    assert notices(port) == [f"{CLOSED} Choose."]


async def test_what_comes_next_takes_the_place_of_the_form(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(FORM), Show(PAGE, "Your answer is saved."))
    await presses(port, "In my words", ref=ref)
    await sends(port)
    seen = await sees(port)
    assert "Your answer is saved." in seen
    assert "Nothing to do." in seen
