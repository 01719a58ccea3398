"""What every platform must do: a platform inherits the suite and brings a driver of its own.

A test is skipped only where the platform declares that it cannot.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.chat.address import Person, Place, PostRef, platform_of_lane
from bot.chat.answer import Answer, Correct, NotSaved, Refused, Saved, Show
from bot.chat.event import (
    Commanded,
    FormRequested,
    FormSubmitted,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.message import (
    Message,
    Quote,
    Text,
)
from bot.chat.platform import Capabilities, Gone, Uncertain
from bot.chat.text import UserText
from tests.conformance.driving import ASKING, FORM, HELLO, HOSTILE, Driver, a_party


class PlatformContract:
    """The suite. A subclass gives the fixture ``driver``."""

    @pytest.fixture
    async def driver(self) -> Driver:
        """The platform under test."""
        raise NotImplementedError

    @staticmethod
    def needs(driver: Driver, *abilities: str) -> None:
        """Skip what the platform declares to be impossible."""
        assert set(abilities) <= {ability.name for ability in fields(Capabilities)}
        for ability in abilities:
            if not getattr(driver.platform.capabilities, ability):
                pytest.skip(f"{driver.platform.name} declares that it has no {ability}")

    # -- posting

    async def test_what_is_posted_is_seen_by_everybody_there(self, driver: Driver) -> None:
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        await driver.platform.post(driver.place, HELLO, key="k1")
        assert "Hello, all." in await driver.sees(ada)
        assert "Hello, all." in await driver.sees(bo)

    async def test_a_post_is_found_again_by_its_key(self, driver: Driver) -> None:
        self.needs(driver, "read_back")
        first = await driver.platform.post(driver.place, HELLO, key="k1")
        second = await driver.platform.post(driver.place, HELLO, key="k2")
        assert first != second
        assert await driver.platform.find(driver.place, "k1") == first
        assert await driver.platform.find(driver.place, "k2") == second

    async def test_a_key_is_looked_for_where_it_was_posted_and_nowhere_else(
        self, driver: Driver
    ) -> None:
        self.needs(driver, "read_back")
        await driver.platform.post(driver.place, HELLO, key="k1")
        assert await driver.platform.find(driver.elsewhere, "k1") is None

    async def test_an_unknown_key_is_surely_none_or_uncertain(self, driver: Driver) -> None:
        if driver.platform.capabilities.read_back:
            assert await driver.platform.find(driver.place, "nothing") is None
        else:
            with pytest.raises(Uncertain):
                await driver.platform.find(driver.place, "nothing")

    async def test_a_private_message_reaches_one_person(self, driver: Driver) -> None:
        self.needs(driver, "direct")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        ref = await driver.platform.post(ada, HELLO, key="k1")
        assert "Hello, all." in await driver.sees(ada)
        assert "Hello, all." not in await driver.sees(bo)
        if driver.platform.capabilities.read_back:
            assert await driver.platform.find(ada, "k1") == ref
            assert await driver.platform.find(bo, "k1") is None

    async def test_a_private_message_is_edited_like_any_other(self, driver: Driver) -> None:
        self.needs(driver, "direct", "edits")
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(ada, HELLO, key="k1")
        await driver.platform.edit(ref, Message("Bye", (Text(("Goodbye.",)),)))
        seen = await driver.sees(ada)
        assert "Goodbye." in seen
        assert "Hello, all." not in seen

    async def test_editing_twice_is_editing_once(self, driver: Driver) -> None:
        self.needs(driver, "edits")
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, HELLO, key="k1")
        for _ in range(2):
            await driver.platform.edit(ref, Message("Bye", (Text(("Goodbye.",)),)))
        seen = await driver.sees(ada)
        assert seen.count("Goodbye.") == 1
        assert "Hello, all." not in seen

    async def test_what_was_never_posted_cannot_be_edited(self, driver: Driver) -> None:
        self.needs(driver, "edits")
        with pytest.raises(Gone):
            await driver.platform.edit(PostRef(driver.place, "404"), HELLO)

    async def test_the_bot_can_speak_in_a_thread(self, driver: Driver) -> None:
        self.needs(driver, "threads")
        ada = await driver.comes_in("Ada")
        root = await driver.platform.post(driver.place, ASKING, key="k1")
        ref = await driver.platform.post(root.thread, HELLO, key="k2")
        assert ref.place == root.thread
        assert "Hello, all." in await driver.sees(ada)

    @pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
    async def test_peoples_words_are_shown_as_they_wrote_them(
        self, driver: Driver, words: str
    ) -> None:
        ada = await driver.comes_in("Ada")
        said = Message(
            "Said", (Quote(UserText(words), UserText("B<i>o")), Text((UserText(words),)))
        )
        await driver.platform.post(driver.place, said, key="k1")
        seen = await driver.sees(ada)
        assert seen.count(words) == 2
        assert "B<i>o" in seen

    # -- what people do

    async def test_a_pick_is_heard_with_its_option(self, driver: Driver) -> None:
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.pick(ada, ref, "f.pick.o1...", ("b",))
        heard = driver.ear.last
        assert isinstance(heard, Picked)
        assert (heard.who, heard.callback, heard.options) == (ada, "f.pick.o1...", ("b",))
        assert heard.place == driver.place
        assert heard.post in (None, ref)

    async def test_ticks_are_heard_together(self, driver: Driver) -> None:
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.pick(ada, ref, "f.tick.o1...", ("x", "z"))
        heard = driver.ear.last
        assert isinstance(heard, Picked)
        assert (heard.callback, set(heard.options)) == ("f.tick.o1...", {"x", "z"})

    async def test_a_button_brings_its_callback_back(self, driver: Driver) -> None:
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.pick(ada, ref, "f.done.o1...")
        heard = driver.ear.last
        assert isinstance(heard, Picked)
        assert (heard.callback, heard.options) == ("f.done.o1...", ())

    async def test_a_button_in_a_private_message_names_no_place(self, driver: Driver) -> None:
        self.needs(driver, "direct")
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(ada, ASKING, key="k1")
        await driver.pick(ada, ref, "f.done.o1...")
        assert isinstance(driver.ear.last, Picked)
        assert (driver.ear.last.who, driver.ear.last.place) == (ada, None)

    async def test_picking_twice_is_two_events_with_ids_of_their_own(self, driver: Driver) -> None:
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.pick(ada, ref, "f.pick.o1...", ("a",))
        await driver.pick(ada, ref, "f.pick.o1...", ("b",))
        first, second = driver.ear.events[-2:]
        assert first.id != second.id
        assert first.at <= second.at

    @pytest.mark.parametrize(
        "answer",
        [Saved("Yours is kept."), Refused("This is closed now."), NotSaved("Please try again.")],
        ids=["saved", "refused", "not saved"],
    )
    async def test_an_answer_reaches_only_who_asked(self, driver: Driver, answer: Answer) -> None:
        assert isinstance(answer, Saved | Refused | NotSaved)
        words = answer.note if isinstance(answer, Saved) else answer.why
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        driver.ear.answers.append(answer)
        await driver.pick(ada, ref, "f.done.o1...")
        assert words in await driver.sees(ada)
        assert words not in await driver.sees(bo)

    # -- forms

    async def test_a_form_opens_for_who_asked_and_nobody_else(self, driver: Driver) -> None:
        self.needs(driver, "forms")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        driver.ear.answers.append(Show(FORM))
        await driver.open(ada, ref, "f.open.o1...")
        assert isinstance(driver.ear.last, FormRequested)
        assert (driver.ear.last.who, driver.ear.last.callback) == (ada, "f.open.o1...")
        assert "Why is that?" in await driver.sees(ada)
        assert "Why is that?" not in await driver.sees(bo)

    async def test_a_message_can_be_shown_to_who_asked_alone(self, driver: Driver) -> None:
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        driver.ear.answers.append(Show(HELLO))
        await driver.open(ada, ref, "f.open.o1...")
        assert "Hello, all." in await driver.sees(ada)
        assert "Hello, all." not in await driver.sees(bo)

    @pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
    async def test_a_form_brings_back_what_was_written(self, driver: Driver, words: str) -> None:
        self.needs(driver, "forms")
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        driver.ear.answers.append(Show(FORM))
        await driver.open(ada, ref, "f.open.o1...")
        await driver.submit(ada, {"why": (words,), "sure": ("2",)})
        heard = driver.ear.last
        assert isinstance(heard, FormSubmitted)
        assert (heard.who, heard.callback) == (ada, "f.words.o1...")
        assert dict(heard.fields) == {"why": (words,), "sure": ("2",)}

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Correct({"why": "Say a little more."}), "Say a little more."),
            (NotSaved("Please try again."), "Please try again."),
        ],
        ids=["to be corrected", "not saved"],
    )
    async def test_words_stay_in_a_form_that_was_not_taken(
        self, driver: Driver, answer: Answer, said: str
    ) -> None:
        self.needs(driver, "forms")
        ada = await driver.comes_in("Ada")
        ref = await driver.platform.post(driver.place, ASKING, key="k1")
        driver.ear.answers += [Show(FORM), answer]
        await driver.open(ada, ref, "f.open.o1...")
        await driver.submit(ada, {"why": ("Because <of> it.",), "sure": ("1",)})
        seen = await driver.sees(ada)
        assert said in seen
        assert "Because <of> it." in seen
        await driver.submit(ada, {"why": ("Because of it all.",)})
        again = driver.ear.last
        assert isinstance(again, FormSubmitted)
        assert dict(again.fields) == {"why": ("Because of it all.",), "sure": ("1",)}

    # -- threads

    async def test_a_reply_is_heard_with_its_root_and_its_own_name(self, driver: Driver) -> None:
        self.needs(driver, "threads", "hears_replies")
        ada = await driver.comes_in("Ada")
        root = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.reply(ada, root, "I think so.")
        heard = driver.ear.last
        assert isinstance(heard, Replied)
        assert (heard.who, heard.post, heard.text) == (ada, root, UserText("I think so."))
        assert heard.reply.place == root.thread
        assert heard.reply != root

    @pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
    async def test_a_reply_is_heard_and_read_as_it_was_written(
        self, driver: Driver, words: str
    ) -> None:
        self.needs(driver, "threads", "hears_replies")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        root = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.reply(ada, root, words)
        assert isinstance(driver.ear.last, Replied)
        assert driver.ear.last.text == UserText(words)
        assert words in await driver.sees(bo)

    async def test_a_reply_that_was_changed_is_heard_again(self, driver: Driver) -> None:
        self.needs(driver, "threads", "hears_replies")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        root = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.reply(ada, root, "I think so.")
        first = driver.ear.last
        assert isinstance(first, Replied)
        await driver.edit_reply(ada, first.reply, "I doubt it.")
        heard = driver.ear.last
        assert isinstance(heard, ReplyEdited)
        assert (heard.who, heard.post, heard.reply) == (ada, root, first.reply)
        assert heard.text == UserText("I doubt it.")
        seen = await driver.sees(bo)
        assert "I doubt it." in seen
        assert "I think so." not in seen

    async def test_a_reply_that_was_taken_back_is_heard_and_gone(self, driver: Driver) -> None:
        self.needs(driver, "threads", "hears_replies")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        root = await driver.platform.post(driver.place, ASKING, key="k1")
        await driver.reply(ada, root, "I think so.")
        first = driver.ear.last
        assert isinstance(first, Replied)
        await driver.delete_reply(ada, first.reply)
        heard = driver.ear.last
        assert isinstance(heard, ReplyDeleted)
        assert (heard.who, heard.post, heard.reply) == (ada, root, first.reply)
        assert "I think so." not in await driver.sees(bo)

    # -- people and places

    async def test_words_to_the_bot_are_heard_as_a_command(self, driver: Driver) -> None:
        ada = await driver.comes_in("Ada")
        await driver.command(ada, "+5")
        heard = driver.ear.last
        assert isinstance(heard, Commanded)
        assert (heard.who, heard.text) == (ada, "+5")

    async def test_everybody_who_came_in_is_a_member(self, driver: Driver) -> None:
        self.needs(driver, "lists_members")
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("<b>Bo</b>")
        members = {m.person: m for m in await driver.platform.members(driver.place) if not m.is_bot}
        assert set(members) == {ada, bo}
        assert members[ada].name == UserText("Ada")
        assert members[bo].name == UserText("<b>Bo</b>")
        elsewhere = await driver.platform.members(driver.elsewhere)
        assert not {ada, bo} & {member.person for member in elsewhere}

    async def test_a_place_can_be_opened_for_some(self, driver: Driver) -> None:
        self.needs(driver, "open_place")
        ada, bo, cy = [await driver.comes_in(name) for name in ("Ada", "Bo", "Cy")]
        place = await driver.platform.open_place(a_party("k1", ada, bo))
        another = await driver.platform.open_place(a_party("k2", ada, cy))
        assert len({driver.place, place, another}) == 3
        ref = await driver.platform.post(place, HELLO, key="k1")
        assert ref.place == place
        assert "Hello, all." in await driver.sees(bo)
        assert "Hello, all." not in await driver.sees(cy)
        await self.are_there(driver, place, ada, bo)

    @pytest.mark.parametrize("count", [3, 9])
    async def test_a_key_and_people_have_one_place(self, driver: Driver, count: int) -> None:
        self.needs(driver, "open_place")
        people = [await driver.comes_in(f"n{n}") for n in range(count)]
        place = await driver.platform.open_place(a_party("k1", *people))
        assert await driver.platform.open_place(a_party("k1", *people)) == place
        await self.are_there(driver, place, *people)

    @pytest.mark.parametrize("count", [3, 9])
    async def test_a_key_with_other_people_is_theirs_alone(
        self, driver: Driver, count: int
    ) -> None:
        """Whether it is the same place is the platform's own choice."""
        self.needs(driver, "open_place")
        people = [await driver.comes_in(f"n{n}") for n in range(count)]
        newcomer = await driver.comes_in("Newcomer")
        await driver.platform.open_place(a_party("k1", *people))
        now = (*people[1:], newcomer)
        place = await driver.platform.open_place(a_party("k1", *now))
        await driver.platform.post(place, HELLO, key="k1")
        assert "Hello, all." in await driver.sees(newcomer)
        assert "Hello, all." not in await driver.sees(people[0])
        await self.are_there(driver, place, *now)

    @pytest.mark.parametrize("count", [3, 9])
    async def test_a_post_to_a_party_is_found_by_its_key(self, driver: Driver, count: int) -> None:
        self.needs(driver, "open_place", "read_back")
        people = [await driver.comes_in(f"n{n}") for n in range(count)]
        place = await driver.platform.open_place(a_party("k1", *people))
        ref = await driver.platform.post(place, HELLO, key="k1")
        assert await driver.platform.find(place, "k1") == ref

    @pytest.mark.parametrize("count", [3, 9])
    async def test_what_is_done_in_such_a_place_is_done_in_private(
        self, driver: Driver, count: int
    ) -> None:
        self.needs(driver, "open_place")
        people = [await driver.comes_in(f"n{n}") for n in range(count)]
        place = await driver.platform.open_place(a_party("k1", *people))
        ref = await driver.platform.post(place, ASKING, key="k1")
        await driver.pick(people[0], ref, "f.done.o1...")
        picked = driver.ear.last
        assert isinstance(picked, Picked)
        assert (picked.who, picked.place) == (people[0], None)
        if not driver.platform.capabilities.hears_replies:
            return
        await driver.reply(people[1], ref, "Together")
        replied = driver.ear.last
        assert isinstance(replied, Replied)
        assert (replied.who, replied.place, replied.post) == (people[1], None, ref)
        await driver.edit_reply(people[1], replied.reply, "Alone")
        edited = driver.ear.last
        assert isinstance(edited, ReplyEdited)
        assert (edited.place, edited.post, edited.reply) == (None, ref, replied.reply)
        await driver.delete_reply(people[1], replied.reply)
        deleted = driver.ear.last
        assert isinstance(deleted, ReplyDeleted)
        assert (deleted.place, deleted.post, deleted.reply) == (None, ref, replied.reply)

    @staticmethod
    async def are_there(driver: Driver, place: Place, *people: Person) -> None:
        """These are in the place and nobody else, as far as the platform tells."""
        if driver.platform.capabilities.lists_members:
            there = [m.person for m in await driver.platform.members(place) if not m.is_bot]
            assert sorted(there) == sorted(people)

    async def test_lanes_differ_by_place_and_a_thread_travels_with_its_channel(
        self, driver: Driver
    ) -> None:
        ada, bo = await driver.comes_in("Ada"), await driver.comes_in("Bo")
        lane = driver.platform.lane
        party = a_party("k1", ada, bo)
        ids = {lane(to).id for to in (driver.place, driver.elsewhere, ada, bo, party)}
        assert len(ids) == 5
        assert {platform_of_lane(id) for id in ids} == {driver.platform.name}
        assert lane(a_party("k1", ada)).id == lane(party).id
        root = await driver.platform.post(driver.place, HELLO, key="k1")
        assert lane(root.thread).id == lane(driver.place).id
