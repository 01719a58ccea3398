"""Where messages stand in Teams: threads, talks, cards beside one another, and how fast."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.chat.address import PostRef
from bot.chat.message import (
    Bar,
    Choices,
    Deadline,
    Heading,
    Message,
    Option,
    Quote,
    Tally,
    Text,
)
from bot.chat.platform import Gone, Incomplete, Limited, Rejected, Uncertain
from bot.chat.text import UserText
from bot.platforms import parts
from bot.platforms.teams.card import render_message
from tests.core.making import START
from tests.teams.faults import Fault
from tests.teams.opened import Opened, opened

HELLO = Message("Hello", (Text(("Hello, all.",)),))
CHANGED = Message("Hello", (Text(("Goodbye, all.",)),))
ACTIVITIES = "/v3/conversations/*/activities"


@pytest.fixture
async def port() -> AsyncIterator[Opened]:
    async with opened() as made:
        yield made


def standing(port: Opened, channel: str) -> list[str]:
    """The cards that stand in a channel or talk, thread by thread."""
    there = port.world.organisation.standing(channel)
    return [json.dumps(post.cards, ensure_ascii=False) for post in there if not post.author]


def versions(port: Opened, id: str) -> int:
    """How often a post was edited."""
    return len(port.world.organisation.messages[id].versions) - 1


# -- threads and talks


async def test_a_post_in_a_channel_begins_a_thread_and_a_reply_goes_on_in_it(
    port: Opened,
) -> None:
    post = port.teams.platform.post
    first = await post(port.lesson, HELLO, key="k1")
    second = await post(port.lesson, HELLO, key="k2")
    reply = await post(first.thread, CHANGED, key="k3")
    assert first.place == second.place == port.lesson
    assert reply.place == first.thread
    messages = port.world.organisation.messages
    assert [messages[ref.id].root for ref in (first, second, reply)] == ["", "", first.id]
    await port.teams.platform.edit(reply, HELLO)
    assert "Hello" in str(messages[reply.id].cards)


async def test_a_talk_is_begun_once_and_kept_across_restarts(port: Opened) -> None:
    bo = port.world.person("bo")
    refs = [await port.teams.platform.post(bo, HELLO, key=f"k{n}") for n in range(3)]
    assert len({ref.place for ref in refs}) == 1
    assert len(port.world.connector.sent("POST", "/v3/conversations")) == 1
    port.teams.platform._contacts._known.clear()
    await port.teams.platform.post(bo, HELLO, key="k4")
    assert len(port.world.connector.sent("POST", "/v3/conversations")) == 1


async def test_whoever_wrote_to_the_bot_is_answered_in_that_talk(port: Opened) -> None:
    await port.people.whisper(port.world.person("cy"), "status")
    ref = await port.teams.platform.post(port.world.person("cy"), HELLO, key="k1")
    assert ref.place.channel == port.people.talk(port.world.person("cy")).id
    assert port.world.connector.sent("POST", "/v3/conversations") == []


async def test_a_talk_that_is_gone_is_begun_anew(port: Opened) -> None:
    bo, organisation = port.world.person("bo"), port.world.organisation
    old = await port.teams.platform.post(bo, HELLO, key="k1")
    del organisation.talks[old.place.channel]
    new = await port.teams.platform.post(bo, HELLO, key="k2")
    assert new.place != old.place
    assert len(standing(port, new.place.channel)) == 1
    again = await port.teams.platform.post(bo, HELLO, key="k3")
    assert again.place == new.place


async def test_whoever_blocked_the_bot_is_out_of_reach_until_they_let_it(port: Opened) -> None:
    bo = port.world.person("bo")
    await port.teams.platform.post(bo, HELLO, key="k1")
    port.people.talk(bo).blocked = True
    for _ in range(2):
        with pytest.raises(Gone, match="does not let Fivefold write"):
            await port.teams.platform.post(bo, HELLO, key="k2")
    port.people.talk(bo).blocked = False
    await port.teams.platform.post(bo, HELLO, key="k3")
    assert len(standing(port, port.people.talk(bo).id)) == 2


async def test_somebody_who_never_said_anything_is_found_among_the_members(port: Opened) -> None:
    port.world.connector.service.most = 2
    await port.teams.platform.post(port.world.person("cy"), HELLO, key="k1")
    (begun,) = port.world.connector.sent("POST", "/v3/conversations")
    assert begun.body["members"] == [{"id": port.people.someone(port.world.person("cy")).id}]


async def test_somebody_of_no_team_of_ours_is_asked_for_by_their_id_in_entra(port: Opened) -> None:
    stranger = port.world.organisation.enter("Max Muster")
    person = replace(port.world.person("ana"), id=stranger.aad)
    with pytest.raises(Gone):
        await port.teams.platform.post(person, HELLO, key="k1")
    (begun,) = port.world.connector.sent("POST", "/v3/conversations")
    assert begun.body["members"] == [{"id": stranger.aad}]


async def test_all_members_are_told_page_by_page(port: Opened) -> None:
    port.world.connector.service.most = 1
    members = await port.teams.platform.members(port.lesson)
    assert [member.name.text for member in members] == [
        "Fay Moss",
        "Ana Ruiz",
        "Bo Lind",
        "Cy Okoro",
    ]
    assert [member.person for member in members] == [
        port.world.person(handle) for handle in ("fay", "ana", "bo", "cy")
    ]


# -- messages of several cards


def long(*words: str) -> Message:
    """A message of as many cards as words."""
    return Message("Long", tuple(Quote(UserText(f"{word} " * 3_500)) for word in words))


def leading(port: Opened, channel: str) -> list[str]:
    """The words with which the cards there begin."""
    return [text.split('"text": "')[1].split(" ")[0] for text in standing(port, channel)]


WORDS = ("evidence", "learning", "question", "research")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_long_quote_is_a_card_of_its_own(count: int) -> None:
    assert len(render_message(long(*WORDS[:count]))) == count


@pytest.mark.parametrize("after", [1, 2, 4])
@pytest.mark.parametrize("before", [1, 2, 4])
async def test_a_long_message_goes_on_in_its_thread_and_is_edited_into_more_or_fewer_cards(
    port: Opened, before: int, after: int
) -> None:
    ref = await port.teams.platform.post(port.lesson, long(*WORDS[:before]), key="k1")
    assert leading(port, ref.place.channel) == list(WORDS[:before])
    for words in (WORDS[::-1][:after], WORDS[:before]):
        await port.teams.platform.edit(ref, long(*words))
        assert leading(port, ref.place.channel) == list(words)
    messages = port.world.organisation.messages.values()
    assert {one.thread for one in messages} == {ref.id}


async def test_a_long_message_goes_on_in_a_thread_and_in_a_talk(port: Opened) -> None:
    root = await port.teams.platform.post(port.lesson, HELLO, key="root")
    for to in (root.thread, port.world.person("ana")):
        ref = await port.teams.platform.post(to, long(*WORDS), key="k1")
        assert leading(port, ref.place.channel)[-4:] == list(WORDS)
    roots = {one.root for one in port.world.organisation.messages.values() if one.id != root.id}
    assert roots == {root.id, ""}


CUT = {
    "a broken line": Fault(drop=True),
    "a line that breaks after the post": Fault(drop=True, reached=True),
    "an error of Teams'": Fault(status=503),
    "an error after it was done": Fault(status=502, reached=True),
    "a refusal": Fault(status=400),
    "the bot's removal": Fault(status=403, code="BotNotInConversationRoster"),
    "a long wait": Fault(retry_after=3600),
}


@pytest.mark.parametrize("fault", CUT.values(), ids=CUT)
@pytest.mark.parametrize("nth", [2, 3], ids=["at the second card", "at the third card"])
async def test_a_long_message_that_broke_off_is_known_to_be_so_and_no_card_of_it_stands_twice(
    port: Opened, fault: Fault, nth: int
) -> None:
    port.world.connector.fail("POST", ACTIVITIES, Fault(), times=nth - 2)
    port.world.connector.fail("POST", ACTIVITIES, fault)
    with pytest.raises(Incomplete if fault.retry_after else Uncertain):
        await port.teams.platform.post(port.lesson, long(*WORDS), key="k1")
    there = leading(port, port.lesson.channel)
    assert there == list(WORDS[: nth - 1 + fault.reached])
    # Whoever presses something in it names its first post: from then on it is edited again.
    first = min(port.world.organisation.messages)
    for _ in range(2):
        await port.teams.platform.edit(PostRef(port.lesson, first), long(*WORDS))
    there = leading(port, port.lesson.channel)
    assert len(there) == len(set(there))
    assert set(WORDS) - set(there) <= {WORDS[nth - 1]}, "only what is in doubt may be missing"


async def test_the_rest_waits_where_teams_asks_for_a_moment(
    port: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(parts, "asyncio", SimpleNamespace(sleep=sleep))
    port.world.connector.fail("POST", ACTIVITIES, Fault(retry_after=3), times=2)
    await port.teams.platform.post(port.lesson, long(*WORDS), key="k1")
    assert waited == [3, 3]
    assert leading(port, port.lesson.channel) == list(WORDS)


@pytest.mark.parametrize("status", [400, 429])
async def test_a_card_that_was_surely_not_posted_is_posted_by_the_next_edit(
    port: Opened, status: int
) -> None:
    ref = await port.teams.platform.post(port.lesson, long(WORDS[0]), key="k1")
    wait = 3600 if status == 429 else 0
    port.world.connector.fail("POST", ACTIVITIES, Fault(status=status, retry_after=wait))
    with pytest.raises(Limited if wait else Rejected):
        await port.teams.platform.edit(ref, long(*WORDS))
    await port.teams.platform.edit(ref, long(*WORDS))
    assert leading(port, port.lesson.channel) == list(WORDS)


async def test_a_later_card_that_somebody_deleted_is_posted_anew(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, long(*WORDS), key="k1")
    messages = port.world.organisation.messages
    list(messages.values())[2].deleted = True
    await port.teams.platform.edit(ref, long(*WORDS[::-1]))
    assert leading(port, port.lesson.channel) == list(WORDS[::-1])


async def test_a_post_that_somebody_deleted_is_gone_for_edits(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, HELLO, key="k1")
    port.world.organisation.messages[ref.id].deleted = True
    with pytest.raises(Gone):
        await port.teams.platform.edit(ref, CHANGED)


@pytest.mark.parametrize("reached", [False, True])
async def test_an_edit_whose_answer_was_lost_is_not_taken_for_made(
    port: Opened, reached: bool
) -> None:
    """Nobody knows then which of the two it reads; an edit back makes sure of it."""
    ref = await port.teams.platform.post(port.lesson, HELLO, key="k1")
    port.world.connector.fail("PUT", f"{ACTIVITIES}/*", Fault(status=502, reached=reached))
    with pytest.raises(Uncertain):
        await port.teams.platform.edit(ref, CHANGED)
    await port.teams.platform.edit(ref, HELLO)
    assert "Hello, all." in standing(port, port.lesson.channel)[0]


async def test_an_edit_changes_only_the_cards_that_read_something_else(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, long(*WORDS), key="k1")
    await port.teams.platform.edit(ref, long(*WORDS))
    assert port.world.connector.sent("PUT", "*") == []
    await port.teams.platform.edit(ref, long(*WORDS[:3], "opinion"))
    (edit,) = port.world.connector.sent("PUT", "*")
    assert "opinion" in json.dumps(edit.body)


# -- cards in which something can be filled in


def question(votes: int, *, closes: int = 10, label: str = "Which ones?") -> Message:
    """A question to tick answers to, with its tally and its deadline."""
    options = (Option("a", "Apples"), Option("b", "Pears"))
    return Message(
        "A question",
        (
            Heading("A question"),
            Choices("f.vote.o1...", options, label, multiple=True),
            Tally("So far", (Bar("Apples", votes),), votes),
            Deadline(START + timedelta(minutes=closes)),
        ),
    )


CLOSED = Message(
    "A question",
    (
        Heading("A question"),
        Tally("So far", (Bar("Apples", 3),), 3),
        Deadline(START + timedelta(minutes=10), "closed"),
    ),
)


async def test_the_card_with_inputs_stays_as_it_is_while_the_tally_beside_it_changes(
    port: Opened,
) -> None:
    ref = await port.teams.platform.post(port.lesson, question(0), key="k1")
    first, *beside = [one.id for one in port.world.organisation.messages.values()]
    assert first == ref.id
    assert beside
    assert {port.world.organisation.messages[id].root for id in beside} == {ref.id}
    for message in (question(1), question(2), question(2, closes=20), question(3, closes=20)):
        await port.teams.platform.edit(ref, message)
    assert versions(port, first) == 0
    assert sum(versions(port, id) for id in beside) >= 4
    assert "3 (100%)" in "".join(standing(port, port.lesson.channel))


async def test_the_card_with_inputs_is_edited_once_it_closes(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, question(3), key="k1")
    await port.teams.platform.edit(ref, CLOSED)
    assert versions(port, ref.id) == 1
    assert "Input." not in "".join(standing(port, port.lesson.channel))


async def test_the_card_with_inputs_is_edited_where_it_asks_something_else(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, question(3), key="k1")
    await port.teams.platform.edit(ref, question(3, label="Which one?"))
    assert versions(port, ref.id) == 1
    assert "Which one?" in standing(port, port.lesson.channel)[0]


async def test_words_beside_what_can_be_filled_in_wait_until_it_closes(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, question(0), key="k1")
    worded = replace(question(0), blocks=(*question(0).blocks, Text(("Take your time.",))))
    await port.teams.platform.edit(ref, worded)
    assert versions(port, ref.id) == 0
    await port.teams.platform.edit(ref, CLOSED)
    assert versions(port, ref.id) == 1


async def test_what_somebody_has_half_ticked_stays(port: Opened) -> None:
    ref = await port.teams.platform.post(port.lesson, question(0), key="k1")
    ana = port.world.person("ana")
    message = port.world.organisation.messages[ref.id]
    view = port.people.view(ana, message)
    view.typed["half"] = "a"
    await port.teams.platform.edit(ref, question(7))
    assert port.people.view(ana, message).typed == {"half": "a"}
