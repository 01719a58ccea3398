"""Every answer reaches its person in the one way that fits there, and nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.address import PostRef
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.message import (
    Button,
    Buttons,
    Form,
    Message,
    PeopleField,
    PlaceField,
    Quote,
    Text,
    TextField,
)
from bot.chat.text import UserText
from bot.platforms.teams import choosing, contacts, doors
from tests.conformance.driving import ASKING, FORM, HELLO
from tests.teams.cards import inputs
from tests.teams.faults import Fault
from tests.teams.opened import Odd, Opened, opened
from tests.teams.people import Acknowledged

PAGE = Message("My part", (Text(("Nothing to do.",)),))
LONG = Message("Long", tuple(Quote(UserText(f"{n}. " + "x" * 30_000)) for n in range(3)))
TOO_LONG = Form(
    "Essays",
    "f.answer.o1...",
    tuple(TextField(f"q{n}", "Essay", value=UserText("x" * 40_000)) for n in range(3)),
)
HELD = Message(
    "A question",
    (Buttons((Button("In my words", "f.words.o1...", does="open", form=FORM),)),),
)
CLOSED = "It is closed."
TOLD: list[Answer] = [Saved(CLOSED), Refused(CLOSED), NotSaved(CLOSED), Correct({"why": CLOSED})]
by_name = pytest.mark.parametrize("answer", TOLD, ids=lambda answer: type(answer).__name__)


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


async def posted(port: Opened, message: Message = ASKING) -> PostRef:
    """What stands in the channel."""
    return await port.teams.platform.post(port.lesson, message, key="k1")


async def presses(
    port: Opened, what: str, *options: str, old: bool = False, ref: PostRef | None = None
) -> Acknowledged | None:
    """Ana presses something."""
    ana = port.world.person("ana")
    answer = await port.people.press(ana, what, *options, at=ref, old_client=old)
    await port.teams.settled()
    return answer


async def sends(port: Opened, *, old: bool = False) -> None:
    """Ana fills in the form before her, and sends it."""
    ana = port.world.person("ana")
    port.people.fill(ana, "why", "Because.")
    port.people.fill(ana, "sure", "1")
    await port.people.submit(ana, old_client=old)
    await port.teams.settled()


def hears(port: Opened, *answers: Answer) -> None:
    """What Ana is answered next."""
    port.ear.answers += answers


async def sees(port: Opened, handle: str = "ana") -> str:
    """What somebody reads."""
    return await port.people.sees(port.world.person(handle))


def notices(port: Opened) -> list[str]:
    """The sentences that Teams showed Ana for a while."""
    return port.people.screen(port.world.person("ana")).notices


def talk(port: Opened, handle: str = "ana") -> list[str]:
    """The cards of what the bot said to somebody alone."""
    there = port.people.talk(port.world.person(handle)).id
    standing = port.world.organisation.standing(there)
    return [json.dumps(one.cards, ensure_ascii=False) for one in standing if not one.author]


async def nobody_else_sees_anything_new(port: Opened, before: str) -> None:
    """Neither in the channel, nor alone."""
    assert await sees(port, "bo") == before
    assert CLOSED not in await sees(port, "fay")


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


# -- what there is to choose from

PLANNING = Form(
    "A lesson", "f.plan.new...", (PlaceField("place", "Where?"), PeopleField("who", "Who leads?"))
)


def offered(port: Opened) -> dict[str, list[str]]:
    """What Ana can choose in the form before her, by label."""
    message = port.people._before(port.world.person("ana"))[0]
    view = port.people.view(port.world.person("ana"), message)
    return {
        one.node["label"]: [choice["title"] for choice in one.node.get("choices", ())]
        for card in view.cards
        for one in inputs(card)
    }


async def test_a_form_offers_the_channels_and_people_of_the_teams_that_the_bot_is_in(
    port: Opened,
) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    await presses(port, "In my words", ref=ref)
    assert offered(port) == {
        "Where?": ["Course: General", "Course: lesson", "Course: second"],
        "Who leads?": ["Ana Ruiz", "Bo Lind", "Cy Okoro", "Fay Moss"],
    }


async def test_where_people_cannot_be_told_their_ids_can_be_typed(port: Opened) -> None:
    ref = await posted(port)
    hears(port, Show(PLANNING))
    port.world.connector.fail("GET", "*/pagedmembers", Fault(status=503), times=9)
    await presses(port, "In my words", ref=ref)
    assert offered(port)["Who leads?"] == []
    assert offered(port)["Where?"]


# -- who may plan lessons

PLAN = Message("Plan", (Buttons((Button("Plan a lesson", "f.plan.new...", does="open"),)),))


@pytest.mark.parametrize(
    ("member", "may"),
    [
        ({}, True),
        ({"userRole": "guest"}, False),
        ({"userRole": "anonymous"}, False),
        ({"tenantId": "99999999-2222-4333-8444-555555555555"}, False),
    ],
    ids=["member", "guest", "anonymous", "of another tenant"],
)
@pytest.mark.parametrize("how", ["press", "old client", "talk", "mention"])
async def test_only_members_of_the_organisation_plan_lessons(
    port: Opened, member: dict[str, str], may: bool, how: str
) -> None:
    ana = port.world.person("ana")
    ref = await posted(port, PLAN)
    profile: dict[str, Any] = {"name": "Ana Ruiz", "tenantId": ana.tenant, "userRole": "user"}
    told = Odd(status=200, body=json.dumps(profile | member).encode())
    port.world.connector.fail("GET", "/v3/conversations/*/members/*", told)
    if how in ("press", "old client"):
        await presses(port, "Plan a lesson", old=how == "old client", ref=ref)
    elif how == "talk":
        await port.people.whisper(ana, "Schedule a lesson")
    else:
        await port.people.say(ana, port.lesson, "schedule", mention=True)
    await port.teams.settled()
    assert len(port.events) == may
    assert ("Only members of your organization" in await sees(port)) is not may


async def test_of_whom_nothing_is_known_plans_nothing_just_now_and_takes_part(
    port: Opened,
) -> None:
    ref = await posted(port, Message("Plan", (*PLAN.blocks, *ASKING.blocks)))
    port.world.connector.fail("GET", "/v3/conversations/*/members/*", Fault(status=503), times=9)
    await presses(port, "Plan a lesson", ref=ref)
    assert port.events == []
    assert "try again in a moment" in notices(port)[0]
    await presses(port, "I am done", ref=ref)
    assert len(port.events) == 1


# -- in time


@pytest.fixture
async def hanging(port: Opened, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opened]:
    """The connector takes what it is asked, and says nothing; nobody waits for long."""
    await posted(port, Message("Plan", (*PLAN.blocks, *ASKING.blocks)))
    for module in (contacts, choosing, doors):
        monkeypatch.setattr(module, "SECONDS", 0.05)
    gate = asyncio.Event()
    for method in ("GET", "POST", "PUT"):
        port.world.connector.fail(method, "/v3/*", Fault(until=gate), times=99)
    yield port
    gate.set()
    await port.teams.settled()


def test_a_press_is_answered_before_teams_gives_up() -> None:
    """Five seconds is what it waits."""
    assert contacts.SECONDS + choosing.SECONDS < 5
    assert doors.SECONDS < 5


@pytest.mark.parametrize("what", ["I am done", "Plan a lesson", "In my words"])
@pytest.mark.parametrize("old", [False, True], ids=["press", "old client"])
async def test_whatever_hangs_a_press_is_acknowledged(
    hanging: Opened, what: str, old: bool
) -> None:
    hears(hanging, Show(PLANNING) if what == "In my words" else Saved(CLOSED))
    async with asyncio.timeout(4):
        ana = hanging.world.person("ana")
        answer = await hanging.people.press(ana, what, old_client=old)
    assert answer
    assert answer.status == 200
    assert (answer.body is None) is old


@pytest.mark.parametrize("how", ["talk", "mention", "thread"])
async def test_whatever_hangs_words_are_acknowledged(hanging: Opened, how: str) -> None:
    hears(hanging, Saved(CLOSED))
    ana, people = hanging.world.person("ana"), hanging.people
    async with asyncio.timeout(4):
        if how == "talk":
            await people.whisper(ana, "status")
        else:
            await people.say(ana, hanging.lesson, "status", mention=how == "mention")
    assert people.answers[-1].status == 200
    assert len(hanging.events) == 1
