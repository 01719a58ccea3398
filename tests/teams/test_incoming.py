"""What people do in Teams, in the shapes in which it tells, as events."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.address import Place, PostRef
from bot.chat.event import (
    Commanded,
    Event,
    FormRequested,
    FormSubmitted,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
    Said,
)
from bot.chat.text import UserText
from bot.platforms.teams import incoming
from bot.platforms.teams.incoming import (
    Pressed,
    Unreadable,
    tenant_of,
)
from bot.platforms.teams.manifest import COMMANDS
from tests.teams.shapes import (
    ACTED,
    ANA,
    BO,
    BO_ID,
    GROUP,
    LESSON,
    POST,
    ROOT,
    TALK,
    TENANT,
    THREAD,
    WHO,
    Json,
    a_message,
    a_press,
    a_submit,
    an_activity,
    called,
    door,
    in_channel,
    in_group,
    in_talk,
)

OPEN = {"fivefold": "f.go.o1...", "does": "open"}
PICK = {"fivefold": "f.vote.o1...", "does": "pick", "option": "a"}
FORM = {"fivefold": "f.answer.o1...", "does": "form", "form": "1.0", "1.0 text why": "Because."}


def heard(activity: Json, *, ours: bool = False) -> Event | None:
    return incoming.heard(activity, door(activity), ours=ours)


def press(activity: Json) -> Pressed:
    found = incoming.pressed(activity, door(activity))
    assert found is not None
    return found


# -- who comes in


def test_who_comes_in_is_known_by_their_id_in_entra_in_small_letters() -> None:
    sender = {"id": "29:1ana", "name": "Ana", "aadObjectId": ANA.upper()}
    who = door({**a_message(), "from": sender})
    assert who.who == WHO
    assert (who.address, who.name, who.zone) == ("29:1ana", UserText("Ana"), "Europe/Berlin")


@pytest.mark.parametrize("sender", [None, {}, {"id": "28:other"}, {"aadObjectId": ""}, [], "x"])
def test_nobody_is_unreadable(sender: Any) -> None:
    with pytest.raises(Unreadable):
        door({**a_message(), "from": sender})


@pytest.mark.parametrize("conversation", [None, {}, {"id": ""}, {"id": 5}, {"id": None}])
def test_nowhere_is_unreadable(conversation: Any) -> None:
    with pytest.raises(Unreadable):
        door(a_message(conversation=conversation))


def test_the_tenant_is_the_conversations() -> None:
    assert tenant_of(a_message()) == TENANT
    assert tenant_of(a_message(channelData=None)) == TENANT
    nowhere = a_message(channelData=None, conversation={"id": TALK})
    with pytest.raises(Unreadable):
        tenant_of(nowhere)


def test_a_talk_and_a_group_are_no_places() -> None:
    for where, private in ((in_talk(), True), (in_group(), False)):
        entered = door(a_message("hello", where))
        assert (entered.place, entered.thread, entered.private) == (None, None, private)


# -- presses


def test_a_press_in_the_post_that_begins_a_thread_tells_who_when_where_and_in_which() -> None:
    event = press(a_press(PICK)).event
    assert event == Picked(
        id=event.id if event else "",
        at=ACTED,
        who=WHO,
        place=LESSON,
        name=UserText("Ana Ruiz"),
        zone="Europe/Berlin",
        callback="f.vote.o1...",
        options=("a",),
        post=PostRef(LESSON, ROOT),
    )


def test_a_press_further_down_in_a_thread_names_the_thread() -> None:
    event = press(a_press(PICK, replyToId=POST)).event
    assert isinstance(event, Picked)
    assert (event.place, event.post) == (LESSON, PostRef(THREAD, POST))


@pytest.mark.parametrize(
    ("where", "channel"), [(in_talk(), TALK), (in_group(), GROUP)], ids=["a talk", "a group"]
)
def test_a_press_in_private_has_no_place_but_its_post(where: Json, channel: str) -> None:
    event = press(a_press(PICK, where)).event
    assert isinstance(event, Picked)
    assert event.place is None
    assert event.post == PostRef(Place("teams", TENANT, channel), ROOT)


def test_a_press_that_names_no_post_has_none() -> None:
    event = press(a_press(PICK, replyToId=None)).event
    assert isinstance(event, Picked)
    assert event.post is None


def test_a_button_that_opens_something_asks_for_a_form() -> None:
    event = press(a_press(OPEN)).event
    assert isinstance(event, FormRequested)
    assert (event.callback, event.place) == ("f.go.o1...", LESSON)


def test_a_form_brings_back_its_fields() -> None:
    event = press(a_press(FORM)).event
    assert isinstance(event, FormSubmitted)
    assert (event.callback, event.post) == ("f.answer.o1...", PostRef(LESSON, ROOT))
    assert dict(event.fields) == {"why": ("Because.",)}


@pytest.mark.parametrize("data", [PICK, OPEN, FORM], ids=["pick", "open", "form"])
def test_an_old_client_says_the_same_as_a_message(data: Json) -> None:
    new, old = press(a_press(data)), press(a_submit(data))
    assert (new.at_once, old.at_once) == (True, False)
    assert new.event == old.event


def test_who_goes_back_does_nothing_else() -> None:
    found = press(a_press({"fivefold": "", "does": "back"}))
    assert (found.event, found.post) == (None, ROOT)


@pytest.mark.parametrize(
    "data", [None, {}, 5, [], {"fivefold": 5, "does": "pick"}, {"fivefold": "x"}, {"does": "pick"}]
)
def test_what_is_no_button_of_ours_is_no_press(data: Any) -> None:
    for activity in (a_press(data), a_submit(data)):
        assert incoming.pressed(activity, door(activity)) is None


def test_the_same_press_has_the_same_id_whatever_id_it_comes_with_and_another_another() -> None:
    def id_of(activity: Json) -> str:
        event = press(activity).event
        assert event
        return event.id

    bo = {"id": BO_ID, "name": "Bo Lind", "aadObjectId": BO}
    others = [
        a_press({**PICK, "option": "b"}),
        a_press(PICK, timestamp="2026-01-05T09:00:29.124Z"),
        a_press(PICK, **{"from": bo}),
        a_press(PICK, replyToId=POST),
        a_press(PICK, in_talk()),
    ]
    assert id_of(a_press(PICK)) == id_of(a_press(PICK, id="another"))
    assert len({id_of(one) for one in (a_press(PICK), *others)}) == 6


# -- words


def test_what_begins_a_thread_is_said_in_the_channel() -> None:
    event = heard(a_message())
    assert event == Said(
        id=event.id if event else "",
        at=ACTED,
        who=WHO,
        place=LESSON,
        name=UserText("Ana Ruiz"),
        zone="Europe/Berlin",
        post=PostRef(LESSON, POST),
        text=UserText("I think so."),
    )


@pytest.mark.parametrize("ours", [True, False])
def test_what_stands_further_down_replies_to_what_began_the_thread(ours: bool) -> None:
    event = heard(a_message(where=in_channel(ROOT)), ours=ours)
    assert isinstance(event, Replied)
    assert (event.post, event.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, POST))
    assert (event.ours, event.place) == (ours, LESSON)


@pytest.mark.parametrize("words", [*COMMANDS, "+15", "- 3", "Status", "NEXT"])
@pytest.mark.parametrize("ours", [True, False])
def test_a_command_by_mention_is_one_in_every_thread(words: str, ours: bool) -> None:
    event = heard(called(words, in_channel(ROOT)), ours=ours)
    assert isinstance(event, Commanded)
    assert (event.text, event.place) == (words, LESSON)


def test_any_other_words_by_mention_answer_in_a_thread_of_ours_and_speak_to_the_bot_elsewhere() -> (
    None
):
    event = heard(called("status of the permits", in_channel(ROOT)), ours=True)
    assert isinstance(event, Replied)
    assert event.text == UserText("status of the permits")
    for where, ours in ((in_channel(ROOT), False), (in_channel(), False)):
        event = heard(called("what is this?", where), ours=ours)
        assert isinstance(event, Commanded)
        assert event.text == "what is this?"


def test_without_a_mention_a_command_in_a_thread_is_an_answer() -> None:
    assert isinstance(heard(a_message("next", in_channel(ROOT)), ours=True), Replied)


def test_whoever_mentions_somebody_else_does_not_speak_to_the_bot() -> None:
    other = {"type": "mention", "mentioned": {"id": BO_ID, "name": "Bo"}, "text": "<at>Bo</at>"}
    event = heard(a_message("<at>Bo</at> status", entities=[other]))
    assert isinstance(event, Said)
    assert event.text == UserText("Bo status")


def test_words_in_a_talk_are_said_to_the_bot_alone() -> None:
    event = heard(a_message("  plan permits ", in_talk()))
    assert isinstance(event, Commanded)
    assert (event.text, event.place) == ("plan permits", None)


def test_in_a_group_the_bot_hears_what_is_said_to_it_and_nothing_else() -> None:
    assert heard(a_message("status", in_group())) is None
    event = heard(called("status", in_group()))
    assert isinstance(event, Commanded)
    assert event.place is None


def test_a_message_without_an_id_is_unreadable_in_a_channel() -> None:
    with pytest.raises(Unreadable):
        heard(a_message(id=None))


def test_words_that_come_again_under_another_id_are_the_same_and_others_are_others() -> None:
    def id_of(activity: Json) -> str:
        event = heard(activity)
        assert event
        return event.id

    thread = in_channel(ROOT)
    others = [
        a_message(where=thread, timestamp="2026-01-05T09:00:29.124Z"),
        a_message("I think not.", thread),
        a_message(where=in_channel("1767603600001")),
        a_message(where=in_talk()),
    ]
    assert id_of(a_message(where=thread)) == id_of(a_message(where=thread, id="1767603629999"))
    assert len({id_of(one) for one in (a_message(where=thread), *others)}) == 5


PICTURE: Json = {
    "text": "",
    "attachments": [
        {"contentType": "image/*", "contentUrl": "https://smba.example/1"},
        {"contentType": "text/html", "content": '<div><img src="https://graph.example/1"></div>'},
    ],
}


@pytest.mark.parametrize("where", [in_channel(ROOT), in_channel()], ids=["thread", "channel"])
def test_a_picture_alone_is_no_answer(where: Json) -> None:
    sent = a_message(where=where, **PICTURE)
    assert heard(sent, ours=True) is None
    assert incoming.is_picture(sent)
    assert not incoming.is_picture(a_message(where=where))


def test_the_name_of_the_bot_alone_calls_it() -> None:
    for where in (in_channel(ROOT), in_channel()):
        event = heard(called("", where), ours=True)
        assert isinstance(event, Commanded)
        assert event.text == ""


def test_a_picture_with_words_is_an_answer_in_these_words() -> None:
    page = '<p>See <img src="https://graph.example/1"> here</p>'
    html = {"contentType": "text/html", "content": page}
    event = heard(a_message(where=in_channel(ROOT), attachments=[html]), ours=True)
    assert isinstance(event, Replied)
    assert event.text == UserText("See  here")


# -- changed and taken back


def changed(kind: str, event: str, root: str = ROOT, **more: Any) -> Json:
    where = in_channel(root)
    where["channelData"]["eventType"] = event
    return an_activity(kind, where, **more)


@pytest.mark.parametrize("event", ["editMessage", "undeleteMessage"])
def test_what_is_changed_or_brought_back_is_told_with_its_words(event: str) -> None:
    found = heard(changed("messageUpdate", event, text="I think not."))
    assert isinstance(found, ReplyEdited)
    assert (found.post, found.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, POST))
    assert found.text == UserText("I think not.")


def test_what_is_taken_back_is_told_with_what_it_was() -> None:
    found = heard(changed("messageDelete", "softDeleteMessage"))
    assert isinstance(found, ReplyDeleted)
    assert (found.post, found.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, POST))


def test_what_a_picture_takes_the_place_of_is_taken_back() -> None:
    found = heard(changed("messageUpdate", "editMessage", **PICTURE))
    assert isinstance(found, ReplyDeleted)
    assert (found.post, found.reply) == (PostRef(LESSON, ROOT), PostRef(THREAD, POST))


def test_what_began_a_thread_is_changed_where_it_stands() -> None:
    found = heard(changed("messageUpdate", "editMessage", POST, text="I think not."))
    assert isinstance(found, ReplyEdited)
    assert found.post == found.reply == PostRef(LESSON, POST)


@pytest.mark.parametrize("where", [in_talk(), in_group()], ids=["a talk", "a group"])
def test_what_is_changed_in_private_changes_nothing(where: Json) -> None:
    where["channelData"]["eventType"] = "editMessage"
    assert heard(an_activity("messageUpdate", where, text="x")) is None
    assert heard(an_activity("messageDelete", where)) is None


@pytest.mark.parametrize("event", ["", "reaction", "somethingNew"])
def test_another_change_of_a_message_is_none(event: str) -> None:
    assert heard(changed("messageUpdate", event, text="x")) is None
