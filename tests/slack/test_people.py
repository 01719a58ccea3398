"""The people of the world do what people in Slack do, and see what they would see."""

from __future__ import annotations

import httpx
import pytest

from bot.chat.address import Place
from bot.platforms.slack.reading import read_form, read_press
from tests.slack.hands import Hands
from tests.slack.small_bot import ASKING, FORM, HELLO, SmallBot, posted
from tests.slack.world import World

pytestmark = pytest.mark.peers


async def test_what_people_write_edit_and_delete_is_told_signed_and_kept(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    root = await posted(world, small_bot, HELLO)
    words = "a < b & <@U1> 🎉 https://example.org/?a=b"
    reply = await people.say(ana, root.thread, words)
    event = small_bot.heard[-1]["event"]
    assert event["text"] == "a &lt; b &amp; &lt;@U1&gt; :tada: <https://example.org/?a=b>"
    assert (event["thread_ts"], event["ts"], event["user"]) == (root.id, reply.id, ana.id)
    assert words in await people.sees(bo)
    await people.edit(ana, reply, "Changed.")
    assert small_bot.heard[-1]["event"]["message"]["text"] == "Changed."
    assert small_bot.heard[-1]["event"]["previous_message"]["text"] == event["text"]
    assert "Changed." in await people.sees(bo)
    await people.delete(ana, reply)
    assert small_bot.heard[-1]["event"]["deleted_ts"] == reply.id
    assert "Changed." not in await people.sees(bo)
    assert len({heard["event_id"] for heard in small_bot.heard}) == 3
    await people.tell_again()
    assert small_bot.heard[-1] == small_bot.heard[-2]


async def test_what_is_pressed_and_ticked_means_what_the_bot_drew(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    ana = world.person("ana")
    await posted(world, small_bot, ASKING)
    await people.press(ana, "Pears")
    pressed = read_press(small_bot.heard[-1]["actions"][0], small_bot.heard[-1]["state"]["values"])
    assert pressed is not None
    assert (pressed.callback, pressed.options) == ("f.pick.o1...", ("b",))
    await people.press(ana, "f.tick.o1...", "x", "Blue")
    assert [heard["actions"][0]["type"] for heard in small_bot.heard[-2:]] == [
        "checkboxes",
        "button",
    ]
    sent = read_press(small_bot.heard[-1]["actions"][0], small_bot.heard[-1]["state"]["values"])
    assert sent is not None
    assert (sent.callback, sent.options) == ("f.tick.o1...", ("x", "z"))


async def test_a_form_opens_takes_long_words_shows_errors_and_closes(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    await posted(world, small_bot, ASKING)
    await people.press(ana, "In my words")
    assert "Why is that?" in await people.sees(ana)
    assert "Why is that?" not in await people.sees(bo)
    with pytest.raises(AssertionError, match="Slack asks to fill in 'Why is that"):
        await people.submit(ana)
    long = "words 🎉 " * 1000
    await people.fill(ana, "why", long)
    await people.fill(ana, "sure", "Hardly")
    small_bot.answers.append({"response_action": "errors", "errors": {"0.1 why": "Say more."}})
    await people.submit(ana)
    assert read_form(small_bot.heard[-1]["view"]["state"]["values"]) == {
        "why": (long,),
        "sure": ("2",),
    }
    seen = await people.sees(ana)
    assert "Say more." in seen
    assert long in seen
    small_bot.answers.append({"response_action": "push", "view": FORM})
    await people.submit(ana)
    await people.close(ana)
    await people.submit(ana)
    assert "Why is that?" not in await people.sees(ana)


async def test_commands_shortcuts_and_the_home_tab_reach_the_bot(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    ana, place = world.person("ana"), world.place("lesson")
    small_bot.answers.append({"text": "For your eyes."})
    await people.command(ana, "status", place)
    assert (small_bot.heard[-1]["command"], small_bot.heard[-1]["text"]) == ("/fivefold", "status")
    assert "For your eyes." in await people.sees(ana)
    assert "For your eyes." not in await people.sees(world.person("bo"))
    ref = await people.say(ana, place, "Worth keeping")
    await people.shortcut(ana, ref)
    assert small_bot.heard[-1]["message"]["text"] == "Worth keeping"
    home = {"type": "home", "blocks": HELLO["blocks"]}
    await small_bot.slack.views_publish(user_id=ana.id, view=home)
    await people.opens_home(ana)
    assert small_bot.heard[-1]["event"]["tab"] == "home"
    assert "Hello, all." in await people.sees(ana)


async def test_words_for_one_person_are_seen_by_that_person_alone(
    world: World, small_bot: SmallBot, people: Hands
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    await small_bot.slack.chat_postEphemeral(
        channel=world.place("lesson").channel, user=ana.id, text="Only you."
    )
    await small_bot.slack.chat_postMessage(channel=ana.id, **HELLO)
    await posted(world, small_bot, ASKING)
    await people.press(ana, "Apples")
    async with httpx.AsyncClient() as http:
        url = small_bot.heard[-1]["response_url"]
        statuses = [(await http.post(url, json={"text": "Saved."})).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [404]
    seen = await people.sees(ana)
    assert all(words in seen for words in ("Only you.", "Hello, all.", "Saved."))
    seen = await people.sees(bo)
    assert not any(words in seen for words in ("Only you.", "Hello, all.", "Saved."))


async def test_people_come_change_and_go(world: World, small_bot: SmallBot, people: Hands) -> None:
    place = world.place("lesson")
    dee = await people.comes_in(place, "Dee <b>")
    assert small_bot.heard[-1]["event"]["type"] == "member_joined_channel"
    known = (await small_bot.slack.users_info(user=dee.id))["user"]
    assert (known["real_name"], known["tz"]) == ("Dee <b>", "America/New_York")
    members = (await small_bot.slack.conversations_members(channel=place.channel))["members"]
    assert dee.id in members
    await people.changes(dee, deleted=True)
    assert small_bot.heard[-1]["event"]["user"]["deleted"] is True
    await people.leaves(dee, place)
    assert small_bot.heard[-1]["event"]["type"] == "member_left_channel"
    await people.uninstalls(world.first.team)
    assert [heard["event"]["type"] for heard in small_bot.heard[-2:]] == [
        "tokens_revoked",
        "app_uninstalled",
    ]


@pytest.mark.parametrize("people_in_it", [1, 2], ids=["a channel", "a group message"])
async def test_a_place_for_a_group_is_a_kind_of_its_own(
    world: World, small_bot: SmallBot, people: Hands, people_in_it: int
) -> None:
    ana, *others = [world.person(handle) for handle in ("ana", "bo")[:people_in_it]]
    if others:
        opened = await small_bot.slack.conversations_open(users=[ana.id, others[0].id])
    else:
        opened = await small_bot.slack.conversations_create(name="group-1", is_private=True)
        await small_bot.slack.conversations_invite(channel=opened["channel"]["id"], users=[ana.id])
    place = Place("slack", ana.tenant, opened["channel"]["id"])
    await people.say(ana, place, "Here we are.")
    assert small_bot.heard[-1]["event"]["channel_type"] == ("mpim" if others else "group")
    assert "Here we are." not in await people.sees(world.person("cy"))
