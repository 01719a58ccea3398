"""The Teams that the tests run in behaves as Teams does to a bot."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.teams.entra import BOT
from tests.teams.faults import Fault
from tests.teams.hands import Hands
from tests.teams.organisation import MARK, TENANT
from tests.teams.small_bot import HELLO, WRITE, SmallBot, activity, card, text
from tests.teams.world import World


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """An error's status and code."""
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_post_begins_a_thread_and_everybody_in_the_team_sees_it(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ref = await bot.post(HELLO)
    assert ref.id.isdecimal()
    assert len(ref.id) == 13
    thread = f"conversations/{ref.place.channel}{MARK}{ref.id}/activities"
    again = await bot.call("POST", thread, activity(card(text("More."))))
    assert again.status_code == 201
    seen = await people.sees(world.person("ana"))
    assert "Hello, all.More." in seen
    await bot.edit(ref, card(text("Goodbye.")))
    seen = await people.sees(world.person("ana"))
    assert "Goodbye.More." in seen
    gone = await bot.call("DELETE", f"{thread}/{ref.id}")
    assert gone.status_code == 200
    assert code_of(await bot.edit(ref, HELLO)) == (404, "ActivityNotFoundInConversation")


async def test_a_talk_is_with_one_person_and_begun_once(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ana = people.someone(world.person("ana"))
    asked = {"tenantId": TENANT, "bot": {"id": BOT}}
    talks = [
        (await bot.call("POST", "conversations", {**asked, "members": [{"id": id}]})).json()["id"]
        for id in (ana.id, ana.aad)
    ]
    assert talks[0] == talks[1]
    assert talks[0].startswith("a:")
    await bot.call("POST", f"conversations/{talks[0]}/activities", activity(HELLO))
    assert "Hello, all." in await people.sees(world.person("ana"))
    assert "Hello, all." not in await people.sees(world.person("bo"))
    people.talk(world.person("ana")).blocked = True
    told = await bot.call("POST", f"conversations/{talks[0]}/activities", activity(HELLO))
    assert code_of(told) == (403, "MessageWritesBlocked")
    await people.dismissed(world.person("ana"))
    told = await bot.call("POST", f"conversations/{talks[0]}/activities", activity(HELLO))
    assert code_of(told) == (404, "ConversationNotFound")


async def test_the_bot_must_be_there_and_say_who_it_is(world: World, bot: SmallBot) -> None:
    place = world.place("lesson")
    path = f"conversations/{place.channel}/activities"
    assert code_of(await bot.call("POST", path, activity(HELLO))) == (
        403,
        "BotNotInConversationRoster",
    )
    told = await bot.call("POST", "conversations/19:none@thread.tacv2/activities", activity(HELLO))
    assert code_of(told) == (404, "ConversationNotFound")
    bot.token = "another"
    assert (await bot.call("GET", f"conversations/{place.channel}/pagedmembers")).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_id": "another"}, 400, "AADSTS700016"),
        ({"client_secret": "another"}, 401, "AADSTS7000215"),
        ({"tenant": "another"}, 400, "AADSTS90002"),
        ({"scope": "another"}, 400, "AADSTS70011"),
    ],
    ids=["app", "secret", "tenant", "scope"],
)
async def test_no_token_is_given_to_another(
    bot: SmallBot, changes: dict[str, str], status: int, code: str
) -> None:
    refused = await bot.sign_in(**changes)
    assert refused.status_code == status
    assert refused.json()["error_description"].startswith(code)


async def test_members_and_channels_come_as_teams_tells_them(
    world: World, bot: SmallBot, people: Hands
) -> None:
    place = world.place("lesson")
    world.connector.service.most = 3
    path = f"conversations/{place.channel}/pagedmembers"
    first = (await bot.call("GET", path)).json()
    rest = (await bot.call("GET", path, continuationToken=first["continuationToken"])).json()
    found = [member["aadObjectId"] for member in first["members"] + rest["members"]]
    assert found == [world.person(handle).id for handle in ("fay", "ana", "bo", "cy")]
    assert "continuationToken" not in rest
    team = people.team(place)
    channels = (await bot.call("GET", f"teams/{team.id}/conversations")).json()["conversations"]
    assert [channel["name"] for channel in channels] == [None, "lesson", "second"]
    assert (await bot.call("GET", f"teams/{team.id}")).json()["name"] == "Course"


async def test_what_teams_would_not_take_is_refused_and_kept(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ref = await bot.post(HELLO)
    assert (await bot.edit(ref, card({"type": "Picture"}))).status_code == 400
    large = card(*(text("x" * 1_000) for _ in range(60)))
    assert code_of(await bot.edit(ref, large)) == (413, "MessageSizeTooBig")
    assert len(world.connector.refused) == 2
    world.connector.refused.clear()


async def test_an_edit_under_somebodys_hands_is_found_out(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ref, ana = await bot.post(WRITE), world.person("ana")
    await bot.edit(ref, HELLO)
    await bot.edit(ref, WRITE)
    assert world.connector.edited_while_open == []
    people.fill(ana, "why", "Because", at=ref)
    assert "Because" in await people.sees(ana)
    await bot.edit(ref, WRITE)
    assert "Because" not in await people.sees(ana)
    assert world.connector.edited_while_open == [ref.id]
    world.connector.edited_while_open.clear()


@pytest.mark.parametrize("reached", [False, True], ids=["before", "after"])
async def test_a_call_fails_as_told_before_or_after_it_took_effect(
    world: World, bot: SmallBot, people: Hands, reached: bool
) -> None:
    front, ana = world.connector, world.person("ana")
    front.fail("POST", "/v3/conversations", Fault(status=502, reached=reached))
    front.fail("POST", "/v3/conversations", Fault(drop=True, reached=reached))
    front.fail("POST", "/v3/conversations", Fault(retry_after=7))
    with pytest.raises(AssertionError, match="ServiceError"):
        await bot.post(HELLO)
    with pytest.raises(httpx.TransportError):
        await bot.post(HELLO)
    with pytest.raises(AssertionError, match="TooManyRequests"):
        await bot.post(HELLO)
    assert (await people.sees(ana)).count("Hello, all.") == 2 * reached
    assert [call.done for call in front.sent("POST", "/v3/conversations")] == [reached] * 2 + [
        False
    ]
    await bot.post(HELLO)


async def test_a_held_call_waits_and_is_carried_out(
    world: World, bot: SmallBot, people: Hands
) -> None:
    held = asyncio.Event()
    world.connector.fail("POST", "/v3/conversations", Fault(until=held))
    posting = asyncio.create_task(bot.post(HELLO))
    for _ in range(5):
        await bot.call("GET", f"teams/{people.team(world.place('lesson')).id}")
    assert len(world.connector.sent("POST", "/v3/conversations")) == 1
    assert world.organisation.messages == {}
    held.set()
    assert (await posting).id
