"""The people of the world do what people in Teams do, and see what they would see."""

from __future__ import annotations

import httpx
import pytest

from tests.teams import strict
from tests.teams.entra import BOT
from tests.teams.hands import TROUBLE, Hands
from tests.teams.organisation import MARK
from tests.teams.small_bot import (
    HELLO,
    SEND,
    SURE,
    WHY,
    WRITE,
    Json,
    SmallBot,
    button,
    card,
    text,
)
from tests.teams.world import PUBLIC, World, teams_world


async def test_what_people_write_is_told_with_their_names_place_and_zone(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ana, root = world.person("ana"), await bot.post(HELLO)
    words = "a < b & <at>everyone</at>  two\nlines"
    reply = await people.say(ana, root.thread, words)
    heard = bot.heard[-1]
    assert heard["conversation"]["id"] == f"{root.place.channel}{MARK}{root.id}"
    assert (heard["id"], heard["text"]) == (reply.id, words)
    page = "<p>a &lt; b &amp; &lt;at&gt;everyone&lt;/at&gt;&nbsp; two<br>lines</p>"
    assert heard["attachments"][0]["content"] == page
    assert heard["from"] == {
        "id": people.someone(ana).id,
        "name": "Ana Ruiz",
        "aadObjectId": ana.id,
    }
    assert (heard["localTimezone"], heard["channelId"]) == ("America/New_York", "msteams")
    assert heard["serviceUrl"] == world.connector.service_url
    assert words in await people.sees(world.person("bo"))
    await people.edit(reply, "Changed.")
    assert (bot.heard[-1]["type"], bot.heard[-1]["text"]) == ("messageUpdate", "Changed.")
    assert bot.heard[-1]["channelData"]["eventType"] == "editMessage"
    await people.delete(reply)
    assert bot.heard[-1]["channelData"]["eventType"] == "softDeleteMessage"
    assert "Changed." not in await people.sees(world.person("bo"))
    await people.undelete(reply)
    assert bot.heard[-1]["channelData"]["eventType"] == "undeleteMessage"
    await people.tell_again(new_id=True)
    assert bot.heard[-1]["id"] != bot.heard[-2]["id"]
    assert {**bot.heard[-1], "id": ""} == {**bot.heard[-2], "id": ""}


async def test_without_the_consent_only_mentions_are_heard() -> None:
    async with teams_world(allow=()) as world, httpx.AsyncClient() as outside:
        bot = SmallBot(world, outside)
        transport = httpx.MockTransport(bot)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
            people, ana = world.people(http), world.person("ana")
            await people.adds_bot(world.person("fay"), world.place("lesson"))
            bot.heard.clear()
            await people.say(ana, world.place("lesson"), "Hello?")
            assert bot.heard == []
            await people.say(ana, world.place("lesson"), "status", mention=True)
            assert bot.heard[-1]["text"] == "<at>Fivefold</at> status\n"
            assert bot.heard[-1]["entities"][0]["mentioned"]["id"] == BOT
            await people.whisper(ana, "status")
            assert bot.heard[-1]["conversation"]["conversationType"] == "personal"


async def test_people_and_the_bot_come_and_go(world: World, bot: SmallBot, people: Hands) -> None:
    place = world.place("lesson")
    dee = await people.comes_in(place, "Dee <b>")
    assert bot.heard[-1]["membersAdded"] == [{"id": people.someone(dee).id, "aadObjectId": dee.id}]
    assert bot.heard[-1]["conversation"]["id"] == people.team(place).id
    await people.leaves(dee, place)
    assert bot.heard[-1]["channelData"]["eventType"] == "teamMemberRemoved"
    await people.removes_bot(world.person("fay"), place)
    assert [heard["type"] for heard in bot.heard[-2:]] == [
        "conversationUpdate",
        "installationUpdate",
    ]
    with pytest.raises(AssertionError, match="BotNotInConversationRoster"):
        await bot.post(HELLO)


async def test_a_press_opens_a_form_for_one_person_and_sends_what_they_filled_in(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    ref = await bot.post(card(text("Ask"), button("Write", {"fivefold": "f.open", "does": "open"})))
    bot.answers.append({"statusCode": 200, "type": strict.CARD, "value": WRITE})
    await people.press(ana, "f.open")
    heard = bot.heard[-1]
    assert (heard["type"], heard["name"]) == ("invoke", "adaptiveCard/action")
    assert heard["replyToId"] == ref.id
    assert heard["value"]["action"]["data"] == {"fivefold": "f.open", "does": "open"}
    assert "In your words" in await people.sees(ana)
    assert "In your words" not in await people.sees(bo)
    with pytest.raises(AssertionError, match="Teams asks to fill in"):
        await people.submit(ana)
    people.fill(ana, "why", "Because\nof it")
    people.fill(ana, "sure", "Hardly", "1")
    bot.answers.append({"statusCode": 200, "type": strict.MESSAGE, "value": "Saved."})
    await people.submit(ana)
    sent = bot.heard[-1]["value"]["action"]["data"]
    assert sent == {**SEND, WHY["id"]: "Because\nof it", SURE["id"]: "1,a%2Cb"}
    assert "Saved." in await people.sees(ana)
    people.look_again(ana)
    seen = await people.sees(ana)
    assert "Saved." not in seen
    assert "In your words" not in seen


async def test_an_old_client_sends_a_message_in_place_of_an_invoke(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ana, ref = world.person("ana"), await bot.post(WRITE)
    people.fill(ana, "why", "Because", at=ref)
    await people.submit(ana, old_client=True)
    heard = bot.heard[-1]
    assert (heard["type"], heard["replyToId"]) == ("message", ref.id)
    assert heard["value"] == {**SEND, WHY["id"]: "Because"}
    assert "text" not in heard


async def test_a_form_in_a_show_card_sends_its_own_fields_alone(
    world: World, bot: SmallBot, people: Hands
) -> None:
    def shown(name: str) -> Json:
        why = {**WHY, "id": f"{name} text why"}
        data = {**SEND, "fivefold": f"f.{name}", "form": name}
        inner = card(why, button("Send", data))
        return {"type": "Action.ShowCard", "title": f"Write {name}", "card": inner}

    none = button("Done", {"fivefold": "f.done", "does": "pick"}, associatedInputs="none")
    both = {"type": "ActionSet", "actions": [shown("0.0"), shown("0.1")]}
    await bot.post(card({**WHY, "isRequired": True, "errorMessage": "Please."}, none, both))
    ana = world.person("ana")
    assert await people.press(ana, "Write 0.1") is None
    people.fill(ana, "why", "Inner")
    with pytest.raises(AssertionError, match="Teams asks to fill in"):
        await people.submit(ana)
    half = {WHY["id"]: "Outer", "0.0 text why": "Beside"}
    people.view(ana, people.messages(ana)[0]).typed.update(half)
    bot.answers.append({"statusCode": 200, "type": strict.MESSAGE, "value": "Saved."})
    await people.submit(ana)
    sent = bot.heard[-1]["value"]["action"]["data"]
    assert (sent["fivefold"], sent["0.1 text why"], sent[WHY["id"]]) == ("f.0.1", "Inner", "Outer")
    assert "0.0 text why" not in sent
    bot.answers.append({"statusCode": 200, "type": strict.MESSAGE, "value": "Saved."})
    await people.press(ana, "f.done")
    assert bot.heard[-1]["value"]["action"]["data"] == {"fivefold": "f.done", "does": "pick"}


async def test_an_answer_that_is_none_is_shown_as_trouble(
    world: World, bot: SmallBot, people: Hands
) -> None:
    ana = world.person("ana")
    await bot.post(card(button("Go", {"fivefold": "f.go", "does": "pick"})))
    await people.press(ana, "Go")
    assert TROUBLE in await people.sees(ana)
    assert world.connector.refused != []
    world.connector.refused.clear()
