"""What Teams tells twice happens once, in whatever order it comes; what was not kept it tells
again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import PostRef
from bot.chat.answer import NotSaved, Saved, Show
from bot.chat.platform import RecordsUnavailable
from tests.conformance.driving import ASKING, FORM
from tests.records import MemoryRecords
from tests.service.house import minutes, of_each_kind, one_of
from tests.teams.faults import Fault
from tests.teams.house import TeamsHouse, teams_house
from tests.teams.opened import Opened, opened

Json = Any
SORRY = NotSaved("That was not saved. Please try again in a moment.")


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path) as house:
        yield house
        house.world.connector.edited_while_open.clear()


KINDS = (
    *("press", "press on an old client", "opens", "opens on an old client", "form"),
    *("reply", "said", "mention", "talk", "edit", "deletion", "undeletion"),
    *("comes in", "leaves", "bot added", "bot removed", "channel opened"),
)
every_kind = pytest.mark.parametrize("kind", KINDS)


async def happens(port: Opened, kind: str) -> None:
    """Ana does it; the last that Teams told is it."""
    people, ana, lesson = port.people, port.world.person("ana"), port.lesson
    ref = await port.teams.platform.post(lesson, ASKING, key="k1")
    old = kind.endswith("old client")
    match kind:
        case "press" | "press on an old client":
            await people.press(ana, "I am done", at=ref, old_client=old)
        case "opens" | "opens on an old client":
            await people.press(ana, "In my words", at=ref, old_client=old)
        case "form":
            port.ear.answers.append(Show(FORM))
            await people.press(ana, "In my words", at=ref)
            people.fill(ana, "why", "Because.")
            people.fill(ana, "sure", "1")
            await people.submit(ana)
        case "reply":
            await people.say(ana, ref.thread, "I see.")
        case "said":
            await people.say(ana, lesson, "I see.")
        case "mention":
            await people.say(ana, lesson, "status", mention=True)
        case "talk":
            await people.whisper(ana, "status")
        case "edit" | "deletion" | "undeletion":
            reply = await people.say(ana, ref.thread, "I see.")
            await people.edit(reply, "I saw.") if kind == "edit" else await people.delete(reply)
            if kind == "undeletion":
                await people.undelete(reply)
        case "comes in":
            await people.comes_in(lesson, "Di Zhou")
        case "leaves":
            await people.leaves(ana, lesson)
        case "bot added":
            await people.adds_bot(ana, port.world.place("other"))
        case "bot removed":
            await people.removes_bot(ana, lesson)
        case _:
            await people.opens_channel(ana, lesson, "third")
    await port.teams.settled()


AGAIN = [
    (kind, new_id)
    for kind in KINDS
    for new_id in (False, True)
    # The id of a change is that of the message that changed.
    if not (new_id and kind in ("edit", "deletion", "undeletion"))
]


@pytest.mark.parametrize(("kind", "new_id"), AGAIN)
async def test_what_is_told_again_is_the_same_event(port: Opened, kind: str, new_id: bool) -> None:
    await happens(port, kind)
    before = {event.id for event in port.events}
    answer = await port.people.tell_again(new_id=new_id)
    await port.teams.settled()
    assert answer.status == 200
    assert {event.id for event in port.events} == before


@every_kind
async def test_after_a_while_it_is_still_the_same_event(port: Opened, kind: str) -> None:
    await happens(port, kind)
    before = {event.id for event in port.events}
    port.clock.step_to(port.clock.now() + minutes(1))
    await port.people.tell_again()
    assert {event.id for event in port.events} == before


WRITTEN_TO = (
    "press on an old client",
    "opens on an old client",
    "reply",
    "said",
    "mention",
    "talk",
)


@pytest.mark.parametrize("kind", WRITTEN_TO)
@pytest.mark.parametrize("new_id", [False, True], ids=["same id", "new id"])
async def test_whoever_was_answered_in_their_talk_is_not_answered_again(
    port: Opened, kind: str, new_id: bool
) -> None:
    port.ear.answers.append(Saved("Your answer is saved."))
    await happens(port, kind)
    port.ear.answers.append(Saved("Your answer is saved."))
    for _ in range(2):
        assert (await port.people.tell_again(new_id=new_id)).status == 200
    await port.teams.settled()
    said = [one for one in port.world.organisation.messages.values() if not one.author]
    assert sum("Your answer is saved." in json.dumps(one.cards) for one in said) == 1


@pytest.mark.parametrize("kind", ["press", "opens", "form"])
async def test_whoever_presses_is_always_answered(port: Opened, kind: str) -> None:
    await happens(port, kind)
    again = await port.people.tell_again()
    assert again.body["statusCode"] == 200


async def test_two_acts_are_two(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, ASKING, key="k1")
    for _ in range(2):
        await port.people.press(port.world.person("ana"), "I am done", at=ref)
        await port.people.say(port.world.person("ana"), ref.thread, "I see.")
        port.clock.step_to(port.clock.now() + minutes(1))
    assert len({event.id for event in port.events}) == 4


async def test_an_install_is_greeted_once(port: Opened) -> None:
    port.ear.answers += [Saved(), Saved("Welcome.")]
    await port.people.installs(port.world.person("ana"))
    for _ in range(2):
        port.ear.answers += [Saved(), Saved("Welcome.")]
        await port.people.tell_again()
    await port.teams.settled()
    assert len([one for one in port.world.organisation.messages.values() if not one.author]) <= 1


# -- where nothing could be kept


@pytest.mark.parametrize("kind", ["edit", "deletion", "comes in", "leaves"])
async def test_what_nobody_can_be_told_of_teams_shall_tell_again(port: Opened, kind: str) -> None:
    replied = [Saved()] if kind in ("edit", "deletion") else []
    port.ear.answers += [*replied, SORRY]
    await happens(port, kind)
    assert port.people.answers[-1].status == 503
    before = len(port.events)
    assert (await port.people.tell_again()).status == 200
    assert len(port.events) > before


@pytest.mark.parametrize("kind", ["reply", "said", "mention", "talk"])
async def test_who_wrote_is_told_that_it_was_not_kept_or_teams_tells_it_again(
    port: Opened, kind: str
) -> None:
    """What was not kept is no answer: it is heard again under its name."""
    port.ear.answers.append(SORRY)
    port.world.connector.fail("POST", "/v3/conversations/a:*", Fault(status=502))
    await happens(port, kind)
    assert port.people.answers[-1].status == 503
    port.ear.answers.append(SORRY)
    assert (await port.people.tell_again()).status == 200
    assert SORRY.why in await port.people.sees(port.world.person("ana"))
    assert (await port.people.tell_again()).status == 200
    assert len(port.events) == 3
    assert len({event.id for event in port.events}) == 1


@pytest.mark.parametrize("kind", ["press", "press on an old client"])
async def test_who_pressed_is_told_that_it_was_not_saved(port: Opened, kind: str) -> None:
    port.ear.answers.append(SORRY)
    await happens(port, kind)
    assert port.people.answers[-1].status == 200
    assert SORRY.why in await port.people.sees(port.world.person("ana"))


@every_kind
async def test_while_the_database_is_down_nothing_breaks(
    port: Opened, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happens(port, kind)

    async def get(records: MemoryRecords, kind: str, key: str) -> bytes:
        raise RecordsUnavailable("The database is busy with something else.")

    monkeypatch.setattr(MemoryRecords, "get", get)
    for known in (port.teams.platform._contacts._known, port.teams.platform._contacts._service):
        known.clear()
    port.ear.answers += [SORRY] * 9
    again = await port.people.tell_again()
    assert again.status in (200, 503)
    if port.people.told[-1]["type"] == "invoke":
        assert again.body["statusCode"] == 200


async def test_who_goes_back_while_the_database_is_down_is_told_so(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happens(port, "press")
    told = port.people.told[-1]

    async def get(records: MemoryRecords, kind: str, key: str) -> bytes:
        raise RecordsUnavailable("The database is busy with something else.")

    monkeypatch.setattr(MemoryRecords, "get", get)
    action = {**told["value"]["action"], "data": {"fivefold": "", "does": "back"}}
    answer = await port.tell({**told, "value": {"action": action}})
    assert answer.body["value"] == "The database is busy with something else."


# -- a whole run


async def kept(house: TeamsHouse) -> tuple[int, list[str], int]:
    """How much was ever kept, and all that stands in Teams."""
    messages = house.world.organisation.messages.values()
    shown = [json.dumps(one.cards) for one in messages if not one.author]
    return len(await house.versions()), shown, len(await house.audits())


async def test_a_whole_run_told_twice_is_the_run_told_once(house: TeamsHouse) -> None:
    """Votes, words, commands: each comes again under another id, when all is said."""
    await house.schedule(of_each_kind(results="live"))
    await house.run_for(minutes(11))
    await house.presses("ana", "The data")
    await house.presses("bo", "The model", old=True)
    await house.people_there.whisper(house.fay, "+5")
    await house.run_for(minutes(16))
    (root,) = house.standing("lesson", "What went wrong")
    ref = house.world.organisation.ref(root)
    await house.writes("ana", ref.thread, "I see it.")
    await house.run_for(minutes(1))
    before = await kept(house)
    for told in list(house.people_there.told):
        again = {**told, "id": house.world.organisation.new_message_id()}
        if told["type"] not in ("messageUpdate", "messageDelete"):
            assert (await house.people_there.tell(again)).status == 200
    await house.teams.settled()
    await house.run_for(minutes(1))
    after = await kept(house)
    assert (before[0], before[2]) == (after[0], after[2])
    # The second answers to the presses are in their acknowledgements.
    assert after[1] == before[1]


async def test_an_older_vote_that_comes_after_a_newer_one_does_not_stand(
    house: TeamsHouse,
) -> None:
    await house.schedule(one_of("poll"))
    await house.run_for(minutes(1))
    await house.presses("ana", "The data")
    older = house.people_there.told[-1]
    house.step(minutes(1))
    house.people_there.look_again(house.world.person("ana"))
    await house.presses("ana", "The model")
    late = {**older, "timestamp": "2026-01-05T09:00:30.000Z", "id": "another"}
    assert (await house.people_there.tell(late)).status == 200
    (standing,) = await house.responses("poll")
    assert standing.given
    assert standing.given.options == ("model",)


async def test_an_edit_that_comes_before_its_reply_stands(house: TeamsHouse) -> None:
    await house.schedule(one_of("discussion"))
    await house.run_for(minutes(1))
    (root,) = house.standing("lesson", "What went wrong")
    people, ana = house.people_there, house.world.person("ana")
    thread = house.world.organisation.ref(root).thread
    reply = await people.say(ana, thread, "I see it.", told=False)
    house.step(minutes(1))
    await people.edit(reply, "I saw it.")
    late = await _said_first(house, reply)
    assert late == 200
    (standing,) = await house.responses("discussion")
    assert standing.given
    assert standing.given.text
    assert standing.given.text.text == "I saw it."


async def _said_first(house: TeamsHouse, reply: PostRef) -> int:
    """The reply itself comes, as it was written a minute ago."""
    edit = house.people_there.told[-1]
    data = {name: value for name, value in edit["channelData"].items() if name != "eventType"}
    first = {**edit, "type": "message", "channelData": data, "id": reply.id}
    first |= {"timestamp": "2026-01-05T09:01:00.000Z", "text": "I see it.", "attachments": []}
    return (await house.people_there.tell(first)).status


async def test_what_is_deleted_is_hidden_and_comes_back_when_it_is_brought_back(
    house: TeamsHouse,
) -> None:
    await house.schedule(one_of("discussion"))
    await house.run_for(minutes(1))
    (root,) = house.standing("lesson", "What went wrong")
    people, ana = house.people_there, house.world.person("ana")
    reply = await people.say(ana, house.world.organisation.ref(root).thread, "I see it.")
    house.step(minutes(1))
    await people.delete(reply)
    assert [one.given for one in await house.responses("discussion")] == [None]
    house.step(minutes(1))
    await people.undelete(reply)
    (standing,) = await house.responses("discussion")
    assert standing.given
    assert standing.given.text
    assert standing.given.text.text == "I see it."
